/*
 * outbox.h: the way of a message from the queue to Bandwidth and what its answer means.
 *
 * The contract of sending (one of the promises of this program):
 * - A claim is one transaction: opt-out, hold, deadline, pause, pair free, pipeline, state
 *   "sending" with the attempt.  It is durable before a byte goes out: whoever claims flushes, once
 *   for all that it claimed together.
 * - Known not to have been sent: the connection failed before a byte of the request went
 *   out, 400 to 429 as published, 500 with Bandwidth's JSON type.
 * - Everything else is "unknown", never posted again by itself, or with UNKNOWN_RESEND=yes once,
 *   after Bandwidth's list of the account that it was posted to did not show it.
 */
#ifndef SPOKE_OUTBOX_H
#define SPOKE_OUTBOX_H

#include "store/messages.h"
#include "texting/app.h"

/* The worker posts replies first; but one post in OUTBOX_REPLIES + 1 is another text, if one waits. */
#define OUTBOX_REPLIES 9

/* What to post; strings in the caller's arena. */
struct claim {
	struct organization org;
	struct message message; /* state sending; user_number, tag and so on set */
	char tag[TAG_MAX];
	/* With CLAIM_LATER: so many segments does the first message cost, more than the pace
	 * given; else 0. */
	int64_t needs;
};

enum claim_result {
	CLAIM_POST, /* post it */
	CLAIM_DONE, /* it was settled without a post (failed, held, cancelled): look for the next */
	/* Skip it for now: with *has_after one message waits (its due is moved; go on behind
	 * *after),
	 * without it the whole organization (pause, credentials, pace). */
	CLAIM_LATER,
	CLAIM_NONE, /* nothing due */
	CLAIM_ERROR /* the store */
};

/*
 * held_why of a message that is not held but queued says what it waits for: "earlier-open"
 * (another text to this person is under way or in doubt), "busy" (Bandwidth's queue is
 * full), "server" (Bandwidth had a fault), "not-sent" (no connection), "credentials",
 * "unreadable" (a record that it needs is ruined; the tray says so), "number-limit" (every
 * number has had its new contacts for today; it goes on the next UTC day).  Of a held one:
 * "number-limit" (the same, and its deadline comes first), "deadline", "contact-held",
 * "forgotten-key" (nobody can tell whether this person asked to be forgotten),
 * "unknown-open" (an earlier text to this person is in doubt and waits for a decision), "copied"
 * (it was queued when the store was copied or moved, and may have been sent there).  Of an
 * unknown one: "unknown-open" once it was looked for in vain, "other-account" when it was posted
 * to another account than the organization's now, where nobody can look.
 */

/*
 * For showing: fills in held_why of those that are queued while everything of their
 * organization's waits: "restored" (the installation was moved or restored), or a word of
 * config_hold.  What else they wait for matters less.  Nothing is stored.
 */
enum result outbox_show_held(
    const struct app *, struct tx *, uint32_t org, struct message *, size_t count);

/*
 * Claims the first due message of the class for the organization.  The caller chose the
 * organization (round robin) and has pace for up to max_segments.  after lets it go past a
 * queue entry that had to wait (in, out; *has_after false at first).  With CLAIM_POST the caller
 * calls store_flush before it posts; if that fails, it gives the text back with POST_NOT_SENT.
 */
enum claim_result outbox_claim(const struct app *, int class_, uint32_t org, int64_t max_segments,
    struct arena *, struct claim *, struct queue_entry *after, bool *has_after);

