/*
 * forget.c: the job "forget" (worker/forget.h).
 *
 * Each piece that changes something stores in the same transaction how far the job is, so a
 * worker that is killed leaves the next one nothing to guess.  Pieces of a long look at a table
 * that find nothing are noted now and then; they may be looked at twice.
 */
#include "worker/forget.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/phone.h"
#include "org/progress.h"
#include "store/store.h"
#include "texting/forget.h"
#include "worker/jobs.h"
#include "worker/media.h"
#include "worker/task.h"
#include "worker/worker.h"

#define TURN 20 /* ms of the worker's, in which no text goes out */
#define NOTE_EVERY (2 * CLOCK_SECOND)
#define AGAIN (15 * CLOCK_SECOND)
#define SENDING_LOOK (5 * CLOCK_SECOND)
#define DOUBT_LOOK (30 * CLOCK_SECOND)
/* What a person decides goes on at once (forget_decided); a worker on demand may end until then. */
#define DECIDE_LOOK (20 * CLOCK_MINUTE)
#define FILES_LOOK CLOCK_SECOND

struct forgetting {
	struct forget_piece p;
	const struct forget_phase *phase;
	int64_t noted;		     /* monotonic, when the job was last stored */
	bool sending, doubt, decide; /* in this pass of the phase */
	bool waits, over;	     /* what the last piece came to */
};

static void
forgetting_free(void *own)
{
	struct forgetting *x = own;

	arena_free(x->p.arena);
	free(x);
}

/* Takes over what the job knows now, into a fresh arena. */
static void
carry(struct forgetting *x, const struct forget_job *d)
{
	struct arena *fresh = arena_new();
	json *detail = json_object_new();

	forget_write(detail, d);
	forget_read(detail, fresh, &x->p.d);
	json_free(detail);
	arena_free(x->p.arena);
	x->p.arena = fresh;
}

static const struct forget_phase *
phase_of(const struct forget_job *d)
{
	const struct forget_phase *f;
	size_t i;

	for (i = 0; (f = forget_phase_at(i)) != NULL; i++)
		if (d->phase == NULL || strcmp(d->phase, f->name) == 0)
			return f;
	return NULL;
}

static const struct forget_phase *
phase_after(const struct forget_phase *f)
{
	size_t i = 0;

	while (forget_phase_at(i) != f)
		i++;
	return forget_phase_at(i + 1);
}

/* The step that people see: the first phase of the same title. */
static const char *
step_of(const struct forget_phase *f)
{
	size_t i = 0;

	while (strcmp(forget_phase_at(i)->title, f->title) != 0)
		i++;
	return forget_phase_at(i)->name;
}

/* ---- a piece ------------------------------------------------------------------------- */

/* What the phase waits for, in words. */
static const char *
wait_words(const struct forgetting *x)
{
	if (x->decide)
		return "Waiting for you: nobody knows whether a text to this person was sent. "
		       "Decide about it under \"Needs a look\".";
	if (x->doubt)
		return "Waiting until it is known whether a text to this person was sent.";
	if (x->sending)
		return "Waiting for a text to this person that is being sent.";
	return "Waiting for files to be removed.";
}

static int64_t
wait_time(const struct forgetting *x)
{
	/* With one that is being sent too, it is soon worth looking again. */
	if (x->sending)
		return SENDING_LOOK;
	return x->decide ? DECIDE_LOOK : x->doubt ? DOUBT_LOOK : FILES_LOOK;
}

struct applying {
	struct forgetting *x;
	struct forget_job d; /* afterwards, in the arena of the piece */
	bool sending, doubt, decide, waits, over;
};

