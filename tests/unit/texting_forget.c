/*
 * texting_forget.c: who asked to be forgotten is not texted by any way, what comes late does not
 * bring the number back, who writes again is a new contact, and others keep their own record.
 */
#include "texting_heard.h"

#include "base/phone.h"
#include "store/forgotten.h"
#include "store/idempotency.h"
#include "store/jobs.h"
#include "store/secrets.h"
#include "store/verify.h"
#include "texting/forget.h"

#define DAN "+19195550126"
#define EVE "+19195550127"

/* ---- the job, without a worker -------------------------------------------------------- */

struct run {
	struct forget_piece p;
	const struct forget_phase *phase;
};

static enum result
find(struct tx *tx, void *arg)
{
	struct run *r = arg;

	return r->phase->find(tx, &r->p);
}

static enum result
apply(struct tx *tx, void *arg)
{
	struct run *r = arg;
	struct forget_piece p = r->p;
	json *detail = json_object_new();
	enum result result = r->phase->apply(tx, &p);

	forget_write(detail, &p.d);
	r->p.sending |= p.sending;
	r->p.doubt |= p.doubt;
	r->p.decide |= p.decide;
	forget_read(detail, kit_arena, &r->p.d);
	json_free(detail);
	return result;
}

/* All phases but that of the files, which is the worker's; what it came to. */
static struct forget_piece
work(const char *number, const char *job, int64_t cut)
{
	struct run r = {.p = {.app = &kit_app,
			    .org = kit_one,
			    .job = job,
			    .cut = cut,
			    .arena = kit_arena,
			    .d = {.number = number}}};
	size_t i;

	for (i = 0; (r.phase = forget_phase_at(i)) != NULL; i++) {
		if (strcmp(r.phase->name, "files") == 0)
			break;
		do {
			is_int(store_read(try_store, find, &r), OK, "%s: found", r.phase->name);
			is_int(store_run(try_store, apply, &r), OK, "%s: applied", r.phase->name);
			r.p.d.at = r.p.next;
		} while (r.p.next != NULL);
		if (r.p.d.wait != NULL)
			break;
	}
	return r.p;
}

static const char *
ask(const char *number)
{
	struct forget_answer answer;

	is_int(forget_ask(&kit_app, kit_one, number, "ann@example.org", "local", &answer), OK,
	    "%s asks to be forgotten", number);
	return arena_str(kit_arena, answer.job);
}

static struct forget_piece
forget(const char *number)
{
	const char *job = ask(number);

	return work(number, job, message_id_time(job));
}

/* ---- looking ---------------------------------------------------------------------------- */

struct search {
	const char *number;
	size_t count;
	char where[200];
};

/* In keys and values of every table. */
static enum result
search(struct tx *tx, void *arg)
{
	struct search *s = arg;
	struct bytes key, value;
	struct cursor *c;
	size_t at, len;
	int t;

	s->count = 0;
	for (t = 0; t < T_COUNT; t++) {
		if (t == T_JOBS)
			continue; /* the job's own record, which is the worker's */
		c = cursor_open(tx, (enum table)t, NULL, NULL, false);
		while (cursor_next(c, &key, &value) == OK) {
			if (memmem(key.p, key.n, s->number, strlen(s->number)) == NULL &&
			    !phone_find(value.p, value.n, s->number, &at, &len))
				continue;
			(void)snprintf(s->where, sizeof s->where, "table %d: %.*s", t, (int)value.n,
			    (const char *)value.p);
			s->count++;
		}
		cursor_close(c);
	}
	return OK;
}

static size_t
found(const char *number)
{
	struct search s = {.number = number};

	(void)store_read(try_store, search, &s);
	if (s.count > 0)
		printf("# found in %s\n", s.where);
	return s.count;
}

static void
say(void *arg, const char *sentence)
{
	(void)arg;
	printf("# %s\n", sentence);
}

static void
is_whole(const char *what)
{
	struct verify v = {.say = say};

	ok(verify_meaning(try_store, &v) == OK && v.faults == 0, "%s: all of it agrees", what);
}

static enum result
tx_newest_event(struct tx *tx, void *arg)
{
	struct stored_event *list;
	size_t n = 0;
	enum result r = events_list(tx, kit_one, NULL, 1, kit_arena, &list, &n);

	if (n > 0)
		*(struct stored_event *)arg = list[0];
	return r;
}

static struct stored_event
newest_event(void)
{
	struct stored_event e = {.raw = "(none)"};

	(void)store_read(try_store, tx_newest_event, &e);
	return e;
}

