/*
 * provision_run.c: what all steps of a run share: asking, going on to the next step, ending, and
 * being put off (provision_run.h).
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bandwidth/client.h"
#include "org/number_errors.h"
#include "texting/inventory.h"
#include "texting/provision.h"
#include "worker/ask.h"
#include "worker/jobs.h"
#include "worker/provision.h"
#include "worker/provision_run.h"
#include "worker/worker.h"

#define AFTER_FAILURE (3 * CLOCK_SECOND) /* doubles */
#define AFTER_FAILURE_MAX (5 * CLOCK_MINUTE)
#define FAILURES_MAX 12 /* in a row: half an hour */

static bool
is(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* ---- ends -------------------------------------------------------------------------- */

static void
run_free(struct run *r)
{
	struct run **p = &r->w->runs;

	while (*p != NULL && *p != r)
		p = &(*p)->next;
	if (*p == r)
		*p = r->next;
	arena_free(r->arena);
	free(r);
}

static void
end(struct run *r, const char *state, const char *result)
{
	job_end(r->w, r->job, state, result);
	run_free(r);
}

void
run_put_off(struct run *r, int64_t due, const char *doing)
{
	job_again(r->w, r->job, due, doing);
	run_free(r);
}

/* Stores; false when the run is over because of it. */
static bool
noted(struct run *r, const struct note *what)
{
	struct note n = *what;

	if (n.keep == KEEP_NOTHING && r->not_made != PART_NONE) {
		n.keep = KEEP_NOT_POSTED;
		n.part = r->not_made;
		r->not_made = PART_NONE;
	}
	switch (run_note(r, &n)) {
	case NOTED:
		return true;
	case NOTED_CHANGED:
		end(r, "failed",
		    "The settings were changed meanwhile. It goes on with the new ones by itself.");
		return false;
	case NOTED_NOT:
		break;
	}
	run_put_off(r, clock_now() + AFTER_FAILURE,
	    "How far it came could not be stored; this step is done again.");
	return false;
}

/* All steps are behind us. */
void
run_complete(struct run *r)
{
	const struct organization *o = &r->org;
	const char *fault = provision_base_fault(r->w->app->settings);

	if (r->count == 1)
		end(r, "done", "Bandwidth has today's callback address, user ID and password.");
	else if (o->application_id == NULL || *o->application_id == '\0')
		end(r, "failed",
		    arena_fmt(r->arena,
			"There is no application yet, so no text can be sent or received. %s",
			fault != NULL ? fault : "Set up at Bandwidth again."));
	else {
		/* The location may have numbers already. */
		jobs_ask(r->w, (uint32_t)o->id, INVENTORY_SYNC, 0);
		end(r, "done",
		    arena_fmt(r->arena, "%s: sub-account %s, location %s, application %s.%s%s%s",
			r->without != NULL ? "Texting is set up" : "Everything is there",
			o->site_id, o->sip_peer_id, o->application_id,
			r->without != NULL ? " What did not work: " : "",
			r->without != NULL ? r->without : "", r->without != NULL ? "." : ""));
	}
}

/* ---- one step after the other ------------------------------------------------------- */

static const struct step_kind *
current(const struct run *r)
{
	return &r->steps[r->step];
}

/* Ends the step under way as n says; begins the next. */
static void
go_on(struct run *r, struct note *n)
{
	n->key = current(r)->key;
	n->begins = r->step + 1 < r->count ? r->steps[r->step + 1].key : NULL;
	if (!noted(r, n))
		return;
	r->step++;
	r->again = false;
	if (r->step == r->count)
		run_complete(r);
	else
		current(r)->begin(r);
}

void
run_done(struct run *r, const char *sentence)
{
	struct note n = {.state = PROGRESS_DONE, .sentence = sentence};

	go_on(r, &n);
}

void
run_has(struct run *r, enum part part, const char *id, const char *sentence)
{
	struct note n = {.state = PROGRESS_DONE,
	    .sentence = sentence,
	    .keep = KEEP_ID,
	    .part = part,
	    .id = arena_str(r->arena, id)};

	go_on(r, &n);
}

void
run_has_place(struct run *r, const char *site, const char *peer, const char *sentence)
{
	struct note n = {.state = PROGRESS_DONE,
	    .sentence = sentence,
	    .keep = KEEP_ID,
	    .part = PART_SITE,
	    .id = arena_str(r->arena, site),
	    .peer = arena_str(r->arena, peer)};

	go_on(r, &n);
}

bool
run_found(struct run *r, enum part part, const char *id)
{
	struct note n = {.key = current(r)->key,
	    .state = PROGRESS_RUNNING,
	    .failures = r->failures,
	    .keep = KEEP_ID,
	    .part = part,
	    .id = arena_str(r->arena, id)};

	return noted(r, &n);
}

void
run_has_callbacks(struct run *r, const char *id, const char *sentence)
{
	struct note n = {.state = PROGRESS_DONE,
	    .sentence = sentence,
	    .keep = KEEP_ID,
	    .part = PART_APPLICATION,
	    .id = arena_str(r->arena, id),
	    .callbacks_set = true};

	go_on(r, &n);
}

void
run_skip(struct run *r, const char *why)
{
	struct note n = {.state = PROGRESS_SKIPPED, .sentence = why};

	go_on(r, &n);
}

void
run_fail(struct run *r, const char *sentence, const char *words)
{
	struct note n = {
	    .key = current(r)->key, .state = PROGRESS_FAILED, .sentence = sentence, .words = words};

	if (current(r)->may_fail) {
		r->without = current(r)->name;
		go_on(r, &n);
	} else if (noted(r, &n))
		end(r, "failed", sentence);
}

void
run_question(struct run *r, const char *sentence, const char *what, const char *value)
{
	struct note n = {.key = current(r)->key,
	    .state = PROGRESS_FAILED,
	    .sentence = sentence,
	    .ask = {what, value}};

	if (noted(r, &n))
		end(r, "failed", sentence);
}

bool
run_said_yes(const struct run *r, const char *what, const char *value)
{
	return is(r->yes.what, what) && is(r->yes.value, value);
}

void
run_doing(struct run *r, const char *what)
{
	job_step(r->w, r->job, what);
}

void
run_later(struct run *r, const char *why, int64_t after)
{
	struct note n = {.key = current(r)->key,
	    .state = PROGRESS_RUNNING,
	    .sentence = why,
	    .failures = r->failures + 1};
	int64_t wait = AFTER_FAILURE << (r->failures < 8 ? r->failures : 8);

	if (r->failures >= FAILURES_MAX) {
		run_fail(r,
		    arena_fmt(r->arena,
			"%s It was tried %d times. Set up at Bandwidth again later.", why,
			r->failures),
		    NULL);
		return;
	}
	if (wait > AFTER_FAILURE_MAX)
		wait = AFTER_FAILURE_MAX;
	if (wait < after)
		wait = after;
	if (noted(r, &n))
		run_put_off(r, clock_now() + wait, why);
}

/* ---- answers that are not what was hoped for ------------------------------------------ */

/* "13609: HTTP messaging is not enabled" */
static const char *
own_words(struct run *r, const struct numbers_head *h)
{
	if (h->words == NULL || *h->words == '\0')
		return NULL;
	return h->code != 0 ? arena_fmt(r->arena, "%d: %s", h->code, h->words)
			    : arena_str(r->arena, h->words);
}

void
run_trouble(struct run *r, const char *what, const struct numbers_head *h)
{
	const char *advice = number_error_advice(h->code);

	switch (h->outcome) {
	case NUMBERS_UNKNOWN:
	case NUMBERS_NOT_SENT:
	case NUMBERS_BUSY:
		run_later(r,
		    arena_fmt(r->arena,
			"%s Bandwidth did not answer properly (%s); it is asked again.", what,
			*h->words != '\0' ? h->words : "no answer"),
		    h->retry_after);
		return;
	default:
		break;
	}
	if (advice == NULL)
		advice = number_status_advice(h->status);
	run_fail(r,
	    arena_fmt(
		r->arena, "%s%s%s", what, advice != NULL ? " " : "", advice != NULL ? advice : ""),
	    own_words(r, h));
}

/* ---- asking -------------------------------------------------------------------------- */

/* Nothing was asked. */
static void
not_asked(struct run *r, const struct ask_answer *a)
{
	struct note n = {
	    .key = current(r)->key, .state = PROGRESS_RUNNING, .failures = r->failures};

	r->not_made = r->making;
	if (a->end == ASK_NOT_READY) {
		run_fail(r, a->words, NULL);
	} else if (a->end == ASK_CHANGED || r->w->ending) {
		if (noted(r, &n)) /* not if the settings are others now: that ends it */
			run_put_off(r, clock_now(), "It goes on as soon as a worker is there.");
	} else {
		run_later(r, a->words, a->again);
	}
}

static void
came(void *arg, const struct ask_answer *a)
{
	struct run *r = arg;

	if (a->answer != NULL)
		r->then(r, a->answer);
	else
		not_asked(r, a);
}

void
run_ask(struct run *r, const struct http_request *request, run_fn then)
{
	r->then = then;
	ask_begin(r->w, (uint32_t)r->org.id, r->version, request, came, r);
}

/* ---- making something -------------------------------------------------------------------- */

bool
run_may_make(struct run *r, enum part part)
{
	struct note n = {.key = current(r)->key,
	    .state = PROGRESS_RUNNING,
	    .failures = r->failures,
	    .keep = KEEP_POSTED,
	    .part = part};
	int64_t posted = *part_of(&r->org, part).posted, now = clock_now();

	/* Not when it lies in the future: the clock was set back. */
	if (posted != 0 && posted <= now && now - posted < PROVISION_SETTLE) {
		run_later(r, "Bandwidth's answer was lost. It is looked for what was made.", 0);
		return false;
	}
	if (!noted(r, &n))
		return false;
	r->making = part;
	return true;
}

bool
run_not_made(struct run *r, const struct numbers_head *h)
{
	if (h->outcome == NUMBERS_UNKNOWN || h->outcome == NUMBERS_FINE) {
		run_later(r, "Bandwidth's answer was lost. It is looked for what was made.", 0);
		return false;
	}
	r->not_made = r->making;
	return true;
}

/* ---- names --------------------------------------------------------------------------------- */

#define NAME_MAX_ 50

const char *
run_name(const struct run *r)
{
	char *name = arena_str(r->arena, numbers_name(r->arena, r->org.name));
	size_t room = NAME_MAX_ - strlen(r->mark) - 1, n = strlen(name);

	if (n > room)
		n = room;
	while (n > 0 && name[n - 1] == ' ')
		n--;
	name[n] = '\0';
	return arena_fmt(r->arena, "%s %s", name, r->mark);
}

bool
run_is_ours(const struct run *r, const char *name)
{
	size_t n = name == NULL ? 0 : strlen(name), m = strlen(r->mark);

	return n >= m && strcmp(name + n - m, r->mark) == 0 && (n == m || name[n - m - 1] == ' ');
}
