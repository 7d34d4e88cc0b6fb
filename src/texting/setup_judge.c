/*
 * setup_judge.c: from facts to steps: the table of steps in their order, and what all rules
 * share (setup.h, setup_rules.h).
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "texting/setup_rules.h"

/* In the order of enum setup_step; a rule may rest on those above it. */
static const struct {
	const char *name, *title;
	setup_rule rule;
} steps[SETUP_STEPS] = {
    [SETUP_CREDENTIALS] = {"credentials", "Credentials", setup_credentials},
    [SETUP_ROLES] = {"roles", "Roles of the credentials", setup_roles},
    [SETUP_ACCOUNT] = {"account", "Account", setup_account},
    [SETUP_SITE] = {"sub-account", "Sub-account (site)", setup_site},
    [SETUP_LOCATION] = {"location", "Location (SIP peer)", setup_location},
    [SETUP_SMS] = {"sms", "SMS", setup_sms},
    [SETUP_MMS] = {"mms", "MMS", setup_mms},
    [SETUP_APPLICATION] = {"application", "Application", setup_application},
    [SETUP_CALLBACK_IN] = {"callback-in", "Callback URL for replies", setup_callback_in},
    [SETUP_CALLBACK_OUT] = {"callback-out", "Callback URL for delivery reports",
	setup_callback_out},
    [SETUP_CALLBACK_USER] = {"callback-user", "Callback user ID", setup_callback_user},
    [SETUP_CALLBACK_PASSWORD] = {"callback-password", "Callback password", setup_callback_password},
    [SETUP_ASSIGNED] = {"assigned", "Application assigned to the location", setup_assigned},
    [SETUP_NUMBERS] = {"numbers", "Numbers", setup_numbers},
    [SETUP_REGISTRATION] = {"registration", "Registration with the carriers", setup_registration},
    [SETUP_ADDRESS] = {"address", "This installation's address", setup_address},
    [SETUP_LAST_CALLBACK] = {"last-callback", "Last call from Bandwidth", setup_last_callback},
    [SETUP_SENDING] = {"sending", "Sending", setup_sending},
    [SETUP_MANAGERS] = {"managers", "Service managers", setup_managers},
    [SETUP_WORKER] = {"worker", "Worker", setup_worker},
    [SETUP_CLOCK] = {"clock", "Clock", setup_clock},
    [SETUP_DISK] = {"disk", "Disk", setup_disk},
};

const char *
setup_state_name(enum setup_state state)
{
	static const char *const names[] = {
	    [SETUP_FINE] = "fine",
	    [SETUP_WRONG] = "wrong",
	    [SETUP_UNKNOWN] = "unknown",
	    [SETUP_ASKING] = "asking",
	};

	return names[state];
}

/* ---- for the rules -------------------------------------------------------------------- */

bool
setup_is(const char *s, const char *word)
{
	return s != NULL && strcmp(s, word) == 0;
}

bool
setup_yes(const struct setup_answer *a)
{
	return setup_is(a->state, SETUP_YES);
}

bool
setup_let_in(const struct setup_case *c, struct setup_result *out)
{
	return setup_yes(&c->facts->token) || setup_rests_on(c, out, SETUP_CREDENTIALS);
}

const char *
setup_ago(const struct setup_case *c, int64_t when)
{
	static const struct {
		int64_t unit, most; /* of the unit */
		const char *word;
	} scale[] = {
	    {CLOCK_MINUTE, 60, "minute"}, {CLOCK_HOUR, 48, "hour"}, {CLOCK_DAY, INT64_MAX, "day"}};
	int64_t away = c->in->now - when, n = 0;
	size_t i;

	if (away < CLOCK_MINUTE)
		return "just now";
	for (i = 0; i < sizeof scale / sizeof scale[0]; i++) {
		n = away / scale[i].unit;
		if (n < scale[i].most)
			break;
	}
	return arena_fmt(c->arena, "%" PRId64 " %s%s ago", n, scale[i].word, n == 1 ? "" : "s");
}

