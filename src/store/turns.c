/*
 * turns.c: which of an organization's numbers is next.
 *
 * Table: NUMBER_TURN.  Each number in service has a record (org, 2^32-1, number) that says
 * where it stands, and two places in order: one among all, one among those with its area
 * code.  A place is (day, last use): day 0 for numbers that may be picked, else the
 * first day on which they may, because they have had their new contacts for today.  As
 * the days follow each other and a number's last use lies before its day, the first place of
 * day 0 or that of the earliest other day is the least recent use of all: picking looks
 * at two places, whether there are 1 or 50,000 numbers.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/phone.h"
#include "store/numbers.h"
#include "store/rec.h"

#define ALL 0u
#define RECORDS UINT32_MAX
/* Numbers found beyond a limit that was lowered since, and moved out of the way in one pick. */
#define PASS_MOST 100

struct turn {
	int64_t use;	 /* last pick */
	int64_t day;	 /* of its place */
	int64_t new_day; /* day that new_count speaks of */
	int64_t new_count;
};

static const struct field turn_fields[] = {
    FIELD(struct turn, FIELD_INT, use),
    FIELD(struct turn, FIELD_INT, day),
    FIELD(struct turn, FIELD_INT, new_day),
    FIELD(struct turn, FIELD_INT, new_count),
    FIELD_END,
};

struct place {
	uint32_t day;
	uint64_t use;
	const char *number;
};

/* ---- keys ---------------------------------------------------------------------- */

/* The area code as a number; ALL when it has none. */
static uint32_t
area_of(const char *area)
{
	if (area == NULL || strlen(area) != 3)
		return ALL;
	return (uint32_t)((area[0] - '0') * 100 + (area[1] - '0') * 10 + (area[2] - '0'));
}

static void
record_key(struct key *k, uint32_t org, const char *number)
{
	key_org(k, org);
	key_u32(k, RECORDS);
	key_text(k, number);
}

static void
area_key(struct key *k, uint32_t org, uint32_t area)
{
	key_org(k, org);
	key_u32(k, area);
}

static void
place_key(struct key *k, uint32_t org, uint32_t area, const struct turn *t, const char *number)
{
	area_key(k, org, area);
	key_u32(k, (uint32_t)t->day);
	key_u64(k, (uint64_t)t->use);
	key_text(k, number);
}

static int
place_read(const struct bytes *key, struct place *p)
{
	struct key_reader read = {key->p, key->n};
	uint32_t org, area;

	if (key_read_u32(&read, &org) != 0 || key_read_u32(&read, &area) != 0 ||
	    key_read_u32(&read, &p->day) != 0 || key_read_u64(&read, &p->use) != 0 ||
	    key_read_text(&read, &p->number) != 0)
		return -1;
	return 0;
}

/* ---- places --------------------------------------------------------------------- */

static enum result
places_put(struct tx *tx, uint32_t org, const char *number, const struct turn *t)
{
	char area[4];
	uint32_t code = area_of(phone_area(number, area));
	struct key k;
	enum result r;

	place_key(&k, org, ALL, t, number);
	r = kv_put(tx, T_NUMBER_TURN, &k, "", 0);
	if (r != OK || code == ALL)
		return r;
	place_key(&k, org, code, t, number);
	return kv_put(tx, T_NUMBER_TURN, &k, "", 0);
}

static enum result
places_del(struct tx *tx, uint32_t org, const char *number, const struct turn *t)
{
	char area[4];
	uint32_t code = area_of(phone_area(number, area));
	struct key k;
	enum result r;

	place_key(&k, org, ALL, t, number);
	r = kv_del(tx, T_NUMBER_TURN, &k);
	if ((r != OK && r != NOT_FOUND) || code == ALL)
		return r == NOT_FOUND ? OK : r;
	place_key(&k, org, code, t, number);
	r = kv_del(tx, T_NUMBER_TURN, &k);
	return r == NOT_FOUND ? OK : r;
}

