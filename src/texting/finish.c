/*
 * finish.c: what became of a POST, and of those that a worker left behind.
 *
 * A receipt may have been faster than the answer to its own send: then the
 * state it set stays, and only what the answer adds is taken from it.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "store/contacts.h"
#include "store/messages.h"
#include "store/orgs.h"
#include "store/store.h"
#include "texting/limit.h"
#include "texting/outbox.h"
#include "texting/receive.h"
#include "texting/settle.h"

#define BACK_OFF_FIRST (2 * CLOCK_SECOND)
#define BACK_OFF_MOST (5 * CLOCK_MINUTE)
/* Recovered in one transaction. */
#define RECOVER_STEP 100

struct finishing {
	const struct app *app;
	uint32_t org;
	const char *id;
	const char *number; /* the contact's, found first: contacts are locked before messages */
	const struct post_answer *answer;
	struct arena *arena;

	struct tx *tx;
	struct organization organization;
	struct contact contact;
	bool contact_ruined; /* its record can't be read */
	struct message old, m;
};

/* ---- accepted ------------------------------------------------------------------ */

/* Takes over Bandwidth's count of segments; by how much the message costs more than we thought. */
static int64_t
correct_segments(struct finishing *f)
{
	int64_t before = message_cost(&f->m);

	if (f->answer->segments > 0)
		f->m.segments = f->answer->segments;
	return message_cost(&f->m) - before;
}

static enum result
tell_managers(struct finishing *f)
{
	struct report report = {
	    .org = &f->organization, .message = &f->m, .contact = &f->contact, .arena = f->arena};

	enum result r;

	/* What is known of the text is stored even so. */
	if (f->contact_ruined)
		return OK;
	/* last_out is written in any case, so contact_changed is not asked. */
	f->contact.last_out = tx_now(f->tx);
	r = pipeline_message_sent(f->app->pipeline, f->tx, &report);
	return r == OK ? contacts_put(f->tx, &f->contact) : r;
}

static enum result
accepted(struct finishing *f)
{
	enum message_state state = message_state(&f->old);
	int64_t more = correct_segments(f);
	enum result r;

	f->m.service_id = f->answer->service_id;
	f->m.sent = tx_now(f->tx);
	if (!state_final(state)) {
		settle_reason(&f->m, NULL, NULL, NULL);
		state = STATE_SENT;
	}
	message_set_state(&f->m, state);
	r = tell_managers(f);
	if (r == OK)
		r = settle(f->tx, &f->old, &f->m, state);
	if (r == OK && f->m.service_id != NULL)
		r = receive_orphans(f->app, f->tx, f->org, f->m.service_id);
	return r == OK ? limit_count_more(f->tx, f->app, &f->m, more) : r;
}

/* ---- not accepted ---------------------------------------------------------------- */

/* Still ours to decide?  Not when a receipt or a person has done so. */
static bool
open_still(const struct finishing *f)
{
	enum message_state s = message_state(&f->old);

	return s == STATE_SENDING || s == STATE_UNKNOWN;
}

/* Doubling from 2 s to 5 min, give or take a fifth, so that many don't come back together. */
static int64_t
back_off(int64_t attempts, int64_t retry_after)
{
	int64_t wait = BACK_OFF_FIRST;
	uint32_t r;

	while (--attempts > 0 && wait < BACK_OFF_MOST)
		wait *= 2;
	if (wait > BACK_OFF_MOST)
		wait = BACK_OFF_MOST;
	crypto_random(&r, sizeof r);
	wait += wait / 5 - (int64_t)(r % (uint32_t)(wait * 2 / 5 + 1));
	return wait > retry_after ? wait : retry_after;
}

static enum result
back_to_queue(struct finishing *f, const char *why, int64_t wait)
{
	f->m.due = tx_now(f->tx) + wait;
	if (f->m.due > f->m.send_before)
		f->m.due = f->m.send_before;
	f->m.held_why = why;
	return settle(f->tx, &f->old, &f->m, STATE_QUEUED);
}

static enum result
try_again(struct finishing *f, const char *why)
{
	if (!open_still(f))
		return OK;
	return back_to_queue(f, why, back_off(f->m.attempts, f->answer->retry_after));
}

static const char *
words(const struct finishing *f)
{
	return f->answer->words == NULL || *f->answer->words == '\0' ? "it did not say why"
								     : f->answer->words;
}

static enum result
rejected(struct finishing *f)
{
	if (!open_still(f))
		return OK;
	settle_reason(&f->m, arena_fmt(f->arena, "http-%d", f->answer->status),
	    arena_fmt(
		f->arena, "Bandwidth refused this text (%d): %s", f->answer->status, words(f)),
	    "admin");
	return settle(f->tx, &f->old, &f->m, STATE_FAILED);
}

static enum result
unauthorized(struct finishing *f)
{
	struct organization *o = &f->organization;
	enum result r = OK;

	/* Nobody saved other credentials while the POST was under way? */
	if (o->config_saved <= f->m.posted) {
		o->cred_state = "refused";
		o->cred_words = words(f);
		o->cred_checked = tx_now(f->tx);
		log_warn("organization %lu: Bandwidth refuses the credentials, sending waits",
		    (unsigned long)f->org);
		r = orgs_put(f->tx, o);
	}
	if (r != OK || !open_still(f))
		return r;
	return back_to_queue(f, "credentials", 0);
}

