/*
 * settle.c: how a message's state changes, the same for callbacks, worker and people.
 *
 * Everything here runs inside the caller's transaction.
 */
#include "texting/settle.h"

#include <string.h>

#include "base/clock.h"
#include "org/errors.h"
#include "store/figures.h"
#include "store/messages.h"
#include "store/meta.h"
#include "store/numbers.h"
#include "store/retain.h"

/* A carrier's verdict on a number is believed for so long: numbers are given to others later. */
#define DEAD_FOR (90 * CLOCK_DAY)
/* A text that is sent after all has so long to get out. */
#define NEW_DEADLINE (12 * CLOCK_HOUR)
/* How far back a person's messages are walked through. */
#define WALK_BACK (30 * CLOCK_DAY)
/* Most messages that are let go when an unknown one is resolved. */
#define BEHIND_MAX 200
/* Earlier texts to a person that are looked at. */
#define EARLIER_MAX 20
/* So many lists may end before they are full: each has looked at 5,000 messages then. */
#define WALK_BARREN 2

bool
message_is_mms(const struct message *m)
{
	return m->media.count > 0 || m->group.count > 0;
}

bool
message_is_automatic(const struct message *m)
{
	return m->by != NULL && strncmp(m->by, "auto-", 5) == 0;
}

bool
message_is_to(const struct message *m, const char *number)
{
	if (number == NULL)
		return false;
	if (m->group.count > 0)
		return text_list_has(&m->group, number);
	return m->contact_number != NULL && strcmp(m->contact_number, number) == 0;
}

void
settle_reason(struct message *m, const char *error, const char *meaning, const char *who)
{
	m->error = error;
	m->error_meaning = meaning;
	m->error_who = who;
	m->error_code = 0;
}

/* ---- what waits behind an unknown message --------------------------------- */

static bool
waits_behind(const struct message *m)
{
	return m->held_why != NULL && (strcmp(m->held_why, "earlier-open") == 0 ||
					  strcmp(m->held_why, "unknown-open") == 0);
}

enum result
settle_came_with_copy(struct tx *tx, const struct message *m, bool *copied)
{
	int64_t when = 0, upto = -1;
	enum result r = meta_copied(tx, &when);

	if (r == OK && when != 0)
		r = meta_copied_upto(tx, (uint32_t)m->org, &upto);
	*copied = when != 0 && (upto >= 0 ? m->seq <= upto : m->updated < when);
	return r;
}

enum result
settle_let_go(struct tx *tx, const struct message *old)
{
	struct message m = *old;
	bool copied = false;
	enum result r = settle_came_with_copy(tx, old, &copied);

	if (r != OK)
		return r;
	if (copied)
		return settle_held(tx, old, &m, "copied");
	m.held_why = NULL;
	m.due = tx_now(tx);
	return settle(tx, old, &m, STATE_QUEUED);
}

static enum result
let_go(struct tx *tx, const struct message *old, void *arg)
{
	(void)arg;
	return waits_behind(old) ? settle_let_go(tx, old) : OK;
}

static enum result
let_go_behind(struct tx *tx, const struct message *m)
{
	static const enum message_state states[] = {STATE_HELD, STATE_QUEUED};
	enum result r = OK;
	size_t i, k = 0;

	/* Another text to a group may name it in another order; it is found under whom it names first. */
	do {
		const char *number = m->group.count > 0 ? m->group.items[k] : m->contact_number;

		for (i = 0; r == OK && i < 2; i++)
			r = settle_each(
			    tx, (uint32_t)m->org, number, states[i], BEHIND_MAX, let_go, NULL);
	} while (r == OK && ++k < m->group.count);
	return r;
}

/* ---- figures of our number ---------------------------------------------------- */

/* What this change means for the number's figures: taken by Bandwidth, delivered, or failed. */
static enum result
count(struct tx *tx, const struct message *old, const struct message *m, enum message_state state)
{
	uint32_t org = (uint32_t)m->org;
	enum result r = OK;

	if (!m->out || m->user_number == NULL)
		return OK;
	if (old->sent == 0 && m->sent != 0)
		r = figures_count(tx, org, m->user_number, FIGURE_OUT);
	if (r != OK || state == message_state(old))
		return r;
	if (state == STATE_DELIVERED)
		return figures_count(tx, org, m->user_number, FIGURE_DELIVERED);
	/* Only what Bandwidth or a carrier says counts against it. */
	if (state == STATE_FAILED && m->error_code != 0 && m->posted != 0)
		return figures_count(tx, org, m->user_number, FIGURE_FAILED);
	return OK;
}

/* ---- changes --------------------------------------------------------------- */

enum result
settle(struct tx *tx, const struct message *old, struct message *m, enum message_state state)
{
	enum message_state was = message_state(old);
	enum result r;

	message_set_state(m, state);
	if (state_final(state) && !state_final(was))
		m->finished = tx_now(tx);
	if (state != STATE_HELD && state != STATE_QUEUED && state != STATE_UNKNOWN)
		m->held_why = NULL;
	r = retain_text_late(tx, m);
	if (r == OK)
		r = messages_put(tx, old, m);
	if (r == OK && was == STATE_UNKNOWN && state != STATE_UNKNOWN)
		r = let_go_behind(tx, m);
	return r == OK ? count(tx, old, m, state) : r;
}

