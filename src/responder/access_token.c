/*
 * access_token.c: judges an API token: known, of this organization, with the right, and not too
 * fast.
 */
#include "responder/judges.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/settings.h"
#include "http/authorization.h"
#include "responder/exchange.h"
#include "store/people.h"

struct look {
	const char *text;
	struct arena *arena;
	struct token token;
};

static enum result
read_token(struct tx *tx, void *arg)
{
	struct look *look = arg;
	return tokens_get(tx, look->text, look->arena, &look->token);
}

static enum result
mark_used(struct tx *tx, void *arg)
{
	struct look *look = arg;
	return tokens_used(tx, look->text, tx_now(tx));
}

static bool
refuse(struct exchange *x, bool given)
{
	response_header(&x->response, "WWW-Authenticate",
	    given ? "Bearer realm=\"messages\", error=\"invalid_token\""
		  : "Bearer realm=\"messages\"");
	const char *message = "The API token is not known, has expired or was revoked.";
	if (!given)
		message =
		    atomic_load(&x->server->authorization_came)
			? "Send an API token as \"Authorization: Bearer …\" or \"X-Api-Key: …\"."
			: "No API token arrived. Send it as \"X-Api-Key: …\" if the web server hides "
			  "Authorization.";
	response_error(&x->request, &x->response, 401, "unauthorized", message, NULL);
	return false;
}

static bool
forbid(struct exchange *x, const char *right)
{
	response_header(&x->response, "WWW-Authenticate",
	    "Bearer realm=\"messages\", error=\"insufficient_scope\"");
	response_error(&x->request, &x->response, 403, "forbidden",
	    arena_fmt(x->arena, "This API token does not have the right \"%s\".", right), NULL);
	return false;
}

static bool
in_time(struct exchange *x, const struct token *token)
{
	int64_t wait = rate_take(
	    &x->server->rate, x->request.org, token->id, x->app->settings->api_rate, clock_mono());
	if (wait == 0)
		return true;
	response_header(&x->response, "Retry-After",
	    arena_fmt(x->arena, "%lld", (long long)((wait + 999) / 1000)));
	response_error(&x->request, &x->response, 429, "too_many_requests",
	    "This API token makes more requests a second than are allowed. Slow down.", NULL);
	return false;
}

bool
judge_token(struct exchange *x)
{
	struct request *request = &x->request;
	struct look *look = arena_alloc(x->arena, sizeof *look);
	look->arena = x->arena;
	look->text = authorization_bearer(x->env.authorization, x->arena);
	if (look->text == NULL)
		look->text = x->env.api_key;
	if (look->text == NULL || look->text[0] == '\0')
		return refuse(x, false);
	enum result r = store_read(x->app->store, read_token, look);
	if (r == NOT_FOUND)
		return refuse(x, true);
	if (r != OK)
		return access_failed(x, r);

	const struct token *token = &look->token;
	if (token->org != request->org)
		return access_not_found(x);
	if (x->route->who == WHO_TOKEN_SEND && !token->may_send)
		return forbid(x, "send");
	if (x->route->who == WHO_TOKEN_READ && !token->may_read)
		return forbid(x, "read");
	if (!in_time(x, token))
		return false;
	if (clock_now() - token->last_used >= CLOCK_MINUTE)
		(void)store_run(x->app->store, mark_used, look);
	request->token = token;
	request->token_text = look->text;
	return true;
}
