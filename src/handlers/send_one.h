/*
 * send_one.h: one text that a person asks for on a page, by the rules of the API
 * (texting/submit.h).
 *
 * The form carries a word of its own ("once"), so that pressing twice, or reloading, sends
 * one text.
 */
#ifndef SPOKE_SEND_ONE_H
#define SPOKE_SEND_ONE_H

#include "base/crypto.h"
#include "handlers/frame.h"
#include "texting/submit.h"

/* The hidden field "once", for a form. */
void send_one_word(struct buf *);

struct send_one {
	const struct app *app;
	struct request *req;
	struct submission submission; /* to, text and by are set */
	/* NULL, or run in the transaction that queues it: whatever must agree with it */
	enum result (*also)(struct tx *, const struct send_one *);

	struct submit_fault fault; /* REFUSED: what is wrong */
	const char *id;		   /* OK: the message's */
	const char *state; /* as it was queued; NULL when it was queued by an earlier press */

	const char *once; /* key of this form and what was written in it; NULL: not from our form */
	unsigned char body[SHA256_BYTES];
};
/*
 * Checks and queues it; the worker is woken after the answer.  OK, REFUSED, or else the answer
 * is an error already.
 */
enum result send_one(struct send_one *, struct response *);

#endif
