/*
 * worker/inventory.h: the jobs about numbers (texting/inventory.h): search, order, release,
 * sync.
 */
#ifndef SPOKE_WORKER_INVENTORY_H
#define SPOKE_WORKER_INVENTORY_H

struct job;
struct worker;

void search_begin(struct worker *, const struct job *);	 /* search.c */
void order_begin(struct worker *, const struct job *);	 /* order.c */
void release_begin(struct worker *, const struct job *); /* release.c */
void sync_begin(struct worker *, const struct job *);	 /* sync.c */

/* Asks for the daily sync of organizations that have a location; a few at each call. */
void sync_daily(struct worker *);

#endif
