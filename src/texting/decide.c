/*
 * decide.c: what a person decides about texts that have not gone out, or of
 * which nobody knows: pause, take back, send after all, give up.
 *
 * Each is written to the audit in the transaction that does it, and durable
 * before the person hears of it.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "store/audit.h"
#include "store/contacts.h"
#include "store/messages.h"
#include "store/orgs.h"
#include "store/store.h"
#include "texting/forget.h"
#include "texting/limit.h"
#include "texting/outbox.h"
#include "texting/settle.h"

/* Taken back in one transaction. */
#define CANCEL_STEP 100
/* Somebody waits for it, and a web server does not wait for ever. */
#define CANCEL_FOR (15 * CLOCK_SECOND)

struct deciding {
	const struct app *app;
	uint32_t org;
	const char *id;
	const char *who, *from;
	const char *why; /* sentence for a refusal, static */

	bool pause;
	const char *pause_why;

	enum outbox_decision decision;
	const char *number; /* the contact's */
	struct arena *arena;

	enum message_state state;
	char after[MESSAGE_ID]; /* "": from the first */
	const char **ids;
	size_t n, done;
};

static enum result
audit(struct tx *tx, const struct deciding *d, const char *what, const char *detail)
{
	const struct audit a = {.org = d->org,
	    .time = tx_now(tx),
	    .who = d->who,
	    .from = d->from,
	    .what = what,
	    .detail = detail};

	return audit_add(tx, &a);
}

static enum result
refuse(struct deciding *d, const char *why)
{
	d->why = why;
	return REFUSED;
}

/* Runs it and makes it durable. */
static enum result
run(struct deciding *d, tx_fn fn)
{
	enum result r = store_run(d->app->store, fn, d);

	return r == OK ? store_flush(d->app->store) : r;
}

/* ---- pause ------------------------------------------------------------------------ */

static enum result
set_pause(struct tx *tx, void *arg)
{
	struct deciding *d = arg;
	struct organization o;
	enum result r = orgs_get(tx, d->org, true, tx_arena(tx), &o);

	if (r != OK || o.paused == d->pause)
		return r;
	o.paused = d->pause;
	o.paused_why = d->pause ? d->pause_why : NULL;
	o.paused_by = d->pause ? d->who : NULL;
	o.paused_at = d->pause ? tx_now(tx) : 0;
	o.paused_limit = 0;
	o.paused_token = NULL;
	r = orgs_put(tx, &o);
	if (r != OK)
		return r;
	return audit(tx, d, d->pause ? "sending.pause" : "sending.resume", d->pause_why);
}

enum result
outbox_pause(const struct app *app, uint32_t org, bool on, const char *why, const char *who,
    const char *from)
{
	struct deciding d = {.app = app,
	    .org = org,
	    .who = who,
	    .from = from,
	    .pause = on,
	    .pause_why = why == NULL && on ? "person" : why};

	return run(&d, set_pause);
}

/* ---- taking back -------------------------------------------------------------------- */

static enum result
cancel_one(struct tx *tx, const struct message *old)
{
	struct message m = *old;

	settle_reason(&m, "cancelled", "It was taken back before it was sent.", "nobody");
	return settle(tx, old, &m, STATE_CANCELLED);
}

static bool
waiting(const struct message *m)
{
	enum message_state s = message_state(m);

	return m->out && (s == STATE_QUEUED || s == STATE_HELD);
}

/* Why a message that does not wait can't be taken back. */
static const char *
too_late(const struct message *m)
{
	switch (message_state(m)) {
	case STATE_RECEIVED:
		return "This text came in; it can't be taken back.";
	case STATE_CANCELLED:
		return "It was taken back already.";
	case STATE_FAILED:
		return "It failed; there is nothing to take back.";
	case STATE_UNKNOWN:
		return "We don't know whether this was sent. Decide on it on its own page.";
	default:
		return "It was handed to Bandwidth already and can't be taken back.";
	}
}

