/*
 * provision_known.c: where an organization's things lie at Bandwidth, when nobody entered it but
 * Bandwidth can tell (provision_run.h): the location of the application that was entered, or
 * of the numbers that the organization has.  A new location beside that one would be empty, and
 * its numbers would look gone.
 */
#include <string.h>

#include "base/arena.h"
#include "bandwidth/applications.h"
#include "bandwidth/client.h"
#include "bandwidth/stock.h"
#include "worker/provision_run.h"

static bool
given(const char *s)
{
	return s != NULL && *s != '\0';
}

/* Another time may tell; anything else does not. */
static bool
passing(const struct numbers_head *h)
{
	return h->outcome == NUMBERS_UNKNOWN || h->outcome == NUMBERS_NOT_SENT ||
	       h->outcome == NUMBERS_BUSY;
}

static void
number_came(struct run *r, const struct http_answer *http)
{
	struct number_answer a;
	const struct stock_number *n = &a.number;

	number_read(http, r->arena, &a);
	if (passing(&a.head))
		run_trouble(
		    r, "It could not be seen where the organization's numbers lie.", &a.head);
	else if (a.head.outcome == NUMBERS_FINE && given(n->site_id) && given(n->peer_id) &&
		 (!given(n->account_id) || strcmp(n->account_id, r->account.id) == 0))
		run_has_place(r, n->site_id, n->peer_id,
		    arena_fmt(r->arena, "ID %s: the organization's number %s lies in it.",
			n->site_id, r->number));
	else
		run_unknown_place(r);
}

static void
ask_number(struct run *r)
{
	struct http_request request;

	if (!given(r->number)) {
		run_unknown_place(r);
		return;
	}
	run_doing(r, "Looking where the organization's numbers lie.");
	number_request(&request, r->arena, &r->account, r->number);
	run_ask(r, &request, number_came);
}

static void
peers_came(struct run *r, const struct http_answer *http)
{
	struct assigned_peers_answer a;

	assigned_peers_read(http, r->arena, &a);
	if (passing(&a.head))
		run_trouble(
		    r, "It could not be seen which location the application serves.", &a.head);
	else if (a.head.outcome != NUMBERS_FINE || a.count == 0)
		ask_number(r); /* the step "application" says what is wrong with it */
	else if (a.count > 1)
		run_fail(r,
		    arena_fmt(r->arena,
			"Application %s serves %zu locations. Enter the sub-account ID and the location ID of "
			"the one that is this organization's, and save again.",
			r->org.application_id, a.count),
		    NULL);
	else if (given(a.items[0].site_id) && given(a.items[0].peer_id))
		run_has_place(r, a.items[0].site_id, a.items[0].peer_id,
		    arena_fmt(r->arena, "ID %s: the application's location lies in it.",
			a.items[0].site_id));
	else
		ask_number(r);
}

void
run_ask_place(struct run *r)
{
	struct http_request request;

	if (!given(r->org.application_id)) {
		ask_number(r);
		return;
	}
	run_doing(r, "Looking which location the application serves.");
	assigned_peers_request(&request, r->arena, &r->account, r->org.application_id);
	run_ask(r, &request, peers_came);
}
