/*
 * numbers.c: an organization's own numbers, and which of them is next.
 *
 * Tables: NUMBERS, NUMBER_OWNER, NUMBER_USE.  The order of use has two entries
 * for each number in service: one at its last use, and one behind all of them
 * (last use EVER) whose value is that last use.  So picking touches only this
 * table, in constant work, and never the records that every callback reads;
 * a record's own last_use is filled in by numbers_list alone.
 */
#include "store/numbers.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/phone.h"
#include "store/rec.h"

#define EVER UINT64_MAX

static bool
in_service(const struct number *n)
{
	return n->state != NULL && strcmp(n->state, "in-service") == 0;
}

static bool
gone(const struct number *n)
{
	return n->state != NULL && strcmp(n->state, "gone") == 0;
}

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
use_key(struct key *k, uint32_t org, uint64_t last_use, const char *number)
{
	key_org(k, org);
	key_u64(k, last_use);
	key_text(k, number);
}

/* ---- the order of use -------------------------------------------------------- */

/* Puts a number at a place in the order. */
static enum result
use_put(struct tx *tx, uint32_t org, const char *number, int64_t last_use)
{
	struct key k;
	enum result r;

	use_key(&k, org, (uint64_t)last_use, number);
	r = kv_put(tx, T_NUMBER_USE, &k, "", 0);
	if (r != OK)
		return r;
	use_key(&k, org, EVER, number);
	return rec_put_number(tx, T_NUMBER_USE, &k, last_use);
}

/* Makes a number take part in the order or not. */
static enum result
use_sync(struct tx *tx, const struct number *n)
{
	uint32_t org = (uint32_t)n->org;
	struct key k;
	int64_t last_use;
	enum result r;

	use_key(&k, org, EVER, n->number);
	r = rec_get_number(tx, T_NUMBER_USE, &k, true, &last_use);
	if (r == NOT_FOUND)
		return in_service(n) ? use_put(tx, org, n->number, n->last_use) : OK;
	if (r != OK || in_service(n))
		return r;
	r = kv_del(tx, T_NUMBER_USE, &k);
	if (r != OK)
		return r;
	use_key(&k, org, (uint64_t)last_use, n->number);
	r = kv_del(tx, T_NUMBER_USE, &k);
	return r == NOT_FOUND ? OK : r;
}

/* An entry of the order: last use and number; -1 for those behind all. */
static int
use_read(const struct bytes *key, uint64_t *last_use, const char **number)
{
	struct key_reader read = {key->p, key->n};
	uint32_t org;

	if (key_read_u32(&read, &org) != 0 || key_read_u64(&read, last_use) != 0 ||
	    key_read_text(&read, number) != 0)
		return -1;
	return *last_use == EVER ? -1 : 0;
}

/* The least recently used number (or the most recently used one), NOT_FOUND without any. */
static enum result
use_end(struct tx *tx, uint32_t org, bool latest, uint64_t *last_use, const char **number)
{
	struct key prefix, from;
	struct bytes key;
	struct cursor *c;
	enum result r;

	key_org(&prefix, org);
	from = prefix;
	key_u64(&from, latest ? EVER : 0);
	c = cursor_open(tx, T_NUMBER_USE, &prefix, &from, latest);
	cursor_for_update(c);
	r = cursor_next(c, &key, NULL);
	cursor_close(c);
	if (r == OK && use_read(&key, last_use, number) != 0)
		r = NOT_FOUND;
	return r;
}

enum result
numbers_any(struct tx *tx, uint32_t org, bool *any)
{
	const char *number;
	uint64_t last_use;
	enum result r = use_end(tx, org, false, &last_use, &number);

	*any = r == OK;
	return r == NOT_FOUND ? OK : r;
}

enum result
numbers_pick(struct tx *tx, uint32_t org, struct arena *a, const char **number)
{
	uint64_t first, latest;
	const char *picked, *other;
	struct key k;
	int64_t now = tx_now(tx);
	enum result r;

	*number = NULL;
	r = use_end(tx, org, false, &first, &picked);
	if (r == OK)
		r = use_end(tx, org, true, &latest, &other);
	if (r != OK)
		return r;
	use_key(&k, org, first, picked);
	r = kv_del(tx, T_NUMBER_USE, &k);
	if (r != OK)
		return r;
	/* Behind every other one, even if the clock stands still or went back. */
	if ((int64_t)latest >= now)
		now = (int64_t)latest + 1;
	*number = arena_str(a, picked);
	return use_put(tx, org, picked, now);
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
	if (gone(n))
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
	struct number old, now = *n;
	uint32_t held = 0;
	enum result r;

	*owner = 0;
	r = numbers_get(tx, (uint32_t)n->org, n->number, true, tx_arena(tx), &old);
	if (r == OK && !gone(&old)) {
		*owner = (uint32_t)n->org;
		return EXISTS;
	}
	if (r != OK && r != NOT_FOUND)
		return r;
	if (now.state == NULL)
		now.state = "in-service";
	if (now.added == 0)
		now.added = tx_now(tx);
	r = owner_sync(tx, &now, &held);
	*owner = held;
	if (r == OK)
		r = record_put(tx, &now);
	return r == OK ? use_sync(tx, &now) : r;
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
	struct number old;
	uint32_t owner;
	enum result r;

	r = numbers_get(tx, (uint32_t)n->org, n->number, true, tx_arena(tx), &old);
	if (r != OK)
		return r;
	r = owner_sync(tx, n, &owner);
	if (r == EXISTS)
		log_warn("number %s belongs to organization %lu", phone_masked(n->number, masked),
		    (unsigned long)owner);
	if (r == OK)
		r = record_put(tx, n);
	return r == OK ? use_sync(tx, n) : r;
}

enum result
numbers_remove(struct tx *tx, uint32_t org, const char *number)
{
	struct number n;
	enum result r;

	r = numbers_get(tx, org, number, true, tx_arena(tx), &n);
	if (r != OK)
		return r;
	n.state = "gone";
	return numbers_put(tx, &n);
}

/* Fills in when it was last picked. */
static enum result
fill_last_use(struct tx *tx, struct number *n)
{
	struct key k;
	int64_t last_use;
	enum result r;

	if (!in_service(n))
		return OK;
	use_key(&k, (uint32_t)n->org, EVER, n->number);
	r = rec_get_number(tx, T_NUMBER_USE, &k, false, &last_use);
	if (r == OK)
		n->last_use = last_use;
	return r == NOT_FOUND ? OK : r;
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
