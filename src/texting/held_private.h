/*
 * held_private.h: what held.c and held_step.c share.
 */
#ifndef SPOKE_HELD_PRIVATE_H
#define SPOKE_HELD_PRIVATE_H

#include "texting/held.h"

/* Into the job (text in the arena); the caller puts the job. */
void held_work_write(struct job *, const struct held_work *, struct arena *);

#endif
