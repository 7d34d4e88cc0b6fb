/*
 * Promise: whichever call to the engine fails, the caller is told, nothing of the transaction is
 * kept, and the next one works; a deadlock at any place is tried again, and its effect happens
 * once.  A store that cannot be made or opened says why, and can be made or opened later.
 */
#include <db.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/parse.h"
#include "common.h"
#include "faulty.h"
#include "store/format.h"
#include "unit/tap.h"

#define CALLS_MAX 300

static struct store *st;

/* ---- one transaction of everything --------------------------------------------------------- */

/* Counts one up in T_META, which shows how often it took effect. */
static enum result
count_up(struct tx *tx)
{
	struct key k = test_key(1, 1);
	struct bytes v = {"", 0};
	uint64_t n = 0;
	char text[24];
	enum result r = kv_get(tx, T_META, &k, true, &v);
	if (r == OK && parse_u64(v.p, v.n, 0, UINT64_MAX, &n) != 0)
		return DAMAGED;
	if (r != OK && r != NOT_FOUND)
		return r;
	int len = snprintf(text, sizeof text, "%llu", (unsigned long long)n + 1);
	return kv_put(tx, T_META, &k, text, (size_t)len);
}

/* Walks the entries under 2 of T_ORGS and deletes them. */
static enum result
walk(struct tx *tx)
{
	struct key prefix;
	struct bytes key;
	enum result r;
	key_start(&prefix);
	key_u64(&prefix, 2);
	struct cursor *c = cursor_open(tx, T_ORGS, &prefix, NULL, true);
	cursor_for_update(c);
	while ((r = cursor_next(c, &key, NULL)) == OK)
		if ((r = cursor_del(c)) != OK)
			return r;
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

static enum result
everything(struct tx *tx, void *arg)
{
	struct key a = test_key(2, 1), b = test_key(2, 2), gone = test_key(3, 1);
	enum result r;
	(void)arg;
	if ((r = count_up(tx)) != OK || (r = kv_put(tx, T_ORGS, &a, "a", 1)) != OK ||
	    (r = kv_put_new(tx, T_ORGS, &b, "b", 1)) != OK ||
	    (r = kv_put(tx, T_SECRETS, &gone, "s", 1)) != OK ||
	    (r = kv_del(tx, T_SECRETS, &gone)) != OK)
		return r;
	return walk(tx);
}

static enum result
read_count(struct tx *tx, void *arg)
{
	struct key k = test_key(1, 1);
	struct bytes v;
	enum result r = kv_get(tx, T_META, &k, false, &v);
	if (r == OK)
		(void)parse_u64(v.p, v.n, 0, UINT64_MAX, arg);
	return r;
}

static uint64_t
counted(void)
{
	uint64_t n = 0;
	(void)store_read(st, read_count, &n);
	return n;
}

typedef enum result (*runner)(struct store *, tx_fn, void *);

/*
 * Runs it with the first call failing, the second, and so on until none is left: each time the
 * result must be want, and the effect kept or not accordingly.
 */
static void
fail_each(runner run, int error, enum result want, const char *what)
{
	int wrong = 0, at;
	for (at = 1; at < CALLS_MAX; at++) {
		uint64_t before = counted();
		faulty_begin(FAULTY_KV, at, error);
		enum result r = run(st, everything, NULL);
		if (faulty_end() == 0)
			break;
		bool kept = counted() == before + (want == OK);
		if (r != want || !kept) {
			printf(
			    "# call %d: result %d, %s\n", at, (int)r, kept ? "" : "kept wrongly");
			wrong++;
		}
		is_int(
		    run(st, everything, NULL), OK, "%s, at call %d: the next one works", what, at);
	}
	ok(wrong == 0 && at > 10, "%s, at any of %d calls: the result is %d", what, at - 1,
	    (int)want);
}

static void
transactions(void)
{
	st = test_open(&(struct store_options){.dir = test_options().dir, .cache_bytes = 2 << 20});
	is_int(store_run(st, everything, NULL), OK, "all tables are open");
	fail_each(store_run, ENOMEM, BUSY, "no memory");
	fail_each(store_run, EIO, FAILED, "a disk that does not read");
	fail_each(store_run, DB_PAGE_NOTFOUND, DAMAGED, "a damaged table");
	fail_each(store_run, DB_LOCK_DEADLOCK, OK, "a deadlock");
	fail_each(store_run_durably, ENOMEM, BUSY, "no memory, durably");
	fail_each(store_run_durably, DB_LOCK_NOTGRANTED, OK, "a lock that is not granted, durably");
	faulty_begin(FAULTY_KV, -1, DB_LOCK_DEADLOCK);
	int64_t began = test_ms();
	is_int(
	    store_run(st, everything, NULL), BUSY, "one deadlock after the other: BUSY in the end");
	ok(test_ms() - began < 4000, "after two seconds or so");
	(void)faulty_end();
}

/* ---- misuse, which must not write anything --------------------------------------------------- */

static enum result
misuse(struct tx *tx, void *arg)
{
	struct key prefix = test_key(4, 1), bad;
	struct bytes key;
	struct cursor *c;
	(void)kv_put(tx, T_ORGS, &prefix, "x", 1);
	key_start(&bad);
	for (int i = 0; i <= KEY_MAX; i++)
		key_u8(&bad, 1);
	switch (*(int *)arg) {
	case 0: /* a prefix that does not fit */
		c = cursor_open(tx, T_ORGS, &bad, NULL, false);
		ok(cursor_next(c, &key, NULL) == FAILED, "it walks nowhere");
		break;
	case 1: /* deleting before there is an entry */
		ok(cursor_del(cursor_open(tx, T_ORGS, &prefix, NULL, false)) == FAILED,
		    "nothing is deleted");
		break;
	default: /* going on in a broken transaction */
		(void)cursor_del(cursor_open(tx, T_ORGS, &prefix, NULL, false));
		c = cursor_open(tx, T_ORGS, &prefix, NULL, false);
		ok(cursor_next(c, &key, NULL) == FAILED && cursor_del(c) == FAILED,
		    "a broken transaction walks and deletes nothing");
	}
	return OK;
}

static enum result
deleted_twice(struct tx *tx, void *arg)
{
	struct key k = test_key(4, 2);
	struct bytes key;
	(void)arg;
	if (kv_put(tx, T_ORGS, &k, "x", 1) != OK)
		return FAILED;
	struct cursor *c = cursor_open(tx, T_ORGS, &k, NULL, false);
	is_int(cursor_next(c, &key, NULL), OK, "a cursor stands on an entry");
	is_int(kv_del(tx, T_ORGS, &k), OK, "which is deleted under it");
	is_int(cursor_del(c), NOT_FOUND, "deleting it once more finds nothing");
	return OK;
}

static enum result
is_there(struct tx *tx, void *arg)
{
	struct key k = test_key(4, 1);
	struct bytes v;
	(void)arg;
	return kv_get(tx, T_ORGS, &k, false, &v);
}

static void
wrong_calls(void)
{
	static const char *const what[] = {
	    "a key that does not fit", "a cursor on no entry", "what follows"};
	for (int i = 0; i < 3; i++) {
		is_int(store_run(st, misuse, &i), FAILED, "%s breaks the transaction", what[i]);
		is_int(store_read(st, is_there, NULL), NOT_FOUND, "of which nothing is kept");
	}
	is_int(store_run(st, deleted_twice, NULL), OK, "that is no error");
}

/* ---- the disk --------------------------------------------------------------------------------- */

static void
flushing(void)
{
	is_int(store_run(st, everything, NULL), OK, "something is written");
	faulty_begin(FAULTY_FLUSH, 1, ENOSPC);
	is_int(store_flush(st), FAILED, "with a full disk, it is not durable");
	is_int(store_flush(st), OK, "once there is room, it is");
	is_int(faulty_board->calls, 2, "which the engine was asked for again");
	is_int(store_flush(st), OK, "what is durable is");
	is_int(faulty_board->calls, 2, "not flushed twice");
	(void)faulty_end();
	uint64_t before = counted();
	faulty_begin(FAULTY_FLUSH, 1, ENOSPC);
	is_int(store_run_durably(st, everything, NULL), FAILED, "nor does a request get OK");
	is_int(faulty_end(), 1, "when the flush fails");
	ok(counted() - before <= 1, "it may have happened, at most once");

	faulty_begin(FAULTY_TEND, 1, ENOSPC);
	is_int(store_settle(st), FAILED, "a checkpoint that fails is told of");
	is_int(store_settle(st), OK, "and works later");
	(void)faulty_end();
	faulty_begin(FAULTY_TEND, -1, ENOSPC);
	usleep(60000);
	store_tend(st);
	ok(faulty_end() == 1, "a checkpoint in passing fails once, and quietly");
	is_int(store_run_durably(st, everything, NULL), OK, "work goes on");
}

static void
dumping(void)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	ok(full >= 0 && store_dump(st, full) == FAILED, "a dump that cannot be written fails");
	(void)close(full);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	is_int(store_dump(st, null), OK, "one that can is complete");
	faulty_begin(FAULTY_WALK, 5, EIO);
	is_int(store_dump(st, null), FAILED, "one that meets an error says so");
	(void)faulty_end();
	(void)close(null);
}

