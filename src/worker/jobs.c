/*
 * jobs.c: takes due jobs and hands each to the function of its kind (jobs.h).
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/jobs.h"
#include "store/kv.h"
#include "texting/forget.h"
#include "texting/held.h"
#include "texting/inventory.h"
#include "store/meta.h"
#include "texting/provision.h"
#include "texting/setup.h"
#include "worker/backup.h"
#include "worker/check.h"
#include "worker/credentials.h"
#include "worker/forget.h"
#include "worker/held.h"
#include "worker/inventory.h"
#include "worker/jobs.h"
#include "worker/provision.h"
#include "worker/reseal.h"
#include "worker/worker.h"

#define UNDER_WAY 8
#define COPY_LOOK CLOCK_MINUTE
#define STORE_LOOK (15 * CLOCK_SECOND)

static const struct {
	const char *name;
	job_fn begin;
	/* Changes nothing at Bandwidth: done also in a copy whose original may still be at work. */
	bool harmless;
} kinds[] = {
    {SETUP_JOB, check_begin, true},
    {"credentials", credentials_begin, true},
    {CREDENTIALS_AGAIN, credentials_begin, true},
    {PROVISION_JOB, provision_begin, false},
    {REPAIR_JOB, repair_begin, false},
    {"reseal", reseal_begin, true},
    {BACKUP_JOB, backup_begin, true},
    {FORGET_JOB, forget_begin, true},
    {HELD_JOB, held_begin, false}, /* what is held in a copy may be decided about elsewhere */
    {INVENTORY_SEARCH, search_begin, true},
    {INVENTORY_ORDER, order_begin, false},
    {INVENTORY_RELEASE, release_begin, false},
    {INVENTORY_SYNC, sync_begin, true},
    {INVENTORY_SYNC_DAILY, sync_begin, true},
};

/* ---- changes ------------------------------------------------------------- */

struct change {
	const char *id;
	const char *state, *step, *result; /* NULL: as it is */
	int64_t due;			   /* 0: as it is */
};

static enum result
change_job(struct tx *tx, void *arg)
{
	const struct change *c = arg;
	struct job job;
	enum result r = jobs_get(tx, c->id, true, tx_arena(tx), &job);

	if (r != OK)
		return r;
	if (c->state != NULL) {
		job.state = c->state;
		job.step = NULL;
		if (strcmp(c->state, "waiting") != 0)
			job.finished = tx_now(tx);
	}
	if (c->step != NULL)
		job.step = c->step;
	if (c->result != NULL)
		job.result = c->result;
	if (c->due != 0)
		job.due = c->due;
	return jobs_put(tx, &job);
}

static void
change(struct worker *w, const struct change *c)
{
	if (store_run(w->app->store, change_job, (void *)(uintptr_t)c) != OK)
		log_error("job %s: its state could not be stored", c->id);
}

/* A change by a kind's own function. */
struct own_change {
	const char *id;
	job_change_fn fn;
	void *arg;
};

static enum result
own_change(struct tx *tx, void *arg)
{
	const struct own_change *c = arg;
	struct job job;
	json *detail;
	enum result r = jobs_get(tx, c->id, true, tx_arena(tx), &job);

	if (r != OK)
		return r;
	detail = job_detail(&job);
	r = c->fn(tx, &job, detail, c->arg);
	if (r == OK) {
		job_set_detail(&job, detail, tx_arena(tx));
		if (job.state != NULL && strcmp(job.state, "running") == 0)
			job.due = tx_now(tx);
		r = jobs_put(tx, &job);
	}
	json_free(detail);
	return r;
}

enum result
job_change(struct worker *w, const char *id, job_change_fn fn, void *arg)
{
	struct own_change c = {id, fn, arg};
	enum result r = store_run(w->app->store, own_change, &c);

	if (r == OK)
		r = store_flush(w->app->store);
	if (r != OK)
		log_error("job %s: a change of it could not be stored (%d)", id, r);
	return r;
}

