/*
 * receipt.c: what a receipt does, whether it came by callback, before the
 * answer to its send, or from Bandwidth's list.
 *
 * The message is settled before the contact is looked at: an opt-out cancels
 * what waits for the person, and must see this message as it is then.
 */
#include "texting/receipt.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/phone.h"
#include "org/errors.h"
#include "store/contacts.h"
#include "texting/optout.h"
#include "texting/settle.h"

#define CODE_OPT_OUT_CARRIER 4775
#define CODE_OPT_OUT_BANDWIDTH 4475

bool
receipt_is_opt_out(int64_t code)
{
	return code == CODE_OPT_OUT_CARRIER || code == CODE_OPT_OUT_BANDWIDTH;
}

/* ---- one recipient ---------------------------------------------------------------- */

static void
fail(struct message *m, int64_t code)
{
	const struct error_code *e = error_find((int)code);

	settle_reason(m, code == 0 ? "no-code" : NULL, e->meaning, e->who);
	m->error_code = code;
}

static bool
waits(const struct message *m)
{
	enum message_state s = message_state(m);

	return s == STATE_QUEUED || s == STATE_HELD;
}

/* Is it about an attempt before the one that counts? */
static bool
earlier_attempt(const struct message *m, const struct receipt *p)
{
	/*
	 * A person, or UNKNOWN_RESEND, has decided to send it again; and what was posted since and
	 * waits once more is known not to have been taken.
	 */
	if (waits(m))
		return m->posted == 0 || m->posted_before != 0;
	/* The id of the attempt under way is not known before its answer. */
	if (message_state(m) == STATE_SENDING && p->tagged)
		return false;
	return m->service_id != NULL && p->service_id != NULL &&
	       strcmp(m->service_id, p->service_id) != 0;
}

/* The state that one recipient's receipt leads to; the present one when to none. */
static enum message_state
next_state(struct message *m, const struct receipt *p)
{
	enum message_state s = message_state(m);

	if (p->type == EVENT_DELIVERED) {
		settle_reason(m, NULL, NULL, NULL);
		return STATE_DELIVERED;
	}
	if (p->type == EVENT_FAILED) {
		if (earlier_attempt(m, p))
			return s;
		fail(m, p->code);
		return STATE_FAILED;
	}
	/* Whatever attempt it is about: Bandwidth has the text, so it must not go out again. */
	if (s != STATE_SENT)
		settle_reason(m, NULL, NULL, NULL);
	return STATE_SENT;
}

/* ---- groups -------------------------------------------------------------------------- */

/* "+19195550123 delivered" or "+19195550123 4720". */
static bool
is_about(const char *final, const char *number)
{
	size_t n = strlen(number);

	return strncmp(final, number, n) == 0 && final[n] == ' ';
}

/* Several may be called CONTACT_FORGOTTEN. */
static bool
known_of(const struct message *m, const char *number)
{
	size_t i, members = 0, finals = 0;

	for (i = 0; i < m->group.count; i++)
		members += strcmp(m->group.items[i], number) == 0;
	for (i = 0; i < m->group_final.count; i++)
		finals += is_about(m->group_final.items[i], number);
	return finals >= members;
}

static bool
got_it(const char *final)
{
	const char *end = strrchr(final, ' ');

	return end != NULL && strcmp(end, " delivered") == 0;
}

/* Says who did not get it. */
static void
note_missed(struct message *m, struct arena *a, size_t got)
{
	const char *text = arena_fmt(a, "%zu of %zu people got it. Not:", got, m->group.count);
	char number[PHONE_MAX], shown[PHONE_MAX];
	size_t i;

	for (i = 0; i < m->group_final.count; i++) {
		if (got_it(m->group_final.items[i]))
			continue;
		(void)snprintf(number, sizeof number, "%.*s",
		    (int)strcspn(m->group_final.items[i], " "), m->group_final.items[i]);
		text = arena_fmt(a, "%s %s", text, phone_display(number, shown));
	}
	settle_reason(m, NULL, text, "nobody");
}

static enum message_state
group_end(struct message *m, struct arena *a, int64_t code)
{
	size_t i, got = 0;

	for (i = 0; i < m->group_final.count; i++)
		got += got_it(m->group_final.items[i]);
	if (got == 0) {
		fail(m, code);
		return STATE_FAILED;
	}
	settle_reason(m, NULL, NULL, NULL);
	if (got < m->group.count)
		note_missed(m, a, got);
	return STATE_DELIVERED;
}

