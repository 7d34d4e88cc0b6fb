/*
 * checkpoint_test.c: what a recovery has to do stays bounded while many write: a checkpoint that
 * meets pages in use does not put off its end, and the log that it makes needless is removed.
 */
#include <glob.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "common.h"
#include "unit/tap.h"

#define THREADS 16
#define MEBIBYTES 40
#define LONGEST_MS 15000 /* under valgrind, say: as far as it comes */
/* 4 between checkpoints, those of one, those until the next one's end, and one begun. */
#define MOST_FILES 14

static struct store *st;
static atomic_bool over;
static atomic_int failed;

/* A record on a page that all of them want, and a record of its own. */
static enum result
put(struct tx *tx, void *arg)
{
	char much[1000];
	const uint64_t *id = arg;
	struct key hot = test_key(1000, id[0]), own = test_key(id[0], id[1]);
	memset(much, 'x', sizeof(much));
	enum result r = kv_put(tx, T_COUNTERS, &hot, id, 2 * sizeof(*id));
	return r == OK ? kv_put(tx, T_EVENTS, &own, much, sizeof(much)) : r;
}

static void *
writer(void *arg)
{
	uint64_t id[2] = {(uint64_t)(uintptr_t)arg, 0};

	for (; !atomic_load(&over); id[1]++) {
		if (store_run_durably(st, put, id) != OK)
			atomic_fetch_add(&failed, 1);
		store_tend(st);
	}
	return NULL;
}

/* The number of the newest log file, which tells how much was written; *n: how many there are. */
static int
log_files(int *n)
{
	glob_t found;
	int last = 0;

	*n = 0;
	if (glob(test_path("data/log.*"), 0, NULL, &found) == 0) {
		*n = (int)found.gl_pathc;
		last = atoi(strrchr(found.gl_pathv[*n - 1], '.') + 1);
	}
	globfree(&found);
	return last;
}

int
main(void)
{
	struct store_options options = test_options();
	pthread_t threads[THREADS];
	int64_t until = test_ms() + LONGEST_MS;
	int n = 0, most = 0, last = 0;

	log_set_level(LOG_ERROR - 1);
	test_create(&options);
	st = test_open(&options);
	for (uintptr_t i = 0; i < THREADS; i++)
		(void)pthread_create(&threads[i], NULL, writer, (void *)i);
	while (last < MEBIBYTES && test_ms() < until) {
		last = log_files(&n);
		most = n > most ? n : most;
		clock_sleep(2);
	}
	atomic_store(&over, true);
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	store_close(st);
	printf("# %d MiB of log, at most %d of it kept\n", last, most);
	is_int(atomic_load(&failed), 0, "everything was written");
	ok(last > 0 && most <= MOST_FILES,
	    "a recovery would never have had to read more than %d MiB (%d)", MOST_FILES, most);
	return done_testing();
}
