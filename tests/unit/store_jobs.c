/*
 * store_jobs.c: the promises of jobs.h.
 */
#include "base/clock.h"
#include "store/jobs.h"
#include "store/meta.h"
#include "store/rec.h"
#include "store_try.h"

static struct arena *arena;

static struct job
fresh(int64_t org, const char *kind, int64_t due)
{
	return (struct job){.org = org, .kind = kind, .due = due, .by = "ann@example.org"};
}

static enum result
life(struct tx *tx, void *arg)
{
	struct job j = fresh(1, "credentials", 0), k;
	int64_t now = tx_now(tx), due;

	(void)arg;
	ok(jobs_earliest(tx, &due) == OK && due == INT64_MAX, "without jobs nothing is due");
	is_int(jobs_first(tx, INT64_MAX, arena, &k), NOT_FOUND, "ever");
	is_int(jobs_add(tx, &j, false), OK, "a job is added");
	ok(j.id != NULL && strcmp(j.state, "waiting") == 0 && j.due == now, "it waits, due now");
	ok(jobs_earliest(tx, &due) == OK && due == now, "it is the earliest");
	ok(jobs_first(tx, now, arena, &k) == OK && strcmp(k.id, j.id) == 0, "and the first");
	k.state = "running";
	k.started = now;
	is_int(jobs_put(tx, &k), OK, "it is begun");
	is_int(jobs_first(tx, now, arena, &j), NOT_FOUND, "nobody else begins it");
	ok(jobs_first(tx, now + JOB_LEASE, arena, &j) == OK && strcmp(j.id, k.id) == 0,
	    "until it counts as abandoned");
	k.state = "done";
	k.finished = now;
	k.result = "All is well.";
	is_int(jobs_put(tx, &k), OK, "it is done");
	is_int(jobs_first(tx, INT64_MAX, arena, &j), NOT_FOUND, "then it is never due");
	ok(jobs_get(tx, k.id, false, arena, &j) == OK && strcmp(j.result, "All is well.") == 0,
	    "but known");
	is_int(jobs_get(tx, "x", false, arena, &j), NOT_FOUND, "no id, no job");
	k.id = "0000000000000001";
	is_int(jobs_put(tx, &k), NOT_FOUND, "a job that was never added is not put");
	return OK;
}

static enum result
order(struct tx *tx, void *arg)
{
	int64_t now = tx_now(tx);
	struct job late = fresh(1, "sync", now + 2000), early = fresh(1, "sync", now + 1000), j;
	struct job same = fresh(1, "sync", 0), other = fresh(2, "sync", now + 3000);

	(void)arg;
	is_int(jobs_add(tx, &late, false), OK, "a late one");
	is_int(jobs_add(tx, &early, false), OK, "an early one");
	is_int(jobs_first(tx, now, arena, &j), NOT_FOUND, "neither is due yet");
	ok(jobs_first(tx, now + 5000, arena, &j) == OK && strcmp(j.id, early.id) == 0,
	    "then the early one");
	is_int(jobs_add(tx, &same, true), OK, "a third of the kind, once only");
	ok(strcmp(same.id, early.id) == 0 || strcmp(same.id, late.id) == 0, "is one that waits");
	is_int(jobs_add(tx, &other, true), OK, "for another organization");
	ok(strcmp(other.id, early.id) != 0 && strcmp(other.id, late.id) != 0, "it is a new one");
	ok(jobs_last(tx, 1, "sync", arena, &j) == OK && strcmp(j.id, early.id) == 0,
	    "the last of a kind");
	is_int(jobs_last(tx, 3, "sync", arena, &j), NOT_FOUND, "of an organization");
	is_int(jobs_get(tx, early.id, true, arena, &j), OK, "a job");
	j.due = now + 9000;
	is_int(jobs_put(tx, &j), OK, "is put off");
	ok(jobs_first(tx, now + 5000, arena, &j) == OK && strcmp(j.id, late.id) == 0,
	    "then another is first");
	return OK;
}

static enum result
running_is_not_waiting(struct tx *tx, void *arg)
{
	struct job one = fresh(4, "credentials", 0), two = fresh(4, "credentials", 0), j;

	(void)arg;
	is_int(jobs_add(tx, &one, true), OK, "a job");
	is_int(jobs_get(tx, one.id, true, arena, &j), OK, "it");
	j.state = "running";
	is_int(jobs_put(tx, &j), OK, "runs");
	is_int(jobs_add(tx, &two, true), OK, "another one of the kind");
	ok(strcmp(one.id, two.id) != 0, "does not count on the one that runs already");
	return OK;
}

