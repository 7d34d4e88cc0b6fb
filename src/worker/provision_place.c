/*
 * provision_place.c: the steps "site" and "location" (provision_run.h): a sub-account and in it a
 * location, those that were entered, our own of an earlier run, or new ones.
 */
#include <string.h>

#include "base/arena.h"
#include "bandwidth/client.h"
#include "bandwidth/sites.h"
#include "worker/provision_run.h"

#define NAME_SHOWN 60

static bool
given(const char *s)
{
	return s != NULL && *s != '\0';
}

static const char *
made_sentence(struct run *r, const char *id)
{
	return arena_fmt(r->arena, "ID %s, made for this organization.", id);
}

/* Of one whose ID was stored: entered by somebody, or made by an earlier run. */
static const char *
found_sentence(struct run *r, const char *id, const char *name)
{
	if (run_is_ours(r, name))
		return made_sentence(r, id);
	if (!given(name))
		return arena_fmt(r->arena, "ID %s, as entered.", id);
	return arena_fmt(r->arena, "ID %s (%.*s), as entered.", id, NAME_SHOWN, name);
}

/* ---- the sub-account ------------------------------------------------------------------ */

static void
site_came(struct run *r, const struct http_answer *http)
{
	struct site_answer a;
	const char *id = r->org.site_id;

	site_read(http, r->arena, &a);
	if (a.head.outcome == NUMBERS_FINE)
		run_has(r, PART_SITE, id, found_sentence(r, id, a.site.name));
	else if (a.head.outcome == NUMBERS_NOT_FOUND)
		run_fail(r,
		    arena_fmt(r->arena,
			"Account %s has no sub-account %s. Correct the sub-account ID, or leave it empty to have "
			"one made, and save again.",
			r->account.id, id),
		    a.head.words);
	else
		run_trouble(r, "The sub-account could not be looked at.", &a.head);
}

static void look_for_site(struct run *);

static void
site_made(struct run *r, const struct http_answer *http)
{
	struct created_answer a;

	created_read(http, r->arena, &a);
	if (a.head.outcome == NUMBERS_FINE && given(a.id)) {
		run_has(r, PART_SITE, a.id, made_sentence(r, a.id));
		return;
	}
	if (!run_not_made(r, &a.head))
		return;
	/* The name is taken: by us, if an earlier try arrived late. */
	if (a.head.outcome == NUMBERS_EXISTS && a.head.code != NUMBERS_CODE_ADDRESS && !r->again) {
		r->again = true;
		look_for_site(r);
		return;
	}
	run_trouble(r, "The sub-account could not be made.", &a.head);
}

static void
make_site(struct run *r)
{
	const struct organization *o = &r->org;
	struct site_address address = {.house_number = o->house_number,
	    .street_name = o->street_name,
	    .city = o->city,
	    .state_code = o->state_code,
	    .zip = o->zip,
	    .country = o->country};
	struct http_request request;

	if (!run_may_make(r, PART_SITE))
		return;
	run_doing(r, "Making a sub-account.");
	site_create_request(&request, r->arena, &r->account, run_name(r),
	    "Texting, made by spoke-bandwidth", given(o->street_name) ? &address : NULL);
	run_ask(r, &request, site_made);
}

static void
sites_came(struct run *r, const struct http_answer *http)
{
	struct sites_answer a;
	size_t i;

	sites_read(http, r->arena, &a);
	if (a.head.outcome != NUMBERS_FINE && a.head.outcome != NUMBERS_NOT_FOUND) {
		run_trouble(r, "The account's sub-accounts could not be listed.", &a.head);
		return;
	}
	for (i = 0; a.head.outcome == NUMBERS_FINE && i < a.count; i++) {
		if (!run_is_ours(r, a.items[i].name) || !given(a.items[i].id))
			continue;
		run_has(r, PART_SITE, a.items[i].id, made_sentence(r, a.items[i].id));
		return;
	}
	make_site(r);
}