void
job_step(struct worker *w, const char *id, const char *step)
{
	struct change c = {.id = id, .step = step};

	change(w, &c);
}

void
job_end(struct worker *w, const char *id, const char *state, const char *result)
{
	struct change c = {.id = id, .state = state, .result = result};

	log_info("job %s: %s: %s", id, state, result);
	w->jobs--;
	change(w, &c);
}

void
job_again(struct worker *w, const char *id, int64_t due, const char *step)
{
	struct change c = {.id = id, .state = "waiting", .step = step, .due = due};

	log_info("job %s: again later: %s", id, step);
	w->jobs--;
	change(w, &c);
}

/* ---- asking for one -------------------------------------------------------- */

static enum result
add_job(struct tx *tx, void *arg)
{
	struct job job = *(const struct job *)arg;

	if (job.due == 0)
		job.due = tx_now(tx);
	return jobs_add(tx, &job, true);
}

void
jobs_ask(struct worker *w, uint32_t org, const char *kind, int64_t due)
{
	struct job job = {.org = org, .kind = kind, .due = due, .by = "worker"};

	if (store_run(w->app->store, add_job, &job) != OK)
		log_warn("organization %u: the job \"%s\" could not be queued", org, kind);
}

/* ---- taking one ------------------------------------------------------------ */

struct taking {
	struct arena *arena;
	struct job job;
	bool found;
};

static enum result
take_job(struct tx *tx, void *arg)
{
	struct taking *t = arg;
	enum result r = jobs_first(tx, tx_now(tx), t->arena, &t->job);

	t->found = r == OK;
	if (r == NOT_FOUND) /* committed all the same: unreadable ones are gone from the list */
		return OK;
	if (r == OK) /* locked, and as it is now */
		r = jobs_get(tx, t->job.id, true, t->arena, &t->job);
	if (r != OK)
		return r;
	t->job.state = "running";
	t->job.started = tx_now(tx);
	t->job.tries++;
	return jobs_put(tx, &t->job);
}

/* What the store is a copy of may still be at work, or may have done the job. */
struct copy {
	bool held;
	int64_t since;
};

static enum result
read_copy(struct tx *tx, void *arg)
{
	const char *why = NULL;
	struct copy *c = arg;
	enum result r = meta_sending_held(tx, tx_arena(tx), &why);

	c->held = why != NULL;
	return r == OK ? meta_copied(tx, &c->since) : r;
}

/* True when the job was put off, or ended, because this store is a copy. */
static bool
not_in_copy(struct worker *w, const struct job *job)
{
	struct copy c = {true, 0};

	if (store_read(w->app->store, read_copy, &c) != OK) {
		job_again(w, job->id, clock_now() + STORE_LOOK,
		    "The store could not be read; tried again soon.");
		return true;
	}
	if (!c.held && job->created >= c.since)
		return false;
	if (c.held)
		job_again(w, job->id, clock_now() + COPY_LOOK,
		    "It waits until somebody says that the former installation is stopped.");
	else
		job_end(w, job->id, "failed",
		    "It was under way when the data was copied, moved or restored, so the former "
		    "installation may have done it. Look at Bandwidth, and ask for it again if it "
		    "is still wanted.");
	return true;
}

static void
begin(struct worker *w, const struct job *job)
{
	size_t i;

	w->jobs++;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (job->kind != NULL && strcmp(job->kind, kinds[i].name) == 0) {
			if (kinds[i].harmless || !not_in_copy(w, job))
				kinds[i].begin(w, job);
			return;
		}
	}
	job_end(
	    w, job->id, "failed", "This version of the program does not know this kind of job.");
}

void
jobs_turn(struct worker *w)
{
	struct taking t = {.arena = arena_new()};

	while (w->jobs < UNDER_WAY && !w->ending) {
		arena_reset(t.arena);
		if (store_run(w->app->store, take_job, &t) != OK || !t.found)
			break;
		begin(w, &t.job);
	}
	arena_free(t.arena);
}
