/*
 * pages.c: lists that come a page at a time, in both published ways.
 *
 * Setting paging: 0 pages are counted 1, 2, 3; 1 the next page has the name
 * of its first element and a counted one is refused; 2 counted, and no links
 * at all.  Links are text of the form Link=<URL>;rel="next"; with a "+" as
 * it is.  Contracts in pages.h.
 */
#include "numbers/pages.h"

#include <stdlib.h>
#include <string.h>

#include "numbers/errors.h"

static long
find(const char *name, long count,
    const char *(*id)(const void *, long), const void *list)
{
	long i = 0;

	/* A "+" that was sent as in the link has become a blank. */
	while (i < count && !same(id(list, i), name) &&
	    !(*name == ' ' && same(id(list, i) + 1, name + 1)))
		i++;
	return i;
}

int
page_read(struct request *r, struct page *p, long dflt, long max, long count,
    const char *(*id)(const void *, long), const void *list)
{
	char *page = request_parameter(r->call, "page");
	char *size = request_parameter(r->call, "size");
	long long n = 1, s = dflt;
	bool opaque = r->sim->set.paging == 1;
	int rc = -1;

	p->first = 0;
	if (size != NULL && parse_ll(size, 1, max, &s) != 0) {
		request_fail(r, 1006, size);
	} else if (page == NULL || same(page, "1")) {
		rc = 0;
	} else if (!opaque && parse_ll(page, 1, 1000000, &n) == 0) {
		p->first = (long)((n - 1) * s);
		rc = 0;
	} else if (opaque && (p->first = find(page, count, id, list)) < count) {
		n = 0;
		rc = 0;
	} else {
		request_fail(r, 4018, NULL);
	}
	p->number = (long)n;
	p->size = (long)s;
	if (p->first > count)
		p->first = count;
	p->end = p->first + p->size < count ? p->first + p->size : count;
	free(page);
	free(size);
	return rc;
}

static void
write_link(struct request *r, struct buf *b, const char *rel,
    const char *page, const struct page *p)
{
	struct buf link = { 0 };
	const char *filters = r->call->req->query;
	size_t n;

	buf_fmt(&link, "Link=<%s%s?", r->sim->base_url, r->call->req->path);
	while (filters != NULL && *filters != '\0') {
		n = 0;
		while (filters[n] != '\0' && filters[n] != '&')
			n++;
		if (strncmp(filters, "page=", 5) != 0 &&
		    strncmp(filters, "size=", 5) != 0)
			buf_fmt(&link, "%.*s&", (int)n, filters);
		filters += n + (filters[n] == '&');
	}
	buf_fmt(&link, "page=%s&size=%ld>;rel=\"%s\";", page, p->size, rel);
	xml_leaf(b, rel, link.p);
	buf_free(&link);
}

void
page_links(struct request *r, struct buf *b, const struct page *p, long count,
    const char *(*id)(const void *, long), const void *list)
{
	char *next;

	if (r->sim->set.paging == 2)
		return;
	xml_open(b, "Links");
	write_link(r, b, "first", "1", p);
	if (p->end < count) {
		next = r->sim->set.paging == 1 ? x_dup(id(list, p->end)) :
		    x_fmt("%ld", p->number + 1);
		write_link(r, b, "next", next, p);
		free(next);
	}
	xml_close(b, "Links");
}
