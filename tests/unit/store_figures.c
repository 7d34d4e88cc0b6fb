/*
 * store_figures.c: the promises of figures.h: who knows us by a number, who wrote this week,
 * what its messages did; and what an upgrade makes of a store without all that.
 */
#include "base/clock.h"
#include "store/contacts.h"
#include "store/figures.h"
#include "store/meta.h"
#include "store/numbers.h"
#include "store/rec.h"
#include "store_try.h"

#define ORG 6
#define A "+19195550101"
#define B "+19195550102"
#define C "+12525550101"

static struct arena *arena;

static void
contact(struct tx *tx, const char *number, const char *ours, int64_t last_in)
{
	struct contact c;
	enum result r = contacts_get(tx, ORG, number, true, arena, &c);

	c.user_number = ours;
	c.last_in = last_in;
	if ((r != OK && r != NOT_FOUND) || contacts_put(tx, &c) != OK)
		printf("# contact %s was not put\n", number);
}

static struct number_figures
figures(struct tx *tx, const char *number)
{
	struct number_figures f;

	if (figures_get(tx, ORG, number, &f) != OK)
		printf("# no figures of %s\n", number);
	return f;
}

static enum result
holders(struct tx *tx, void *arg)
{
	int64_t now = tx_now(tx);
	const char **list;
	size_t n;

	(void)arg;
	is_int(figures(tx, A).contacts, 0, "nobody knows a new number");
	contact(tx, "+13365550001", A, 0);
	contact(tx, "+13365550002", A, now);
	contact(tx, "+13365550003", A, now - 6 * CLOCK_DAY);
	contact(tx, "+13365550004", A, now - 7 * CLOCK_DAY);
	contact(tx, "+13365550005", B, now);
	is_int(figures(tx, A).contacts, 4, "four know one");
	is_int(figures(tx, A).wrote_week, 2, "two of them wrote this week");
	contact(tx, "+13365550004", A, now);
	is_int(figures(tx, A).wrote_week, 3, "another writes");
	contact(tx, "+13365550004", A, now + 1);
	is_int(figures(tx, A).wrote_week, 3, "a second text of the day is no further person");
	contact(tx, "+13365550004", B, now);
	is_int(figures(tx, A).contacts, 3, "one goes over to another number");
	is_int(figures(tx, A).wrote_week, 2, "with what they wrote");
	is_int(figures(tx, B).contacts, 2, "to the other one");
	is_int(figures(tx, B).wrote_week, 2, "which takes both");
	is_int(figures_holders(tx, ORG, A, NULL, 10, arena, &list, &n), OK, "they are listed");
	ok(n == 3 && strcmp(list[0], "+13365550001") == 0 && strcmp(list[2], "+13365550003") == 0,
	    "in order");
	is_int(figures_holders(tx, ORG, A, "+13365550001", 1, arena, &list, &n), OK, "from one on");
	ok(n == 1 && strcmp(list[0], "+13365550002") == 0, "the next");
	contact(tx, "+13365550001", NULL, 0);
	contact(tx, "+13365550002", NULL, now);
	contact(tx, "+13365550003", NULL, 0);
	is_int(figures(tx, A).contacts, 0, "when all have forgotten it nobody knows it");
	is_int(figures(tx, A).wrote_week, 0, "and nobody wrote");
	return OK;
}

static enum result
moving(struct tx *tx, void *arg)
{
	struct number n = {.org = ORG, .number = A};
	struct contact c;
	const char *to;
	uint32_t owner;

	(void)arg;
	is_int(numbers_add(tx, &n, &owner), OK, "two numbers of one area");
	n.number = C;
	is_int(numbers_add(tx, &n, &owner), OK, "one of another");
	is_int(contacts_get(tx, ORG, "+13365550005", true, arena, &c), OK, "a contact of B's");
	is_int(contact_move(tx, &c, &to), OK, "moves");
	is_str(to, A, "to the number with B's area code");
	is_str(c.user_number, A, "which is in the record");
	is_str(c.moved_from, B, "as is from which");
	ok(c.moved_at == tx_now(tx), "and when");
	c.user_number = "+17045550101";
	is_int(contact_move(tx, &c, &to), OK, "from an area with no other number");
	ok(to == NULL && c.user_number == NULL, "it is left to the pipeline");
	return OK;
}

/* ---- days ------------------------------------------------------------------------- */

static enum result
counting(struct tx *tx, void *arg)
{
	struct number_figures f;
	int i;

	(void)arg;
	for (i = 0; i < 3; i++)
		(void)figures_count(tx, ORG, C, FIGURE_OUT);
	(void)figures_count(tx, ORG, C, FIGURE_IN);
	(void)figures_count(tx, ORG, C, FIGURE_DELIVERED);
	(void)figures_count(tx, ORG, C, FIGURE_DELIVERED);
	(void)figures_count(tx, ORG, C, FIGURE_FAILED);
	is_int(figures_count(tx, ORG, NULL, FIGURE_OUT), OK, "no number: nothing is counted");
	f = figures(tx, C);
	ok(f.out_today == 3 && f.in_today == 1, "out and in today");
	ok(f.delivered_week == 2 && f.failed_week == 1, "delivered and failed");
	ok(f.last_out == tx_now(tx) && f.last_in == tx_now(tx), "when last");
	return OK;
}

