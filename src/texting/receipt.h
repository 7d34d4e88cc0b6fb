/*
 * receipt.h: what a receipt does to a message and to the person it was for; inside
 * texting/ only.
 */
#ifndef SPOKE_RECEIPT_H
#define SPOKE_RECEIPT_H

#include "org/event.h"
#include "texting/app.h"

/*
 * "sending", "sent", "delivered" or "failed" of one message for one recipient, wherever it
 * was learnt.
 */
struct receipt {
	const struct organization *org;
	enum event_type type;
	const char *to;		/* whom it is about; CONTACT_FORGOTTEN of a group: nobody's contact */
	int64_t code;		/* of a failure; 0 if not said */
	const char *service_id; /* Bandwidth's id */
	const char *carrier;	/* or NULL */
	int64_t time;		/* when it happened, by Bandwidth's clock; 0 if not said */
	/* Known to be this message's otherwise than by the id, so that the id may be learnt. */
	bool tagged;
};

/* Bandwidth's codes that mean: this person wants no texts. */
bool receipt_is_opt_out(int64_t code);

/*
 * Moves the state forward (never back, never out of a final one), opts out for 4775 and
 * 4475, tells the contact and the service managers.  old was got for update, behind the
 * contact's record. *changed: it did something to the message.
 */
enum result receipt_apply(struct tx *, const struct app *, const struct message *old,
    const struct receipt *, bool *changed);

#endif
