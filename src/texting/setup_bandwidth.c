/*
 * setup_bandwidth.c: the steps about the account at Bandwidth: credentials, sub-account,
 * location, its features and numbers (setup_rules.h).
 */
#include <inttypes.h>

#include "base/arena.h"
#include "base/clock.h"
#include "texting/setup_rules.h"

/* 2 December 2026, 00:00 UTC: Bandwidth switches API users off. */
#define API_USERS_END INT64_C(1796169600000)

static bool
blank(const char *s)
{
	return s == NULL || *s == '\0';
}

/* ---- credentials ----------------------------------------------------------------------- */

static const char make_credentials[] =
    "Make a client ID and a client secret at Bandwidth (App, Account, API Credentials) and enter "
    "them.";

static bool
all_entered(const struct setup_case *c, struct setup_result *out)
{
	const struct app app = {.settings = c->in->settings};
	const struct config_view *v = c->in->config;

	if (blank(v->org.account_id))
		setup_wrong(
		    out, "The account ID has not been entered.", "Enter it.", "settings#accountId");
	else if (blank(v->org.user_name))
		setup_wrong(
		    out, "The client ID has not been entered.", "Enter it.", "settings#userName");
	else if (!v->has_password)
		setup_wrong(out, "The client secret has not been entered.", "Enter it.",
		    "settings#password");
	else if (!config_cred_here(&app, &v->org))
		setup_wrong(out,
		    "They were entered for other addresses of Bandwidth than those in use now, so "
		    "they are not used.",
		    "Enter the client secret again.", "settings#password");
	else
		return true;
	return false;
}

static void
judge_kind(const struct setup_case *c, struct setup_result *out)
{
	int64_t left = API_USERS_END - c->in->now;

	if (!setup_is(c->facts->cred_kind, "basic"))
		setup_fine(out,
		    "Bandwidth accepts the client ID and client secret (OAuth2). Whether the secret "
		    "has an end date, it shows only in its console, under API Credentials.");
	else if (left > 0)
		setup_wrong(out,
		    arena_fmt(c->arena,
			"Bandwidth accepts them, but they are an API username and password, which it "
			"switches off on 2 December 2026, in %" PRId64 " days.",
			(left + CLOCK_DAY - 1) / CLOCK_DAY),
		    make_credentials, "settings#userName");
	else
		setup_wrong(out,
		    "These are an API username and password, which Bandwidth switched off on "
		    "2 December 2026.",
		    make_credentials, "settings#userName");
}

void
setup_credentials(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_answer *token = &c->facts->token;

	if (!all_entered(c, out))
		return;
	if (setup_is(token->state, SETUP_REFUSED) || setup_is(token->state, SETUP_FORBIDDEN) ||
	    setup_is(token->state, SETUP_NO))
		setup_wrong(out,
		    arena_fmt(c->arena, "Bandwidth refuses the client ID and client secret: %s",
			token->words != NULL ? token->words : "it gives no reason"),
		    "Enter them again; a secret that expired or was revoked must be made anew at "
		    "Bandwidth (App, Account, API Credentials).",
		    "settings#userName");
	else if (setup_answered(c, out, token, "the credentials"))
		judge_kind(c, out);
}

/* The first question that the Numbers API did not allow, or NULL. */
static const struct setup_answer *
forbidden(const struct setup_facts *f)
{
	const struct setup_answer *const asked[] = {
	    &f->site, &f->location, &f->sms, &f->mms, &f->application, &f->assigned, &f->numbers};
	size_t i;

	for (i = 0; i < sizeof asked / sizeof asked[0]; i++)
		if (setup_is(asked[i]->state, SETUP_FORBIDDEN))
			return asked[i];
	return NULL;
}

void
setup_roles(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_facts *f = c->facts;
	const struct setup_answer *no = forbidden(f);
	const char *have = setup_list(c->arena, &f->roles);

	if (!setup_let_in(c, out))
		return;
	if (f->express) {
		setup_unknown(out, "A trial account is not shown what these would be for.", NULL);
		return;
	}
	if (no != NULL) {
		setup_wrong(out,
		    arena_fmt(c->arena,
			"Bandwidth does not let these credentials see sub-accounts, applications or "
			"numbers%s%s.%s%s",
			no->words != NULL ? ": " : "", no->words != NULL ? no->words : "",
			*have != '\0' ? " They have the roles: " : "", have),
		    "At Bandwidth (App, Account, API Credentials), give them the roles for "
		    "Configuration and Numbers. Whoever manages the Bandwidth account can.",
		    NULL);
		return;
	}
	if (!setup_yes(&f->application) && !setup_is(f->application.state, SETUP_NO) &&
	    !setup_yes(&f->site) && !setup_is(f->site.state, SETUP_NO)) {
		if (blank(c->in->config->org.site_id) && blank(c->in->config->org.application_id))
			setup_unknown(out,
			    "Nothing is entered yet that Bandwidth could be asked about.", NULL);
		else
			(void)setup_answered(c, out,
			    f->site.state != NULL ? &f->site : &f->application, "sub-accounts");
		return;
	}
	setup_fine(
	    out, *have != '\0'
		     ? arena_fmt(c->arena,
			   "They may see sub-accounts, applications and numbers. Roles: %s.", have)
		     : "They may see sub-accounts, applications and numbers.");
}

