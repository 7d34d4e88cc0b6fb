/*
 * ask.c: a request's way from the wish to an answer (ask.h): wait for a token, ask, and
 * perhaps once more.
 *
 * One that waits stands in the worker's list, one that is under way in the client's hands.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "bandwidth/client.h"
#include "org/organization.h"
#include "worker/ask.h"
#include "worker/pace.h"
#include "worker/renewal.h"
#include "worker/sender.h"
#include "worker/worker.h"

#define TOKEN_PATIENCE (90 * CLOCK_SECOND) /* a renewal may have to wait a minute */
#define BUSY_PATIENCE (20 * CLOCK_SECOND)  /* a longer pause is the caller's to wait out */
#define BUSY_TRIES 4
#define BUSY_FIRST (2 * CLOCK_SECOND) /* when a 429 does not say how long */

struct ask {
	struct ask *next;
	struct worker *w;
	struct sender *sender;
	struct arena *arena;
	struct http_request request; /* points into the arena */
	int64_t version;
	ask_done done;
	void *arg;

	int64_t due;	    /* monotonic: not before */
	int64_t until;	    /* monotonic: for so long a token is waited for */
	int64_t generation; /* of the authorization used last */
	struct pace *pace;  /* of the account */
	bool renewed;	    /* it was asked again after a 401 or 403 */
	int busy;	    /* answers of 429 so far */
};

/* ---- the list of those that wait ------------------------------------------------- */

static void
wait_until(struct ask *a, int64_t due)
{
	struct ask **end = &a->w->asks;

	while (*end != NULL)
		end = &(*end)->next;
	a->next = NULL;
	*end = a;
	a->due = due;
}

static void
finish(struct ask *a, const struct ask_answer *answer)
{
	a->done(a->arg, answer);
	arena_free(a->arena);
	free(a);
}

static void
finish_without(struct ask *a, enum ask_end end, const char *words)
{
	struct ask_answer answer = {.end = end, .words = words};

	finish(a, &answer);
}

/* ---- answers ----------------------------------------------------------------------- */

/*
 * A 403 is mostly a role that the credentials lack, and says nothing against the token, which
 * texts go on using meanwhile; but the role may have been given since the token was.
 */
static bool
renew_for_role(struct ask *a)
{
	struct sender *s = a->sender;

	if (a->generation != s->generation)
		return true;
	if (s->denied == a->generation || s->expires == INT64_MAX)
		return false; /* a new token was refused the same way; or there is none to renew */
	if (renewal_take(a->w, a->pace->account) > 0)
		return false;
	sender_renew(s);
	return true;
}

/* Is it worth a new token, and has none been tried yet? */
static bool
renew(struct ask *a, int status)
{
	struct sender *s = a->sender;
	bool again;

	if (a->renewed) {
		if (status == 403 && a->generation == s->generation)
			s->denied = a->generation;
		return false;
	}
	again = status == 403 ? renew_for_role(a)
			      : sender_refused(s, a->generation) == VERDICT_AGAIN;
	a->renewed = again;
	return again;
}

static void
refused(struct ask *a, const struct http_answer *http)
{
	struct ask_answer answer = {.end = ASK_DENIED, .answer = http};

	if (renew(a, http->status) && !a->w->ending) {
		a->until = clock_mono() + TOKEN_PATIENCE;
		wait_until(a, clock_mono());
		return;
	}
	answer.words =
	    http->status == 401
		? "Bandwidth does not accept the credentials for this (HTTP 401)."
		: "Bandwidth does not allow this with these credentials (HTTP 403): they "
		  "lack a role for it.";
	finish(a, &answer);
}

/* The account is asked too much: nobody of it asks until the pause is over. */
static void
busy(struct ask *a, const struct http_answer *http)
{
	struct ask_answer answer = {.end = ASK_BUSY, .answer = http};
	int64_t now = clock_mono(), pause = http->retry_after;

	if (pause <= 0)
		pause = BUSY_FIRST << (a->busy < 8 ? a->busy : 8);
	if (a->pace->numbers_blocked < now + pause)
		a->pace->numbers_blocked = now + pause;
	if (++a->busy < BUSY_TRIES && pause <= BUSY_PATIENCE && !a->w->ending) {
		wait_until(a, a->pace->numbers_blocked);
		return;
	}
	answer.again = pause;
	answer.words = "Bandwidth is asked too much just now (HTTP 429).";
	finish(a, &answer);
}

