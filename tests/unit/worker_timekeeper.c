/*
 * worker_timekeeper.c: whose clock is gone by (worker/timekeeper.h), and that the program's goes on
 * whatever is done to the machine's (base/clock.h).
 */
#include "base/clock.h"
#include "worker/agenda.h"
#include "worker/timekeeper.h"
#include "tap.h"

#define BOOT INT64_C(5000000)	    /* since the machine was started */
#define TRUE INT64_C(1796000000000) /* what time it is */
#define RIGHT (TRUE - BOOT)

/* Of the worker, which is not here: nothing below waits. */
void
agenda_look_all(struct worker *w)
{
	(void)w;
}

/* The base after an answer when the machine's clock is so far ahead, and Bandwidth's Date too. */
static int64_t
hear(struct timekeeper *t, int64_t used, int64_t machine, int64_t bandwidth)
{
	return timekeeper_judge(t, used, TRUE + bandwidth, TRUE + machine, BOOT);
}

static void
judged(void)
{
	struct timekeeper t = {0};

	is_int(hear(&t, 0, 0, 0), RIGHT, "they agree: the machine's");
	is_int(hear(&t, RIGHT, 20, 0), RIGHT, "a little apart: nothing is changed");
	is_int(hear(&t, RIGHT, 2000, 0), RIGHT + 2000, "it was set right by seconds: followed");
	is_int(hear(&t, RIGHT, -CLOCK_HOUR, 0), RIGHT, "an hour back: not followed");
	is_int(hear(&t, RIGHT, CLOCK_DAY, 0), RIGHT, "nor a day forward");
	is_int(t.doubt, 0, "of which there is no doubt");
	is_int(hear(&t, RIGHT - CLOCK_HOUR * 10, 0, 0), RIGHT,
	    "both say that ten hours went by unnoticed: so it is");
}

static void
doubted(void)
{
	struct timekeeper t = {0};

	is_int(hear(&t, 0, CLOCK_DAY, 0), 0, "the first answer, a day apart: not yet believed");
	is_int(hear(&t, 0, CLOCK_DAY, 500), RIGHT + 500, "the second says the same: Bandwidth's");
	is_int(hear(&t, RIGHT, 0, CLOCK_DAY * 365), RIGHT, "a freak Date is not believed");
	is_int(hear(&t, RIGHT, 0, 0), RIGHT, "one that agrees comes between");
	is_int(hear(&t, RIGHT, 0, CLOCK_DAY * 365), RIGHT, "so the next freak stands alone again");
	is_int(hear(&t, RIGHT, 0, CLOCK_DAY * 30), RIGHT, "and another one is no witness for it");
}

static void
gone_by(void)
{
	int64_t system = clock_system(), ahead = INT64_C(7) * CLOCK_HOUR, now;

	clock_use(system + ahead - clock_boot());
	now = clock_now();
	ok(now - system >= ahead && now - system < ahead + CLOCK_MINUTE, "the base is gone by");
	clock_use(0);
	now = clock_now();
	ok(now - system >= 0 && now - system < CLOCK_MINUTE, "and without one the machine's clock");
}

int
main(void)
{
	judged();
	doubted();
	gone_by();
	return done_testing();
}
