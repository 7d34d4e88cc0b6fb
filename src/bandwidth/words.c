/*
 * words.c: reading Bandwidth's error answers (words.h).  What is read is a stranger's text:
 * bounded, and without control characters, before anybody sees it.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/parse.h"
#include "bandwidth/client.h"
#include "bandwidth/words.h"

#define ANSWER_DEPTH 16
#define WORDS_MAX 300
#define FIELDS_MAX 5

json *
answer_object(const struct http_answer *answer)
{
	const char *why;
	json *value;

	if (answer->reach != HTTP_ANSWERED)
		return NULL;
	value = json_parse(answer->body, answer->length, ANSWER_DEPTH, &why, NULL);
	if (json_kind(value) == JSON_OBJECT)
		return value;
	json_free(value);
	return NULL;
}

const char *
words_clean(struct arena *arena, const char *s, size_t max)
{
	struct buf out = BUF_INIT(max);
	const char *p = s, *end = s + strlen(s), *copy;
	uint32_t cp;
	size_t before = 0;

	while (p < end && !out.failed) {
		before = out.len;
		cp = utf8_next(&p, end);
		utf8_add(&out, cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ? ' ' : cp);
	}
	copy = arena_dup(arena, buf_str(&out), out.failed ? before : out.len);
	buf_free(&out);
	return copy;
}

const char *
answer_text(const json *object, const char *key, struct arena *arena, size_t max)
{
	const char *s = json_get_text(object, key, arena);

	return s != NULL && *s != '\0' ? words_clean(arena, s, max) : NULL;
}

/* Appends "; from: must be …" for each of the first field errors. */
static void
add_fields(struct buf *out, const json *list, struct arena *arena)
{
	const char *name, *text;
	size_t i;

	for (i = 0; i < json_len(list) && i < FIELDS_MAX; i++) {
		name = answer_text(json_at(list, i), "fieldName", arena, 40);
		text = answer_text(json_at(list, i), "description", arena, 100);
		if (name != NULL && text != NULL)
			buf_addf(out, "%s%s: %s", out->len > 0 ? "; " : "", name, text);
	}
}

const char *
answer_words(const struct http_answer *answer, const json *object, struct arena *arena)
{
	static const char *const keys[] = {
	    "description", "error_description", "message", "error", "type"};
	struct buf out = BUF_INIT(2000);
	const char *text = NULL;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]) && text == NULL; i++)
		text = answer_text(object, keys[i], arena, WORDS_MAX);
	if (text != NULL)
		buf_adds(&out, text);
	add_fields(&out, json_get(object, "fieldErrors"), arena);
	if (out.len == 0 && answer->status > 0)
		buf_addf(&out, "HTTP %d", answer->status);
	if (answer->fault != NULL)
		buf_addf(
		    &out, "%s%s", out.len > 0 ? ", " : "", words_clean(arena, answer->fault, 200));
	else if (text == NULL && answer->status > 0 && answer->length == 0)
		buf_adds(&out, " with an empty body");
	text = arena_str(arena, buf_str(&out));
	buf_free(&out);
	return text;
}