/* ---- not texted ----------------------------------------------------------------------------- */

static const char *
state_of(const char *to, const char *with)
{
	const char *both[] = {to, with};
	struct kit k = {.s = {.org = kit_one,
			    .to = {both, with != NULL ? 2 : 1},
			    .group = with != NULL,
			    .text = "Hello",
			    .by = "ann@example.org"}};

	if (kit_submit(&k) != OK)
		return "refused";
	return arena_fmt(kit_arena, "%s %s", k.list[0].state,
	    k.list[0].error != NULL	 ? k.list[0].error
	    : k.list[0].held_why != NULL ? k.list[0].held_why
					 : "");
}

static enum result
tx_forget(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return contacts_forget(tx, k->org, k->a);
}

static void
test_sending(void)
{
	const char *first = kit_send(kit_one, ANN, "waits"), *raced;
	struct kit k = {.org = kit_one, .a = BEN};
	struct claim c;
	const char *why;

	(void)kit_receive(kit_one, kit_text_in("stop-1", ANN, OUR, "STOP"));
	(void)ask(ANN);
	is_str(kit_state(kit_one, first), "cancelled", "what waits is taken back");
	is_str(state_of(ANN, NULL), "failed opted-out", "nothing more is queued");
	is_str(state_of(ANN, BEN), "failed opted-out", "nor to a group with them");
	is_str(state_of(BEN, ANN), "failed opted-out", "wherever they stand in it");
	ok(kit_contact(kit_one, ANN, NULL).forgotten, "and none of it makes a record");

	raced = kit_send(kit_one, BEN, "queued a moment before");
	is_int(kit_run(tx_forget, &k), OK, "forgotten while a text is in the queue");
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "which is not claimed");
	is_str(kit_state(kit_one, raced), "cancelled", "but taken back");
	is_int(outbox_decide(&kit_app, kit_one, raced, DECIDE_SEND, "ann", "local", &why), REFUSED,
	    "and not sent by a person either");
	is_str(state_of(CAT, NULL), "queued ", "others are texted");
	is_int(kit_claim(kit_one, &c), CLAIM_POST, "as ever");
	(void)kit_finish(kit_one, c.message.id, POST_ACCEPTED, "bw-cat");
}

/* ---- what comes late --------------------------------------------------------------------------- */

static void
is_kept(const char *raw, const char *type, const char *what)
{
	struct receive_result r = kit_receive(kit_one, raw);
	struct stored_event e = newest_event();

	ok(r.stored == 1 && r.tray == 0, "%s: taken, and nobody needs to look", what);
	is_str(e.raw, arena_fmt(kit_arena, "{\"type\":\"%s\",\"to\":\"forgotten\"}", type),
	    "%s: that it came is kept, and nothing more", what);
	ok(e.service_id == NULL, "%s: not Bandwidth's id either", what);
}

static void
test_late(void)
{
	const char *id = kit_sent(kit_one, DAN, "bw-dan");
	struct receive_result r;
	struct forget_piece p;
	struct contact c;

	p = forget(DAN);
	is_int(p.d.texts, 1, "the text is removed");
	is_int(found(DAN), 0, "and the number");
	is_whole("forgotten");
	is_kept(kit_receipt("message-delivered", "bw-dan", OUR, DAN, kit_tag(kit_one, id), ""),
	    "message-delivered", "a late report");
	is_kept(kit_receipt("message-sending", "bw-dan", OUR, DAN, "", ""), "message-sending",
	    "one without a tag");
	is_kept(kit_receipt("message-read", "bw-dan", OUR, DAN, "", ""), "message-read", "read");
	r = kit_receive(kit_one, kit_receipt("message-read", "bw-dan", OUR, DAN, "", ""));
	is_int(r.duplicates, 1, "the same once more is a duplicate");
	is_kept(kit_receipt("message-failed", "bw-dan", OUR, DAN, "", ",\"errorCode\":4775"),
	    "message-failed", "a failure");
	c = kit_contact(kit_one, DAN, NULL);
	ok(c.forgotten, "and no record comes of it");
	is_str(c.opt_out_cause, "code", "but what it says of their wish counts");
	r = kit_receive(kit_one, kit_receipt("message-failed", "x", OUR, EVE, "", ""));
	is_int(r.tray, 1, "a report about somebody else that we don't know needs a look");
	r = kit_receive(kit_one,
	    "{\"type\":\"message-odd\",\"to\":\"" DAN
	    "\",\"message\":{\"id\":\"odd-1\",\"to\":[\"" DAN "\"],\"from\":\"" OUR "\"}}");
	is_int(r.tray, 1, "so does what is not understood");
	ok(strstr(newest_event().raw, "\"to\":\"forgotten\"") != NULL, "without the number");
	is_int(found(DAN), 0, "which is nowhere after all that");
	is_int(kit_finish(kit_one, id, POST_ACCEPTED, "bw-dan"), OK,
	    "an answer that was slower than its report, and than the forgetting");
	is_int(found(DAN), 0, "brings nothing back");
}

