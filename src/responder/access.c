/*
 * access.c: chooses the judge of a request's credentials, and judges Bandwidth's; people are judged
 * in access_person.c, API tokens in access_token.c.
 */
#include "responder/access.h"

#include <string.h>

#include "base/log.h"
#include "http/authorization.h"
#include "org/organization.h"
#include "responder/exchange.h"
#include "responder/judges.h"

bool
access_not_found(struct exchange *x)
{
	response_error(
	    &x->request, &x->response, 404, "not_found", "There is nothing at this address.", NULL);
	return false;
}

bool
access_failed(struct exchange *x, enum result result)
{
	response_failed(&x->request, &x->response, result);
	return false;
}

/* The same answer for every wrong pair, so that nothing can be learned from it. */
static bool
refuse_callback(struct exchange *x, const char *why)
{
	bool came = x->env.authorization != NULL;

	log_warn("callback for organization %u refused: %s", (unsigned)x->request.org, why);
	response_header(&x->response, "WWW-Authenticate", "Basic realm=\"callbacks\"");
	response_error(&x->request, &x->response, 401, came ? "unauthorized" : CALLBACK_NO_HEADER,
	    came ? "The callback user ID or password is wrong."
		 : "No Authorization header arrived.",
	    NULL);
	return false;
}

/* Marks it for the settings page, unless we called ourselves. */
static void
note_refusal(struct exchange *x, const char *why)
{
	if (strcmp(x->request.user_agent, CALLBACK_CHECK_AGENT) != 0)
		refusals_note(x, why);
}

/* Whether the organization exists is the handler's to say, to those who know its password. */
static bool
judge_bandwidth(struct exchange *x)
{
	struct request *request = &x->request;
	struct basic basic;
	if (x->env.authorization == NULL) {
		const char *why =
		    atomic_load(&x->server->authorization_came)
			? "it came without a user ID and password"
			: "no Authorization header arrived: the web server hides Authorization, or the "
			  "callback came without a user ID and password";
		note_refusal(x, why);
		return refuse_callback(x, why);
	}
	if (authorization_basic(x->env.authorization, request->arena, &basic) != 0)
		return refuse_callback(x, "its Authorization header is not of the kind Basic");
	if (!callback_check(x->app->settings, request->org, basic.user, basic.user_len,
		basic.password, basic.password_len, &request->callback_previous)) {
		note_refusal(x, CALLBACK_WRONG);
		return refuse_callback(x, CALLBACK_WRONG);
	}
	return true;
}

bool
access_check(struct exchange *x)
{
	switch (x->route->who) {
	case WHO_ANYONE:
		return true;
	case WHO_VISITOR:
	case WHO_SIGNED_IN:
	case WHO_ADMIN:
	case WHO_OWNER:
		return judge_person(x);
	case WHO_BANDWIDTH:
		return judge_bandwidth(x);
	case WHO_TOKEN_SEND:
	case WHO_TOKEN_READ:
		return judge_token(x);
	}
	return access_not_found(x);
}
