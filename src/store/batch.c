/*
 * batch.c: short transactions of several threads, run as one and flushed together.
 *
 * A commit and a flush cost as much for twenty requests as for one, and so do the locks on the
 * pages at which all of them write.  Who comes first leads: it takes everybody who waits
 * meanwhile, runs their functions one after the other in one transaction of the engine, passes the
 * lead on, and flushes while the next batch runs.  The others sleep once, until theirs is on disk.
 */
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/tx.h"

/* So many together; the locks and the memory of one transaction are bounded. */
#define BATCH_MAX 32
#define REQUEST_MAX 17 /* of a request's id in the log, with its NUL */

/* One who waits, on its own thread's stack. */
struct waiter {
	struct waiter *next;
	struct tx *tx;
	struct work work;
	char request[REQUEST_MAX];
	sem_t turn; /* posted once: done, or to lead */
	bool lead;  /* both under batches.lock */
	bool taken; /* it is part of a batch: it must wait for the end */
	enum result result;
	atomic_bool done; /* the result is there, and what the function left in its arena */
};

struct batch {
	struct waiter *members[BATCH_MAX];
	size_t count;
};

void
batches_init(struct batches *q)
{
	(void)pthread_mutex_init(&q->lock, NULL);
	q->first = NULL;
	q->last = &q->first;
	q->led = false;
}

void
batches_destroy(struct batches *q)
{
	(void)pthread_mutex_destroy(&q->lock);
}

/* ---- the queue -------------------------------------------------------------------------- */

/* Joins the end; true for who is to lead. */
static bool
join(struct batches *q, struct waiter *w)
{
	(void)pthread_mutex_lock(&q->lock);
	w->lead = !q->led;
	q->led = true;
	*q->last = w;
	q->last = &w->next;
	(void)pthread_mutex_unlock(&q->lock);
	return w->lead;
}

/* Leaves the queue, unless it is too late for that. */
static bool
give_up(struct batches *q, struct waiter *w)
{
	(void)pthread_mutex_lock(&q->lock);
	bool left = !w->taken && !w->lead;
	if (left) {
		struct waiter **p = &q->first;
		while (*p != w)
			p = &(*p)->next;
		*p = w->next;
		if (q->last == &w->next)
			q->last = p;
	}
	(void)pthread_mutex_unlock(&q->lock);
	return left;
}

/* The leader, who is first, and those behind it. */
static void
gather(struct batches *q, struct batch *b)
{
	(void)pthread_mutex_lock(&q->lock);
	for (b->count = 0; b->count < BATCH_MAX && q->first != NULL; b->count++) {
		struct waiter *w = q->first;
		q->first = w->next;
		w->taken = true;
		b->members[b->count] = w;
	}
	if (q->first == NULL)
		q->last = &q->first;
	(void)pthread_mutex_unlock(&q->lock);
}

/* Whoever waits first leads from now on. */
static void
pass_on(struct batches *q)
{
	(void)pthread_mutex_lock(&q->lock);
	q->led = q->first != NULL;
	if (q->led) {
		q->first->lead = true;
		(void)sem_post(&q->first->turn);
	}
	(void)pthread_mutex_unlock(&q->lock);
}

/* ---- running ---------------------------------------------------------------------------- */

/* Its lines in the log are those of its own request. */
static enum result
call(struct waiter *w)
{
	log_set_request(w->request);
	return tx_call(w->tx, &w->work);
}

/* All in one transaction of the engine: all or none. */
static bool
run_together(struct batch *b)
{
	struct tx *lead = b->members[0]->tx;
	enum result r = tx_begin(lead);
	if (r != OK)
		return false;
	r = call(b->members[0]);
	for (size_t i = 1; r == OK && i < b->count; i++) {
		tx_join(b->members[i]->tx, lead);
		r = call(b->members[i]);
		b->members[i]->tx->txn = NULL;
	}
	return tx_end(lead, r) == OK;
}

static void
run_each(struct batch *b, int64_t deadline)
{
	for (size_t i = 0; i < b->count; i++) {
		struct waiter *w = b->members[i];
		log_set_request(w->request);
		w->result = tx_run(w->tx, &w->work, deadline);
	}
}

static void
run_batch(struct store *st, struct batch *b, int64_t deadline)
{
	bool together = false;
	if (write_lock(st, deadline)) {
		gather(&st->batches, b);
		together = b->count > 1 && run_together(b);
		write_unlock(st);
	} else {
		gather(&st->batches, b);
	}
	if (!together)
		run_each(b, deadline);
	for (size_t i = 0; together && i < b->count; i++)
		b->members[i]->result = OK;
}

/* Makes it durable; what can't be is not OK. */
static void
flush_batch(struct store *st, struct batch *b)
{
	bool any = false;
	for (size_t i = 0; i < b->count; i++)
		any = any || b->members[i]->result == OK;
	enum result r = any ? store_flush(st) : OK;
	for (size_t i = 0; r != OK && i < b->count; i++) {
		if (b->members[i]->result == OK)
			b->members[i]->result = r;
	}
}

static void
lead(struct store *st, const struct waiter *self, int64_t deadline)
{
	struct batch b;
	run_batch(st, &b, deadline);
	log_set_request(self->request);
	pass_on(&st->batches);
	flush_batch(st, &b);
	for (size_t i = 1; i < b.count; i++) {
		atomic_store(&b.members[i]->done, true);
		(void)sem_post(&b.members[i]->turn); /* from here on it is gone */
	}
}

/* False past the deadline. */
static bool
wait_turn(struct waiter *w, const struct timespec *until)
{
	int err;
	do
		err = until != NULL ? sem_clockwait(&w->turn, CLOCK_MONOTONIC, until)
				    : sem_wait(&w->turn);
	while (err != 0 && errno == EINTR);
	return err == 0;
}

static void
wait_done(struct store *st, struct waiter *w, int64_t deadline)
{
	struct timespec until = {deadline / 1000, deadline % 1000 * 1000000};
	if (join(&st->batches, w)) {
		lead(st, w, deadline);
		return;
	}
	if (!wait_turn(w, &until)) {
		if (give_up(&st->batches, w)) {
			w->result = BUSY;
			return;
		}
		(void)wait_turn(w, NULL);
	}
	if (!atomic_load(&w->done))
		lead(st, w, clock_mono() + TX_RUN_MS);
}

enum result
store_run_durably(struct store *st, tx_fn fn, void *arg)
{
	int64_t deadline = clock_mono() + TX_RUN_MS;
	struct waiter w = {.work = {fn, arg}};
	tx_settled = NULL;
	if (watch_leaving(st->watch))
		return BUSY;
	w.tx = tx_take(st);
	if (w.tx == NULL)
		return BUSY;
	w.tx->reading = false;
	(void)snprintf(w.request, sizeof w.request, "%s", log_request());
	(void)sem_init(&w.turn, 0, 0);
	wait_done(st, &w, deadline);
	(void)sem_destroy(&w.turn);
	tx_give(w.tx);
	tx_settled = w.result == OK ? st : NULL;
	return w.result;
}
