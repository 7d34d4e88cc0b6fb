/*
 * sticky_sender.c: remembers by which of our numbers a person knows us.
 *
 * It learns from what happened, in the order in which it happened, whatever
 * the order in which it is heard: evidence older than what is known counts
 * for nothing.  What a claim settles is only provisional: it makes a second
 * text to a new person wait for the first instead of going out from another
 * number, and any evidence overrides it.
 */
#include "managers/sticky_sender.h"

#include <string.h>

#include "base/arena.h"
#include "store/contacts.h"
#include "store/numbers.h"

/* A number of the organization's; one that it does not have is in no state. */
static enum result
look(struct tx *tx, int64_t org, const char *number, struct number *n)
{
	enum result r = numbers_get(tx, (uint32_t)org, number, false, tx_arena(tx), n);

	if (r == NOT_FOUND)
		n->state = NULL;
	return r == NOT_FOUND ? OK : r;
}

/* The number this person knows, while it serves (also draining); else it is forgotten. */
static enum result
decide(struct tx *tx, struct draft *d)
{
	struct number n;
	enum result r;

	if (d->user_number != NULL || d->contact->user_number == NULL)
		return OK;
	r = look(tx, d->org->id, d->contact->user_number, &n);
	if (r != OK)
		return r;
	if (number_serves(&n)) {
		d->user_number = d->contact->user_number;
		return OK;
	}
	d->contact_changed = true;
	/* A release moves it the same way, in its own time; this text comes first. */
	if (number_is(&n, NUMBER_RELEASING))
		return contact_move(tx, d->contact, &d->user_number);
	d->contact->user_number = NULL;
	d->contact->sticky_since = 0;
	return OK;
}

/* This person was in touch with our number at that time. */
static enum result
learn(struct tx *tx, struct report *p, int64_t when)
{
	struct contact *c = p->contact;
	const char *ours = p->message->user_number;
	struct number n;
	enum result r;

	if (ours == NULL || when < c->sticky_since)
		return OK;
	if (c->user_number != NULL && strcmp(c->user_number, ours) == 0) {
		/* Worth a write of its own only when it was provisional. */
		p->contact_changed = p->contact_changed || c->sticky_since == 0;
		c->sticky_since = when;
		return OK;
	}
	r = look(tx, p->org->id, ours, &n);
	/* A draining number gets no new contacts. */
	if (r != OK || !number_is(&n, NUMBER_IN_SERVICE))
		return r;
	c->user_number = arena_str(p->arena, ours);
	c->sticky_since = when;
	p->contact_changed = true;
	return OK;
}

static enum result
claimed(struct tx *tx, struct report *p)
{
	if (p->contact->user_number != NULL)
		return OK;
	return learn(tx, p, 0);
}

/* Bandwidth took it: what counts is when it was posted. */
static enum result
sent(struct tx *tx, struct report *p)
{
	return learn(tx, p, p->message->posted);
}

static enum result
reported(struct tx *tx, struct report *p)
{
	if (message_state(p->message) == STATE_FAILED)
		return OK;
	return learn(tx, p, p->message->posted);
}

static enum result
replied(struct tx *tx, struct report *p)
{
	return learn(tx, p, p->message->created);
}

const struct service_manager sticky_sender = {
    .name = "sticky-sender",
    .display_name = "Sticky sender",
    .description = "Texts a person from the number they were texted from before, while the "
		   "organization still has it.",
    .on_message_send = decide,
    .on_message_claimed = claimed,
    .on_message_sent = sent,
    .on_delivery_report = reported,
    .on_incoming_message = replied,
};
