/*
 * provision_application.c: the step "application", and the one of "repair-application"
 * (provision_run.h): an application whose callbacks come here.
 */
#include <string.h>

#include "base/arena.h"
#include "base/settings.h"
#include "bandwidth/applications.h"
#include "bandwidth/client.h"
#include "worker/provision_run.h"
#include "worker/worker.h"

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

static const struct settings *
settings_of(const struct run *r)
{
	return r->w->app->settings;
}

/* ---- whose calls are they? --------------------------------------------------------------- */

enum calls {
	CALLS_OURS,  /* today's address, both ways */
	CALLS_MEND,  /* some of it is ours or was, the rest is empty: to be set without asking */
	CALLS_OTHERS /* *other is called */
};

/* Is it where this organization is or was called? */
static bool
our_url(const struct run *r, const char *url)
{
	const struct settings *s = settings_of(r);
	uint32_t org = (uint32_t)r->org.id;
	size_t i;

	if (same(url, callback_url(r->arena, s->base_url.text, org)))
		return true;
	for (i = 0; i < s->base_url_previous_count; i++)
		if (same(url, callback_url(r->arena, s->base_url_previous[i].text, org)))
			return true;
	return false;
}

static enum calls
whose_calls(const struct run *r, const struct application *a, const char **other)
{
	const char *ours =
	    callback_url(r->arena, settings_of(r)->base_url.text, (uint32_t)r->org.id);

	if (given(a->inbound_url) && !our_url(r, a->inbound_url))
		*other = a->inbound_url;
	else if (given(a->outbound_url) && !our_url(r, a->outbound_url))
		*other = a->outbound_url;
	else
		return same(a->inbound_url, ours) && same(a->outbound_url, ours) ? CALLS_OURS
										 : CALLS_MEND;
	return CALLS_OTHERS;
}

/* What an application of ours has: addresses, user, password, receipts. */
static struct application
wanted(struct run *r)
{
	const struct settings *s = settings_of(r);
	uint32_t org = (uint32_t)r->org.id;
	const char *url = callback_url(r->arena, s->base_url.text, org);
	char *password = arena_alloc(r->arena, CALLBACK_PASSWORD);

	callback_password(s->session_secret, s->base_url.text, org, password);
	return (struct application){.inbound_url = url,
	    .outbound_url = url,
	    .inbound_user = CALLBACK_USER,
	    .outbound_user = CALLBACK_USER,
	    .inbound_password = password,
	    .outbound_password = password,
	    .callback_types = application_callback_types};
}

/* ---- giving it our callbacks ---------------------------------------------------------------- */

static void
callbacks_seen(struct run *r, const struct http_answer *http)
{
	struct application_answer a;
	const char *other;

	application_read(http, r->arena, &a);
	if (a.head.outcome != NUMBERS_FINE)
		run_trouble(r,
		    "It could not be seen whether the application took the callback address.",
		    &a.head);
	else if (whose_calls(r, &a.application, &other) != CALLS_OURS)
		run_fail(r,
		    "Bandwidth said that it took the callback address, but the application has another one. "
		    "Try again, or enter address, user ID and password in Bandwidth's account pages.",
		    NULL);
	else
		run_has_callbacks(r, r->org.application_id,
		    arena_fmt(r->arena, "ID %s; it calls %s.", r->org.application_id,
			a.application.inbound_url));
}

static void
callbacks_set(struct run *r, const struct http_answer *http)
{
	struct application_answer a;
	struct http_request request;

	application_read(http, r->arena, &a);
	if (a.head.outcome != NUMBERS_FINE) {
		run_trouble(r, "The application could not be told the callback address.", &a.head);
		return;
	}
	application_request(&request, r->arena, &r->account, r->org.application_id);
	run_ask(r, &request, callbacks_seen);
}

static void
set_callbacks(struct run *r)
{
	struct application app = wanted(r);
	struct http_request request;

	run_doing(r, "Telling the application callback address, user ID and password.");
	application_change_request(&request, r->arena, &r->account, r->org.application_id, &app);
	run_ask(r, &request, callbacks_set);
}

/* ---- one that was entered ------------------------------------------------------------------- */

/* It is there, and may be given our callbacks. */
static void
judge_calls(struct run *r, const struct application *a)
{
	const char *fault = provision_base_fault(settings_of(r)), *other = NULL;
	enum calls calls = whose_calls(r, a, &other);

	if (fault != NULL) {
		if (run_found(r, PART_APPLICATION, r->org.application_id))
			run_skip(r, arena_fmt(r->arena,
					"ID %s is there. What it calls is left as it is: %s",
					r->org.application_id, fault));
	} else if (calls == CALLS_OTHERS && !run_said_yes(r, "callbacks", other)) {
		run_question(r,
		    arena_fmt(r->arena,
			"Application %s calls another address, %s. Say whether it shall call this "
			"installation instead.",
			r->org.application_id, other),
		    "callbacks", other);
	} else {
		set_callbacks(r); /* its password can't be seen, so it is set */
	}
}

