/*
 * ask.h: one request to Bandwidth in an organization's name, with its authorization.
 *
 * For the kinds of jobs that ask Bandwidth about accounts and numbers.  A token is waited
 * for where it is needed; a 401 or 403 has it renewed, and the request made again, once
 * (after that a 403 counts as a role that the credentials lack, and is no reason to renew
 * until there is another token); a 429 is waited out when that is short.  What the answer
 * means is bandwidth/numbers.h's business, what follows from it the caller's.
 */
#ifndef SPOKE_ASK_H
#define SPOKE_ASK_H

#include <stdbool.h>
#include <stdint.h>

struct http_answer;
struct http_request;
struct worker;

enum ask_end {
	ASK_ANSWERED,  /* a whole answer of Bandwidth's; its status may well be an error */
	ASK_LOST,      /* no whole answer: it may have been done */
	ASK_NOT_BEGUN, /* certain: nothing was asked (no connection, no token, the worker ends) */
	ASK_DENIED,    /* 401 or 403, with a renewed token too: certain that nothing was done */
	ASK_BUSY,      /* 429, for longer than is waited here: nothing was done */
	ASK_NOT_READY, /* credentials are missing, not confirmed, refused, or for other addresses */
	ASK_CHANGED    /* the settings are no longer those the request was made for: not asked */
};

struct ask_answer {
	enum ask_end end;
	/* The last answer, or how far it got: for bandwidth/numbers.h to read; NULL if not tried. */
	const struct http_answer *answer;
	int64_t again;	   /* ms until another try makes sense; 0: nothing is known about that */
	const char *words; /* a sentence for people; NULL when ANSWERED */
};

/* Called once; what it gets is valid during the call.  It may ask again. */
typedef void (*ask_done)(void *arg, const struct ask_answer *);

/*
 * Begins.  version is the config_version of the organization for which the request was made
 * (its URL names an account).  Everything the request points to is copied; its
 * authorization is not looked at.  done is never called from here.
 */
void ask_begin(struct worker *, uint32_t org, int64_t version, const struct http_request *,
    ask_done done, void *arg);

/*
 * May the request have changed something at Bandwidth although no answer says so?  True for
 * LOST and for answers of 408 and 500 and above.  Whoever made something looks for it
 * before making it again.
 */
bool ask_may_be_done(const struct ask_answer *);

/* ---- for the loop ---------------------------------------------------- */

/* Goes on with those whose time has come. */
void ask_turn(struct worker *);
/* When the next is due: wall ms, INT64_MAX if none waits for time. */
int64_t ask_next(const struct worker *);
/* Ends all that wait, as NOT_BEGUN, when the worker ends. */
void ask_abort(struct worker *);

#endif
