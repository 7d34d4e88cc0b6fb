/*
 * store_retain.c: the promises of retain.h: what is old goes in bounded pieces, what is not or
 * still needs somebody stays, and the store agrees with itself afterwards.
 */
#include "base/clock.h"
#include "org/message.h"
#include "store/contacts.h"
#include "store/events.h"
#include "store/media.h"
#include "store/messages.h"
#include "store/orgs.h"
#include "store/retain.h"
#include "store/verify.h"
#include "store_try.h"

#define ANN "+19195550123"
#define MANY 25

static int64_t now;
static char open_id[MESSAGE_ID];

/* Ids of that time. */
static const char *
id_of(struct tx *tx, int64_t then)
{
	char id[MESSAGE_ID];

	message_id_new(then, id);
	return arena_str(tx_arena(tx), id);
}

static enum result
put_message(struct tx *tx, int64_t then, enum message_state s)
{
	struct message m = {.org = 1,
	    .out = s != STATE_RECEIVED,
	    .contact_number = ANN,
	    .text = "Hello",
	    .send_before = 1,
	    .created = then};
	bool waiting;
	enum result r = OK;

	m.id = id_of(tx, then);
	message_set_state(&m, s);
	if (s == STATE_QUEUED)
		memcpy(open_id, m.id, MESSAGE_ID);
	if (s == STATE_RECEIVED) {
		m.media = text_list_add(tx_arena(tx), m.media, "https://example.org/a.png");
		r = media_add(tx, &m, 0, &waiting);
	}
	return r == OK ? messages_put(tx, NULL, &m) : r;
}

static enum result
put_event(struct tx *tx, int64_t then, bool tray)
{
	struct stored_event e = {.org = 1,
	    .received = then,
	    .raw = "{}",
	    .service_id = "bw-1",
	    .tray = tray ? "unknown" : NULL};
	enum result r;

	e.id = id_of(tx, then);
	r = events_put(tx, &e);
	return r == OK ? orphans_put(tx, 1, "bw-1", e.id) : r;
}

static enum result
fill(struct tx *tx, void *arg)
{
	struct organization org = {.name = "Tenants United"}, other = {.name = "Riders"};
	struct contact ann = {.org = 1, .number = ANN, .opted_out = true};
	unsigned char key[32] = {1};
	enum result r = orgs_create(tx, &org);

	(void)arg;
	if (r == OK)
		r = orgs_create(tx, &other);
	now = tx_now(tx);
	if (r == OK)
		r = seen_add(tx, 1, key);
	if (r == OK)
		r = put_event(tx, now - 50 * CLOCK_DAY, true);
	for (int i = 0; r == OK && i < MANY; i++)
		r = put_event(tx, now - 40 * CLOCK_DAY, false);
	for (int i = 0; r == OK && i < 3; i++)
		r = put_event(tx, now - CLOCK_DAY, false);
	if (r == OK)
		r = contacts_put(tx, &ann);
	if (r == OK)
		r = put_message(tx, now - 41 * CLOCK_DAY, STATE_QUEUED);
	for (int i = 0; r == OK && i < MANY; i++)
		r = put_message(tx, now - 40 * CLOCK_DAY, i % 2 ? STATE_RECEIVED : STATE_DELIVERED);
	return r == OK ? put_message(tx, now - CLOCK_DAY, STATE_RECEIVED) : r;
}

/* ---- a clock that was years behind ----------------------------------------------------------- */

#define BEHIND 15 /* more than a piece */

/* What comes in then has an old id, and Bandwidth's time.  An older one lies behind them. */
static enum result
come_in(struct tx *tx, void *arg)
{
	enum result r = OK;

	(void)arg;
	for (int i = 0; r == OK && i <= BEHIND; i++) {
		struct message m = {.org = 2,
		    .contact_number = ANN,
		    .text = "Yes",
		    .created = now - 1000 * CLOCK_DAY + i,
		    .sent = i < BEHIND ? now : now - 1000 * CLOCK_DAY};
		bool waiting;

		m.id = id_of(tx, m.created);
		m.media = text_list_add(tx_arena(tx), m.media, "https://example.org/a.png");
		message_set_state(&m, STATE_RECEIVED);
		r = media_add(tx, &m, 0, &waiting);
		if (r == OK)
			r = messages_put(tx, NULL, &m);
	}
	return r;
}

/* ---- settled late ------------------------------------------------------------------------------ */

static enum result
give_up(struct tx *tx, void *arg)
{
	bool *kept = arg;
	struct message m;
	enum result r = messages_get(tx, 1, open_id, true, tx_arena(tx), &m);

	if (r == OK)
		r = retain_text_late(tx, &m);
	kept[0] = m.text != NULL;
	message_set_state(&m, STATE_CANCELLED);
	if (r == OK)
		r = retain_text_late(tx, &m);
	kept[1] = m.text != NULL;
	m.id = id_of(tx, now - 2 * CLOCK_DAY);
	m.text = "Hello";
	if (r == OK)
		r = retain_text_late(tx, &m);
	kept[2] = m.text != NULL;
	return r;
}

