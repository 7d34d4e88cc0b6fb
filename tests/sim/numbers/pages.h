/*
 * pages.h: lists that come a page at a time, in both published ways.
 */
#ifndef SIM_NUMBERS_PAGES_H
#define SIM_NUMBERS_PAGES_H

#include "numbers/numbers.h"

struct page {
	long first, end;	/* of the whole list, end excluded */
	long size, number;	/* number: 0 if the page was named by an id */
};

/*
 * Reads page and size.  id gives the name of an element, for opaque pages;
 * count is the length of the whole list.  0, or -1 after an answer.
 */
int page_read(struct request *, struct page *, long dflt, long max, long count,
    const char *(*id)(const void *list, long at), const void *list);

/* Writes Links: first, and next if there is more. */
void page_links(struct request *, struct buf *, const struct page *, long count,
    const char *(*id)(const void *list, long at), const void *list);

#endif