/* The phase has come to its end: begins again, goes on, or was the last. */
static void
end_phase(struct applying *c, struct forget_piece *p, json *detail, int64_t now, struct arena *a)
{
	const struct forget_phase *f = c->x->phase, *next = phase_after(f);

	p->d.at = NULL;
	if (p->again) {
		p->d.phase = NULL;
		return;
	}
	if (p->d.wait != NULL) {
		p->d.at = *p->d.wait != '\0' ? p->d.wait : NULL;
		p->d.wait = NULL;
		c->waits = true;
		return;
	}
	if (next == NULL || strcmp(next->title, f->title) != 0)
		progress_set(detail, step_of(f), PROGRESS_DONE,
		    forget_step_words(step_of(f), &p->d, a), NULL, now);
	p->d.phase = next != NULL ? next->name : f->name;
	c->over = next == NULL;
	if (c->over)
		p->d.number = NULL;
}

static enum result
apply(struct tx *tx, struct job *job, json *detail, void *arg)
{
	struct applying *c = arg;
	struct forget_piece p = c->x->p; /* as found, however often this runs */
	enum result r;

	c->waits = c->over = false;
	r = c->x->phase->apply(tx, &p);
	if (r != OK)
		return r;
	progress_set(detail, step_of(c->x->phase), PROGRESS_RUNNING, NULL, NULL, tx_now(tx));
	job->step = c->x->phase->title;
	p.d.at = p.next;
	if (p.next == NULL)
		end_phase(c, &p, detail, tx_now(tx), tx_arena(tx));
	forget_write(detail, &p.d);
	c->sending = p.sending;
	c->doubt = p.doubt;
	c->decide = p.decide;
	forget_read(detail, c->x->p.arena, &c->d);
	return OK;
}

static enum result
find(struct tx *tx, void *arg)
{
	struct forgetting *x = arg;

	return x->phase->find(tx, &x->p);
}

/* Finds and applies one; false: it could not be stored. */
static bool
one_piece(struct task *t, struct forgetting *x)
{
	struct applying c = {.x = x};
	struct forget_job d = x->p.d;

	x->phase = phase_of(&x->p.d);
	if (x->phase == NULL || store_read(t->w->app->store, find, x) != OK)
		return false;
	if (x->p.count == 0 && x->p.next != NULL && clock_mono() - x->noted < NOTE_EVERY) {
		d.at = x->p.next;
		carry(x, &d);
		return true;
	}
	if (job_change(t->w, t->job, apply, &c) != OK)
		return false;
	x->noted = clock_mono();
	x->sending |= c.sending;
	x->doubt |= c.doubt;
	x->decide |= c.decide;
	x->waits = c.waits;
	x->over = c.over;
	carry(x, &c.d);
	return true;
}

/* ---- the job --------------------------------------------------------------------------- */

static bool
piece(struct task *t)
{
	struct forgetting *x = t->own;
	int64_t end = clock_mono() + TURN;

	do {
		if (!one_piece(t, x)) {
			task_again(t, AGAIN, "The store could not be written; tried again soon.");
			return false;
		}
	} while (!x->over && !x->waits && clock_mono() < end);
	media_wake(t->w);
	if (x->over)
		task_end(t, true, forget_words(&x->p.d, t->arena));
	else if (x->waits)
		task_again(t, wait_time(x), wait_words(x));
	return !x->over && !x->waits;
}

void
forget_begin(struct worker *w, const struct job *job)
{
	struct task *t = task_begin(w, job);
	struct forgetting *x;
	json *detail;

	if (t == NULL)
		return;
	x = calloc(1, sizeof(*x));
	if (x == NULL)
		log_panic("out of memory");
	x->p = (struct forget_piece){
	    .app = w->app, .org = t->org, .job = t->job, .cut = t->created, .arena = arena_new()};
	t->own = x;
	t->own_free = forgetting_free;
	detail = job_detail(job);
	forget_read(detail, x->p.arena, &x->p.d);
	json_free(detail);
	/* Over and not said, or done by another job about the same number. */
	if (x->p.d.number == NULL ||
	    (!phone_is_e164(x->p.d.number) && !phone_is_short_code(x->p.d.number)))
		task_end(t, true, forget_words(&x->p.d, t->arena));
	else
		task_pieces(t, piece);
}
