/*
 * Promise: entries are read back as they were written, in the order of their
 * keys; a transaction happens whole or not at all, whatever its function overlooks.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "common.h"
#include "unit/tap.h"

static struct store *st;

/* ---- keys -------------------------------------------------------------- */

static void
keys(void)
{
	struct key k, small, large;
	uint8_t u8 = 0;
	uint32_t u32 = 0;
	uint64_t u64 = 0;
	const char *s = NULL;
	char raw[3];
	key_start(&k);
	key_u8(&k, 7);
	key_u32(&k, 0x01020304);
	key_u64(&k, UINT64_MAX - 1);
	key_text(&k, "text");
	key_bytes(&k, "a\0b", 3);
	is_int(k.n, 1 + 4 + 8 + 5 + 3, "a key has the length of its parts");
	struct key_reader r = {k.b, k.n};
	ok(key_read_u8(&r, &u8) == 0 && u8 == 7, "a byte comes back");
	ok(key_read_u32(&r, &u32) == 0 && u32 == 0x01020304, "a u32 comes back");
	ok(key_read_u64(&r, &u64) == 0 && u64 == UINT64_MAX - 1, "a u64 comes back");
	ok(key_read_text(&r, &s) == 0, "text comes back");
	is_str(s, "text", "and is the same");
	ok(key_read_bytes(&r, raw, 3) == 0 && memcmp(raw, "a\0b", 3) == 0, "bytes come back");
	is_int(r.left, 0, "nothing is left");
	ok(key_read_u8(&r, &u8) == -1 && key_read_u32(&r, &u32) == -1 &&
		key_read_text(&r, &s) == -1,
	    "reading past the end fails");
	r.p = (const unsigned char *)"abc";
	r.left = 3;
	ok(key_read_text(&r, &s) == -1, "text without its NUL fails");
	key_start(&small);
	key_u32(&small, 255);
	key_start(&large);
	key_u32(&large, 256);
	ok(memcmp(small.b, large.b, 4) < 0, "keys sort as their numbers");
	key_start(&k);
	for (int i = 0; i < KEY_MAX; i++)
		key_u8(&k, 1);
	ok(!k.failed, "a key of KEY_MAX bytes fits");
	key_u8(&k, 1);
	ok(k.failed && k.n == KEY_MAX, "one byte more marks it as failed");
	key_start(&k);
	key_text(&k, NULL);
	ok(k.failed, "text that is NULL marks it as failed");
}

/* ---- one entry --------------------------------------------------------- */

static enum result
entry(struct tx *tx, void *arg)
{
	struct key k = test_key(1, 1), absent = test_key(1, 2), bad;
	struct bytes v = {NULL, 0};
	char *big = arena_alloc(tx_arena(tx), 100000);
	(void)arg;
	memset(big, 'x', 100000);
	is_int(kv_get(tx, T_META, &k, false, &v), NOT_FOUND, "what was not written is not found");
	is_int(kv_del(tx, T_META, &k), NOT_FOUND, "nor deleted");
	is_int(kv_put_new(tx, T_META, &k, "one", 3), OK, "a new entry is written");
	is_int(kv_put_new(tx, T_META, &k, "two", 3), EXISTS, "and not written over as new");
	is_int(kv_get(tx, T_META, &k, true, &v), OK, "it is read for update");
	ok(v.n == 3 && memcmp(v.p, "one", 4) == 0, "with its value, and a NUL behind it");
	is_int(kv_put(tx, T_META, &k, big, 100000), OK, "a value of many pages is written");
	is_int(kv_get(tx, T_META, &k, false, &v), OK, "and read");
	ok(v.n == 100000 && memcmp(v.p, big, v.n) == 0, "as it was");
	is_int(kv_put(tx, T_META, &k, "", 0), OK, "an empty value is written");
	ok(kv_get(tx, T_META, &k, false, &v) == OK && v.n == 0 && v.p != NULL,
	    "and read as empty, not NULL");
	is_int(kv_put(tx, T_ORGS, &k, "o", 1), OK, "the same key in another table");
	is_int(kv_del(tx, T_META, &k), OK, "is not touched by deleting");
	is_int(kv_get(tx, T_ORGS, &k, false, &v), OK, "in the first");
	is_int(kv_get(tx, T_META, &absent, false, &v), NOT_FOUND, "NOT_FOUND breaks nothing");
	ok(tx_now(tx) > INT64_C(1500000000000), "tx_now is wall time");
	key_start(&bad);
	for (int i = 0; i <= KEY_MAX; i++)
		key_u8(&bad, 1);
	(void)bad;
	return OK;
}

