/*
 * figures.c: what is counted for each of an organization's numbers.
 *
 * Tables: HOLDERS (who knows us by which number, how many they are, and how many of them
 * wrote last on which day) and NUMBER_DAYS (what its messages did, by UTC day; those
 * older than the week go when the next day begins).
 */
#include "store/figures.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/parse.h"
#include "store/numbers.h"
#include "store/rec.h"

/* ---- by day -------------------------------------------------------------------- */

struct day {
	int64_t out, in, delivered, failed;
	int64_t last_out, last_in; /* carried over from earlier days */
};

static const struct field day_fields[] = {
    FIELD(struct day, FIELD_INT, out),
    FIELD(struct day, FIELD_INT, in),
    FIELD(struct day, FIELD_INT, delivered),
    FIELD(struct day, FIELD_INT, failed),
    FIELD(struct day, FIELD_INT, last_out),
    FIELD(struct day, FIELD_INT, last_in),
    FIELD_END,
};

static void
number_key(struct key *k, uint32_t org, const char *number)
{
	key_org(k, org);
	key_text(k, number);
}

static void
day_key(struct key *k, uint32_t org, const char *number, int64_t day)
{
	number_key(k, org, number);
	key_u64(k, (uint64_t)day);
}

static int64_t
day_of(const struct bytes *key)
{
	struct key_reader read = {key->p, key->n};
	const char *number;
	uint64_t day = 0;
	uint32_t org;

	if (key_read_u32(&read, &org) != 0 || key_read_text(&read, &number) != 0 ||
	    key_read_u64(&read, &day) != 0)
		return 0;
	return (int64_t)day;
}

