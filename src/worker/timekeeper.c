/*
 * timekeeper.c: judges the machine's clock by Bandwidth's (timekeeper.h).
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/store.h"
#include "worker/agenda.h"
#include "worker/timekeeper.h"
#include "worker/worker.h"

/* The base follows the machine's clock, which is set right bit by bit, in steps of this. */
#define STEP (CLOCK_SECOND / 10)

static int64_t
apart(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

int64_t
timekeeper_judge(struct timekeeper *t, int64_t used, int64_t date, int64_t system, int64_t boot)
{
	int64_t theirs = date - boot, ours = system - boot, doubt = t->doubt;

	t->doubt = 0;
	if (apart(ours, theirs) <= TIMEKEEPER_TOLERANCE)
		return apart(ours, used) < STEP ? used : ours;
	if (used != 0 && apart(used, theirs) <= TIMEKEEPER_TOLERANCE)
		return used;
	if (doubt != 0 && apart(doubt, theirs) <= TIMEKEEPER_TOLERANCE)
		return theirs;
	t->doubt = theirs;
	return used;
}

/* One line when it turns out to be wrong, and one when it is right again. */
static void
say(struct timekeeper *t, int64_t ahead)
{
	bool wrong = apart(ahead, 0) > TIMEKEEPER_TOLERANCE;

	if (wrong && !t->wrong)
		log_warn("this machine's clock is %" PRId64 " s %s Bandwidth's, which is gone by "
			 "until it is right. Set it by the network: timedatectl set-ntp true",
		    apart(ahead, 0) / CLOCK_SECOND, ahead > 0 ? "ahead of" : "behind");
	else if (!wrong && t->wrong)
		log_info("this machine's clock agrees with Bandwidth's again");
	t->wrong = wrong;
}

void
timekeeper_heard(void *arg, int64_t date)
{
	struct worker *w = arg;
	int64_t system = clock_system(), used = clock_base(), was = clock_now(), base;

	date += CLOCK_SECOND / 2; /* somewhere in that second */
	base = timekeeper_judge(&w->timekeeper, used, date, system, clock_boot());
	if (w->timekeeper.doubt == 0)
		say(&w->timekeeper, system - date);
	if (base == used)
		return;
	store_use_clock(w->app->store, base);
	/* What is due when was reckoned by another time. */
	if (apart(clock_now(), was) > CLOCK_SECOND)
		agenda_look_all(w);
}
