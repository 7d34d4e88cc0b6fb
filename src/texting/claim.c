/*
 * claim.c: takes one message out of the queue for a POST, or settles it
 * without one.
 *
 * The steps below are one transaction, and their order is their meaning: what
 * a person wished comes first, then what the owner decided, then what is
 * technically possible.  The first step that settles the matter ends it.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "org/errors.h"
#include "store/contacts.h"
#include "store/messages.h"
#include "store/meta.h"
#include "store/orgs.h"
#include "store/store.h"
#include "texting/config.h"
#include "texting/outbox.h"
#include "texting/settle.h"
#include "texting/unreadable.h"

/* A text that waits for another one to the same person looks again after this at the earliest. */
#define WAIT_STEP (CLOCK_SECOND / 10)
#define WAIT_MOST (30 * CLOCK_SECOND)
/* A text that waits for a number looks so often whether the limit was raised. */
#define LIMIT_LOOK (15 * CLOCK_MINUTE)
/* Texts that can't be read and are gone past in one claim. */
#define PASS_MOST 100

struct claiming {
	const struct app *app;
	struct tx *tx;
	struct arena *arena;
	uint32_t org;
	int class_;
	int64_t max_segments;
	struct queue_entry *after;
	bool has_after;

	/* Found by peek. */
	struct queue_entry entry;
	const char *number; /* the contact's */

	struct organization organization;
	struct contact contact;
	struct message old, m;
	struct draft draft;

	size_t step;  /* the next one */
	bool settled; /* no further step */
	bool waits;   /* CLAIM_LATER because of this one message */
	enum claim_result result;
	int64_t needs;
};

static enum result
settle_as(struct claiming *c, enum claim_result result)
{
	c->settled = true;
	c->result = result;
	return OK;
}

/* Leaves it in the queue until then, saying what for. */
static enum result
wait_until(struct claiming *c, int64_t due, const char *why)
{
	int64_t least = tx_now(c->tx) + WAIT_STEP;

	c->m.due = due > least ? due : least;
	if (c->m.due > c->m.send_before)
		c->m.due = c->m.send_before;
	c->m.held_why = why;
	c->waits = true;
	(void)settle_as(c, CLAIM_LATER);
	return settle(c->tx, &c->old, &c->m, STATE_QUEUED);
}

/* ---- steps -------------------------------------------------------------------- */

/* Installation, pause, credentials: these hold the whole organization and fail nothing. */
static enum result
step_gate(struct claiming *c)
{
	const char *why = NULL;
	enum result r = meta_sending_held(c->tx, c->arena, &why);

	if (r == OK)
		r = orgs_get(c->tx, c->org, false, c->arena, &c->organization);
	if (r != OK)
		return r;
	if (why != NULL || !config_can_send(c->app, &c->organization))
		return settle_as(c, CLAIM_LATER);
	return OK;
}

static enum result
step_read(struct claiming *c)
{
	bool copied = false;
	enum result r = contacts_get(c->tx, c->org, c->number, true, c->arena, &c->contact);

	if (r == OK || r == NOT_FOUND)
		r = messages_get(c->tx, c->org, c->entry.id, true, c->arena, &c->old);
	if (r != OK)
		return r;
	c->m = c->old;
	/* Somebody was faster: a person who took it back, a receipt. */
	if (message_state(&c->m) != STATE_QUEUED || c->m.due > tx_now(c->tx))
		return settle_as(c, CLAIM_DONE);
	r = settle_came_with_copy(c->tx, &c->m, &copied);
	if (r != OK || !copied)
		return r;
	(void)settle_as(c, CLAIM_DONE);
	return settle_held(c->tx, &c->old, &c->m, "copied");
}

static enum result
fail_dead(struct claiming *c, int64_t code)
{
	const struct error_code *e = error_find((int)code);

	settle_reason(&c->m, "dead-number", e->meaning, e->who);
	c->m.error_code = code;
	(void)settle_as(c, CLAIM_DONE);
	return settle(c->tx, &c->old, &c->m, STATE_FAILED);
}

/* The wish of one recipient. */
static enum result
heed(struct claiming *c, const struct contact *contact)
{
	int64_t dead = contact_dead_code(contact, message_is_mms(&c->m), tx_now(c->tx));

	if (!contact_allows(contact, &c->m)) {
		(void)settle_as(c, CLAIM_DONE);
		return settle_opted_out(c->tx, &c->old, &c->m);
	}
	if (contact->held && !message_is_automatic(&c->m)) {
		(void)settle_as(c, CLAIM_DONE);
		return settle_held(c->tx, &c->old, &c->m, contact_held_why(contact));
	}
	return dead != 0 ? fail_dead(c, dead) : OK;
}

