/*
 * pace.h: how fast may be posted to a Bandwidth account, and when better not at all.
 *
 * A token bucket in segments per second (SEGMENTS_PER_SECOND): Bandwidth's limit is the
 * account's, so organizations that share one share it.  A text of several segments may be
 * posted as soon as anything is in the bucket, and leaves a debt.  After 429 and after
 * answers that are none, posting stops for a while that grows, and goes on with one text at
 * a time until Bandwidth answers properly: when it is ill, a long queue must not become a
 * long list of texts of which nobody knows whether they were sent.
 */
#ifndef SPOKE_PACE_H
#define SPOKE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "texting/outbox.h"

struct worker;

struct pace {
	struct pace *next;
	char *account;
	double level;		 /* segments that may be posted now; below 0 a debt */
	int64_t filled;		 /* when level was right (monotonic) */
	int64_t blocked;	 /* not before (monotonic) */
	int64_t numbers_blocked; /* the same for the Numbers API, which counts by itself (ask.h) */
	int failures;		 /* answers in a row that were none */
	int flying;		 /* posts under way */
	int64_t first_began;	 /* of those: when the account's silence began */
	int replies;		 /* in a row, while other texts waited */
	int64_t texts_waited;	 /* the last round of these in which one was turned away */
	int64_t told;		 /* the last `blocked` that was stored for people (pace_tell) */
};

/* The account's; made full on first use. */
struct pace *pace_of(struct worker *, const char *account);
void pace_free_all(struct worker *);

/*
 * How long until one may be posted, ms; 0: now.  INT64_MAX: not before something under way
 * has ended.
 */
int64_t pace_wait(struct pace *, int rate, int64_t now);
void pace_began(struct pace *, int64_t segments, int64_t now);
/* segments: what was not sent after all is given back. */
void pace_give_back(struct pace *, int64_t segments);

/* ---- whose turn --------------------------------------------------------- */

/* Replies go first, but for every now and then one of the others (texting/outbox.h). */
#define PACE_REPLIES OUTBOX_REPLIES
/* May a reply go, or is it another text's turn?  round: the last one of those, counted from 1. */
bool pace_reply_may(const struct pace *, int64_t round);
/* A text was turned away in this round, because of the pace. */
void pace_text_waits(struct pace *, int64_t round);
/* A reply goes, or another text. */
void pace_goes(struct pace *, bool reply, int64_t round);

/* ---- news ------------------------------------------------------------------ */

enum pace_news {
	PACE_FINE,   /* a proper answer */
	PACE_BUSY,   /* 429: wait at least retry_after */
	PACE_ILL,    /* no answer, or an odd one */
	PACE_AWAY,   /* no connection */
	PACE_NOTHING /* says nothing about the account's health */
};
void pace_ended(struct pace *, enum pace_news, int64_t retry_after, int64_t now);

/*
 * pace_tell.c: stores for those who look at the queue (texting/forecast.h) that nothing is posted
 * to the account for some seconds, if that is news; after pace_ended.
 */
void pace_tell(struct worker *, struct pace *, enum pace_news, int64_t now);

#endif
