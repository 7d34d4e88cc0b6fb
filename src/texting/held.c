/*
 * held.c: looking at what is held, reason by reason, and asking for one decision about all of a
 * reason (held.h).  What the worker then does is held_step.c.
 */
#include "texting/held.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "store/audit.h"
#include "store/messages.h"
#include "store/meta.h"
#include "store/orgs.h"
#include "store/store.h"
#include "texting/held_private.h"

#define SCRATCH 50 /* records that are read before their memory is used again */

static const struct held_kind kinds[HELD_KINDS] = {
    {"copied", "Waiting when the data was copied",
	"They were waiting when the data was copied, moved or restored, so the former installation "
	"may have sent them since.",
	true},
    {"deadline", "Past their deadline",
	"They could not go out before their deadline, so they were not sent late.", false},
    {"contact-held", "To people who may have asked to stop",
	"Decide about these people first, under Needs a look: then their texts go on, or are taken "
	"back.",
	false},
    {"forgotten-key", "Perhaps to people who asked to be forgotten",
	"It can't be found out whether these people asked to be forgotten. Whoever runs this "
	"installation can mend it: spokectl check says how.",
	false},
    {"unknown-open", "Behind a text in doubt",
	"We don't know whether an earlier text to these people was sent. Decide about that one: then "
	"these go on.",
	false},
    {"number-limit", "Without a number that may take new contacts",
	"Every number had had its new contacts for the day, and their deadline came first.", false},
};

const struct held_kind *
held_kind(const char *why)
{
	for (size_t i = 0; why != NULL && i < HELD_KINDS; i++)
		if (strcmp(kinds[i].why, why) == 0)
			return &kinds[i];
	return NULL;
}

const struct held_kind *
held_kind_at(size_t i)
{
	return i < HELD_KINDS ? &kinds[i] : NULL;
}

/* ---- looking ----------------------------------------------------------------------- */

static enum result
count_one(struct tx *tx, const struct message *m, struct arena *a, struct held_survey *s)
{
	const struct held_kind *kind = held_kind(m->held_why);
	struct held_group *g = &s->groups[kind != NULL ? kind - kinds : HELD_KINDS];

	if (g->count == 0 || m->created < g->oldest)
		g->oldest = m->created;
	if (m->created > g->newest)
		g->newest = m->created;
	g->count++;
	if (g->shown == HELD_FIRST)
		return OK;
	/* Once more, to be kept. */
	return messages_get(tx, (uint32_t)m->org, m->id, false, a, &g->first[g->shown++]);
}

enum result
held_survey(struct tx *tx, uint32_t org, struct arena *a, struct held_survey *s)
{
	struct arena *scratch = arena_new();
	const char **ids = NULL;
	struct message m;
	size_t n = 0, i;
	enum result r;

	*s = (struct held_survey){.looked = 0};
	for (i = 0; i < HELD_KINDS; i++)
		s->groups[i].kind = &kinds[i];
	r = messages_last_change(tx, org, &s->upto);
	if (r == OK)
		r = messages_in_state(tx, org, STATE_HELD, NULL, HELD_LOOK + 1, a, &ids, &n);
	s->more = n > HELD_LOOK;
	s->looked = s->more ? HELD_LOOK : n;
	for (i = 0; r == OK && i < s->looked; i++) {
		if (i % SCRATCH == 0)
			arena_reset(scratch);
		r = messages_get(tx, org, ids[i], false, scratch, &m);
		if (r == OK && message_state(&m) == STATE_HELD)
			r = count_one(tx, &m, a, s);
		if (r == NOT_FOUND || r == DAMAGED) /* gone meanwhile; the tray names ruined ones */
			r = OK;
	}
	arena_free(scratch);
	return r;
}

const char *
held_count(const struct held_survey *s, const struct held_group *g, struct arena *a)
{
	if (!s->more)
		return arena_fmt(a, "%zu", g->count);
	return g->count == s->looked ? "more than 1,000" : arena_fmt(a, "%zu or more", g->count);
}

