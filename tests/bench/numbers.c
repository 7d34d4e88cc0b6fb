/*
 * numbers.c: how many numbers a second are picked, each pick durable, with 1, 1,000 and 50,000
 * numbers, beside plain durable transactions of the same store in the same run; and how the
 * same picks go with the contact's area code preferred and a daily limit.
 *
 * numbers DIR [SECONDS]: DIR must not hold a store that matters.  Prints lines "name rate".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/parse.h"
#include "store/numbers.h"
#include "store/rec.h"
#include "store/store.h"

#define PIECE 100

static struct store *store;
static int64_t lasts = 2000; /* ms for each figure */

struct adding {
	uint32_t org;
	int first;
	int count;
};

static enum result
add(struct tx *tx, void *arg)
{
	const struct adding *x = arg;
	enum result r = OK;
	uint32_t owner;
	int i;

	for (i = 0; r == OK && i < x->count; i++) {
		int n = x->first + i;
		struct number number = {.org = x->org,
		    .number = arena_fmt(tx_arena(tx), "+1%03d%03d%04d",
			200 + (int)x->org * 100 + n % 50, 200 + n / 10000, n % 10000)};

		r = numbers_add(tx, &number, &owner);
	}
	return r;
}

struct picking {
	uint32_t org;
	struct number_pick want;
	bool count;
};

static enum result
pick(struct tx *tx, void *arg)
{
	const struct picking *x = arg;
	const char *number;
	enum result r = numbers_pick(tx, x->org, &x->want, tx_arena(tx), &number);

	return r == OK && x->count ? numbers_new_contact(tx, x->org, number, x->want.new_max) : r;
}

/* The same amount of writing without any rule: one record of a pick's size. */
static enum result
plain(struct tx *tx, void *arg)
{
	static int64_t at;
	struct key k;

	(void)arg;
	key_org(&k, 9);
	key_u64(&k, (uint64_t)++at % 1000);
	return kv_put(tx, T_COUNTERS, &k, "{\"use\":1795471000000,\"new_day\":20780}", 37);
}

/* Runs durable transactions for a while; how many a second. */
static double
rate(tx_fn fn, void *arg)
{
	int64_t began = clock_mono(), n = 0, took;
	enum result r = OK;

	do {
		r = store_run(store, fn, arg);
		if (r == OK)
			r = store_flush(store);
		n++;
		took = clock_mono() - began;
	} while (r == OK && took < lasts);
	if (r != OK) {
		fprintf(stderr, "numbers: result %d\n", (int)r);
		exit(1);
	}
	store_tend(store);
	return (double)n * 1000 / (double)took;
}

static void
fill(uint32_t org, int count)
{
	struct adding x = {.org = org};

	for (; x.first < count; x.first += x.count) {
		x.count = count - x.first < PIECE ? count - x.first : PIECE;
		if (store_run(store, add, &x) != OK) {
			fprintf(stderr, "numbers: could not be added\n");
			exit(1);
		}
	}
	(void)store_flush(store);
	store_tend(store);
}

int
main(int argc, char **argv)
{
	static const int counts[] = {1, 1000, 50000};
	struct store_options options = {
	    .cache_bytes = 8 << 20, .stall_seconds = 60, .create = true};
	struct buf why = BUF_INIT(1000);
	uint32_t org;

	if (argc < 2 || (argc > 2 && parse_i64(argv[2], strlen(argv[2]), 1, 600, &lasts) != 0)) {
		fprintf(stderr, "usage: numbers DIR [SECONDS]\n");
		return 2;
	}
	if (argc > 2)
		lasts *= CLOCK_SECOND;
	log_set_level(LOG_ERROR);
	options.dir = argv[1];
	if (store_open(&options, &store, &why) != OK) {
		fprintf(stderr, "numbers: %s\n", buf_str(&why));
		return 1;
	}
	printf("plain %.0f\n", rate(plain, NULL));
	for (org = 1; org <= sizeof counts / sizeof counts[0]; org++) {
		struct picking any = {.org = org};
		struct picking ruled = {.org = org,
		    .want = {.area = arena_fmt(arena_new(), "%03d", 207 + (int)org * 100),
			.new_max = 100000},
		    .count = true};

		fill(org, counts[org - 1]);
		printf("%d %.0f %.0f\n", counts[org - 1], rate(pick, &any), rate(pick, &ruled));
	}
	store_close(store);
	buf_free(&why);
	return 0;
}
