/*
 * receive.h: what an event of Bandwidth's does to the store: exactly once.
 */
#ifndef SPOKE_RECEIVE_H
#define SPOKE_RECEIVE_H

#include "org/event.h"
#include "texting/app.h"

struct receive_result {
	size_t stored; /* new events */
	size_t duplicates;
	size_t tray; /* stored, but need a look */
	bool wake;   /* something was queued for the worker */
};

/*
 * Takes the events of one callback, 100 in a transaction; the caller flushes before it
 * tells:
 * stores each raw, skips those already seen, applies their effects: inbound message saved,
 * STOP/START/HELP, sticky mapping, carrier; receipts move states forward only; codes 4775
 * and 4475 opt out; service managers called.  What can't be applied goes to the tray with
 * a sentence and its STOP still counts. What the tag says is believed only when it names
 * this organization and the message's numbers agree with the event's.  The first
 * event's type marks the last accepted callback; previous: an older address or secret was
 * used.  BUSY and FAILED: not saved (all of it, or what came after the first hundreds).
 * NOT_FOUND: there is no such organization.
 */
#define RECEIVE_STEP 100
enum result receive_events(const struct app *, uint32_t org, json *const *events,
    const char *const *raw, const size_t *rawlen, size_t count, bool previous, const char *request,
    struct receive_result *);

/*
 * Applies receipts that came before the answer to their send (inside the worker's
 * transaction that stored the answer).
 */
enum result receive_orphans(const struct app *, struct tx *, uint32_t org, const char *service_id);

#endif