const char *
setup_list(struct arena *a, const struct text_list *list)
{
	struct buf out = BUF_INIT(2000);
	const char *text;
	size_t i;

	for (i = 0; i < list->count; i++)
		buf_addf(&out, "%s%s", i > 0 ? ", " : "", list->items[i]);
	text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

void
setup_fine(struct setup_result *out, const char *sentence)
{
	out->state = SETUP_FINE;
	out->sentence = sentence;
}

void
setup_wrong(struct setup_result *out, const char *sentence, const char *action, const char *where)
{
	out->state = SETUP_WRONG;
	out->sentence = sentence;
	out->action = action;
	out->where = where;
}

void
setup_unknown(struct setup_result *out, const char *sentence, const char *action)
{
	out->state = SETUP_UNKNOWN;
	out->sentence = sentence;
	out->action = action;
}

/* Nobody was asked: now, yet, or because of something above. */
static void
not_asked(const struct setup_case *c, struct setup_result *out, const char *what)
{
	if (c->in->asked != 0) {
		out->state = SETUP_ASKING;
		out->sentence = arena_fmt(c->arena, "Finding out about %s.", what);
	} else if (c->asked) {
		setup_unknown(out, "This was not asked, because of what is wrong above.", NULL);
	} else {
		setup_unknown(out,
		    c->in->checked != 0 ? "The settings were changed since this was asked."
					: "Bandwidth has not been asked yet.",
		    "Check now.");
	}
}

bool
setup_answered(const struct setup_case *c, struct setup_result *out,
    const struct setup_answer *answer, const char *what)
{
	const char *words = answer->words != NULL ? answer->words : "no reason was given";

	if (setup_is(answer->state, SETUP_YES) || setup_is(answer->state, SETUP_NO))
		return true;
	if (setup_is(answer->state, SETUP_REFUSED))
		setup_unknown(out,
		    arena_fmt(c->arena,
			"Bandwidth did not accept the credentials when it was asked about %s: %s",
			what, words),
		    NULL);
	else if (setup_is(answer->state, SETUP_FORBIDDEN))
		setup_unknown(out,
		    arena_fmt(
			c->arena, "Bandwidth does not let these credentials ask about %s.", what),
		    NULL);
	else if (setup_is(answer->state, SETUP_UNREACHABLE))
		setup_unknown(out,
		    arena_fmt(c->arena, "Bandwidth could not be asked about %s: %s", what, words),
		    "Check again in a few minutes.");
	else
		not_asked(c, out, what);
	return false;
}

bool
setup_rests_on(const struct setup_case *c, struct setup_result *out, enum setup_step step)
{
	const struct setup_result *base = &c->before[step];

	if (base->state == SETUP_FINE)
		return true;
	if (base->state == SETUP_ASKING) {
		out->state = SETUP_ASKING;
		out->sentence = arena_fmt(c->arena, "Waiting for: %s.", base->title);
	} else {
		setup_unknown(out,
		    arena_fmt(
			c->arena, "This can be told once the step \"%s\" is fine.", base->title),
		    NULL);
	}
	return false;
}

/* ---- all of them ----------------------------------------------------------------------- */

void
setup_judge(const struct setup_input *in, struct arena *a, struct setup_result results[SETUP_STEPS])
{
	static const struct setup_facts none;
	static const struct setup_result blank;
	struct setup_case c = {.in = in, .facts = in->facts, .arena = a, .before = results};
	int i;

	/* What was asked about other settings says nothing about these. */
	c.asked =
	    in->facts->version != 0 && in->facts->version == in->config->org.config_version + 1;
	if (in->facts->version != 0 && !c.asked)
		c.facts = &none;
	for (i = 0; i < SETUP_STEPS; i++) {
		results[i] = blank;
		results[i].name = steps[i].name;
		results[i].title = steps[i].title;
		steps[i].rule(&c, &results[i]);
	}
}
