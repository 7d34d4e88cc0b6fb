/*
 * inbound.c: a text from a person: saved, heeded, answered if it must be.
 *
 * A request to stop counts whatever else is wrong with the event; everything
 * that would make us text more (START, HELP, saving it as a conversation) needs
 * an event that is right in all parts.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/phone.h"
#include "org/stopwords.h"
#include "store/contacts.h"
#include "store/media.h"
#include "store/figures.h"
#include "store/messages.h"
#include "store/numbers.h"
#include "texting/effect.h"
#include "texting/optout.h"
#include "texting/settle.h"
#include "texting/submit.h"

#define HELP_EVERY CLOCK_HOUR
/* An answer that can't be sent within this time would only puzzle. */
#define ANSWER_WITHIN (15 * CLOCK_MINUTE)
/* Bytes of what was said that a list shows. */
#define SAID_MAX 120
/*
 * Bytes that a text, its attachments' addresses and its recipients come to, once the JSON around
 * them is taken off.  Bandwidth's largest, with 5,000 characters of four bytes and ten attachments,
 * stay below; what is larger would make pages and lists of messages that nobody can open.
 */
#define EVENT_LARGEST ((size_t)24 * 1024)
#define GROUP_LARGEST 100 /* Bandwidth: ten */
#define ID_TRIES 8

struct inbound {
	struct tx *tx;
	struct effect *e;
	uint32_t org;
	const char *from;
	struct number number; /* ours that it was sent to */
	enum request_word word;
	const char *word_text;

	const char *answer; /* text to send back, or NULL */
	const char *by;	    /* "auto-stop", "auto-help" */
	bool confirm;	    /* the opt-out is new */
};

/* Nothing in it says that it came in; but it has words, and they are not from our number. */
static bool
presumed(const struct event *v)
{
	return v->type == EVENT_UNKNOWN && v->direction == NULL && v->error_code == 0 &&
	       v->text != NULL && v->from != NULL &&
	       (v->owner == NULL || strcmp(v->owner, v->from) != 0);
}

bool
event_inbound(const struct event *v)
{
	if (v->type == EVENT_RECEIVED || presumed(v))
		return true;
	return v->type == EVENT_UNKNOWN && v->direction != NULL && strcmp(v->direction, "in") == 0;
}

/* The sender as a contact's number; NULL when it is none (a name, nothing). */
static const char *
sender_of(const struct event *v)
{
	if (v->from == NULL || (!phone_is_e164(v->from) && !phone_is_short_code(v->from)))
		return NULL;
	return v->from;
}

