/*
 * forget.c: asking to be forgotten, and what the job about it knows (forget.h).
 */
#include "texting/forget.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/phone.h"
#include "org/progress.h"
#include "store/audit.h"
#include "store/contacts.h"
#include "store/forgotten.h"
#include "store/numbers.h"
#include "store/orgs.h"
#include "store/store.h"
#include "texting/forget_phases.h"
#include "texting/optout.h"

/* ---- asking ---------------------------------------------------------------------- */

struct asking {
	const struct app *app;
	uint32_t org;
	const char *number, *who, *from;
	struct forget_answer *answer;
};

static enum result
refuse(struct asking *k, const char *why)
{
	(void)snprintf(k->answer->why, sizeof k->answer->why, "%s", why);
	return REFUSED;
}

/* A few digits may be a number without its area code: of which nobody would be forgotten. */
static enum result
known_code(struct tx *tx, struct asking *k)
{
	struct contact c;
	enum result r;

	if (phone_is_e164(k->number))
		return OK;
	r = contacts_get(tx, k->org, k->number, false, tx_arena(tx), &c);
	if (r == NOT_FOUND)
		return refuse(k,
		    "No such short code ever wrote here. A telephone number has its area code, "
		    "such as (919) 555-0123.");
	return r == DAMAGED ? OK : r;
}

/* What must be so before; the key is made in a transaction before the one that needs it. */
static enum result
prepare(struct tx *tx, void *arg)
{
	struct asking *k = arg;
	struct organization o;
	struct number own;
	enum result r = orgs_get(tx, k->org, false, tx_arena(tx), &o);

	if (r == OK)
		r = forgotten_prepare(tx);
	if (r == DAMAGED)
		return refuse(k,
		    "People asked to be forgotten here before, and what recognizes their numbers "
		    "can't be opened, so nobody can be forgotten now. spokectl check says what to "
		    "do.");
	if (r != OK)
		return r;
	r = numbers_get(tx, k->org, k->number, false, tx_arena(tx), &own);
	if (r == OK)
		return refuse(k, "This is one of the organization's own numbers.");
	return r == NOT_FOUND ? known_code(tx, k) : r;
}

bool
forget_under_way(struct tx *tx, uint32_t org, const char *number, struct arena *a, struct job *job)
{
	struct forget_job d;
	json *detail;

	if (jobs_last(tx, org, FORGET_JOB, a, job) != OK || job_over(job))
		return false;
	detail = job_detail(job);
	forget_read(detail, a, &d);
	json_free(detail);
	return d.number != NULL && strcmp(d.number, number) == 0;
}

static const char *
first_detail(struct arena *a, const char *number)
{
	struct forget_job d = {.number = number};
	struct progress p = {.count = 0};
	json *detail = json_object_new();
	struct job job = {.id = NULL};
	const struct forget_phase *f;
	size_t i;

	for (i = 0; (f = forget_phase_at(i)) != NULL; i++)
		if (i == 0 || strcmp(f->title, forget_phase_at(i - 1)->title) != 0)
			progress_add(&p, f->name, f->title);
	forget_write(detail, &d);
	progress_write(detail, &p);
	job_set_detail(&job, detail, a);
	json_free(detail);
	return job.detail;
}

static enum result
add_job(struct tx *tx, struct asking *k, const char **id)
{
	struct job job = {.org = k->org, .kind = FORGET_JOB, .by = k->who};
	struct job old;
	enum result r;

	if (forget_under_way(tx, k->org, k->number, tx_arena(tx), &old)) {
		*id = old.id;
		return EXISTS;
	}
	job.detail = first_detail(tx_arena(tx), k->number);
	job.step = "Waiting for the worker";
	r = jobs_add(tx, &job, false);
	*id = job.id;
	return r;
}

static enum result
ask(struct tx *tx, void *arg)
{
	struct asking *k = arg;
	const char *id = NULL;
	struct audit note = {
	    .org = k->org, .who = k->who, .from = k->from, .what = "contact.forget"};
	enum result r = contacts_forget(tx, k->org, k->number);

	if (r == DAMAGED)
		return refuse(k,
		    "The record of this contact can't be read. spokectl verify says more; whoever "
		    "runs this installation can mend it.");
	if (r == OK)
		r = optout_cancel(tx, k->org, k->number);
	if (r == OK)
		r = add_job(tx, k, &id);
	if (r != OK && r != EXISTS)
		return r;
	(void)snprintf(k->answer->job, sizeof k->answer->job, "%s", id);
	note.detail = id;
	return r == OK ? audit_add(tx, &note) : OK;
}

enum result
forget_ask(const struct app *app, uint32_t org, const char *number, const char *who,
    const char *from, struct forget_answer *answer)
{
	struct asking k = {app, org, number, who, from, answer};
	enum result r;

	*answer = (struct forget_answer){.why = ""};
	r = store_run(app->store, prepare, &k);
	if (r == OK)
		r = store_run(app->store, ask, &k);
	if (r == OK)
		r = store_flush(app->store);
	if (r == OK)
		log_info("organization %lu: somebody is to be forgotten, job %s",
		    (unsigned long)org, answer->job);
	return r;
}

