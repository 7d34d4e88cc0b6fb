/*
 * seed_held.c: texts that were waiting when the data was moved, others that are held, some that wait,
 * and messages whose words or attachments were removed (seed_held.h).
 */
#include "seed_held.h"

#include "base/arena.h"
#include "base/clock.h"
#include "store/contacts.h"
#include "store/messages.h"

#define ORG 4
#define CARPOOL "Hi, it's Lee from Riders of Durham. Can you drive two people to the polls on Saturday?"

struct sample {
	bool out;
	enum message_state state;
	const char *why; /* held_why */
	int64_t ago;	 /* ms */
	const char *contact, *text;
};

static enum result
put(struct tx *tx, struct arena *a, const struct sample *s, int64_t now, bool words, bool media)
{
	char id[MESSAGE_ID];
	struct message m = {.org = ORG,
	    .out = s->out,
	    .contact_number = s->contact,
	    .text = words ? s->text : NULL,
	    .segments = 1,
	    .held_why = s->why,
	    .by = s->out ? "owner@example.org" : NULL,
	    .created = now - s->ago,
	    .due = now + CLOCK_DAY / 2,
	    .send_before = now + CLOCK_DAY};

	message_id_new(m.created, id);
	m.id = arena_str(a, id);
	message_set_state(&m, s->state);
	if (!words)
		m.text_removed = m.created + 1500 * CLOCK_DAY;
	if (media) {
		m.media = text_list_add(a, m.media, "https://example.org/a.png");
		m.media = text_list_add(a, m.media, "https://example.org/b.png");
		m.media_removed = m.created + 400 * CLOCK_DAY;
	}
	if (s->state == STATE_DELIVERED) {
		m.user_number = "+19195550400";
		m.posted = m.sent = m.finished = m.created;
	}
	if (s->state == STATE_UNKNOWN) {
		m.user_number = "+19195550400";
		m.account = "9900777";
		m.posted = m.created;
		m.attempts = 1;
	}
	return messages_put(tx, NULL, &m);
}

static enum result
put_old(struct tx *tx, struct arena *a, int64_t now)
{
	const struct sample out = {true, STATE_DELIVERED, NULL, 1600 * CLOCK_DAY, "+19195550144", NULL};
	const struct sample in = {false, STATE_RECEIVED, NULL, 1599 * CLOCK_DAY, "+19195550144", NULL};
	const struct sample picture = {
	    false, STATE_RECEIVED, NULL, 500 * CLOCK_DAY, "+19195550144", "The flyer, both sides"};
	enum result r = put(tx, a, &out, now, false, false);

	if (r == OK)
		r = put(tx, a, &in, now, false, false);
	return r == OK ? put(tx, a, &picture, now, true, true) : r;
}

enum result
seed_held(struct tx *tx, struct arena *a, const char *hostile, int64_t now)
{
	struct sample s = {true, STATE_HELD, "copied", 30 * CLOCK_HOUR, NULL, CARPOOL};
	enum result r = put_old(tx, a, now);

	for (int i = 0; r == OK && i < 42; i++) {
		s.ago = 30 * CLOCK_HOUR - i * CLOCK_MINUTE;
		s.contact = arena_fmt(a, "+1919556%04d", i);
		s.text = i == 1 ? hostile : CARPOOL;
		r = put(tx, a, &s, now, true, false);
	}
	s.text = CARPOOL;
	for (int i = 0; r == OK && i < 5; i++) {
		s.why = i < 2 ? "deadline" : i < 3 ? "unknown-open" : i < 4 ? "number-limit" : "sunspots";
		s.contact = arena_fmt(a, "+1919557%04d", i);
		r = put(tx, a, &s, now, true, false);
	}
	s.state = STATE_QUEUED;
	s.why = NULL;
	for (int i = 0; r == OK && i < 25; i++) {
		s.ago = CLOCK_HOUR;
		s.contact = arena_fmt(a, "+1919558%04d", i);
		r = put(tx, a, &s, now, true, false);
	}
	s.state = STATE_UNKNOWN;
	s.why = "other-account";
	s.contact = "+19195590000";
	return r == OK ? put(tx, a, &s, now, true, false) : r;
}