static enum result
cancel(struct tx *tx, void *arg)
{
	struct deciding *d = arg;
	struct message old;
	enum result r = messages_get(tx, d->org, d->id, true, tx_arena(tx), &old);

	if (r != OK)
		return r;
	if (!waiting(&old))
		return refuse(d, too_late(&old));
	r = cancel_one(tx, &old);
	return r == OK ? audit(tx, d, "message.cancel", d->id) : r;
}

enum result
outbox_cancel(const struct app *app, uint32_t org, const char *id, const char *who,
    const char *from, const char **why)
{
	struct deciding d = {.app = app, .org = org, .id = id, .who = who, .from = from};
	enum result r = run(&d, cancel);

	*why = d.why;
	return r;
}

/* ---- taking all back ------------------------------------------------------------------ */

static enum result
list_waiting(struct tx *tx, void *arg)
{
	struct deciding *d = arg;

	return messages_in_state(
	    tx, d->org, d->state, d->after, CANCEL_STEP, d->arena, &d->ids, &d->n);
}

static enum result
cancel_listed(struct tx *tx, void *arg)
{
	struct deciding *d = arg;
	struct message old;
	enum result r = OK;
	size_t i;

	d->done = 0;
	for (i = 0; r == OK && i < d->n; i++) {
		r = messages_get(tx, d->org, d->ids[i], true, tx_arena(tx), &old);
		if (r == OK && waiting(&old)) {
			d->done++;
			r = cancel_one(tx, &old);
		} else if (r == NOT_FOUND || r == DAMAGED) {
			r = OK; /* it keeps no other from being taken back */
		}
	}
	if (r == OK && d->done > 0)
		r = audit(tx, d, "message.cancel-all",
		    arena_fmt(tx_arena(tx), "%zu taken back", d->done));
	return r;
}

/* Once through all in that state. */
static enum result
cancel_state(struct deciding *d, enum message_state state, int64_t end, size_t *count)
{
	enum result r = OK;

	d->state = state;
	d->after[0] = '\0';
	do {
		arena_reset(d->arena);
		d->n = d->done = 0;
		r = store_read(d->app->store, list_waiting, d);
		if (r != OK || d->n == 0)
			return r;
		memcpy(d->after, d->ids[d->n - 1], MESSAGE_ID);
		r = store_run(d->app->store, cancel_listed, d);
		*count += r == OK ? d->done : 0;
	} while (r == OK && clock_mono() < end);
	return r;
}

enum result
outbox_cancel_all(const struct app *app, uint32_t org, const char *who, const char *from,
    size_t *count, bool *more)
{
	struct deciding d = {.app = app, .org = org, .who = who, .from = from};
	int64_t end = clock_mono() + CANCEL_FOR;
	size_t before;
	enum result r;

	*count = 0;
	d.arena = arena_new();
	/* Again, until nothing is found: the worker puts some of them back meanwhile. */
	do {
		before = *count;
		r = cancel_state(&d, STATE_QUEUED, end, count);
		if (r == OK)
			r = cancel_state(&d, STATE_HELD, end, count);
	} while (r == OK && *count > before && clock_mono() < end);
	*more = clock_mono() >= end;
	if (r == OK)
		r = store_flush(app->store);
	arena_free(d.arena);
	return r;
}

/* ---- held and unknown ones ---------------------------------------------------------------- */

/* Sending is out of the question while the person does not want it. */
static enum result
check_contact(struct tx *tx, struct deciding *d)
{
	struct contact c;
	enum result r = contacts_get(tx, d->org, d->number, true, tx_arena(tx), &c);

	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	if (d->decision != DECIDE_SEND)
		return OK;
	if (c.opted_out)
		return refuse(d, "This person asked for no more texts.");
	if (c.unsure)
		return refuse(d,
		    "It can't be found out whether this person asked to be forgotten. Whoever "
		    "runs this installation can mend that: spokectl check says how.");
	if (c.held)
		return refuse(d,
		    "What this person wrote sounds like a request to stop. Decide on that first.");
	return OK;
}

