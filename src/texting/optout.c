/*
 * optout.c: who asked to be left alone is left alone, over all of the
 * organization's numbers.
 *
 * It cancels what waits; what it does not reach (more than it may touch in one
 * transaction, groups, what is queued later) is stopped when it is claimed.
 */
#include "texting/optout.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/phone.h"
#include "store/contacts.h"
#include "texting/settle.h"

static bool
is(const char *s, const char *word)
{
	return s != NULL && strcmp(s, word) == 0;
}

/* ---- setting ------------------------------------------------------------------ */

static enum result
cancel_one(struct tx *tx, const struct message *old, void *arg)
{
	struct message m = *old;

	(void)arg;
	if (is(m.by, "auto-stop"))
		return OK;
	return settle_opted_out(tx, old, &m);
}

enum result
optout_cancel(struct tx *tx, uint32_t org, const char *number)
{
	enum result r;

	r = settle_each(tx, org, number, STATE_QUEUED, OPTOUT_CANCEL, cancel_one, NULL);
	if (r == OK)
		r = settle_each(tx, org, number, STATE_HELD, OPTOUT_CANCEL, cancel_one, NULL);
	return r;
}

static int
strength(const char *cause)
{
	if (is(cause, "code"))
		return 3;
	return is(cause, "person") ? 2 : 1;
}

/* Does the cause of an opt-out that stands give way to another one? */
static bool
gives_way(const char *old, const char *cause)
{
	if (is(old, "word") && is(cause, "code"))
		return false;
	return strength(cause) > strength(old);
}

static void
mark(struct contact *c, const char *cause, const char *detail, int64_t when)
{
	c->opted_out = true;
	c->opt_out_cause = cause;
	c->opt_out_detail = detail;
	c->opt_out_at = when;
}

static enum result
set(struct tx *tx, uint32_t org, const char *number, const char *cause, const char *detail,
    int64_t when, bool *fresh)
{
	char masked[PHONE_MAX];
	struct contact c;
	enum result r;

	r = contacts_get(tx, org, number, true, tx_arena(tx), &c);
	if (r != OK && r != NOT_FOUND)
		return r;
	*fresh = !c.opted_out;
	if (c.opted_out && !gives_way(c.opt_out_cause, cause)) {
		/* Said once more: a START that was written before it counts no longer. */
		if (!is(c.opt_out_cause, "word") || !is(cause, "word") || when <= c.opt_out_at)
			return optout_cancel(tx, org, number);
		c.opt_out_at = when;
		r = contacts_put(tx, &c);
		return r == OK ? optout_cancel(tx, org, number) : r;
	}
	mark(&c, cause, detail, *fresh ? when : c.opt_out_at);
	c.held = false;
	c.held_why = NULL;
	c.held_at = 0;
	c.renewed = c.unsure;
	r = contacts_put(tx, &c);
	if (r != OK)
		return r;
	if (!c.forgotten)
		log_info("organization %u: %s is opted out (%s)", (unsigned)org,
		    phone_masked(number, masked), cause);
	return optout_cancel(tx, org, number);
}

enum result
optout_set(struct tx *tx, uint32_t org, const char *number, const char *cause, const char *detail)
{
	bool fresh;

	return set(tx, org, number, cause, detail, tx_now(tx), &fresh);
}

enum result
optout_word(
    struct tx *tx, uint32_t org, const char *number, const char *word, int64_t when, bool *fresh)
{
	/* A clock ahead of ours must not keep a START from counting later. */
	if (when <= 0 || when > tx_now(tx))
		when = tx_now(tx);
	return set(tx, org, number, "word", word, when, fresh);
}

/* ---- taking back ----------------------------------------------------------------- */

/* Why this cause can't take back that one, or NULL. */
static const char *
objection(const char *standing, const char *cause)
{
	if (is(standing, "code"))
		return "The carrier says that this person asked for no more texts. Only they can "
		       "take that back, with their carrier.";
	if (is(cause, "word") && !is(standing, "word"))
		return "Somebody here took this person off the list; a START does not undo that.";
	return NULL;
}

enum result
optout_clear(struct tx *tx, uint32_t org, const char *number, const char *cause, const char *detail,
    const char **why)
{
	char masked[PHONE_MAX];
	struct contact c;
	enum result r;

	*why = NULL;
	r = contacts_get(tx, org, number, true, tx_arena(tx), &c);
	if (r != OK)
		return r;
	if (!c.opted_out)
		return NOT_FOUND;
	*why = objection(c.opt_out_cause, cause);
	if (*why != NULL)
		return REFUSED;
	c.opted_out = false;
	c.opt_out_cause = NULL;
	c.opt_out_detail = NULL;
	c.opt_out_at = 0;
	c.stop_confirmed = 0;
	log_info("organization %u: %s may be texted again (%s)", (unsigned)org,
	    phone_masked(number, masked), detail == NULL ? cause : detail);
	return contacts_put(tx, &c);
}

/* ---- holding ------------------------------------------------------------------------ */

enum result
contact_hold(struct tx *tx, uint32_t org, const char *number, const char *why)
{
	struct contact c;
	enum result r;

	r = contacts_get(tx, org, number, true, tx_arena(tx), &c);
	if (r != OK && r != NOT_FOUND)
		return r;
	if (c.opted_out)
		return OK;
	c.held = true;
	c.held_why = why;
	c.held_at = tx_now(tx);
	c.renewed = c.unsure;
	return contacts_put(tx, &c);
}

/* arg: whose texts; those to a group stand under whom they name first. */
static enum result
queue_again(struct tx *tx, const struct message *old, void *arg)
{
	if ((!is(old->held_why, "contact-held") && !is(old->held_why, "forgotten-key")) ||
	    !message_is_to(old, arg))
		return OK;
	return settle_let_go(tx, old);
}

enum result
contact_release(struct tx *tx, uint32_t org, const char *number, int64_t seen, const char *who)
{
	char masked[PHONE_MAX];
	struct contact c;
	enum result r;

	r = contacts_get(tx, org, number, true, tx_arena(tx), &c);
	if (r != OK)
		return r;
	if (!c.held && c.last_error == 0)
		return NOT_FOUND;
	if (c.held && seen != 0 && c.held_at > seen)
		return REFUSED;
	c.held = false;
	c.held_why = NULL;
	c.held_at = 0;
	c.last_error = 0;
	c.last_error_at = 0;
	c.renewed = c.unsure;
	log_info("organization %u: %s was released by %s", (unsigned)org,
	    phone_masked(number, masked), who == NULL ? "?" : who);
	r = contacts_put(tx, &c);
	if (r == OK)
		r = settle_each(tx, org, number, STATE_HELD, OPTOUT_CANCEL, queue_again,
		    (void *)(uintptr_t)number);
	if (r == OK)
		r = settle_each(tx, org, NULL, STATE_HELD, OPTOUT_CANCEL, queue_again,
		    (void *)(uintptr_t)number);
	return r;
}
