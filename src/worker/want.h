/*
 * worker/want.h: what a job wants, as the Numbers API takes it.
 */
#ifndef SPOKE_WORKER_WANT_H
#define SPOKE_WORKER_WANT_H

#include "bandwidth/stock.h"
#include "texting/inventory.h"

/* -1: it is not a search (numbers were chosen, or a damaged record). */
int want_search(const struct inventory_job *, struct number_search *);

#endif
