/*
 * Promise: transactions that lock each other out are run again until they are
 * through, and what they move between accounts still adds up.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "common.h"
#include "unit/tap.h"

#define PROCESSES 4
#define THREADS 16
#define ACCOUNTS 8
#define START 1000

struct board {
	_Atomic uint64_t moves, busy, failed, retries;
};

static struct board *board;
static struct store *st;
static int moves_each;

struct move {
	uint64_t from, to;
	int64_t left;
};

static enum result
read_account(struct tx *tx, uint64_t account, bool for_update, int64_t *amount)
{
	struct key k = test_key(account, 0);
	struct bytes v;
	enum result r = kv_get(tx, T_COUNTERS, &k, for_update, &v);
	if (r == OK)
		memcpy(amount, v.p, sizeof *amount);
	return r;
}

static enum result
write_account(struct tx *tx, uint64_t account, int64_t amount)
{
	struct key k = test_key(account, 0);
	return kv_put(tx, T_COUNTERS, &k, &amount, sizeof amount);
}

/* Takes the two accounts in the order of the move: sooner or later two wait for each other. */
static enum result
move(struct tx *tx, void *arg)
{
	struct move *m = arg;
	struct timespec ts = {0, 100000}; /* time for another to come in between */
	int64_t from = 0, to = 0;
	enum result r = read_account(tx, m->from, true, &from);
	if (r == OK)
		r = write_account(tx, m->from, from - 1);
	(void)nanosleep(&ts, NULL);
	if (r == OK)
		r = read_account(tx, m->to, false, &to);
	if (r == OK)
		r = write_account(tx, m->to, to + 1);
	m->left = from - 1;
	return r;
}

/* Between the accounts lie entries that fill more than a page, since pages are what is locked. */
static enum result
fill(struct tx *tx, void *arg)
{
	static const char page[700];
	enum result r = OK;
	(void)arg;
	for (uint64_t i = 0; i < ACCOUNTS * 10 && r == OK; i++) {
		struct key k = test_key(i / 10, i % 10);
		r = i % 10 == 0 ? write_account(tx, i / 10, START)
				: kv_put(tx, T_COUNTERS, &k, page, sizeof page);
	}
	return r;
}

static enum result
add_up(struct tx *tx, void *arg)
{
	int64_t *sum = arg, amount;
	enum result r = OK;
	*sum = 0;
	for (uint64_t i = 0; i < ACCOUNTS && r == OK; i++) {
		r = read_account(tx, i, false, &amount);
		*sum += amount;
	}
	return r;
}

static void *
mover(void *arg)
{
	uint64_t noise = (uint64_t)(uintptr_t)arg * 977 + (uint64_t)getpid();
	for (int i = 0; i < moves_each; i++) {
		struct move m;
		noise = noise * UINT64_C(6364136223846793005) + 1;
		m.from = noise >> 33;
		m.to = (m.from / ACCOUNTS) % (ACCOUNTS - 1) + 1 + m.from;
		m.from %= ACCOUNTS;
		m.to %= ACCOUNTS;
		enum result r = store_run(st, move, &m);
		atomic_fetch_add(r == OK     ? &board->moves
				 : r == BUSY ? &board->busy
					     : &board->failed,
		    1);
	}
	return NULL;
}

static void
process(const struct store_options *o)
{
	pthread_t t[THREADS];
	st = test_open(o);
	for (uintptr_t i = 0; i < THREADS; i++)
		(void)pthread_create(&t[i], NULL, mover, (void *)i);
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(t[i], NULL);
	atomic_fetch_add(&board->retries, store_retries(st));
	store_close(st);
}

int
main(void)
{
	struct store_options o = test_options();
	int64_t sum = 0, begun;
	log_set_level(LOG_ERROR - 1);
	moves_each = test_times(30, 300);
	uint64_t all = (uint64_t)moves_each * PROCESSES * THREADS;
	board = test_board(test_path("board"), sizeof *board);
	test_create(&o);
	st = test_open(&o);
	is_int(store_run(st, fill, NULL), OK, "the accounts are filled");
	store_close(st);
	begun = test_ms();
	(void)fflush(stdout);
	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			process(&o);
			_exit(0);
		}
	for (int i = 0; i < PROCESSES; i++)
		(void)wait(NULL);
	printf(
	    "# %d processes of %d threads: %llu moves, %llu tries lost, %llu given up, %lld ms\n",
	    PROCESSES, THREADS, (unsigned long long)atomic_load(&board->moves),
	    (unsigned long long)atomic_load(&board->retries),
	    (unsigned long long)atomic_load(&board->busy), (long long)(test_ms() - begun));
	ok(atomic_load(&board->retries) > 0, "deadlocks happened and were run again");
	is_int(atomic_load(&board->failed), 0, "no move failed");
	is_int(atomic_load(&board->moves) + atomic_load(&board->busy), all, "every move ended");
	ok(atomic_load(&board->busy) <= all / 20, "few were given up as BUSY");
	st = test_open(&o);
	is_int(store_read(st, add_up, &sum), OK, "the accounts can be read");
	is_int(sum, (int64_t)ACCOUNTS * START, "and add up to what was there");
	store_close(st);
	return done_testing();
}
