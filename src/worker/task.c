/*
 * task.c: a job about numbers while the worker is at it (task.h).
 */
#include "worker/task.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "store/orgs.h"
#include "store/store.h"
#include "worker/jobs.h"
#include "worker/worker.h"

#define AGAIN_FIRST (15 * CLOCK_SECOND)
#define AGAIN_MOST (15 * CLOCK_MINUTE)

/* ---- beginning and end ------------------------------------------------------------ */

static void
task_free(struct task *t)
{
	if (t->own != NULL && t->own_free != NULL)
		t->own_free(t->own);
	arena_free(t->arena);
	free(t);
}

static enum result
read_org(struct tx *tx, void *arg)
{
	struct task *t = arg;

	return orgs_get(tx, t->org, false, t->arena, &t->o);
}

static bool
other_account(const struct task *t)
{
	return t->d.account != NULL &&
	       (t->o.account_id == NULL || strcmp(t->d.account, t->o.account_id) != 0);
}

struct task *
task_begin(struct worker *w, const struct job *job)
{
	struct task *t = calloc(1, sizeof(*t));
	enum result r;

	if (t == NULL)
		log_panic("out of memory");
	t->w = w;
	t->arena = arena_new();
	t->job = arena_str(t->arena, job->id);
	t->kind = arena_str(t->arena, job->kind);
	t->by = arena_str(t->arena, job->by != NULL ? job->by : "worker");
	t->org = (uint32_t)job->org;
	t->created = job->created;
	t->tries = job->tries;
	inventory_read(job, t->arena, &t->d);
	r = store_read(w->app->store, read_org, t);
	if (r == NOT_FOUND) {
		task_end(t, false, "The organization is gone.");
		return NULL;
	}
	if (r != OK) {
		task_again(t, AGAIN_FIRST, "The settings could not be read; tried again soon.");
		return NULL;
	}
	if (other_account(t)) {
		task_end(t, false,
		    arena_fmt(t->arena,
			"It was asked for at Bandwidth account %s, and the settings name another "
			"one now. Look at that account for what became of it.",
			t->d.account));
		return NULL;
	}
	t->account = (struct numbers_account){w->app->settings->numbers_url, t->o.account_id};
	return t;
}

void
task_end(struct task *t, bool good, const char *result)
{
	job_end(t->w, t->job, good ? "done" : "failed", result);
	task_free(t);
}

void
task_again(struct task *t, int64_t wait, const char *step)
{
	job_again(t->w, t->job, clock_now() + wait, step);
	task_free(t);
}

void
task_put_off(struct task *t, int64_t again, const char *words)
{
	int64_t wait = AGAIN_FIRST << (t->tries < 7 ? (t->tries > 0 ? t->tries - 1 : 0) : 7);

	if (wait > AGAIN_MOST)
		wait = AGAIN_MOST;
	task_again(t, wait > again ? wait : again, words);
}

/* ---- remembering --------------------------------------------------------------------- */

struct storing {
	struct task *t;
	tx_fn fn;
	void *arg;
};

static enum result
store_detail(struct tx *tx, void *arg)
{
	struct storing *s = arg;
	struct job job;
	enum result r = s->fn != NULL ? s->fn(tx, s->arg) : OK;

	if (r == OK)
		r = jobs_get(tx, s->t->job, true, tx_arena(tx), &job);
	if (r != OK)
		return r;
	inventory_write(&job, &s->t->d, tx_arena(tx));
	if (job.state != NULL && strcmp(job.state, "running") == 0)
		job.due = tx_now(tx); /* renews the lease */
	return jobs_put(tx, &job);
}

static bool
stored(struct task *t, enum result r)
{
	if (r == OK)
		r = store_flush(t->w->app->store);
	if (r == OK)
		return true;
	log_error("job %s: what it did could not be stored (%d)", t->job, r);
	task_again(t, AGAIN_FIRST, "The store could not be written; tried again soon.");
	return false;
}

bool
task_store(struct task *t, tx_fn fn, void *arg)
{
	struct storing s = {t, fn, arg};

	return stored(t, store_run(t->w->app->store, store_detail, &s));
}

bool
task_run(struct task *t, tx_fn fn, void *arg)
{
	return stored(t, store_run(t->w->app->store, fn, arg));
}

void
task_step(struct task *t, const char *step)
{
	job_step(t->w, t->job, step);
}

/* ---- asking ------------------------------------------------------------------------------ */

static void
asked(void *arg, const struct ask_answer *answer)
{
	struct task *t = arg;
	struct task_answer a = {.words = answer->words, .again = answer->again};

	switch (answer->end) {
	case ASK_ANSWERED:
		a.http = answer->answer;
		break;
	case ASK_LOST:
		a.outcome = NUMBERS_UNKNOWN;
		break;
	case ASK_NOT_BEGUN:
		a.outcome = NUMBERS_NOT_SENT;
		break;
	case ASK_CHANGED:
		a.outcome = NUMBERS_NOT_SENT;
		a.changed = true;
		break;
	case ASK_NOT_READY:
		a.outcome = NUMBERS_NOT_SENT;
		break;
	case ASK_DENIED:
		a.outcome = NUMBERS_UNAUTHORIZED;
		break;
	case ASK_BUSY:
		a.outcome = NUMBERS_BUSY;
		break;
	}
	t->done(t, &a);
}

void
task_ask(struct task *t, const struct http_request *request, task_done done)
{
	t->done = done;
	ask_begin(t->w, t->org, t->o.config_version, request, asked, t);
}

enum numbers_outcome
task_outcome(const struct task_answer *a, const struct numbers_head *head)
{
	return a->http != NULL ? head->outcome : a->outcome;
}

const char *
task_words(const struct task_answer *a, const struct numbers_head *head)
{
	const char *words = a->http != NULL ? head->words : a->words;

	return words != NULL && *words != '\0' ? words : "Bandwidth did not say why.";
}

/* ---- long work ------------------------------------------------------------------------------ */

void
task_pieces(struct task *t, task_piece piece)
{
	t->piece = piece;
	t->next = t->w->tasks;
	t->w->tasks = t;
}

void
tasks_turn(struct worker *w)
{
	struct task *list = w->tasks, *t;

	w->tasks = NULL;
	while ((t = list) != NULL) {
		list = t->next;
		if (t->piece(t))
			task_pieces(t, t->piece);
	}
}

bool
tasks_waiting(const struct worker *w)
{
	return w->tasks != NULL;
}

void
tasks_abort(struct worker *w)
{
	struct task *t;

	while ((t = w->tasks) != NULL) {
		w->tasks = t->next;
		w->jobs--;
		task_free(t);
	}
}
