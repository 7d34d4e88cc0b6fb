/*
 * loop.c: turns until there is nothing to do, or until it is told to end (loop.h).
 *
 * How long a worker stays: with --watch for ever; with --once until nothing is due; started
 * on demand until it has had nothing to do for a while and nothing will be due for longer
 * than a host would mind its staying.  What is due later finds cron's worker, or the next
 * one that a request starts.
 */
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "bandwidth/client.h"
#include "store/jobs.h"
#include "store/store.h"
#include "store/wake.h"
#include "worker/ask.h"
#include "worker/deliver.h"
#include "worker/jobs.h"
#include "worker/loop.h"
#include "worker/media.h"
#include "worker/sender.h"
#include "worker/task.h"
#include "worker/tend.h"
#include "worker/unknown.h"
#include "worker/worker.h"

#define TICK (5 * CLOCK_SECOND)	       /* longest sleep: for what nobody announced */
#define LINGER (10 * CLOCK_SECOND)     /* idle so long, one on demand may go … */
#define STAY (15 * CLOCK_MINUTE)       /* … unless something is due within this */
#define HALTED_LOOK (CLOCK_SECOND / 2) /* while a process is stopped */
#define STAY_ONCE (3 * CLOCK_SECOND)
#define TEND_AT_LEAST (5 * CLOCK_MINUTE) /* however much there is to send */
#define HASTE_TURNS 3	/* at once, for what is due … */
#define HASTE_PAUSE 100 /* … and then does not move */
#define END_LIMIT (CLIENT_BUDGET + 5 * CLOCK_SECOND)

/* ---- when ------------------------------------------------------------------- */

/* Something was queued for an organization, or 0: for any. */
static void
woken(void *arg, uint32_t org)
{
	struct worker *w = arg;

	if (org == 0) {
		sender_unblock_all(w);
		agenda_look_all(w);
	} else {
		sender_unblock(sender_of(w, org));
		agenda_look_soon(w, org);
	}
	media_wake(w);
}

static enum result
read_jobs(struct tx *tx, void *arg)
{
	return jobs_earliest(tx, arg);
}

/* Wall time at which something will be due, as far as it is known; INT64_MAX: nothing is. */
static int64_t
next_due(struct worker *w)
{
	int64_t due = deliver_next(w), other = INT64_MAX;

	if (store_read(w->app->store, read_jobs, &other) == OK && other < due)
		due = other;
	other = unknown_next(w);
	if (other < due)
		due = other;
	other = media_next(w);
	if (other < due)
		due = other;
	other = ask_next(w);
	return other < due ? other : due;
}

/*
 * May a worker of this mode go, when the next thing is due then and it has been idle for so
 * long?
 */
static bool
may_go(const struct worker *w, int64_t due, int64_t idle)
{
	int64_t now = clock_now();
	int64_t wait = due == INT64_MAX ? INT64_MAX : due - now;

	if (w->mode == WORKER_WATCH || client_in_flight(w->client) > 0 || w->posts != NULL ||
	    w->asks != NULL || tasks_waiting(w) || !agenda_known(w))
		return false;
	if (w->mode == WORKER_ONCE)
		return wait > STAY_ONCE;
	return idle >= LINGER && wait > STAY;
}

static int64_t
sleep_time(const struct worker *w, int64_t due, bool soon)
{
	int64_t look = agenda_next(w), wait;

	if (look < due)
		due = look;
	wait = due - clock_now();
	if (wait < 0)
		wait = 0;
	if (soon && wait > CLOCK_SECOND)
		wait = CLOCK_SECOND;
	return wait < TICK ? wait : TICK;
}

/* ---- ending ------------------------------------------------------------------ */

/* Takes the signals that came; true if there was one. */
static bool
told(int signals)
{
	struct signalfd_siginfo info;
	bool any = false;

	while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		log_info("told to end by signal %u", info.ssi_signo);
		any = true;
	}
	return any;
}

/* Begins nothing new; lets what is under way end within its own time, and stores it. */
static void
wind_up(struct worker *w, int signals)
{
	int64_t limit = clock_mono() + END_LIMIT;
	int left;

	w->ending = true;
	while (client_in_flight(w->client) > 0 && clock_mono() < limit)
		client_poll(w->client, &signals, 0, CLOCK_SECOND);
	client_abort(w->client);
	ask_abort(w);
	tasks_abort(w);
	while ((left = deliver_store_results(w)) > 0 && clock_mono() < limit)
		clock_sleep(200);
	deliver_flush(w);
	if (left > 0)
		log_error("%d results could not be stored; those texts will be looked for", left);
}

/* ---- the wheel ---------------------------------------------------------------- */

/* One turn; true when the next should follow at once. */
static bool
turn(struct worker *w, bool *results_left)
{
	bool more, reading;

	*results_left = deliver_store_results(w) > 0;
	reading = agenda_turn(w);
	jobs_turn(w);
	media_turn(w);
	ask_turn(w);
	tasks_turn(w);
	more = deliver_turn(w);
	deliver_flush(w);
	unknown_turn(w);
	if (!more || clock_mono() - w->tended > TEND_AT_LEAST)
		tend_turn(w);
	else
		store_tend(w->app->store);
	return more || reading;
}

/* What is looked at every few seconds. */
struct rounds {
	int64_t last;
	bool halted; /* somebody in the store is stopped */
};

/* False when the lock is no longer ours. */
static bool
look_around(struct worker *w, int lock, struct rounds *r)
{
	if (clock_mono() - r->last <= (r->halted ? HALTED_LOOK : TICK))
		return true;
	r->last = clock_mono();
	r->halted = store_end_halted(w->app->store);
	return worker_lock_good(w->app->settings->data_dir, lock);
}

enum loop_end
loop_run(struct worker *w, int wake, int signals, int lock)
{
	int fds[2] = {wake, signals};
	int64_t busy = clock_mono(), due, wait;
	struct rounds rounds = {0, false};
	bool more, left;
	int hasty = 0;

	for (;;) {
		if (told(signals)) {
			wind_up(w, signals);
			return LOOP_TOLD;
		}
		if (!look_around(w, lock, &rounds)) {
			log_error("the worker's lock was replaced; this worker ends");
			wind_up(w, signals);
			return LOOP_LOST;
		}
		if (wake_drain(wake, woken, w))
			busy = clock_mono();
		/* Before anything is begun with the former one. */
		if (reread_due(w->app->settings, &w->conf)) {
			wind_up(w, signals);
			return LOOP_CHANGED;
		}
		more = turn(w, &left);
		more = more || tasks_waiting(w);
		if (more || client_in_flight(w->client) > 0)
			busy = clock_mono();
		due = more ? 0 : next_due(w);
		if (!more && !rounds.halted && may_go(w, due, clock_mono() - busy))
			return LOOP_IDLE;
		/* What is due but cannot be begun, because enough is under way or the store
		 * fails, must not keep a processor busy. */
		wait = sleep_time(w, due, left || rounds.halted);
		hasty = more || wait > 0 ? 0 : hasty + 1;
		client_poll(w->client, fds, 2, hasty > HASTE_TURNS ? HASTE_PAUSE : wait);
	}
}

bool
loop_more(struct worker *w, int wake)
{
	int64_t due;

	if (wake_drain(wake, woken, w))
		return true;
	agenda_read(w);
	due = next_due(w);
	return due != INT64_MAX && due <= clock_now();
}
