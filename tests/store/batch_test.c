/*
 * Promise: transactions that run together are as if each had run alone: one's failure takes
 * nothing from another, each is done once, in its own request's name, and none waits for ever.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "common.h"
#include "unit/tap.h"

#define THREADS 16

static struct store *st;
static int each;
static _Atomic uint64_t ok_count, refused_count, other_count;
static atomic_bool wrong_name, wrong_thread, twice;
static atomic_int elsewhere; /* how often a function ran on another thread than its caller's */

struct job {
	uint64_t thread, seq;
	pthread_t caller;
	char name[17];
};

/* Counts in a record that all of them write, and leaves a record of its own. */
static enum result
count_and_put(struct tx *tx, void *arg)
{
	struct job *j = arg;
	struct key shared = test_key(1000, 0), own = test_key(j->thread, j->seq);
	struct bytes v;
	int64_t sum = 0;
	enum result r = kv_get(tx, T_COUNTERS, &shared, true, &v);
	if (r == OK)
		memcpy(&sum, v.p, sizeof sum);
	else if (r != NOT_FOUND)
		return r;
	sum++;
	if (!pthread_equal(pthread_self(), j->caller))
		atomic_fetch_add(&elsewhere, 1);
	if (strcmp(log_request(), j->name) != 0)
		atomic_store(&wrong_name, true);
	r = kv_put(tx, T_COUNTERS, &shared, &sum, sizeof sum);
	if (r == OK)
		r = kv_put_new(tx, T_EVENTS, &own, "x", 1);
	if (r == EXISTS)
		atomic_store(&twice, true);
	return r == OK && j->seq % 5 == 4 ? REFUSED : r;
}

static void *
caller(void *arg)
{
	struct job j = {.thread = (uint64_t)(uintptr_t)arg, .caller = pthread_self()};
	for (int i = 0; i < each; i++) {
		j.seq = (uint64_t)i;
		(void)snprintf(j.name, sizeof j.name, "t%u-%d", (unsigned)j.thread, i);
		log_set_request(j.name);
		enum result r = store_run_durably(st, count_and_put, &j);
		atomic_fetch_add(r == OK	? &ok_count
				 : r == REFUSED ? &refused_count
						: &other_count,
		    1);
		if (strcmp(log_request(), j.name) != 0)
			atomic_store(&wrong_thread, true);
	}
	return NULL;
}

struct sums {
	int64_t counted;
	uint64_t kept, wrong;
};

static enum result
look(struct tx *tx, void *arg)
{
	struct sums *s = arg;
	struct key k = test_key(1000, 0);
	struct bytes v;
	enum result r = kv_get(tx, T_COUNTERS, &k, false, &v);
	if (r != OK)
		return r;
	memcpy(&s->counted, v.p, sizeof s->counted);
	s->kept = s->wrong = 0;
	for (uint64_t t = 0; t < THREADS; t++)
		for (uint64_t i = 0; i < (uint64_t)each; i++) {
			k = test_key(t, i);
			r = kv_get(tx, T_EVENTS, &k, false, &v);
			s->kept += r == OK;
			s->wrong += (r == OK) != (i % 5 != 4);
		}
	return OK;
}

static void
together(void)
{
	pthread_t t[THREADS];
	struct sums s = {0};
	for (uintptr_t i = 0; i < THREADS; i++)
		(void)pthread_create(&t[i], NULL, caller, (void *)i);
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(t[i], NULL);
	uint64_t all = (uint64_t)each * THREADS;
	printf("# %llu of %llu ran on another thread\n",
	    (unsigned long long)atomic_load(&elsewhere), (unsigned long long)all);
	ok(atomic_load(&elsewhere) > 0, "some ran together");
	is_int(atomic_load(&ok_count), all / 5 * 4, "those that succeed are OK");
	is_int(atomic_load(&refused_count), all / 5, "those that don't say why");
	is_int(atomic_load(&other_count), 0, "and nothing else happens");
	is_int(store_read(st, look, &s), OK, "what they left can be read");
	is_int(s.counted, (int64_t)(all / 5 * 4), "each that is OK counted once, the others not");
	is_int(s.kept, all / 5 * 4, "the same for the records");
	is_int(s.wrong, 0, "and it is the right ones that are kept");
	ok(!atomic_load(&twice), "none was done twice");
	ok(!atomic_load(&wrong_name), "each ran in its own request's name");
	ok(!atomic_load(&wrong_thread), "which the callers still had afterwards");
}

/* ---- waiting -------------------------------------------------------------------------- */

static atomic_bool inside, ran;

static enum result
slow(struct tx *tx, void *arg)
{
	struct timespec ts = {3, 0};
	(void)tx;
	(void)arg;
	atomic_store(&inside, true);
	(void)nanosleep(&ts, NULL);
	return OK;
}

static enum result
quick(struct tx *tx, void *arg)
{
	(void)tx;
	(void)arg;
	atomic_store(&ran, true);
	return OK;
}

static void *
holder(void *arg)
{
	*(enum result *)arg = store_run_durably(st, slow, NULL);
	return NULL;
}

static void
waiting(void)
{
	pthread_t t;
	enum result held = FAILED;
	struct timespec ts = {0, 10000000};
	(void)pthread_create(&t, NULL, holder, &held);
	while (!atomic_load(&inside))
		(void)nanosleep(&ts, NULL);
	int64_t begun = test_ms();
	is_int(store_run_durably(st, quick, NULL), BUSY, "who waits too long is told BUSY");
	int64_t took = test_ms() - begun;
	ok(took >= 1900, "after the deadline (%lld ms)", (long long)took);
	(void)pthread_join(t, NULL);
	is_int(held, OK, "what it waited for ends well");
	ok(!atomic_load(&ran), "and what was given up never runs");
	is_int(store_run_durably(st, quick, NULL), OK, "the next one does");
	ok(atomic_load(&ran), "at once");
}

int
main(void)
{
	struct store_options o = test_options();
	log_set_level(LOG_ERROR - 1);
	each = test_times(100, 2000);
	test_create(&o);
	st = test_open(&o);
	together();
	waiting();
	store_close(st);
	return done_testing();
}