static void
look_for_site(struct run *r)
{
	struct http_request request;

	run_doing(r, "Looking whether this organization has a sub-account.");
	sites_request(&request, r->arena, &r->account);
	run_ask(r, &request, sites_came);
}

void
run_unknown_place(struct run *r)
{
	look_for_site(r);
}

void
step_site(struct run *r)
{
	struct http_request request;

	if (!given(r->org.site_id)) {
		if (given(r->org.sip_peer_id))
			run_fail(r,
			    "A location ID was entered without its sub-account ID. Enter both, or leave both empty "
			    "to have them made, and save again.",
			    NULL);
		else
			run_ask_place(r);
		return;
	}
	run_doing(r, "Looking at the sub-account.");
	site_request(&request, r->arena, &r->account, r->org.site_id);
	run_ask(r, &request, site_came);
}

/* ---- the location --------------------------------------------------------------------- */

static void
peer_came(struct run *r, const struct http_answer *http)
{
	struct peer_answer a;
	const char *id = r->org.sip_peer_id;

	peer_read(http, r->arena, &a);
	if (a.head.outcome == NUMBERS_FINE)
		run_has(r, PART_PEER, id, found_sentence(r, id, a.peer.name));
	else if (a.head.outcome == NUMBERS_NOT_FOUND)
		run_fail(r,
		    arena_fmt(r->arena,
			"Sub-account %s has no location %s. Correct one of the two IDs, or leave the location ID "
			"empty to have one made, and save again.",
			r->org.site_id, id),
		    a.head.words);
	else
		run_trouble(r, "The location could not be looked at.", &a.head);
}

static void look_for_peer(struct run *);

static void
peer_made(struct run *r, const struct http_answer *http)
{
	struct created_answer a;

	created_read(http, r->arena, &a);
	if (a.head.outcome == NUMBERS_FINE && given(a.id)) {
		run_has(r, PART_PEER, a.id, made_sentence(r, a.id));
		return;
	}
	if (!run_not_made(r, &a.head))
		return;
	if (a.head.outcome == NUMBERS_EXISTS && !r->again) {
		r->again = true;
		look_for_peer(r);
		return;
	}
	run_trouble(r, "The location could not be made.", &a.head);
}

/* Default, unless the sub-account has one: orders that name no location go there. */
static void
make_peer(struct run *r)
{
	struct http_request request;

	if (!run_may_make(r, PART_PEER))
		return;
	run_doing(r, "Making a location.");
	peer_create_request(
	    &request, r->arena, &r->account, r->org.site_id, run_name(r), !r->has_default);
	run_ask(r, &request, peer_made);
}

static void
peers_came(struct run *r, const struct http_answer *http)
{
	struct peers_answer a;
	size_t i;

	peers_read(http, r->arena, &a);
	if (a.head.outcome != NUMBERS_FINE && a.head.outcome != NUMBERS_NOT_FOUND) {
		run_trouble(r, "The sub-account's locations could not be listed.", &a.head);
		return;
	}
	r->has_default = false;
	for (i = 0; a.head.outcome == NUMBERS_FINE && i < a.count; i++) {
		if (run_is_ours(r, a.items[i].name) && given(a.items[i].id)) {
			run_has(r, PART_PEER, a.items[i].id, made_sentence(r, a.items[i].id));
			return;
		}
		r->has_default = r->has_default || a.items[i].is_default;
	}
	make_peer(r);
}

static void
look_for_peer(struct run *r)
{
	struct http_request request;

	run_doing(r, "Looking whether the sub-account has this organization's location.");
	peers_request(&request, r->arena, &r->account, r->org.site_id);
	run_ask(r, &request, peers_came);
}

void
step_location(struct run *r)
{
	struct http_request request;

	if (!given(r->org.sip_peer_id)) {
		look_for_peer(r);
		return;
	}
	run_doing(r, "Looking at the location.");
	peer_request(&request, r->arena, &r->account, r->org.site_id, r->org.sip_peer_id);
	run_ask(r, &request, peer_came);
}
