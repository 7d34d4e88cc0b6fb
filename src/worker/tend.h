/*
 * tend.h: housekeeping, done while there is time: what has expired goes, checkpoints are
 * written, the log is kept small.
 */
#ifndef SPOKE_TEND_H
#define SPOKE_TEND_H

struct worker;

/* Does a piece of it when it is time; never long. */
void tend_turn(struct worker *);

#endif
