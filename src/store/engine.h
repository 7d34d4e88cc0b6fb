/*
 * engine.h: what env.c, table.c, kv.c and dump.c share about Berkeley DB; the only place
 * that includes db.h.  Nothing outside src/store includes this file.
 */
#ifndef SPOKE_ENGINE_H
#define SPOKE_ENGINE_H

#include <db.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "store/gate.h"
#include "store/kv.h"
#include "store/store.h"
#include "store/watch.h"

/* A table's handle: opened once, at its first use, under its own lock. */
struct handle {
	pthread_mutex_t lock;
	_Atomic(DB *) db;
};

/* Who waits to run durably (batch.c). */
struct batches {
	pthread_mutex_t lock;
	struct waiter *first, **last;
	bool led; /* somebody gathers the next batch, or will */
};

struct store {
	struct gate *gate;
	struct watch *watch;
	DB_ENV *env;
	char *dir;
	const struct settings *settings;
	struct store_memo memo;
	dev_t dev; /* which directory that was when it was opened */
	ino_t ino;
	struct handle tables[T_COUNT];
	pthread_mutex_t pool_lock;
	pthread_mutex_t write_lock; /* one writing transaction at a time in a process: see tx.c */
	struct tx *pool;	    /* transactions at rest */
	struct batches batches;
	_Atomic int64_t tend_next; /* monotonic ms; not before */
	atomic_flag tending;
	_Atomic int64_t said; /* when a failure was last logged, and which */
	_Atomic int said_err;
	_Atomic int64_t heard_since; /* lines of the engine's, in this minute */
	_Atomic int heard;
	_Atomic uint64_t retries;
	struct gate_halted halted;
	int64_t patience; /* with those who are stopped, ms */
	struct op op;	  /* opening and closing */
	struct op tend_op;
	bool recovered;
};

/*
 * Returns the handle, or NULL with a Berkeley DB error in *err.  may_wait: false inside a
 * transaction, where waiting for another transaction's lock could close a circle
 * that the deadlock detector cannot see; DB_LOCK_NOTGRANTED then means:
 * roll back, call again with may_wait, and start over.
 */
DB *table_open(struct store *, enum table, bool may_wait, int *err);

/*
 * Opens all tables, and makes those that were never made; one that was made and is missing is an
 * error.  Returns 0 or a Berkeley DB error.
 */
int table_create_missing(struct store *, const bool made[T_COUNT]);

/* Closes every handle without writing anything. */
void table_close_all(struct store *);

/* File name of a table ("meta.db"), and its name without the suffix. */
const char *table_file(enum table);
const char *table_name(enum table);

#define ENGINE_PANIC "the engine asks for recovery"

/* Gives the engine what it calls (engine.c).  Returns 0 or a Berkeley DB error. */
int engine_hooks(DB_ENV *, struct store *);

/*
 * Translates an error of the engine for the caller, logs what an operator must
 * know, and begins to leave the store when the engine asks for recovery.
 */
enum result engine_result(struct store *, int err, const char *doing, enum table);

void batches_init(struct batches *);
void batches_destroy(struct batches *);

/* Frees the transactions at rest. */
void tx_free_all(struct store *);

#endif