enum result
held_any_copied(struct tx *tx, uint32_t org, size_t max, bool *any)
{
	const char **ids = NULL;
	int64_t copied = 0;
	struct message m;
	size_t n = 0;
	enum result r = meta_copied(tx, &copied);

	*any = false;
	if (r != OK || copied == 0)
		return r;
	r = messages_in_state(tx, org, STATE_HELD, NULL, max, tx_arena(tx), &ids, &n);
	for (size_t i = 0; r == OK && !*any && i < n; i++) {
		r = messages_get(tx, org, ids[i], false, tx_arena(tx), &m);
		*any = r == OK && m.held_why != NULL && strcmp(m.held_why, "copied") == 0;
		if (r == NOT_FOUND || r == DAMAGED)
			r = OK;
	}
	return r;
}

/* ---- asking ------------------------------------------------------------------------------ */

struct asking {
	uint32_t org;
	const struct held_kind *kind;
	const char *decision;
	int64_t upto;
	const char *who, *from;
	const char *refusal;
	char job[MESSAGE_ID];
};

/* One decision at a time: OK with the job when it is this one, NOT_FOUND when there is none. */
static enum result
under_way(struct tx *tx, struct asking *k)
{
	struct held_work w;
	struct job job;
	enum result r = jobs_last(tx, k->org, HELD_JOB, tx_arena(tx), &job);

	if (r != OK || job_over(&job))
		return r == OK ? NOT_FOUND : r;
	held_work_read(&job, tx_arena(tx), &w);
	if (w.why != NULL && w.decision != NULL && strcmp(w.why, k->kind->why) == 0 &&
	    strcmp(w.decision, k->decision) == 0) {
		(void)snprintf(k->job, sizeof k->job, "%s", job.id);
		return OK;
	}
	k->refusal =
	    "Another decision about held texts is being carried out. Wait until it is done.";
	return REFUSED;
}

static enum result
ask(struct tx *tx, void *arg)
{
	struct asking *k = arg;
	struct held_work w = {
	    .why = k->kind->why, .decision = k->decision, .upto = k->upto, .after = NULL};
	struct job job = {
	    .org = k->org, .kind = HELD_JOB, .by = k->who, .step = "It begins in a moment."};
	struct audit note = {.org = k->org,
	    .time = tx_now(tx),
	    .who = k->who,
	    .from = k->from,
	    .what = "held.decide",
	    .detail = arena_fmt(tx_arena(tx), "%s: %s all", k->kind->why, k->decision)};
	struct organization o;
	int64_t last;
	enum result r = orgs_get(tx, k->org, false, tx_arena(tx), &o);

	if (r == OK)
		r = under_way(tx, k);
	if (r != NOT_FOUND)
		return r;
	r = messages_last_change(tx, k->org, &last);
	if (w.upto > last)
		w.upto = last;
	held_work_write(&job, &w, tx_arena(tx));
	if (r == OK)
		r = jobs_add(tx, &job, false);
	if (r != OK)
		return r;
	(void)snprintf(k->job, sizeof k->job, "%s", job.id);
	return audit_add(tx, &note);
}

enum result
held_ask(const struct app *app, uint32_t org, const char *why, enum outbox_decision decision,
    int64_t upto, const char *who, const char *from, char job[MESSAGE_ID], const char **refusal)
{
	struct asking k = {.org = org,
	    .kind = held_kind(why),
	    .decision = decision == DECIDE_SEND ? "send" : "give-up",
	    .upto = upto,
	    .who = who,
	    .from = from};
	enum result r = REFUSED;

	if (k.kind == NULL || decision == DECIDE_WAS_SENT)
		k.refusal = "Texts that are held for this reason are decided about one by one.";
	else if (decision == DECIDE_SEND && !k.kind->may_send)
		k.refusal = "Texts that are held for this reason are sent one by one.";
	else
		r = store_run(app->store, ask, &k);
	if (r == OK)
		r = store_flush(app->store);
	*refusal = k.refusal;
	(void)snprintf(job, MESSAGE_ID, "%s", k.job);
	return r;
}
