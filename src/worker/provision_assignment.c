/*
 * provision_assignment.c: the step "assignment" (provision_run.h): the location belongs to the
 * application.  Without that Bandwidth takes texts and delivers nothing.
 */
#include <string.h>

#include "base/arena.h"
#include "bandwidth/applications.h"
#include "bandwidth/client.h"
#include "worker/provision_run.h"

static bool
given(const char *s)
{
	return s != NULL && *s != '\0';
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static void
assigned(struct run *r)
{
	run_done(r, "Texts to the location's numbers come to this application.");
}

static void
assignment_seen(struct run *r, const struct http_answer *http)
{
	struct assignment_answer a;

	assignment_read(http, r->arena, &a);
	if (a.head.outcome == NUMBERS_FINE && same(a.application_id, r->org.application_id))
		assigned(r);
	else if (a.head.outcome == NUMBERS_FINE || a.head.outcome == NUMBERS_NOT_FOUND)
		run_later(
		    r, "Bandwidth does not show yet that the location has the application.", 0);
	else
		run_trouble(r, "It could not be seen which application the location has.", &a.head);
}

static void
assignment_set(struct run *r, const struct http_answer *http)
{
	struct assignment_answer a;
	struct http_request request;

	assignment_read(http, r->arena, &a);
	if (a.head.outcome != NUMBERS_FINE) {
		run_trouble(r, "The location could not be given the application.", &a.head);
		return;
	}
	assignment_request(&request, r->arena, &r->account, r->org.site_id, r->org.sip_peer_id);
	run_ask(r, &request, assignment_seen);
}

static void
assignment_came(struct run *r, const struct http_answer *http)
{
	struct assignment_answer a;
	struct http_request request;

	assignment_read(http, r->arena, &a);
	if (a.head.outcome != NUMBERS_FINE && a.head.outcome != NUMBERS_NOT_FOUND) {
		run_trouble(r, "It could not be seen which application the location has.", &a.head);
		return;
	}
	if (a.head.outcome == NUMBERS_NOT_FOUND)
		a.application_id = NULL;
	if (same(a.application_id, r->org.application_id)) {
		assigned(r);
	} else if (given(a.application_id) && !run_said_yes(r, "assignment", a.application_id)) {
		run_question(r,
		    arena_fmt(r->arena,
			"Location %s belongs to another application, %s. Say whether it shall belong to %s "
			"instead.",
			r->org.sip_peer_id, a.application_id, r->org.application_id),
		    "assignment", a.application_id);
	} else {
		run_doing(r, "Giving the location the application.");
		assignment_set_request(&request, r->arena, &r->account, r->org.site_id,
		    r->org.sip_peer_id, r->org.application_id);
		run_ask(r, &request, assignment_set);
	}
}

void
step_assignment(struct run *r)
{
	struct http_request request;

	if (!given(r->org.application_id)) {
		run_skip(r, "There is no application that it could belong to.");
		return;
	}
	run_doing(r, "Looking which application the location has.");
	assignment_request(&request, r->arena, &r->account, r->org.site_id, r->org.sip_peer_id);
	run_ask(r, &request, assignment_came);
}