static bool
has_account(const struct setup_case *c)
{
	return !c->facts->has_accounts ||
	       text_list_has(&c->facts->accounts, c->in->config->org.account_id);
}

void
setup_account(const struct setup_case *c, struct setup_result *out)
{
	const struct setup_facts *f = c->facts;
	const char *id = c->in->config->org.account_id;

	if (!setup_let_in(c, out))
		return;
	if (!has_account(c)) {
		setup_wrong(out,
		    arena_fmt(c->arena, "The credentials are not for account %s. They are for: %s.",
			id, f->accounts.count > 0 ? setup_list(c->arena, &f->accounts) : "none"),
		    "Enter that account's ID, or credentials of this account.",
		    "settings#accountId");
	} else if (f->express) {
		setup_wrong(out,
		    "This is a Bandwidth Build (trial) account, which cannot send texts.",
		    "Ask Bandwidth for an account with messaging.", NULL);
	} else if (setup_is(f->account.state, SETUP_REFUSED) ||
		   setup_is(f->account.state, SETUP_FORBIDDEN) ||
		   setup_is(f->account.state, SETUP_NO)) {
		setup_wrong(out,
		    arena_fmt(c->arena, "Bandwidth's messaging does not let account %s in: %s", id,
			f->account.words != NULL ? f->account.words : "it gives no reason"),
		    "Compare the account ID; if it is right, ask Bandwidth to enable messaging for "
		    "the account.",
		    "settings#accountId");
	} else if (setup_answered(c, out, &f->account, "the account")) {
		setup_fine(out, arena_fmt(c->arena, "Account %s may send texts.", id));
	}
}

/* ---- sub-account, location, features ---------------------------------------------------- */

/* "Main (743)", or "743". */
static const char *
named(struct arena *a, const char *name, const char *id)
{
	return name != NULL ? arena_fmt(a, "%s (%s)", name, id) : id;
}

void
setup_site(const struct setup_case *c, struct setup_result *out)
{
	const char *id = c->in->config->org.site_id;

	if (blank(id))
		setup_wrong(out, "The sub-account ID (site) has not been entered.",
		    "Enter it under Advanced, or save the credentials so that it is made.",
		    "settings#siteId");
	else if (!setup_answered(c, out, &c->facts->site, "the sub-account"))
		return;
	else if (!setup_yes(&c->facts->site))
		setup_wrong(out,
		    arena_fmt(c->arena, "Bandwidth knows no sub-account %s in this account.", id),
		    "Compare the sub-account ID with Bandwidth's console (App, Account, "
		    "Sub-accounts) and enter it again.",
		    "settings#siteId");
	else
		setup_fine(out, arena_fmt(c->arena, "It is there: %s.",
				    named(c->arena, c->facts->site_name, id)));
}

void
setup_location(const struct setup_case *c, struct setup_result *out)
{
	const char *id = c->in->config->org.sip_peer_id;

	if (blank(id))
		setup_wrong(out, "The location ID (SIP peer) has not been entered.",
		    "Enter it under Advanced, or save the credentials so that it is made.",
		    "settings#sipPeerId");
	else if (!setup_rests_on(c, out, SETUP_SITE) ||
		 !setup_answered(c, out, &c->facts->location, "the location"))
		return;
	else if (!setup_yes(&c->facts->location))
		setup_wrong(out,
		    arena_fmt(c->arena, "Bandwidth knows no location %s in this sub-account.", id),
		    "Compare the location ID with Bandwidth's console and enter it again.",
		    "settings#sipPeerId");
	else
		setup_fine(out, arena_fmt(c->arena, "It is there: %s.",
				    named(c->arena, c->facts->location_name, id)));
}

static const char save_again[] =
    "Save the credentials again: then it is switched on. Or do it at Bandwidth: the location, "
    "Messaging.";

void
setup_sms(const struct setup_case *c, struct setup_result *out)
{
	if (!setup_rests_on(c, out, SETUP_LOCATION) ||
	    !setup_answered(c, out, &c->facts->sms, "SMS at the location"))
		return;
	if (setup_yes(&c->facts->sms))
		setup_fine(out, "SMS is on at the location.");
	else
		setup_wrong(out,
		    c->facts->sms.words != NULL
			? c->facts->sms.words
			: "SMS is off at the location: its numbers can neither send nor receive texts.",
		    save_again, "settings#config");
}

void
setup_mms(const struct setup_case *c, struct setup_result *out)
{
	if (!setup_rests_on(c, out, SETUP_SMS) ||
	    !setup_answered(c, out, &c->facts->mms, "MMS at the location"))
		return;
	if (setup_yes(&c->facts->mms))
		setup_fine(out, "MMS is on at the location.");
	else
		setup_wrong(out,
		    c->facts->mms.words != NULL
			? c->facts->mms.words
			: "MMS is off at the location: pictures and group texts do not work.",
		    save_again, "settings#config");
}
