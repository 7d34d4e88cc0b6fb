/*
 * check_numbers.c: are the organization's numbers in service those of its location at
 * Bandwidth (check.h)?  Reads the location's list page by page.
 */
#include <string.h>

#include "base/arena.h"
#include "bandwidth/stock.h"
#include "worker/check_private.h"

#define PAGES_MAX 40 /* 200,000 numbers */

static void ask_page(struct check *);

static void
count_page(struct check *c, const struct numbers_answer *page)
{
	size_t i;
	int64_t at;

	for (i = 0; i < page->count; i++) {
		at = check_ours_find(&c->location, page->items[i].number);
		if (at < 0)
			c->facts.numbers_new++;
		else
			c->location.found[at] = true;
		c->facts.numbers_there++;
	}
}

static void
conclude(struct check *c)
{
	size_t i;

	check_set(c, &c->facts.numbers, SETUP_YES, NULL);
	for (i = 0; i < c->location.count; i++) {
		if (c->location.found[i])
			continue;
		if (c->facts.numbers_lost++ < SETUP_NAMED)
			c->facts.numbers_lost_at = text_list_add(
			    c->arena, c->facts.numbers_lost_at, c->location.numbers[i]);
	}
}

/* Takes a page; true when there is another one. */
static bool
take_page(struct check *c, const struct numbers_answer *page)
{
	if (page->head.outcome != NUMBERS_FINE) {
		check_answer(c, &c->facts.numbers, &page->head, true);
		return false;
	}
	count_page(c, page);
	if (page->next == NULL) {
		conclude(c);
		return false;
	}
	if (++c->pages < PAGES_MAX && (c->page == NULL || strcmp(page->next, c->page) != 0))
		return true;
	check_set(c, &c->facts.numbers, SETUP_UNREACHABLE, "the list does not end");
	return false;
}

static void
page_came(struct check *c, const struct http_answer *answer)
{
	const struct page asked = {.page = c->page};
	struct numbers_answer page;

	numbers_read(answer, c->arena, &asked, &page);
	if (take_page(c, &page)) {
		c->page = page.next;
		ask_page(c);
	} else {
		check_registration(c);
	}
}

static void
ask_page(struct check *c)
{
	const struct page page = {.page = c->page};
	struct http_request r;

	peer_numbers_request(
	    &r, c->arena, &c->account, c->org.site_id, c->org.sip_peer_id, &page, false);
	r.authorization = NULL;
	check_send(c, &r, page_came);
}

void
check_numbers(struct check *c)
{
	c->page = NULL;
	ask_page(c);
}
