/*
 * provision.c: queues the jobs that set an organization up at Bandwidth, and the questions
 * between them and people (provision.h).
 */
#include "texting/provision.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/settings.h"
#include "store/audit.h"
#include "store/orgs.h"
#include "store/store.h"

#define CALLBACKS "callbacks"
#define ASSIGNMENT "assignment"

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* ---- questions ------------------------------------------------------------------- */

void
provision_question(const struct job *job, struct arena *a, struct provision_question *q)
{
	json *detail = job_detail(job);
	const json *ask = json_get(detail, "ask");

	q->what = json_get_text(ask, "what", a);
	q->value = json_get_text(ask, "value", a);
	if (!job_over(job) || q->value == NULL ||
	    (!same(q->what, CALLBACKS) && !same(q->what, ASSIGNMENT)))
		q->what = q->value = NULL;
	json_free(detail);
}

const char *
provision_question_text(const struct provision_question *q, struct arena *a)
{
	if (same(q->what, CALLBACKS))
		return arena_fmt(a,
		    "The application calls %s. If it serves something else there, enter no application ID, "
		    "and one of its own is made for this organization. If you go on, it calls this "
		    "installation from then on, and whatever listens there hears nothing more.",
		    q->value);
	return arena_fmt(a,
	    "The location belongs to another application, %s. If that one still serves something, enter "
	    "no location ID, and one of its own is made for this organization. If you go on, texts to all "
	    "numbers of the location come here from then on.",
	    q->value);
}

const char *
provision_question_yes(const struct provision_question *q)
{
	return same(q->what, CALLBACKS) ? "Let it call this installation"
					: "Give the location this application";
}

/* ---- queueing -------------------------------------------------------------------- */

/* Adds a job unless one of its kind waits; *job is its id, in the transaction's arena. */
static enum result
add(struct tx *tx, uint32_t org, const char *kind, const char *who, const char **job)
{
	struct job j = {.org = org, .kind = kind, .step = "Waiting for the worker.", .by = who};
	enum result r = jobs_add(tx, &j, true);

	*job = j.id;
	return r;
}

enum result
provision_add(struct tx *tx, uint32_t org, const char *who, const char **job)
{
	return add(tx, org, PROVISION_JOB, who, job);
}

/* The waiting job carries the answer. */
static enum result
carry_answer(struct tx *tx, const char *id, const struct provision_question *yes)
{
	json *detail, *answer;
	struct job job;
	enum result r = jobs_get(tx, id, true, tx_arena(tx), &job);

	if (r != OK)
		return r;
	detail = job_detail(&job);
	answer = json_object_new();
	json_put_text(answer, "what", yes->what);
	json_put_text(answer, "value", yes->value);
	json_put(detail, "yes", answer);
	job_set_detail(&job, detail, tx_arena(tx));
	json_free(detail);
	return jobs_put(tx, &job);
}

/* Is it what the last job asks? */
static enum result
is_asked(struct tx *tx, uint32_t org, const struct provision_question *yes)
{
	struct provision_question q;
	struct job last;
	enum result r = jobs_last(tx, org, PROVISION_JOB, tx_arena(tx), &last);

	if (r != OK)
		return r == NOT_FOUND ? REFUSED : r;
	provision_question(&last, tx_arena(tx), &q);
	return same(q.what, yes->what) && same(q.value, yes->value) ? OK : REFUSED;
}

struct asking {
	uint32_t org;
	const char *kind;
	const struct provision_question *yes;
	const char *who, *from;
	char *job;
};

static enum result
put_audit(struct tx *tx, const struct asking *x)
{
	const struct audit a = {.org = x->org,
	    .time = tx_now(tx),
	    .who = x->who,
	    .from = x->from,
	    .what = x->kind,
	    .detail = x->yes == NULL
			  ? NULL
			  : arena_fmt(tx_arena(tx), "yes to: %s %s", x->yes->what, x->yes->value)};

	return audit_add(tx, &a);
}

static enum result
ask(struct tx *tx, void *arg)
{
	struct asking *x = arg;
	struct organization o;
	const char *id = NULL;
	enum result r = orgs_get(tx, x->org, false, tx_arena(tx), &o);

	if (r == OK && x->yes != NULL)
		r = is_asked(tx, x->org, x->yes);
	if (r == OK)
		r = add(tx, x->org, x->kind, x->who, &id);
	if (r == OK && x->yes != NULL)
		r = carry_answer(tx, id, x->yes);
	if (r != OK)
		return r;
	(void)snprintf(x->job, PROVISION_JOB_ID, "%s", id);
	return put_audit(tx, x);
}

static enum result
run_asking(const struct app *app, struct asking *x)
{
	enum result r;

	x->job[0] = '\0';
	r = store_run(app->store, ask, x);
	return r == OK ? store_flush(app->store) : r;
}

enum result
provision_ask(const struct app *app, uint32_t org, const struct provision_question *yes,
    const char *who, const char *from, char job[PROVISION_JOB_ID])
{
	struct asking x = {org, PROVISION_JOB, yes, who, from, job};

	return run_asking(app, &x);
}

enum result
repair_ask(const struct app *app, uint32_t org, const char *who, const char *from,
    char job[PROVISION_JOB_ID])
{
	struct asking x = {org, REPAIR_JOB, NULL, who, from, job};

	return run_asking(app, &x);
}

/* ---- may Bandwidth be told to call here? ------------------------------------------- */

/* The Numbers API of a rehearsal, on this machine? */
static bool
played_here(const struct settings *s)
{
	struct arena *a = arena_new();
	struct url u;
	const char *why;
	bool here = s->rehearsal && s->numbers_url != NULL &&
		    url_parse(s->numbers_url, a, &u, &why) == 0 && u.loopback;

	arena_free(a);
	return here;
}

const char *
provision_base_fault(const struct settings *s)
{
	if (s->base_url.https && !s->base_url.loopback)
		return NULL;
	if (played_here(s))
		return NULL;
	if (s->base_url.loopback)
		return "BASE_URL names this machine itself (localhost), where Bandwidth cannot call. "
		       "Whoever runs this installation sets BASE_URL to the public https address; "
		       "then set up again.";
	return "BASE_URL does not begin with https://, and Bandwidth's calls carry a password. "
	       "Whoever runs this installation sets BASE_URL to the public https address; then set "
	       "up again.";
}
