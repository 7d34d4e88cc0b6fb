/*
 * fuzz_event.c: callbacks.  Whatever the JSON is, reading an event ends, keeps
 * to its limits, and what it says can be stored and read back the same.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/parse.h"
#include "fuzz.h"
#include "org/event.h"
#include "org/message.h"
#include "org/stopwords.h"

static void
check_text(const char *s, size_t max)
{
	MUST(s == NULL || strlen(s) <= max);
	MUST(s == NULL || utf8_valid(s, strlen(s)));
}

static void
check_list(const struct text_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		MUST(list->items[i] != NULL && list->items[i][0] != '\0');
		MUST(utf8_valid(list->items[i], strlen(list->items[i])));
	}
}

/* What the event says, as a message that is written and read again. */
static void
check_record(const struct event *e, struct arena *a)
{
	struct message m = {.org = 1,
	    .state = "received",
	    .text = e->text,
	    .contact_number = e->from,
	    .media = e->media,
	    .group = e->message_to,
	    .service_id = e->message_id};
	struct buf one = BUF_INIT(SIZE_MAX), two = BUF_INIT(SIZE_MAX);
	struct message back;

	record_write(message_fields, &m, &one);
	MUST(!one.failed && record_read(message_fields, one.data, one.len, a, &back) == 0);
	record_write(message_fields, &back, &two);
	MUST(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
	buf_free(&one);
	buf_free(&two);
}

static void
check_request(const char *text)
{
	const char *word = NULL;
	enum request_word kind = stopwords_read(text, &word);

	MUST(kind != WORD_NONE || word == NULL);
	MUST((kind != WORD_STOP && kind != WORD_START && kind != WORD_HELP) || word != NULL);
}

static void
check_event(const json *value, const uint8_t *raw, size_t rawlen)
{
	unsigned char key[32], again[32];
	struct arena *a = arena_new();
	char id[MESSAGE_ID];
	struct event e;
	uint32_t org;

	event_read(value, a, &e);
	check_text(e.type_text, 64);
	check_text(e.to, 100);
	check_text(e.from, 100);
	check_text(e.owner, 100);
	check_text(e.message_id, 1024);
	check_text(e.tag, 1024);
	check_text(e.text, SIZE_MAX);
	check_list(&e.media);
	check_list(&e.message_to);
	MUST(
	    e.error_code >= 0 && e.error_code <= 999999 && e.segments >= 0 && e.segments <= 999999);
	MUST(e.fault != NULL || (e.type != EVENT_UNKNOWN && e.message_id != NULL));
	MUST(e.fault != NULL || e.type != EVENT_RECEIVED || (e.from != NULL && e.to != NULL));
	event_key(&e, (const char *)raw, rawlen, key);
	event_key(&e, (const char *)raw, rawlen, again);
	MUST(memcmp(key, again, sizeof key) == 0);
	MUST(tag_parse(e.tag, &org, id) != 0 || (org > 0 && message_id_valid(id)));
	check_request(e.text);
	check_record(&e, a);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *why = NULL;
	json *body = json_parse((const char *)data, size, 32, &why, NULL);
	size_t i;

	check_event(body, data, size);
	for (i = 0; i < json_len(body); i++)
		check_event(json_at(body, i), data, size);
	json_free(body);
	return 0;
}
