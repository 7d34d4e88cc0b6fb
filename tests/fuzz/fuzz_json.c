/*
 * fuzz_json.c: JSON of strangers.  What is taken can be written, the written
 * text is taken again, and gives the same text.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/json_scan.h"
#include "base/parse.h"
#include "fuzz.h"

#define DEPTH 12

static void visit(const json *value, int depth);

static void
visit_member(const char *key, json *value, void *arg)
{
	MUST(utf8_valid(key, strlen(key)));
	visit(value, *(int *)arg);
}

/* All that handlers do to a value. */
static void
visit(const json *value, int depth)
{
	struct arena *a = arena_new();
	char *copy = json_copy_text(value, a);
	size_t n = 0, i;
	const char *text = json_text(value, &n);

	depth--;
	MUST(depth >= -1);
	MUST((text != NULL) == (json_kind(value) == JSON_STRING));
	MUST((copy != NULL) == (text != NULL));
	if (text != NULL) {
		MUST(utf8_valid(text, n));
		MUST(utf8_valid(copy, strlen(copy)) && strlen(copy) >= n);
		MUST(utf8_length(copy, strlen(copy)) == utf8_length(text, n));
	}
	for (i = 0; i < json_len(value); i++)
		visit(json_at(value, i), depth);
	json_each(value, visit_member, &depth);
	MUST(json_int(value, 5) == 5 || json_kind(value) == JSON_INT);
	arena_free(a);
}

/* Mended once, nothing is left to mend, and no half of a pair is what is wrong with it. */
static void
mend(const char *p, size_t n)
{
	const char *why = NULL;
	char *copy = malloc(n + 1);

	MUST(copy != NULL);
	memcpy(copy, p, n);
	(void)json_mend_surrogates(copy, n);
	MUST(json_mend_surrogates(copy, n) == 0);
	json_free(json_parse(copy, n, DEPTH, &why, NULL));
	MUST(why == NULL || strstr(why, "surrogate") == NULL);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf one = BUF_INIT(SIZE_MAX), two = BUF_INIT(SIZE_MAX);
	const char *p = size > 0 ? (const char *)data : "";
	const char *why = NULL;
	json *value = NULL, *again = NULL;
	size_t at = 0, where = 0;

	mend(p, size);
	value = json_parse(p, size, DEPTH, &why, &at);
	if (why != NULL) {
		/* json-c must never refuse what the scanner let through. */
		MUST(json_scan(p, size, DEPTH, &why, &where) < 0 && where == at && at <= size);
		MUST(value == NULL && why[strlen(why) - 1] == '.');
		goto done;
	}
	MUST(utf8_valid(p, size));
	visit(value, DEPTH);
	json_write(value, &one);
	MUST(!one.failed && memchr(one.data, '\0', one.len) == NULL);
	again = json_parse(one.data, one.len, DEPTH, &why, NULL);
	MUST(why == NULL && json_kind(again) == json_kind(value));
	json_write(again, &two);
	MUST(strcmp(one.data, two.data) == 0);
done:
	json_free(again);
	json_free(value);
	buf_free(&one);
	buf_free(&two);
	return 0;
}