/* ---- opening ---------------------------------------------------------------------------------- */

static enum result
try_open_store(bool create, struct buf *why)
{
	struct store_options o = test_options();
	o.create = create;
	buf_reset(why);
	st = NULL;
	return store_open(&o, &st, why);
}

/*
 * Makes a new store with the first call failing, the second, and so on; the tables, which are
 * all made in the same way, at some places only.
 */
static void
making(void)
{
	struct buf why = BUF_INIT(2000);
	const char *const rm[] = {"rm", "-rf", test_options().dir, NULL};
	int bad = 0, failed = 0, at;
	for (at = 1; at < CALLS_MAX; at += at < 8 ? 1 : 29) {
		(void)test_command(rm);
		faulty_begin(FAULTY_OPEN | FAULTY_BEGIN | FAULTY_END | FAULTY_FLUSH, at, ENOSPC);
		enum result r = try_open_store(true, &why);
		int hits = faulty_end();
		store_close(st);
		if (hits == 0)
			break;
		failed += r != OK;
		if (r != OK && why.len == 0 && bad++ < 3)
			printf("# call %d: no reason\n", at);
		if ((r = try_open_store(true, &why)) != OK && bad++ < 3)
			printf("# after call %d: result %d: %s\n", at, (int)r, buf_str(&why));
		if (r == OK && store_run(st, everything, NULL) != OK && bad++ < 3)
			printf("# after call %d: it does not work\n", at);
		store_close(st);
	}
	ok(failed > 10, "a new store that cannot be finished, at %d places, is no store", failed);
	is_int(bad, 0, "it says why, and can be made later");
	buf_free(&why);
}

