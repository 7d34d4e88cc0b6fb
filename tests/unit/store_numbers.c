/*
 * store_numbers.c: the promises of numbers.h, above all that picking is fair.
 */
#include <pthread.h>

#include "store/numbers.h"
#include "store_try.h"

#define ORG 3

static struct arena *arena;

static enum result
add(struct tx *tx, uint32_t org, const char *number, uint32_t *owner)
{
	struct number n = {.org = org, .number = number};

	return numbers_add(tx, &n, owner);
}

static enum result
set_state(struct tx *tx, const char *number, const char *state)
{
	struct number n;
	enum result r = numbers_get(tx, ORG, number, true, arena, &n);

	n.state = state;
	return r == OK ? numbers_put(tx, &n) : r;
}

static const char *
pick(struct tx *tx)
{
	const char *number;

	return numbers_pick(tx, ORG, NULL, arena, &number) == OK ? number : "none";
}

static enum result
adding(struct tx *tx, void *arg)
{
	struct number n, *list;
	uint32_t owner;
	size_t count;
	bool any;

	(void)arg;
	ok(numbers_any(tx, ORG, &any) == OK && !any, "an organization begins without numbers");
	is_str(pick(tx), "none", "so none can be picked");
	is_int(add(tx, ORG, "+19195550101", &owner), OK, "a number is added");
	is_int(add(tx, ORG, "+19195550101", &owner), EXISTS, "twice it is not");
	is_int(owner, ORG, "as it is here already");
	is_int(add(tx, ORG + 1, "+19195550101", &owner), EXISTS, "nor for another organization");
	is_int(owner, ORG, "whose it is is told");
	is_int(numbers_get(tx, ORG + 1, "+19195550101", false, arena, &n), NOT_FOUND,
	    "nothing was written there");
	ok(numbers_any(tx, ORG, &any) == OK && any, "now there is one");
	ok(numbers_any(tx, ORG + 1, &any) == OK && !any, "not for the other one");
	is_int(numbers_get(tx, ORG, "+19195550101", false, arena, &n), OK, "it is read");
	is_str(n.state, "in-service", "it is in service");
	ok(n.added == tx_now(tx), "since now");
	is_int(add(tx, ORG, "+19195550102", &owner), OK, "another");
	is_int(add(tx, ORG, "12345", &owner), OK, "a short code");
	is_int(numbers_list(tx, ORG, NULL, 10, arena, &list, &count), OK, "the list");
	ok(count == 3 && strcmp(list[0].number, "+19195550101") == 0 &&
		strcmp(list[2].number, "12345") == 0,
	    "has all in order");
	is_int(numbers_list(tx, ORG, "+19195550101", 1, arena, &list, &count), OK,
	    "a page behind one");
	ok(count == 1 && strcmp(list[0].number, "+19195550102") == 0, "begins with the next");
	return OK;
}

static enum result
picking(struct tx *tx, void *arg)
{
	const char *one, *two, *three;
	struct number *list;
	size_t count, i;

	(void)arg;
	one = pick(tx);
	two = pick(tx);
	three = pick(tx);
	ok(strcmp(one, two) != 0 && strcmp(two, three) != 0 && strcmp(one, three) != 0,
	    "three picks give three numbers");
	for (i = 0; i < 30; i++) {
		if (strcmp(pick(tx), i % 3 == 0 ? one : i % 3 == 1 ? two : three) != 0)
			break;
	}
	is_int(i, 30, "and go on in turns, also within a millisecond");
	is_int(numbers_list(tx, ORG, NULL, 10, arena, &list, &count), OK, "the list");
	for (i = 0; i < count; i++)
		ok(list[i].last_use >= tx_now(tx), "%s was used now", list[i].number);
	return OK;
}

static enum result
leaving(struct tx *tx, void *arg)
{
	struct number n;
	uint32_t owner;
	size_t i;

	(void)arg;
	is_int(set_state(tx, "12345", "draining"), OK, "one is draining");
	is_int(numbers_remove(tx, ORG, "+19195550102"), OK, "one is removed");
	for (i = 0; i < 5 && strcmp(pick(tx), "+19195550101") == 0; i++)
		;
	is_int(i, 5, "only the third is picked");
	is_int(numbers_get(tx, ORG, "+19195550102", false, arena, &n), OK,
	    "a removed number is still known");
	is_str(n.state, "gone", "as gone");
	is_int(add(tx, ORG + 1, "+19195550102", &owner), OK, "another organization may have it");
	is_int(set_state(tx, "+19195550102", "in-service"), EXISTS, "then we can't take it back");
	is_int(add(tx, ORG, "+19195550102", &owner), EXISTS, "nor add it");
	is_int(owner, ORG + 1, "because it is theirs");
	is_int(set_state(tx, "12345", "in-service"), OK, "a draining one may come back");
	is_str(pick(tx), "12345", "and it is its turn");
	is_int(set_state(tx, "12345", "in-service"), OK, "putting it again changes no order");
	is_str(pick(tx), "+19195550101", "the other one's turn");
	is_int(numbers_remove(tx, ORG, "+1"), NOT_FOUND, "a number that was never here");
	is_int(numbers_remove(tx, ORG, "12345"), OK, "it goes");
	is_int(add(tx, ORG, "12345", &owner), OK, "and is bought again");
	is_str(pick(tx), "12345", "then it is the first");
	return OK;
}

