/*
 * sign_in_check.c: passwords and sessions.
 *
 * The failure is counted before the password is looked at and taken back if it was right:
 * otherwise many tries at once would all see a clean record.
 *
 * A password takes a tenth of a second and waits for its turn: strangers who try many at once must
 * not have all threads wait here, while callbacks wait for one.  Who is turned away for that is not
 * counted.
 */
#include "handlers/sign_in.h"

#include <stdatomic.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/settings.h"
#include "http/client.h"
#include "http/cookie.h"
#include "store/audit.h"
#include "store/people.h"

#define PASSWORD_WAIT_MS 5000
#define SECRET_BYTES 32

struct attempt {
	const struct request *request;
	struct tries tries;
	const char *token;
	int64_t wait_ms;
	bool known;
	struct user user;
	struct session session;
};

/* REFUSED with wait_ms, or OK with the failure counted for account and network and the user looked up. */
static enum result
begin_attempt(struct tx *tx, void *arg)
{
	struct attempt *a = arg;
	a->known = false;
	enum result r = OK;
	if (a->tries.email != NULL) {
		r = users_get(tx, a->tries.email, false, a->request->arena, &a->user);
		a->known = r == OK;
		if (r == NOT_FOUND)
			r = OK;
	}
	if (r == OK)
		r = throttle_wait(tx, &a->tries, &a->wait_ms);
	if (r != OK)
		return r;
	return a->wait_ms > 0 ? REFUSED : throttle_begun(tx, &a->tries);
}

static enum result
end_unjudged(struct tx *tx, void *arg)
{
	const struct attempt *a = arg;
	return throttle_undone(tx, &a->tries);
}

static enum result
write_audit(struct tx *tx, const struct attempt *a, const char *what)
{
	const struct audit audit = {
	    .org = 0,
	    .time = tx_now(tx),
	    .who = a->tries.email,
	    .from = a->request->client,
	    .what = what,
	};
	return audit_add(tx, &audit);
}

/*
 * A stranger must not fill the audit: only tries at accounts that exist, which the delay keeps
 * few, are written there.
 */
static enum result
end_wrong(struct tx *tx, void *arg)
{
	const struct attempt *a = arg;
	return a->known ? write_audit(tx, a, "sign-in.wrong") : OK;
}

/*
 * The user is read again: the password may have been changed, or the account disabled, while it
 * was checked.
 */
static enum result
end_right(struct tx *tx, void *arg)
{
	struct attempt *a = arg;
	struct user now;
	enum result r = users_get(tx, a->tries.email, false, tx_arena(tx), &now);
	if (r != OK)
		return r;
	if (now.disabled || now.password == NULL || strcmp(now.password, a->user.password) != 0)
		return REFUSED;
	if (a->request->session_token != NULL) {
		r = sessions_del(tx, a->request->session_token);
		if (r != OK && r != NOT_FOUND)
			return r;
	}
	a->session.created = a->session.last_seen = a->session.confirmed = tx_now(tx);
	r = sessions_put(tx, a->token, &a->session);
	if (r == OK)
		r = throttle_right(tx, &a->tries);
	if (r == OK)
		r = write_audit(tx, a, "sign-in");
	return r;
}

/* 43 characters of 256 random bits. */
static const char *
new_secret(struct arena *arena)
{
	unsigned char random[SECRET_BYTES];
	struct buf text = BUF_INIT(64);
	crypto_random(random, sizeof random);
	base64url_add(&text, random, sizeof random);
	const char *secret = arena_str(arena, buf_str(&text));
	crypto_wipe(random, sizeof random);
	buf_wipe(&text);
	return secret;
}

static enum sign_in_outcome
outcome_of(enum result r)
{
	return r == BUSY ? SIGN_IN_BUSY : SIGN_IN_FAILED;
}

static enum sign_in_outcome
finish_wrong(const struct app *app, struct attempt *a)
{
	log_warn("sign-in refused, from %s", a->request->client);
	enum result r = store_run(app->store, end_wrong, a);
	return r == OK ? SIGN_IN_WRONG : outcome_of(r);
}

static enum sign_in_outcome
finish_right(const struct app *app, struct attempt *a, struct sign_in *s)
{
	struct arena *arena = a->request->arena;
	a->token = new_secret(arena);
	a->session = (struct session){
	    .email = a->tries.email,
	    .csrf = new_secret(arena),
	    .address = a->request->client,
	    .agent = a->request->user_agent,
	};
	enum result r = store_run(app->store, end_right, a);
	if (r == REFUSED || r == NOT_FOUND)
		return finish_wrong(app, a);
	if (r != OK)
		return outcome_of(r);
	memcpy(s->token, a->token, SESSION_TOKEN + 1);
	return SIGN_IN_DONE;
}

static enum sign_in_outcome
judge(const struct app *app, const struct request *request, struct sign_in *s)
{
	const char *password = s->password != NULL ? s->password : "";
	struct attempt a = {
	    .request = request,
	    .tries = {email_normalize(request->arena, s->email != NULL ? s->email : ""),
		client_network(request->client, request->arena)},
	};
	enum result r = store_run(app->store, begin_attempt, &a);
	s->wait_ms = a.wait_ms;
	if (r == REFUSED)
		return SIGN_IN_WAIT;
	if (r != OK)
		return outcome_of(r);

	bool usable = a.known && !a.user.disabled;
	int right = crypto_password_check(
	    usable ? a.user.password : NULL, password, strlen(password), PASSWORD_WAIT_MS);
	if (right == -2) {
		(void)store_run(app->store, end_unjudged, &a);
		return SIGN_IN_BUSY;
	}
	if (right == -1)
		log_error(
		    "the stored password of a user cannot be read; set it again with: spokectl user "
		    "add");
	if (right == 1 && usable)
		return finish_right(app, &a, s);
	return finish_wrong(app, &a);
}

enum sign_in_outcome
sign_in_check(const struct app *app, const struct request *request, struct sign_in *s)
{
	static atomic_int under_way;
	int threads = app->settings->threads;
	enum sign_in_outcome outcome = SIGN_IN_BUSY;

	if (atomic_fetch_add(&under_way, 1) < (threads > 2 ? threads / 2 : 1))
		outcome = judge(app, request, s);
	atomic_fetch_sub(&under_way, 1);
	return outcome;
}
