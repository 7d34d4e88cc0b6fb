/*
 * fulfil.h: what becomes of an order over time.
 *
 * RECEIVED, PROCESSING, then COMPLETE, PARTIAL, BACKORDERED or FAILED, by the
 * settings order_ms, inservice_ms and backorder_ms.  Nothing runs by itself:
 * whoever looks brings everything up to the present first.  Lock held.
 */
#ifndef SIM_NUMBERS_FULFIL_H
#define SIM_NUMBERS_FULFIL_H

#include "faults.h"
#include "numbers/estate.h"

/* Starts the clock of a new order; the script may have its say. */
void fulfil_begin(struct sim *, struct tn_order *, const struct action *);

/* Brings all orders up to now. */
void fulfil_all(struct sim *);

/* What waits, orders and numbers alike, is due now. */
void fulfil_hurry(struct sim *);

/* Ends a backorder as it stands. */
void fulfil_close(struct tn_order *);

/* Notes an error of the order; tn may be NULL. */
void fulfil_error(struct tn_order *, int code, const char *text,
    const char *tn);

#endif