/* ---- many at once ------------------------------------------------------------------ */

#define THREADS 8
#define PICKS 100
#define NUMBERS 10

static enum result
many_numbers(struct tx *tx, void *arg)
{
	char number[24];
	uint32_t owner;
	enum result r = OK;
	int i;

	(void)arg;
	for (i = 0; r == OK && i < NUMBERS; i++) {
		(void)snprintf(number, sizeof number, "+1919555%04d", 1000 + i);
		r = add(tx, 9, number, &owner);
	}
	return r;
}

static enum result
pick_one(struct tx *tx, void *arg)
{
	const char *number;
	enum result r = numbers_pick(tx, 9, NULL, tx_arena(tx), &number);

	if (r == OK)
		*(int *)arg = number[strlen(number) - 1] - '0';
	return r;
}

static void *
picker(void *arg)
{
	int *counts = arg, which;
	int i;

	for (i = 0; i < PICKS; i++) {
		if (store_run(try_store, pick_one, &which) == OK)
			counts[which]++;
	}
	return NULL;
}

static void
together(void)
{
	pthread_t threads[THREADS];
	static int counts[THREADS][NUMBERS];
	int i, j, sum;

	try_run(many_numbers, NULL);
	for (i = 0; i < THREADS; i++)
		(void)pthread_create(&threads[i], NULL, picker, counts[i]);
	for (i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	for (j = 0; j < NUMBERS; j++) {
		for (i = 0, sum = 0; i < THREADS; i++)
			sum += counts[i][j];
		is_int(sum, THREADS * PICKS / NUMBERS,
		    "number %d was picked as often as the others", j);
	}
}

/* ---- ranges --------------------------------------------------------------------- */

#define LISTS (ORG + 3)

/* "0101 0103": the last digits of those in a range, at most four of them. */
static const char *
found(struct tx *tx, const char *state, const char *begins, const char *after)
{
	const struct number_range range = {.state = state, .begins = begins, .after = after};
	const char *text = "";
	struct number *list;
	size_t count, i;

	if (numbers_find(tx, LISTS, &range, 4, arena, &list, &count) != OK)
		return "failed";
	for (i = 0; i < count; i++)
		text = arena_fmt(arena, "%s%s%s", text, i > 0 ? " " : "",
		    list[i].number + strlen(list[i].number) - 4);
	return text;
}

static enum result
ranges(struct tx *tx, void *arg)
{
	static const char *const numbers[] = {"+19365550100", "+19375550101", "+19375550102",
	    "+19375550103", "+19375550104", "+19375550105", "+19385550106"};
	struct number n;
	uint32_t owner;
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		(void)add(tx, LISTS, numbers[i], &owner);
	(void)add(tx, LISTS + 1, "+19375550107", &owner);
	is_str(found(tx, NULL, NULL, NULL), "0100 0101 0102 0103", "all, as far as asked for");
	is_str(found(tx, NULL, NULL, "+19375550103"), "0104 0105 0106", "behind one of them");
	is_str(found(tx, NULL, "+1937", NULL), "0101 0102 0103 0104", "of an area code");
	is_str(found(tx, NULL, "+1937", "+19375550104"), "0105", "and no further than it goes");
	is_str(found(tx, NULL, "+1212", NULL), "", "of another one");
	is_str(found(tx, NUMBER_DRAINING, NULL, NULL), "", "none in a state");
	(void)numbers_get(tx, LISTS, "+19375550102", true, arena, &n);
	n.state = NUMBER_DRAINING;
	(void)numbers_put(tx, &n);
	(void)numbers_remove(tx, LISTS, "+19385550106");
	(void)numbers_remove(tx, LISTS, "+19375550105");
	is_str(found(tx, NUMBER_DRAINING, NULL, NULL), "0102", "one in it");
	is_str(found(tx, NUMBER_GONE, NULL, NULL), "0105 0106", "others in another");
	is_str(found(tx, NUMBER_GONE, NULL, "+19375550105"), "0106", "behind the first");
	is_str(found(tx, NUMBER_GONE, "+1938", NULL), "0106", "of an area code");
	is_str(found(tx, NUMBER_IN_SERVICE, "+1937", NULL), "0101 0103 0104", "and who is left");
	(void)add(tx, LISTS, "+19385550106", &owner);
	is_str(found(tx, NUMBER_GONE, NULL, NULL), "0105", "one that came back has left the list");
	return OK;
}

int
main(void)
{
	arena = arena_new();
	try_open();
	try_run(adding, NULL);
	try_run(picking, NULL);
	try_run(leaving, NULL);
	try_run(ranges, NULL);
	together();
	try_close();
	arena_free(arena);
	return done_testing();
}
