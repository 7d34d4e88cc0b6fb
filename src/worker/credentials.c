/*
 * credentials.c: asks Bandwidth about an organization's credentials, step by step
 * (credentials.h): begin -> token_came -> (list_came) -> conclude or put_off.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "bandwidth/client.h"
#include "bandwidth/messaging.h"
#include "bandwidth/token.h"
#include "org/organization.h"
#include "store/jobs.h"
#include "store/orgs.h"
#include "store/secrets.h"
#include "texting/config.h"
#include "worker/credentials.h"
#include "worker/jobs.h"
#include "worker/provision.h"
#include "worker/renewal.h"
#include "worker/sender.h"
#include "worker/verdict.h"
#include "worker/worker.h"

#define PASSWORD_MAX 4096
#define AGAIN_FIRST (15 * CLOCK_SECOND)
#define AGAIN_MAX (30 * CLOCK_MINUTE)

struct check {
	struct worker *w;
	struct arena *arena;
	const char *job;
	int64_t tries;
	bool again;		   /* it is a repeated check */
	struct organization org;   /* as it was when the check began */
	struct buf password;	   /* wiped */
	struct token_answer token; /* once it came */
	bool basic;		   /* asking as an API user */
};

static void
check_free(struct check *c)
{
	buf_wipe(&c->password);
	arena_free(c->arena); /* wipes the token */
	free(c);
}

/* ---- ends ------------------------------------------------------------------ */

static void
conclude(struct check *c, const struct verdict *v)
{
	struct sender *s = sender_of(c->w, (uint32_t)c->org.id);
	enum result r = verdict_store(c->w->app, &c->org, v);

	if (r == REFUSED) {
		job_end(c->w, c->job, "failed",
		    "The settings were changed while they were checked; the new ones are checked "
		    "by themselves.");
	} else if (r != OK) {
		job_again(c->w, c->job, clock_now() + AGAIN_FIRST,
		    "What Bandwidth said could not be stored; it is asked again.");
	} else {
		sender_reset(s);
		if (v->good && c->token.outcome == TOKEN_GIVEN)
			sender_take_token(s, &c->org, &c->token);
		sender_unblock(s);
		provision_heard(c->w, (uint32_t)c->org.id, v->good);
		job_end(c->w, c->job, v->good ? "done" : "failed", v->result);
	}
	check_free(c);
}

/* Nothing was learned: asks again later, and says so where nothing better is known. */
static void
put_off(struct check *c, const char *words, int64_t after)
{
	struct verdict v;
	int64_t wait = AGAIN_FIRST << (c->tries < 8 ? (c->tries > 0 ? c->tries - 1 : 0) : 8);

	if (wait > AGAIN_MAX)
		wait = AGAIN_MAX;
	if (wait < after)
		wait = after;
	verdict_unreachable(&v, c->arena, words);
	verdict_store(c->w->app, &c->org, &v);
	if (c->again) {
		job_again(c->w, c->job, clock_now() + wait, v.result);
	} else {
		/* Not this job, put off: a later SAVE CREDENTIALS would be put off with it. */
		jobs_ask(c->w, (uint32_t)c->org.id, CREDENTIALS_AGAIN, clock_now() + wait);
		job_end(c->w, c->job, "failed", v.result);
	}
	check_free(c);
}

/* ---- steps ----------------------------------------------------------------- */

static void
list_came(void *arg, const struct http_answer *answer)
{
	struct check *c = arg;
	struct list_answer list;
	struct verdict v;

	list_read(answer, c->arena, &list);
	/* A 400 would be about the question; the credentials passed. */
	if (list.outcome == LIST_READ || list.status == 400) {
		verdict_confirmed(&v, c->basic);
		conclude(c, &v);
	} else if (list.outcome == LIST_UNAUTHORIZED) {
		if (c->basic)
			verdict_unknown_user(&v, c->arena, c->token.words, list.words);
		else
			verdict_no_messaging(&v, c->arena, c->org.account_id, list.words);
		conclude(c, &v);
	} else {
		put_off(c, list.words, list.retry_after);
	}
}

/* One harmless question to the messaging interface: what was sent within the last minute? */
static void
ask_list(struct check *c)
{
	struct list_query q = {
	    .since = clock_now() - CLOCK_MINUTE, .until = clock_now(), .limit = 1};
	struct buf url = BUF_INIT(8000), authorization = BUF_INIT(AUTHORIZATION_MAX);
	struct http_request request = {.method = HTTP_GET};

	job_step(c->w, c->job,
	    c->basic ? "Asking Bandwidth whether they are an API user's"
		     : "Asking Bandwidth whether they may send texts for this account");
	buf_adds(
	    &url, messages_url(c->arena, c->w->app->settings->messaging_url, c->org.account_id));
	list_query_add(&url, &q);
	if (c->basic)
		auth_basic(
		    &authorization, c->org.user_name, buf_str(&c->password), c->password.len);
	else
		auth_bearer(&authorization, c->token.token);
	request.url = buf_str(&url);
	request.authorization = buf_str(&authorization);
	client_start(c->w->client, &request, list_came, c);
	buf_wipe(&authorization);
	buf_free(&url);
}

