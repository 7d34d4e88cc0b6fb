/*
 * tx.c: runs a function as a transaction, again when it lost a deadlock.
 *
 * Stands between the record files and kv.c.  A commit is not durable here:
 * store_flush (env.c) is what makes it so.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/gate.h"
#include "store/tx.h"

#define PAUSE_MAX_US 50000
#define SCRATCH_START 4096
#define SCRATCH_KEEP ((size_t)256 * 1024)

struct tx *
tx_take(struct store *st)
{
	(void)pthread_mutex_lock(&st->pool_lock);
	struct tx *tx = st->pool;
	if (tx != NULL)
		st->pool = tx->next;
	(void)pthread_mutex_unlock(&st->pool_lock);
	if (tx != NULL)
		return tx;
	tx = calloc(1, sizeof *tx);
	if (tx == NULL)
		return NULL;
	tx->store = st;
	tx->arena = arena_new();
	tx->noise = (uint64_t)(uintptr_t)tx ^ ((uint64_t)clock_now() << 20) ^ (uint64_t)getpid();
	watch_add(st->watch, &tx->op);
	return tx;
}

void
tx_give(struct tx *tx)
{
	struct store *st = tx->store;
	arena_reset(tx->arena);
	if (tx->scratch_size > SCRATCH_KEEP) {
		free(tx->scratch);
		tx->scratch = NULL;
		tx->scratch_size = 0;
	}
	(void)pthread_mutex_lock(&st->pool_lock);
	tx->next = st->pool;
	st->pool = tx;
	(void)pthread_mutex_unlock(&st->pool_lock);
}

bool
tx_grow(struct tx *tx, size_t n)
{
	size_t size = tx->scratch_size > 0 ? tx->scratch_size : SCRATCH_START;
	while (size < n)
		size *= 2;
	if (size == tx->scratch_size)
		return true;
	free(tx->scratch);
	tx->scratch = malloc(size);
	tx->scratch_size = tx->scratch != NULL ? size : 0;
	return tx->scratch != NULL;
}

enum result
tx_broke(struct tx *tx, int err, const char *doing, enum table t)
{
	if (tx->broken)
		return tx->verdict;
	tx->broken = true;
	tx->again = err == DB_LOCK_DEADLOCK || err == DB_LOCK_NOTGRANTED;
	tx->verdict = tx->again ? BUSY : engine_result(tx->store, err, doing, t);
	return tx->verdict;
}

DB *
tx_table(struct tx *tx, enum table t)
{
	int err = 0;
	DB *db = atomic_load_explicit(&tx->store->tables[t].db, memory_order_acquire);
	if (db != NULL)
		return db;
	watch_in(tx->store->watch, &tx->op);
	db = table_open(tx->store, t, false, &err);
	watch_out(&tx->op);
	if (db == NULL) {
		tx->needs_table = err == DB_LOCK_DEADLOCK || err == DB_LOCK_NOTGRANTED;
		tx->table = t;
		(void)tx_broke(tx, err, "opening", t);
	}
	return db;
}

struct arena *
tx_arena(struct tx *tx)
{
	return tx->arena;
}

int64_t
tx_now(const struct tx *tx)
{
	return tx->now;
}

const struct settings *
tx_settings(const struct tx *tx)
{
	return tx->store->settings;
}

struct store_memo *
tx_memo(struct tx *tx)
{
	return &tx->store->memo;
}

_Thread_local const struct store *tx_settled;

/*
 * One writing transaction at a time in a process.  Every one of them ends at the same last pages
 * (events, messages, changes grow at their end), so that several would wait for each other all the
 * same, but in the engine's lock table, where each wait costs a look for deadlocks and two switches
 * of threads. Waiting for the disk happens outside, together.
 */
bool
write_lock(struct store *st, int64_t deadline)
{
	struct timespec until = {deadline / 1000, deadline % 1000 * 1000000};
	return pthread_mutex_trylock(&st->write_lock) == 0 ||
	       pthread_mutex_clocklock(&st->write_lock, CLOCK_MONOTONIC, &until) == 0;
}

void
write_unlock(struct store *st)
{
	(void)pthread_mutex_unlock(&st->write_lock);
}

/* ---- one try ------------------------------------------------------------------------- */

/* What time it is may have been learned by another process (store_use_clock). */
static void
follow_clock(const struct store *st)
{
	int64_t base = gate_clock(st->gate);
	if (base != 0 && base != clock_base())
		clock_use(base);
}