struct days {
	int64_t from, to;
};

/* Puts what was counted one day onto an earlier one. */
static enum result
earlier(struct tx *tx, void *arg)
{
	const struct days *d = arg;
	int64_t today = clock_day(tx_now(tx));
	struct bytes value;
	struct key k, before;
	enum result r;

	key_org(&k, ORG);
	key_text(&k, C);
	before = k;
	key_u64(&k, (uint64_t)(today - d->from));
	key_u64(&before, (uint64_t)(today - d->to));
	r = kv_get(tx, T_NUMBER_DAYS, &k, true, &value);
	if (r == OK)
		r = kv_put(tx, T_NUMBER_DAYS, &before, value.p, value.n);
	return r == OK ? kv_del(tx, T_NUMBER_DAYS, &k) : r;
}

static enum result
days_left(struct tx *tx, void *arg)
{
	struct key prefix;
	struct bytes key;
	struct cursor *c;

	key_org(&prefix, ORG);
	key_text(&prefix, C);
	c = cursor_open(tx, T_NUMBER_DAYS, &prefix, NULL, false);
	while (cursor_next(c, &key, NULL) == OK)
		++*(int *)arg;
	cursor_close(c);
	return OK;
}

static enum result
later(struct tx *tx, void *arg)
{
	struct number_figures f = figures(tx, C);

	(void)arg;
	ok(f.out_today == 0 && f.in_today == 0, "six days later nothing went out today");
	ok(f.delivered_week == 2 && f.failed_week == 1, "the week still counts it");
	ok(f.last_out != 0, "when last is known");
	(void)figures_count(tx, ORG, C, FIGURE_OUT);
	is_int(figures(tx, C).delivered_week, 2, "a new day adds to it");
	return OK;
}

static enum result
much_later(struct tx *tx, void *arg)
{
	struct number_figures f;

	(void)arg;
	(void)figures_count(tx, ORG, C, FIGURE_IN);
	f = figures(tx, C);
	ok(f.delivered_week == 0 && f.out_today == 0, "after the week it counts no more");
	ok(f.last_out != 0, "but when last is known still");
	return OK;
}

/* ---- an older store ------------------------------------------------------------------- */

/* Removes all that an older version did not keep. */
static enum result
age(struct tx *tx, void *arg)
{
	static const enum table tables[] = {T_HOLDERS, T_NUMBER_TURN, T_NUMBER_STATES};
	struct bytes key;
	struct cursor *c;
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		c = cursor_open(tx, tables[i], NULL, NULL, false);
		cursor_for_update(c);
		while (cursor_next(c, &key, NULL) == OK)
			(void)cursor_del(c);
		cursor_close(c);
	}
	/* A new store is marked as one that has nothing to be upgraded. */
	return meta_put(tx, "numbers-upgraded", NULL);
}

static enum result
people(struct tx *tx, void *arg)
{
	char number[24];
	int i;

	for (i = *(int *)arg; i < *(int *)arg + 80; i++) {
		(void)snprintf(number, sizeof number, "+1336555%04d", 2000 + i);
		contact(tx, number, i % 2 == 0 ? A : C, i % 4 == 0 ? tx_now(tx) : 0);
	}
	return OK;
}

static enum result
upgraded(struct tx *tx, void *arg)
{
	const char *number;
	int64_t n;

	(void)arg;
	is_int(numbers_count(tx, ORG, NUMBER_IN_SERVICE, &n), OK, "the numbers are counted");
	is_int(n, 2, "all of them, once");
	is_int(numbers_pick(tx, ORG, NULL, arena, &number), OK, "and picked");
	is_int(figures(tx, A).contacts, 120, "who knows one is counted");
	is_int(figures(tx, A).wrote_week, 60, "and who wrote");
	is_int(figures(tx, C).contacts, 120, "for the other, too");
	return OK;
}

int
main(void)
{
	struct days week = {0, 6}, past = {6, 7}, yesterday = {0, 1};
	int first, left = 0;

	arena = arena_new();
	try_open();
	try_run(holders, NULL);
	try_run(moving, NULL);
	try_run(counting, NULL);
	try_run(earlier, &week);
	try_run(later, NULL);
	try_run(earlier, &past);
	try_run(earlier, &yesterday);
	try_run(much_later, NULL);
	try_run(days_left, &left);
	is_int(left, 2, "days past the week are not kept");
	for (first = 0; first < 240; first += 80)
		try_run(people, &first);
	try_run(age, NULL);
	is_int(numbers_upgrade(try_store), OK, "a store of an older version is upgraded");
	try_run(upgraded, NULL);
	is_int(numbers_upgrade(try_store), OK, "again");
	try_run(upgraded, NULL);
	try_close();
	arena_free(arena);
	return done_testing();
}
