/*
 * store_turns.c: the promises of numbers.h about picking: the area code preferred, the daily
 * limit of new contacts exact, fairness exact, and what each state means for it.
 */
#include "base/phone.h"
#include "store/numbers.h"
#include "store/rec.h"
#include "store_try.h"

#define ORG 5
#define MANY 30

static struct arena *arena;

static void
add(struct tx *tx, const char *number, const char *state)
{
	struct number n = {.org = ORG, .number = number, .state = state};
	uint32_t owner;

	if (numbers_add(tx, &n, &owner) != OK)
		printf("# %s was not added\n", number);
}

static const char *
pick(struct tx *tx, const char *area, bool only, int64_t new_max)
{
	struct number_pick want = {.area = area, .only_area = only, .new_max = new_max};
	const char *number;
	enum result r = numbers_pick(tx, ORG, &want, arena, &number);

	return r == OK ? number : r == REFUSED ? "limit" : "none";
}

/* Picks for a new contact, and counts it. */
static const char *
pick_new(struct tx *tx, const char *area, int64_t new_max)
{
	const char *number = pick(tx, area, false, new_max);

	if (phone_is_e164(number) && numbers_new_contact(tx, ORG, number, new_max) != OK)
		return "failed";
	return number;
}

static void
set_state(struct tx *tx, const char *number, const char *state)
{
	struct number n;

	if (numbers_get(tx, ORG, number, true, arena, &n) != OK)
		printf("# %s is not there\n", number);
	n.state = state;
	if (numbers_put(tx, &n) != OK)
		printf("# %s was not put\n", number);
}

static int64_t
count(struct tx *tx, const char *state)
{
	int64_t n = -1;

	(void)numbers_count(tx, ORG, state, &n);
	return n;
}

/* ---- area codes ----------------------------------------------------------------- */

static enum result
areas(struct tx *tx, void *arg)
{
	struct text_list besides = {NULL, 0};
	bool yes;

	(void)arg;
	add(tx, "+19195550101", NULL);
	add(tx, "+19195550102", NULL);
	add(tx, "+12525550101", NULL);
	is_str(pick(tx, "252", false, 0), "+12525550101", "the area code wanted");
	is_str(pick(tx, "252", false, 0), "+12525550101", "again, although others wait longer");
	is_str(pick(tx, "919", false, 0), "+19195550101", "within an area in turn");
	is_str(pick(tx, "919", false, 0), "+19195550102", "the second");
	is_str(pick(tx, "919", false, 0), "+19195550101", "and the first again");
	is_str(
	    pick(tx, "704", false, 0), "+12525550101", "without the area: the least recent of all");
	is_str(pick(tx, NULL, false, 0), "+19195550102", "as without a wish");
	is_str(pick(tx, "704", true, 0), "none", "or none, when only the area will do");
	is_int(numbers_in_area(tx, ORG, "252", &besides, &yes), OK, "is there one in an area?");
	ok(yes, "there is");
	besides = text_list_add(arena, besides, "+12525550101");
	is_int(numbers_in_area(tx, ORG, "252", &besides, &yes), OK, "besides that one?");
	ok(!yes, "there is not");
	set_state(tx, "+12525550101", NUMBER_DRAINING);
	is_str(pick(tx, "252", true, 0), "none", "a draining number is not picked");
	set_state(tx, "+12525550101", NUMBER_IN_SERVICE);
	is_str(pick(tx, "252", true, 0), "+12525550101", "until it is back");
	return OK;
}

