/*
 * worker.h: what all parts of the worker share.
 *
 * One thread: main.c starts and ends it, loop.c turns the wheel, and each turn lets
 * deliver.c, unknown.c, jobs.c, media.c, ask.c and tend.c do what is due.  None of them waits for
 * Bandwidth: they start requests (bandwidth/client.h) and go on in the functions called
 * when those end.
 */
#ifndef SPOKE_WORKER_H
#define SPOKE_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "texting/app.h"
#include "worker/reread.h"

struct ask;
struct client;
struct fetch;
struct pace;
struct run;
struct sender;

enum worker_mode {
	WORKER_ON_DEMAND, /* until nothing is due soon */
	WORKER_ONCE,	  /* what is due now */
	WORKER_WATCH	  /* until it is told to end */
};

struct worker {
	const struct app *app;
	struct client *client;
	enum worker_mode mode;

	struct sender *senders; /* one for each organization met (sender.h) */
	struct pace *paces;	/* one for each Bandwidth account met (pace.h) */

	uint32_t turn[2];   /* round robin: where the next round begins, by class (deliver.h) */
	int64_t served;	    /* claims so far: the clock of the round robin */
	struct post *posts; /* under way, or ended and not yet stored (deliver.h) */
	size_t looks;	    /* under way (unknown.h) */
	int64_t looks_due;  /* wall time of the next scan for unknown messages */
	int64_t looks_next; /* when a look is due, as the last scan saw it; INT64_MAX: none */
	size_t jobs;	    /* under way (jobs.h) */
	struct run
	    *runs; /* of setting up at Bandwidth, at most one an organization (provision.h) */
	uint32_t media_turn; /* organization that was served last (media.c) */
	int64_t media_due;   /* wall time of the next look for attachments */
	int64_t media_next;  /* when one is due, as that look saw it */
	size_t fetching;
	struct fetch *fetches; /* attachments under way, so many (fetch.h) */
	struct task *tasks;    /* jobs about numbers that work in pieces (task.h) */
	struct ask *asks;      /* requests that wait for a token or their time (ask.h) */
	int64_t resealed;      /* monotonic time at which that was last asked for (reseal.h) */
	int64_t tended;	       /* monotonic time of the last housekeeping (tend.h) */
	struct reread conf;    /* the settings file, as it was when it was read */
	bool ending;	       /* told to end: start nothing new */
};

#define WORKER_POSTS 256 /* at most under way */

#endif
