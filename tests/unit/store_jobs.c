/*
 * store_jobs.c: the promises of jobs.h.
 */
#include "store/jobs.h"
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

int
main(void)
{
	arena = arena_new();
	try_open();
	try_run(life, NULL);
	try_run(order, NULL);
	try_run(running_is_not_waiting, NULL);
	try_run(expiring, NULL);
	try_close();
	arena_free(arena);
	return done_testing();
}