static void
token_came(void *arg, const struct http_answer *answer)
{
	struct check *c = arg;
	struct verdict v;

	token_read(answer, c->arena, &c->token);
	switch (c->token.outcome) {
	case TOKEN_GIVEN:
		if (!token_allows(&c->token, c->org.account_id)) {
			verdict_other_account(&v, c->arena, c->org.account_id, &c->token.accounts);
			conclude(c, &v);
		} else if (c->token.express) {
			verdict_trial(&v);
			conclude(c, &v);
		} else {
			ask_list(c);
		}
		return;
	case TOKEN_REFUSED:
		c->basic = true;
		ask_list(c);
		return;
	case TOKEN_UNREACHABLE:
		put_off(c, c->token.words, answer->retry_after);
		return;
	}
}

static void
ask_token(struct check *c)
{
	struct buf authorization = BUF_INIT(AUTHORIZATION_MAX);
	struct http_request request;

	job_step(c->w, c->job, "Asking Bandwidth for a token");
	auth_basic(&authorization, c->org.user_name, buf_str(&c->password), c->password.len);
	token_request(&request, c->w->app->settings->token_url, buf_str(&authorization));
	client_start(c->w->client, &request, token_came, c);
	buf_wipe(&authorization);
}

/* ---- the beginning --------------------------------------------------------- */

static enum result
read_entered(struct tx *tx, void *arg)
{
	struct check *c = arg;
	enum result r = orgs_get(tx, (uint32_t)c->org.id, false, c->arena, &c->org);

	buf_wipe(&c->password);
	if (r == OK)
		r = secret_get(
		    tx, c->w->app->settings, (uint32_t)c->org.id, "password", &c->password);
	return r;
}

static bool
blank(const char *s)
{
	return s == NULL || *s == '\0';
}

/* Asked for by the worker, not by a person who waits for the answer? */
static bool
by_itself(const struct job *job)
{
	return job->by != NULL && strcmp(job->by, "worker") == 0;
}

void
credentials_begin(struct worker *w, const struct job *job)
{
	struct check *c = calloc(1, sizeof(*c));
	struct verdict v;
	enum result r;
	int64_t wait;

	if (c == NULL)
		log_panic("out of memory");
	c->w = w;
	c->arena = arena_new();
	c->job = arena_str(c->arena, job->id);
	c->tries = job->tries;
	c->again = strcmp(job->kind, CREDENTIALS_AGAIN) == 0;
	c->org.id = job->org;
	sender_of(w, (uint32_t)job->org)->asked = clock_mono();
	buf_init(&c->password, PASSWORD_MAX);
	r = store_read(w->app->store, read_entered, c);
	if (r == OK && c->again && c->org.cred_state != NULL &&
	    strcmp(c->org.cred_state, "confirmed") == 0) {
		job_end(w, c->job, "done", "They were confirmed meanwhile.");
		check_free(c);
		return;
	}
	if (r == OK && by_itself(job) && !blank(c->org.account_id) &&
	    (wait = renewal_wait(w, c->org.account_id)) > 0) {
		job_again(w, c->job, clock_now() + wait, "Bandwidth is asked again in a minute.");
		check_free(c);
		return;
	}
	if (r == OK && !blank(c->org.account_id) && !blank(c->org.user_name) &&
	    c->password.len > 0) {
		if (config_cred_here(w->app, &c->org)) {
			ask_token(c);
			return;
		}
		verdict_elsewhere(&v);
		conclude(c, &v);
		return;
	}
	if (r == BUSY || r == FAILED)
		job_again(w, c->job, clock_now() + AGAIN_FIRST, "The settings could not be read.");
	else if (r == DAMAGED)
		job_end(w, c->job, "failed",
		    "The stored password or secret does not open: SESSION_SECRET was changed "
		    "without SESSION_SECRET_PREVIOUS. Enter the password again.");
	else
		job_end(w, c->job, "failed",
		    "There is nothing to check: enter account ID, client ID and client secret.");
	check_free(c);
}

void
credentials_refused(struct worker *w, uint32_t org, int64_t version, const char *words)
{
	struct organization o = {.id = org, .config_version = version};
	struct arena *a = arena_new();
	struct verdict v;

	verdict_post_refused(&v, a, words);
	if (verdict_store(w->app, &o, &v) == OK) {
		log_error(
		    "organization %u: Bandwidth refuses its credentials (%s); its queue is held",
		    org, words);
		sender_check_later(sender_of(w, org));
	}
	arena_free(a);
}
