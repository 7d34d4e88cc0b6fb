/*
 * submit_queue.c: puts what was asked for into the queue, within the caller's
 * transaction, and counts it against the daily limits.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/segments.h"
#include "org/errors.h"
#include "store/contacts.h"
#include "store/messages.h"
#include "store/orgs.h"
#include "texting/limit.h"
#include "texting/settle.h"
#include "texting/submit.h"

/* Who wrote within this time is being talked with. */
#define REPLY_WITHIN CLOCK_HOUR
/* Ids of one millisecond can meet; so often another one is tried. */
#define ID_TRIES 8

struct queueing {
	const struct app *app;
	struct tx *tx;
	const struct submission *s;
	struct arena *arena;
	struct organization org;
	int64_t cost; /* segments queued so far */
};

/* ---- one message ------------------------------------------------------------ */

static void
fill(const struct queueing *q, struct message *m, const char *to)
{
	const struct submission *s = q->s;
	int64_t now = tx_now(q->tx);

	m->org = s->org;
	m->out = true;
	m->contact_number = to;
	m->asked_from = s->from;
	if (s->group)
		m->group = s->to;
	m->text = s->text;
	m->media = s->media;
	m->segments = 1;
	if (!message_is_mms(m) && s->text != NULL)
		m->segments = segments_count(s->text, strlen(s->text)).count;
	m->reference = s->reference;
	m->token = s->token == NULL ? NULL : s->token->id;
	m->by = s->by;
	m->reply = s->reply;
	m->created = now;
	m->due = now;
	m->send_before = s->send_before > 0 ? s->send_before : now + 12 * CLOCK_HOUR;
	message_set_state(m, STATE_QUEUED);
}

static void
refuse(struct queueing *q, struct message *m, const char *error, const char *meaning)
{
	settle_reason(m, error, meaning, "nobody");
	message_set_state(m, STATE_FAILED);
	m->held_why = NULL;
	m->finished = tx_now(q->tx);
}

static void
refuse_dead(struct queueing *q, struct message *m, int64_t code)
{
	const struct error_code *e = error_find((int)code);

	refuse(q, m, "dead-number", e->meaning);
	m->error_who = e->who;
	m->error_code = code;
}

/* What is known of one recipient decides what becomes of the message. */
static enum result
look_at_contact(struct queueing *q, struct message *m, const char *number)
{
	int64_t now = tx_now(q->tx), code;
	struct contact c;
	enum result r = contacts_get(q->tx, q->s->org, number, false, q->arena, &c);

	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	code = contact_dead_code(&c, message_is_mms(m), now);
	if (!contact_allows(&c, m)) {
		refuse(q, m, "opted-out",
		    m->group.count > 0
			? "Somebody in this group asked for no more texts. It was not sent."
			: "This person asked for no more texts. It was not sent.");
	} else if (code != 0) {
		refuse_dead(q, m, code);
	} else if (c.held && !message_is_automatic(m)) {
		message_set_state(m, STATE_HELD);
		m->held_why = contact_held_why(&c);
	} else if (c.last_in > now - REPLY_WITHIN) {
		m->reply = true;
	}
	return OK;
}

static enum result
put_new(struct queueing *q, struct message *m)
{
	enum result r = EXISTS;
	char id[MESSAGE_ID];
	int i;

	for (i = 0; i < ID_TRIES && r == EXISTS; i++) {
		message_id_new(tx_now(q->tx), id);
		m->id = arena_str(q->arena, id);
		r = messages_put(q->tx, NULL, m);
	}
	return r == EXISTS ? FAILED : r;
}

static enum result
queue_one(struct queueing *q, struct message *m, const char *to)
{
	enum result r = OK;
	size_t i;

	fill(q, m, to);
	if (m->group.count == 0)
		r = look_at_contact(q, m, to);
	for (i = 0; r == OK && i < m->group.count && message_state(m) != STATE_FAILED; i++)
		r = look_at_contact(q, m, m->group.items[i]);
	if (r != OK)
		return r;
	if (message_state(m) != STATE_FAILED)
		q->cost += message_cost(m);
	return put_new(q, m);
}

/* ---- limits -------------------------------------------------------------------- */

static enum result
count_all(struct queueing *q)
{
	const struct submission *s = q->s;
	const struct limit_use use = {.org = s->org,
	    .token = s->token != NULL ? s->token->id : NULL,
	    .token_limit = s->token != NULL ? s->token->daily_segments : 0,
	    .by = s->by,
	    .cost = q->cost};

	return limit_count(q->tx, q->app, &use);
}

/* ---- all of it ------------------------------------------------------------------- */

static enum result
check_from(struct queueing *q, struct submit_fault *f)
{
	bool usable;
	enum result r;

	if (q->s->from == NULL)
		return OK;
	r = number_in_service(q->tx, q->s->org, q->s->from, &usable);
	if (r != OK || usable)
		return r;
	f->field = "from";
	f->code = "from_not_ours";
	f->message = "The number to send from is not one of the organization's numbers in service.";
	return REFUSED;
}

enum result
submit_queue(const struct app *app, struct tx *tx, const struct submission *s, struct arena *a,
    struct message **messages, size_t *count_, struct submit_fault *f)
{
	struct queueing q = {.app = app, .tx = tx, .s = s, .arena = a};
	size_t i, n = s->group ? 1 : s->to.count;
	struct message *list = arena_alloc(a, (n == 0 ? 1 : n) * sizeof *list);
	enum result r = orgs_get(tx, s->org, false, a, &q.org);

	if (r == OK)
		r = check_from(&q, f);
	for (i = 0; r == OK && i < n; i++)
		r = queue_one(&q, &list[i], s->to.items[i]);
	if (r == OK)
		r = count_all(&q);
	*messages = list;
	*count_ = r == OK ? n : 0;
	return r;
}
