/*
 * trial.c: the test text of "Check my setup" (trial.h).
 */
#include "texting/trial.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/phone.h"
#include "org/errors.h"
#include "store/messages.h"
#include "store/meta.h"
#include "store/orgs.h"

#define NAME_MAX_BYTES 60
#define REPORT_PATIENCE (10 * CLOCK_MINUTE) /* most delivery reports come within seconds */

static const char *
meta_name(struct tx *tx, uint32_t org)
{
	return arena_fmt(tx_arena(tx), "trial-%" PRIu32, org);
}

/* ---- asking ---------------------------------------------------------------------------- */

void
trial_submission(
    struct submission *s, struct arena *a, const struct organization *o, const char *by)
{
	size_t n = o->name != NULL ? strlen(o->name) : 0;

	if (n == 0 || n > NAME_MAX_BYTES)
		s->text = "This is a test of your texting. Please answer it with any word.";
	else
		s->text = arena_fmt(
		    a, "This is a test of texting by %s. Please answer it with any word.", o->name);
	s->org = (uint32_t)o->id;
	s->by = by;
}

enum result
trial_note(struct tx *tx, uint32_t org, const char *message_id)
{
	return meta_put(tx, meta_name(tx, org), message_id);
}

/* ---- reading ----------------------------------------------------------------------------- */

/* The first text from that phone to our number since the test text was queued. */
static enum result
read_reply(struct tx *tx, uint32_t org, struct arena *a, struct trial *t)
{
	const struct message_filter f = {.org = org,
	    .contact = t->message.contact_number,
	    .direction = 'i',
	    .since = t->message.created,
	    .limit = 50};
	struct message *list = NULL;
	const char *next;
	size_t n = 0, i;
	enum result r = messages_list(tx, &f, a, &list, &n, &next);

	for (i = 0; r == OK && i < n; i++)
		t->reply = list[i];
	return r;
}

enum result
trial_read(struct tx *tx, uint32_t org, struct arena *a, struct trial *t)
{
	static const struct trial none;
	struct organization o;
	const char *id = NULL;
	enum result r;

	*t = none;
	r = meta_get(tx, meta_name(tx, org), a, &id);
	if (r == OK)
		r = messages_get(tx, org, id, false, a, &t->message);
	if (r == OK)
		r = orgs_get(tx, org, false, a, &o);
	if (r == OK && o.paused)
		t->paused = "Sending is paused: it waits until you press RESUME SENDING.";
	return r == OK ? read_reply(tx, org, a, t) : r;
}

/* ---- how it goes ---------------------------------------------------------------------------- */

static const char *
who_acts(const struct message *m)
{
	static const struct {
		const char *who, *text;
	} acts[] = {
	    {"admin", "You can mend this: the message's page and the steps above say more."},
	    {"texter", "Try another text."},
	    {"bandwidth", "Bandwidth has to mend this: write to its support and name the code."},
	    {"nobody", "Try another phone."},
	};
	const struct error_code *code = m->error_code != 0 ? error_find((int)m->error_code) : NULL;
	const char *who = m->error_who == NULL && code != NULL ? code->who : m->error_who;
	size_t i;

	for (i = 0; i < sizeof acts / sizeof acts[0]; i++)
		if (who != NULL && strcmp(who, acts[i].who) == 0)
			return acts[i].text;
	return "Look at the message's page.";
}

static const char *
failure(const struct message *m, struct arena *a)
{
	const struct error_code *code = m->error_code != 0 ? error_find((int)m->error_code) : NULL;
	const char *meaning = m->error_meaning != NULL ? m->error_meaning
			      : code != NULL	       ? code->meaning
						       : "no reason was given";

	return m->error_code != 0 ? arena_fmt(a, "%" PRId64 ": %s", m->error_code, meaning)
				  : meaning;
}

static void
set(struct trial_result *r, enum setup_state state, const char *sentence, const char *action)
{
	r->state = state;
	r->sentence = sentence;
	r->action = action;
}

static void
judge_queued(const struct trial *t, struct trial_result *r)
{
	r->time = t->message.created;
	set(r, SETUP_FINE, "It is in the queue of this installation.", NULL);
}