/* ---- all or nothing ---------------------------------------------------- */

struct half {
	enum result end;
	int how; /* 1: a failed key, overlooked; 2: an empty key; 3: a cursor left open */
};

static enum result
half(struct tx *tx, void *arg)
{
	const struct half *h = arg;
	struct key k = test_key(2, 1), bad;
	struct bytes v;
	enum result r = kv_put(tx, T_META, &k, "half", 4);
	key_start(&bad);
	for (int i = 0; h->how == 1 && i <= KEY_MAX; i++)
		key_u8(&bad, 1);
	if (h->how == 1 || h->how == 2)
		(void)kv_put(tx, T_META, &bad, "x", 1);
	if (h->how == 1 || h->how == 2)
		ok(kv_get(tx, T_META, &k, false, &v) == FAILED,
		    "a broken transaction does nothing more");
	if (h->how == 3) {
		struct bytes key;
		(void)cursor_next(cursor_open(tx, T_META, &k, NULL, false), &key, &v);
	}
	return r == OK ? h->end : r;
}

static enum result
is_half_there(struct tx *tx, void *arg)
{
	struct key k = test_key(2, 1);
	struct bytes v;
	(void)arg;
	return kv_get(tx, T_META, &k, false, &v);
}

static enum result
write_in_read(struct tx *tx, void *arg)
{
	struct key k = test_key(2, 1);
	(void)arg;
	(void)kv_put(tx, T_META, &k, "x", 1);
	return OK;
}

static void
all_or_nothing(void)
{
	struct half h = {REFUSED, 0};
	is_int(store_run(st, half, &h), REFUSED, "what the function returns is returned");
	is_int(store_read(st, is_half_there, NULL), NOT_FOUND, "and nothing is kept");
	h = (struct half){OK, 1};
	is_int(store_run(st, half, &h), FAILED, "an overlooked failure fails the transaction");
	h = (struct half){OK, 2};
	is_int(store_run(st, half, &h), FAILED, "so does an empty key");
	is_int(store_read(st, is_half_there, NULL), NOT_FOUND, "and nothing is kept");
	is_int(store_read(st, write_in_read, NULL), FAILED, "store_read does not write");
	h = (struct half){REFUSED, 3};
	is_int(store_run(st, half, &h), REFUSED, "a cursor left open is closed");
	h = (struct half){OK, 3};
	is_int(store_run(st, half, &h), OK, "also before a commit");
	is_int(store_read(st, is_half_there, NULL), OK, "which keeps everything");
	is_int(store_flush(st), OK, "and can be made durable");
}

/* ---- values larger than the room for them ------------------------------ */

#define LARGE ((size_t)600 * 1024)

static enum result
put_large(struct tx *tx, void *arg)
{
	static char much[LARGE];
	struct key small = test_key(70, 1), large = test_key(70, 2);
	(void)arg;
	memset(much, 'x', sizeof much);
	enum result r = kv_put(tx, T_EVENTS, &small, "x", 1);
	return r == OK ? kv_put(tx, T_EVENTS, &large, much, sizeof much) : r;
}

/* The first one behind an entry that was read before. */
static enum result
read_behind(struct tx *tx, void *arg)
{
	struct key prefix = test_key(70, 0), from = test_key(70, 1);
	struct bytes key, value;
	prefix.n = 8;
	from.b[from.n++] = 0;
	struct cursor *c = cursor_open(tx, T_EVENTS, &prefix, &from, false);
	enum result r = cursor_next(c, &key, &value);
	*(size_t *)arg = r == OK ? value.n : 0;
	cursor_close(c);
	return OK;
}

static enum result
drop_large(struct tx *tx, void *arg)
{
	struct key small = test_key(70, 1), large = test_key(70, 2);
	(void)arg;
	enum result r = kv_del(tx, T_EVENTS, &small);
	return r == OK ? kv_del(tx, T_EVENTS, &large) : r;
}

static void
large_values(void)
{
	size_t n = 0;
	is_int(store_run(st, put_large, NULL), OK, "an entry larger than a transaction's room");
	is_int(store_read(st, read_behind, &n), OK, "the next one behind another");
	ok(n == LARGE, "is that one (%zu bytes)", n);
	is_int(store_run(st, drop_large, NULL), OK, "and both are removed");
}

/* ---- walking ----------------------------------------------------------- */

