/*
 * fuzz_url.c: request targets, base addresses, escapes, and the other small
 * decoders of text: times and Base64.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/parse.h"
#include "base/url.h"
#include "fuzz.h"

static void
check_target(const char *s, struct arena *a)
{
	struct buf b = BUF_INIT(SIZE_MAX);
	char *path = NULL, *query = NULL, *again = NULL, *none = NULL;
	const char *p = NULL;

	if (url_target(s, a, &path, &query) < 0)
		goto done;
	MUST(path[0] == '/' && strchr(path, '\\') == NULL && strstr(path, "//") == NULL);
	MUST(strstr(path, "/../") == NULL && strstr(path, "/./") == NULL);
	MUST(text_valid(path, strlen(path), false));
	MUST(strlen(query) <= strlen(s));
	for (p = path; *p != '\0'; p++) {
		if (*p == '/')
			buf_addc(&b, '/');
		else
			url_escape(&b, p, 1);
	}
	MUST(url_target(buf_str(&b), a, &again, &none) == 0);
	MUST(strcmp(again, path) == 0 && none[0] == '\0');
done:
	buf_free(&b);
}

static void
check_base(const char *s, struct arena *a)
{
	const char *why = NULL;
	struct url u, again;

	if (url_parse(s, a, &u, &why) < 0) {
		MUST(why != NULL && u.text == NULL);
		return;
	}
	MUST(strcmp(u.text, s) == 0 && u.text[strlen(s) - 1] != '/');
	MUST(u.https || u.loopback);
	MUST(u.port >= 1 && u.port <= 65535);
	MUST(strpbrk(s, "@?#%\\ ") == NULL);
	MUST(u.path[0] == '\0' || u.path[0] == '/');
	MUST(strpbrk(u.host, "ABCDEFGHIJKLMNOPQRSTUVWXYZ/") == NULL && u.host[0] != '\0');
	MUST(url_parse(arena_fmt(a, "%s%s", u.origin, u.path), a, &again, &why) == 0);
	MUST(strcmp(again.origin, u.origin) == 0 && strcmp(again.host, u.host) == 0 &&
	     strcmp(again.path, u.path) == 0 && again.port == u.port &&
	     again.loopback == u.loopback);
}

static void
check_escapes(const char *s, size_t n, struct arena *a)
{
	struct buf b = BUF_INIT(SIZE_MAX);
	size_t len = 0;
	char *back = NULL;

	url_escape(&b, s, n);
	back = url_decode(buf_str(&b), b.len, true, a, &len);
	MUST(back != NULL && len == n && memcmp(back, s, n) == 0);
	back = url_decode(s, n, false, a, &len);
	MUST(back == NULL || len <= n);
	buf_free(&b);
}

static void
check_base64(const char *s, size_t n)
{
	struct buf plain = BUF_INIT(SIZE_MAX), text = BUF_INIT(SIZE_MAX);

	if (base64_decode(s, n, &plain) == 0) {
		base64_add(&text, buf_str(&plain), plain.len);
		MUST(text.len == n && memcmp(buf_str(&text), s, n) == 0);
	}
	buf_reset(&plain);
	buf_reset(&text);
	if (base64url_decode(s, n, &plain) == 0) {
		base64url_add(&text, buf_str(&plain), plain.len);
		MUST(text.len == n && memcmp(buf_str(&text), s, n) == 0);
	}
	buf_free(&plain);
	buf_free(&text);
}

static void
check_time(const char *s)
{
	char text[CLOCK_TEXT];
	int64_t ms = 0, again = -1;

	if (clock_parse(s, &ms) < 0)
		return;
	MUST(ms >= 0);
	clock_text(ms, text);
	MUST(clock_parse(text, &again) == 0 && again == ms);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	char *s = arena_dup(a, data, size);

	check_target(s, a);
	check_base(s, a);
	check_escapes(s, size, a);
	check_base64(s, size);
	check_time(s);
	arena_free(a);
	return 0;
}
