/*
 * verify_numbers.c: numbers, whose they are, whose turn it is, and how many are in each state.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "base/phone.h"
#include "org/number.h"
#include "store/verify_private.h"

#define RECORDS UINT32_MAX

struct turn {
	int64_t use, day;
};

static const struct field turn_fields[] = {
    FIELD(struct turn, FIELD_INT, use),
    FIELD(struct turn, FIELD_INT, day),
    FIELD_END,
};

static bool
get_number(const struct entry *e, uint32_t org, const char *number, struct number *n)
{
	struct bytes value;
	struct key k;

	key_org(&k, org);
	key_text(&k, number);
	return verify_has(e, T_NUMBERS, &k, &value) &&
	       record_read(number_fields, value.p, value.n, e->arena, n) == 0;
}

static bool
get_turn(const struct entry *e, uint32_t org, const char *number, struct turn *t)
{
	struct bytes value;
	struct key k;

	key_org(&k, org);
	key_u32(&k, RECORDS);
	key_text(&k, number);
	return verify_has(e, T_NUMBER_TURN, &k, &value) &&
	       record_read(turn_fields, value.p, value.n, e->arena, t) == 0;
}

/* The area code as a number, 0 for none. */
static uint32_t
area_of(const char *number)
{
	char digits[4];
	const char *area = phone_area(number, digits);

	if (area == NULL)
		return 0;
	return (uint32_t)((area[0] - '0') * 100 + (area[1] - '0') * 10 + (area[2] - '0'));
}

static void
place_key(struct key *k, uint32_t org, uint32_t area, const struct turn *t, const char *number)
{
	key_org(k, org);
	key_u32(k, area);
	key_u32(k, (uint32_t)t->day);
	key_u64(k, (uint64_t)t->use);
	key_text(k, number);
}

/* ---- numbers -------------------------------------------------------------------------------- */

static bool
known_state(const char *state)
{
	const char *known;

	for (unsigned i = 0; state != NULL && (known = number_state_at(i)) != NULL; i++)
		if (strcmp(state, known) == 0)
			return true;
	return false;
}

static void
look_for_owner(struct entry *e, const struct number *n)
{
	struct bytes value;
	struct key k;
	int64_t org = 0;
	bool there;

	key_start(&k);
	key_text(&k, n->number);
	there = verify_has(e, T_NUMBER_OWNER, &k, &value) &&
		parse_i64(value.p, value.n, 1, UINT32_MAX, &org) == 0;
	if (!number_is_lost(n) && (!there || org != n->org))
		verify_fault(e->v,
		    "number %s of organization %lld is %s, but the list of owners does not say whose it is.",
		    n->number, (long long)n->org, n->state);
}

static void
look_for_turn(struct entry *e, const struct number *n)
{
	bool wanted = number_is(n, NUMBER_IN_SERVICE);
	uint32_t org = (uint32_t)n->org, area = area_of(n->number);
	struct turn t;
	struct key k;
	bool there = get_turn(e, org, n->number, &t), placed = false;

	if (there) {
		place_key(&k, org, 0, &t, n->number);
		placed = verify_has(e, T_NUMBER_TURN, &k, NULL);
		place_key(&k, org, area, &t, n->number);
		placed = placed && (area == 0 || verify_has(e, T_NUMBER_TURN, &k, NULL));
	}
	if (wanted != there || (there && !placed))
		verify_fault(e->v,
		    wanted
			? "number %s of organization %lld is in service, but does not have its turn."
			: "number %s of organization %lld is not in service, but has its turn.",
		    n->number, (long long)n->org);
}

static void
look_in_states(struct entry *e, const struct number *n)
{
	struct key k;

	key_org(&k, (uint32_t)n->org);
	key_text(&k, n->state);
	key_text(&k, n->number);
	if (!verify_has(e, T_NUMBER_STATES, &k, NULL))
		verify_fault(e->v,
		    "number %s of organization %lld is %s, but is missing from the list of those.",
		    n->number, (long long)n->org, n->state);
}

enum result
verify_number(struct entry *e)
{
	struct number n;
	const char *number;
	uint32_t org;

	if (!verify_key(e, "ot", &org, &number))
		return OK;
	if (!verify_record(e, number_fields, &n,
		arena_fmt(e->arena, "number %s of organization %lu", number, (unsigned long)org)))
		return OK;
	if (n.org != org || !verify_same(n.number, number)) {
		verify_fault(e->v, "numbers: the record under %s of organization %lu is another's.",
		    number, (unsigned long)org);
		return OK;
	}
	if (!known_state(n.state))
		verify_fault(e->v,
		    "number %s of organization %lu is in no state that there is (%s).", number,
		    (unsigned long)org, n.state != NULL ? n.state : "none");
	if (!verify_org(e, org))
		verify_fault(e->v, "number %s belongs to organization %lu, which is not there.",
		    number, (unsigned long)org);
	look_for_owner(e, &n);
	look_for_turn(e, &n);
	if (n.state != NULL)
		look_in_states(e, &n);
	return OK;
}

