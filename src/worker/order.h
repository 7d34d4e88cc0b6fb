/*
 * worker/order.h: the parts of orders at Bandwidth that buying and releasing share, and the end
 * of an order that was filled.
 */
#ifndef SPOKE_WORKER_ORDER_H
#define SPOKE_WORKER_ORDER_H

#include "bandwidth/orders.h"
#include "worker/task.h"
#include "worker/want.h"

/* ms until the look after so many for an order whose answer was lost; 0: no more looks. */
int64_t order_look_wait(int64_t looks);
/* ms until an order is asked about again after so many times: from 1 s to 5 minutes, or an hour
 * when it is back-ordered. */
int64_t order_poll_wait(int64_t polls, bool backordered);

/*
 * Looks at Bandwidth for an order with d.our_id, made since d.posted.  then gets its id, or
 * NULL when it is not there (a look that counts, already stored in d.looks); when Bandwidth
 * could not be asked the task is put off and the look does not count.
 */
void order_look(struct task *, enum order_kind, void (*then)(struct task *, const char *id));

/* Assigns what came to the campaign; then the phase is "ready".  (order_end.c) */
void order_options(struct task *);
/* Looks which of the numbers are in service by now, and ends when all are.  (order_end.c) */
void order_ready(struct task *);

#endif