static enum result
unknown(struct finishing *f)
{
	if (message_state(&f->old) != STATE_SENDING)
		return OK;
	settle_reason(&f->m, NULL,
	    arena_fmt(f->arena, "The answer to this text was lost: %s", words(f)), NULL);
	f->m.looks = 0;
	f->m.held_why = NULL;
	f->m.due = outbox_look_due(f->m.posted, 0);
	return settle(f->tx, &f->old, &f->m, STATE_UNKNOWN);
}

/* Is it about an attempt before the last one? */
static bool
outdated(const struct finishing *f)
{
	return f->answer->attempt != 0 && f->answer->attempt != f->old.attempts;
}

static enum result
apply(struct finishing *f)
{
	if (outdated(f) && f->answer->outcome != POST_ACCEPTED) {
		log_warn("message %s: the answer to an attempt came when there was another", f->id);
		return OK;
	}
	switch (f->answer->outcome) {
	case POST_ACCEPTED:
		return accepted(f);
	case POST_NOT_SENT:
		return try_again(f, "not-sent");
	case POST_BUSY:
		return try_again(f, "busy");
	case POST_SERVER:
		return try_again(f, "server");
	case POST_REJECTED:
		return rejected(f);
	case POST_UNAUTHORIZED:
		return unauthorized(f);
	case POST_UNKNOWN:
		break;
	}
	return unknown(f);
}

/* ---- the second transaction --------------------------------------------------------- */

static enum result
peek(struct tx *tx, void *arg)
{
	struct finishing *f = arg;
	struct message m;
	enum result r = messages_get(tx, f->org, f->id, false, tx_arena(tx), &m);

	if (r == OK)
		f->number = arena_str(f->arena, m.contact_number);
	return r;
}

static enum result
finish(struct tx *tx, void *arg)
{
	struct finishing *f = arg;
	bool write_org = f->answer->outcome == POST_UNAUTHORIZED;
	enum result r;

	f->tx = tx;
	r = orgs_get(tx, f->org, write_org, f->arena, &f->organization);
	if (r == OK)
		r = contacts_get(tx, f->org, f->number, true, f->arena, &f->contact);
	f->contact_ruined = r == DAMAGED;
	if (r == OK || r == NOT_FOUND || r == DAMAGED)
		r = messages_get(tx, f->org, f->id, true, f->arena, &f->old);
	if (r != OK)
		return r;
	f->m = f->old;
	return apply(f);
}

enum result
outbox_finish(const struct app *app, uint32_t org, const char *id, const struct post_answer *answer)
{
	struct finishing f = {.app = app, .org = org, .id = id, .answer = answer};
	enum result r;

	f.arena = arena_new();
	r = store_read(app->store, peek, &f);
	if (r == OK)
		r = store_run(app->store, finish, &f);
	if (r == NOT_FOUND) {
		/* Its report was faster, and then its person was forgotten. */
		log_info("message %s: it was removed before the answer to its POST came", id);
		r = OK;
	}
	arena_free(f.arena);
	return r;
}

/* ---- after a worker's death ------------------------------------------------------------ */

struct recovering {
	uint32_t org;
	struct arena *arena;
	const char **ids;
	size_t n, done;
	char after[MESSAGE_ID]; /* the last one looked at, "" at first */
};

static enum result
list_sending(struct tx *tx, void *arg)
{
	struct recovering *v = arg;

	return messages_in_state(tx, v->org, STATE_SENDING, v->after[0] == '\0' ? NULL : v->after,
	    RECOVER_STEP, v->arena, &v->ids, &v->n);
}

static enum result
make_unknown(struct tx *tx, struct recovering *v, const char *id)
{
	int64_t soon = tx_now(tx) + CLOCK_SECOND;
	struct message old, m;
	enum result r = messages_get(tx, v->org, id, true, tx_arena(tx), &old);

	/* One that can't be read must not keep the others from being recovered. */
	if (r == NOT_FOUND || r == DAMAGED) {
		log_error("message %s: can't be read, so it is not looked for at Bandwidth", id);
		return OK;
	}
	if (r != OK || message_state(&old) != STATE_SENDING)
		return r;
	m = old;
	settle_reason(
	    &m, NULL, "The worker ended while it was handing this text to Bandwidth.", NULL);
	m.looks = 0;
	m.due = outbox_look_due(m.posted, 0);
	if (m.due < soon)
		m.due = soon;
	v->done++;
	return settle(tx, &old, &m, STATE_UNKNOWN);
}

static enum result
recover(struct tx *tx, void *arg)
{
	struct recovering *v = arg;
	enum result r = OK;
	size_t i;

	v->done = 0;
	for (i = 0; r == OK && i < v->n; i++)
		r = make_unknown(tx, v, v->ids[i]);
	return r;
}

enum result
outbox_recover(const struct app *app, uint32_t org, size_t *count)
{
	struct recovering v = {.org = org};
	enum result r;

	*count = 0;
	v.arena = arena_new();
	do {
		arena_reset(v.arena);
		v.n = v.done = 0;
		r = store_read(app->store, list_sending, &v);
		if (r == OK && v.n > 0)
			r = store_run(app->store, recover, &v);
		*count += r == OK ? v.done : 0;
		if (v.n > 0)
			memcpy(v.after, v.ids[v.n - 1], sizeof v.after);
	} while (r == OK && v.n > 0);
	if (r == OK)
		r = store_flush(app->store);
	arena_free(v.arena);
	return r;
}
