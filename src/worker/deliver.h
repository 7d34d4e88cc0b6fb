/*
 * deliver.h: the queue's way to Bandwidth: claim, POST, result.
 *
 * Replies first, then organizations in turn, each as fast as its Bandwidth account's pace
 * allows.  Of ten texts of an account that has more replies than it may send, one is another text
 * all the same, so that nothing waits for ever.  The rules of a claim and of what an answer means
 * are texting/outbox.h's and bandwidth/messaging.h's; here is what connects them.
 */
#ifndef SPOKE_DELIVER_H
#define SPOKE_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

struct worker;

/* Begins what can be begun; true when there may be more at once. */
bool deliver_turn(struct worker *);

/* Tries again to store results that the store would not take; returns how many remain. */
int deliver_store_results(struct worker *);

/* Makes durable what was stored since it was last called. */
void deliver_flush(struct worker *);

/*
 * When something queued could next be begun, as far as it depends on time alone: wall ms,
 * INT64_MAX if nothing is queued that only waits for time.  (What waits for a person, for
 * credentials or for something under way does not count.)
 */
int64_t deliver_next(struct worker *);

#endif