/* A group's message is final when every recipient's receipt is there. */
static enum message_state
next_group_state(struct message *m, const struct receipt *p, struct arena *a)
{
	enum message_state s = message_state(m);
	const char *final;

	if (p->type != EVENT_DELIVERED && p->type != EVENT_FAILED)
		return next_state(m, p);
	if (!text_list_has(&m->group, p->to) || known_of(m, p->to))
		return s;
	if (p->type == EVENT_FAILED && earlier_attempt(m, p))
		return s;
	final = p->type == EVENT_DELIVERED ? arena_fmt(a, "%s delivered", p->to)
					   : arena_fmt(a, "%s %lld", p->to, (long long)p->code);
	m->group_final = text_list_add(a, m->group_final, final);
	if (m->group_final.count >= m->group.count)
		return group_end(m, a, p->code);
	return STATE_SENT;
}

/* ---- the message ----------------------------------------------------------------------- */

static enum result
apply_to_message(struct tx *tx, const struct message *old, struct message *m,
    const struct receipt *p, bool *changed)
{
	enum message_state was = message_state(old), state;

	*changed = false;
	if (state_final(was)) {
		/* Only its id can still be learnt. */
		if (!p->tagged || p->service_id == NULL || m->service_id != NULL)
			return OK;
		m->service_id = p->service_id;
		return settle(tx, old, m, was);
	}
	state = m->group.count > 0 ? next_group_state(m, p, tx_arena(tx)) : next_state(m, p);
	/* The id of an attempt that failed is not that of a text which waits for the next. */
	if (state == was && m->group_final.count == old->group_final.count &&
	    (m->service_id != NULL || p->service_id == NULL || waits(old)))
		return OK;
	if (p->tagged && m->service_id == NULL)
		m->service_id = p->service_id;
	if (m->sent == 0 && state != STATE_FAILED)
		m->sent = tx_now(tx);
	*changed = true;
	return settle(tx, old, m, state);
}

/* ---- the person -------------------------------------------------------------------------- */

/* Says a failure something about the person's number, rather than about us or the text? */
static bool
speaks_of_contact(int64_t code)
{
	enum error_class class_ = error_find((int)code)->class_;

	return class_ == ERROR_CONTACT || class_ == ERROR_OPT_OUT || class_ == ERROR_RETRY;
}

static bool
note_result(struct contact *c, const struct message *m, const struct receipt *p, int64_t now)
{
	if (p->type == EVENT_FAILED && p->code != 0 && speaks_of_contact(p->code)) {
		c->last_error = p->code;
		c->last_error_at = now;
		return true;
	}
	/* Whatever was said before the text that arrived was sent, no longer holds. */
	if (p->type == EVENT_DELIVERED && c->last_error != 0 && m->posted > c->last_error_at) {
		c->last_error = 0;
		c->last_error_at = 0;
		return true;
	}
	return false;
}

static bool
note_carrier(struct contact *c, const char *carrier)
{
	if (carrier == NULL || (c->carrier != NULL && strcmp(c->carrier, carrier) == 0))
		return false;
	c->carrier = carrier;
	return true;
}

static enum result
apply_to_contact(struct tx *tx, const struct app *app, const struct message *m,
    const struct receipt *p, bool changed)
{
	struct contact c;
	struct report report = {.org = p->org, .message = m, .contact = &c, .arena = tx_arena(tx)};
	bool write;
	enum result r = contacts_get(tx, (uint32_t)m->org, p->to, true, tx_arena(tx), &c);

	/* A contact that can't be read must not keep the message from being settled. */
	if (r != OK && r != NOT_FOUND)
		return r == DAMAGED ? OK : r;
	r = OK;
	write = note_carrier(&c, p->carrier);
	if (changed && (p->type == EVENT_DELIVERED || p->type == EVENT_FAILED)) {
		write = note_result(&c, m, p, tx_now(tx)) || write;
		r = pipeline_delivery_report(app->pipeline, tx, &report);
	}
	if (r == OK && (write || report.contact_changed))
		r = contacts_put(tx, &c);
	return r;
}

enum result
receipt_apply(struct tx *tx, const struct app *app, const struct message *old,
    const struct receipt *p, bool *changed)
{
	struct message m = *old;
	enum result r = apply_to_message(tx, old, &m, p, changed);

	if (r != OK || strcmp(p->to, CONTACT_FORGOTTEN) == 0)
		return r;
	if (p->type == EVENT_FAILED && receipt_is_opt_out(p->code))
		r = optout_code(tx, (uint32_t)m.org, p->to, p->code, p->time);
	return r == OK ? apply_to_contact(tx, app, &m, p, *changed) : r;
}