static enum result
turn_get(struct tx *tx, uint32_t org, const char *number, bool for_update, struct turn *t)
{
	static const struct turn none;
	struct key k;
	enum result r;

	record_key(&k, org, number);
	r = rec_get(tx, T_NUMBER_TURN, &k, for_update, turn_fields, tx_arena(tx), t);
	if (r != OK)
		*t = none;
	return r;
}

static enum result
turn_put(struct tx *tx, uint32_t org, const char *number, const struct turn *t)
{
	struct key k;

	record_key(&k, org, number);
	return rec_put(tx, T_NUMBER_TURN, &k, turn_fields, t);
}

/* Writes a turn; its places only when they are others. */
static enum result
turn_move(
    struct tx *tx, uint32_t org, const char *number, const struct turn *old, const struct turn *now)
{
	enum result r = OK;

	if (old->use != now->use || old->day != now->day) {
		r = places_del(tx, org, number, old);
		if (r == OK)
			r = places_put(tx, org, number, now);
	}
	return r == OK ? turn_put(tx, org, number, now) : r;
}

enum result
turns_sync(struct tx *tx, const struct number *n)
{
	uint32_t org = (uint32_t)n->org;
	bool wanted = number_is(n, NUMBER_IN_SERVICE);
	struct turn t;
	struct key k;
	enum result r = turn_get(tx, org, n->number, true, &t);

	if (r == NOT_FOUND && wanted) {
		t.use = n->last_use;
		r = places_put(tx, org, n->number, &t);
		return r == OK ? turn_put(tx, org, n->number, &t) : r;
	}
	if (r != OK || wanted)
		return r == NOT_FOUND ? OK : r;
	r = places_del(tx, org, n->number, &t);
	if (r != OK)
		return r;
	record_key(&k, org, n->number);
	return kv_del(tx, T_NUMBER_TURN, &k);
}

/* ---- picking -------------------------------------------------------------------- */

/* The first place of an area at or after a day, or the last one of that day. */
static enum result
place_find(struct tx *tx, uint32_t org, uint32_t area, uint32_t day, bool last, struct place *p)
{
	struct key prefix, from;
	struct bytes key;
	struct cursor *c;
	enum result r;

	area_key(&prefix, org, area);
	from = prefix;
	key_u32(&from, day);
	if (last)
		prefix = from;
	c = cursor_open(tx, T_NUMBER_TURN, &prefix, last ? NULL : &from, last);
	cursor_for_update(c);
	r = cursor_next(c, &key, NULL);
	cursor_close(c);
	return r == OK && place_read(&key, p) != 0 ? DAMAGED : r;
}

/*
 * The least recent use among day 0 and the earliest other day up to `latest`.  (When day 0 is
 * empty the first search finds the other day by itself.)
 */
static enum result
least_recent(struct tx *tx, uint32_t org, uint32_t area, int64_t latest, struct place *p)
{
	struct place other;
	enum result r = place_find(tx, org, area, 0, false, p);

	if (r != OK)
		return r;
	if (p->day != 0)
		return p->day <= latest ? OK : NOT_FOUND;
	r = place_find(tx, org, area, 1, false, &other);
	if (r == OK && other.day <= latest && other.use < p->use)
		*p = other;
	return r == NOT_FOUND ? OK : r;
}

static int64_t
new_today(const struct tx *tx, const struct turn *t)
{
	return t->new_day == clock_day(tx_now(tx)) ? t->new_count : 0;
}

/* The use must lie behind those of a day, even if the clock stands still or went back. */
static enum result
behind(struct tx *tx, uint32_t org, uint32_t day, int64_t *use)
{
	struct place latest;
	enum result r = place_find(tx, org, ALL, day, true, &latest);

	if (r == OK && (int64_t)latest.use >= *use)
		*use = (int64_t)latest.use + 1;
	return r == NOT_FOUND ? OK : r;
}

/* Marks it as used now. */
static enum result
take(struct tx *tx, uint32_t org, const char *number, const struct turn *t)
{
	struct turn now = *t;
	enum result r;

	now.day = 0;
	now.use = tx_now(tx);
	r = behind(tx, org, 0, &now.use);
	if (r == OK && t->day != 0)
		r = behind(tx, org, (uint32_t)t->day, &now.use);
	return r == OK ? turn_move(tx, org, number, t, &now) : r;
}

