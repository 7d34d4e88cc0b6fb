/*
 * timekeeper.h: what time it is, by the machine's clock and by Bandwidth's.
 *
 * Each answer of Bandwidth's has a Date.  While the machine's clock agrees with it, the machine's
 * is gone by.  When it does not, Bandwidth's is: texts that wait are due in time and not late before
 * their time, an unknown text is found by the time at which it was posted, and nothing is removed
 * before it is old, whatever is done to the clock.  A clock that moves between two answers changes
 * nothing (base/clock.h).  One freak Date is not believed: two answers must agree.
 *
 * Before the first answer since the machine was started its clock is all there is.
 */
#ifndef SPOKE_TIMEKEEPER_H
#define SPOKE_TIMEKEEPER_H

#include <stdbool.h>
#include <stdint.h>

struct worker;

struct timekeeper {
	int64_t doubt; /* the base that one answer spoke for, against ours; 0: none */
	bool wrong;    /* the machine's clock was wrong by the last answer */
};

/* How far clocks may be apart and still agree, ms: a Date has seconds, and took a while. */
#define TIMEKEEPER_TOLERANCE INT64_C(30000)

/*
 * What clock_base should be from now on, when it is `used`; date: Bandwidth's, system, boot: ours
 * (clock.h), all of one moment.
 */
int64_t timekeeper_judge(
    struct timekeeper *, int64_t used, int64_t date, int64_t system, int64_t boot);

/* For client_tell_dates; arg is the worker. */
void timekeeper_heard(void *arg, int64_t date);

#endif
