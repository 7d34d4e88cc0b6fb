/*
 * throttle.c: failed sign-ins, and how long the next try has to wait.
 *
 * Table: THROTTLE.  A delay and never a lock-out: whoever knows an address
 * must not be able to keep its owner out for longer than a minute.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "store/people.h"
#include "store/rec.h"

#define FREE_ACCOUNT 3
#define FREE_NETWORK 10
#define DELAY_MAX 60

struct throttle {
	int64_t failures;
	int64_t last;
};

static const struct field throttle_fields[] = {
    FIELD(struct throttle, FIELD_INT, failures),
    FIELD(struct throttle, FIELD_INT, last),
    FIELD_END,
};

/* Whose failures are counted. */
#define ACCOUNT 'a'
#define NETWORK 'n'
#define KNOWN 'k' /* an account's from a network that it was signed in to from */

static int64_t
kept_for(char kind)
{
	return kind == KNOWN ? 30 * CLOCK_DAY : CLOCK_DAY;
}

static void
throttle_key(struct key *k, char kind, const char *name)
{
	key_start(k);
	key_u8(k, (uint8_t)kind);
	key_opaque(k, name);
}

/* What is remembered, and whether anything is: nothing when it is old. */
static enum result
remembered(
    struct tx *tx, char kind, const char *name, bool for_update, struct throttle *t, bool *there)
{
	struct key k;
	enum result r;

	throttle_key(&k, kind, name);
	r = rec_get(tx, T_THROTTLE, &k, for_update, throttle_fields, tx_arena(tx), t);
	*there = r == OK && tx_now(tx) - t->last < kept_for(kind);
	if (r != OK && r != NOT_FOUND && r != DAMAGED)
		return r;
	if (!*there)
		*t = (struct throttle){0, 0};
	return OK;
}

static enum result
write(struct tx *tx, char kind, const char *name, int64_t failures)
{
	const struct throttle t = {failures, tx_now(tx)};
	struct key k;

	throttle_key(&k, kind, name);
	return rec_put(tx, T_THROTTLE, &k, throttle_fields, &t);
}

static enum result
clear(struct tx *tx, char kind, const char *name)
{
	struct key k;
	enum result r;

	throttle_key(&k, kind, name);
	r = kv_del(tx, T_THROTTLE, &k);
	return r == NOT_FOUND ? OK : r;
}

static const char *
both(struct tx *tx, const struct tries *t)
{
	return arena_fmt(tx_arena(tx), "%s\n%s", t->email, t->network);
}

struct count {
	char kind;
	const char *name;
};
#define COUNTS 2

/* What a try is counted for: the account here, if it is at one, and the network. */
static enum result
counts_of(struct tx *tx, const struct tries *t, struct count counts[COUNTS], size_t *n)
{
	struct throttle known;
	enum result r = OK;
	bool there;

	*n = 0;
	if (t->email != NULL) {
		r = remembered(tx, KNOWN, both(tx, t), false, &known, &there);
		counts[(*n)++] =
		    there ? (struct count){KNOWN, both(tx, t)} : (struct count){ACCOUNT, t->email};
	}
	counts[(*n)++] = (struct count){NETWORK, t->network};
	return r;
}

static enum result
wait_for(struct tx *tx, char kind, const char *name, int64_t *wait_ms)
{
	int64_t over, wait, seconds = 0;
	struct throttle t;
	bool there;
	enum result r = remembered(tx, kind, name, false, &t, &there);

	if (r != OK)
		return r;
	over = t.failures - (kind == NETWORK ? FREE_NETWORK : FREE_ACCOUNT);
	if (over > 0)
		seconds = over > 6 ? DELAY_MAX : INT64_C(1) << (over - 1);
	wait = seconds == 0 ? 0 : t.last + seconds * CLOCK_SECOND - tx_now(tx);
	if (wait > DELAY_MAX * CLOCK_SECOND)
		wait = DELAY_MAX * CLOCK_SECOND; /* the clock was set back */
	if (wait > *wait_ms)
		*wait_ms = wait;
	return OK;
}

enum result
throttle_wait(struct tx *tx, const struct tries *t, int64_t *wait_ms)
{
	struct count counts[COUNTS];
	size_t i, n;
	enum result r = counts_of(tx, t, counts, &n);

	*wait_ms = 0;
	for (i = 0; r == OK && i < n; i++)
		r = wait_for(tx, counts[i].kind, counts[i].name, wait_ms);
	return r;
}

static enum result
add(struct tx *tx, char kind, const char *name, int64_t n)
{
	struct throttle t;
	bool there;
	enum result r = remembered(tx, kind, name, true, &t, &there);

	return r == OK ? write(tx, kind, name, t.failures + n > 0 ? t.failures + n : 0) : r;
}

static enum result
count(struct tx *tx, const struct tries *t, int64_t change)
{
	struct count counts[COUNTS];
	size_t i, n;
	enum result r = counts_of(tx, t, counts, &n);

	for (i = 0; r == OK && i < n; i++)
		r = add(tx, counts[i].kind, counts[i].name, change);
	return r;
}

enum result
throttle_begun(struct tx *tx, const struct tries *t)
{
	return count(tx, t, 1);
}

enum result
throttle_undone(struct tx *tx, const struct tries *t)
{
	return count(tx, t, -1);
}

enum result
throttle_right(struct tx *tx, const struct tries *t)
{
	enum result r = write(tx, KNOWN, both(tx, t), 0);

	if (r == OK)
		r = clear(tx, ACCOUNT, t->email);
	return r == OK ? clear(tx, NETWORK, t->network) : r;
}

static bool
throttle_old(const struct bytes *key, const struct bytes *value, void *arg)
{
	struct tx *tx = arg;
	struct throttle t;

	return rec_read(T_THROTTLE, value, throttle_fields, tx_arena(tx), &t) != OK ||
	       tx_now(tx) - t.last >= kept_for(*(const char *)key->p);
}

enum result
throttle_expire(struct tx *tx, size_t max, bool *more)
{
	return rec_sweep(tx, T_THROTTLE, NULL, "sweep-throttle", max, throttle_old, tx, NULL, more);
}
