/*
 * verdict.c: the words of a check of credentials, and how it is stored (verdict.h).
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "managers/pipeline.h"
#include "org/organization.h"
#include "store/orgs.h"
#include "store/secrets.h"
#include "worker/verdict.h"

/* Bandwidth's API users stop working at the beginning of this day (UTC). */
#define API_USERS_END INT64_C(1796169600000) /* 2026-12-02 */

static void
set(struct verdict *v, bool good, const char *state, const char *result)
{
	memset(v, 0, sizeof(*v));
	v->good = good;
	v->state = state;
	v->result = result;
}

void
verdict_confirmed(struct verdict *v, bool basic)
{
	set(v, true, "confirmed",
	    basic
		? "Bandwidth knows them: they are an API user's. Bandwidth switches API users off "
		  "on 2 December 2026. Make API credentials in Bandwidth's account pages and enter "
		  "their client ID and secret here before that day."
		: "Bandwidth knows them, and they may use this account.");
	v->kind = basic ? "basic" : "oauth2";
	v->account = "confirmed";
}

void
verdict_unknown_user(struct verdict *v, struct arena *a, const char *as_client, const char *as_user)
{
	set(v, false, "refused",
	    arena_fmt(a,
		"Bandwidth refuses them, as API credentials (%s) and as an API user (%s). %s",
		as_client, as_user,
		clock_now() >= API_USERS_END
		    ? "API users ended on 2 December 2026: make API credentials in Bandwidth's account "
		      "pages and enter their client ID and secret."
		    : "Check client ID and secret; a secret that expired or was revoked must be made "
		      "anew in Bandwidth's account pages."));
	v->words = as_client;
}

void
verdict_no_messaging(struct verdict *v, struct arena *a, const char *account, const char *words)
{
	set(v, false, "refused",
	    arena_fmt(a,
		"Bandwidth knows the client ID and secret, but does not let them send texts for account "
		"%s: %s. Check the account ID, and ask Bandwidth whether messaging is enabled for it.",
		account, words));
	v->kind = "oauth2";
	v->words = words;
	v->account = "refused";
}

void
verdict_other_account(
    struct verdict *v, struct arena *a, const char *account, const struct text_list *accounts)
{
	struct buf list = BUF_INIT(500);
	size_t i;

	for (i = 0; i < accounts->count && i < 5; i++)
		buf_addf(&list, "%s%s", i > 0 ? ", " : "", accounts->items[i]);
	set(v, false, "refused",
	    arena_fmt(a,
		"Bandwidth knows the client ID and secret, but they are not for account %s; they are for: "
		"%s. Enter that account ID, or credentials of account %s.",
		account, list.len > 0 ? buf_str(&list) : "none", account));
	buf_free(&list);
	v->kind = "oauth2";
	v->words = v->result;
	v->account = "refused";
}

void
verdict_trial(struct verdict *v)
{
	set(v, false, "refused",
	    "This is a Bandwidth Build (trial) account, which cannot send texts. Ask Bandwidth for an "
	    "account with messaging.");
	v->kind = "oauth2";
	v->words = v->result;
	v->account = "refused";
}

void
verdict_elsewhere(struct verdict *v)
{
	set(v, false, "unchecked",
	    "They were entered for other addresses of Bandwidth's than those in use now, so they are not "
	    "used. Enter the password or client secret again.");
	v->words = v->result;
}

void
verdict_unreachable(struct verdict *v, struct arena *a, const char *words)
{
	set(v, false, "unreachable",
	    arena_fmt(a, "Bandwidth could not be asked (%s); it is asked again by itself.", words));
	v->words = words;
}

void
verdict_post_refused(struct verdict *v, struct arena *a, const char *words)
{
	set(v, false, "refused",
	    arena_fmt(a, "Bandwidth refused to send with these credentials: %s", words));
	v->words = arena_str(a, words);
}

/* ---- storing --------------------------------------------------------------- */

struct storing {
	const struct app *app;
	const struct organization *asked;
	const struct verdict *v;
};

static bool
is(const char *s, const char *word)
{
	return s != NULL && strcmp(s, word) == 0;
}

/* Has Bandwidth not yet said anything about them? */
static bool
nothing_known(const struct organization *o)
{
	return o->cred_state == NULL || is(o->cred_state, "unchecked") ||
	       is(o->cred_state, "unreachable");
}

/* A token that was got with refused credentials is not used any more. */
static enum result
forget_token(struct tx *tx, uint32_t org)
{
	enum result r = secret_del(tx, org, "token");

	return r == NOT_FOUND ? OK : r;
}

static enum result
store_verdict(struct tx *tx, void *arg)
{
	const struct storing *x = arg;
	const struct verdict *v = x->v;
	struct organization o;
	bool was_confirmed, refused = is(v->state, "refused");
	enum result r = orgs_get(tx, (uint32_t)x->asked->id, true, tx_arena(tx), &o);

	if (r != OK)
		return r;
	if (o.config_version != x->asked->config_version)
		return REFUSED;
	was_confirmed = is(o.cred_state, "confirmed");
	if (is(v->state, "unreachable") && !nothing_known(&o))
		return OK;
	o.cred_state = v->state;
	o.cred_words = v->words;
	o.cred_checked = tx_now(tx);
	if (v->kind != NULL)
		o.cred_kind = v->kind;
	if (v->account != NULL)
		o.account_state = v->account;
	r = orgs_put(tx, &o);
	if (r == OK && refused)
		r = forget_token(tx, (uint32_t)o.id);
	if (r == OK && v->good && !was_confirmed)
		r = pipeline_fully_configured(x->app->pipeline, tx, &o);
	return r;
}

enum result
verdict_store(const struct app *app, const struct organization *asked, const struct verdict *v)
{
	struct storing x = {app, asked, v};
	enum result r = store_run(app->store, store_verdict, &x);

	if (r == OK)
		r = store_flush(app->store);
	if (r == OK)
		log_info("organization %lld: credentials %s", (long long)asked->id, v->state);
	return r;
}
