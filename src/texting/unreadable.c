/*
 * unreadable.c: one ruined record must not stop an organization: who needs it waits, and a
 * person hears of it.
 */
#include "texting/unreadable.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/events.h"
#include "store/messages.h"
#include "store/store.h"
#include "texting/settle.h"

/* A text whose contact or number can't be read is tried again after this. */
#define WAIT (5 * CLOCK_MINUTE)

struct noting {
	uint32_t org;
	const char *id;
	bool fresh; /* not told before */
};

bool
unreadable_result(enum result r)
{
	return r == DAMAGED || r == REFUSED || r == NOT_FOUND;
}

/* Kept once for each message, however often it is come across. */
static enum result
tell(struct tx *tx, void *arg)
{
	static const char why[] = "A queued text cannot be read, or what it needs cannot be. It is "
				  "not sent. The log says which record it is.";
	struct noting *n = arg;
	const char *body = arena_fmt(tx_arena(tx), "queued text %s", n->id);
	enum result r = tray_put_body(tx, n->org, body, strlen(body), why, NULL);

	n->fresh = r == OK;
	return r == EXISTS || r == REFUSED ? OK : r;
}

static enum result
wait(struct tx *tx, void *arg)
{
	const struct noting *n = arg;
	struct message old, m;
	enum result r = messages_get(tx, n->org, n->id, true, tx_arena(tx), &old);

	if (r != OK || message_state(&old) != STATE_QUEUED)
		return r;
	m = old;
	m.due = tx_now(tx) + WAIT;
	m.held_why = "unreadable";
	return settle(tx, &old, &m, STATE_QUEUED);
}

void
unreadable_note(const struct app *app, uint32_t org, const char *id)
{
	struct noting n = {.org = org, .id = id};

	(void)store_run(app->store, wait, &n);
	if (store_run(app->store, tell, &n) == OK && n.fresh)
		log_error(
		    "organization %lu: the queued text %s can't be sent: a record can't be read",
		    (unsigned long)org, id);
}
