/*
 * throttle.c: failed sign-ins, and how long the next try has to wait.
 *
 * Table: THROTTLE.  A delay and never a lock-out: whoever knows an address
 * must not be able to keep its owner out for longer than a minute.
 */
#include <string.h>

#include "base/clock.h"
#include "store/people.h"
#include "store/rec.h"

#define FREE_ACCOUNT 3
#define FREE_ADDRESS 10
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

static void
throttle_key(struct key *k, char kind, const char *name)
{
	key_start(k);
	key_u8(k, (uint8_t)kind);
	key_opaque(k, name);
}

/* What is remembered; nothing when it is older than a day. */
static enum result
remembered(struct tx *tx, const struct key *k, bool for_update, struct throttle *t)
{
	enum result r = rec_get(tx, T_THROTTLE, k, for_update, throttle_fields, tx_arena(tx), t);

	if (r == NOT_FOUND || r == DAMAGED || (r == OK && tx_now(tx) - t->last >= CLOCK_DAY)) {
		*t = (struct throttle){0, 0};
		r = OK;
	}
	return r;
}

enum result
throttle_wait(struct tx *tx, char kind, const char *name, int64_t *wait_ms)
{
	struct throttle t;
	struct key k;
	int64_t over, seconds = 0;
	enum result r;

	*wait_ms = 0;
	throttle_key(&k, kind, name);
	r = remembered(tx, &k, false, &t);
	if (r != OK)
		return r;
	over = t.failures - (kind == 'n' ? FREE_ADDRESS : FREE_ACCOUNT);
	if (over > 0)
		seconds = over > 6 ? DELAY_MAX : INT64_C(1) << (over - 1);
	*wait_ms = t.last + seconds * CLOCK_SECOND - tx_now(tx);
	if (seconds == 0 || *wait_ms < 0)
		*wait_ms = 0;
	if (*wait_ms > DELAY_MAX * CLOCK_SECOND)
		*wait_ms = DELAY_MAX * CLOCK_SECOND; /* the clock was set back */
	return OK;
}

enum result
throttle_failed(struct tx *tx, char kind, const char *name)
{
	struct throttle t;
	struct key k;
	enum result r;

	throttle_key(&k, kind, name);
	r = remembered(tx, &k, true, &t);
	if (r != OK)
		return r;
	t.failures++;
	t.last = tx_now(tx);
	return rec_put(tx, T_THROTTLE, &k, throttle_fields, &t);
}

enum result
throttle_cleared(struct tx *tx, char kind, const char *name)
{
	struct key k;
	enum result r;

	throttle_key(&k, kind, name);
	r = kv_del(tx, T_THROTTLE, &k);
	return r == NOT_FOUND ? OK : r;
}

static bool
throttle_old(const struct bytes *key, const struct bytes *value, void *arg)
{
	struct tx *tx = arg;
	struct throttle t;

	(void)key;
	return rec_read(T_THROTTLE, value, throttle_fields, tx_arena(tx), &t) != OK ||
	       tx_now(tx) - t.last >= CLOCK_DAY;
}

enum result
throttle_expire(struct tx *tx, size_t max, bool *more)
{
	return rec_sweep(tx, T_THROTTLE, NULL, "sweep-throttle", max, throttle_old, tx, NULL, more);
}
