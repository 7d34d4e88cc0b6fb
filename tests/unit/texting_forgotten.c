/*
 * texting_forgotten.c: who asked to be forgotten is not texted by any way, what comes late does not
 * bring the number back, who writes again is a new contact, and without the key nobody unknown is
 * texted.
 */
#include "texting_forget.h"

#include "store/forgotten.h"
#include "store/secrets.h"

#define DAN "+19195550126"
#define EVE "+19195550127"

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

	return contact_release(tx, k->org, k->a, 0, "ann@example.org");
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

/* A text to two of our numbers comes in twice, and its sender is forgotten in between. */
static void
test_copies(void)
{
	static const char raw[] =
	    "{\"type\":\"message-received\",\"to\":\"%s\",\"message\":{\"id\":\"copies\","
	    "\"direction\":\"in\",\"to\":[\"" OUR "\",\"" OUR2 "\"],\"from\":\"+19195550177\","
	    "\"text\":\"Hello both\"}}";
	const char *job;

	kit_number(kit_one, OUR2, "in-service");
	(void)kit_receive(kit_one, arena_fmt(kit_arena, raw, OUR));
	clock_sleep(5);
	job = ask("+19195550177");
	clock_sleep(5);
	(void)kit_receive(kit_one, arena_fmt(kit_arena, raw, OUR2));
	(void)work("+19195550177", job, message_id_time(job));
	is_whole("one of two copies is forgotten");
}

int
main(void)
{
	kit_open();
	(void)kit_org(kit_one, answers_help);
	test_refused();
	test_sending();
	test_late();
	test_again();
	test_copies();
	test_closed();
	kit_close();
	return done_testing();
}