enum result
verify_number_owner(struct entry *e)
{
	struct number n;
	const char *number;
	int64_t org = 0;

	if (!verify_key(e, "t", &number))
		return OK;
	if (parse_i64(e->value.p, e->value.n, 1, UINT32_MAX, &org) != 0 ||
	    !get_number(e, (uint32_t)org, number, &n) || number_is_lost(&n))
		verify_fault(e->v,
		    "the list of owners gives number %s to organization %lld, which does not have it.",
		    number, (long long)org);
	return OK;
}

enum result
verify_number_turn(struct entry *e)
{
	struct key_reader read = {e->key.p, e->key.n};
	struct number n;
	struct turn t;
	struct key k;
	const char *number;
	uint32_t org = 0, area = 0, day;
	uint64_t use;

	if (key_read_u32(&read, &org) == 0 && key_read_u32(&read, &area) == 0 && area == RECORDS) {
		if (key_read_text(&read, &number) != 0)
			verify_fault(e->v, "number_turn: an entry has a key that means nothing.");
		else if (!get_number(e, org, number, &n) || !number_is(&n, NUMBER_IN_SERVICE))
			verify_fault(e->v,
			    "number_turn: number %s of organization %lu has a turn, but is not in service.",
			    number, (unsigned long)org);
		return OK;
	}
	if (!verify_key(e, "oddut", &org, &area, &day, &use, &number))
		return OK;
	if (!get_turn(e, org, number, &t)) {
		verify_fault(e->v,
		    "number_turn: number %s of organization %lu has a place, but no turn.", number,
		    (unsigned long)org);
		return OK;
	}
	place_key(&k, org, area, &t, number);
	if (!verify_same_key(&e->key, &k) || (area != 0 && area != area_of(number)))
		verify_fault(e->v,
		    "number_turn: number %s of organization %lu stands in a place that is not its.",
		    number, (unsigned long)org);
	return OK;
}

enum result
verify_number_job(struct entry *e)
{
	const char *id;
	uint32_t org;

	if (!verify_key(e, "oi", &org, &id))
		return OK;
	/* Jobs go after their time; what is listed then is passed over. */
	if (!verify_org(e, org))
		verify_fault(e->v,
		    "number_jobs: job %s belongs to organization %lu, which is not there.", id,
		    (unsigned long)org);
	return OK;
}

/* ---- totals ----------------------------------------------------------------------------------- */

struct total {
	uint32_t org;
	char state[32];
	int64_t counted, said;
};

struct totals {
	struct total *list;
	size_t count, room;
};

static struct total *
total_of(struct totals *t, uint32_t org, const char *state)
{
	struct total *more;
	size_t i;

	for (i = 0; i < t->count; i++)
		if (t->list[i].org == org && strcmp(t->list[i].state, state) == 0)
			return &t->list[i];
	if (t->count == t->room) {
		t->room = t->room == 0 ? 64 : 2 * t->room;
		more = realloc(t->list, t->room * sizeof *more);
		if (more == NULL)
			abort();
		t->list = more;
	}
	memset(&t->list[i], 0, sizeof t->list[i]);
	t->list[i].org = org;
	memcpy(t->list[i].state, state, strnlen(state, sizeof t->list[i].state - 1));
	t->count++;
	return &t->list[i];
}

static enum result
count_number(struct entry *e)
{
	struct number n;

	if (record_read(number_fields, e->value.p, e->value.n, e->arena, &n) == 0 &&
	    n.state != NULL)
		total_of(e->state, (uint32_t)n.org, n.state)->counted++;
	return OK;
}

/* An entry of a state's list: the number must be in that state. */
static void
look_at_listed(struct entry *e, uint32_t org, const char *state, const char *number)
{
	struct number n;

	if (!get_number(e, org, number, &n) || !number_is(&n, state))
		verify_fault(e->v,
		    "number_states: number %s of organization %lu is listed as %s, which it is not.",
		    number, (unsigned long)org, state);
}

static enum result
read_total(struct entry *e)
{
	struct key_reader read = {e->key.p, e->key.n};
	const char *state, *number;
	uint32_t org;
	int64_t n = 0;

	if (key_read_u32(&read, &org) == 0 && key_read_text(&read, &state) == 0 &&
	    key_read_text(&read, &number) == 0 && read.left == 0) {
		look_at_listed(e, org, state, number);
		return OK;
	}
	if (!verify_key(e, "ot", &org, &state))
		return OK;
	if (parse_i64(e->value.p, e->value.n, INT64_MIN, INT64_MAX, &n) != 0)
		verify_fault(e->v, "number_states: a total of organization %lu can't be read.",
		    (unsigned long)org);
	else
		total_of(e->state, org, state)->said += n;
	return OK;
}

enum result
verify_number_states(struct store *st, struct verify *v)
{
	struct totals t = {NULL, 0, 0};
	enum result r = verify_walk(st, v, T_NUMBERS, count_number, &t);

	if (r == OK)
		r = verify_walk(st, v, T_NUMBER_STATES, read_total, &t);
	for (size_t i = 0; r == OK && i < t.count; i++)
		if (t.list[i].counted != t.list[i].said)
			verify_fault(v,
			    "organization %lu has %lld numbers that are %s, but counts %lld.",
			    (unsigned long)t.list[i].org, (long long)t.list[i].counted,
			    t.list[i].state, (long long)t.list[i].said);
	free(t.list);
	return r;
}
