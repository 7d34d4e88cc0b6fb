/*
 * check.c: the job "check" from its beginning to its end (check.h): begin -> token_came ->
 * account_came (API users) -> the questions -> finish.
 *
 * Every answer is stored as it comes, for those who look at the page meanwhile.
 */
#include "worker/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "bandwidth/token.h"
#include "store/jobs.h"
#include "store/orgs.h"
#include "store/secrets.h"
#include "store/space.h"
#include "texting/config.h"
#include "worker/check_private.h"
#include "worker/jobs.h"
#include "worker/sender.h"
#include "worker/worker.h"

#define PASSWORD_MAX 4096
#define AGAIN (15 * CLOCK_SECOND)
#define FACT_MAX ((size_t)300) /* bytes of a text; all of them have to fit into a job */

static bool
is(const char *s, const char *word)
{
	return s != NULL && strcmp(s, word) == 0;
}

static bool
blank(const char *s)
{
	return s == NULL || *s == '\0';
}

static void
check_free(struct check *c)
{
	buf_wipe(&c->password);
	buf_wipe(&c->authorization);
	arena_free(c->arena);
	free(c);
}

/* ---- what was learned ---------------------------------------------------------------- */

const char *
check_text(struct check *c, const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0;

	if (n > FACT_MAX)
		for (n = FACT_MAX; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80; n--)
			;
	return n > 0 ? arena_dup(c->arena, s, n) : NULL;
}

void
check_set(struct check *c, struct setup_answer *a, const char *state, const char *words)
{
	a->state = state;
	a->words = check_text(c, words);
}

void
check_answer(struct check *c, struct setup_answer *a, const struct numbers_head *head, bool of_list)
{
	switch (head->outcome) {
	case NUMBERS_FINE:
		check_set(c, a, SETUP_YES, NULL);
		return;
	case NUMBERS_NOT_FOUND:
		check_set(c, a, SETUP_NO, NULL);
		return;
	case NUMBERS_EXISTS:
	case NUMBERS_REFUSED:
		check_set(c, a, of_list ? SETUP_UNREACHABLE : SETUP_NO, head->words);
		return;
	case NUMBERS_UNAUTHORIZED:
		check_set(c, a, SETUP_REFUSED, head->words);
		return;
	case NUMBERS_FORBIDDEN:
		check_set(c, a, SETUP_FORBIDDEN, head->words);
		return;
	case NUMBERS_BUSY:
	case NUMBERS_NOT_SENT:
	case NUMBERS_UNKNOWN:
		check_set(c, a, SETUP_UNREACHABLE, head->words);
		return;
	}
}

static enum result
write_facts(struct tx *tx, struct job *job, json *detail, void *arg)
{
	const struct check *c = arg;

	(void)tx;
	(void)job;
	setup_facts_write(&c->facts, detail);
	return OK;
}

static void
save(struct check *c)
{
	(void)job_change(c->w, c->job, write_facts, c);
}

/* The credentials are not what the last check of them found: that is stored by their own job. */
static void
compare_credentials(const struct check *c)
{
	bool good = is(c->facts.token.state, SETUP_YES) && is(c->facts.account.state, SETUP_YES);
	bool bad = is(c->facts.token.state, SETUP_REFUSED);

	if ((good && !is(c->org.cred_state, "confirmed")) ||
	    (bad && is(c->org.cred_state, "confirmed")))
		jobs_ask(c->w, (uint32_t)c->org.id, "credentials", 0);
}

static void
finish(struct check *c)
{
	if (c->cut) {
		job_again(c->w, c->job, clock_now(), "Begun again, because the worker ended.");
	} else {
		compare_credentials(c);
		job_end(c->w, c->job, "done", "Everything that could be asked was asked.");
	}
	check_free(c);
}

/* ---- requests ------------------------------------------------------------------------- */

struct sent {
	struct check *c;
	check_read read;
};

/* Bandwidth's clock, to half of the second in which it answered. */
static void
compare_clock(struct check *c, const struct http_answer *answer)
{
	c->facts.clock_asked = clock_now();
	c->facts.clock_ahead = clock_system() - answer->date - CLOCK_SECOND / 2;
}

static void
came(void *arg, const struct http_answer *answer)
{
	struct sent *s = arg;
	struct check *c = s->c;

	if (c->w->ending && answer->reach != HTTP_ANSWERED)
		c->cut = true;
	else
		s->read(c, answer);
	free(s);
	c->under_way--;
	save(c);
	if (c->under_way == 0)
		finish(c);
}

