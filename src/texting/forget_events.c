/*
 * forget_events.c: the events of somebody who asked to be forgotten (forget.h): what was about
 * them goes, in what was about others the number is written over.
 */
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/phone.h"
#include "store/events.h"
#include "store/rec.h"
#include "texting/effect.h"
#include "texting/forget_phases.h"

/* Of a callback's body. */
#define BODY_MAX ((size_t)8 * 1024 * 1024)

enum fate { STAYS, GOES, HIDDEN };

static bool
is(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* A body that could not be parsed: all of it goes when the number is in it. */
static enum fate
judge_body(const struct forget_piece *p, const struct stored_event *e)
{
	struct buf body = BUF_INIT(BODY_MAX);
	size_t at, len;
	bool found;

	if (e->base64)
		(void)base64_decode(e->raw, strlen(e->raw), &body);
	else
		buf_adds(&body, e->raw);
	found = phone_find(buf_str(&body), body.len, p->d.number, &at, &len);
	buf_free(&body);
	return found ? GOES : STAYS;
}

/* Does the event name the number as one that takes part, and not only in words? */
static bool
takes_part(const struct event *v, const char *number)
{
	return is(v->from, number) || is(v->to, number) || is(v->owner, number) ||
	       text_list_has(&v->message_to, number);
}

static enum fate
judge_event(struct tx *tx, const struct forget_piece *p, const struct stored_event *e,
    const struct event *v)
{
	const char *number = p->d.number;
	bool about = is(v->to, number) || (v->to == NULL && v->message_to.count == 1 &&
					      is(v->message_to.items[0], number));

	if (event_inbound(v) && is(v->from, number))
		return forget_came_since(p, tx, e->received, v->time) ? STAYS : GOES;
	if (!event_inbound(v) && about)
		return GOES;
	/* What is not understood may say it anywhere; what was is kept as its text is. */
	if (takes_part(v, number) || v->fault != NULL || v->type == EVENT_UNKNOWN)
		return HIDDEN;
	return STAYS;
}

static enum fate
judge(struct tx *tx, const struct forget_piece *p, const struct stored_event *e)
{
	struct event v;
	enum fate fate;
	const char *why;
	size_t at, len;
	json *value;

	if (e->raw == NULL)
		return STAYS;
	value = e->base64 ? NULL : json_parse(e->raw, strlen(e->raw), EVENT_DEPTH, &why, NULL);
	if (value == NULL)
		return judge_body(p, e);
	event_read(value, tx_arena(tx), &v);
	fate = judge_event(tx, p, e, &v);
	json_free(value);
	/* Nothing to write over. */
	if (fate == HIDDEN && !phone_find(e->raw, strlen(e->raw), p->d.number, &at, &len) &&
	    (e->tray == NULL || !phone_find(e->tray, strlen(e->tray), p->d.number, &at, &len)))
		return STAYS;
	return fate;
}

enum result
forget_find_events(struct tx *tx, struct forget_piece *p)
{
	return forget_find_in(tx, p, T_EVENTS);
}

static enum result
forget_event(struct tx *tx, struct forget_piece *p, const char *id)
{
	struct stored_event e;
	enum fate fate;
	enum result r = events_get(tx, p->org, id, tx_arena(tx), &e);

	if (r != OK && r != DAMAGED)
		return r == NOT_FOUND ? OK : r;
	fate = r == DAMAGED ? GOES : judge(tx, p, &e);
	if (fate == STAYS)
		return OK;
	if (fate == GOES) {
		p->d.events++;
		return events_forget(tx, p->org, id);
	}
	p->d.hidden++;
	return events_hide(tx, p->org, id, p->d.number);
}

enum result
forget_events(struct tx *tx, struct forget_piece *p)
{
	enum result r = OK;
	const char *id;
	size_t i;

	for (i = 0; r == OK && i < p->count; i++) {
		id = key_last_id(&p->keys[i], tx_arena(tx));
		if (id != NULL)
			r = forget_event(tx, p, id);
	}
	return r;
}