enum result
settle_held(struct tx *tx, const struct message *old, struct message *m, const char *why)
{
	m->held_why = why;
	return settle(tx, old, m, STATE_HELD);
}

enum result
settle_send_after_all(struct tx *tx, const struct message *old, struct message *m)
{
	settle_reason(m, NULL, NULL, NULL);
	m->held_why = NULL;
	m->looks = 0;
	/* What Bandwidth says of an earlier attempt no longer decides (receipt.c). */
	if (m->posted != 0)
		m->posted_before = m->posted;
	m->posted = 0;
	m->service_id = NULL;
	m->due = tx_now(tx);
	m->send_before = tx_now(tx) + NEW_DEADLINE;
	return settle(tx, old, m, STATE_QUEUED);
}

enum result
settle_given_up(struct tx *tx, const struct message *old, struct message *m)
{
	settle_reason(m, "given-up", "It was held, and somebody decided not to send it.", "nobody");
	return settle(tx, old, m, STATE_CANCELLED);
}

enum result
settle_opted_out(struct tx *tx, const struct message *old, struct message *m)
{
	settle_reason(
	    m, "opted-out", "This person asked for no more texts. It was not sent.", "nobody");
	return settle(tx, old, m, STATE_CANCELLED);
}

/* ---- walking ---------------------------------------------------------------- */

/* Reads one again, for update: between the walk and here nothing can be taken for granted. */
static enum result
visit(
    struct tx *tx, uint32_t org, const char *id, enum message_state state, settle_fn fn, void *arg)
{
	struct message m;
	enum result r = messages_get(tx, org, id, true, tx_arena(tx), &m);

	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	if (!m.out || message_state(&m) != state)
		return OK;
	return fn(tx, &m, arg);
}

enum result
settle_each(struct tx *tx, uint32_t org, const char *contact, enum message_state state, size_t max,
    settle_fn fn, void *arg)
{
	struct message_filter f = {.org = org,
	    .contact = contact,
	    .direction = 'o',
	    .state = state_name(state),
	    .since = tx_now(tx) - WALK_BACK,
	    .limit = max < 200 ? max : 200};
	struct message *list;
	const char *next;
	size_t i, n, seen = 0, barren = 0;
	enum result r;

	do {
		r = messages_list(tx, &f, tx_arena(tx), &list, &n, &next);
		for (i = 0; r == OK && i < n; i++)
			r = visit(tx, org, list[i].id, state, fn, arg);
		seen += n;
		barren += n < f.limit;
		f.before = next;
	} while (r == OK && next != NULL && seen < max && barren < WALK_BARREN);
	return r;
}

enum result
settle_earlier_due(struct tx *tx, const struct message *m, int64_t step, int64_t *due)
{
	struct message_filter f = {.org = (uint32_t)m->org,
	    .contact = m->contact_number,
	    .direction = 'o',
	    .state = state_name(STATE_QUEUED),
	    .since = m->created - CLOCK_DAY,
	    .before = m->id,
	    .limit = EARLIER_MAX};
	struct message *list;
	const char *next;
	size_t i, n;
	int64_t least = tx_now(tx);
	enum result r = messages_list(tx, &f, tx_arena(tx), &list, &n, &next);

	*due = 0;
	for (i = 0; r == OK && i < n; i++) {
		if (list[i].attempts == 0 && list[i].held_why == NULL)
			continue;
		least += step;
		*due = list[i].due >= *due ? list[i].due + 1 : *due;
	}
	if (*due > 0 && *due < least)
		*due = least;
	return r;
}

/* ---- contacts and numbers --------------------------------------------------- */

bool
contact_allows(const struct contact *c, const struct message *m)
{
	if (!c->opted_out)
		return true;
	return m->by != NULL && strcmp(m->by, "auto-stop") == 0 && c->opt_out_cause != NULL &&
	       strcmp(c->opt_out_cause, "word") == 0;
}

const char *
contact_held_why(const struct contact *c)
{
	return c->unsure ? "forgotten-key" : "contact-held";
}

/* Says of the number only that it takes no pictures. */
#define CODE_NO_MMS 4409

int64_t
contact_dead_code(const struct contact *c, bool mms, int64_t now)
{
	if (c->last_error == 0 || now - c->last_error_at > DEAD_FOR)
		return 0;
	if (c->last_error == CODE_NO_MMS && !mms)
		return 0;
	return error_find((int)c->last_error)->class_ == ERROR_CONTACT ? c->last_error : 0;
}

enum result
number_in_service(struct tx *tx, uint32_t org, const char *number, bool *yes)
{
	struct number n;
	enum result r = numbers_get(tx, org, number, false, tx_arena(tx), &n);

	*yes = r == OK && n.state != NULL && strcmp(n.state, "in-service") == 0;
	return r == NOT_FOUND ? OK : r;
}
