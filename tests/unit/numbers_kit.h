/*
 * numbers_kit.h: what the tests of the Numbers API share: answers, Bandwidth's published
 * examples, and bodies compared without regard to the order of elements, which is of no
 * significance to Bandwidth.
 */
#ifndef SPOKE_NUMBERS_KIT_H
#define SPOKE_NUMBERS_KIT_H

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "bandwidth/client.h"
#include "bandwidth/xml.h"
#include "tap.h"

static struct arena *arena;

/* Not every test uses all of it. */
static struct http_answer published(int status, const char *name) __attribute__((unused));
static const char *replaced(const char *text, const char *part, const char *with)
    __attribute__((unused));
static void is_request(const struct http_request *r, enum http_method method, const char *url,
    const char *body, const char *what) __attribute__((unused));

/* A whole answer with that status and body. */
static struct http_answer
whole(int status, const char *body)
{
	struct http_answer a = {
	    .reach = HTTP_ANSWERED, .status = status, .body = body, .length = strlen(body)};

	return a;
}

/* A published example. */
static const char *
fixture(const char *name)
{
	const char *top = getenv("SOURCE");
	const char *path =
	    arena_fmt(arena, "%s/tests/fixtures/xml/%s.xml", top != NULL ? top : ".", name);
	char *text = arena_alloc(arena, 20000);
	FILE *f = fopen(path, "r");

	if (f == NULL || fread(text, 1, 19999, f) == 0)
		printf("# cannot read %s\n", path);
	if (f != NULL)
		fclose(f);
	return text;
}

/* The published answer with that status. */
static struct http_answer
published(int status, const char *name)
{
	return whole(status, fixture(name));
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "Name(child,child)" or "Name=text", children sorted. */
static const char *
canonical(const struct xml *e)
{
	const char *parts[64];
	const struct xml *child;
	struct buf out = BUF_INIT(100000);
	const char *text;
	size_t n = 0, i;

	if (e->child == NULL)
		return arena_fmt(arena, "%s=%s", e->name, e->text);
	for (child = e->child; child != NULL && n < 64; child = child->next)
		parts[n++] = canonical(child);
	qsort(parts, n, sizeof(parts[0]), compare);
	buf_addf(&out, "%s(", e->name);
	for (i = 0; i < n; i++)
		buf_addf(&out, "%s%s", i > 0 ? "," : "", parts[i]);
	buf_addc(&out, ')');
	text = arena_str(arena, buf_str(&out));
	buf_free(&out);
	return text;
}

static const char *
canonical_text(const char *text)
{
	const char *why;
	const struct xml *root = xml_read(text, strlen(text), arena, &why);

	return root != NULL ? canonical(root) : why;
}

/* A text with each occurrence of a part replaced. */
static const char *
replaced(const char *text, const char *part, const char *with)
{
	struct buf out = BUF_INIT(100000);
	const char *at, *result;

	while ((at = strstr(text, part)) != NULL) {
		buf_add(&out, text, (size_t)(at - text));
		buf_adds(&out, with);
		text = at + strlen(part);
	}
	buf_adds(&out, text);
	result = arena_str(arena, buf_str(&out));
	buf_free(&out);
	return result;
}

/* The request goes there, by that method, with a body of that meaning (NULL: none). */
static void
is_request(const struct http_request *r, enum http_method method, const char *url, const char *body,
    const char *what)
{
	ok(r->method == method, "%s: by its method", what);
	is_str(r->url, url, "%s: to its address", what);
	if (body == NULL) {
		ok(r->body == NULL && r->content_type == NULL, "%s: without a body", what);
		return;
	}
	is_str(canonical_text(r->body), canonical_text(body), "%s: with its body", what);
	ok(r->length == strlen(r->body), "%s: whose length is right", what);
	is_str(r->content_type, "application/xml; charset=utf-8", "%s: which is XML", what);
	is_str(r->accept, "application/xml", "%s: and wants XML", what);
}

#endif