static enum result
states(struct tx *tx, void *arg)
{
	static const char *const others[] = {NUMBER_NOT_READY, NUMBER_DRAINING, NUMBER_RELEASING,
	    NUMBER_RELEASED, NUMBER_MOVED, NUMBER_GONE};
	const char *number = "+13365550101";
	struct number n;
	uint32_t owner;
	size_t i;

	(void)arg;
	is_int(count(tx, NUMBER_IN_SERVICE), 3, "three are in service");
	add(tx, number, NULL);
	for (i = 0; i < sizeof others / sizeof others[0]; i++) {
		set_state(tx, number, others[i]);
		is_str(pick(tx, "336", true, 0), "none", "%s: not picked", others[i]);
		is_int(count(tx, others[i]), 1, "%s: counted", others[i]);
		is_int(count(tx, NUMBER_IN_SERVICE), 3, "%s: not in service", others[i]);
		is_int(numbers_get(tx, ORG, number, false, arena, &n), OK, "%s: read", others[i]);
		ok(n.state_since == tx_now(tx), "%s: since now", others[i]);
		is_int(numbers_owner(tx, number, &owner), number_is_lost(&n) ? NOT_FOUND : OK,
		    "%s: %s", others[i], number_is_lost(&n) ? "nobody's" : "the organization's");
		set_state(tx, number, NUMBER_IN_SERVICE);
		is_int(count(tx, others[i]), 0, "%s: no more", others[i]);
	}
	is_str(pick(tx, "336", true, 0), number, "in service it is picked");
	set_state(tx, number, NUMBER_RELEASED);
	return OK;
}

/* ---- the limit ------------------------------------------------------------------------ */

static enum result
limit(struct tx *tx, void *arg)
{
	int64_t use, today;
	int i, times[3] = {0, 0, 0};
	char number[24];

	(void)arg;
	for (i = 0; i < 9; i++) {
		(void)snprintf(number, sizeof number, "%s", pick_new(tx, NULL, 3));
		times[0] += strcmp(number, "+19195550101") == 0;
		times[1] += strcmp(number, "+19195550102") == 0;
		times[2] += strcmp(number, "+12525550101") == 0;
	}
	ok(times[0] == 3 && times[1] == 3 && times[2] == 3,
	    "nine new contacts, three for each number (%d, %d, %d)", times[0], times[1], times[2]);
	is_str(pick(tx, NULL, false, 3), "limit", "the tenth finds all at their limit");
	is_str(pick(tx, "252", false, 3), "limit", "with an area code too");
	is_int(numbers_turn(tx, ORG, "+12525550101", &use, &today), OK, "what one was given");
	is_int(today, 3, "is counted");
	is_str(pick(tx, "252", true, 0), "+12525550101", "without a limit it goes on");
	is_str(pick_new(tx, "252", 4), "+12525550101", "a higher limit takes effect at once");
	is_str(pick(tx, "252", true, 4), "limit", "and is a limit");
	(void)snprintf(number, sizeof number, "%s", pick_new(tx, "252", 4));
	ok(strcmp(number, "+19195550101") == 0 || strcmp(number, "+19195550102") == 0,
	    "then another area has room");
	is_str(pick(tx, NULL, false, 2), "limit", "a lower limit takes effect at once, too");
	return OK;
}

/* ---- a night passes: what the store holds becomes a day older -------------------------- */

struct turn {
	int64_t use, day, new_day, new_count;
};
static const struct field turn_fields[] = {FIELD(struct turn, FIELD_INT, use),
    FIELD(struct turn, FIELD_INT, day), FIELD(struct turn, FIELD_INT, new_day),
    FIELD(struct turn, FIELD_INT, new_count), FIELD_END};

static enum result
older(struct tx *tx, const struct bytes *key, const struct bytes *value)
{
	struct key_reader read = {key->p, key->n};
	uint32_t org, area, day;
	const char *number;
	struct turn t;
	uint64_t use;
	struct key k;

	(void)key_read_u32(&read, &org);
	(void)key_read_u32(&read, &area);
	key_org(&k, org);
	key_u32(&k, area);
	if (area == UINT32_MAX) {
		(void)key_read_text(&read, &number);
		key_text(&k, number);
		if (rec_read(T_NUMBER_TURN, value, turn_fields, tx_arena(tx), &t) != OK)
			return FAILED;
		t.day -= t.day > 0 ? 1 : 0;
		t.new_day -= t.new_day > 0 ? 1 : 0;
		return rec_put(tx, T_NUMBER_TURN, &k, turn_fields, &t);
	}
	(void)key_read_u32(&read, &day);
	(void)key_read_u64(&read, &use);
	(void)key_read_text(&read, &number);
	if (day == 0)
		return OK;
	key_u32(&k, day);
	key_u64(&k, use);
	key_text(&k, number);
	if (kv_del(tx, T_NUMBER_TURN, &k) != OK)
		return FAILED;
	key_org(&k, org);
	key_u32(&k, area);
	key_u32(&k, day - 1);
	key_u64(&k, use);
	key_text(&k, number);
	return kv_put(tx, T_NUMBER_TURN, &k, "", 0);
}