struct turn {
	enum result (*fn)(struct tx *, uint32_t, int64_t, size_t, bool *);
	uint32_t org;
	bool more;
};

static enum result
turn(struct tx *tx, void *arg)
{
	struct turn *t = arg;

	return t->fn(tx, t->org, tx_now(tx) - 30 * CLOCK_DAY, 10, &t->more);
}

/* In how many pieces it is done. */
static int
pieces_of(uint32_t org, enum result (*fn)(struct tx *, uint32_t, int64_t, size_t, bool *))
{
	struct turn t = {fn, org, true};
	int n = 0;

	while (t.more && n < 100 && store_run(try_store, turn, &t) == OK)
		n++;
	return n;
}

static int pieces(enum result (*fn)(struct tx *, uint32_t, int64_t, size_t, bool *))
{
	return pieces_of(1, fn);
}

struct sums {
	int events, orphans, media, texts, seen, open;
	int media_gone, text_gone; /* messages that say so */
};

static int
entries(struct tx *tx, enum table t)
{
	struct cursor *c = cursor_open(tx, t, NULL, NULL, false);
	struct bytes key;
	int n = 0;

	while (cursor_next(c, &key, NULL) == OK)
		n++;
	cursor_close(c);
	return n;
}

static uint32_t sums_org = 1; /* whose messages */

static enum result
count(struct tx *tx, void *arg)
{
	struct message_filter f = {.org = sums_org, .limit = 200};
	struct sums *s = arg;
	struct message *list = NULL, open;
	const char *next;
	size_t n = 0;
	enum result r = messages_list(tx, &f, tx_arena(tx), &list, &n, &next);

	*s = (struct sums){.events = entries(tx, T_EVENTS),
	    .orphans = entries(tx, T_BY_SERVICE),
	    .media = entries(tx, T_MEDIA),
	    .seen = entries(tx, T_SEEN)};
	for (size_t i = 0; i < n; i++) {
		s->texts += list[i].text != NULL;
		s->media_gone += list[i].media_removed >= now && list[i].media.count == 1;
		s->text_gone += list[i].text_removed >= now && list[i].text == NULL;
	}
	if (messages_get(tx, 1, open_id, false, tx_arena(tx), &open) == OK)
		s->open = open.text != NULL;
	return r;
}

static size_t
faults(void)
{
	struct verify v = {0};

	return verify_meaning(try_store, &v) == OK ? v.faults : 999;
}

int
main(void)
{
	bool kept[3];
	struct sums s;

	try_open();
	try_run(fill, NULL);
	try_run(count, &s);
	is_int(s.events, MANY + 4, "events are there");
	is_int(
	    pieces(retain_receipts), 3, "receipts of messages that never came go in pieces of ten");
	try_run(count, &s);
	is_int(s.orphans, 3, "those that may still find theirs stay");
	is_int(s.events, MANY + 4, "and so do all events");
	is_int(pieces(retain_events), 3, "old events go in pieces of ten");
	try_run(count, &s);
	is_int(s.events, 4, "new ones stay, and the one that needs a look");
	is_int(s.seen, 1, "the key of the duplicate outlives them");
	is_int(pieces(retain_events), 1, "then there is nothing to do");
	is_int(faults(), 0, "and everything agrees");
	is_int(pieces(retain_media), 2, "old attachments go");
	try_run(count, &s);
	is_int(s.media, 1, "the new one stays");
	is_int(s.media_gone, MANY / 2, "and each message says that its own are gone");
	is_int(s.text_gone, 0, "while all words are there");
	is_int(pieces(retain_text), 3, "words go in pieces of ten");
	try_run(count, &s);
	is_int(s.texts, 2, "those of the new message stay, and of the one that waits");
	is_int(s.text_gone, MANY, "and each of the others says that they are gone");
	is_int(s.open, 1, "which keeps them until somebody has decided");
	is_int(pieces(retain_text), 1, "what was done is not looked at again");
	is_int(faults(), 0, "and everything agrees");
	try_run(give_up, kept);
	ok(kept[0], "one that retention went past keeps its words while it waits");
	ok(!kept[1], "and loses them when somebody has decided");
	ok(kept[2], "one that is younger keeps them");

	try_run(come_in, NULL);
	is_int(
	    pieces_of(2, retain_media), 2, "behind what came in while the clock was years behind,");
	try_run(count, &s);
	is_int(s.media, 1 + BEHIND, "attachments that are old go; those keep theirs");
	is_int(pieces_of(2, retain_media), 2, "and are gone past in pieces each time");
	is_int(pieces_of(2, retain_text), 2, "so it is with the words");
	sums_org = 2;
	try_run(count, &s);
	is_int(s.texts, BEHIND, "which stay");
	is_int(s.text_gone, 1, "or go");
	is_int(faults(), 0, "and everything agrees");
	try_close();
	return done_testing();
}
