/*
 * tx.h: a running transaction, as tx.c, kv.c and cursor.c share it.
 */
#ifndef SPOKE_TX_H
#define SPOKE_TX_H

#include <stddef.h>
#include <stdint.h>

#include "store/engine.h"

struct tx {
	struct store *store;
	DB_TXN *txn;
	struct arena *arena;
	struct cursor *cursors; /* those still open */
	int64_t now;
	uint64_t noise; /* state of the jitter */
	bool reading;
	bool broken;	     /* an operation failed: nothing of this is kept */
	enum result verdict; /* why, for the caller */
	bool again;	     /* worth another try */
	bool needs_table;    /* open this table first, with no locks held */
	enum table table;
	void *scratch; /* the engine copies values here */
	size_t scratch_size;
	struct op op;
	struct tx *next; /* in the pool, or in the queue of batch.c */
};

/* What one function of a transaction is to do. */
struct work {
	tx_fn fn;
	void *arg;
};

/* Takes one at rest, or makes one (NULL: no memory); gives it back, without what it allocated. */
struct tx *tx_take(struct store *);
void tx_give(struct tx *);

/* Begins: OK, or the transaction is broken.  Ends: commits if r is OK, and says what came of it. */
enum result tx_begin(struct tx *);
enum result tx_end(struct tx *, enum result r);
/* Starts tx afresh as a part of the engine's transaction that lead has begun. */
void tx_join(struct tx *, const struct tx *lead);
/* Calls the function and closes the cursors that it left open. */
enum result tx_call(struct tx *, const struct work *);
/* The whole: tries until it is through or the deadline (monotonic ms) has passed. */
enum result tx_run(struct tx *, const struct work *, int64_t deadline);
#define TX_RUN_MS 2000

/* One writing transaction at a time in a process (tx.c); false past the deadline. */
bool write_lock(struct store *, int64_t deadline);
void write_unlock(struct store *);

/*
 * The store of which this thread has seen nothing since it was last flushed: set by whoever
 * flushes, cleared by whoever begins a transaction.
 */
extern _Thread_local const struct store *tx_settled;

/* Marks the transaction broken after an error of the engine. */
enum result tx_broke(struct tx *, int err, const char *doing, enum table);

/* The handle, or NULL with the transaction broken. */
DB *tx_table(struct tx *, enum table);

/* Doubles the scratch space to hold at least n bytes; false without memory. */
bool tx_grow(struct tx *, size_t n);

/* Closes the cursors that the function left open (cursor.c). */
void tx_close_cursors(struct tx *);

#endif
