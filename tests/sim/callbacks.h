/*
 * callbacks.h: events on their way to the customer's callback URL.
 *
 * A heap of due events and threads that post them, at least once, with
 * back-off for a day, as Bandwidth does.  outcome.c and inbound.c make the
 * events; control.c holds and releases them.
 */
#ifndef SIM_CALLBACKS_H
#define SIM_CALLBACKS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim.h"

struct event {
	struct event *next;		/* among those held */
	long id;
	int64_t due;
	int64_t first;			/* first attempt */
	int attempt;
	char *body;			/* event objects, comma separated */
	bool raw;			/* body is the whole body */
	char *content_type;		/* raw: instead of JSON's */
	char *application;
	bool inbound;			/* which URL of the application */
	char *url;			/* raw: instead of the application's */
	char *type, *to, *from, *tag, *message;
	char *hold;			/* waits for a release with this name */
	int parts;			/* events in the body */
};

/* A new event; texts are copied, body is taken over. */
struct event *event_new(const char *application, bool inbound, char *body);
void event_free(struct event *);

/* Takes the event over, to be posted at due; gives its id.  Lock held. */
long callbacks_add(struct sim *, struct event *, int64_t due);

enum order { ORDER_SAME, ORDER_REVERSE, ORDER_RANDOM };

/*
 * Lets go what is held under the name (NULL: all): now, in that order, as one
 * array for each URL if batch is set.  Gives how many.  Lock held.
 */
long callbacks_release(struct sim *, const char *hold, enum order, bool batch);

/* Makes everything that waits due now; lock held. */
void callbacks_hurry(struct sim *);

/* Events waiting or on the wire, and events held; lock held. */
void callbacks_counts(struct sim *, long *pending, long *held);

/* Throws away what waits and what is held; lock held. */
void callbacks_clear(struct sim *);

struct callbacks *callbacks_new(void);

/* Waits for the threads; call it after stop_fd is readable. */
void callbacks_stop(struct sim *);

#endif
