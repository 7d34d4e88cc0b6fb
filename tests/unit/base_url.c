/*
 * base_url.c: the promises of url.h.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/url.h"
#include "tap.h"

static struct arena *arena;

static const struct {
	const char *in, *origin, *host, *path;
	int port;
	bool https, loopback;
} good[] = {
    {"https://texting.example.org", "https://texting.example.org", "texting.example.org", "", 443,
	true, false},
    {"https://x.example/a/b-c_d~e.f", "https://x.example", "x.example", "/a/b-c_d~e.f", 443, true,
	false},
    {"https://x.example:443", "https://x.example", "x.example", "", 443, true, false},
    {"https://x.example:8443/m", "https://x.example:8443", "x.example", "/m", 8443, true, false},
    {"HTTPS://X.Example/A", "https://x.example", "x.example", "/A", 443, true, false},
    {"http://localhost:3000", "http://localhost:3000", "localhost", "", 3000, false, true},
    {"http://LOCALHOST:80", "http://localhost", "localhost", "", 80, false, true},
    {"http://127.0.0.1", "http://127.0.0.1", "127.0.0.1", "", 80, false, true},
    {"http://127.9.8.7:1", "http://127.9.8.7:1", "127.9.8.7", "", 1, false, true},
    {"http://[::1]:65535/x", "http://[::1]:65535", "[::1]", "/x", 65535, false, true},
    {"http://[0:0:0:0:0:0:0:1]", "http://[::1]", "[::1]", "", 80, false, true},
    {"https://[2001:DB8::1]", "https://[2001:db8::1]", "[2001:db8::1]", "", 443, true, false},
    {"https://localhost", "https://localhost", "localhost", "", 443, true, true},
    {"https://192.0.2.1:80", "https://192.0.2.1:80", "192.0.2.1", "", 80, true, false},
    {"https://a_b.example", "https://a_b.example", "a_b.example", "", 443, true, false},
    {"https://x.example/...", "https://x.example", "x.example", "/...", 443, true, false},
};

static const char *const bad[] = {"", "x", "texting.example.org", "//x.example", "ftp://x.example",
    "https:/x.example", "https:x.example", "https://", "https:///a", "https://:443",
    "https://x.example/", "https://x.example/a/", "https://x.example//a", "https://x.example/a//b",
    "https://u@x.example", "https://u:p@x.example", "https://x.example?q", "https://x.example/a?q",
    "https://x.example#f", "https://x.example/a#f", "https://x.example/%61", "https://x%2eexample",
    "https://x.example/a b", " https://x.example", "https://x.example ", "https://x.example\n",
    "https://x.example\t", "https://x.example/\x7f", "https://\xc3\xa9.example",
    "https://x.example/\xc3\xa9", "https://x.example:", "https://x.example:0",
    "https://x.example:65536", "https://x.example:080", "https://x.example:8a",
    "https://x.example:-1", "https://x.example:99999999999999999999", "https://x.example/.",
    "https://x.example/..", "https://x.example/a/../b", "https://x.example/./b",
    "https://x.example/a\\b", "https://x\\.example", "https://x.example/a;b",
    "https://x.example/a\"b", "https://x.example/<a>", "https://x..example", "https://.example",
    "https://x.example.", "https://-x.example", "https://x-.example", "https://x!y",
    "https://127.1", "https://0x7f000001", "https://2130706433", "https://1.2.3.256",
    "https://01.2.3.4", "https://[::1", "https://::1", "https://[]", "https://[::1]x",
    "https://[::g]", "https://[127.0.0.1]", "https://[::1]:", "https://[fe80::1%25eth0]",
    "http://x.example", "http://texting.example.org:3000", "http://192.0.2.1", "http://128.0.0.1",
    "http://[::2]", "http://[::ffff:127.0.0.1]", "http://localhost.example", "http://localhost.",
    "http://127.0.0.1.example",
    "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"};

static void
bases(void)
{
	const char *why = NULL;
	struct url u;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ok(url_parse(good[i].in, arena, &u, &why) == 0 && strcmp(u.text, good[i].in) == 0 &&
			strcmp(u.origin, good[i].origin) == 0 &&
			strcmp(u.host, good[i].host) == 0 && strcmp(u.path, good[i].path) == 0 &&
			u.port == good[i].port && u.https == good[i].https &&
			u.loopback == good[i].loopback,
		    "%s is taken apart", good[i].in);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = NULL;
		ok(url_parse(bad[i], arena, &u, &why) == -1 && why != NULL && u.text == NULL,
		    "bad address %zu (%.40s) is refused and says why", i + 1,
		    strpbrk(bad[i], "\n\x7f") != NULL ? "..." : bad[i]);
	}
}

static const struct {
	const char *in, *path, *query; /* path NULL: refused */
} targets[] = {
    {"/", "/", ""},
    {"/a/b", "/a/b", ""},
    {"/a/b/", "/a/b/", ""},
    {"/a/b?", "/a/b", ""},
    {"/a/b?x=1&y=%zz", "/a/b", "x=1&y=%zz"},
    {"/a?b?c//..", "/a", "b?c//.."},
    {"/%61%20b+c", "/a b+c", ""},
    {"/%C3%a9", "/\xc3\xa9", ""},
    {"/\xc3\xa9", "/\xc3\xa9", ""},
    {"/a%3Fb", "/a?b", ""},
    {"/a%23b", "/a#b", ""},
    {"/.../..a/a../.a", "/.../..a/a../.a", ""},
    {"/a%252fb", "/a%2fb", ""},
    {"", NULL, NULL},
    {"?", NULL, NULL},
    {"a", NULL, NULL},
    {"*", NULL, NULL},
    {"https://x.example/a", NULL, NULL},
    {"//", NULL, NULL},
    {"//evil.example/", NULL, NULL},
    {"/a//b", NULL, NULL},
    {"/a/b//?x", NULL, NULL},
    {"/a%2Fb", NULL, NULL},
    {"/a%2fb", NULL, NULL},
    {"/a%5Cb", NULL, NULL},
    {"/a%5cb", NULL, NULL},
    {"/a\\b", NULL, NULL},
    {"/a%00b", NULL, NULL},
    {"/a%00", NULL, NULL},
    {"/.", NULL, NULL},
    {"/..", NULL, NULL},
    {"/./a", NULL, NULL},
    {"/a/../b", NULL, NULL},
    {"/a/%2e%2E/b", NULL, NULL},
    {"/a/.%2e", NULL, NULL},
    {"/%2e/", NULL, NULL},
    {"/a%", NULL, NULL},
    {"/a%4", NULL, NULL},
    {"/a%zz", NULL, NULL},
    {"/a%0a", NULL, NULL},
    {"/a\nb", NULL, NULL},
    {"/a%7f", NULL, NULL},
    {"/a%c2%85", NULL, NULL},
    {"/a%ff", NULL, NULL},
    {"/a%c3", NULL, NULL},
    {"/a#b", NULL, NULL},
};

