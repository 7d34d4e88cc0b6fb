/*
 * confirm.c: the password asked again before something dangerous: a browser left open must not be
 * enough to change credentials.  Wrong ones count as failed sign-ins and slow down like them.
 *
 * As at signing in, the failure is counted before the password is looked at and taken back if it
 * was right: otherwise many tries at once would all see a clean record.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "handlers/confirm.h"
#include "http/parts.h"
#include "http/client.h"
#include "store/audit.h"
#include "store/people.h"
#include "store/store.h"

#define CONFIRM_LASTS (5 * CLOCK_MINUTE)
#define CONFIRM_WAIT_MS 3000

struct confirmation {
	const struct request *req;
	struct tries tries;
	struct user user;
	int64_t wait;
};

bool
confirm_recent(const struct request *req, int64_t now)
{
	int64_t confirmed = req->session ? req->session->confirmed : 0;

	return confirmed > 0 && confirmed <= now && now - confirmed < CONFIRM_LASTS;
}

/* REFUSED with wait, or OK with the failure counted and the user looked up. */
static enum result
begin_try(struct tx *tx, void *arg)
{
	struct confirmation *c = arg;
	enum result result;

	result = users_get(tx, c->req->session->email, false, c->req->arena, &c->user);
	if (result == OK)
		result = throttle_wait(tx, &c->tries, &c->wait);
	if (result == OK && c->wait > 0)
		return REFUSED;
	return result == OK ? throttle_begun(tx, &c->tries) : result;
}

static enum result
undo_try(struct tx *tx, void *arg)
{
	const struct confirmation *c = arg;

	return throttle_undone(tx, &c->tries);
}

static enum result
note_wrong(struct tx *tx, void *arg)
{
	struct confirmation *c = arg;
	const struct audit entry = {
	    .org = c->req->org,
	    .time = tx_now(tx),
	    .who = c->req->session->email,
	    .from = c->req->client,
	    .what = "confirm.failed",
	};

	return audit_add(tx, &entry);
}

static enum result
note_right(struct tx *tx, void *arg)
{
	struct confirmation *c = arg;
	struct session session;
	enum result result = sessions_get(tx, c->req->session_token, c->req->arena, &session);

	if (result != OK)
		return result;
	session.confirmed = tx_now(tx);
	result = sessions_put(tx, c->req->session_token, &session);
	return result == OK ? throttle_right(tx, &c->tries) : result;
}

enum result
confirm_person(const struct app *app, const struct request *req, const char **fault)
{
	const char *password = form_get(&req->form, "currentPassword");
	struct confirmation c = {
	    .req = req, .tries = {req->session->email, client_network(req->client, req->arena)}};
	enum result result;
	int right;

	if (confirm_recent(req, clock_now()))
		return OK;
	if (!password || !*password) {
		*fault =
		    "Enter the password you sign in with, so that nobody else can change this.";
		return REFUSED;
	}
	result = store_run(app->store, begin_try, &c);
	if (result == REFUSED) {
		*fault = arena_fmt(req->arena,
		    "Too many wrong passwords. Try again in %" PRId64 " seconds.",
		    (c.wait + CLOCK_SECOND - 1) / CLOCK_SECOND);
		return REFUSED;
	}
	if (result != OK)
		return result;
	right = crypto_password_check(c.user.password, password, strlen(password), CONFIRM_WAIT_MS);
	if (right == -2) {
		(void)store_run(app->store, undo_try, &c);
		return BUSY;
	}
	if (right == 1)
		return store_run(app->store, note_right, &c);
	result = store_run(app->store, note_wrong, &c);
	*fault = "This is not the password you sign in with.";
	return result == OK ? REFUSED : result;
}

void
confirm_field(const struct request *req, struct buf *b, int64_t now, const char *fault)
{
	const struct part_field own = {
	    .name = "currentPassword",
	    .label = "Your own password",
	    .help =
		"The one you sign in here with, so that nobody else does this from your browser.",
	    .fault = fault,
	    .type = "password",
	    .autocomplete = "current-password",
	    .show = true,
	};

	if (!confirm_recent(req, now))
		part_field(b, &own);
}
