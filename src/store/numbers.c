/*
 * numbers.c: an organization's own numbers, whose they are, and how many are in each state.
 *
 * Tables: NUMBERS, NUMBER_OWNER, and NUMBER_STATES: the total of each state (org, state), and
 * behind it an entry for each number that is in it (org, state, number -> nothing), so that a
 * list of few among many is read without looking at the many.  Which number is next is kept
 * in turns.c, in a table of its own: so picking never touches the records that every callback
 * reads; a record's own last_use is filled in by numbers_find alone.
 */
#include "store/numbers.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/phone.h"
#include "store/rec.h"

static void
number_key(struct key *k, uint32_t org, const char *number)
{
	key_org(k, org);
	key_text(k, number);
}

static void
owner_key(struct key *k, const char *number)
{
	key_start(k);
	key_text(k, number);
}

static void
state_key(struct key *k, uint32_t org, const char *state)
{
	key_org(k, org);
	key_text(k, state);
}

/* ---- totals -------------------------------------------------------------------- */

enum result
numbers_count(struct tx *tx, uint32_t org, const char *state, int64_t *count)
{
	struct key k;
	enum result r;

	state_key(&k, org, state);
	r = rec_get_number(tx, T_NUMBER_STATES, &k, false, count);
	return r == NOT_FOUND ? OK : r;
}

static enum result
total_add(struct tx *tx, uint32_t org, const char *state, int64_t n)
{
	struct key k;
	int64_t sum;
	enum result r;

	if (state == NULL)
		return OK;
	state_key(&k, org, state);
	r = rec_get_number(tx, T_NUMBER_STATES, &k, true, &sum);
	if (r != OK && r != NOT_FOUND)
		return r;
	return rec_put_number(tx, T_NUMBER_STATES, &k, sum + n);
}

static void
listed_key(struct key *k, const struct number *n, const char *state)
{
	state_key(k, (uint32_t)n->org, state);
	key_text(k, n->number);
}

/* It was in a state (NULL: it was not there) and is in another. */
enum result
states_sync(struct tx *tx, const struct number *n, const char *was)
{
	uint32_t org = (uint32_t)n->org;
	const char *is = n->state;
	struct key k;
	enum result r = OK;

	if (was != NULL && strcmp(was, is) == 0)
		return OK;
	if (was != NULL) {
		listed_key(&k, n, was);
		r = kv_del(tx, T_NUMBER_STATES, &k);
	}
	if (r == OK || r == NOT_FOUND) {
		listed_key(&k, n, is);
		r = kv_put(tx, T_NUMBER_STATES, &k, "", 0);
	}
	if (r == OK)
		r = total_add(tx, org, was, -1);
	return r == OK ? total_add(tx, org, is, 1) : r;
}

/* ---- the records --------------------------------------------------------------- */

/* Makes NUMBER_OWNER agree; EXISTS when the number is another organization's. */
static enum result
owner_sync(struct tx *tx, const struct number *n, uint32_t *owner)
{
	struct key k;
	int64_t held;
	enum result r;

	owner_key(&k, n->number);
	r = rec_get_number(tx, T_NUMBER_OWNER, &k, true, &held);
	if (r != OK && r != NOT_FOUND)
		return r;
	*owner = (uint32_t)held;
	if (number_is_lost(n))
		return held == n->org ? kv_del(tx, T_NUMBER_OWNER, &k) : OK;
	if (r == OK)
		return held == n->org ? OK : EXISTS;
	return rec_put_number(tx, T_NUMBER_OWNER, &k, n->org);
}

/* Writes the record; the caller holds its lock. */
static enum result
record_put(struct tx *tx, const struct number *n)
{
	struct key k;

	number_key(&k, (uint32_t)n->org, n->number);
	return rec_put(tx, T_NUMBERS, &k, number_fields, n);
}

enum result
numbers_add(struct tx *tx, const struct number *n, uint32_t *owner)
{
	struct number old = {0}, now = *n;
	uint32_t held = 0;
	enum result r;

	*owner = 0;
	r = numbers_get(tx, (uint32_t)n->org, n->number, true, tx_arena(tx), &old);
	if (r == OK && !number_is_lost(&old)) {
		*owner = (uint32_t)n->org;
		return EXISTS;
	}
	if (r != OK && r != NOT_FOUND)
		return r;
	if (r == NOT_FOUND)
		old.state = NULL;
	if (now.state == NULL)
		now.state = NUMBER_IN_SERVICE;
	if (now.added == 0)
		now.added = tx_now(tx);
	if (now.state_since == 0)
		now.state_since = tx_now(tx);
	r = owner_sync(tx, &now, &held);
	*owner = held;
	if (r == OK)
		r = record_put(tx, &now);
	if (r == OK)
		r = turns_sync(tx, &now);
	return r == OK ? states_sync(tx, &now, old.state) : r;
}