static enum result
step_wishes(struct claiming *c)
{
	struct contact other;
	enum result r = heed(c, &c->contact);
	size_t i;

	for (i = 0; r == OK && !c->settled && i < c->m.group.count; i++) {
		r = contacts_get(c->tx, c->org, c->m.group.items[i], false, c->arena, &other);
		if (r == OK)
			r = heed(c, &other);
		else if (r == NOT_FOUND)
			r = OK;
	}
	return r;
}

static enum result
step_deadline(struct claiming *c)
{
	if (c->m.send_before > tx_now(c->tx))
		return OK;
	(void)settle_as(c, CLAIM_DONE);
	if (!message_is_automatic(&c->m))
		return settle_held(c->tx, &c->old, &c->m, "deadline");
	settle_reason(
	    &c->m, "expired", "This automatic answer could not be sent in time.", "nobody");
	return settle(c->tx, &c->old, &c->m, STATE_CANCELLED);
}

static enum result
step_pace(struct claiming *c)
{
	if (message_cost(&c->m) <= c->max_segments)
		return OK;
	c->needs = message_cost(&c->m);
	return settle_as(c, CLAIM_LATER);
}

/*
 * Every number has had its new contacts for today: it goes out when the next UTC day begins, or
 * soon after the limit was raised; what would be too late by then is for a person to decide.
 */
static enum result
wait_for_number(struct claiming *c)
{
	int64_t now = tx_now(c->tx), tomorrow = (clock_day(now) + 1) * CLOCK_DAY;
	enum result r = OK;

	if (c->draft.contact_changed)
		r = contacts_put(c->tx, &c->contact);
	if (r != OK)
		return r;
	if (c->m.send_before <= tomorrow) {
		(void)settle_as(c, CLAIM_DONE);
		return settle_held(c->tx, &c->old, &c->m, c->draft.wait);
	}
	return wait_until(
	    c, now + LIMIT_LOOK < tomorrow ? now + LIMIT_LOOK : tomorrow, c->draft.wait);
}

/* Which of our numbers: the caller's if it can be used, else what the managers say. */
static enum result
step_number(struct claiming *c)
{
	bool usable = false;
	enum result r = OK;

	c->draft = (struct draft){
	    .org = &c->organization, .message = &c->m, .contact = &c->contact, .arena = c->arena};
	if (c->m.asked_from != NULL)
		r = number_in_service(c->tx, c->org, c->m.asked_from, &usable);
	if (usable) {
		c->draft.user_number = c->m.asked_from;
		c->draft.decided_by = "from";
	}
	if (r == OK)
		r = pipeline_message_send(c->app->pipeline, c->tx, &c->draft);
	if (r != OK || (c->draft.error == NULL && c->draft.user_number != NULL))
		return r;
	if (c->draft.error == NULL && c->draft.wait != NULL)
		return wait_for_number(c);
	settle_reason(&c->m, c->draft.error != NULL ? c->draft.error : "no-number",
	    c->draft.error_meaning != NULL ? c->draft.error_meaning
					   : "No service manager chose a number to text from.",
	    c->draft.error_who != NULL ? c->draft.error_who : "admin");
	(void)settle_as(c, CLAIM_DONE);
	if (c->draft.contact_changed)
		r = contacts_put(c->tx, &c->contact);
	return r == OK ? settle(c->tx, &c->old, &c->m, STATE_FAILED) : r;
}

/* Another text between this number and this person is under way or in doubt. */
static enum result
wait_behind(struct claiming *c, const char *id)
{
	int64_t now = tx_now(c->tx), patience;
	struct message open;
	enum result r = messages_get(c->tx, c->org, id, false, tx_arena(c->tx), &open);

	if (r != OK)
		return r;
	if (message_state(&open) != STATE_UNKNOWN) {
		patience = now - open.posted;
		return wait_until(
		    c, now + (patience > WAIT_MOST ? WAIT_MOST : patience), "earlier-open");
	}
	if (open.held_why == NULL)
		return wait_until(c, open.due + CLOCK_SECOND, "earlier-open");
	(void)settle_as(c, CLAIM_DONE);
	return settle_held(c->tx, &c->old, &c->m, "unknown-open");
}

/* At most one message is in flight or unknown for each pair, and they keep their order. */
static enum result
step_turn(struct claiming *c)
{
	const char *open = NULL;
	int64_t due;
	enum result r;

	r = pair_open(c->tx, c->org, c->draft.user_number,
	    messages_pair_contact(&c->m, tx_arena(c->tx)), tx_arena(c->tx), &open);
	if (r == OK && strcmp(open, c->m.id) != 0)
		return wait_behind(c, open);
	if (r != OK && r != NOT_FOUND)
		return r;
	r = settle_earlier_due(c->tx, &c->m, WAIT_STEP, &due);
	if (r == OK && due > 0)
		return wait_until(c, due, "earlier-open");
	return r;
}