static void
application_came(struct run *r, const struct http_answer *http)
{
	struct application_answer a;
	const char *id = r->org.application_id;

	application_read(http, r->arena, &a);
	if (a.head.outcome == NUMBERS_NOT_FOUND || a.head.code == NUMBERS_CODE_NO_APPLICATION)
		run_fail(r,
		    arena_fmt(r->arena,
			"Account %s has no application %s. Correct the application ID, or leave it empty to have "
			"one made, and save again.",
			r->account.id, id),
		    a.head.words);
	else if (a.head.outcome != NUMBERS_FINE)
		run_trouble(r, "The application could not be looked at.", &a.head);
	else if (!application_is_messaging(&a.application))
		run_fail(r,
		    arena_fmt(r->arena,
			"Application %s is not for messaging. Enter the ID of a messaging application, or leave it "
			"empty to have one made, and save again.",
			id),
		    NULL);
	else
		judge_calls(r, &a.application);
}

static void
look_at_application(struct run *r, run_fn then)
{
	struct http_request request;

	run_doing(r, "Looking at the application.");
	application_request(&request, r->arena, &r->account, r->org.application_id);
	run_ask(r, &request, then);
}

/* ---- one of our own -------------------------------------------------------------------------- */

static void
application_made(struct run *r, const struct http_answer *http)
{
	struct application_answer a;

	application_read(http, r->arena, &a);
	if (a.head.outcome == NUMBERS_FINE && given(a.application.id))
		run_has_callbacks(r, a.application.id,
		    arena_fmt(r->arena, "ID %s, made for this organization.", a.application.id));
	else if (run_not_made(r, &a.head))
		run_trouble(r, "The application could not be made.", &a.head);
}

static void
make_application(struct run *r)
{
	struct application app = wanted(r);
	struct http_request request;

	if (!run_may_make(r, PART_APPLICATION))
		return;
	run_doing(r, "Making an application.");
	app.name = run_name(r);
	application_create_request(&request, r->arena, &r->account, &app);
	run_ask(r, &request, application_made);
}

/*
 * Ours by its addresses, or by its name if it calls nobody else.  Of several the one that calls
 * today's address.
 */
static const struct application *
find_ours(const struct run *r, const struct applications_answer *list)
{
	const struct application *found = NULL, *a;
	const char *other;
	enum calls calls;
	size_t i;

	for (i = 0; i < list->count; i++) {
		a = &list->items[i];
		calls = whose_calls(r, a, &other);
		if (!given(a->id) || !application_is_messaging(a) || calls == CALLS_OTHERS)
			continue;
		if (calls == CALLS_OURS)
			return a;
		if (given(a->inbound_url) || given(a->outbound_url) || run_is_ours(r, a->name))
			found = a;
	}
	return found;
}

static void
applications_came(struct run *r, const struct http_answer *http)
{
	struct applications_answer list;
	const struct application *ours;

	applications_read(http, r->arena, &list);
	if (list.head.outcome != NUMBERS_FINE && list.head.outcome != NUMBERS_NOT_FOUND) {
		run_trouble(r, "The account's applications could not be listed.", &list.head);
		return;
	}
	ours = list.head.outcome == NUMBERS_FINE ? find_ours(r, &list) : NULL;
	if (ours == NULL) {
		make_application(r);
	} else if (run_found(r, PART_APPLICATION, ours->id)) {
		set_callbacks(r);
	}
}

void
step_application(struct run *r)
{
	const char *fault = provision_base_fault(settings_of(r));
	struct http_request request;

	if (given(r->org.application_id)) {
		look_at_application(r, application_came);
	} else if (fault != NULL) {
		run_skip(r, arena_fmt(r->arena, "None is made: %s", fault));
	} else {
		run_doing(r, "Looking whether the account has this organization's application.");
		applications_request(&request, r->arena, &r->account);
		run_ask(r, &request, applications_came);
	}
}

/* ---- repairing --------------------------------------------------------------------------------- */

static void
repair_came(struct run *r, const struct http_answer *http)
{
	struct application_answer a;

	application_read(http, r->arena, &a);
	if (a.head.outcome == NUMBERS_FINE && application_is_messaging(&a.application))
		set_callbacks(r);
	else
		application_came(r, http); /* which says what is wrong with it */
}

void
step_repair(struct run *r)
{
	const char *fault = provision_base_fault(settings_of(r));

	if (fault != NULL)
		run_fail(r, fault, NULL);
	else if (!given(r->org.application_id))
		run_fail(r, "There is no application yet. Set up at Bandwidth first.", NULL);
	else
		look_at_application(r, repair_came);
}
