/*
 * sender.h: what the worker knows of an organization while it runs: how to speak to
 * Bandwidth for it, and what stands in its way.
 *
 * OAuth2 tokens are fetched once, kept sealed in the store for the next worker, and renewed
 * before they expire. A token that Bandwidth refuses (401, 403) is renewed once, at most
 * once a minute; if the new one is refused too, so are the credentials: the queue is held,
 * nothing fails, and Bandwidth is asked again later (credentials.h).  One text that alone is
 * refused, while others are accepted, does not stop those: it fails.
 */
#ifndef SPOKE_SENDER_H
#define SPOKE_SENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "org/message.h"
#include "worker/agenda.h"

struct arena;
struct organization;
struct pace;
struct token_answer;
struct worker;

/* Why nothing of an organization's class was posted at the last try. */
enum block {
	BLOCK_NONE,  /* it was, or was not tried yet */
	BLOCK_EVENT, /* pause, credentials, an earlier text: something must happen first */
	BLOCK_TIME,  /* until the agenda says */
	BLOCK_PACE   /* the account's pace */
};

#define AUTHORIZATION_MAX 16000

/* A text that was refused, which may be the text's own fault. */
struct suspect {
	char id[MESSAGE_ID];
	int64_t accepts; /* the sender's, when it was refused first */
};
#define SUSPECTS 16

struct sender {
	struct sender *next; /* with the same hash */
	struct worker *worker;
	uint32_t org;
	size_t place; /* in the agenda */

	int64_t version;	  /* config_version that the following speak of */
	struct buf authorization; /* header value, wiped; empty: none */
	int64_t renew, expires;	  /* wall times; INT64_MAX: never */
	int64_t generation;	  /* counts the authorizations that there were */
	bool loaded;		  /* the store was asked for them */
	bool fetching;		  /* a token is being fetched */
	bool needed;		  /* it is refused: a renewal is due, whatever `renew` says */
	int64_t retry;		  /* monotonic: no fetch before */
	int failures;		  /* fetches in a row that failed */
	int64_t forced;	 /* monotonic time of the last renewal after a 401 or 403, 0 none */
	bool changed;	 /* the settings were, since the last such renewal */
	int64_t denied;	 /* generation that the Numbers API refused with 403 though new, 0 none */
	bool good;	 /* Bandwidth took something since */
	int64_t accepts; /* texts that were accepted so far */
	int64_t accepted_with; /* generation of the last of them */
	int doubts;	       /* refusals since that accepted one; 401 counts for many */
	struct suspect suspects[SUSPECTS]; /* texts that were refused with 403, a ring */
	size_t suspect_next;

	int refusals;	     /* of the credentials, in a row: delays the next check */
	int64_t asked;	     /* monotonic time when a check was last asked for, 0 never */
	enum block block[2]; /* by class */
	int64_t served[AGENDA_KINDS]; /* w->served when it last had its turn */
	int errors;		      /* claims in a row that the store failed */
	bool unrecovered; /* what an earlier worker left "sending" is not known to be seen to */
	struct pace *pace;  /* of its account, once known */
	bool looking;	    /* a look for an unknown message is under way */
	int64_t look_after; /* wall time: no look before */
};

/* Never NULL; stays where it is until sender_free_all. */
struct sender *sender_of(struct worker *, uint32_t org);
void sender_free_all(struct worker *);
/* Does something other than the pace stand in the way of a class? */
bool sender_blocked(const struct sender *, int class_);
/* What stood in the way may be gone: for one, for all. */
void sender_unblock(struct sender *);
void sender_unblock_all(struct worker *);

enum sender_state {
	SENDER_READY, /* authorization is set */
	SENDER_WAIT,  /* a token is being fetched, or will be at `retry` */
	SENDER_NONE   /* not set up, not confirmed, refused, or entered for another address */
};
/*
 * Reads the organization (into the arena) and sees to its authorization; may start fetching
 * a token.
 */
enum sender_state sender_ready(struct sender *, struct arena *, struct organization *);

/* What follows from a 401 or 403 to a request with the authorization of that generation. */
enum sender_verdict {
	VERDICT_AGAIN,	/* a newer one is there or will be: try once more */
	VERDICT_REFUSED /* the renewed one is refused as well */
};
enum sender_verdict sender_refused(struct sender *, int64_t generation);
/* A new token is fetched soon; until it is here the old one is good. */
void sender_renew(struct sender *);
/* Bandwidth took something with it. */
void sender_accepted(struct sender *);
/* Bandwidth took a text with the authorization of that generation. */
void sender_took_text(struct sender *, int64_t generation);
/*
 * A text was refused with this HTTP status.  True when it was refused before, with 403 both
 * times, and others were accepted in between: then it is the text that is refused, not the
 * credentials.
 */
bool sender_text_is_refused(struct sender *, const char *id, int status);
/* While a renewal is waited for: is the old authorization still good for other texts? */
bool sender_still_good(const struct sender *);
/* The credentials are refused: asks for another check after 1, 5, 15, then 60 minutes. */
void sender_check_later(struct sender *);

/*
 * Takes a token over, into memory and the store, if the settings are still those of the
 * version.
 */
void sender_take_token(struct sender *, const struct organization *, const struct token_answer *);

/* Forgets what it knows, so that the store is asked again. */
void sender_reset(struct sender *);

#endif
