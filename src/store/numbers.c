/*
 * numbers.c: an organization's own numbers, whose they are, and how many are in each state.
 *
 * Tables: NUMBERS, NUMBER_OWNER, and the totals in NUMBER_STATES.  Which number is next
 * is kept in turns.c, in a table of its own: so picking never touches the records that
 * every callback reads; a record's own last_use is filled in by numbers_list alone.
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

/* It was in a state (NULL: it was not there) and is in another. */
enum result
totals_sync(struct tx *tx, uint32_t org, const char *was, const char *is)
{
	enum result r;

	if (was != NULL && strcmp(was, is) == 0)
		return OK;
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
	return r == OK ? totals_sync(tx, (uint32_t)n->org, old.state, now.state) : r;
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
	return r == OK ? totals_sync(tx, (uint32_t)n->org, old.state, now.state) : r;
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

enum result
numbers_list(struct tx *tx, uint32_t org, const char *after, size_t max, struct arena *a,
    struct number **list, size_t *count)
{
	struct rec_list l = REC_LIST(a, struct number);
	struct key prefix, from;
	struct bytes key, value;
	struct cursor *c;
	struct number *n;
	enum result r = OK;

	key_org(&prefix, org);
	number_key(&from, org, after == NULL ? "" : after);
	c = cursor_open(tx, T_NUMBERS, &prefix, &from, false);
	while (l.count < max && (r = cursor_next(c, &key, &value)) == OK) {
		n = rec_list_add(&l);
		if (rec_read(T_NUMBERS, &value, number_fields, a, n) != OK ||
		    (after != NULL && strcmp(n->number, after) == 0) || fill_last_use(tx, n) != OK)
			rec_list_drop(&l);
	}
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}
