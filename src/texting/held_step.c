/*
 * held_step.c: carries out a decision about all held texts of a reason, some at a time (held.h).
 *
 * Each text is judged as outbox_decide judges one: what it is now, and what is known of the person
 * now.  The rest is the claim's business, as for every text in the queue.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "store/audit.h"
#include "store/contacts.h"
#include "store/messages.h"
#include "store/store.h"
#include "texting/held_private.h"
#include "texting/settle.h"

#define DETAIL_MAX 4096
#define DOUBTS_MOST 1000 /* texts of which nobody knows; the claim stops what is behind others */

/* ---- the job's detail --------------------------------------------------------------- */

static const struct field work_fields[] = {
    FIELD(struct held_work, FIELD_TEXT, why),
    FIELD(struct held_work, FIELD_TEXT, decision),
    FIELD(struct held_work, FIELD_INT, upto),
    FIELD(struct held_work, FIELD_TEXT, after),
    FIELD(struct held_work, FIELD_INT, looked),
    FIELD(struct held_work, FIELD_INT, done),
    FIELD(struct held_work, FIELD_INT, dropped),
    FIELD(struct held_work, FIELD_INT, left),
    FIELD(struct held_work, FIELD_BOOL, told),
    FIELD_END,
};

void
held_work_read(const struct job *job, struct arena *a, struct held_work *out)
{
	static const struct held_work none;

	if (job->detail == NULL ||
	    record_read(work_fields, job->detail, strlen(job->detail), a, out) != 0)
		*out = none;
}

void
held_work_write(struct job *job, const struct held_work *w, struct arena *a)
{
	struct buf text = BUF_INIT(DETAIL_MAX);

	record_write(work_fields, w, &text);
	if (text.failed)
		log_panic("job %s: its detail is too long", job->id != NULL ? job->id : "(new)");
	job->detail = arena_str(a, buf_str(&text));
	buf_free(&text);
}

static bool
sends(const struct held_work *w)
{
	return w->decision != NULL && strcmp(w->decision, "send") == 0;
}

/* "1 text is", "12 texts are" */
static const char *
texts(struct arena *a, int64_t n, const char *one, const char *many)
{
	return n == 1 ? one : arena_fmt(a, "%" PRId64 " %s", n, many);
}

const char *
held_result(const struct held_work *w, struct arena *a)
{
	const char *text;

	if (w->done + w->dropped + w->left == 0)
		return "Nothing was held for this reason any more.";
	text = sends(w) ? texts(a, w->done, "One text is in the queue again.",
			      "texts are in the queue again.")
			: texts(a, w->done, "One text was given up.", "texts were given up.");
	if (w->dropped > 0)
		text = arena_fmt(a, "%s %s", text,
		    texts(a, w->dropped, "One was dropped, because this person opted out.",
			"were dropped, because these people opted out."));
	if (w->left > 0)
		text = arena_fmt(a, "%s %s Decide on that first.", text,
		    texts(a, w->left,
			"One stays held: this person may have asked to stop, or we don't know "
			"whether an earlier text to them was sent.",
			"stay held: these people may have asked to stop, or we don't know whether "
			"an earlier text to them was sent."));
	return text;
}

/* ---- one step ------------------------------------------------------------------------------ */

struct stepping {
	const struct app *app;
	const char *job;
	uint32_t org;
	struct arena *arena; /* for this step */
	const struct held_work *was;
	struct held_work now;

	/* What was found without locks: contacts are locked before messages. */
	const char **ids, *last;
	struct text_list found, numbers; /* those to be decided about, and to whom they go */
	size_t n;
	struct text_list doubts; /* people with a text of which nobody knows */
};

static bool
concerns(const struct held_work *w, const struct message *m)
{
	return m->out && message_state(m) == STATE_HELD && m->held_why != NULL &&
	       m->contact_number != NULL && strcmp(m->held_why, w->why) == 0 && m->seq <= w->upto;
}

static enum result
list_doubts(struct tx *tx, struct stepping *s)
{
	const char **ids = NULL;
	struct message m;
	size_t n = 0;
	enum result r =
	    messages_in_state(tx, s->org, STATE_UNKNOWN, NULL, DOUBTS_MOST, tx_arena(tx), &ids, &n);

	s->doubts = (struct text_list){NULL, 0};
	for (size_t i = 0; r == OK && i < n; i++) {
		r = messages_get(tx, s->org, ids[i], false, tx_arena(tx), &m);
		if (r == OK && m.contact_number != NULL)
			s->doubts = text_list_add(
			    s->arena, s->doubts, arena_str(s->arena, m.contact_number));
		else if (r == NOT_FOUND || r == DAMAGED)
			r = OK;
	}
	return r;
}

