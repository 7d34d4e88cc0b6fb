/*
 * page.c: lists of the Numbers API in pages, and the link to the next one (page.h).
 */
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "base/url.h"
#include "bandwidth/iris.h"
#include "bandwidth/page.h"

#define PAGE_ID_MAX 200
#define ORDINAL_MAX 1000000

int
page_size(const struct page *page, int most)
{
	return page->size > 0 && page->size < most ? page->size : most;
}

const char *
page_query(struct arena *arena, const char *url, const struct page *page, int most)
{
	url = iris_query(arena, url, "page", page->page != NULL ? page->page : "1");
	return iris_query(arena, url, "size", arena_fmt(arena, "%d", page_size(page, most)));
}

/* The value of "page" in a link of the form "Link=<https://…?page=X&size=500>;rel="next";", or
 * NULL. */
static const char *
page_of_link(const char *link, struct arena *arena)
{
	const char *p = link, *id;
	size_t n;

	while ((p = strstr(p, "page=")) != NULL) {
		if (p > link && strchr("?&;", p[-1]) != NULL)
			break;
		p++;
	}
	if (p == NULL)
		return NULL;
	p += strlen("page=");
	/* A plus sign is itself here: "+12012082912" is one of these IDs. */
	id = url_decode(p, strcspn(p, "&>;\"' \t\r\n"), false, arena, &n);
	if (id == NULL || n == 0 || n > PAGE_ID_MAX || !text_valid(id, n, false))
		return NULL;
	return id;
}

/* The page after one that is a number; NULL when it is none. */
static const char *
page_after(const char *page, struct arena *arena)
{
	int64_t ordinal = 1;

	if (page != NULL && parse_i64(page, strlen(page), 1, ORDINAL_MAX, &ordinal) != 0)
		return NULL;
	return arena_fmt(arena, "%lld", (long long)ordinal + 1);
}

int
page_next(const struct xml *root, struct arena *arena, const struct page *page, int most,
    size_t count, const char **next)
{
	const struct xml *links = xml_find(root, "Links");
	const char *link = xml_text(links, "next");

	*next = NULL;
	if (link != NULL) {
		*next = page_of_link(link, arena);
		if (*next == NULL)
			*next = page_after(page->page, arena);
		return *next != NULL ? 0 : -1;
	}
	if (links == NULL && count >= (size_t)page_size(page, most))
		*next = page_after(page->page, arena);
	return 0;
}
