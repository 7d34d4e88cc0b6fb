/*
 * page.h: lists of the Numbers API in pages (numbers.h).
 *
 * Both kinds of paging end up in `next` of an answer: give it as `page` of the next request,
 * until it is NULL.  It is the page that the answer's link names, which may be opaque
 * ("+12012082912"), or, where no link is given, one more than the page asked for, as long as
 * pages come full.  The caller guards against repeats: a page that brings nothing new, or a
 * `next` that was asked for before, is the end of the list, and a fault.
 */
#ifndef SPOKE_BANDWIDTH_PAGE_H
#define SPOKE_BANDWIDTH_PAGE_H

#include <stddef.h>

struct arena;
struct xml;

struct page {
	const char *page; /* NULL: the first */
	int size;	  /* most items of a page; 0: what the list allows */
};

/* ---- for the readers of lists ---------------------------------------- */

/* How many items a page has at most, when the list allows `most`. */
int page_size(const struct page *, int most);
/* The address with page and size behind it. */
const char *page_query(struct arena *, const char *url, const struct page *, int most);
/* Sets *next for a page that had count items; -1 when there is one, but not which. */
int page_next(const struct xml *root, struct arena *, const struct page *, int most, size_t count,
    const char **next);

#endif