enum result
numbers_get(struct tx *tx, uint32_t org, const char *number, bool for_update, struct arena *a,
    struct number *out)
{
	struct key k;

	number_key(&k, org, number);
	return rec_get(tx, T_NUMBERS, &k, for_update, number_fields, a, out);
}

enum result
numbers_put(struct tx *tx, const struct number *n)
{
	char masked[PHONE_MAX];
	struct number old, now = *n;
	uint32_t owner;
	enum result r;

	r = numbers_get(tx, (uint32_t)n->org, n->number, true, tx_arena(tx), &old);
	if (r != OK)
		return r;
	if (!number_is(&old, now.state))
		now.state_since = tx_now(tx);
	r = owner_sync(tx, &now, &owner);
	if (r == EXISTS)
		log_warn("number %s belongs to organization %lu", phone_masked(n->number, masked),
		    (unsigned long)owner);
	if (r == OK)
		r = record_put(tx, &now);
	if (r == OK)
		r = turns_sync(tx, &now);
	return r == OK ? states_sync(tx, &now, old.state) : r;
}

enum result
numbers_remove(struct tx *tx, uint32_t org, const char *number)
{
	struct number n;
	enum result r;

	r = numbers_get(tx, org, number, true, tx_arena(tx), &n);
	if (r != OK)
		return r;
	n.state = NUMBER_GONE;
	n.state_why = "It was removed here.";
	n.removed = true;
	return numbers_put(tx, &n);
}

enum result
numbers_owner(struct tx *tx, const char *number, uint32_t *org)
{
	struct key k;
	int64_t held;
	enum result r;

	owner_key(&k, number);
	r = rec_get_number(tx, T_NUMBER_OWNER, &k, false, &held);
	*org = (uint32_t)held;
	return r;
}

/* Fills in when it was last picked. */
static enum result
fill_last_use(struct tx *tx, struct number *n)
{
	int64_t last_use, today;
	enum result r;

	if (!number_is(n, NUMBER_IN_SERVICE))
		return OK;
	r = numbers_turn(tx, (uint32_t)n->org, n->number, &last_use, &today);
	if (r == OK)
		n->last_use = last_use;
	return r;
}

/* Where the entries of a range stand, and where to begin among them. */
static void
range_keys(uint32_t org, const struct number_range *range, struct key *prefix, struct key *from)
{
	if (range->state != NULL)
		state_key(prefix, org, range->state);
	else
		key_org(prefix, org);
	*from = *prefix;
	if (range->begins != NULL)
		key_bytes(prefix, range->begins, strlen(range->begins));
	if (range->after != NULL)
		key_text(from, range->after);
	else
		*from = *prefix;
}

/* The number that an entry of a range speaks of; NOT_FOUND for what is none. */
static enum result
range_number(struct tx *tx, uint32_t org, const struct number_range *range, const struct bytes *key,
    const struct bytes *value, struct arena *a, struct number *n)
{
	struct key_reader read = {key->p, key->n};
	const char *state, *number;
	uint32_t id;

	if (range->state == NULL)
		return rec_read(T_NUMBERS, value, number_fields, a, n);
	if (key_read_u32(&read, &id) != 0 || key_read_text(&read, &state) != 0 ||
	    key_read_text(&read, &number) != 0)
		return NOT_FOUND; /* the total */
	return numbers_get(tx, org, number, false, a, n);
}

enum result
numbers_find(struct tx *tx, uint32_t org, const struct number_range *range, size_t max,
    struct arena *a, struct number **list, size_t *count)
{
	enum table table = range->state != NULL ? T_NUMBER_STATES : T_NUMBERS;
	struct rec_list l = REC_LIST(a, struct number);
	struct key prefix, from;
	struct bytes key, value;
	struct cursor *c;
	struct number *n;
	enum result r = OK;

	range_keys(org, range, &prefix, &from);
	c = cursor_open(tx, table, &prefix, &from, false);
	while (l.count < max && (r = cursor_next(c, &key, &value)) == OK) {
		n = rec_list_add(&l);
		if (range_number(tx, org, range, &key, &value, a, n) != OK ||
		    (range->after != NULL && strcmp(n->number, range->after) == 0) ||
		    fill_last_use(tx, n) != OK)
			rec_list_drop(&l);
	}
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

enum result
numbers_list(struct tx *tx, uint32_t org, const char *after, size_t max, struct arena *a,
    struct number **list, size_t *count)
{
	const struct number_range all = {.after = after};

	return numbers_find(tx, org, &all, max, a, list, count);
}
