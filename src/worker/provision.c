/*
 * provision.c: whose turn it is to be set up at Bandwidth, in which steps, and the first of them:
 * may anything be done at all (provision.h, provision_run.h)?
 */
#include "worker/provision.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/settings.h"
#include "store/jobs.h"
#include "store/store.h"
#include "texting/config.h"
#include "worker/jobs.h"
#include "worker/provision_run.h"
#include "worker/worker.h"

#define AFTER_OTHER CLOCK_SECOND	      /* while another run of the organization ends */
#define AFTER_CREDENTIALS (10 * CLOCK_SECOND) /* provision_heard is sooner */
#define AFTER_STORE (3 * CLOCK_SECOND)	      /* while the store does not answer */

static bool
is(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* ---- the first step: may anything be done at all? --------------------------------------------- */

static void
step_credentials(struct run *r)
{
	const struct organization *o = &r->org;
	const struct settings *s = r->w->app->settings;

	if (!is(o->service != NULL && *o->service != '\0' ? o->service : s->default_service,
		"bandwidth"))
		run_fail(r, missing_text(MISSING_SERVICE), NULL);
	else if (o->account_id == NULL || o->user_name == NULL || o->cred_state == NULL)
		run_fail(r,
		    "Enter account ID, client ID and client secret under Bandwidth Config first.",
		    NULL);
	else if (!config_cred_here(r->w->app, o))
		run_fail(r,
		    "The credentials were entered for other addresses of Bandwidth's than those in use "
		    "now. Enter the client secret again.",
		    NULL);
	else if (is(o->cred_state, "confirmed") && !is(o->account_state, "refused"))
		run_done(r,
		    is(o->cred_kind, "basic")
			? "Bandwidth accepts the API username and password (until 2 December 2026)."
			: "Bandwidth accepts client ID and client secret.");
	else if (is(o->cred_state, "refused") || is(o->account_state, "refused"))
		run_fail(r,
		    "Bandwidth refuses these credentials. Enter them again, or mend them in "
		    "Bandwidth's account pages; then save again.",
		    o->cred_words);
	else {
		run_put_off(r, clock_now() + AFTER_CREDENTIALS,
		    "Waiting for Bandwidth to confirm the credentials.");
	}
}

/* ---- beginning ---------------------------------------------------------------------------------- */

static const struct step_kind provision_steps[] = {
    {"credentials", "Credentials", step_credentials, false},
    {"site", "Sub-account (site)", step_site, false},
    {"location", "Location (SIP peer)", step_location, false},
    {"sms", "SMS: texts", step_sms, false},
    {"mms", "MMS: pictures and groups", step_mms, true},
    {"application", "Application", step_application, false},
    {"assignment", "Application of the location", step_assignment, false},
};

static const struct step_kind repair_steps[] = {
    {"application", "Application", step_repair, false},
};

static bool
runs_already(const struct worker *w, uint32_t org)
{
	const struct run *r;

	for (r = w->runs; r != NULL; r = r->next)
		if (r->org.id == org)
			return true;
	return false;
}

static void
begin(struct worker *w, const struct job *job, const struct step_kind *steps, size_t count)
{
	struct run *r;

	if (runs_already(w, (uint32_t)job->org)) {
		job_again(
		    w, job->id, clock_now() + AFTER_OTHER, "Waiting for the run before this one.");
		return;
	}
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		log_panic("out of memory");
	r->w = w;
	r->arena = arena_new();
	r->job = arena_str(r->arena, job->id);
	r->steps = steps;
	r->count = count;
	r->org.id = job->org;
	if (!run_read(r)) {
		run_put_off(r, clock_now() + AFTER_STORE, "The settings could not be read.");
		return;
	}
	r->account = (struct numbers_account){w->app->settings->numbers_url, r->org.account_id};
	r->next = w->runs;
	w->runs = r;
	if (r->step == r->count)
		run_complete(r);
	else if (r->held != NULL)
		run_fail(r,
		    arena_fmt(r->arena, "Nothing is done at Bandwidth while sending is held: %s",
			r->held),
		    NULL);
	else
		r->steps[r->step].begin(r);
}

void
provision_begin(struct worker *w, const struct job *job)
{
	begin(w, job, provision_steps, sizeof(provision_steps) / sizeof(provision_steps[0]));
}

void
repair_begin(struct worker *w, const struct job *job)
{
	begin(w, job, repair_steps, sizeof(repair_steps) / sizeof(repair_steps[0]));
}

/* ---- news about the credentials --------------------------------------------------------------- */

struct news {
	uint32_t org;
	bool good;
};

static bool
failed_by_credentials(const struct job *job, struct arena *a)
{
	json *detail = job_detail(job);
	struct progress p;
	const struct progress_step *s;

	progress_read(detail, a, &p);
	json_free(detail);
	s = progress_find(&p, "credentials");
	return is(job->state, "failed") && s != NULL && s->state == PROGRESS_FAILED;
}

static enum result
hear(struct tx *tx, void *arg)
{
	const struct news *x = arg;
	const char *id;
	struct job job;
	enum result r = jobs_last(tx, x->org, PROVISION_JOB, tx_arena(tx), &job);

	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	if (x->good && failed_by_credentials(&job, tx_arena(tx)))
		return provision_add(tx, x->org, "worker", &id);
	if (!is(job.state, "waiting") || job.due <= tx_now(tx))
		return OK;
	r = jobs_get(tx, job.id, true, tx_arena(tx), &job);
	if (r != OK || !is(job.state, "waiting"))
		return r;
	job.due = tx_now(tx);
	return jobs_put(tx, &job);
}

void
provision_heard(struct worker *w, uint32_t org, bool good)
{
	struct news x = {org, good};

	if (store_run(w->app->store, hear, &x) != OK)
		log_warn("organization %u: its setting up was not told of the credentials", org);
}
