/*
 * worker/sync.h: what the two parts of a sync share: sync.c fetches the list, sync_apply.c
 * compares.
 */
#ifndef SPOKE_WORKER_SYNC_H
#define SPOKE_WORKER_SYNC_H

#include "base/phone.h"
#include "bandwidth/stock.h"
#include "worker/task.h"

/* Numbers, many: grows by doubling. */
struct phone {
	char number[PHONE_MAX];
	/* Of ours: this location's list (or an order for it) had it before.  One that never was
	 * there, as one that was added by hand, is not gone because the list lacks it. */
	bool seen;
};
struct phones {
	struct phone *items;
	size_t count, room;
};
void phones_add(struct phones *, const char *number, bool seen);

struct sync {
	struct phones listed; /* sorted once it is whole */
	int64_t total;	      /* Bandwidth's count, -1 not said */
	bool whole;	      /* what it lacks is not there */
	struct arena *page_arena;
	struct page page;
	struct text_list pages; /* asked for so far */

	/* Comparing. */
	size_t next;		   /* of listed: to be added next */
	char after[PHONE_MAX];	   /* our number that was compared last */
	struct phones missing;	   /* ours that the list lacks */
	struct text_list unsure;   /* ours not yet in service, but listed */
	size_t asked;		   /* of missing, then of unsure: asked about next */
	struct text_list verdicts; /* of missing: where it is, "" gone, "same" stays */
	struct text_list ready;	   /* of unsure: in service by now */
	size_t applied;
	int64_t serving; /* ours that serve */
};

bool sync_lists(const struct sync *, const char *number);
/* The piece that adds what is new, and goes on to the rest. */
bool sync_add_piece(struct task *);
/* Would so many be too many to believe it at once?  Looks again in a minute. */
void sync_again_in_doubt(struct task *, size_t missing);
/* Stores what came of it, and ends. */
void sync_finish(struct task *);

#endif
