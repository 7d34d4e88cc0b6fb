/*
 * watch.c: the watchdog's thread.
 *
 * It looks at counters and at the gate, 20 times a second while something
 * happens and not at all otherwise.  It must not call the engine, allocate, or
 * take a lock under which somebody calls the engine.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/gate.h"
#include "store/watch.h"

#define TICK_MS 50
#define TICKS_A_SECOND (1000 / TICK_MS)
#define QUIET_TICKS TICKS_A_SECOND /* nothing happened for so long: sleep */
#define IDLE_MS 2000
#define STACK_BYTES ((size_t)128 * 1024)
#define EXIT_TEMPFAIL 75

struct watch {
	struct gate *gate;
	pthread_t thread;
	pthread_mutex_t lock; /* the list of ops */
	struct op *ops;
	uint32_t stall_ticks;
	atomic_bool idle; /* asleep until nudged */
	atomic_bool stop;
	atomic_bool leaving;
	_Atomic(const char *) panic; /* why everybody must leave */
	bool said_often;
	void (*leave)(void *arg, const char *why);
	void *leave_arg;
};

enum found { QUIET, BUSY_NOW, LATE, STALLED };

/* Looks at every op once; *patient: all that stall wait for the disk. */
static enum found
look_over(struct watch *w, bool *patient)
{
	enum found worst = QUIET;
	*patient = true;
	(void)pthread_mutex_lock(&w->lock);
	for (struct op *o = w->ops; o != NULL; o = o->next) {
		uint32_t seq = atomic_load(&o->seq);
		enum found f = seq != o->seen || (seq & 1) != 0 ? BUSY_NOW : QUIET;
		if (seq != o->seen || (seq & 1) == 0) {
			o->seen = seq;
			o->ticks = 0;
		} else {
			o->ticks += o->ticks < UINT32_MAX;
			f = o->ticks >= w->stall_ticks ? STALLED : LATE;
			if (f == STALLED && !atomic_load(&o->patient))
				*patient = false;
		}
		if (f > worst)
			worst = f;
	}
	(void)pthread_mutex_unlock(&w->lock);
	return worst;
}

/* Everybody leaves, this process first of all.  Does not return. */
static _Noreturn void
leave_now(struct watch *w, const char *why)
{
	atomic_store(&w->leaving, true);
	(void)gate_poison(w->gate);
	log_warn("store: leaving: %s", why);
	if (w->leave != NULL)
		w->leave(w->leave_arg, why);
	_exit(EXIT_TEMPFAIL);
}

/* An operation has not returned for long.  Leaves unless that would not help. */
static void
stalled(struct watch *w, bool patient)
{
	pid_t stopped = gate_somebody_stopped(w->gate);
	if (patient && stopped == 0)
		return;
	if (gate_stalls_often(w->gate)) {
		if (!w->said_often)
			log_error(
			    "store: operations stall again and again, %d times in ten minutes: "
			    "the watchdog waits. Look at the disk and at the load.",
			    GATE_STALLS);
		w->said_often = true;
		return;
	}
	if (stopped != 0)
		log_warn("store: process %ld is stopped while it uses the store", (long)stopped);
	leave_now(w, "an operation stalled");
}

/* One look.  Returns false when nothing happens. */
static bool
tick(struct watch *w)
{
	bool patient;
	const char *panic = atomic_load(&w->panic);
	if (panic != NULL)
		leave_now(w, panic);
	if (gate_poisoned(w->gate))
		leave_now(w, "the store must be recovered");
	enum found f = look_over(w, &patient);
	if (f >= LATE && gate_somebody_died(w->gate))
		leave_now(w, "a process died in the store");
	if (f == STALLED)
		stalled(w, patient);
	return f != QUIET;
}

/* Waits for the next look.  Nudges meant for others end a wait early and must not count as time. */
static void
rest(struct watch *w, int64_t ms)
{
	int64_t until = clock_mono() + ms;
	int64_t left = ms;
	while (left > 0 && !atomic_load(&w->stop) && !gate_poisoned(w->gate)) {
		gate_wait(w->gate, left);
		if (atomic_load(&w->idle) && look_over(w, &(bool){false}) != QUIET)
			return;
		left = until - clock_mono();
	}
}

static void *
watch_run(void *arg)
{
	struct watch *w = arg;
	unsigned quiet = 0;
	while (!atomic_load(&w->stop)) {
		quiet = tick(w) ? 0 : quiet + 1;
		atomic_store(&w->idle, quiet >= QUIET_TICKS);
		/* A nudge can come a moment too early and be lost, so even the long sleep ends. */
		rest(w, quiet >= QUIET_TICKS ? IDLE_MS : TICK_MS);
		if (atomic_exchange(&w->idle, false))
			quiet = QUIET_TICKS - 1;
	}
	return NULL;
}

int
watch_stall_seconds(int set)
{
	return set > 0 ? set : 30;
}

struct watch *
watch_start(struct gate *gate, int stall_seconds, void (*leave)(void *arg, const char *why),
    void *leave_arg)
{
	sigset_t all, before;
	pthread_attr_t attr;
	struct watch *w = calloc(1, sizeof *w);
	if (w == NULL)
		return NULL;
	w->gate = gate;
	w->leave = leave;
	w->leave_arg = leave_arg;
	w->stall_ticks = (uint32_t)watch_stall_seconds(stall_seconds) * TICKS_A_SECOND;
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)sigfillset(&all);
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	int err = pthread_create(&w->thread, &attr, watch_run, w);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	if (err != 0) {
		(void)pthread_mutex_destroy(&w->lock);
		free(w);
		return NULL;
	}
	return w;
}

void
watch_stop(struct watch *w)
{
	if (w == NULL)
		return;
	atomic_store(&w->stop, true);
	struct timespec until;
	do {
		gate_nudge(w->gate);
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 1000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
	} while (pthread_timedjoin_np(w->thread, NULL, &until) == ETIMEDOUT);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}

bool
watch_leaving(const struct watch *w)
{
	return atomic_load_explicit(&w->leaving, memory_order_relaxed) || gate_poisoned(w->gate);
}

void
watch_panic(struct watch *w, const char *why)
{
	atomic_store(&w->panic, why);
	(void)gate_poison(w->gate);
}

void
watch_add(struct watch *w, struct op *o)
{
	(void)pthread_mutex_lock(&w->lock);
	o->next = w->ops;
	w->ops = o;
	(void)pthread_mutex_unlock(&w->lock);
}

void
watch_in(struct watch *w, struct op *o)
{
	(void)atomic_fetch_add(&o->seq, 1);
	if (atomic_load(&w->idle))
		gate_nudge(w->gate);
}

void
watch_out(struct op *o)
{
	(void)atomic_fetch_add_explicit(&o->seq, 1, memory_order_release);
}