/* Writes the walk as text: "1 2 3", or the result of an error. */
struct walk {
	struct key prefix, from;
	bool has_from, backwards;
	int most;
	char seen[200];
};

static enum result
walk(struct tx *tx, void *arg)
{
	struct walk *w = arg;
	struct bytes key, value;
	enum result r = OK;
	size_t n = 0;
	w->seen[0] = '\0';
	struct cursor *c =
	    cursor_open(tx, T_QUEUE, &w->prefix, w->has_from ? &w->from : NULL, w->backwards);
	for (int i = 0; i < w->most && (r = cursor_next(c, &key, &value)) == OK; i++)
		n += (size_t)snprintf(w->seen + n, sizeof w->seen - n, "%s%.*s", n > 0 ? " " : "",
		    (int)value.n, (const char *)value.p);
	if (r == NOT_FOUND && cursor_next(c, &key, NULL) == NOT_FOUND)
		r = OK;
	cursor_close(c);
	return r;
}

static const char *
walked(struct store *s, int prefix, int from, bool backwards, bool reading)
{
	static struct walk w;
	memset(&w, 0, sizeof w);
	key_start(&w.prefix);
	if (prefix >= 0)
		key_u8(&w.prefix, (uint8_t)prefix);
	w.from = w.prefix;
	w.has_from = from >= 0;
	if (from >= 0)
		key_u8(&w.from, (uint8_t)from);
	w.backwards = backwards;
	w.most = 100;
	if ((reading ? store_read(s, walk, &w) : store_run(s, walk, &w)) != OK)
		return "failed";
	return w.seen;
}

static enum result
fill_queue(struct tx *tx, void *arg)
{
	static const unsigned char entries[][2] = {
	    {1, 10}, {1, 20}, {2, 0}, {2, 10}, {2, 20}, {2, 255}, {3, 5}, {255, 1}, {255, 255}};
	(void)arg;
	for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
		struct key k;
		char text[16];
		key_start(&k);
		key_bytes(&k, entries[i], 2);
		int n = snprintf(text, sizeof text, "%u.%u", entries[i][0], entries[i][1]);
		enum result r = kv_put(tx, T_QUEUE, &k, text, (size_t)n);
		if (r != OK)
			return r;
	}
	return OK;
}