/* ---- groups ---------------------------------------------------------------------------------------- */

static const char *
group_of(const char *id)
{
	struct message m = kit_message(kit_one, id, NULL);
	const char *text = "";
	size_t i;

	for (i = 0; i < m.group.count; i++)
		text = arena_fmt(kit_arena, "%s%s ", text, m.group.items[i]);
	return text;
}

static void
report_of(const char *id, const char *service, const char *to, const char *type)
{
	(void)kit_receive(kit_one, kit_receipt(type, service, OUR, to, kit_tag(kit_one, id), ""));
}

/* A group text that Bandwidth took; its id. */
static const char *
group_sent(const char *service)
{
	const char *all[] = {"+19195550131", "+19195550132", "+19195550133"};
	struct kit k = {.s = {.org = kit_one,
			    .to = {all, 3},
			    .group = true,
			    .text = "All of you",
			    .by = "ann@example.org"}};
	struct claim c;

	(void)kit_submit(&k);
	if (kit_claim(kit_one, &c) != CLAIM_POST)
		printf("# the group's text was not claimed\n");
	(void)kit_finish(kit_one, k.list[0].id, POST_ACCEPTED, service);
	return k.list[0].id;
}

static void
test_groups(void)
{
	const char *id = group_sent("bw-group");
	struct forget_piece p;
	struct message m;

	report_of(id, "bw-group", "+19195550133", "message-delivered");
	p = forget("+19195550131");
	is_int(p.d.groups, 1, "the number is written over in a group's text");
	is_str(group_of(id), "forgotten +19195550132 +19195550133 ", "the others stay");
	is_str(kit_message(kit_one, id, NULL).contact_number, "+19195550132",
	    "it is found with the next of them");
	is_int(found("+19195550131"), 0, "the first is nowhere");
	(void)forget("+19195550132");
	is_str(group_of(id), "forgotten forgotten +19195550133 ", "a second is forgotten");
	is_whole("two of a group");
	report_of(id, "bw-group", "+19195550131", "message-delivered");
	m = kit_message(kit_one, id, NULL);
	is_str(m.state, "sent", "a late report of one of them");
	is_int(m.group_final.count, 2, "counts");
	is_str(m.group_final.items[1], "forgotten delivered", "without the number");
	report_of(id, "bw-group", "+19195550132", "message-failed");
	m = kit_message(kit_one, id, NULL);
	is_str(m.state, "delivered", "with that of the other all are there");
	is_str(m.error_meaning, "2 of 3 people got it. Not: forgotten", "and it is settled");
	is_int(found("+19195550131") + found("+19195550132"), 0, "without the numbers");
	(void)forget("+19195550133");
	is_int(found("+19195550133"), 0, "the last one");
	ok(kit_message(kit_one, id, NULL).state == NULL, "takes the text along");
	is_whole("all of a group");
}

/* ---- events and answers ----------------------------------------------------------------------------- */

static enum result
tx_answer(struct tx *tx, void *arg)
{
	static const unsigned char body[32] = {1};
	const char *answer = NULL;
	int status;
	enum result r;

	(void)arg;
	r = idempotency_get(tx, kit_one, "token", "key", body, kit_arena, &status, &answer);
	if (r == NOT_FOUND)
		return idempotency_put(tx, kit_one, "token", "key", body, 202,
		    "{\"messages\":[{\"to\":\"" EVE "\"},{\"to\":\"" BEN "\"}]}");
	is_str(answer, "{\"messages\":[{\"to\":\"forgotten\"},{\"to\":\"" BEN "\"}]}",
	    "the first answer is given again, without the number");
	return r;
}

static enum result
tx_body(struct tx *tx, void *arg)
{
	const char *body = arg;

	return tray_put_body(tx, kit_one, body, strlen(body), "not JSON", "r1");
}

struct bodies {
	size_t all, done;
};

/* What recognizes bodies that come again. */
static enum result
tx_bodies(struct tx *tx, void *arg)
{
	struct bodies *b = arg;
	struct bytes key, value;
	struct cursor *c = cursor_open(tx, T_TRAY, NULL, NULL, false);

	*b = (struct bodies){0, 0};
	while (cursor_next(c, &key, &value) == OK) {
		b->all += key.n == 4 + 1 + 32;
		b->done += key.n == 4 + 1 + 32 && memmem(value.p, value.n, "\"done\"", 6) != NULL;
	}
	cursor_close(c);
	return OK;
}