/* How a POST ended. */
enum post_outcome {
	POST_ACCEPTED, /* 202 with an id */
	POST_NOT_SENT, /* connection failed before a byte went out: back to the queue */
	POST_REJECTED, /* 400, 404, 405, 406, 415: final for this message */
	/* 401, 403 after one renewal: the queue is held, the message goes back */
	POST_UNAUTHORIZED,
	POST_BUSY,   /* 429: back-off, loses nothing */
	POST_SERVER, /* 500 with Bandwidth's JSON type: known not sent, back-off */
	POST_UNKNOWN /* anything else */
};
struct post_answer {
	enum post_outcome outcome;
	int status;		/* HTTP, 0 if none */
	const char *service_id; /* ACCEPTED */
	int64_t segments;	/* Bandwidth's count, 0 if not said */
	const char *type;	/* Bandwidth's "type" */
	const char *words;	/* Bandwidth's "description" and field errors, or the transport's */
	int64_t retry_after;	/* ms, 0 if not said */
	int64_t attempt;	/* the claim's message.attempts; 0: whichever is the last */
};

/*
 * Stores what came of it (second transaction): state, contact, managers, orphan receipts,
 * daily counters.  The caller flushes soon: what is lost in a crash before makes the message
 * unknown.  Once it was OK it must not be called again, whatever the flush says: a second time it
 * might meet the next attempt's POST and take that for this one.  OK too for a message that was
 * removed meanwhile.
 * When the text was claimed again since, by another worker because this one was taken for dead,
 * only that it was accepted still counts: anything else would put a text back into the queue that
 * is being sent.
 */
enum result outbox_finish(
    const struct app *, uint32_t org, const char *id, const struct post_answer *);

/*
 * At start of a worker: every message in state sending belongs to a worker that died:
 * becomes unknown.
 */
enum result outbox_recover(const struct app *, uint32_t org, size_t *count);

/* ---- unknown ones ---------------------------------------------------- */

/* A message listed by Bandwidth (GET /messages), as far as binding needs it. */
struct listed {
	const char *service_id, *from, *to;
	const char *kind; /* "sms", "mms" */
	const char *status, *direction;
	int64_t segments, time, error_code;
};
/*
 * When the look after `looks` earlier ones is due, given when the POST began; 0: there is
 * none.
 */
int64_t outbox_look_due(int64_t posted, int64_t looks);
/*
 * Next unknown message of the organization whose look is due (10 s, 1, 5, 15, 60 minutes
 * after the POST); NOT_FOUND with *due the next time.
 */
enum result outbox_unknown_due(
    const struct app *, uint32_t org, int64_t now, struct arena *, struct message *, int64_t *due);
/*
 * Binds it to the one listed message that is outbound, agrees in from, to, segments and
 * kind, lies within two minutes of the POST, and is bound to nothing else; if there is not
 * exactly one candidate, counts the look; after the last look it stays unknown and is held
 * for a person (or goes back to the queue, once, when UNKNOWN_RESEND=yes).  One that was queued
 * again meanwhile is bound in the same way, so that it does not go out twice.  account: whose
 * list it is.  NULL, or another than it was posted to: Bandwidth could not be asked; the look does
 * not count, and if the organization has left that account, a person decides at once.
 */
enum result outbox_unknown_resolve(const struct app *, uint32_t org, const char *id,
    const char *account, const struct listed *, size_t count);

/* ---- what a person decides ------------------------------------------- */

enum result outbox_pause(const struct app *, uint32_t org, bool pause, const char *why,
    const char *who, const char *from);
/* Only what is queued or held; REFUSED with *why otherwise. */
enum result outbox_cancel(const struct app *, uint32_t org, const char *id, const char *who,
    const char *from, const char **why);
/* All that is queued or held, for as long as somebody can wait; *more: time was over, ask again. */
enum result outbox_cancel_all(
    const struct app *, uint32_t org, const char *who, const char *from, size_t *count, bool *more);
/*
 * Held: send it after all (new deadline), or give up.  Unknown: "it was sent" (sent), "it
 * was not: send again" (queued), or give up (failed).
 */
enum outbox_decision { DECIDE_SEND, DECIDE_WAS_SENT, DECIDE_GIVE_UP };
enum result outbox_decide(const struct app *, uint32_t org, const char *id, enum outbox_decision,
    const char *who, const char *from, const char **why);

#endif
