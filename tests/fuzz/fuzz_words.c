/*
 * fuzz_words.c: a person's text, looked through for STOP.  What decorates it must not hide it:
 * a text that is a request to stop still is one in capitals, among blanks, with marks, accents
 * and characters that nobody sees.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/parse.h"
#include "base/segments.h"
#include "fuzz.h"
#include "org/plain.h"
#include "org/stopwords.h"

static bool
asks(enum request_word w)
{
	return w == WORD_STOP || w == WORD_MAYBE_STOP;
}

static void
check_decorated(const char *text, struct arena *a)
{
	static const char *const forms[] = {" %s", "%s ", "\n%s\n", "\xe2\x80\x8b%s",
	    "%s\xe2\x80\x8d", "%s\xef\xb8\x8f", "\xe2\x80\xae%s", "%s!", "%s.",
	    "%s\xf0\x9f\x99\x8f", "\"%s\"", "%s\xcc\x81"};
	const char *word = NULL;
	size_t i;

	if (stopwords_read(text, &word) != WORD_STOP)
		return;
	MUST(word != NULL);
	for (i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		const char *before = forms[i], *at = strstr(before, "%s");

		MUST(asks(stopwords_read(
		    arena_fmt(a, "%.*s%s%s", (int)(at - before), before, text, at + 2), NULL)));
	}
}

/* Small letters of ours in capitals are the same. */
static void
check_capitals(const char *text, struct arena *a)
{
	char *big = arena_str(a, text);

	for (char *p = big; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	MUST(stopwords_read(big, NULL) == stopwords_read(text, NULL));
}

static void
check_plain(const char *text)
{
	struct buf plain = BUF_INIT(PLAIN_MAX), rest = BUF_INIT(PLAIN_MAX),
		   joined = BUF_INIT(PLAIN_MAX);
	const char *p;

	plain_words(text, &plain);
	MUST(!plain.failed);
	for (p = buf_str(&plain); *p != '\0'; p++)
		MUST(strchr("abcdefghijklmnopqrstuvwxyz0123456789*. ", *p) != NULL);
	MUST(strstr(buf_str(&plain), "  ") == NULL && buf_str(&plain)[0] != ' ');
	plain_without_breaks(buf_str(&plain), &rest);
	MUST(strstr(buf_str(&rest), " .") == NULL);
	plain_join_words(buf_str(&rest), &joined);
	MUST(strchr(buf_str(&joined), ' ') == NULL && joined.len <= rest.len);
	buf_reset(&joined);
	if (!plain_without_numbers(buf_str(&rest), &joined))
		MUST(strcmp(buf_str(&joined), buf_str(&rest)) == 0);
	MUST(joined.len <= rest.len);
	buf_free(&plain);
	buf_free(&rest);
	buf_free(&joined);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const char *text = arena_dup(a, data, size);

	check_plain(text);
	check_capitals(text, a);
	check_decorated(text, a);
	MUST(segments_count(stop_confirmation(a, text), strlen(stop_confirmation(a, text))).count <=
	     2);
	MUST(text_valid(help_answer(a, text), strlen(help_answer(a, text)), true) ||
	     !text_valid(text, strlen(text), true));
	arena_free(a);
	return 0;
}