static void
test_events(void)
{
	static char body[] = "{{ (919) 555-0127", other[] = "{{ (919) 555-0128",
		    binary[] = "\xff 919.555.0127";
	struct forget_piece p;
	struct bodies bodies;

	(void)kit_receive(kit_one, kit_text_in("eve-1", EVE, OUR, "Hello"));
	(void)kit_receive(kit_one, kit_text_in("eve-2", EVE, "+19195550199", "to nobody of ours"));
	(void)kit_receive(kit_one, kit_text_in("ben-1", "+19195550140", OUR, "ask 919-555-0127"));
	(void)kit_receive(kit_one, kit_text_in("ben-2", "+19195550140", EVE, "to her, of all"));
	try_run(tx_body, body);
	try_run(tx_body, other);
	try_run(tx_body, binary);
	try_run(tx_answer, NULL);
	p = forget(EVE);
	is_int(p.d.texts, 1, "her text is removed");
	is_int(p.d.events, 5, "and five events: hers, a report, and two bodies");
	is_int(p.d.mentions, 1, "what another wrote of her is counted");
	is_int(found(EVE), 2, "and stays, with its event");
	is_int(store_run(try_store, tx_body, body), EXISTS, "the body that comes again is known");
	is_int(store_run(try_store, tx_body, binary), EXISTS, "so is the other one");
	is_int(store_run(try_store, tx_body, other), EXISTS, "somebody else's is as it was");
	try_run(tx_bodies, &bodies);
	is_int(bodies.all, 3, "all three are recognized");
	is_int(bodies.done, 2, "and those of two make room when it is needed");
	try_run(tx_answer, NULL);
	is_int(found(EVE), 2, "nothing came back");
	is_whole("events");
}

/* ---- writing again ------------------------------------------------------------------------------------ */

static void
test_again(void)
{
	struct receive_result r;
	struct contact c;
	struct claim claim;

	(void)forget(EVE);
	(void)kit_receive(kit_one, kit_text_in("eve-3", EVE, OUR, "HELP"));
	c = kit_contact(kit_one, EVE, NULL);
	ok(!c.forgotten && c.last_in != 0 && c.opted_out, "who writes again is a contact");
	is_str(c.opt_out_cause, "person", "opted out as before");
	is_int(c.help_answered, 0, "and not answered");
	r = kit_receive(kit_one, kit_text_in("eve-4", EVE, OUR, "START"));
	is_int(r.tray, 1, "START does not undo what a person here did");
	is_str(state_of(EVE, NULL), "failed opted-out", "so nothing is sent");

	(void)kit_receive(kit_one, kit_text_in("cat-1", CAT, OUR, "STOP"));
	(void)forget(CAT);
	is_int(found(CAT), 0, "one who wrote STOP before");
	is_str(kit_contact(kit_one, CAT, NULL).opt_out_cause, "word", "is opted out by a word");
	(void)kit_receive(kit_one, kit_text_late("cat-0", CAT, OUR, "START", 60000));
	is_str(state_of(CAT, NULL), "failed opted-out", "an older START that comes late");
	(void)forget(CAT);
	(void)kit_receive(kit_one, kit_text_in("cat-2", CAT, OUR, "START"));
	c = kit_contact(kit_one, CAT, NULL);
	ok(!c.forgotten && !c.opted_out && c.last_in != 0, "a later one undoes it");
	is_str(state_of(CAT, NULL), "queued ", "and they can be texted");
	is_int(kit_claim(kit_one, &claim), CLAIM_POST, "which they are");
	(void)kit_finish(kit_one, claim.message.id, POST_ACCEPTED, "bw-cat-2");
}

/* What comes in while the job runs is not from before. */
static void
test_meanwhile(void)
{
	const char *job = ask("+19195550150");
	struct forget_piece p;

	clock_sleep(2); /* what came in the same millisecond is from before */
	(void)kit_receive(kit_one, kit_text_in("new-1", "+19195550150", OUR, "one more thing"));
	p = work("+19195550150", job, message_id_time(job));
	is_int(p.d.since, 1, "a text that came after it was asked for stays");
	is_int(p.d.texts, 0, "as the only one");
	is_str(kit_contact(kit_one, "+19195550150", NULL).user_number, OUR, "with its contact");
	is_whole("meanwhile");
}