static void
requests(void)
{
	char *path = NULL, *query = NULL;
	size_t i;
	int rc;

	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		rc = url_target(targets[i].in, arena, &path, &query);
		if (targets[i].path != NULL)
			ok(rc == 0 && strcmp(path, targets[i].path) == 0 &&
				strcmp(query, targets[i].query) == 0,
			    "target %zu is taken apart: %s", i + 1, targets[i].in);
		else
			ok(rc == -1, "target %zu is refused", i + 1);
	}
}

static void
escapes(void)
{
	struct buf b = BUF_INIT(10000);
	char all[256], *back = NULL;
	size_t n = 0;
	int i;

	url_escape(&b, "aZ09-._~ /+%&=\xc3\xa9", 16);
	is_str(
	    buf_str(&b), "aZ09-._~%20%2F%2B%25%26%3D%C3%A9", "all but the unreserved is escaped");
	is_str(url_decode("a+b%2B", 6, true, arena, &n), "a b+", "a plus sign can be a blank");
	is_str(url_decode("a+b%2B", 6, false, arena, &n), "a+b+", "or itself");
	is_int(n, 4, "the length is told");
	ok(url_decode("a%4", 3, false, arena, &n) == NULL &&
		url_decode("%", 1, false, arena, &n) == NULL &&
		url_decode("%4g", 3, true, arena, &n) == NULL,
	    "a bad escape gives NULL");
	is_str(url_decode("%41%42", 3, false, arena, &n), "A", "only the n bytes count");
	for (i = 0; i < 256; i++)
		all[i] = (char)i;
	buf_reset(&b);
	url_escape(&b, all, 256);
	back = url_decode(b.data, b.len, true, arena, &n);
	ok(back != NULL && n == 256 && memcmp(back, all, 256) == 0, "what is escaped comes back");
	buf_free(&b);
}

int
main(void)
{
	arena = arena_new();
	bases();
	requests();
	escapes();
	arena_free(arena);
	return done_testing();
}
