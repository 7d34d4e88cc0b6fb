/*
 * mend.c: the least that is stored about a message when the whole cannot be (mend.h).
 */
#include "base/clock.h"
#include "base/log.h"
#include "store/messages.h"
#include "store/store.h"
#include "texting/app.h"
#include "texting/outbox.h"
#include "worker/mend.h"

struct mending {
	uint32_t org;
	const char *id;
};

/* When it is looked for next; after the last look a person decides. */
static void
next_look(struct message *m, int64_t now)
{
	m->due = outbox_look_due(m->posted, m->looks);
	if (m->due == 0) {
		m->due = now;
		m->held_why = "unknown-open";
	} else if (m->due < now + CLOCK_MINUTE) {
		m->due = now + CLOCK_MINUTE;
	}
}

static enum result
mend(struct tx *tx, void *arg)
{
	const struct mending *x = arg;
	struct message old, m;
	enum result r = messages_get(tx, x->org, x->id, true, tx_arena(tx), &old);
	enum message_state state;

	if (r != OK)
		return r;
	state = message_state(&old);
	if (state != STATE_SENDING && state != STATE_UNKNOWN)
		return OK;
	m = old;
	m.looks = state == STATE_UNKNOWN ? m.looks + 1 : 0;
	m.error_meaning = "What became of this text could not be stored: a record is damaged.";
	next_look(&m, tx_now(tx));
	message_set_state(&m, STATE_UNKNOWN);
	return messages_put(tx, &old, &m);
}

void
mend_message(const struct app *app, uint32_t org, const char *id)
{
	struct mending x = {org, id};
	enum result r = store_run(app->store, mend, &x);

	if (r == OK)
		r = store_flush(app->store);
	if (r == OK)
		log_error("message %s: a record next to it is damaged; it counts as unknown", id);
	else
		log_error("message %s: it is damaged (%d); texts to the same person wait", id, r);
}