static enum result
expiring(struct tx *tx, void *arg)
{
	struct job done = fresh(6, "old", 0), waits = fresh(6, "old", 0), j;

	(void)arg;
	is_int(jobs_add(tx, &done, false), OK, "one");
	is_int(jobs_add(tx, &waits, false), OK, "two");
	is_int(jobs_get(tx, done.id, true, arena, &j), OK, "the first");
	j.state = "failed";
	j.finished = tx_now(tx);
	is_int(jobs_put(tx, &j), OK, "ends");
	is_int(jobs_expire(tx, tx_now(tx) - 1000, 1000), OK, "expiring older ones");
	is_int(jobs_get(tx, done.id, false, arena, &j), OK, "keeps it");
	is_int(jobs_expire(tx, tx_now(tx) + 1000, 1000), OK, "expiring it");
	is_int(jobs_get(tx, done.id, false, arena, &j), NOT_FOUND, "removes it");
	is_int(jobs_get(tx, waits.id, false, arena, &j), OK, "but nothing that still waits");
	return OK;
}

static enum result
brought_forward(struct tx *tx, void *arg)
{
	int64_t now = tx_now(tx);
	struct job later = fresh(7, "check", now + 60000), soon = fresh(7, "check", 0), j;
	struct job after = fresh(7, "check", now + 90000);

	(void)arg;
	is_int(jobs_add(tx, &later, true), OK, "one that waits for later");
	is_int(jobs_add(tx, &soon, true), OK, "asked for now");
	is_str(soon.id, later.id, "is the same");
	ok(jobs_get(tx, later.id, false, arena, &j) == OK && j.due == now, "and is due now");
	is_int(jobs_add(tx, &after, true), OK, "asked for later");
	ok(jobs_get(tx, later.id, false, arena, &j) == OK && j.due == now, "it is not put off");
	j.state = "done";
	j.finished = now;
	is_int(jobs_put(tx, &j), OK, "its end");
	return OK;
}

/* Those of other organizations are not looked at: there may be thousands. */
static enum result
add_others(struct tx *tx, void *arg)
{
	int *org = arg, i;
	enum result r = OK;

	for (i = 0; r == OK && i < 500; i++) {
		struct job other = fresh(++*org, "sync", 0);

		r = jobs_add(tx, &other, false);
	}
	return r;
}

static enum result
add_again(struct tx *tx, void *arg)
{
	enum result r = OK;
	int i;

	(void)arg;
	for (i = 0; r == OK && i < 100; i++) {
		struct job same = fresh(9000, "sync", 0);

		r = jobs_add(tx, &same, true);
	}
	return r;
}

static void
among_many(void)
{
	int org = 1000, i;
	enum result r = OK;
	int64_t began;

	for (i = 0; r == OK && i < 8; i++)
		r = store_run(try_store, add_others, &org);
	is_int(r, OK, "four thousand jobs wait");
	began = clock_mono();
	is_int(store_run(try_store, add_again, NULL), OK, "one more is asked for, a hundred times");
	ok(clock_mono() - began < 1000, "in %d ms", (int)(clock_mono() - began));
}

static enum result
newest(struct tx *tx, void *arg)
{
	struct job one = fresh(9, "sync", 0), two = fresh(9, "sync", 0), other = fresh(9, "buy", 0),
		   j;
	int64_t now = tx_now(tx);

	(void)arg;
	is_int(jobs_last(tx, 9, "sync", arena, &j), NOT_FOUND, "no job of a kind, no last one");
	is_int(jobs_add(tx, &one, false), OK, "one of it");
	is_int(jobs_add(tx, &two, false), OK, "a newer one");
	is_int(jobs_add(tx, &other, false), OK, "one of another kind");
	ok(jobs_last(tx, 9, "sync", arena, &j) == OK && strcmp(j.id, two.id) == 0,
	    "the newest is the last");
	j.state = "done";
	j.finished = now;
	is_int(jobs_put(tx, &j), OK, "it ends");
	is_int(jobs_expire(tx, now + 1000, 1000), OK, "and expires");
	is_int(jobs_last(tx, 9, "sync", arena, &j), NOT_FOUND, "then nothing names it any more");
	is_int(
	    kv_get(tx, T_JOBS_LAST, &(struct key){.b = {0, 0, 0, 9, 's', 'y', 'n', 'c', 0}, .n = 9},
		false, &(struct bytes){0}),
	    NOT_FOUND, "its entry is gone");
	ok(jobs_last(tx, 9, "buy", arena, &j) == OK, "that of another kind is there");
	return OK;
}