/* Opens it, recovering when asked, with the first call failing, and so on. */
static void
opening(bool recover, int error)
{
	struct buf why = BUF_INIT(2000);
	int bad = 0, at, hits = 1;
	for (at = 1; at < CALLS_MAX && hits > 0; at++) {
		if (recover)
			(void)unlink(test_path("data/gate"));
		faulty_begin(FAULTY_OPEN | FAULTY_TEND | FAULTY_FLUSH, at, error);
		enum result r = try_open_store(false, &why);
		hits = faulty_end();
		if (r != OK && why.len == 0 && bad++ < 3)
			printf("# call %d: no reason\n", at);
		if (r != OK && (r = try_open_store(false, &why)) != OK && bad++ < 3)
			printf("# after call %d: result %d: %s\n", at, (int)r, buf_str(&why));
		if (counted() == 0 && bad++ < 3)
			printf("# after call %d: it is empty\n", at);
		store_close(st);
	}
	ok(bad == 0 && at > 2, "%s, with any of %d calls failing (%d): then or later, as it was",
	    recover ? "recovering" : "opening", at - 2, error);
	buf_free(&why);
}

int
main(void)
{
	/* What fails here is logged as it should be, some hundred times. */
	if (getenv("SPOKE_TEST_LOG") == NULL && freopen("/dev/null", "w", stderr) == NULL)
		return 1;
	test_create(&(struct store_options){.dir = test_options().dir, .cache_bytes = 2 << 20});
	transactions();
	wrong_calls();
	flushing();
	dumping();
	store_close(st);
	making();
	st = test_open(&(struct store_options){.dir = test_options().dir, .cache_bytes = 2 << 20});
	is_int(store_run_durably(st, everything, NULL), OK, "the last one made is used");
	store_close(st);
	opening(false, ENOSPC);
	opening(false, EIO);
	opening(true, ENOSPC);
	opening(true, EIO);
	return done_testing();
}
