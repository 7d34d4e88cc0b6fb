/*
 * refusals.h: callbacks that were refused: shown on the settings page at once, but a flood of
 * them writes no more than once a second.
 */
#ifndef SPOKE_REFUSALS_H
#define SPOKE_REFUSALS_H

#include <pthread.h>
#include <stdint.h>

#define REFUSALS_PLACES 64

struct refusals_place {
	uint32_t org;
	int64_t written; /* monotonic ms; 0: never */
	int64_t pending; /* refusals not yet written */
};

struct refusals {
	pthread_mutex_t lock;
	struct refusals_place places[REFUSALS_PLACES];
};

struct exchange;

void refusals_init(struct refusals *);

/*
 * Counts a refused callback; when a second has passed since the last time, writes the mark of the
 * organization and the day's counter "callback-401" (for organizations that exist).  The answer
 * stays the same whether that works or not.
 */
void refusals_note(struct exchange *, const char *why);

#endif