static enum result
step_begin(struct claiming *c)
{
	struct report report = {
	    .org = &c->organization, .message = &c->m, .contact = &c->contact, .arena = c->arena};
	enum result r;

	settle_reason(&c->m, NULL, NULL, NULL);
	c->m.user_number = c->draft.user_number;
	c->m.attempts++;
	c->m.posted = tx_now(c->tx);
	c->m.account = c->organization.account_id;
	c->m.looks = 0;
	c->m.service_id = NULL; /* an earlier attempt's */
	message_set_state(&c->m, STATE_SENDING);
	report.new_contact = c->contact.user_number == NULL;
	r = pipeline_message_claimed(c->app->pipeline, c->tx, &report);
	if (r == OK && (c->draft.contact_changed || report.contact_changed))
		r = contacts_put(c->tx, &c->contact);
	if (r != OK)
		return r;
	(void)settle_as(c, CLAIM_POST);
	return settle(c->tx, &c->old, &c->m, STATE_SENDING);
}

static enum result (*const steps[])(struct claiming *) = {
    step_gate,
    step_read,
    step_wishes,
    step_deadline,
    step_pace,
    step_number,
    step_turn,
    step_begin,
};

enum result
outbox_show_held(
    const struct app *app, struct tx *tx, uint32_t org, struct message *list, size_t count)
{
	struct organization o;
	const char *moved = NULL, *why;
	enum result r = meta_sending_held(tx, tx_arena(tx), &moved);
	size_t i;

	if (r == OK)
		r = orgs_get(tx, org, false, tx_arena(tx), &o);
	if (r != OK)
		return r;
	why = moved != NULL ? "restored" : config_hold(app, &o);
	for (i = 0; why != NULL && i < count; i++)
		if (message_state(&list[i]) == STATE_QUEUED)
			list[i].held_why = why;
	return OK;
}

/* ---- transactions ----------------------------------------------------------------- */

/* The next entry and whom it is for, without locks: contacts are locked before messages. */
static enum result
peek(struct tx *tx, void *arg)
{
	struct claiming *c = arg;
	struct message m;
	enum result r = queue_first(
	    tx, c->class_, c->org, tx_now(tx), c->has_after ? c->after : NULL, &c->entry);

	if (r != OK)
		return r;
	r = messages_get(tx, c->org, c->entry.id, false, tx_arena(tx), &m);
	c->number = r == OK ? arena_str(c->arena, m.contact_number) : NULL;
	return unreadable_result(r) ? OK : r;
}

static enum result
claim(struct tx *tx, void *arg)
{
	struct claiming *c = arg;
	enum result r = OK;

	c->tx = tx;
	c->settled = false;
	c->waits = false;
	c->needs = 0;
	c->step = 0;
	for (; r == OK && !c->settled && c->step < sizeof steps / sizeof steps[0]; c->step++)
		r = steps[c->step](c);
	return r;
}

/* Hands the result over. */
static enum claim_result
finish(struct claiming *c, struct claim *out, bool *has_after)
{
	if (c->waits) {
		*c->after = c->entry;
		*has_after = true;
	} else if (c->result == CLAIM_LATER) {
		*has_after = false;
	}
	out->needs = c->needs;
	out->org = c->organization;
	out->message = c->m;
	tag_write(c->org, c->entry.id, out->tag);
	return c->result;
}

enum claim_result
outbox_claim(const struct app *app, int class_, uint32_t org, int64_t max_segments,
    struct arena *arena, struct claim *out, struct queue_entry *after, bool *has_after)
{
	struct claiming c = {.app = app,
	    .arena = arena,
	    .org = org,
	    .class_ = class_,
	    .max_segments = max_segments,
	    .after = after,
	    .has_after = *has_after};
	size_t passed = 0;
	enum result r;

	while ((r = store_read(app->store, peek, &c)) == OK && c.number == NULL &&
	       passed < PASS_MOST) {
		unreadable_note(app, org, c.entry.id);
		*after = c.entry;
		c.has_after = *has_after = true;
		passed++;
	}
	if (r == NOT_FOUND && passed > 0)
		*has_after = false;
	if (r == NOT_FOUND)
		return passed > 0 ? CLAIM_LATER : CLAIM_NONE;
	if (r != OK)
		return CLAIM_ERROR;
	if (c.number == NULL)
		return CLAIM_LATER;
	r = store_run(app->store, claim, &c);
	if (r == OK)
		return finish(&c, out, has_after);
	/* The first step is about the whole organization, the others about this text. */
	if (!unreadable_result(r) || c.step <= 1)
		return CLAIM_ERROR;
	unreadable_note(app, org, c.entry.id);
	*after = c.entry;
	*has_after = true;
	return CLAIM_LATER;
}