void
check_send(struct check *c, struct http_request *r, check_read read)
{
	struct sent *s;

	if (c->w->ending) {
		c->cut = true;
		return;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		log_panic("out of memory");
	s->c = c;
	s->read = read;
	if (r->authorization == NULL)
		r->authorization = buf_str(&c->authorization);
	c->under_way++;
	client_start(c->w->client, r, came, s);
}

/* ---- credentials ------------------------------------------------------------------------ */

static void
add_fact(struct check *c, struct text_list *list, const char *text)
{
	const char *fact = check_text(c, text);

	if (fact != NULL)
		*list = text_list_add(c->arena, *list, fact);
}

static void
note_token(struct check *c, const struct token_answer *t)
{
	size_t i;

	c->facts.cred_kind = "oauth2";
	c->facts.express = t->express;
	c->facts.has_accounts = t->has_accounts;
	for (i = 0; i < t->accounts.count; i++)
		if (is(t->accounts.items[i], c->org.account_id) || i < SETUP_NAMED)
			add_fact(c, &c->facts.accounts, t->accounts.items[i]);
	for (i = 0; i < t->roles.count && i < 4 * SETUP_NAMED; i++)
		add_fact(c, &c->facts.roles, t->roles.items[i]);
}

static void
token_came(struct check *c, const struct http_answer *answer)
{
	struct token_answer t;

	if (answer->date != 0)
		compare_clock(c, answer);
	token_read(answer, c->arena, &t);
	buf_wipe(&c->authorization);
	switch (t.outcome) {
	case TOKEN_GIVEN:
		check_set(c, &c->facts.token, SETUP_YES, NULL);
		note_token(c, &t);
		if (!token_allows(&t, c->org.account_id))
			return; /* another account's IDs would be asked for */
		auth_bearer(&c->authorization, t.token);
		check_account(c);
		check_bandwidth(c);
		return;
	case TOKEN_REFUSED:
		/* Perhaps an API user: the answer about the account tells. */
		check_set(c, &c->facts.token, SETUP_REFUSED, t.words);
		c->facts.cred_kind = "basic";
		auth_basic(
		    &c->authorization, c->org.user_name, buf_str(&c->password), c->password.len);
		check_account(c);
		return;
	case TOKEN_UNREACHABLE:
		check_set(c, &c->facts.token, SETUP_UNREACHABLE, t.words);
		return;
	}
}

static void
ask_token(struct check *c)
{
	struct http_request request;

	auth_basic(&c->authorization, c->org.user_name, buf_str(&c->password), c->password.len);
	token_request(&request, c->w->app->settings->token_url, buf_str(&c->authorization));
	check_send(c, &request, token_came);
}

/* ---- the beginning ----------------------------------------------------------------------- */

static enum result
read_entered(struct tx *tx, void *arg)
{
	struct check *c = arg;
	enum result r = orgs_get(tx, (uint32_t)c->org.id, false, c->arena, &c->org);

	buf_wipe(&c->password);
	if (r == OK)
		r = secret_get(
		    tx, c->w->app->settings, (uint32_t)c->org.id, "password", &c->password);
	return r == NOT_FOUND && c->org.config_version >= 0 ? OK : r;
}

static void
look_at_disk(struct check *c)
{
	struct space s;

	space_look(c->w->app->settings->data_dir, c->arena, &s);
	c->facts.disk_asked = true;
	c->facts.disk_free = s.free;
	c->facts.disk_sync = s.sync;
	c->facts.disk_fault = s.fault;
}

static struct check *
check_new(struct worker *w, const struct job *job)
{
	struct check *c = calloc(1, sizeof(*c));

	if (c == NULL)
		log_panic("out of memory");
	c->w = w;
	c->arena = arena_new();
	c->job = arena_str(c->arena, job->id);
	c->org.id = job->org;
	buf_init(&c->password, PASSWORD_MAX);
	buf_init(&c->authorization, AUTHORIZATION_MAX);
	return c;
}

void
check_begin(struct worker *w, const struct job *job)
{
	struct check *c = check_new(w, job);
	enum result r = store_read(w->app->store, read_entered, c);

	if (r == OK)
		r = check_ours(c);
	if (r != OK) {
		if (r == BUSY || r == FAILED)
			job_again(
			    w, c->job, clock_now() + AGAIN, "The settings could not be read.");
		else
			job_end(w, c->job, "failed",
			    r == DAMAGED ? "What is stored of the organization does not open; the "
					   "log says what."
					 : "There is no such organization any more.");
		check_free(c);
		return;
	}
	job_step(w, c->job, "Asking Bandwidth, and calling this installation's own address.");
	c->facts.version = c->org.config_version + 1;
	c->account = (struct numbers_account){w->app->settings->numbers_url, c->org.account_id};
	look_at_disk(c);
	c->under_way++; /* so that it does not end while it begins */
	check_address(c);
	if (!blank(c->org.account_id) && !blank(c->org.user_name) && c->password.len > 0 &&
	    config_cred_here(w->app, &c->org))
		ask_token(c);
	c->under_way--;
	save(c);
	if (c->under_way == 0)
		finish(c);
}
