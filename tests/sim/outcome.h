/*
 * outcome.h: what becomes of an accepted message: queue, fate, callbacks.
 *
 * messages.c accepts, this decides, callbacks.c delivers.  Lock held.
 */
#ifndef SIM_OUTCOME_H
#define SIM_OUTCOME_H

#include <stdbool.h>

#include "faults.h"
#include "ledger.h"
#include "sim.h"
#include "world.h"

/* False if the account's queue has no room for that many segments. */
bool outcome_room(struct account *, int segments);

/* The description of the published 429, with the account's figures; owned. */
char *outcome_queue_text(struct account *);

/*
 * Sets the message's send time and fate and schedules its callbacks.  Gives
 * the id of the first terminal callback, or 0 if there is none.
 */
long outcome_plan(struct sim *, struct message *, const struct action *);

/* Text of one event object; kind is "message-delivered" and so on; owned. */
char *outcome_event(struct sim *, const struct message *, const char *kind,
    const char *description, const char *to, int64_t time);

/* An id in one of the two published formats. */
void outcome_id(struct sim *, char out[64], bool *uuid);

#endif