static void
start_afresh(struct tx *tx)
{
	arena_reset(tx->arena);
	tx->cursors = NULL;
	tx->broken = tx->again = tx->needs_table = false;
	tx->verdict = OK;
	follow_clock(tx->store);
	tx->now = clock_now();
}

enum result
tx_begin(struct tx *tx)
{
	struct store *st = tx->store;
	start_afresh(tx);
	tx->txn = NULL;
	watch_in(st->watch, &tx->op);
	int err = st->env->txn_begin(
	    st->env, NULL, &tx->txn, DB_TXN_NOSYNC | (tx->reading ? DB_READ_COMMITTED : 0));
	watch_out(&tx->op);
	return err == 0 ? OK : tx_broke(tx, err, "beginning a transaction", T_COUNT);
}

void
tx_join(struct tx *tx, const struct tx *lead)
{
	start_afresh(tx);
	tx->txn = lead->txn;
}

enum result
tx_call(struct tx *tx, const struct work *work)
{
	enum result r = work->fn(tx, work->arg);
	tx_close_cursors(tx);
	return tx->broken ? tx->verdict : r;
}

enum result
tx_end(struct tx *tx, enum result r)
{
	int err;
	watch_in(tx->store->watch, &tx->op);
	if (r == OK)
		err = tx->txn->commit(tx->txn, DB_TXN_NOSYNC);
	else
		err = tx->txn->abort(tx->txn);
	watch_out(&tx->op);
	tx->txn = NULL;
	if (err != 0)
		(void)tx_broke(tx, err, "ending a transaction", T_COUNT);
	return tx->broken ? tx->verdict : r;
}

static enum result
tx_try(struct tx *tx, const struct work *work)
{
	enum result r = tx_begin(tx);
	return r == OK ? tx_end(tx, tx_call(tx, work)) : r;
}

/* ---- until it is through --------------------------------------------------------------- */

/* Opens the table which the last try found closed, holding no locks. */
static void
tx_open_needed(struct tx *tx)
{
	int err = 0;
	watch_in(tx->store->watch, &tx->op);
	(void)table_open(tx->store, tx->table, true, &err);
	watch_out(&tx->op);
}

/* Sleeps a random time, up to more after each try. */
static void
tx_pause(struct tx *tx, unsigned tries)
{
	uint64_t x = tx->noise;
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	tx->noise = x;
	uint64_t most = UINT64_C(100) << (tries < 10 ? tries : 10);
	if (most > PAUSE_MAX_US)
		most = PAUSE_MAX_US;
	struct timespec ts = {0, (long)((x >> 11) % most) * 1000};
	(void)nanosleep(&ts, NULL);
}

enum result
tx_run(struct tx *tx, const struct work *work, int64_t deadline)
{
	struct store *st = tx->store;
	for (unsigned tries = 0;; tries++) {
		if (!tx->reading && !write_lock(st, deadline))
			return BUSY;
		enum result r = tx_try(tx, work);
		if (!tx->reading)
			write_unlock(st);
		if (!tx->again || watch_leaving(st->watch))
			return r;
		atomic_fetch_add_explicit(&st->retries, 1, memory_order_relaxed);
		if (clock_mono() >= deadline) {
			log_warn(
			    "store: gave up after %u deadlocks within %d ms", tries + 1, TX_RUN_MS);
			return r;
		}
		if (tx->needs_table)
			tx_open_needed(tx);
		else
			tx_pause(tx, tries);
	}
}

static enum result
run(struct store *st, tx_fn fn, void *arg, bool reading)
{
	int64_t deadline = clock_mono() + TX_RUN_MS;
	struct work work = {fn, arg};
	tx_settled = NULL;
	if (watch_leaving(st->watch))
		return BUSY;
	struct tx *tx = tx_take(st);
	if (tx == NULL)
		return BUSY;
	tx->reading = reading;
	enum result r = tx_run(tx, &work, deadline);
	tx_give(tx);
	return r;
}

enum result
store_run(struct store *st, tx_fn fn, void *arg)
{
	return run(st, fn, arg, false);
}

enum result
store_read(struct store *st, tx_fn fn, void *arg)
{
	return run(st, fn, arg, true);
}

uint64_t
store_retries(const struct store *st)
{
	return atomic_load(&st->retries);
}

void
tx_free_all(struct store *st)
{
	while (st->pool != NULL) {
		struct tx *tx = st->pool;
		st->pool = tx->next;
		arena_free(tx->arena);
		if (tx->scratch != NULL)
			explicit_bzero(tx->scratch, tx->scratch_size);
		free(tx->scratch);
		free(tx);
	}
}
