/*
 * worker.h: what all parts of the worker share.
 *
 * One thread: main.c starts and ends it, loop.c turns the wheel, agenda.c knows for whom something
 * is due, and each turn lets deliver.c, unknown.c, jobs.c, media.c, ask.c and tend.c do it.  None
 * of them waits for Bandwidth: they start requests (bandwidth/client.h) and go on in the functions
 * called when those end.
 */
#ifndef SPOKE_WORKER_H
#define SPOKE_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "texting/app.h"
#include "worker/agenda.h"
#include "worker/reread.h"
#include "worker/timekeeper.h"

struct ask;
struct client;
struct fetch;
struct pace;
struct run;
struct sender;

#define WORKER_POSTS 256 /* at most under way */
/* At most made durable together: what is claimed when a worker dies is in doubt. */
#define WORKER_CLAIMS 2

enum worker_mode {
	WORKER_ON_DEMAND, /* until nothing is due soon */
	WORKER_ONCE,	  /* what is due now */
	WORKER_WATCH	  /* until it is told to end */
};

struct worker {
	const struct app *app;
	struct client *client;
	enum worker_mode mode;
	const char *program; /* where it is installed: after an upgrade, the new one; or NULL */

	struct agenda agenda;
	struct sender **senders; /* those met, by the hash of their organization (sender.h) */
	size_t slots;		 /* of that */
	struct pace *paces;	 /* one for each Bandwidth account met (pace.h) */

	int64_t served;	    /* turns so far: the clock of the round robins */
	int64_t round;	    /* rounds of texts that are no replies */
	int replies;	    /* claimed in a row, of whatever organization */
	struct line *line;  /* who may be tried now (deliver.c) */
	size_t line_room;
	struct post *posts; /* under way, or ended and not yet stored (deliver.h) */
	struct post *claimed[WORKER_CLAIMS]; /* those of this turn, not yet durable */
	size_t claims;
	bool unflushed;	    /* results were stored, and not yet flushed */
	size_t looks;	    /* under way (unknown.h) */
	int64_t look_next;  /* monotonic: no look before */
	size_t jobs;	    /* under way (jobs.h) */
	struct run
	    *runs; /* of setting up at Bandwidth, at most one an organization (provision.h) */
	int64_t media_hold; /* monotonic: nothing is fetched before (media.c) */
	int64_t gone_due;   /* monotonic: when files are removed next */
	size_t fetching;
	struct fetch *fetches; /* attachments under way, so many (fetch.h) */
	struct task *tasks;    /* jobs about numbers that work in pieces (task.h) */
	struct ask *asks;      /* requests that wait for a token or their time (ask.h) */
	int64_t resealed;      /* monotonic time at which that was last asked for (reseal.h) */
	int64_t tended;	       /* monotonic time of the last housekeeping (tend.h) */
	struct timekeeper timekeeper;
	struct reread conf;    /* the settings file, as it was when it was read */
	bool ending;	       /* told to end: start nothing new */
};

#endif
