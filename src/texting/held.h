/*
 * held.h: one decision about all texts that are held for the same reason: looking at them, asking
 * for it, and carrying it out, step by step, as a job of the worker's.
 *
 * Which may be sent this way?  Those that were waiting when the store was copied: whether they
 * may is one question with one answer.  All others are held for something that lies in each of
 * them: too late, a person who may have asked to stop, a text in doubt before it.  They can be
 * given up together, and are sent one by one (outbox_decide).
 */
#ifndef SPOKE_HELD_H
#define SPOKE_HELD_H

#include "org/message.h"
#include "store/jobs.h"
#include "texting/app.h"
#include "texting/outbox.h"

struct tx;

#define HELD_JOB "held"

/* A reason, as held_why names it (outbox.h). */
struct held_kind {
	const char *why;
	const char *title;    /* "Waiting when the data was copied" */
	const char *sentence; /* what that means, of several */
	bool may_send;
};
/* NULL: none such is decided about as a whole. */
const struct held_kind *held_kind(const char *why);
/* The i-th, NULL at the end. */
const struct held_kind *held_kind_at(size_t i);

/* ---- looking --------------------------------------------------------- */

#define HELD_KINDS 6
#define HELD_LOOK 1000 /* held texts that are looked at, the oldest first */
#define HELD_FIRST 3   /* of each kind that are handed over whole */

struct held_group {
	const struct held_kind *kind; /* NULL: for other reasons */
	size_t count;
	int64_t oldest, newest; /* created */
	struct message first[HELD_FIRST];
	size_t shown;
};
struct held_survey {
	struct held_group
	    groups[HELD_KINDS + 1]; /* in the order of held_kind_at, then the others */
	size_t looked;
	bool more;    /* there are more than were looked at: counts are the least */
	int64_t upto; /* the organization's latest change (messages_last_change) before the look */
};
enum result held_survey(struct tx *, uint32_t org, struct arena *, struct held_survey *);
/* "12", "more than 1,000", "873 or more". */
const char *held_count(const struct held_survey *, const struct held_group *, struct arena *);

/*
 * Is one of the organization's oldest held texts (at most max) held as "copied"?  In a store that
 * was never copied nothing is looked at.
 */
enum result held_any_copied(struct tx *, uint32_t org, size_t max, bool *any);

/* ---- deciding -------------------------------------------------------- */

/*
 * Asks for it: DECIDE_SEND or DECIDE_GIVE_UP, for all that are held for this reason and did not
 * change after the change `upto`, so that what nobody has seen is not decided about.  Durable,
 * audited; job is the id of the job, which is that of one under way that is to do the same.
 * REFUSED with a sentence.  The caller wakes the worker.
 */
enum result held_ask(const struct app *, uint32_t org, const char *why, enum outbox_decision,
    int64_t upto, const char *who, const char *from, char job[MESSAGE_ID], const char **refusal);

/* What such a job has in its detail. */
struct held_work {
	const char *why, *decision; /* "send", "give-up" */
	int64_t upto;
	const char *after; /* it is done up to this message, NULL: none */
	int64_t looked;	   /* held texts, whatever for */
	int64_t done;	   /* sent on their way, or given up */
	int64_t dropped;   /* of those to be sent: the person had opted out */
	int64_t left;	   /* stay held: a person on hold, or an earlier text to them in doubt */
	bool told;	   /* the audit has the end of it */
};
void held_work_read(const struct job *, struct arena *, struct held_work *);
/* How it ended, or would if it ended now: a sentence or two. */
const char *held_result(const struct held_work *, struct arena *);

/*
 * For the worker: decides about the next ones, at most HELD_STEP, and writes how far it is into
 * the job, in one transaction that also renews its lease: after a kill it goes on from there.
 * What is no longer held, or held for something else, is left alone.  work lives in the arena.
 */
#define HELD_STEP 100
enum result held_step(const struct app *, const char *job, uint32_t org, struct held_work *work,
    struct arena *, bool *more);

#endif
