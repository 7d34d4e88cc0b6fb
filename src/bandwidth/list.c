/*
 * list.c: asking Bandwidth which messages it has (messaging.h).
 *
 * The list decides whether a text whose answer was lost is looked at as sent; so what can't
 * be read is "nothing learned", never "not there".
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/parse.h"
#include "base/url.h"
#include "bandwidth/client.h"
#include "bandwidth/messaging.h"
#include "bandwidth/words.h"

#define ITEMS_MAX 10000
#define TEXT_MAX 1024

static void
add_parameter(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(out, "&%s=", name);
	url_escape(out, value, strlen(value));
}

void
list_query_add(struct buf *out, const struct list_query *q)
{
	char since[CLOCK_TEXT], until[CLOCK_TEXT];

	buf_adds(out, "?messageDirection=OUTBOUND");
	add_parameter(out, "sourceTn", q->from);
	add_parameter(out, "destinationTn", q->to);
	/* With milliseconds: without them the answer is 400. */
	add_parameter(out, "fromDateTime", clock_text(q->since, since));
	add_parameter(out, "toDateTime", clock_text(q->until, until));
	buf_addf(out, "&limit=%d", q->limit);
	add_parameter(out, "pageToken", q->page);
}

/* 0, or -1 when a member that binding needs is missing or of another kind. */
static int
read_item(const json *item, struct arena *arena, struct list_item *out)
{
	const char *when = answer_text(item, "receiveTime", arena, TEXT_MAX);

	memset(out, 0, sizeof(*out));
	out->service_id = answer_text(item, "messageId", arena, TEXT_MAX);
	out->from = answer_text(item, "sourceTn", arena, TEXT_MAX);
	out->to = answer_text(item, "destinationTn", arena, TEXT_MAX);
	out->kind = answer_text(item, "messageType", arena, TEXT_MAX);
	out->status = answer_text(item, "messageStatus", arena, TEXT_MAX);
	out->direction = answer_text(item, "messageDirection", arena, TEXT_MAX);
	out->segments = json_get_int(item, "segmentCount", 0);
	out->error_code = json_get_int(item, "errorCode", 0);
	if (out->service_id == NULL || when == NULL || clock_parse(when, &out->time) != 0)
		return -1;
	return 0;
}

static enum list_outcome
read_items(const json *object, struct arena *arena, struct list_answer *out)
{
	const json *list = json_get(object, "messages");
	size_t n = json_len(list), i;

	if (json_kind(list) != JSON_ARRAY || n > ITEMS_MAX)
		return LIST_UNREACHABLE;
	out->items = arena_alloc(arena, (n + 1) * sizeof(*out->items));
	for (i = 0; i < n; i++)
		if (read_item(json_at(list, i), arena, &out->items[i]) != 0)
			return LIST_UNREACHABLE;
	out->count = n;
	out->next = answer_text(json_get(object, "pageInfo"), "nextPageToken", arena, TEXT_MAX);
	return LIST_READ;
}

void
list_read(const struct http_answer *answer, struct arena *arena, struct list_answer *out)
{
	json *object = answer_object(answer);

	memset(out, 0, sizeof(*out));
	out->words = answer_words(answer, object, arena);
	out->retry_after = answer->retry_after;
	out->status = answer->status;
	out->outcome = LIST_UNREACHABLE;
	if (answer->reach == HTTP_ANSWERED && answer->status == 200) {
		out->outcome = read_items(object, arena, out);
		if (out->outcome != LIST_READ)
			out->words = "Bandwidth's list of messages could not be read";
	} else if (answer->reach == HTTP_ANSWERED &&
		   (answer->status == 401 || answer->status == 403)) {
		out->outcome = LIST_UNAUTHORIZED;
	} else if (answer->reach == HTTP_ANSWERED && answer->status == 429) {
		out->outcome = LIST_BUSY;
	}
	if (out->outcome != LIST_READ)
		out->count = 0;
	json_free(object);
}
