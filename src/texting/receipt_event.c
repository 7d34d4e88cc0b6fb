/*
 * receipt_event.c: finds the message that a receipt is about.
 *
 * The tag is somebody else's copy of our words: it is believed only when it
 * names this organization and the message's numbers agree with the event's.
 * Otherwise Bandwidth's id decides, within this organization; otherwise the
 * receipt is kept, for a person and for the answer that may still come.
 */
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/phone.h"
#include "store/contacts.h"
#include "store/events.h"
#include "store/forgotten.h"
#include "store/messages.h"
#include "store/orgs.h"
#include "texting/effect.h"
#include "texting/optout.h"
#include "texting/receipt.h"
#include "texting/receive.h"
#include "texting/settle.h"

/* Whom it is about: top-level to, else the only recipient. */
static const char *
about(const struct event *v)
{
	const char *to = v->to;

	if (to == NULL && v->message_to.count == 1)
		to = v->message_to.items[0];
	return to != NULL && (phone_is_e164(to) || phone_is_short_code(to)) ? to : NULL;
}

/* ---- people who asked to be forgotten ----------------------------------------------- */

/* Numbers in one event that are looked at. */
#define NUMBERS_MOST 50

static enum result
look_at(struct tx *tx, struct effect *e, const char *number)
{
	struct forgotten f;
	enum result r;

	if (number == NULL || text_list_has(&e->hide, number))
		return OK;
	r = forgotten_get(tx, (uint32_t)e->org->id, number, false, tx_arena(tx), &f);
	if (r == OK)
		e->hide = text_list_add(tx_arena(tx), e->hide, number);
	/* Without the key nobody can tell; the texts are held then, and the event is kept. */
	return r == NOT_FOUND || r == DAMAGED ? OK : r;
}

/* A late receipt must not bring a number back. */
static enum result
find_forgotten(struct tx *tx, struct effect *e)
{
	const struct event *v = e->event;
	const char *to = about(v);
	bool any;
	enum result r = forgotten_any(tx, (uint32_t)e->org->id, &any);
	size_t i;

	if (r != OK || !any)
		return r;
	r = look_at(tx, e, v->to);
	for (i = 0; r == OK && i < v->message_to.count && i < NUMBERS_MOST; i++)
		r = look_at(tx, e, v->message_to.items[i]);
	e->forgotten = v->type != EVENT_UNKNOWN && v->fault == NULL && to != NULL &&
		       text_list_has(&e->hide, to);
	return r;
}

/* ---- finding ---------------------------------------------------------------------- */

/* Whom the message must be to: a member of a group that is forgotten has no number there. */
static bool
is_to(const struct message *m, const struct effect *e, const char **who)
{
	*who = about(e->event);
	if (message_is_to(m, *who))
		return true;
	*who = CONTACT_FORGOTTEN;
	return e->forgotten && m->group.count > 0 && text_list_has(&m->group, *who);
}

static enum result
find_by_tag(struct tx *tx, const struct effect *e, struct message *m, const char **who)
{
	const struct event *v = e->event;
	char id[MESSAGE_ID];
	uint32_t org;
	enum result r;

	if (tag_parse(v->tag, &org, id) != 0 || org != (uint32_t)e->org->id)
		return NOT_FOUND;
	r = messages_get(tx, org, id, true, tx_arena(tx), m);
	if (r != OK)
		return r;
	if (!m->out || m->user_number == NULL || v->from == NULL ||
	    strcmp(m->user_number, v->from) != 0 || !is_to(m, e, who))
		return NOT_FOUND;
	return OK;
}

static enum result
find_by_service(struct tx *tx, const struct effect *e, struct message *m, const char **who)
{
	uint32_t org = (uint32_t)e->org->id;
	const char *id;
	enum result r;

	if (e->event->message_id == NULL)
		return NOT_FOUND;
	r = messages_by_service(tx, org, e->event->message_id, tx_arena(tx), &id);
	if (r == OK)
		r = messages_get(tx, org, id, true, tx_arena(tx), m);
	if (r != OK)
		return r;
	return m->out && is_to(m, e, who) ? OK : NOT_FOUND;
}

/* ---- what can't be applied ---------------------------------------------------------- */

/* An opt-out in it counts, whatever else can be made of it. */
static enum result
heed_code(struct tx *tx, struct effect *e)
{
	const struct event *v = e->event;
	const char *to = about(v);

	if (to == NULL || (v->type != EVENT_FAILED && v->type != EVENT_UNKNOWN) ||
	    !receipt_is_opt_out(v->error_code))
		return OK;
	e->what = "opt-out";
	return optout_code(tx, (uint32_t)e->org->id, to, v->error_code, v->time);
}

/* Keeps it for a person. */
static enum result
keep(struct tx *tx, struct effect *e, const char *why)
{
	e->what = "tray";
	e->tray = why;
	return heed_code(tx, e);
}

