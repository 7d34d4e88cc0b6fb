/*
 * setup.c: an organization's last check as the page and spokectl show it, and asking for
 * another one (setup.h).
 */
#include "texting/setup.h"

#include <string.h>

#include "base/clock.h"
#include "store/orgs.h"
#include "store/wake.h"

#define AGAIN CLOCK_MINUTE /* a check that takes longer may be asked for anew */

static bool
is(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

static void
count(struct setup_view *v)
{
	size_t i;

	for (i = 0; i < SETUP_STEPS; i++) {
		v->wrong += v->steps[i].state == SETUP_WRONG;
		v->unknown += v->steps[i].state == SETUP_UNKNOWN && !v->steps[i].untold;
	}
}

enum result
setup_read(
    const struct app *app, struct tx *tx, uint32_t org, struct arena *a, struct setup_view *v)
{
	static const struct setup_view none;
	struct setup_input in = {.settings = app->settings,
	    .pipeline = app->pipeline,
	    .config = &v->config,
	    .facts = &v->facts,
	    .now = tx_now(tx)};
	json *detail;
	enum result r;

	*v = none;
	r = config_view(app, tx, org, a, &v->config);
	if (r == OK)
		r = jobs_last(tx, org, SETUP_JOB, a, &v->job);
	if (r == NOT_FOUND && v->config.org.id != 0) {
		v->job.id = NULL;
		r = OK;
	}
	if (r != OK)
		return r;
	v->running =
	    v->job.id != NULL && (is(v->job.state, "waiting") || is(v->job.state, "running"));
	if (v->job.id != NULL) {
		detail = job_detail(&v->job);
		setup_facts_read(detail, a, &v->facts);
		json_free(detail);
	}
	in.asked = v->running ? v->job.created : 0;
	in.begun = v->running && v->job.started != 0;
	in.checked = v->running || v->job.id == NULL ? 0 : v->job.finished;
	in.worker = worker_running(app->settings->data_dir);
	setup_judge(&in, a, v->steps);
	count(v);
	return OK;
}

enum result
setup_ask(struct tx *tx, uint32_t org, const char *by, const char **job_id)
{
	struct job last, job = {.org = org,
			     .kind = SETUP_JOB,
			     .step = "Waiting for the worker",
			     .created = tx_now(tx),
			     .due = tx_now(tx),
			     .by = by};
	struct organization o;
	enum result r = orgs_get(tx, org, false, tx_arena(tx), &o);

	if (r != OK)
		return r;
	r = jobs_last(tx, org, SETUP_JOB, tx_arena(tx), &last);
	/* One that runs about the settings of now asks the same questions. */
	if (r == OK && is(last.state, "running") && last.started > o.config_saved &&
	    tx_now(tx) - last.started < AGAIN) {
		*job_id = last.id;
		return OK;
	}
	if (r != OK && r != NOT_FOUND)
		return r;
	r = jobs_add(tx, &job, true);
	*job_id = job.id;
	return r;
}
