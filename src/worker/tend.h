/*
 * tend.h: housekeeping, done while there is time: what has expired goes, checkpoints are
 * written, the log is kept small.
 */
#ifndef SPOKE_TEND_H
#define SPOKE_TEND_H

#include "store/kv.h"

struct worker;

/* Does a piece of it when it is time; never long. */
void tend_turn(struct worker *);

/*
 * The organization above the one that was done last under this name, which the store
 * remembers; at the end the first.  NOT_FOUND: there is none.
 */
enum result tend_next_org(struct tx *, const char *name, uint32_t *org);

#endif
