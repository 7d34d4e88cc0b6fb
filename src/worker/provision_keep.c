/*
 * provision_keep.c: what a run stores: a step's state in the job and an ID in the organization's
 * settings, always in one transaction (provision_run.h).
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "org/number.h"
#include "store/counters.h"
#include "store/jobs.h"
#include "store/meta.h"
#include "store/numbers.h"
#include "store/orgs.h"
#include "store/store.h"
#include "worker/provision_run.h"
#include "worker/worker.h"

#define INSTALLATION "installation" /* in META: tells what we made from what others did */
#define INSTALLATION_BYTES 4

static bool
blank(const char *s)
{
	return s == NULL || *s == '\0';
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

struct part_fields
part_of(struct organization *o, enum part part)
{
	switch (part) {
	case PART_SITE:
		return (struct part_fields){&o->site_id, &o->site_confirmed, &o->site_posted};
	case PART_PEER:
		return (struct part_fields){
		    &o->sip_peer_id, &o->sip_peer_confirmed, &o->sip_peer_posted};
	case PART_APPLICATION:
		return (struct part_fields){
		    &o->application_id, &o->application_confirmed, &o->application_posted};
	case PART_NONE:
		break;
	}
	log_panic("provision: there is no part %d", (int)part);
}

/* ---- reading ----------------------------------------------------------------------- */

/* The installation's own mark, made on first use. */
static enum result
read_installation(struct tx *tx, struct arena *a, const char **out)
{
	unsigned char random[INSTALLATION_BYTES];
	char hex[2 * INSTALLATION_BYTES + 1];
	enum result r = meta_get(tx, INSTALLATION, a, out);

	if (r != NOT_FOUND && !(r == OK && blank(*out)))
		return r;
	crypto_random(random, sizeof(random));
	hex_text(random, sizeof(random), hex);
	*out = arena_str(a, hex);
	return meta_put(tx, INSTALLATION, hex);
}

/* A job's first run, or its first with these settings, has all steps before it. */
static void
fresh_steps(const struct run *r, json *detail)
{
	struct progress p = {0};
	size_t i;

	if (json_get_int(detail, "version", -1) == r->version && json_has(detail, "steps"))
		return;
	for (i = 0; i < r->count; i++)
		progress_add(&p, r->steps[i].key, r->steps[i].name);
	progress_write(detail, &p);
	json_put_int(detail, "version", r->version);
	json_put_int(detail, "failures", 0);
	json_put(detail, "ask", NULL);
}

/* Is this step behind us? */
static bool
passed(const struct run *r, const struct progress *p, size_t i)
{
	enum progress_state s = i < p->count ? p->steps[i].state : PROGRESS_WAITING;

	return s == PROGRESS_DONE || s == PROGRESS_SKIPPED ||
	       (s == PROGRESS_FAILED && r->steps[i].may_fail);
}

static void
take_detail(struct run *r, const json *detail)
{
	const json *yes = json_get(detail, "yes");
	struct progress p;

	progress_read(detail, r->arena, &p);
	r->step = 0;
	while (r->step < r->count && passed(r, &p, r->step)) {
		if (progress_find(&p, r->steps[r->step].key)->state == PROGRESS_FAILED)
			r->without = r->steps[r->step].name;
		r->step++;
	}
	r->failures = (int)json_get_int(detail, "failures", 0);
	r->yes.what = json_get_text(yes, "what", r->arena);
	r->yes.value = json_get_text(yes, "value", r->arena);
}

/* One of the organization's numbers that is in service. */
static enum result
read_number(struct tx *tx, struct run *r)
{
	const struct number_range range = {.state = NUMBER_IN_SERVICE};
	struct number *list = NULL;
	size_t count = 0;
	enum result result =
	    numbers_find(tx, (uint32_t)r->org.id, &range, 1, r->arena, &list, &count);

	r->number = result == OK && count > 0 ? list[0].number : NULL;
	return result == NOT_FOUND ? OK : result;
}

static enum result
read_run(struct tx *tx, void *arg)
{
	struct run *r = arg;
	uint32_t org = (uint32_t)r->org.id;
	const char *installation = NULL;
	struct job job;
	json *detail;
	enum result result = read_installation(tx, r->arena, &installation);

	if (result == OK)
		result = meta_sending_held(tx, r->arena, &r->held);
	if (result == OK)
		result = orgs_get(tx, org, false, r->arena, &r->org);
	if (result == OK)
		result = read_number(tx, r);
	if (result == OK)
		result = jobs_get(tx, r->job, true, tx_arena(tx), &job);
	if (result != OK)
		return result;
	r->version = r->org.config_version;
	r->mark = arena_fmt(r->arena, "spoke-%u-%s", org, installation);
	detail = job_detail(&job);
	fresh_steps(r, detail);
	take_detail(r, detail);
	if (r->step < r->count)
		progress_set(
		    detail, r->steps[r->step].key, PROGRESS_RUNNING, NULL, NULL, tx_now(tx));
	job_set_detail(&job, detail, tx_arena(tx));
	json_free(detail);
	return jobs_put(tx, &job);
}

bool
run_read(struct run *r)
{
	struct store *store = r->w->app->store;

	return store_run(store, read_run, r) == OK && store_flush(store) == OK;
}

/* ---- writing ----------------------------------------------------------------------- */

struct noting {
	struct run *run;
	const struct note *note;
	bool changed;
};

/* What follows for the organization; true when it is to be written. */
static bool
change_org(struct organization *o, const struct noting *x, int64_t now)
{
	const struct note *n = x->note;
	struct part_fields f;

	if (n->keep == KEEP_NOTHING)
		return false;
	if (!same(o->account_id, x->run->account.id)) {
		if (n->keep == KEEP_ID)
			log_warn(
			    "organization %lld: %s belongs to account %s, which it no longer uses",
			    (long long)o->id, n->id, x->run->account.id);
		return false;
	}
	f = part_of(o, n->part);
	*f.posted = n->keep == KEEP_POSTED ? now : 0;
	if (n->keep != KEEP_ID)
		return true;
	if (blank(*f.id))
		*f.id = n->id;
	if (same(*f.id, n->id)) {
		*f.confirmed = n->id;
		if (n->peer != NULL && blank(o->sip_peer_id))
			o->sip_peer_id = n->peer;
	} else
		log_warn("organization %lld: %s at Bandwidth is not used: another ID was entered",
		    (long long)o->id, n->id);
	return true;
}

static void
change_detail(json *detail, const struct noting *x, int64_t now)
{
	const struct note *n = x->note;
	json *ask;

	if (n->key != NULL)
		progress_set(detail, n->key, n->state, n->sentence, n->words, now);
	if (n->begins != NULL)
		progress_set(detail, n->begins, PROGRESS_RUNNING, NULL, NULL, now);
	json_put_int(detail, "failures", n->failures);
	if (n->ask.what != NULL) {
		ask = json_object_new();
		json_put_text(ask, "what", n->ask.what);
		json_put_text(ask, "value", n->ask.value);
		json_put(detail, "ask", ask);
	}
}

static enum result
change_job(struct tx *tx, const struct noting *x)
{
	struct job job;
	json *detail;
	enum result r = jobs_get(tx, x->run->job, true, tx_arena(tx), &job);

	if (r != OK)
		return r;
	detail = job_detail(&job);
	change_detail(detail, x, tx_now(tx));
	job_set_detail(&job, detail, tx_arena(tx));
	json_free(detail);
	if (x->note->doing != NULL)
		job.step = x->note->doing;
	job.due = tx_now(tx); /* it runs: its lease begins anew */
	return jobs_put(tx, &job);
}

static enum result
write_note(struct tx *tx, void *arg)
{
	struct noting *x = arg;
	const struct note *n = x->note;
	struct run *run = x->run;
	char print[CALLBACK_PRINT];
	uint32_t org = (uint32_t)run->org.id;
	struct organization o;
	enum result r = orgs_get(tx, org, true, run->arena, &o);

	if (r != OK)
		return r;
	x->changed = o.config_version != run->version;
	if (x->changed && n->keep == KEEP_POSTED)
		return REFUSED; /* it will not be posted */
	if (change_org(&o, x, tx_now(tx)) && (r = orgs_put(tx, &o)) != OK)
		return r;
	r = change_job(tx, x);
	if (r == OK && n->callbacks_set) {
		callback_print(run->w->app->settings, org, print);
		r = callback_was_set(tx, org, n->id, print);
	}
	if (r == OK)
		run->org = o;
	return r;
}

enum noted
run_note(struct run *run, const struct note *n)
{
	struct noting x = {run, n, false};
	struct store *store = run->w->app->store;
	enum result r = store_run(store, write_note, &x);

	if (r == OK)
		r = store_flush(store);
	if (r == REFUSED && x.changed)
		return NOTED_CHANGED;
	if (r != OK) {
		log_error("job %s: how far it came could not be stored (%d)", run->job, r);
		return NOTED_NOT;
	}
	run->failures = n->failures;
	return x.changed ? NOTED_CHANGED : NOTED;
}
