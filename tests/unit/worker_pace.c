/*
 * worker_pace.c: how fast may be posted, and when better not (worker/pace.h).
 */
#include "base/clock.h"
#include "worker/pace.h"
#include "worker/worker.h"
#include "tap.h"

/* Posts as much as the pace lets, for ms; returns how many. */
static int
run(struct pace *p, int rate, int64_t *now, int64_t ms, int64_t segments)
{
	int64_t end = *now + ms;
	int n = 0;

	for (; *now < end; (*now)++) {
		while (pace_wait(p, rate, *now) == 0) {
			pace_began(p, segments, *now);
			pace_ended(p, PACE_FINE, 0, *now);
			n++;
		}
	}
	return n;
}

static void
rate(struct worker *w)
{
	struct pace *p = pace_of(w, "1");
	int64_t now = 1000000;

	is_int(run(p, 10, &now, 10000, 1), 109, "10 a second, and one second's worth at once");
	ok(pace_of(w, "1") == p && pace_of(w, "2") != p, "each account has its own");
	p = pace_of(w, "3");
	is_int(run(p, 1, &now, 70000, 7), 10, "long texts go out, at the same rate of segments");
	p = pace_of(w, "4");
	pace_wait(p, 1, now);
	pace_began(p, 1, now);
	ok(pace_wait(p, 1, now) > 0, "the bucket is empty");
	pace_ended(p, PACE_NOTHING, 0, now);
	pace_give_back(p, 1);
	is_int(pace_wait(p, 1, now), 0, "what was not sent is given back");
}

static void
ill(struct worker *w)
{
	struct pace *p = pace_of(w, "5");
	int64_t now = 1000000, wait, last = 0;
	int i;

	pace_wait(p, 100, now);
	for (i = 0; i < 5; i++)
		pace_began(p, 1, now);
	for (i = 0; i < 5; i++)
		pace_ended(p, PACE_ILL, 0, now);
	is_int(p->failures, 1, "those that were under way together count once");
	for (i = 0; i < 20; i++) {
		wait = pace_wait(p, 100, now);
		now += wait;
		pace_began(p, 1, now);
		ok(pace_wait(p, 100, now) == INT64_MAX, "then one at a time");
		pace_ended(p, PACE_ILL, 0, now);
		if (i == 0)
			last = wait;
	}
	wait = pace_wait(p, 100, now);
	ok(wait > 20 * last && wait <= 150000, "further and further apart, 2 minutes at most");
	now += wait;
	pace_began(p, 1, now);
	pace_ended(p, PACE_FINE, 0, now);
	is_int(pace_wait(p, 100, now), 0, "until there is a proper answer");
	pace_began(p, 1, now);
	pace_ended(p, PACE_BUSY, 300000, now);
	is_int(pace_wait(p, 100, now), 300000, "Retry-After is heeded");
	pace_ended(p, PACE_BUSY, CLOCK_DAY, now);
	is_int(
	    pace_wait(p, 100, now), 15 * CLOCK_MINUTE, "of a 429 for a quarter of an hour at most");
	now += 15 * CLOCK_MINUTE;
	pace_began(p, 1, now);
	pace_ended(p, PACE_ILL, CLOCK_DAY, now);
	is_int(pace_wait(p, 100, now), 5 * CLOCK_MINUTE, "of others for five minutes");
	p = pace_of(w, "6");
	pace_wait(p, 100, now);
	pace_began(p, 1, now);
	is_int(pace_wait(p, 100, now + 5000), 0, "a slow answer stops nobody for 5 s");
	ok(pace_wait(p, 100, now + 5001) == INT64_MAX, "then it is waited for");
}

int
main(void)
{
	struct worker w = {0};

	rate(&w);
	ill(&w);
	pace_free_all(&w);
	return done_testing();
}