enum result
forget_decided(struct tx *tx, uint32_t org)
{
	struct job job;
	enum result r = jobs_last(tx, org, FORGET_JOB, tx_arena(tx), &job);

	if (r == OK)
		r = jobs_get(tx, job.id, true, tx_arena(tx), &job);
	if (r != OK)
		return r == NOT_FOUND || r == DAMAGED ? OK : r;
	if (job.state == NULL || strcmp(job.state, "waiting") != 0 || job.due <= tx_now(tx))
		return OK;
	job.due = tx_now(tx);
	return jobs_put(tx, &job);
}

/* ---- what the job knows -------------------------------------------------------------- */

static const struct {
	const char *name;
	size_t offset;
} counts[] = {
    {"texts", offsetof(struct forget_job, texts)},
    {"groups", offsetof(struct forget_job, groups)},
    {"events", offsetof(struct forget_job, events)},
    {"hidden", offsetof(struct forget_job, hidden)},
    {"since", offsetof(struct forget_job, since)},
    {"mentions", offsetof(struct forget_job, mentions)},
    {"unreadable", offsetof(struct forget_job, unreadable)},
};
#define COUNTS (sizeof counts / sizeof counts[0])

void
forget_read(const json *detail, struct arena *a, struct forget_job *d)
{
	const json *list = json_get(detail, "mentioned");
	const char *id;
	size_t i;

	*d = (struct forget_job){.number = json_get_text(detail, "number", a),
	    .phase = json_get_text(detail, "phase", a),
	    .at = json_get_text(detail, "at", a),
	    .wait = json_get_text(detail, "wait", a)};
	for (i = 0; i < COUNTS; i++)
		*(int64_t *)((char *)d + counts[i].offset) =
		    json_get_int(detail, counts[i].name, 0);
	for (i = 0; i < json_len(list) && i < FORGET_MENTIONED; i++) {
		id = json_copy_text(json_at(list, i), a);
		if (message_id_valid(id))
			d->mentioned = text_list_add(a, d->mentioned, id);
	}
}

void
forget_write(json *detail, const struct forget_job *d)
{
	json *list = json_array_new();
	size_t i;

	json_put_text(detail, "number", d->number);
	json_put_text(detail, "phase", d->phase);
	json_put_text(detail, "at", d->at);
	json_put_text(detail, "wait", d->wait);
	for (i = 0; i < COUNTS; i++)
		json_put_int(
		    detail, counts[i].name, *(const int64_t *)((const char *)d + counts[i].offset));
	for (i = 0; i < d->mentioned.count; i++)
		json_add_text(list, d->mentioned.items[i]);
	json_put(detail, "mentioned", list);
}

const char *
forget_step_words(const char *phase, const struct forget_job *d, struct arena *a)
{
	const struct {
		const char *phase;
		int64_t n;
		const char *what;
	} table[] = {
	    {"messages", d->texts, "removed"},
	    {"groups", d->groups, "changed"},
	    {"events", d->events, "removed"},
	    {"answers", d->hidden, "changed"},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(phase, table[i].phase) == 0 && table[i].n > 0)
			return arena_fmt(a, "%" PRId64 " %s.", table[i].n, table[i].what);
	return NULL;
}

/* "3 texts", "1 text". */
static const char *
some(struct arena *a, int64_t n, const char *one, const char *many)
{
	return arena_fmt(a, "%" PRId64 " %s", n, n == 1 ? one : many);
}

const char *
forget_words(const struct forget_job *d, struct arena *a)
{
	const char *text = arena_fmt(a, "Forgotten, and not texted again. %s and %s were removed.",
	    some(a, d->texts, "text", "texts"), some(a, d->events, "event", "events"));

	if (d->groups > 0)
		text = arena_fmt(a, "%s In %s the number shows as \"%s\".", text,
		    some(a, d->groups, "group text", "group texts"), CONTACT_FORGOTTEN);
	if (d->since > 0)
		text = arena_fmt(a, "%s They wrote again since: %s of theirs %s.", text,
		    some(a, d->since, "text", "texts"), d->since == 1 ? "stays" : "stay");
	if (d->mentions > 0)
		text = arena_fmt(a, "%s %s of other people %s the number in their words and %s.",
		    text, some(a, d->mentions, "text", "texts"),
		    d->mentions == 1 ? "names" : "name", d->mentions == 1 ? "stays" : "stay");
	if (d->unreadable > 0)
		text = arena_fmt(a,
		    "%s %s can't be read, and %s: spokectl verify names the records.", text,
		    some(a, d->unreadable, "text", "texts"), d->unreadable == 1 ? "stays" : "stay");
	return text;
}
