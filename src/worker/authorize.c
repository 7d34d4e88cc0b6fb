/*
 * authorize.c: how a sender comes to its Authorization header (sender.h): from user and
 * password, from the token in the store, or from a new token.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "bandwidth/client.h"
#include "bandwidth/token.h"
#include "org/organization.h"
#include "store/orgs.h"
#include "store/secrets.h"
#include "texting/config.h"
#include "worker/jobs.h"
#include "worker/renewal.h"
#include "worker/sender.h"
#include "worker/worker.h"

#define PASSWORD_MAX 4096
#define STORED_MAX 20000
#define FETCH_GAP CLOCK_SECOND	      /* between two fetches, however short a token lives */
#define CHECK_GAP (15 * CLOCK_MINUTE) /* between two checks asked for because something is queued */
#define RETRY_MAX CLOCK_MINUTE
#define ASKED_MAX (5 * CLOCK_MINUTE)

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Is everything there, confirmed, and meant for the addresses of these settings? */
static bool
usable(const struct sender *s, const struct organization *o)
{
	return o->account_id != NULL && o->user_name != NULL && o->cred_kind != NULL &&
	       (same(o->cred_state, "confirmed") || same(o->cred_state, "unreachable")) &&
	       !same(o->account_state, "refused") && config_cred_here(s->worker->app, o);
}

/* ---- from the store ------------------------------------------------------ */

/* What is in the secret "token": the token and what it is for. */
static void
write_token(const struct organization *o, const char *url, const struct token_answer *t,
    int64_t now, struct buf *out)
{
	json *object = json_object_new();

	json_put_text(object, "token", t->token);
	json_put_int(object, "renew", token_renewal(now, t->lifetime));
	json_put_int(object, "expires", now + t->lifetime);
	json_put_text(object, "account", o->account_id);
	json_put_text(object, "user", o->user_name);
	json_put_text(object, "url", url);
	json_write(object, out);
	json_free(object);
}

/* Takes over a stored token that belongs to these credentials and is still good. */
static void
read_token(struct sender *s, struct arena *a, const struct organization *o, const struct buf *text)
{
	const char *why, *token;
	json *object = json_parse(buf_str(text), text->len, 4, &why, NULL);
	int64_t expires = json_get_int(object, "expires", 0);

	token = json_get_text(object, "token", a);
	if (token != NULL && expires > clock_now() &&
	    same(json_get_text(object, "account", a), o->account_id) &&
	    same(json_get_text(object, "user", a), o->user_name) &&
	    same(json_get_text(object, "url", a), config_cred_url(a, s->worker->app->settings))) {
		auth_bearer(&s->authorization, token);
		s->expires = expires;
		s->renew = json_get_int(object, "renew", 0);
		s->generation++;
	}
	json_free(object);
}

/* Asks the store, once for each version of the settings. */
static enum result
load_authorization(struct tx *tx, struct sender *s, struct arena *a, const struct organization *o)
{
	const struct settings *settings = s->worker->app->settings;
	bool basic = same(o->cred_kind, "basic");
	struct buf secret = BUF_INIT(STORED_MAX);
	enum result r;

	buf_wipe(&s->authorization);
	s->renew = s->expires = 0;
	r = secret_get(tx, settings, s->org, basic ? "password" : "token", &secret);
	if (r == OK && basic) {
		auth_basic(&s->authorization, o->user_name, buf_str(&secret), secret.len);
		s->renew = s->expires = INT64_MAX;
		s->generation++;
	} else if (r == OK) {
		read_token(s, a, o, &secret);
	}
	buf_wipe(&secret);
	s->loaded = r == OK || r == NOT_FOUND || r == DAMAGED;
	return s->loaded ? OK : r;
}

struct reading {
	struct sender *sender;
	struct arena *arena;
	struct organization *org;
	bool usable;
};

static enum result
read_org(struct tx *tx, void *arg)
{
	struct reading *x = arg;
	struct sender *s = x->sender;
	enum result r = orgs_get(tx, s->org, false, x->arena, x->org);

	if (r != OK)
		return r;
	if (x->org->config_version != s->version) {
		sender_reset(s);
		s->changed = s->version >= 0;
		s->version = x->org->config_version;
		s->forced = 0;
		s->refusals = 0;
	}
	x->usable = usable(s, x->org);
	return x->usable && !s->loaded ? load_authorization(tx, s, x->arena, x->org) : OK;
}

/* ---- from Bandwidth ------------------------------------------------------ */

struct fetch {
	struct sender *sender;
	struct arena *arena;
	struct organization org;
	struct buf authorization;
};

static void
fetch_free(struct fetch *f)
{
	f->sender->fetching = false;
	buf_wipe(&f->authorization);
	arena_free(f->arena);
	free(f);
}

struct keeping {
	const struct sender *sender;
	const struct organization *org;
	const struct buf *text;
};

static enum result
keep_token(struct tx *tx, void *arg)
{
	struct keeping *x = arg;
	const struct sender *s = x->sender;
	struct organization now;
	enum result r = orgs_get(tx, s->org, true, tx_arena(tx), &now);

	if (r != OK)
		return r;
	if (now.config_version != x->org->config_version)
		return REFUSED;
	return secret_put(
	    tx, s->worker->app->settings, s->org, "token", buf_str(x->text), x->text->len);
}

