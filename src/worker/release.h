/*
 * worker/release.h: what the two parts of a release share: release.c asks Bandwidth,
 * release_move.c moves contacts.
 */
#ifndef SPOKE_WORKER_RELEASE_H
#define SPOKE_WORKER_RELEASE_H

#include "worker/task.h"

/*
 * Moves every contact that knows us by one of d.numbers, once each, in transactions of a hundred
 * which count them in d; then calls `then`.
 */
void release_move(struct task *, void (*then)(struct task *));

/* Is a text from one of d.numbers under way or in doubt?  False: the task is over (task_run). */
bool release_hear(struct task *, bool *any);

#endif
