/*
 * check_address.c: calls this installation's own callback address as Bandwidth would, with
 * the callback user ID and password and a body that stores nothing (org/organization.h),
 * and says in a word what came of it (texting/setup.h).
 */
#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/settings.h"
#include "bandwidth/token.h"
#include "worker/check_private.h"
#include "worker/sender.h"
#include "worker/worker.h"

#define BUDGET INT64_C(15000) /* ms; Bandwidth itself waits 10 s */
#define ANSWER_DEPTH 8

static bool
is(const char *s, const char *word)
{
	return s != NULL && strcmp(s, word) == 0;
}

/* ---- the answer -------------------------------------------------------------------------- */

static const char *
obstacle_name(enum http_obstacle o)
{
	static const char *const names[] = {
	    [HTTP_CLEAR] = ADDRESS_FAULT,
	    [HTTP_NO_NAME] = ADDRESS_NAME,
	    [HTTP_NO_CONNECTION] = ADDRESS_CONNECTION,
	    [HTTP_NO_TIME] = ADDRESS_TIME,
	    [HTTP_NO_TLS] = ADDRESS_TLS,
	    [HTTP_CERT_UNTRUSTED] = ADDRESS_CERTIFICATE,
	    [HTTP_CERT_EXPIRED] = ADDRESS_EXPIRED,
	    [HTTP_CERT_OTHER_HOST] = ADDRESS_HOST,
	    [HTTP_OTHER] = ADDRESS_FAULT,
	};

	return names[o];
}

/* The program's own answer to a call with the right password. */
static const char *
judge_taken(const json *body, struct arena *a)
{
	if (!is(json_get_text(body, "answered_by", a), "spoke-bandwidth"))
		return ADDRESS_STRANGER;
	return json_get_bool(body, "same_data", false) ? ADDRESS_OURS : ADDRESS_OTHER_DATA;
}

/* A 401 or 403: the program's, or of something in front of it? */
static const char *
judge_refusal(const json *body, struct arena *a)
{
	const char *code = json_get_text(json_get(body, "error"), "code", a);

	if (is(code, CALLBACK_NO_HEADER))
		return ADDRESS_HIDDEN;
	return is(code, "unauthorized") ? ADDRESS_PASSWORD : ADDRESS_GUARDED;
}

static const char *
judge_status(const struct http_answer *answer, const json *body, struct arena *a)
{
	if (answer->status >= 200 && answer->status < 300)
		return judge_taken(body, a);
	if (answer->status >= 300 && answer->status < 400)
		return ADDRESS_REDIRECT;
	if (answer->status == 401 || answer->status == 403)
		return judge_refusal(body, a);
	return answer->status == 404 || answer->status == 405 ? ADDRESS_ABSENT : ADDRESS_ERROR;
}

static const char *
words_of(struct check *c, const struct http_answer *answer)
{
	const char *text = answer->location;

	if (answer->reach != HTTP_ANSWERED)
		text = answer->fault;
	else if (answer->status < 300 || answer->status == 401)
		return NULL;
	else if (text == NULL)
		return arena_fmt(c->arena, "HTTP %d", answer->status);
	return check_text(c, text);
}

static void
address_came(struct check *c, const struct http_answer *answer)
{
	const char *why;
	json *body = json_parse(answer->body, answer->length, ANSWER_DEPTH, &why, NULL);

	c->facts.address = answer->reach == HTTP_ANSWERED ? judge_status(answer, body, c->arena)
							  : obstacle_name(answer->obstacle);
	c->facts.address_words = words_of(c, answer);
	c->facts.address_took = answer->took;
	json_free(body);
}

/* ---- the call ------------------------------------------------------------------------------ */

void
check_address(struct check *c)
{
	const struct settings *s = c->w->app->settings;
	uint32_t org = (uint32_t)c->org.id;
	char password[CALLBACK_PASSWORD];
	struct buf authorization = BUF_INIT(AUTHORIZATION_MAX);
	struct http_request r = {.method = HTTP_POST,
	    .content_type = "application/json; charset=utf-8",
	    .agent = CALLBACK_CHECK_AGENT,
	    .budget = BUDGET,
	    .elsewhere = true}; /* it goes by this machine's clock, perhaps */

	/* Bandwidth could not be given any other; the page says so. */
	if (!s->base_url.https && !(s->rehearsal && s->base_url.loopback))
		return;
	c->facts.address_url = callback_url(c->arena, s->base_url.text, org);
	callback_password(s->session_secret, s->base_url.text, org, password);
	auth_basic(&authorization, CALLBACK_USER, password, strlen(password));
	r.url = c->facts.address_url;
	r.authorization = buf_str(&authorization);
	r.body = arena_fmt(c->arena, "{\"" CALLBACK_CHECK "\": \"%s\"}", c->job);
	r.length = strlen(r.body);
	check_send(c, &r, address_came);
	buf_wipe(&authorization);
	crypto_wipe(password, sizeof(password));
}