static void
answered(void *arg, const struct http_answer *http)
{
	struct ask *a = arg;
	struct ask_answer answer = {.answer = http};

	log_debug("organization %u: asked Bandwidth: HTTP %d, %d ms%s%s", a->sender->org,
	    http->status, (int)http->took, http->fault != NULL ? ": " : "",
	    http->fault != NULL ? http->fault : "");
	if (http->reach == HTTP_NOT_BEGUN) {
		answer.end = ASK_NOT_BEGUN;
		answer.words = arena_fmt(a->arena, "Bandwidth could not be reached: %s.",
		    http->fault != NULL ? http->fault : "no connection");
	} else if (http->status == 401 || http->status == 403) {
		refused(a, http); /* the status says it, even if the rest was lost */
		return;
	} else if (http->status == 429) {
		busy(a, http);
		return;
	} else if (http->reach == HTTP_BEGUN) {
		answer.end = ASK_LOST;
		answer.words = arena_fmt(a->arena, "Bandwidth's answer was lost: %s.",
		    http->fault != NULL ? http->fault : "the connection ended");
	} else {
		/* Not sender_accepted: that numbers may be asked about says nothing of texts. */
		answer.end = ASK_ANSWERED;
	}
	finish(a, &answer);
}

/* ---- asking ------------------------------------------------------------------------ */

static const char *
why_not_ready(const struct organization *o)
{
	if (o->account_id == NULL || o->user_name == NULL || o->cred_state == NULL)
		return "The account ID, client ID or client secret is not entered yet.";
	if (strcmp(o->cred_state, "refused") == 0 ||
	    (o->account_state != NULL && strcmp(o->account_state, "refused") == 0))
		return "Bandwidth refuses these credentials.";
	return "Bandwidth has not confirmed the credentials yet.";
}

static void
send_it(struct ask *a)
{
	a->generation = a->sender->generation;
	a->request.authorization = buf_str(&a->sender->authorization);
	client_start(a->w->client, &a->request, answered, a);
	a->request.authorization = NULL;
}

/* Asks, or waits on. */
static void
attempt(struct ask *a)
{
	struct sender *s = a->sender;
	struct organization o;
	int64_t now = clock_mono();
	enum sender_state state = sender_ready(s, a->arena, &o);

	if (o.id != 0 && o.config_version != a->version) {
		finish_without(a, ASK_CHANGED, "The settings were changed meanwhile.");
		return;
	}
	if (state == SENDER_NONE) {
		finish_without(a, ASK_NOT_READY, why_not_ready(&o));
		return;
	}
	/* While a renewal is under way the old token is good enough for texts, but not here: it
	 * may be this very request that it was refused for. */
	if (state == SENDER_WAIT || (a->renewed && a->generation == s->generation)) {
		if (now >= a->until)
			finish_without(a, ASK_NOT_BEGUN, "Bandwidth gave no token in time.");
		else
			wait_until(
			    a, s->fetching || s->retry <= now ? now + CLOCK_SECOND / 5 : s->retry);
		return;
	}
	a->pace = pace_of(a->w, o.account_id);
	if (a->pace->numbers_blocked > now)
		wait_until(a, a->pace->numbers_blocked);
	else
		send_it(a);
}

static void
copy_request(struct ask *a, const struct http_request *r)
{
	a->request = *r;
	a->request.authorization = NULL;
	a->request.url = arena_str(a->arena, r->url);
	a->request.accept = arena_str(a->arena, r->accept);
	if (r->content_type != NULL)
		a->request.content_type = arena_str(a->arena, r->content_type);
	if (r->accept != NULL)
		a->request.accept = arena_str(a->arena, r->accept);
	if (r->body != NULL)
		a->request.body = arena_dup(a->arena, r->body, r->length);
}

void
ask_begin(struct worker *w, uint32_t org, int64_t version, const struct http_request *r,
    ask_done done, void *arg)
{
	struct ask *a = calloc(1, sizeof(*a));

	if (a == NULL)
		log_panic("out of memory");
	a->w = w;
	a->sender = sender_of(w, org);
	a->arena = arena_new();
	a->version = version;
	a->done = done;
	a->arg = arg;
	copy_request(a, r);
	a->until = clock_mono() + TOKEN_PATIENCE;
	wait_until(a, clock_mono());
}

bool
ask_may_be_done(const struct ask_answer *a)
{
	if (a->end == ASK_ANSWERED)
		return a->answer->status == 408 || a->answer->status >= 500;
	return a->end == ASK_LOST;
}

/* ---- the loop ---------------------------------------------------------------------- */

void
ask_turn(struct worker *w)
{
	struct ask *list = w->asks, *a;
	int64_t now = clock_mono();

	/* Those that have to wait on come into the new list. */
	w->asks = NULL;
	while ((a = list) != NULL) {
		list = a->next;
		if (a->due > now)
			wait_until(a, a->due);
		else
			attempt(a);
	}
}

int64_t
ask_next(const struct worker *w)
{
	const struct ask *a;
	int64_t due = INT64_MAX, wait;

	for (a = w->asks; a != NULL; a = a->next) {
		wait = a->due - clock_mono();
		if (wait < 0)
			wait = 0;
		if (clock_now() + wait < due)
			due = clock_now() + wait;
	}
	return due;
}

void
ask_abort(struct worker *w)
{
	struct ask *a;

	while ((a = w->asks) != NULL) {
		w->asks = a->next;
		finish_without(a, ASK_NOT_BEGUN, "This program ends; it goes on later.");
	}
}
