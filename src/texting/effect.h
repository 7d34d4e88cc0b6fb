/*
 * effect.h: what one event of a callback comes to; between receive.c and the files that
 * apply events, inside texting/ only.
 */
#ifndef SPOKE_EFFECT_H
#define SPOKE_EFFECT_H

#include "org/event.h"
#include "store/kv.h"
#include "texting/app.h"

struct effect {
	/* Set by receive.c. */
	const struct app *app;
	const struct organization *org;
	const struct event *event;
	const char *id; /* of the stored event */

	/* Set by the effect; strings live as long as the transaction. */
	const char *what;    /* "message", "state", "opt-out", "none", "tray" */
	const char *message; /* our message's id */
	const char *tray;    /* why it needs a look */
	bool orphan;	     /* a receipt to be found again by its service id */
	bool wake;	     /* something was queued */
	/* It speaks of people who asked to be forgotten, so their numbers are not kept; `forgotten`:
	 * it is about one of them, and only that it came is kept. */
	struct text_list hide;
	bool forgotten;
};

/*
 * Does it claim to have come in? (Type message-received, or a type that we don't know with
 * direction "in".)
 */
bool event_inbound(const struct event *);

/* A text came in.  (inbound.c) */
enum result inbound_effect(struct tx *, struct effect *);
/* Everything else: receipts, and what can't be applied.  (receipt_event.c) */
enum result receipt_effect(struct tx *, struct effect *);

#endif
