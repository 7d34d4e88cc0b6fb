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
	struct tx *next; /* in the pool */
};

/* Takes one at rest, or makes one (NULL: no memory); gives it back, without what it allocated. */
struct tx *tx_take(struct store *);
void tx_give(struct tx *);

/* Marks the transaction broken after an error of the engine. */
enum result tx_broke(struct tx *, int err, const char *doing, enum table);

/* The handle, or NULL with the transaction broken. */
DB *tx_table(struct tx *, enum table);

/* Doubles the scratch space to hold at least n bytes; false without memory. */
bool tx_grow(struct tx *, size_t n);

/* Closes what the function left open. */
void tx_close_cursors(struct tx *);

#endif