/* The beginning of a text, not cut within a character. */
static const char *
said(struct arena *a, const char *text)
{
	size_t n = strlen(text);

	if (n <= SAID_MAX)
		return arena_str(a, text);
	for (n = SAID_MAX; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
		n--;
	return arena_fmt(a, "%.*s…", (int)n, text);
}

/* ---- words --------------------------------------------------------------------- */

static enum result
heed_stop(struct inbound *in)
{
	in->e->what = "opt-out";
	return optout_word(
	    in->tx, in->org, in->from, in->word_text, in->e->event->time, &in->confirm);
}

static enum result
heed_start(struct inbound *in)
{
	const char *why;
	enum result r =
	    optout_start(in->tx, in->org, in->from, in->word_text, in->e->event->time, &why);

	if (r != REFUSED)
		return r;
	in->e->tray = arena_fmt(tx_arena(in->tx), "This person wrote %s. %s", in->word_text, why);
	return OK;
}

/* Those that make us text less; they count with any event. */
static enum result
heed_no(struct inbound *in)
{
	in->word = stopwords_read(in->e->event->text, &in->word_text);
	if (in->word == WORD_STOP)
		return heed_stop(in);
	if (in->word == WORD_MAYBE_STOP)
		return contact_hold(
		    in->tx, in->org, in->from, said(tx_arena(in->tx), in->e->event->text));
	return OK;
}

/* ---- answers -------------------------------------------------------------------- */

/* Toll-free numbers are answered for by the network; short codes and names are nobody to talk to.
 * */
static bool
may_answer(const struct inbound *in)
{
	return phone_is_e164(in->from) && !phone_is_toll_free(in->number.number) &&
	       in->number.state != NULL && strcmp(in->number.state, "in-service") == 0;
}

static bool
is_set(const char *s)
{
	return s != NULL && *s != '\0';
}

/* Decides on an answer and notes it in the contact, which the caller stores. */
static void
choose_answer(struct inbound *in, struct contact *c)
{
	const struct organization *o = in->e->org;
	struct arena *a = tx_arena(in->tx);
	int64_t now = tx_now(in->tx);

	if (!may_answer(in))
		return;
	if (in->word == WORD_STOP && o->stop_reply && in->confirm && c->opted_out) {
		in->answer = is_set(o->stop_text) ? o->stop_text : stop_confirmation(a, o->name);
		in->by = "auto-stop";
		c->stop_confirmed = now;
	}
	if (in->word == WORD_HELP && o->help_reply && !c->opted_out && !c->unsure &&
	    now - c->help_answered >= HELP_EVERY) {
		in->answer = is_set(o->help_text) ? o->help_text : help_answer(a, o->name);
		in->by = "auto-help";
		c->help_answered = now;
	}
}

static enum result
send_answer(struct inbound *in)
{
	struct submission s = {.org = in->org,
	    .to = {&in->from, 1},
	    .text = in->answer,
	    .from = in->number.number,
	    .send_before = tx_now(in->tx) + ANSWER_WITHIN,
	    .reply = true,
	    .by = in->by};
	struct submit_fault fault;
	struct message *list;
	size_t n;
	enum result r;

	if (in->answer == NULL)
		return OK;
	r = submit_queue(in->e->app, in->tx, &s, tx_arena(in->tx), &list, &n, &fault);
	if (r == OK)
		in->e->wake = true;
	return r == REFUSED ? OK : r;
}

/* ---- the message -------------------------------------------------------------------- */

/* All numbers of a group but ours: whoever wrote, then the others. */
static struct text_list
group_of(const struct inbound *in)
{
	const struct event *v = in->e->event;
	struct text_list group = {NULL, 0};
	struct arena *a = tx_arena(in->tx);
	size_t i;

	if (v->message_to.count < 2)
		return group;
	group.items = arena_alloc(a, (v->message_to.count + 1) * sizeof *group.items);
	group.items[group.count++] = in->from;
	for (i = 0; i < v->message_to.count; i++) {
		if (strcmp(v->message_to.items[i], in->number.number) != 0 &&
		    !text_list_has(&group, v->message_to.items[i]))
			group.items[group.count++] = v->message_to.items[i];
	}
	return group;
}

static void
fill(const struct inbound *in, struct message *m)
{
	const struct event *v = in->e->event;
	static const struct message none;

	*m = none;
	m->org = in->org;
	m->contact_number = in->from;
	m->user_number = in->number.number;
	m->group = group_of(in);
	m->text = v->text;
	m->media = v->media;
	m->segments = v->segments > 0 ? v->segments : 1;
	m->service_id = v->message_id;
	m->created = tx_now(in->tx);
	m->sent = v->time;
	m->event = in->e->id;
	message_set_state(m, STATE_RECEIVED);
}

/* With its attachments, which the worker fetches.  EXISTS: with another id it may go. */
static enum result
save_with(struct inbound *in, struct message *m)
{
	size_t most = (size_t)in->e->app->settings->media_per_message;
	bool waiting;
	enum result r = media_add(in->tx, m, most, &waiting);

	if (r == OK)
		r = messages_put(in->tx, NULL, m);
	in->e->wake = in->e->wake || waiting;
	return r;
}

static enum result
save(struct inbound *in, struct message *m)
{
	enum result r = EXISTS;
	char id[MESSAGE_ID];
	int i;

	for (i = 0; i < ID_TRIES && r == EXISTS; i++) {
		message_id_new(tx_now(in->tx), id);
		m->id = arena_str(tx_arena(in->tx), id);
		r = save_with(in, m);
		/* Its attachments stand under this id already: all is tried again. */
		if (r == EXISTS && m->media.count > 0)
			return EXISTS;
	}
	in->e->message = m->id;
	return r == EXISTS ? FAILED : r;
}

/* What the person's record learns from being written to by them. */
static enum result
update_contact(struct inbound *in, const struct message *m)
{
	const struct event *v = in->e->event;
	struct contact c;
	struct report report = {
	    .org = in->e->org, .message = m, .contact = &c, .arena = tx_arena(in->tx)};
	enum result r = contacts_get(in->tx, in->org, in->from, true, tx_arena(in->tx), &c);

	if (r != OK && r != NOT_FOUND)
		return r;
	/* Who was forgotten and writes again is a new contact, opted out as before. */
	c.renewed = true;
	c.last_in = tx_now(in->tx);
	c.last_error = 0;
	c.last_error_at = 0;
	if (v->carrier != NULL)
		c.carrier = v->carrier;
	choose_answer(in, &c);
	r = pipeline_incoming_message(in->e->app->pipeline, in->tx, &report);
	return r == OK ? contacts_put(in->tx, &c) : r;
}

static enum result
apply(struct inbound *in)
{
	struct message m;
	enum result r;

	in->e->what = "message";
	r = heed_no(in);
	if (r == OK && in->word == WORD_START)
		r = heed_start(in);
	if (r != OK)
		return r;
	fill(in, &m);
	r = update_contact(in, &m);
	if (r == OK)
		r = save(in, &m);
	if (r == OK)
		r = figures_count(in->tx, in->org, m.user_number, FIGURE_IN);
	return r == OK ? send_answer(in) : r;
}

/* ---- the event -------------------------------------------------------------------------- */

static size_t
size_of(const struct event *v)
{
	size_t n = v->text != NULL ? strlen(v->text) : 0, i;

	for (i = 0; i < v->media.count; i++)
		n += strlen(v->media.items[i]);
	for (i = 0; i < v->message_to.count; i++)
		n += strlen(v->message_to.items[i]);
	return n;
}

/* Why it can't be applied as it is; NULL when it can, with in->number set. */
static enum result
objection(struct inbound *in, const char **why)
{
	const struct event *v = in->e->event;
	struct arena *a = tx_arena(in->tx);
	enum result r;

	*why = NULL;
	if (v->type == EVENT_UNKNOWN && v->type_text != NULL)
		*why = arena_fmt(a,
		    "An event of type \"%s\", which this version does not know, %s.", v->type_text,
		    presumed(v) ? "has words that may have come in"
				: "says that something came in");
	else if (v->fault != NULL)
		*why = arena_fmt(a, "A text %s, but the event is not complete: %s.",
		    presumed(v) ? "may have come in" : "came in", v->fault);
	else if (v->direction != NULL && strcmp(v->direction, "in") != 0)
		*why = "The event says both that the text came in and that it went out.";
	else if (in->from == NULL)
		*why = "A text came in, but its sender is not a telephone number.";
	else if (size_of(v) > EVENT_LARGEST || v->message_to.count > GROUP_LARGEST)
		*why = "A text came in that is larger than any of Bandwidth's.";
	if (*why != NULL)
		return OK;
	r = numbers_get(in->tx, in->org, v->to, false, a, &in->number);
	if (r == NOT_FOUND)
		*why = arena_fmt(a,
		    "A text came in for %s, which is not one of this organization's numbers. "
		    "If it should be, add it or sync the numbers.",
		    v->to);
	return r == NOT_FOUND ? OK : r;
}

enum result
inbound_effect(struct tx *tx, struct effect *e)
{
	struct inbound in = {
	    .tx = tx, .e = e, .org = (uint32_t)e->org->id, .from = sender_of(e->event)};
	enum result r = objection(&in, &e->tray);

	if (r != OK)
		return r;
	if (e->tray == NULL)
		return apply(&in);
	e->what = "tray";
	return in.from == NULL ? OK : heed_no(&in);
}