/* The next held ones, and which of them are meant. */
static enum result
find(struct tx *tx, void *arg)
{
	struct stepping *s = arg;
	struct message m;
	enum result r = messages_in_state(
	    tx, s->org, STATE_HELD, s->was->after, HELD_STEP, s->arena, &s->ids, &s->n);

	s->found = s->numbers = (struct text_list){NULL, 0};
	for (size_t i = 0; r == OK && i < s->n; i++) {
		r = messages_get(tx, s->org, s->ids[i], false, tx_arena(tx), &m);
		if (r == OK && concerns(s->was, &m)) {
			s->found = text_list_add(s->arena, s->found, s->ids[i]);
			s->numbers = text_list_add(
			    s->arena, s->numbers, arena_str(s->arena, m.contact_number));
		} else if (r == NOT_FOUND || r == DAMAGED) {
			r = OK;
		}
	}
	return r == OK && sends(s->was) && s->found.count > 0 ? list_doubts(tx, s) : r;
}

static enum result
send_one(struct tx *tx, struct stepping *s, const struct contact *c, const struct message *old,
    struct message *m)
{
	if (!contact_allows(c, old)) {
		s->now.dropped++;
		return settle_opted_out(tx, old, m);
	}
	if ((c->held && !message_is_automatic(old)) ||
	    text_list_has(&s->doubts, old->contact_number)) {
		s->now.left++;
		return OK;
	}
	s->now.done++;
	return settle_send_after_all(tx, old, m);
}

static enum result
decide_one(struct tx *tx, struct stepping *s, size_t i)
{
	struct message old, m;
	struct contact c;
	enum result r = contacts_get(tx, s->org, s->numbers.items[i], true, tx_arena(tx), &c);

	if (r == OK || r == NOT_FOUND)
		r = messages_get(tx, s->org, s->found.items[i], true, tx_arena(tx), &old);
	if (r == NOT_FOUND || r == DAMAGED) /* ruined: it can't be sent, and stays as it is */
		return OK;
	if (r != OK || !concerns(s->was, &old))
		return r;
	m = old;
	if (sends(s->was))
		return send_one(tx, s, &c, &old, &m);
	s->now.done++;
	return settle_given_up(tx, &old, &m);
}

static enum result
tell_end(struct tx *tx, struct stepping *s, const struct job *job)
{
	const struct held_work *w = &s->now;
	const struct audit note = {.org = s->org,
	    .time = tx_now(tx),
	    .who = job->by,
	    .from = "worker",
	    .what = "held.decided",
	    .detail = arena_fmt(
		tx_arena(tx), "%s: %s: %s", w->why, w->decision, held_result(w, tx_arena(tx)))};

	if (s->n == HELD_STEP || w->told)
		return OK;
	s->now.told = true;
	return audit_add(tx, &note);
}

/* How far it is, in the job that it belongs to. */
static enum result
note_in_job(struct tx *tx, struct stepping *s)
{
	struct arena *a = tx_arena(tx);
	struct job job;
	enum result r = jobs_get(tx, s->job, true, a, &job);

	if (r == OK)
		r = tell_end(tx, s, &job);
	if (r != OK)
		return r;
	job.step =
	    arena_fmt(a, "%" PRId64 " of the held texts were looked at so far.", s->now.looked);
	job.due = tx_now(tx); /* renews the lease */
	held_work_write(&job, &s->now, a);
	return jobs_put(tx, &job);
}

static enum result
step(struct tx *tx, void *arg)
{
	struct stepping *s = arg;
	enum result r = OK;

	s->now = *s->was;
	for (size_t i = 0; r == OK && i < s->found.count; i++)
		r = decide_one(tx, s, i);
	s->now.looked += (int64_t)s->n;
	if (s->n > 0)
		s->now.after = s->ids[s->n - 1];
	return r == OK ? note_in_job(tx, s) : r;
}

enum result
held_step(const struct app *app, const char *job, uint32_t org, struct held_work *work,
    struct arena *arena, bool *more)
{
	struct stepping s = {.app = app, .job = job, .org = org, .arena = arena_new(), .was = work};
	enum result r = store_read(app->store, find, &s);

	if (r == OK)
		r = store_run(app->store, step, &s);
	if (r == OK) {
		*work = s.now;
		if (s.now.after != NULL)
			work->after = arena_str(arena, s.now.after);
	}
	*more = s.n == HELD_STEP;
	arena_free(s.arena);
	return r;
}