static enum result
keep_faulty(struct tx *tx, struct effect *e)
{
	const struct event *v = e->event;
	struct arena *a = tx_arena(tx);

	if (v->type == EVENT_UNKNOWN && v->type_text != NULL)
		return keep(tx, e,
		    arena_fmt(a, "An event of type \"%s\", which this version does not know.",
			v->type_text));
	if (v->fault == NULL)
		return keep(tx, e, "A receipt that does not say whom it is about.");
	return keep(tx, e, arena_fmt(a, "An event that is not complete: %s.", v->fault));
}

/* ---- applying --------------------------------------------------------------------------- */

/*
 * A failure of a text that is posted a second time, before it is known what Bandwidth calls this
 * attempt: the first one's must not end the second.  The answer, or Bandwidth's list, says the id.
 */
static bool
of_which_attempt(const struct event *v, const struct message *m)
{
	enum message_state s = message_state(m);

	return v->type == EVENT_FAILED && v->message_id != NULL && m->posted_before != 0 &&
	       m->service_id == NULL && (s == STATE_SENDING || s == STATE_UNKNOWN);
}

static enum result
apply(struct tx *tx, struct effect *e, const struct message *m, bool tagged, const char *who)
{
	const struct event *v = e->event;
	struct receipt p = {.org = e->org,
	    .type = v->type,
	    .to = who,
	    .code = v->error_code,
	    .service_id = v->message_id,
	    .carrier = v->carrier,
	    .time = v->time,
	    .tagged = tagged};
	bool changed;
	enum result r;

	if (of_which_attempt(v, m)) {
		e->orphan = true;
		e->message = m->id;
		return heed_code(tx, e);
	}
	r = receipt_apply(tx, e->app, m, &p, &changed);
	e->message = m->id;
	e->what = changed ? "state" : "none";
	if (r == OK && strcmp(who, CONTACT_FORGOTTEN) == 0)
		return heed_code(tx, e);
	if (v->type == EVENT_FAILED && receipt_is_opt_out(v->error_code))
		e->what = "opt-out";
	return r;
}

enum result
receipt_effect(struct tx *tx, struct effect *e)
{
	const struct event *v = e->event;
	const char *who = NULL;
	struct contact contact;
	struct message m;
	bool tagged;
	enum result r = find_forgotten(tx, e);

	if (r != OK)
		return r;
	if (v->type == EVENT_READ && v->fault == NULL) {
		e->what = "none";
		return OK;
	}
	if (v->fault != NULL || about(v) == NULL)
		return keep_faulty(tx, e);
	/* Locked before the message. */
	r = contacts_get(tx, (uint32_t)e->org->id, about(v), true, tx_arena(tx), &contact);
	if (r == OK || r == NOT_FOUND || r == DAMAGED)
		r = find_by_tag(tx, e, &m, &who);
	tagged = r == OK;
	if (r == NOT_FOUND)
		r = find_by_service(tx, e, &m, &who);
	if (r == OK)
		return apply(tx, e, &m, tagged, who);
	if (r != NOT_FOUND)
		return r;
	/* Of a text that went with its person. */
	if (e->forgotten)
		return heed_code(tx, e);
	e->orphan = true;
	return keep(tx, e, "A receipt for a message that we don't know.");
}

/* ---- receipts that were faster ------------------------------------------------------------ */

static enum result
apply_stored(struct tx *tx, const struct app *app, const struct organization *org, const char *id)
{
	struct arena *a = tx_arena(tx);
	struct stored_event stored;
	struct event event;
	struct effect e = {.app = app, .org = org, .event = &event, .id = id};
	const char *why;
	json *value;
	enum result r = events_get(tx, (uint32_t)org->id, id, a, &stored);

	if (r != OK)
		return r == NOT_FOUND || r == DAMAGED ? OK : r;
	value = json_parse(stored.raw, strlen(stored.raw), EVENT_DEPTH, &why, NULL);
	event_read(value, a, &event);
	json_free(value);
	r = receipt_effect(tx, &e);
	/* The answer that brought it here counts even so; the event stays where people see it. */
	if (r == DAMAGED)
		return OK;
	if (r != OK || e.message == NULL)
		return r;
	stored.effect = e.what;
	stored.message = e.message;
	stored.tray = NULL;
	return events_put(tx, &stored);
}

enum result
receive_orphans(const struct app *app, struct tx *tx, uint32_t org, const char *service_id)
{
	struct organization organization;
	struct text_list events;
	size_t i;
	enum result r = orphans_take(tx, org, service_id, tx_arena(tx), &events);

	if (r == NOT_FOUND || (r == OK && events.count == 0))
		return OK;
	if (r == OK)
		r = orgs_get(tx, org, false, tx_arena(tx), &organization);
	for (i = 0; r == OK && i < events.count; i++)
		r = apply_stored(tx, app, &organization, events.items[i]);
	return r;
}
