/*
 * messaging.c: the body of a text to be sent, and the meaning of the answer (messaging.h).
 *
 * The rule of messaging_read is the promise of this program: whatever is not certain is
 * "unknown".
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

#define SERVICE_ID_MAX 1024
#define SEGMENTS_MAX 1000
#define TYPE_MAX 100

const char *
messages_url(struct arena *arena, const char *messaging_url, const char *account_id)
{
	struct buf out = BUF_INIT(4000);
	const char *url;

	buf_addf(&out, "%s/users/", messaging_url);
	url_escape(&out, account_id, strlen(account_id));
	buf_adds(&out, "/messages");
	url = arena_str(arena, buf_str(&out));
	buf_free(&out);
	return url;
}

static json *
text_array(const struct text_list *list)
{
	json *array = json_array_new();
	size_t i;

	for (i = 0; i < list->count; i++)
		json_add_text(array, list->items[i]);
	return array;
}

void
messaging_body(struct buf *out, const char *application_id, const struct message *m,
    const char *tag, int64_t now)
{
	struct text_list single = {(const char *[]){m->contact_number}, 1};
	json *body = json_object_new();
	char when[CLOCK_TEXT];

	json_put_text(body, "applicationId", application_id);
	json_put(body, "to", text_array(m->group.count > 0 ? &m->group : &single));
	json_put_text(body, "from", m->user_number);
	if (m->text != NULL && *m->text != '\0')
		json_put_text(body, "text", m->text);
	if (m->media.count > 0)
		json_put(body, "media", text_array(&m->media));
	json_put_text(body, "tag", tag);
	if (m->reply)
		json_put_text(body, "priority", "high");
	if (m->send_before - now >= EXPIRATION_LEAST)
		json_put_text(body, "expiration", clock_text(m->send_before, when));
	json_write(body, out);
	json_free(body);
}

const char *
send_outcome_name(enum send_outcome outcome)
{
	static const char *const names[] = {
	    "accepted", "not sent", "rejected", "unauthorized", "busy", "server error", "unknown"};

	return outcome <= SEND_UNKNOWN ? names[outcome] : "unknown";
}

/* Bandwidth's id, if it can be one. */
static const char *
read_id(const json *object, struct arena *arena)
{
	size_t n;
	const char *id = json_text(json_get(object, "id"), &n);

	if (id == NULL || n == 0 || n > SERVICE_ID_MAX || !text_valid(id, n, false))
		return NULL;
	return arena_dup(arena, id, n);
}

/*
 * Is it an error as Bandwidth publishes them: with a type, or for a wrong path with the
 * status repeated?  A page of some server in between is not; then nobody knows what became
 * of the request.
 */
static bool
as_published(const json *object, int status)
{
	return json_text(json_get(object, "type"), NULL) != NULL ||
	       (status == 404 && json_get_int(object, "status", 0) == status);
}

static enum send_outcome
judge_answer(int status, const json *object, const char *service_id)
{
	switch (status) {
	case 202:
		return service_id != NULL ? SEND_ACCEPTED : SEND_UNKNOWN;
	case 401:
	case 403:
		return object != NULL ? SEND_UNAUTHORIZED : SEND_UNKNOWN;
	case 400:
	case 404:
	case 405:
	case 406:
	case 415:
		return as_published(object, status) ? SEND_REJECTED : SEND_UNKNOWN;
	case 429:
		return as_published(object, status) ? SEND_BUSY : SEND_UNKNOWN;
	case 500:
		return as_published(object, status) ? SEND_SERVER : SEND_UNKNOWN;
	default:
		return SEND_UNKNOWN;
	}
}

void
messaging_read(const struct http_answer *answer, struct arena *arena, struct send_answer *out)
{
	json *object = answer_object(answer);

	memset(out, 0, sizeof(*out));
	out->status = answer->status;
	out->retry_after = answer->retry_after;
	out->words = answer_words(answer, object, arena);
	out->type = answer_text(object, "type", arena, TYPE_MAX);
	if (answer->status == 202) {
		out->service_id = read_id(object, arena);
		out->segments = json_get_int(object, "segmentCount", 0);
		if (out->segments < 0 || out->segments > SEGMENTS_MAX)
			out->segments = 0;
	}
	if (answer->reach == HTTP_ANSWERED)
		out->outcome = judge_answer(answer->status, object, out->service_id);
	else
		out->outcome = answer->reach == HTTP_NOT_BEGUN ? SEND_NOT_SENT : SEND_UNKNOWN;
	if (out->outcome != SEND_ACCEPTED)
		out->service_id = NULL;
	json_free(object);
}
