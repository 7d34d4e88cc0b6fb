/*
 * counters.c: what is counted by day, and the last callbacks.
 *
 * Table: COUNTERS.  The marks of callbacks stand there too, under a name and
 * day of their own.
 */
#include "store/counters.h"

#include <string.h>

#include "base/clock.h"
#include "store/rec.h"

#define MARK_NAME "callback"

static const struct field mark_fields[] = {
    FIELD(struct callback_mark, FIELD_INT, org),
    FIELD(struct callback_mark, FIELD_INT, accepted),
    FIELD(struct callback_mark, FIELD_TEXT, accepted_what),
    FIELD(struct callback_mark, FIELD_TEXT, accepted_print),
    FIELD(struct callback_mark, FIELD_INT, refused),
    FIELD(struct callback_mark, FIELD_TEXT, refused_why),
    FIELD(struct callback_mark, FIELD_TEXT, refused_from),
    FIELD(struct callback_mark, FIELD_INT, refused_count),
    FIELD(struct callback_mark, FIELD_INT, previous),
    FIELD(struct callback_mark, FIELD_INT, previous_count),
    FIELD(struct callback_mark, FIELD_INT, set),
    FIELD(struct callback_mark, FIELD_TEXT, set_print),
    FIELD(struct callback_mark, FIELD_TEXT, set_app),
    FIELD_END,
};

static void
counter_key(struct key *k, uint32_t org, const char *name, int64_t day)
{
	key_org(k, org);
	key_text(k, name);
	key_u64(k, (uint64_t)day);
}

enum result
counter_add(struct tx *tx, uint32_t org, const char *name, int64_t day, int64_t n, int64_t *value)
{
	struct key k;
	int64_t sum;
	enum result r;

	counter_key(&k, org, name, day);
	r = rec_get_number(tx, T_COUNTERS, &k, true, &sum);
	if (r != OK && r != NOT_FOUND)
		return r;
	if (__builtin_add_overflow(sum, n, &sum))
		sum = n < 0 ? INT64_MIN : INT64_MAX;
	if (value != NULL)
		*value = sum;
	return rec_put_number(tx, T_COUNTERS, &k, sum);
}

enum result
counter_get(struct tx *tx, uint32_t org, const char *name, int64_t day, int64_t *value)
{
	struct key k;
	enum result r;

	counter_key(&k, org, name, day);
	r = rec_get_number(tx, T_COUNTERS, &k, false, value);
	return r == NOT_FOUND ? OK : r;
}

/* ---- callbacks -------------------------------------------------------------------- */

static enum result
mark_get(struct tx *tx, uint32_t org, bool for_update, struct arena *a, struct callback_mark *out)
{
	static const struct callback_mark none;
	struct key k;
	enum result r;

	counter_key(&k, org, MARK_NAME, 0);
	r = rec_get(tx, T_COUNTERS, &k, for_update, mark_fields, a, out);
	if (r == NOT_FOUND || r == DAMAGED) {
		*out = none;
		out->org = org;
		r = OK;
	}
	return r;
}

static enum result
mark_put(struct tx *tx, const struct callback_mark *m)
{
	struct key k;

	counter_key(&k, (uint32_t)m->org, MARK_NAME, 0);
	return rec_put(tx, T_COUNTERS, &k, mark_fields, m);
}

enum result
callback_mark_get(struct tx *tx, uint32_t org, struct arena *a, struct callback_mark *out)
{
	return mark_get(tx, org, false, a, out);
}

/* The same second? */
static bool
fresh(int64_t then, int64_t now)
{
	return then / CLOCK_SECOND == now / CLOCK_SECOND;
}

/* Is this the password that was noted? */
static bool
noted(const struct callback_mark *m, const char *print)
{
	return m->accepted_print != NULL && strcmp(m->accepted_print, print) == 0;
}

/* Has nothing else happened since? */
static bool
is_last(const struct callback_mark *m)
{
	return m->accepted >= m->refused && m->accepted >= m->set;
}

enum result
callback_accepted(struct tx *tx, uint32_t org, const char *what, bool previous, const char *print)
{
	int64_t now = tx_now(tx);
	struct callback_mark m;
	enum result r;

	r = mark_get(tx, org, false, tx_arena(tx), &m);
	if (r != OK || (fresh(m.accepted, now) && is_last(&m) &&
			   (previous ? fresh(m.previous, now) : noted(&m, print))))
		return r;
	r = mark_get(tx, org, true, tx_arena(tx), &m);
	if (r != OK)
		return r;
	m.accepted = now;
	m.accepted_what = what;
	m.refused_count = 0;
	if (previous) {
		m.previous = now;
		m.previous_count++;
	} else {
		m.accepted_print = print;
	}
	return mark_put(tx, &m);
}

enum result
callback_refused(struct tx *tx, uint32_t org, const char *why, const char *from)
{
	int64_t now = tx_now(tx);
	struct callback_mark m;
	enum result r;

	r = mark_get(tx, org, true, tx_arena(tx), &m);
	if (r != OK)
		return r;
	m.refused = now;
	m.refused_why = why;
	m.refused_from = from;
	m.refused_count++;
	return mark_put(tx, &m);
}

enum result
callback_was_set(struct tx *tx, uint32_t org, const char *application_id, const char *print)
{
	struct callback_mark m;
	enum result r;

	r = mark_get(tx, org, true, tx_arena(tx), &m);
	if (r != OK)
		return r;
	m.set = tx_now(tx);
	m.set_print = print;
	m.set_app = application_id;
	return mark_put(tx, &m);
}