static enum result
details(struct tx *tx, void *arg)
{
	struct job job = fresh(10, "sync", 0), j;
	json *d;

	(void)arg;
	is_int(jobs_add(tx, &job, false), OK, "a job");
	d = job_detail(&job);
	ok(d != NULL && json_kind(d) == JSON_OBJECT, "its detail is an empty object at first");
	json_put_text(d, "site", "12345");
	job_set_detail(&job, d, tx_arena(tx));
	json_free(d);
	is_int(jobs_put(tx, &job), OK, "what is put into it");
	is_int(jobs_get(tx, job.id, false, arena, &j), OK, "is kept");
	d = job_detail(&j);
	is_str(json_get_text(d, "site", arena), "12345", "with the job");
	json_free(d);
	j.detail = "[1]";
	d = job_detail(&j);
	ok(json_kind(d) == JSON_OBJECT, "a detail that is no object counts as empty");
	json_free(d);
	return OK;
}

static enum result
abandoned(struct tx *tx, void *arg)
{
	struct job runs = fresh(11, "sync", 0), later = fresh(11, "later", tx_now(tx) + 60000), j;
	size_t count = 0, again = 0;

	(void)arg;
	is_int(jobs_add(tx, &runs, false), OK, "one");
	is_int(jobs_add(tx, &later, false), OK, "and one that waits for later");
	runs.state = "running";
	runs.started = tx_now(tx);
	is_int(jobs_put(tx, &runs), OK, "the first runs");
	is_int(jobs_abandoned(tx, &count), OK, "after a worker's death");
	ok(count >= 1 && jobs_get(tx, runs.id, false, arena, &j) == OK &&
		strcmp(j.state, "waiting") == 0 && j.due == tx_now(tx),
	    "it waits again, and is due");
	ok(jobs_get(tx, later.id, false, arena, &j) == OK && j.due == tx_now(tx) + 60000,
	    "the other waits as before");
	ok(jobs_abandoned(tx, &again) == OK && again == 0, "nothing runs any more");
	return OK;
}

/* One whose record is ruined. */
static enum result
ruin(struct tx *tx, void *arg)
{
	struct job j = fresh(8, "ruined", tx_now(tx) - 9000),
		   next = fresh(8, "next", tx_now(tx) - 8000);
	char *id = arg;
	struct key k;

	is_int(jobs_add(tx, &j, false), OK, "one that will be ruined");
	is_int(jobs_add(tx, &next, false), OK, "and one behind it");
	snprintf(id, 17, "%s", j.id);
	key_start(&k);
	key_id(&k, j.id);
	return kv_put(tx, T_JOBS, &k, "}", 1);
}

static enum result
past_ruins(struct tx *tx, void *arg)
{
	struct bytes value;
	struct job j;
	struct key k;

	is_int(jobs_first(tx, tx_now(tx) - 8000, arena, &j), OK, "goes past a ruined one");
	is_str(j.kind, "next", "to the next");
	is_int(jobs_first(tx, tx_now(tx) - 8500, arena, &j), NOT_FOUND,
	    "the ruined one is not due any more");
	key_start(&k);
	key_id(&k, arg);
	is_int(kv_get(tx, T_JOBS, &k, false, &value), OK, "but its record is kept");
	return OK;
}

/* ---- the store is copied ------------------------------------------------------------------ */

static enum result
add_order(struct tx *tx, void *arg)
{
	struct job j = fresh(1, "order", INT64_MAX / 2), k;

	*(int64_t *)arg = 0;
	if (jobs_add(tx, &j, false) == OK && jobs_get(tx, j.id, false, arena, &k) == OK)
		*(int64_t *)arg = k.created;
	return OK;
}

static enum result
read_copied(struct tx *tx, void *arg)
{
	return meta_copied(tx, arg);
}

/* An order that was asked for by a right clock, in a copy that is noted by a wrong one. */
static void
copied(void)
{
	int64_t created = 0, when = 0, base = clock_system() - clock_boot();

	clock_use(base + CLOCK_HOUR);
	try_run(add_order, &created);
	clock_use(base);
	is_int(meta_mark_copy(try_store, "It was moved."), OK, "the store is a copy");
	try_run(read_copied, &when);
	ok(created > clock_now() && when > created,
	    "what waited counts as from before, though the clock went back");
	clock_use(base + 2 * CLOCK_HOUR);
	try_run(add_order, &created);
	ok(created > when, "what is asked for afterwards does not");
	clock_use(0);
}

int
main(void)
{
	char id[17];

	arena = arena_new();
	try_open();
	try_run(life, NULL);
	try_run(order, NULL);
	try_run(running_is_not_waiting, NULL);
	try_run(expiring, NULL);
	try_run(newest, NULL);
	try_run(details, NULL);
	try_run(abandoned, NULL);
	try_run(brought_forward, NULL);
	try_run(ruin, id);
	try_run(past_ruins, id);
	among_many();
	copied();
	try_close();
	arena_free(arena);
	return done_testing();
}
