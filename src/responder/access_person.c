/*
 * access_person.c: judges a person: the session's cookie, its user, and the user's role in {org}.
 */
#include "responder/judges.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/settings.h"
#include "base/url.h"
#include "http/cookie.h"
#include "responder/exchange.h"
#include "store/people.h"

struct look {
	const char *token;
	struct arena *arena;
	struct session session;
	struct user user;
};

static enum result
read_session(struct tx *tx, void *arg)
{
	struct look *look = arg;
	enum result r = sessions_get(tx, look->token, look->arena, &look->session);
	if (r != OK)
		return r;
	r = users_get(tx, look->session.email, false, look->arena, &look->user);
	if (r == OK && look->user.disabled)
		return NOT_FOUND;
	return r;
}

/* The session is read again: somebody may have ended it meanwhile. */
static enum result
touch_session(struct tx *tx, void *arg)
{
	struct look *look = arg;
	enum result r = sessions_get(tx, look->token, look->arena, &look->session);
	if (r != OK)
		return r;
	look->session.last_seen = tx_now(tx);
	return sessions_put(tx, look->token, &look->session);
}

/* Sets session and session_token when the cookie is worth something. */
static enum result
find_session(struct exchange *x)
{
	struct request *request = &x->request;
	struct look *look = arena_alloc(x->arena, sizeof *look);
	look->arena = x->arena;
	look->token = session_cookie(x->env.cookie, x->app->settings, x->arena);
	if (look->token == NULL)
		return NOT_FOUND;
	enum result r = store_read(x->app->store, read_session, look);
	if (r == OK && clock_now() - look->session.last_seen >= CLOCK_MINUTE)
		r = store_run(x->app->store, touch_session, look);
	if (r != OK)
		return r;
	request->session = &look->session;
	request->session_token = look->token;
	request->role = request->org != 0 ? user_role(&look->user, request->org) : ROLE_NONE;
	return OK;
}

/* To the sign-in page, and back here afterwards if this is a page that can be asked for again. */
static bool
ask_to_sign_in(struct exchange *x)
{
	const struct request *request = &x->request;
	struct route_match match;
	struct buf path = BUF_INIT(8192);
	buf_adds(&path, "/login");
	route_find(METHOD_GET, request->path, x->arena, &match);
	if (match.route != NULL) {
		struct buf next = BUF_INIT(2048);
		buf_adds(&next, request->path);
		if (x->raw_query[0] != '\0' && request->method == METHOD_GET)
			buf_addf(&next, "?%s", x->raw_query);
		buf_adds(&path, "?next=");
		url_escape(&path, buf_str(&next), next.len);
		buf_free(&next);
	}
	response_redirect(&x->response, x->app->settings->base_url.text, buf_str(&path));
	buf_free(&path);
	return false;
}

bool
judge_person(struct exchange *x)
{
	enum who who = x->route->who;
	enum result r = find_session(x);
	if (r != OK && r != NOT_FOUND)
		return access_failed(x, r);
	if (who == WHO_VISITOR)
		return true;
	if (x->request.session == NULL)
		return ask_to_sign_in(x);
	if (who == WHO_SIGNED_IN)
		return true;
	if (x->request.role == ROLE_NONE)
		return access_not_found(x);
	if (who == WHO_OWNER && x->request.role != ROLE_OWNER) {
		response_error(&x->request, &x->response, 403, "forbidden",
		    "Only an owner of the organization may do this. Ask one of them.", NULL);
		return false;
	}
	return true;
}
