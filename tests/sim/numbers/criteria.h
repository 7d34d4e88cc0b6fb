/*
 * criteria.h: what numbers may be looked for by, checked and met.
 *
 * search.c reads them from a query, orders.c from an order's type; both must
 * refuse the same things.
 */
#ifndef SIM_NUMBERS_CRITERIA_H
#define SIM_NUMBERS_CRITERIA_H

#include "numbers/estate.h"

/* The search error code (4000 to 4010) of what is wrong, or 0. */
int criteria_check(const struct criteria *);

/* True if there is nothing to look for. */
bool criteria_empty(const struct criteria *);

/* True if the number is for sale and meets all criteria. */
bool criteria_meet(const struct criteria *, const struct number *);

#endif