/* ---- waiting ------------------------------------------------------------------------------------------- */

static void
test_waiting(void)
{
	const char *id = kit_send(kit_one, "+19195550160", "Hello"), *why;
	struct forget_piece p;
	struct forget_answer again;

	(void)kit_claimed(id);
	p = forget("+19195550160");
	ok(p.sending && p.d.wait != NULL, "a text that is being sent is waited for");
	is_int(p.d.texts, 0, "and stays until then");
	is_int(forget_ask(&kit_app, kit_one, "+19195550160", "ann", "local", &again), OK,
	    "asked once more");
	is_str(again.job, p.job, "it is the same job");
	(void)kit_finish(kit_one, id, POST_UNKNOWN, NULL);
	ok(kit_contact(kit_one, "+19195550160", NULL).forgotten, "its answer makes no record");
	p = work("+19195550160", p.job, message_id_time(p.job));
	ok(p.doubt && p.d.wait != NULL, "so is one that is in doubt");
	is_int(outbox_decide(&kit_app, kit_one, id, DECIDE_WAS_SENT, "ann", "local", &why), OK,
	    "somebody decides");
	p = work("+19195550160", p.job, message_id_time(p.job));
	ok(p.d.wait == NULL && p.d.texts == 1, "then it goes");
	is_int(found("+19195550160"), 0, "all of it");
	is_whole("waited");
}

/* ---- without the key --------------------------------------------------------------------------------------- */

static enum result
tx_lose_key(struct tx *tx, void *arg)
{
	(void)arg;
	return secret_del(tx, 0, "forgotten");
}

static enum result
tx_release(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return contact_release(tx, k->org, k->a, "ann@example.org");
}

static void
test_closed(void)
{
	const char *queued = kit_send(kit_one, "+19195550170", "Hello"), *why;
	struct kit k = {.org = kit_one, .a = "+19195550170"};
	struct forget_answer answer;
	struct claim c;

	try_run(tx_lose_key, NULL);
	store_close(try_store);
	try_attach(false);
	kit_app.store = try_store;
	log_set_level((enum log_level) - 1);
	is_str(state_of("+19195550171", NULL), "held forgotten-key",
	    "without the key a text to somebody who is not known is held");
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "one that is queued already");
	is_str(kit_message(kit_one, queued, NULL).held_why, "forgotten-key", "is held too");
	is_int(outbox_decide(&kit_app, kit_one, queued, DECIDE_SEND, "ann", "local", &why), REFUSED,
	    "and not sent by decision");
	is_int(forget_ask(&kit_app, kit_one, BEN, "ann", "local", &answer), REFUSED,
	    "nobody can be forgotten");
	ok(answer.why[0] != '\0', "which is said");
	(void)kit_receive(kit_one, kit_text_in("new-2", "+19195550172", OUR, "HELP"));
	ok(kit_contact(kit_one, "+19195550172", NULL).held, "who writes is held");
	is_int(kit_contact(kit_one, "+19195550172", NULL).help_answered, 0, "and not answered");
	is_str(state_of("+19195550172", NULL), "held contact-held", "until a person decides");
	is_int(kit_run(tx_release, &k), OK, "a person decides about one");
	is_str(kit_state(kit_one, queued), "queued", "whose text goes on");
	is_int(kit_claim(kit_one, &c), CLAIM_POST, "and out");
	ok(!kit_contact(kit_one, "+19195550170", NULL).unsure, "they are known now");
	(void)kit_receive(kit_one, kit_text_in("new-3", "+19195550173", OUR, "STOP"));
	is_str(kit_contact(kit_one, "+19195550173", NULL).opt_out_cause, "word",
	    "a STOP counts all the same");
	log_set_level(LOG_ERROR);
}

static void
test_refused(void)
{
	struct forget_answer answer;

	is_int(forget_ask(&kit_app, kit_one, OUR, "ann", "local", &answer), REFUSED,
	    "an own number is not forgotten");
	is_int(forget_ask(&kit_app, 99, ANN, "ann", "local", &answer), NOT_FOUND,
	    "nor anybody of no organization");
	ok(!kit_contact(kit_two, ANN, NULL).opted_out, "another organization is not touched");
}

static void
answers_help(struct organization *o)
{
	o->help_reply = true;
}

int
main(void)
{
	kit_open();
	(void)kit_org(kit_one, answers_help);
	test_refused();
	test_sending();
	test_late();
	test_groups();
	test_events();
	test_again();
	test_meanwhile();
	test_waiting();
	test_closed();
	kit_close();
	return done_testing();
}
