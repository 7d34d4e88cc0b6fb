/*
 * post.h: the HTTP of one callback attempt.
 */
#ifndef SIM_POST_H
#define SIM_POST_H

#include "callbacks.h"
#include "sim.h"

struct poster;			/* one thread's libcurl handle */

enum posted {
	POSTED_OK,		/* any 2xx within the time */
	POSTED_FAILED,		/* to be tried again */
	POSTED_LATER,		/* the script delays it: due was set */
	POSTED_DROPPED		/* no URL, or the script loses it */
};

struct poster *poster_new(struct sim *);
void poster_free(struct poster *);

/*
 * Posts the event as the application's settings and the script want it and
 * writes the ledger.  The lock is held on entry and on return, not while the
 * request runs.
 */
enum posted post_event(struct sim *, struct poster *, struct event *);

#endif
