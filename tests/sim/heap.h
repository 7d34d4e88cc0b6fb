/*
 * heap.h: events in the order in which they are due.
 */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include <stdint.h>

#include "callbacks.h"

struct heap {			/* all zero is empty */
	struct event **at;	/* at[0] is due first */
	long n;
	long cap;
};

void heap_push(struct heap *, struct event *);

/* Takes out the first; there must be one. */
struct event *heap_pop(struct heap *);

/* Makes everything due now, oldest first. */
void heap_hurry(struct heap *, int64_t now);

void heap_free(struct heap *);

#endif
