/*
 * kv.h: transactions and ordered keys; all that the record files need to know
 * of the engine.
 *
 * Only env.c, gate.c and kv.c know that it is Berkeley DB.  Another engine with
 * ordered keys and serializable transactions could stand behind these verbs.
 */
#ifndef SPOKE_KV_H
#define SPOKE_KV_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"
#include "store/tables.h"

struct arena;
struct settings;
struct store;
struct tx;

/* ---- transactions ---------------------------------------------------- */

/*
 * A transaction is a function.  It may run more than once (deadlocks are
 * retried with jitter within a deadline), so it changes nothing but the store,
 * the arena and what arg points to, and starts from scratch each time.  It does no I/O, waits for
 * nothing, and takes the tables in the order of tables.h.
 */
typedef enum result (*tx_fn)(struct tx *, void *arg);

/*
 * Runs fn in a transaction.  OK from fn commits (durable only after
 * store_flush: nothing may leave the process before that); anything else
 * rolls back and is returned.  A failure of any operation inside, even if fn
 * overlooked it, rolls back too.  BUSY: the deadline (2 s) passed, or
 * the store is being left: answer 503.
 */
enum result store_run(struct store *, tx_fn fn, void *arg);

/*
 * The same for reading only: read committed, locks are let go as soon as
 * a value is copied (a cursor keeps that of the page it stands on), so a long list never
 * holds up a writer.
 */
enum result store_read(struct store *, tx_fn fn, void *arg);

/*
 * Makes every transaction committed so far durable, those of other processes that this one
 * may have read included.  Many threads share one write to the disk.  Called before any
 * effect outside the store: an answer, a POST, an order.
 */
enum result store_flush(struct store *);

/*
 * store_run and store_flush in one, for what a request asks of the store: OK means durable.
 *
 * What other threads ask for in the same moment runs in the same transaction of the engine and
 * shares its write to the disk; so fn may run on another thread while this one waits, and it
 * touches only a few dozen records.  If one of those together does not return OK, each is
 * run again by itself: nobody's failure undoes anybody else's work.
 */
enum result store_run_durably(struct store *, tx_fn fn, void *arg);

/* The arena of the running transaction: emptied before each try; survives
 * until store_run returns, so results meant for the caller are allocated in
 * an arena of the caller's. */
struct arena *tx_arena(struct tx *);
/* Wall time, the same throughout the transaction. */
int64_t tx_now(const struct tx *);
/* What the store was opened with (store.h), or NULL. */
const struct settings *tx_settings(const struct tx *);

/* What the process remembers of the store while it is open, for all of its threads: the key
 * of forgotten.c. */
struct store_memo {
	pthread_mutex_t lock; /* of the others */
	bool known;
	unsigned char key[32];
	int64_t failed; /* monotonic ms, when it was last looked for in vain; 0: not */
};
struct store_memo *tx_memo(struct tx *);

/* ---- keys ------------------------------------------------------------ */

#define KEY_MAX 700

struct key {
	unsigned char b[KEY_MAX];
	size_t n;
	bool failed; /* it did not fit: operations on it fail */
};

void key_start(struct key *);
void key_u8(struct key *, uint8_t);
void key_u32(struct key *, uint32_t);
void key_u64(struct key *, uint64_t);
void key_bytes(struct key *, const void *p, size_t n);
void key_text(struct key *, const char *s); /* with its NUL */

/* Reading a key: fail (return -1) past the end. */
struct key_reader {
	const unsigned char *p;
	size_t left;
};
int key_read_u8(struct key_reader *, uint8_t *);
int key_read_u32(struct key_reader *, uint32_t *);
int key_read_u64(struct key_reader *, uint64_t *);
int key_read_bytes(struct key_reader *, void *out, size_t n);
int key_read_text(struct key_reader *, const char **s); /* points into the key */

/* ---- values ---------------------------------------------------------- */

struct bytes {
	const void *p;
	size_t n;
};

/* NOT_FOUND, or OK with the value copied to tx_arena.  for_update takes the write
 * lock at once: use it whenever the value is written back. */
enum result kv_get(struct tx *, enum table, const struct key *, bool for_update, struct bytes *out);
enum result kv_put(struct tx *, enum table, const struct key *, const void *p, size_t n);
/* EXISTS when the key is there. */
enum result kv_put_new(struct tx *, enum table, const struct key *, const void *p, size_t n);
enum result kv_del(struct tx *, enum table, const struct key *); /* NOT_FOUND if absent */

/* ---- walking --------------------------------------------------------- */

struct cursor;

/*
 * Opens a cursor on the keys that begin with prefix.  forwards: the first entry
 * at or after from (which begins with prefix; NULL: the first of all); backwards: the last entry
 * at or before from (NULL: the last of all).  Never NULL; errors show at cursor_next.
 * Closed by cursor_close, at the latest before the transaction function returns.
 */
struct cursor *cursor_open(
    struct tx *, enum table, const struct key *prefix, const struct key *from, bool backwards);
/*
 * OK with key and value (value copied to tx_arena, key too; value may be NULL), NOT_FOUND
 * past the end.
 */
enum result cursor_next(struct cursor *, struct bytes *key, struct bytes *value);
enum result cursor_del(struct cursor *); /* deletes the entry it stands on */
/*
 * Called right after cursor_open when entries are going to be deleted or rewritten: takes
 * the write lock with each step.  Without it two transactions that walk the same entries
 * and then change them deadlock each time (and are retried).
 */
void cursor_for_update(struct cursor *);
void cursor_close(struct cursor *);

#endif
