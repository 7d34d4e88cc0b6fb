/*
 * fill.c: fills an organization with texts that came in, as many years of work leave them: the
 * messages with all their indexes, their people, and the memory of duplicates, but not the events
 * as received, which go after 90 days.  It writes with the store's own verbs.
 *
 *   fill ORG COUNT PEOPLE      settings come from the environment, as for spokectl
 *
 * Texts are spread over two years and over PEOPLE of the load's eight million.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/settings.h"
#include "store/contacts.h"
#include "store/events.h"
#include "store/figures.h"
#include "store/messages.h"
#include "store/numbers.h"
#include "store/store.h"

#define PIECE 200 /* texts in a transaction */
/* Texts between two checkpoints, each of which writes every page that changed: they lie all over. */
#define TEND 200000
#define YEARS_MS (INT64_C(2) * 365 * CLOCK_DAY)
#define LOAD_PEOPLE 8000000

struct filling {
	uint32_t org;
	int64_t first, total, people;
	int64_t begun;
	const char *number;
};

static enum result
add(struct tx *tx, const struct filling *f, int64_t n)
{
	struct arena *a = tx_arena(tx);
	int64_t then = f->begun - YEARS_MS + YEARS_MS / f->total * n;
	/* Person and order have nothing to do with each other. */
	int64_t person = (int64_t)((uint64_t)n * 2654435761u % (uint64_t)f->people) * (LOAD_PEOPLE / f->people);
	unsigned char seen[32];
	char id[MESSAGE_ID];
	struct contact c;
	struct message m = {.org = f->org,
	    .contact_number = arena_fmt(a, "+1919%03d%04d", 200 + (int)(person / 10000), (int)(person % 10000)),
	    .user_number = f->number,
	    .text = "Yes, I can come on Saturday. Where do we meet?",
	    .segments = 1,
	    .service_id = arena_fmt(a, "%lld-fill-%lld", (long long)then, (long long)n),
	    .created = then,
	    .sent = then};
	enum result r = EXISTS;

	message_set_state(&m, STATE_RECEIVED);
	crypto_sha256(m.service_id, strlen(m.service_id), seen);
	r = seen_add(tx, f->org, seen);
	if (r == OK)
		r = contacts_get(tx, f->org, m.contact_number, true, a, &c);
	if (r != OK && r != NOT_FOUND)
		return r;
	c.last_in = then;
	c.user_number = f->number;
	if (c.sticky_since == 0)
		c.sticky_since = then;
	r = contacts_put(tx, &c);
	for (int i = 0; i < 8 && r == OK; i++) {
		message_id_new(then, id);
		m.id = id;
		r = messages_put(tx, NULL, &m);
		if (r != EXISTS)
			break;
		r = OK;
	}
	return r == OK ? figures_count(tx, f->org, f->number, FIGURE_IN) : r;
}

static enum result
add_piece(struct tx *tx, void *arg)
{
	const struct filling *f = arg;
	struct number *list;
	size_t count;
	struct filling g = *f;
	enum result r = numbers_list(tx, f->org, NULL, 1, tx_arena(tx), &list, &count);

	if (r != OK || count == 0)
		return r == OK ? NOT_FOUND : r;
	g.number = list[0].number;
	for (int64_t n = f->first; r == OK && n < f->first + PIECE && n < f->total; n++)
		r = add(tx, &g, n);
	return r;
}

static int
fill(struct store *store, struct filling *f)
{
	enum result r = OK;

	f->begun = clock_now();
	for (; r == OK && f->first < f->total; f->first += PIECE) {
		r = store_run(store, add_piece, f);
		if (f->first % TEND == 0)
			store_tend(store);
	}
	if (r == OK)
		r = store_flush(store);
	if (r != OK)
		fprintf(stderr, "fill: ended with %d at %lld\n", (int)r, (long long)f->first);
	return r == OK ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct buf why = BUF_INIT(8192);
	struct arena *arena = arena_new();
	struct settings settings;
	struct store *store = NULL;
	struct filling f = {0};
	int64_t org;
	int status = 1;

	if (argc != 4 || parse_i64(argv[1], strlen(argv[1]), 1, UINT32_MAX, &org) != 0 ||
	    parse_i64(argv[2], strlen(argv[2]), 1, 100000000, &f.total) != 0 ||
	    parse_i64(argv[3], strlen(argv[3]), 1, LOAD_PEOPLE, &f.people) != 0) {
		fprintf(stderr, "usage: fill ORG COUNT PEOPLE\n");
		return 2;
	}
	f.org = (uint32_t)org;
	if (settings_load(arena, "/nonexistent", &settings, &why) == 0) {
		struct store_options options = {.dir = settings.data_dir,
		    .cache_bytes = settings.cache_bytes,
		    .stall_seconds = 600};

		if (store_open(&options, &store, &why) == OK)
			status = fill(store, &f);
		store_close(store);
	}
	if (store == NULL)
		fprintf(stderr, "fill: %s\n", buf_str(&why));
	buf_free(&why);
	arena_free(arena);
	return status;
}