/* Is an earlier text to the person still in doubt? */
static enum result
check_doubt(struct tx *tx, struct deciding *d)
{
	struct message_filter f = {.org = d->org,
	    .contact = d->number,
	    .direction = 'o',
	    .state = state_name(STATE_UNKNOWN),
	    .limit = 1};
	struct message *list;
	const char *next;
	size_t n = 0;
	enum result r = messages_list(tx, &f, tx_arena(tx), &list, &n, &next);

	if (r != OK || n == 0)
		return r;
	return refuse(d,
	    "We don't know whether an earlier text to this person was sent. Decide on that first.");
}

static enum result
decide_held(struct tx *tx, struct deciding *d, const struct message *old, struct message *m)
{
	enum result r;

	if (d->decision == DECIDE_SEND) {
		r = check_doubt(tx, d);
		return r == OK ? settle_send_after_all(tx, old, m) : r;
	}
	if (d->decision == DECIDE_WAS_SENT)
		return refuse(d, "This text was held and never handed to Bandwidth.");
	return settle_given_up(tx, old, m);
}

static enum result
decide_unknown(struct tx *tx, struct deciding *d, const struct message *old, struct message *m)
{
	enum result r;

	if (d->decision == DECIDE_SEND) {
		r = settle_send_after_all(tx, old, m);
		/* It may cost a second time. */
		return r == OK ? limit_count_more(tx, d->app, m, message_cost(m)) : r;
	}
	if (d->decision == DECIDE_WAS_SENT) {
		settle_reason(m, NULL, "Somebody here says that it was sent.", NULL);
		m->sent = m->posted;
		return settle(tx, old, m, STATE_SENT);
	}
	settle_reason(m, "given-up",
	    "Nobody knows whether it was sent, and somebody decided not to send it again.",
	    "nobody");
	return settle(tx, old, m, STATE_FAILED);
}

static const char *
decision_name(enum outbox_decision decision)
{
	static const char *const names[] = {
	    [DECIDE_SEND] = "message.send-after-all",
	    [DECIDE_WAS_SENT] = "message.was-sent",
	    [DECIDE_GIVE_UP] = "message.give-up",
	};

	return names[decision];
}

static enum result
peek(struct tx *tx, void *arg)
{
	struct deciding *d = arg;
	struct message m;
	enum result r = messages_get(tx, d->org, d->id, false, tx_arena(tx), &m);

	if (r == OK)
		d->number = arena_str(d->arena, m.contact_number);
	return r;
}

static enum result
decide(struct tx *tx, void *arg)
{
	struct deciding *d = arg;
	struct message old, m;
	enum result r = check_contact(tx, d);

	if (r == OK)
		r = messages_get(tx, d->org, d->id, true, tx_arena(tx), &old);
	if (r != OK)
		return r;
	m = old;
	if (message_state(&old) == STATE_HELD)
		r = decide_held(tx, d, &old, &m);
	else if (message_state(&old) == STATE_UNKNOWN)
		r = decide_unknown(tx, d, &old, &m);
	else
		return refuse(d, "There is nothing to decide about this text any more.");
	if (r == OK)
		r = forget_decided(tx, d->org);
	return r == OK ? audit(tx, d, decision_name(d->decision), d->id) : r;
}

enum result
outbox_decide(const struct app *app, uint32_t org, const char *id, enum outbox_decision decision,
    const char *who, const char *from, const char **why)
{
	struct deciding d = {
	    .app = app, .org = org, .id = id, .who = who, .from = from, .decision = decision};
	enum result r;

	d.arena = arena_new();
	r = store_read(app->store, peek, &d);
	if (r == OK)
		r = run(&d, decide);
	arena_free(d.arena);
	*why = d.why;
	return r;
}