static void
judge_taken(const struct trial *t, struct arena *a, struct trial_result *r)
{
	const struct message *m = &t->message;
	enum message_state state = message_state(m);

	r->time = m->sent;
	if (m->sent != 0 || state == STATE_DELIVERED || state == STATE_SENT)
		set(r, SETUP_FINE,
		    m->user_number != NULL
			? arena_fmt(a, "Bandwidth took it, from %s.", m->user_number)
			: "Bandwidth took it.",
		    NULL);
	else if (state == STATE_FAILED)
		set(r, SETUP_WRONG, failure(m, a), who_acts(m));
	else if (state == STATE_CANCELLED)
		set(r, SETUP_WRONG, "It was taken back before it was sent.", "Send another one.");
	else if (state == STATE_HELD)
		set(r, SETUP_WRONG, "It is held until somebody decides.",
		    "Look at the message's page.");
	else if (state == STATE_UNKNOWN)
		set(r, SETUP_ASKING,
		    "Bandwidth's answer was lost; it is being looked for. Don't send another one yet.",
		    NULL);
	else if (t->paused != NULL)
		set(r, SETUP_WRONG, t->paused, "Resume sending.");
	else
		set(r, SETUP_ASKING,
		    state == STATE_SENDING ? "It is being handed to Bandwidth."
					   : "Waiting for the worker to hand it to Bandwidth.",
		    NULL);
}

static void
judge_delivered(const struct trial *t, int64_t now, struct arena *a, struct trial_result *r)
{
	const struct message *m = &t->message;
	enum message_state state = message_state(m);

	if (state == STATE_DELIVERED) {
		r->time = m->finished;
		set(r, SETUP_FINE, "The carrier says that it reached the phone.", NULL);
	} else if (state == STATE_FAILED) {
		r->time = m->finished;
		set(r, SETUP_WRONG, failure(m, a), who_acts(m));
	} else if (t->reply.id != NULL) {
		set(r, SETUP_WRONG, "It was answered, but no delivery report came.",
		    "See the steps about callbacks for delivery reports above.");
	} else if (now - m->sent > REPORT_PATIENCE) {
		set(r, SETUP_WRONG,
		    "No delivery report came in ten minutes: perhaps it was not delivered, or "
		    "Bandwidth's calls do not get here.",
		    "See the steps about the application, its location and its callbacks above.");
	} else {
		set(r, SETUP_ASKING, "Waiting for the delivery report.", NULL);
	}
}

static void
judge_answered(const struct trial *t, struct arena *a, struct trial_result *r)
{
	char shown[PHONE_MAX];

	if (t->reply.id != NULL) {
		r->time = t->reply.created;
		set(r, SETUP_FINE,
		    arena_fmt(a, "Your answer arrived: \"%.100s\"",
			t->reply.text != NULL ? t->reply.text : ""),
		    NULL);
	} else {
		set(r, SETUP_ASKING, "Waiting for your answer.",
		    arena_fmt(a, "Answer the text from %s.",
			phone_display(t->message.contact_number, shown)));
	}
}

void
trial_judge(
    const struct trial *t, int64_t now, struct arena *a, struct trial_result out[TRIAL_STEPS])
{
	static const struct {
		const char *name, *title;
	} steps[TRIAL_STEPS] = {
	    [TRIAL_QUEUED] = {"queued", "Queued"},
	    [TRIAL_TAKEN] = {"sent", "Taken by Bandwidth"},
	    [TRIAL_DELIVERED] = {"delivered", "Delivered"},
	    [TRIAL_ANSWERED] = {"answered", "Your answer"},
	};
	int i;

	for (i = 0; i < TRIAL_STEPS; i++)
		out[i] = (struct trial_result){.name = steps[i].name,
		    .title = steps[i].title,
		    .state = SETUP_UNKNOWN,
		    .sentence = "Not yet."};
	judge_queued(t, &out[TRIAL_QUEUED]);
	judge_taken(t, a, &out[TRIAL_TAKEN]);
	if (out[TRIAL_TAKEN].state == SETUP_FINE) {
		judge_delivered(t, now, a, &out[TRIAL_DELIVERED]);
		if (out[TRIAL_DELIVERED].state != SETUP_WRONG || t->reply.id != NULL)
			judge_answered(t, a, &out[TRIAL_ANSWERED]);
	}
}

bool
trial_settled(const struct trial *t, int64_t now)
{
	enum message_state state = message_state(&t->message);

	if (state == STATE_FAILED || state == STATE_CANCELLED || state == STATE_HELD)
		return true;
	if (t->reply.id != NULL)
		return state == STATE_DELIVERED || now - t->reply.created > REPORT_PATIENCE;
	return now - t->message.created > CLOCK_HOUR;
}