void
sender_take_token(struct sender *s, const struct organization *o, const struct token_answer *t)
{
	struct buf text = BUF_INIT(STORED_MAX);
	struct keeping x = {s, o, &text};
	struct arena *a = arena_new();
	int64_t now = clock_now();

	write_token(o, config_cred_url(a, s->worker->app->settings), t, now, &text);
	if (o->config_version == s->version) {
		buf_wipe(&s->authorization);
		auth_bearer(&s->authorization, t->token);
		s->renew = token_renewal(now, t->lifetime);
		s->expires = now + t->lifetime;
		s->generation++;
		s->loaded = true;
		s->needed = false;
		s->failures = 0;
	}
	if (store_run(s->worker->app->store, keep_token, &x) == FAILED)
		log_warn("organization %u: the token could not be kept", s->org);
	buf_wipe(&text);
	arena_free(a);
}

/* No token came: tries again later, or lets the check find out what is wrong. */
static void
fetch_failed(struct sender *s, const struct token_answer *t, const char *words, int64_t after)
{
	int64_t wait = CLOCK_SECOND << (s->failures < 6 ? s->failures : 6);

	s->failures++;
	if (wait > RETRY_MAX || t->outcome != TOKEN_UNREACHABLE)
		wait = RETRY_MAX;
	/* What it asks for is heeded, but a slip of it must not stop an organization for a day. */
	if (wait < after)
		wait = after < ASKED_MAX ? after : ASKED_MAX;
	s->retry = clock_mono() + wait;
	log_warn("organization %u: no token from Bandwidth: %s; next try in %d s", s->org, words,
	    (int)(wait / CLOCK_SECOND));
	if (t->outcome != TOKEN_UNREACHABLE)
		jobs_ask(s->worker, s->org, "credentials", 0);
}

static void
fetched(void *arg, const struct http_answer *answer)
{
	struct fetch *f = arg;
	struct sender *s = f->sender;
	struct token_answer t;

	token_read(answer, f->arena, &t);
	if (f->org.config_version != s->version)
		log_debug("organization %u: a token came for earlier settings", s->org);
	else if (t.outcome != TOKEN_GIVEN)
		fetch_failed(s, &t, t.words, answer->retry_after);
	else if (!token_allows(&t, f->org.account_id))
		fetch_failed(s, &t, "it is not for this account", 0);
	else
		sender_take_token(s, &f->org, &t);
	fetch_free(f);
	sender_unblock(s);
}

static enum result
read_password(struct tx *tx, void *arg)
{
	struct fetch *f = arg;
	const struct settings *settings = f->sender->worker->app->settings;
	struct buf password = BUF_INIT(PASSWORD_MAX);
	enum result r = orgs_get(tx, f->sender->org, false, f->arena, &f->org);

	if (r == OK)
		r = secret_get(tx, settings, f->sender->org, "password", &password);
	buf_wipe(&f->authorization);
	if (r == OK)
		auth_basic(&f->authorization, f->org.user_name, buf_str(&password), password.len);
	buf_wipe(&password);
	return r;
}

static void
fetch(struct sender *s)
{
	const struct app *app = s->worker->app;
	struct fetch *f = calloc(1, sizeof(*f));
	struct http_request request;

	if (f == NULL)
		log_panic("out of memory");
	f->sender = s;
	f->arena = arena_new();
	buf_init(&f->authorization, AUTHORIZATION_MAX);
	if (store_read(app->store, read_password, f) != OK || f->authorization.len == 0 ||
	    f->org.config_version != s->version) {
		log_warn("organization %u: its client secret could not be read", s->org);
		s->retry = clock_mono() + RETRY_MAX;
		fetch_free(f);
		return;
	}
	s->fetching = true;
	s->retry = clock_mono() + FETCH_GAP;
	token_request(&request, app->settings->token_url, buf_str(&f->authorization));
	client_start(s->worker->client, &request, fetched, f);
	buf_wipe(&f->authorization);
}

/* ---- both ---------------------------------------------------------------- */

/* Something waits for credentials that are not confirmed: has them checked now and then. */
static void
want_check(struct sender *s, const struct organization *o)
{
	int64_t now = clock_mono();

	if (o->account_id == NULL || o->user_name == NULL)
		return;
	if (s->asked != 0 && now - s->asked < CHECK_GAP)
		return;
	s->asked = now;
	if (clock_now() - o->cred_checked >= CHECK_GAP)
		jobs_ask(s->worker, s->org, "credentials", 0);
}

/*
 * A renewal because of a refusal has to wait for the account's turn, unless somebody has
 * just entered other credentials.  Further tries after one that failed have their own pace.
 */
static bool
may_renew(struct sender *s, const struct organization *o)
{
	int64_t wait;

	if (!s->needed || s->failures > 0)
		return true;
	wait = renewal_take(s->worker, o->account_id);
	if (wait > 0 && !s->changed) {
		s->retry = clock_mono() + wait;
		return false;
	}
	s->changed = false;
	s->forced = clock_mono();
	return true;
}

enum sender_state
sender_ready(struct sender *s, struct arena *a, struct organization *o)
{
	struct reading x = {s, a, o, false};
	int64_t now = clock_now();

	memset(o, 0, sizeof(*o));
	if (store_read(s->worker->app->store, read_org, &x) != OK)
		return SENDER_NONE;
	if (!x.usable) {
		want_check(s, o);
		return SENDER_NONE;
	}
	if (same(o->cred_kind, "basic"))
		return s->authorization.len > 0 ? SENDER_READY : SENDER_NONE;
	if ((now >= s->renew || s->needed) && !s->fetching && clock_mono() >= s->retry &&
	    !s->worker->ending && may_renew(s, o))
		fetch(s);
	if (s->authorization.len > 0 && now < s->expires && (!s->needed || sender_still_good(s)))
		return SENDER_READY;
	return SENDER_WAIT;
}
