/*
 * unknown.h: finding out whether a text was sent whose answer was lost.
 *
 * Bandwidth is asked what it sent between the two numbers around the time of the POST;
 * texting/outbox.h decides what that means.  Nothing is posted here.
 */
#ifndef SPOKE_UNKNOWN_H
#define SPOKE_UNKNOWN_H

#include <stdint.h>

struct worker;

/*
 * Begins the looks that are due: one at a time for each organization, who waits longest first, no
 * more in a second than Bandwidth answers for long.
 */
void unknown_turn(struct worker *);

/* When the next look is due: wall ms, INT64_MAX if there is none. */
int64_t unknown_next(const struct worker *);

#endif