/* Picks within one area (or ALL) by the rules of numbers_pick. */
static enum result
pick_in(struct tx *tx, uint32_t org, uint32_t area, int64_t new_max, const char **number)
{
	int64_t today = clock_day(tx_now(tx)), latest = new_max > 0 ? today : UINT32_MAX;
	struct turn t, later;
	struct place p;
	enum result r = OK;
	int passed;

	for (passed = 0; passed < PASS_MOST; passed++) {
		r = least_recent(tx, org, area, latest, &p);
		/* Those that are out until tomorrow may have room again: the limit was raised. */
		if (r == NOT_FOUND && latest == today) {
			latest = UINT32_MAX;
			r = least_recent(tx, org, area, latest, &p);
		}
		if (r == OK)
			r = turn_get(tx, org, p.number, true, &t);
		if (r != OK)
			return r;
		if (new_max <= 0 || new_today(tx, &t) < new_max) {
			*number = p.number;
			return take(tx, org, p.number, &t);
		}
		if (t.day > today)
			return REFUSED;
		later = t;
		later.day = today + 1;
		r = turn_move(tx, org, p.number, &t, &later);
		if (r != OK)
			return r;
	}
	return REFUSED;
}

enum result
numbers_pick(struct tx *tx, uint32_t org, const struct number_pick *want, struct arena *a,
    const char **number)
{
	static const struct number_pick any;
	const struct number_pick *w = want == NULL ? &any : want;
	uint32_t area = area_of(w->area);
	enum result r = NOT_FOUND;

	*number = NULL;
	if (area != ALL)
		r = pick_in(tx, org, area, w->new_max, number);
	if ((r == NOT_FOUND || r == REFUSED) && !w->only_area)
		r = pick_in(tx, org, ALL, w->new_max, number);
	if (r == OK)
		*number = arena_str(a, *number);
	return r;
}

enum result
numbers_new_contact(struct tx *tx, uint32_t org, const char *number, int64_t new_max)
{
	int64_t today = clock_day(tx_now(tx));
	struct turn t, now;
	enum result r = turn_get(tx, org, number, true, &t);

	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	now = t;
	now.new_count = new_today(tx, &t) + 1;
	now.new_day = today;
	if (new_max > 0 && now.new_count >= new_max)
		now.day = today + 1;
	return turn_move(tx, org, number, &t, &now);
}

/* ---- looking --------------------------------------------------------------------- */

enum result
numbers_turn(struct tx *tx, uint32_t org, const char *number, int64_t *last_use, int64_t *today)
{
	struct turn t;
	enum result r = turn_get(tx, org, number, false, &t);

	*last_use = t.use;
	*today = new_today(tx, &t);
	return r == NOT_FOUND ? OK : r;
}

enum result
numbers_any(struct tx *tx, uint32_t org, bool *any)
{
	struct key prefix;
	struct cursor *c;
	struct bytes key;
	enum result r;

	area_key(&prefix, org, ALL);
	c = cursor_open(tx, T_NUMBER_TURN, &prefix, NULL, false);
	r = cursor_next(c, &key, NULL);
	cursor_close(c);
	*any = r == OK;
	return r == NOT_FOUND ? OK : r;
}

enum result
numbers_in_area(
    struct tx *tx, uint32_t org, const char *area, const struct text_list *besides, bool *yes)
{
	size_t looks = besides->count + 1;
	struct key prefix;
	struct cursor *c;
	struct bytes key;
	struct place p;
	enum result r = OK;

	*yes = false;
	if (area_of(area) == ALL)
		return OK;
	area_key(&prefix, org, area_of(area));
	c = cursor_open(tx, T_NUMBER_TURN, &prefix, NULL, false);
	while (!*yes && looks-- > 0 && (r = cursor_next(c, &key, NULL)) == OK)
		*yes = place_read(&key, &p) == 0 && !text_list_has(besides, p.number);
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}
