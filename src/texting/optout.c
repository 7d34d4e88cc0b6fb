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

/* What is asked for, and when it was said by Bandwidth's clock; 0: now, by somebody here. */
struct wish {
	const char *cause, *detail;
	int64_t said;
};

static void
mark(struct contact *c, const struct wish *w, int64_t when)
{
	c->opted_out = true;
	c->opt_out_cause = w->cause;
	c->opt_out_detail = w->detail;
	c->opt_out_at = when;
	c->opt_out_said = is(w->cause, "word") ? w->said : 0;
}

/* When the word that stands was written. */
static int64_t
stopped(const struct contact *c)
{
	return c->opt_out_said != 0 ? c->opt_out_said : c->opt_out_at;
}

static enum result
set(struct tx *tx, uint32_t org, const char *number, const struct wish *w, bool *fresh)
{
	int64_t now = tx_now(tx), when = w->said != 0 && w->said < now ? w->said : now;
	char masked[PHONE_MAX];
	struct contact c;
	enum result r;

	*fresh = false;
	r = contacts_get(tx, org, number, true, tx_arena(tx), &c);
	if (r != OK && r != NOT_FOUND)
		return r;
	if (w->said != 0 && w->said < c.started)
		return OK;
	*fresh = !c.opted_out;
	if (c.opted_out && !gives_way(c.opt_out_cause, w->cause)) {
		/* Said once more: a START that was written before it counts no longer. */
		if (!is(c.opt_out_cause, "word") || !is(w->cause, "word") || w->said <= stopped(&c))
			return optout_cancel(tx, org, number);
		c.opt_out_at = when;
		c.opt_out_said = w->said;
		r = contacts_put(tx, &c);
		return r == OK ? optout_cancel(tx, org, number) : r;
	}
	mark(&c, w, *fresh ? when : c.opt_out_at);
	c.held = false;
	c.held_why = NULL;
	c.held_at = 0;
	c.renewed = c.unsure;
	r = contacts_put(tx, &c);
	if (r != OK)
		return r;
	if (!c.forgotten)
		log_info("organization %u: %s is opted out (%s)", (unsigned)org,
		    phone_masked(number, masked), w->cause);
	return optout_cancel(tx, org, number);
}

enum result
optout_set(struct tx *tx, uint32_t org, const char *number, const char *cause, const char *detail)
{
	const struct wish w = {cause, detail, 0};
	bool fresh;

	return set(tx, org, number, &w, &fresh);
}

static int64_t
or_now(struct tx *tx, int64_t said)
{
	return said > 0 ? said : tx_now(tx);
}

enum result
optout_word(
    struct tx *tx, uint32_t org, const char *number, const char *word, int64_t said, bool *fresh)
{
	const struct wish w = {"word", word, or_now(tx, said)};

	return set(tx, org, number, &w, fresh);
}

enum result
optout_code(struct tx *tx, uint32_t org, const char *number, int64_t code, int64_t said)
{
	const char *detail = arena_fmt(tx_arena(tx), "%lld", (long long)code);
	const struct wish w = {"code", detail, or_now(tx, said)};
	bool fresh;

	return set(tx, org, number, &w, &fresh);
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
	c.opt_out_said = 0;
	c.stop_confirmed = 0;
	log_info("organization %u: %s may be texted again (%s)", (unsigned)org,
	    phone_masked(number, masked), detail == NULL ? cause : detail);
	return contacts_put(tx, &c);
}

enum result
optout_start(struct tx *tx, uint32_t org, const char *number, const char *word, int64_t said,
    const char **why)
{
	struct contact c;
	enum result r = contacts_get(tx, org, number, true, tx_arena(tx), &c);

	*why = NULL;
	if (r != OK && r != NOT_FOUND)
		return r;
	said = or_now(tx, said);
	if (said <= c.started || (c.opted_out && said < stopped(&c)))
		return OK;
	/* Never ahead of our clock: no STOP may be lost to a time that is wrong. */
	c.started = said < tx_now(tx) ? said : tx_now(tx);
	c.renewed = c.unsure;
	r = contacts_put(tx, &c);
	if (r == OK && c.opted_out)
		r = optout_clear(tx, org, number, "word", word, why);
	return r;
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
