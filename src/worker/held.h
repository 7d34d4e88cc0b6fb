/*
 * worker/held.h: the job HELD_JOB (texting/held.h).
 */
#ifndef SPOKE_WORKER_HELD_H
#define SPOKE_WORKER_HELD_H

struct job;
struct worker;

void held_begin(struct worker *, const struct job *);

#endif