static enum result
night(struct tx *tx, void *arg)
{
	struct rec_list keys = REC_LIST(tx_arena(tx), struct bytes);
	struct rec_list values = REC_LIST(tx_arena(tx), struct bytes);
	struct bytes key, value;
	struct cursor *c;
	enum result r;
	size_t i;

	(void)arg;
	c = cursor_open(tx, T_NUMBER_TURN, NULL, NULL, false);
	while ((r = cursor_next(c, &key, &value)) == OK) {
		*(struct bytes *)rec_list_add(&keys) = key;
		*(struct bytes *)rec_list_add(&values) = value;
	}
	cursor_close(c);
	for (i = 0, r = OK; r == OK && i < keys.count; i++)
		r = older(tx, &((struct bytes *)keys.items)[i], &((struct bytes *)values.items)[i]);
	return r;
}

/* With numbers that have had theirs on an earlier day. */
static enum result
next_day(struct tx *tx, void *arg)
{
	int64_t use, today;

	(void)arg;
	is_int(numbers_turn(tx, ORG, "+12525550101", &use, &today), OK, "the next day");
	is_int(today, 0, "none was given a contact yet");
	is_str(pick_new(tx, "252", 1), "+12525550101", "and all may be picked again");
	is_str(pick(tx, "252", true, 1), "limit", "up to the limit");
	return OK;
}

/* ---- fairness ------------------------------------------------------------------------------ */

static enum result
many(struct tx *tx, void *arg)
{
	char number[24];
	int i;

	(void)arg;
	for (i = 0; i < MANY; i++) {
		(void)snprintf(number, sizeof number, "+1%d555%04d", 300 + i % 3, 1000 + i);
		add(tx, number, NULL);
	}
	return OK;
}

/* Each number's picks with area codes preferred now and then: never more than one round apart. */
static enum result
fair(struct tx *tx, void *arg)
{
	int picks[MANY + 4] = {0}, i, least = 1000, most = 0;
	const char *number;

	(void)arg;
	for (i = 0; i < MANY * 10; i++) {
		number = pick(tx, NULL, false, 0);
		if (strncmp(number + 5, "555", 3) == 0 && number[8] == '1')
			picks[(number[9] - '0') * 100 + (number[10] - '0') * 10 + number[11] -
			      '0']++;
	}
	for (i = 0; i < MANY; i++) {
		least = picks[i] < least ? picks[i] : least;
		most = picks[i] > most ? picks[i] : most;
	}
	ok(most - least <= 1 && least > 0,
	    "after many picks no number was picked more than once more than another (%d to %d)",
	    least, most);
	for (i = 0; i < 10; i++)
		(void)pick(tx, "300", false, 0);
	number = pick(tx, "301", true, 0);
	for (i = 1; i < MANY / 3; i++)
		ok(strcmp(pick(tx, "301", true, 0), number) != 0,
		    "another one of an area each time");
	is_str(pick(tx, "301", true, 0), number, "then the first again");
	return OK;
}

int
main(void)
{
	arena = arena_new();
	try_open();
	try_run(areas, NULL);
	try_run(states, NULL);
	try_run(limit, NULL);
	try_run(night, NULL);
	try_run(next_day, NULL);
	try_run(many, NULL);
	try_run(fair, NULL);
	try_close();
	arena_free(arena);
	return done_testing();
}
