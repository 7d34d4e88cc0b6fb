/*
 * base_html.c: the promises of html.h.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/html.h"
#include "tap.h"

#define FFFD "\xef\xbf\xbd"

static struct buf out;

static const char *
text(const char *s, size_t n)
{
	buf_reset(&out);
	html_textn(&out, s, n);
	return buf_str(&out);
}

static const char *
url(const char *s)
{
	buf_reset(&out);
	html_url_attr(&out, "href", s);
	return buf_str(&out);
}

static void
texts(void)
{
	char c[2] = {0};
	bool replaced = true;
	int i;

	is_str(text("a & b < c > d \" e ' f", 21), "a &amp; b &lt; c &gt; d &quot; e &#39; f",
	    "what means something in markup is escaped");
	is_str(text("&amp;", 5), "&amp;amp;", "what looks escaped is escaped again");
	is_str(text("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9),
	    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "other characters go out as they are");
	is_str(text("a\nb\tc", 5), "a\nb\tc", "newline and tab too");
	is_str(text("a\0b\x1b\x7f\xc2\x85"
		    "c",
		   8),
	    "a" FFFD "b" FFFD FFFD FFFD "c",
	    "control characters become U+FFFD, NUL, DEL and C1 among them");
	is_str(text("a\xff\xc3"
		    "b\xed\xa0\x80",
		   7),
	    "a" FFFD FFFD "b" FFFD FFFD FFFD, "and what is not UTF-8");
	is_str(text("a\xe2\x82", 3), "a" FFFD FFFD, "a sequence cut short included");
	for (i = 1; i < 0x20; i++) {
		c[0] = (char)i;
		if (i != '\n' && i != '\t')
			replaced = replaced && strcmp(text(c, 1), FFFD) == 0;
	}
	ok(replaced, "every control character");
	buf_reset(&out);
	html_text(&out, NULL);
	is_str(buf_str(&out), "", "html_text of NULL writes nothing");
	html_text(&out, "<x>");
	is_str(buf_str(&out), "&lt;x&gt;", "html_text takes a string");
	buf_reset(&out);
	html_raw(&out, "<p>");
	html_rawf(&out, "<td colspan=%d>", 3);
	is_str(buf_str(&out), "<p><td colspan=3>", "html_raw and html_rawf write markup");
}

static void
attributes(void)
{
	static const char *const good[] = {"/", "/a/b?c=d", "#top", "?cursor=x",
	    "https://x.example/", "http://localhost:3000/", "HTTPS://x.example/"};
	static const char *const bad[] = {"javascript:alert(1)", "JavaScript:x", "data:text/html,x",
	    "", "x", "//evil.example", "/\\evil.example", " /a", "/\t/evil.example",
	    "/\n/evil.example", "https:evil", "ftp://x", "java\nscript:x", "\\\\evil", "mailto:x",
	    "/\x7f/"};
	char want[200];
	size_t i;

	buf_reset(&out);
	html_attr(&out, "title", "a\"b'c<d>&");
	is_str(buf_str(&out), " title=\"a&quot;b&#39;c&lt;d&gt;&amp;\"",
	    "an attribute's value is escaped");
	buf_reset(&out);
	html_attr(&out, "title", NULL);
	is_str(buf_str(&out), " title=\"\"", "NULL is empty");
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(want, sizeof(want), " href=\"%s\"", good[i]);
		is_str(url(good[i]), want, "the address %s passes", good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is_str(url(bad[i]), " href=\"#\"", "address %zu of the bad ones becomes #", i + 1);
	is_str(url(NULL), " href=\"#\"", "NULL too");
	is_str(url("/a?b=\"&c"), " href=\"/a?b=&quot;&amp;c\"", "what passes is escaped");
}

int
main(void)
{
	buf_init(&out, 10000);
	texts();
	attributes();
	buf_free(&out);
	return done_testing();
}