/* A new day begins for a number: takes over the last times, and removes what is too old. */
static enum result
day_begin(struct tx *tx, uint32_t org, const char *number, int64_t today, struct day *d)
{
	struct key prefix;
	struct bytes key, value;
	struct day before;
	struct cursor *c;
	enum result r;

	number_key(&prefix, org, number);
	c = cursor_open(tx, T_NUMBER_DAYS, &prefix, NULL, false);
	cursor_for_update(c);
	while ((r = cursor_next(c, &key, &value)) == OK) {
		if (rec_read(T_NUMBER_DAYS, &value, day_fields, tx_arena(tx), &before) == OK) {
			d->last_out = before.last_out > d->last_out ? before.last_out : d->last_out;
			d->last_in = before.last_in > d->last_in ? before.last_in : d->last_in;
		}
		if (day_of(&key) <= today - FIGURES_DAYS && (r = cursor_del(c)) != OK)
			break;
	}
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

static void
day_count(struct day *d, enum figure what, int64_t now)
{
	switch (what) {
	case FIGURE_OUT:
		d->out++;
		d->last_out = now;
		break;
	case FIGURE_IN:
		d->in++;
		d->last_in = now;
		break;
	case FIGURE_DELIVERED:
		d->delivered++;
		break;
	case FIGURE_FAILED:
		d->failed++;
		break;
	}
}

enum result
figures_count(struct tx *tx, uint32_t org, const char *number, enum figure what)
{
	static const struct day none;
	int64_t today = clock_day(tx_now(tx));
	struct day d;
	struct key k;
	enum result r;

	if (number == NULL)
		return OK;
	day_key(&k, org, number, today);
	r = rec_get(tx, T_NUMBER_DAYS, &k, true, day_fields, tx_arena(tx), &d);
	if (r == NOT_FOUND || r == DAMAGED) {
		d = none;
		r = day_begin(tx, org, number, today, &d);
	}
	if (r != OK)
		return r;
	day_count(&d, what, tx_now(tx));
	return rec_put(tx, T_NUMBER_DAYS, &k, day_fields, &d);
}

/* ---- who knows us by it ---------------------------------------------------------- */

/* The part of HOLDERS: 'c', 'h' or 'w'. */
static void
part_key(struct key *k, uint32_t org, const char *number, char part)
{
	number_key(k, org, number);
	key_u8(k, (uint8_t)part);
}

static void
holder_key(struct key *k, uint32_t org, const char *number, const char *contact)
{
	part_key(k, org, number, 'h');
	key_text(k, contact);
}

/* Adds to a count; one that comes to nothing goes. */
static enum result
add(struct tx *tx, const struct key *k, int64_t n)
{
	int64_t sum;
	enum result r = rec_get_number(tx, T_HOLDERS, k, true, &sum);

	if (r != OK && r != NOT_FOUND)
		return r;
	sum += n;
	if (sum > 0)
		return rec_put_number(tx, T_HOLDERS, k, sum);
	return r == OK ? kv_del(tx, T_HOLDERS, k) : OK;
}

static enum result
count_contact(struct tx *tx, uint32_t org, const char *number, int64_t n)
{
	struct key k;

	part_key(&k, org, number, 'c');
	return add(tx, &k, n);
}

/* The contact wrote last on that day (never: 0). */
static enum result
count_wrote(struct tx *tx, uint32_t org, const char *number, int64_t last_in, int64_t n)
{
	struct key k;

	if (last_in == 0)
		return OK;
	part_key(&k, org, number, 'w');
	key_u64(&k, (uint64_t)clock_day(last_in));
	return add(tx, &k, n);
}

static enum result
leave(struct tx *tx, const struct contact *c)
{
	uint32_t org = (uint32_t)c->org;
	struct key k;
	enum result r;

	if (c->user_number == NULL)
		return OK;
	holder_key(&k, org, c->user_number, c->number);
	r = kv_del(tx, T_HOLDERS, &k);
	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	r = count_contact(tx, org, c->user_number, -1);
	return r == OK ? count_wrote(tx, org, c->user_number, c->last_in, -1) : r;
}

static enum result
join(struct tx *tx, const struct contact *c)
{
	uint32_t org = (uint32_t)c->org;
	struct key k;
	enum result r;

	if (c->user_number == NULL)
		return OK;
	holder_key(&k, org, c->user_number, c->number);
	r = kv_put_new(tx, T_HOLDERS, &k, "", 0);
	if (r != OK)
		return r == EXISTS ? OK : r;
	r = count_contact(tx, org, c->user_number, 1);
	return r == OK ? count_wrote(tx, org, c->user_number, c->last_in, 1) : r;
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

enum result
figures_contact(struct tx *tx, const struct contact *old, const struct contact *now)
{
	uint32_t org = (uint32_t)now->org;
	enum result r;

	if (!same(old->user_number, now->user_number)) {
		r = leave(tx, old);
		return r == OK ? join(tx, now) : r;
	}
	if (now->user_number == NULL || clock_day(old->last_in) == clock_day(now->last_in))
		return OK;
	r = count_wrote(tx, org, now->user_number, old->last_in, -1);
	return r == OK ? count_wrote(tx, org, now->user_number, now->last_in, 1) : r;
}

enum result
figures_holders(struct tx *tx, uint32_t org, const char *number, const char *after, size_t max,
    struct arena *a, const char ***list, size_t *count)
{
	struct rec_list l = REC_LIST(a, const char *);
	struct key prefix, from;
	struct bytes key;
	struct cursor *c;
	const char *contact;
	enum result r = OK;

	part_key(&prefix, org, number, 'h');
	from = prefix;
	if (after != NULL)
		key_text(&from, after);
	c = cursor_open(tx, T_HOLDERS, &prefix, &from, false);
	while (l.count < max && (r = cursor_next(c, &key, NULL)) == OK) {
		contact = (const char *)key.p + prefix.n;
		if (after == NULL || strcmp(contact, after) != 0)
			*(const char **)rec_list_add(&l) = arena_str(a, contact);
	}
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

/* ---- reading ----------------------------------------------------------------------- */

static enum result
read_days(struct tx *tx, uint32_t org, const char *number, int64_t today, struct number_figures *f)
{
	struct key prefix;
	struct bytes key, value;
	struct cursor *c;
	struct day d;
	enum result r;
	int64_t day;

	number_key(&prefix, org, number);
	c = cursor_open(tx, T_NUMBER_DAYS, &prefix, NULL, true);
	while ((r = cursor_next(c, &key, &value)) == OK) {
		if (rec_read(T_NUMBER_DAYS, &value, day_fields, tx_arena(tx), &d) != OK)
			continue;
		day = day_of(&key);
		f->last_out = d.last_out > f->last_out ? d.last_out : f->last_out;
		f->last_in = d.last_in > f->last_in ? d.last_in : f->last_in;
		if (day <= today - FIGURES_DAYS)
			break;
		f->delivered_week += d.delivered;
		f->failed_week += d.failed;
		if (day == today) {
			f->out_today = d.out;
			f->in_today = d.in;
		}
	}
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

static enum result
read_wrote(struct tx *tx, uint32_t org, const char *number, int64_t today, int64_t *wrote)
{
	struct key prefix, from;
	struct bytes key, value;
	struct cursor *c;
	enum result r;

	part_key(&prefix, org, number, 'w');
	from = prefix;
	key_u64(&from, (uint64_t)(today - FIGURES_DAYS + 1));
	c = cursor_open(tx, T_HOLDERS, &prefix, &from, false);
	while ((r = cursor_next(c, &key, &value)) == OK) {
		int64_t n = 0;

		if (parse_i64(value.p, value.n, 0, INT64_MAX, &n) == 0)
			*wrote += n;
	}
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

enum result
figures_get(struct tx *tx, uint32_t org, const char *number, struct number_figures *f)
{
	static const struct number_figures none;
	int64_t today = clock_day(tx_now(tx)), use;
	struct key k;
	enum result r;

	*f = none;
	part_key(&k, org, number, 'c');
	r = rec_get_number(tx, T_HOLDERS, &k, false, &f->contacts);
	if (r == OK || r == NOT_FOUND)
		r = read_wrote(tx, org, number, today, &f->wrote_week);
	if (r == OK)
		r = read_days(tx, org, number, today, f);
	return r == OK ? numbers_turn(tx, org, number, &use, &f->new_today) : r;
}
