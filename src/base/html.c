/*
 * html.c: the escapers of html.h.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/html.h"
#include "base/parse.h"

void
html_raw(struct buf *b, const char *markup)
{
	buf_adds(b, markup);
}

void
html_rawf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

/* What stands for a character that means something in markup; else NULL. */
static const char *
entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Bytes that go out as they are. */
static bool
plain(char c)
{
	return (c >= 0x20 && c < 0x7f && entity(c) == NULL) || c == '\n' || c == '\t';
}

void
html_textn(struct buf *b, const char *s, size_t n)
{
	const char *end = s + n, *from = NULL;
	uint32_t cp;

	while (s < end) {
		for (from = s; s < end && plain(*s); s++)
			continue;
		buf_add(b, from, (size_t)(s - from));
		if (s == end)
			break;
		if (entity(*s) != NULL) {
			buf_adds(b, entity(*s++));
			continue;
		}
		cp = utf8_next(&s, end);
		utf8_add(b, cp < 0xa0 ? 0xfffd : cp);
	}
}

void
html_text(struct buf *b, const char *s)
{
	if (s != NULL)
		html_textn(b, s, strlen(s));
}

void
html_attr(struct buf *b, const char *name, const char *value)
{
	buf_addc(b, ' ');
	html_raw(b, name);
	html_raw(b, "=\"");
	html_text(b, value);
	buf_addc(b, '"');
}

static bool
url_passes(const char *url)
{
	const char *p = NULL;

	for (p = url; *p != '\0'; p++) {
		if ((unsigned char)*p <= 0x20 || *p == 0x7f)
			return false;
	}
	if (url[0] == '/')
		return url[1] != '/' && url[1] != '\\';
	return url[0] == '#' || url[0] == '?' || strncasecmp(url, "https://", 8) == 0 ||
	       strncasecmp(url, "http://", 7) == 0;
}

void
html_url_attr(struct buf *b, const char *name, const char *value)
{
	html_attr(b, name, value != NULL && url_passes(value) ? value : "#");
}