static enum result
drain(struct tx *tx, void *arg)
{
	struct key prefix;
	struct bytes key;
	enum result r;
	(void)arg;
	key_start(&prefix);
	key_u8(&prefix, 2);
	struct cursor *c = cursor_open(tx, T_QUEUE, &prefix, NULL, false);
	cursor_for_update(c);
	while ((r = cursor_next(c, &key, NULL)) == OK)
		if (cursor_del(c) != OK)
			return FAILED;
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

static void
walking(void)
{
	is_str(walked(st, -1, -1, false, true), "", "an empty table is walked in no step");
	is_str(walked(st, 2, -1, true, true), "", "nor backwards");
	is_int(store_run(st, fill_queue, NULL), OK, "entries are written");
	for (int reading = 0; reading < 2; reading++) {
		is_str(walked(st, -1, -1, false, reading),
		    "1.10 1.20 2.0 2.10 2.20 2.255 3.5 255.1 255.255", "all, forwards");
		is_str(walked(st, -1, -1, true, reading),
		    "255.255 255.1 3.5 2.255 2.20 2.10 2.0 1.20 1.10", "all, backwards");
		is_str(
		    walked(st, 2, -1, false, reading), "2.0 2.10 2.20 2.255", "a prefix, forwards");
		is_str(
		    walked(st, 2, -1, true, reading), "2.255 2.20 2.10 2.0", "a prefix, backwards");
		is_str(walked(st, 2, 10, false, reading), "2.10 2.20 2.255", "from an entry on");
		is_str(walked(st, 2, 11, false, reading), "2.20 2.255", "from between two on");
		is_str(walked(st, 2, 10, true, reading), "2.10 2.0", "backwards from an entry");
		is_str(walked(st, 2, 11, true, reading), "2.10 2.0", "backwards from between two");
		is_str(walked(st, 2, 0, true, reading), "2.0", "backwards from the first");
		is_str(walked(st, 3, 4, true, reading), "", "backwards from before the first");
		is_str(walked(st, 3, 6, false, reading), "", "forwards from behind the last");
		is_str(walked(st, 255, -1, true, reading), "255.255 255.1",
		    "the last prefix, backwards");
		is_str(walked(st, 254, -1, true, reading), "", "a prefix with nothing, backwards");
		is_str(walked(st, 254, -1, false, reading), "", "a prefix with nothing, forwards");
	}
	is_int(store_run(st, drain, NULL), OK, "entries are deleted on the way");
	is_str(walked(st, -1, -1, false, true), "1.10 1.20 3.5 255.1 255.255", "and no others");
}

/* ---- readers and a waiting writer -------------------------------------- */

static atomic_int stage;

static enum result
write_both(struct tx *tx, void *arg)
{
	struct key k = test_key(3, 1);
	(void)arg;
	return kv_put(tx, T_TRAY, &k, "new", 3);
}

static void *
writer(void *arg)
{
	while (atomic_load(&stage) < 1)
		;
	*(enum result *)arg = store_run(st, write_both, NULL);
	atomic_store(&stage, 2);
	return NULL;
}

static enum result
nested(struct tx *tx, void *arg)
{
	struct key prefix = test_key(3, 0);
	struct bytes key, value;
	struct timespec ts = {0, 50000000};
	(void)arg;
	prefix.n = 8;
	struct cursor *outer = cursor_open(tx, T_TRAY, &prefix, NULL, false);
	enum result r = cursor_next(outer, &key, &value);
	atomic_store(&stage, 1);
	(void)nanosleep(&ts, NULL); /* the writer waits for our page by now */
	struct cursor *inner = cursor_open(tx, T_TRAY, &prefix, NULL, false);
	while (r == OK)
		r = cursor_next(inner, &key, &value);
	struct key k = test_key(3, 1);
	if (r == NOT_FOUND)
		r = kv_get(tx, T_TRAY, &k, false, &value);
	return r;
}

static void
readers(void)
{
	pthread_t t;
	enum result wrote = FAILED;
	int64_t begun = test_ms();
	uint64_t retries = store_retries(st);
	is_int(store_run(st, write_both, NULL), OK, "an entry is there");
	(void)pthread_create(&t, NULL, writer, &wrote);
	is_int(store_read(st, nested, NULL), OK,
	    "two cursors of one thread get past a waiting writer");
	(void)pthread_join(t, NULL);
	is_int(wrote, OK, "who writes in the end");
	is_int(store_retries(st), retries, "and nobody was run again for it");
	ok(test_ms() - begun < 1000, "nor waited long");
}

/* ---- many at once, dump ------------------------------------------------- */

static void
dumping(void)
{
	char line[4096];
	int lines = 0, orgs = 0;
	bool whole = true;
	FILE *f = tmpfile();
	is_int(store_dump(st, fileno(f)), OK, "the store is dumped");
	rewind(f);
	while (fgets(line, sizeof line, f) != NULL) {
		const char *tab = strchr(line, '\t');
		whole = whole && tab != NULL && strchr(tab + 1, '\t') != NULL;
		lines++;
		orgs += strcmp(line, "orgs\t00000000000000010000000000000001\to\n") == 0;
	}
	(void)fclose(f);
	is_int(orgs, 1, "an entry is one line with table, key and value");
	ok(whole, "every line has its three fields");
	/* Two more are the store's own: that its records need no upgrade. */
	is_int(lines, 1 + 1 + 1 + 1000 + 5 + 2, "with all entries of all tables");
}

static enum result
put_many(struct tx *tx, void *arg)
{
	enum result r = OK;
	(void)arg;
	for (uint64_t i = 0; i < 1000 && r == OK; i++) {
		struct key k = test_key(5, i);
		r = kv_put(tx, T_AUDIT, &k, "many", 4);
	}
	return r;
}

int
main(void)
{
	struct store_options o = test_options();
	log_set_level(LOG_ERROR - 1);
	keys();
	test_create(&o);
	st = test_open(&o);
	is_str(store_dir(st), o.dir, "the store knows where it is");
	ok(!store_leaving(st), "nobody has to leave");
	is_int(store_run(st, entry, NULL), OK, "and the transaction is committed");
	all_or_nothing();
	large_values();
	walking();
	readers();
	is_int(store_run(st, put_many, NULL), OK, "a thousand entries in one transaction");
	dumping();
	store_tend(st);
	store_close(st);
	store_close(NULL);
	st = test_open(&o);
	ok(!store_was_recovered(st), "after closing in order no recovery is needed");
	is_str(walked(st, 1, -1, false, true), "1.10 1.20", "and everything is there");
	store_close(st);
	return done_testing();
}
