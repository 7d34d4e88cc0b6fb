/*
 * texting_receive.c: every event is stored once, applied once, and never
 * reaches another organization; what can't be applied is kept for a person.
 */
#include "texting_heard.h"

#define EVE "+19195550139"

/* ---- texts that come in --------------------------------------------------------------- */

static void
test_inbound(void)
{
	struct receive_result r = kit_receive(kit_one, kit_text_in("in-1", ANN, OUR, "Hello you"));
	struct message m = kit_newest(kit_one, ANN, 'i', NULL);
	struct contact c = kit_contact(kit_one, ANN, NULL);
	size_t n;

	is_int(r.stored, 1, "a text is stored");
	is_int(r.duplicates, 0, "as a new one");
	is_str(m.state, "received", "and becomes a message");
	is_str(m.text, "Hello you", "with its text");
	is_str(m.user_number, OUR, "to our number");
	is_str(m.service_id, "in-1", "under Bandwidth's id");
	ok(c.last_in > 0, "the person's record knows of it");
	is_str(c.user_number, OUR, "and of the number they wrote to");
	is_str(kit_effect(kit_one), "message", "the event says what it did");
	r = kit_receive(kit_one, kit_text_in("in-1", ANN, OUR, "Hello you"));
	is_int(r.stored, 0, "the same again is not stored");
	is_int(r.duplicates, 1, "but counted");
	(void)kit_newest(kit_one, ANN, 'i', &n);
	is_int(n, 1, "and there is one message");
	r = kit_receive(kit_two, kit_text_in("in-1", ANN, OUR, "Hello you"));
	is_int(r.stored, 1, "for another organization it is another event");
	is_int(r.tray, 1, "which needs a look: the number is not its own");
	(void)kit_newest(kit_two, ANN, 'i', &n);
	is_int(n, 0, "and makes no conversation there");
	ok(strstr(kit_tray(kit_two, NULL), OUR) != NULL, "the tray names the number");
}

static void
test_mms(void)
{
	const char *raw =
	    "{\"type\":\"message-received\",\"to\":\"" OUR "\",\"message\":{\"id\":\"mms-1\","
	    "\"direction\":\"in\",\"to\":[\"" OUR "\",\"" BEN "\",\"" CAT "\"],\"from\":\"" ANN
	    "\",\"text\":\"look\",\"media\":[\"https://x/1.png\",7,\"https://x/2.smil\"]}}";
	struct message m;

	(void)kit_receive(kit_one, raw);
	m = kit_newest(kit_one, ANN, 'i', NULL);
	is_str(m.service_id, "mms-1", "a group MMS is one message");
	is_str(m.user_number, OUR, "to the number that the copy is for");
	is_int(m.group.count, 3, "with everybody but us");
	ok(text_list_has(&m.group, ANN) && text_list_has(&m.group, BEN) &&
		text_list_has(&m.group, CAT) && !text_list_has(&m.group, OUR),
	    "by their numbers");
	is_int(m.media.count, 2, "media that are no addresses are left out");
}

static void
test_odd_numbers(void)
{
	struct message m;
	size_t before, after;

	(void)kit_receive(kit_one, kit_text_in("sc-1", "72345", OUR, "Your code"));
	m = kit_newest(kit_one, "72345", 'i', NULL);
	is_str(m.text, "Your code", "a short code can write");
	(void)kit_tray(kit_one, &before);
	(void)kit_receive(kit_one, kit_text_in("name-1", "ACME Bank", OUR, "STOP"));
	is_str(kit_effect(kit_one), "tray", "a name is no sender");
	(void)kit_tray(kit_one, &after);
	is_int(after, before + 1, "it is kept for a person");
	kit_number(kit_one, OUR2, "in-service");
	kit_number(kit_one, OUR2, "draining");
	(void)kit_receive(kit_one, kit_text_in("drain-1", ANN, OUR2, "late"));
	is_str(kit_newest(kit_one, ANN, 'i', NULL).text, "late",
	    "a number that we give up still hears");
	is_str(kit_contact(kit_one, ANN, NULL).user_number, OUR, "but nobody is answered from it");
	kit_number(kit_one, OUR2, "gone");
	(void)kit_receive(kit_one, kit_text_in("gone-1", ANN, OUR2, "too late"));
	is_str(kit_newest(kit_one, ANN, 'i', NULL).text, "too late", "so does one that we had");
}

/* ---- words ------------------------------------------------------------------------------ */

/* Bandwidth's report that the carrier blocks a text to EVE, of so long ago. */
static const char *
blocked(const char *id, int64_t ago)
{
	char time[CLOCK_TEXT];

	return arena_fmt(kit_arena,
	    "{\"type\":\"message-failed\",\"to\":\"%s\",\"time\":\"%s\",\"errorCode\":4775,"
	    "\"description\":\"x\",\"message\":{\"id\":\"%s\",\"direction\":\"out\",\"to\":[\"%s\"],"
	    "\"from\":\"%s\",\"owner\":\"%s\"}}",
	    EVE, clock_text(clock_now() - ago, time), id, EVE, OUR, OUR);
}

/* Callbacks are repeated for a day: what was said last counts, in whatever order it comes. */
static void
test_order_of_words(void)
{
	(void)kit_receive(kit_one, kit_text_late("o1", EVE, OUR, "STOP", 8 * CLOCK_MINUTE));
	(void)kit_receive(kit_one, kit_text_late("o2", EVE, OUR, "START", 7 * CLOCK_MINUTE));
	is_str(kit_cause(EVE), NULL, "a START after a STOP counts");
	(void)kit_receive(kit_one, kit_text_late("o3", EVE, OUR, "STOP", 9 * CLOCK_MINUTE));
	is_str(kit_cause(EVE), NULL, "a STOP from before it, that comes late, does not");
	(void)kit_receive(kit_one, blocked("o4", 9 * CLOCK_MINUTE));
	is_str(kit_cause(EVE), NULL, "nor does what a carrier did before it");
	(void)kit_receive(kit_one, kit_text_late("o5", EVE, OUR, "STOP", 5 * CLOCK_MINUTE));
	is_str(kit_cause(EVE), "word", "a STOP after it does");
	(void)kit_receive(kit_one, kit_text_late("o6", EVE, OUR, "START", 6 * CLOCK_MINUTE));
	is_str(kit_cause(EVE), "word", "which a START from before it does not take back");
	(void)kit_receive(kit_one, kit_text_late("o7", EVE, OUR, "START", 4 * CLOCK_MINUTE));
	is_str(kit_cause(EVE), NULL, "but one from after it");

	/* Our clock is slow. */
	(void)kit_receive(kit_one, kit_text_late("o8", EVE, OUR, "STOP", -12 * CLOCK_SECOND));
	(void)kit_receive(kit_one, kit_text_late("o9", EVE, OUR, "START", -20 * CLOCK_SECOND));
	is_str(kit_cause(EVE), NULL, "with a clock that is slow it is the same");
	(void)kit_receive(kit_one, kit_text_late("q1", EVE, OUR, "STOP", -40 * CLOCK_SECOND));
	(void)kit_receive(kit_one, kit_text_late("q2", EVE, OUR, "START", -30 * CLOCK_SECOND));
	is_str(kit_cause(EVE), "word",
	    "START and then STOP: the START that comes late does not count");
	(void)kit_receive(kit_one, kit_text_late("q3", EVE, OUR, "START", -CLOCK_DAY));
	is_str(kit_cause(EVE), NULL, "a START whose time is wrong counts");
	(void)kit_receive(kit_one, kit_text_late("q4", EVE, OUR, "STOP", -1));
	is_str(kit_cause(EVE), "word", "but keeps no later STOP from counting");
	(void)kit_receive(kit_one, kit_text_late("q5", EVE, OUR, "START", -CLOCK_DAY));
	(void)kit_receive(kit_one, blocked("q6", -1));
	is_str(kit_cause(EVE), "code", "nor a carrier");
}

static void
test_stop_start(void)
{
	const char *queued = kit_send(kit_one, BEN, "Hello Ben");
	struct claim c;

	(void)kit_receive(kit_one, kit_text_in("w1", BEN, OUR, "Stop!"));
	is_str(kit_cause(BEN), "word", "STOP opts out");
	is_str(kit_state(kit_one, queued), "cancelled", "and takes back what waited");
	is_str(kit_effect(kit_one), "opt-out", "the event says so");
	is_str(
	    kit_newest(kit_one, BEN, 'i', NULL).text, "Stop!", "the text is in the conversation");
	(void)kit_newest(kit_one, BEN, 'o', NULL);
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "nothing is answered unless the owner wants it");
	is_str(kit_contact(kit_two, BEN, NULL).opt_out_cause, NULL,
	    "another organization is not concerned");
	(void)kit_receive(kit_one, kit_text_late("w2", BEN, OUR, "START", CLOCK_MINUTE));
	is_str(kit_cause(BEN), "word", "a START older than the STOP does not count");
	(void)kit_receive(kit_one, kit_text_in("w3", BEN, OUR, "Yes"));
	is_str(kit_cause(BEN), "word", "YES is not START");
	(void)kit_receive(kit_one, kit_text_in("w4", BEN, OUR, "unstop"));
	is_str(kit_cause(BEN), NULL, "UNSTOP takes it back");
	(void)kit_receive(kit_one, kit_text_late("w6", BEN, OUR, "STOP", 2 * CLOCK_MINUTE));
	(void)kit_receive(kit_one, kit_text_late("w7", BEN, OUR, "START", CLOCK_MINUTE));
	is_str(kit_cause(BEN), NULL, "what counts is when they wrote, not when we heard of it");
	(void)kit_receive(kit_one, kit_text_in("w5", BEN, OUR, "please stop texting me"));
	ok(kit_contact(kit_one, BEN, NULL).held, "what sounds like a STOP holds");
	is_str(
	    kit_contact(kit_one, BEN, NULL).held_why, "please stop texting me", "with the words");
}

static enum result
set_person(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return optout_set(tx, k->org, k->a, "person", "ann@example.org");
}

static void
test_start_limits(void)
{
	struct kit k = {.org = kit_one, .a = "+19195550160"};

	(void)kit_run(set_person, &k);
	(void)kit_receive(kit_one, kit_text_in("sl1", k.a, OUR, "START"));
	is_str(kit_cause(k.a), "person", "START undoes no decision of a person");
	ok(strstr(kit_tray(kit_one, NULL), "START") != NULL, "but somebody is told");
}

static void
test_stop_whatever(void)
{
	static const struct {
		const char *raw, *promise;
	} cases[] = {
	    {"{\"type\":\"message-received\",\"to\":\"" OUR "\",\"message\":{\"from\":\"%s\","
	     "\"text\":\"STOP\"}}",
		"without an id"},
	    {"{\"type\":\"carrier-pigeon\",\"to\":\"" OUR "\",\"message\":{\"id\":\"p1\","
	     "\"direction\":\"in\",\"from\":\"%s\",\"text\":\"STOP\"}}",
		"of an unknown type that says it came in"},
	    {"{\"to\":\"" OUR "\",\"message\":{\"id\":\"p2\",\"direction\":\"in\",\"from\":\"%s\","
	     "\"text\":\"STOP\"}}",
		"without a type"},
	    {"{\"type\":\"message-received\",\"message\":{\"id\":\"p3\",\"from\":\"%s\","
	     "\"text\":\"STOP\"}}",
		"without a top-level to"},
	    {"{\"type\":\"message-received\",\"to\":\"+19195559999\",\"message\":{\"id\":\"p4\","
	     "\"from\":\"%s\",\"text\":\"STOP\"}}",
		"to a number that is not ours"},
	    {"{\"type\":\"message-received\",\"to\":\"" OUR "\",\"message\":{\"id\":\"p5\","
	     "\"direction\":\"out\",\"from\":\"%s\",\"text\":\"STOP\"}}",
		"that says that it went out"},
	    {"{\"type\":\"carrier-pigeon\",\"message\":{\"id\":\"p7\",\"from\":\"%s\",\"text\":"
	     "\"STOP\",\"owner\":\"" OUR "\"}}",
		"of an unknown type that does not say where it went"},
	    {"{\"message\":{\"from\":\"%s\",\"text\":\"STOP\"}}", "of which nothing else is known"},
	    {"{\"type\":\"message-received\",\"to\":null,\"time\":7,\"errorCode\":[],\"message\":{"
	     "\"id\":{},\"to\":{},\"from\":\"%s\",\"text\":\"STOP\",\"media\":5}}",
		"with nothing else that is right"},
	};
	const char *number, *raw, *where;
	struct receive_result r;
	size_t i, n;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		number = arena_fmt(kit_arena, "(919) 555-017%zu", i);
		where = strstr(cases[i].raw, "%s");
		raw = arena_fmt(kit_arena, "%.*s%s%s", (int)(where - cases[i].raw), cases[i].raw,
		    number, where + 2);
		r = kit_receive(kit_one, raw);
		number = arena_fmt(kit_arena, "+1919555017%zu", i);
		is_str(kit_cause(number), "word", "a STOP counts in an event %s", cases[i].promise);
		is_int(r.tray, 1, "which is kept for a person");
		(void)kit_newest(kit_one, number, 'i', &n);
		is_int(n, 0, "and makes no conversation");
	}
	r = kit_receive(kit_one,
	    "{\"type\":\"message-delivered\",\"to\":\"" CAT "\",\"message\":{\"id\":\"px\","
	    "\"direction\":\"out\",\"from\":\"" OUR "\",\"to\":[\"" CAT "\"],\"text\":\"STOP\"}}");
	(void)kit_receive(kit_one,
	    "{\"type\":\"message-held\",\"to\":\"" CAT
	    "\",\"message\":{\"id\":\"py\",\"owner\":\"" OUR "\",\"from\":\"" OUR
	    "\",\"to\":[\"" CAT "\"],\"text\":\"STOP\"}}");
	is_str(kit_cause(CAT), NULL, "our own text that comes back in a receipt is nobody's wish");
	is_str(kit_cause(OUR), NULL, "nor ours");
}

/* ---- automatic answers -------------------------------------------------------------------- */

static void
answers_on(struct organization *o)
{
	o->stop_reply = o->help_reply = true;
	o->help_text = "Call 919-555-0000.";
}

static void
answers_off(struct organization *o)
{
	o->stop_reply = o->help_reply = false;
}

static void
an_hour_ago(struct contact *c)
{
	c->help_answered -= 61 * CLOCK_MINUTE;
}

static void
too_late(struct message *m)
{
	m->send_before = clock_now() - 1;
}

static void
test_answers(void)
{
	struct kit k = {.org = kit_one};
	struct receive_result r;
	struct message m;
	struct claim c;
	size_t n;

	(void)kit_org(kit_one, answers_on);
	r = kit_receive(kit_one, kit_text_in("a1", "+19195550180", OUR, "STOP"));
	ok(r.wake, "a STOP is confirmed when the owner wants it");
	m = kit_newest(kit_one, "+19195550180", 'o', &n);
	is_str(m.by, "auto-stop", "by an automatic text");
	is_str(m.asked_from, OUR, "from the number that was written to");
	is_int(
	    kit_claim(kit_one, &c), CLAIM_POST, "which goes out although the person is opted out");
	is_str(c.message.id, m.id, "it alone");
	(void)kit_finish(kit_one, m.id, POST_ACCEPTED, "a1-out");
	r = kit_receive(kit_one, kit_text_in("a2", "+19195550180", OUR, "STOP"));
	ok(!r.wake, "a second STOP is not confirmed again");
	r = kit_receive(kit_one, kit_text_in("a3", "+19195550180", OUR, "HELP"));
	ok(!r.wake, "nor is HELP answered to who is opted out");
	(void)kit_receive(kit_one, kit_text_in("a4", "+19195550180", OUR, "START"));
	r = kit_receive(kit_one, kit_text_in("a5", "+19195550180", OUR, "QUIT"));
	ok(r.wake, "after a START a new STOP is confirmed anew");
	(void)kit_claim(kit_one, &c);
	(void)kit_finish(kit_one, c.message.id, POST_ACCEPTED, "a5-out");
	k.a = "+19195550184";
	(void)kit_receive(kit_one, kit_text_in("a12", k.a, OUR, "STOP"));
	(void)kit_run(set_person, &k);
	is_int(kit_claim(kit_one, &c), CLAIM_NONE,
	    "who was taken off the list by a person gets no confirmation either");
	is_str(kit_newest(kit_one, k.a, 'o', NULL).state, "cancelled", "it is taken back");

	r = kit_receive(kit_one, kit_text_in("a6", "+19195550181", OUR, "Help"));
	ok(r.wake, "HELP is answered");
	m = kit_newest(kit_one, "+19195550181", 'o', NULL);
	is_str(m.text, "Call 919-555-0000.", "with the organization's text");
	ok(m.reply, "at once");
	r = kit_receive(kit_one, kit_text_in("a7", "+19195550181", OUR, "info"));
	ok(!r.wake, "but once an hour only");
	(void)kit_contact(kit_one, "+19195550181", an_hour_ago);
	r = kit_receive(kit_one, kit_text_in("a8", "+19195550181", OUR, "info"));
	ok(r.wake, "then again");

	m = kit_newest(kit_one, "+19195550181", 'o', NULL);
	(void)kit_message(kit_one, m.id, too_late);
	while (kit_claim(kit_one, &c) == CLAIM_POST)
		(void)kit_finish(kit_one, c.message.id, POST_ACCEPTED, c.message.id);
	is_str(kit_state(kit_one, m.id), "cancelled", "an answer that comes too late is dropped");
	kit_number(kit_one, TOLL_FREE, "in-service");
	r = kit_receive(kit_one, kit_text_in("a9", "+19195550182", TOLL_FREE, "STOP"));
	ok(!r.wake, "on a toll-free number the network answers");
	is_str(kit_cause("+19195550182"), "word", "the STOP counts all the same");
	r = kit_receive(kit_one, kit_text_in("a10", "72345", OUR, "HELP"));
	ok(!r.wake, "short codes get no answer");
	r = kit_receive(kit_one, kit_text_in("a11", "+19195550183", "+19195559999", "HELP"));
	ok(!r.wake, "nor who wrote to a number that is not ours");
	(void)kit_org(kit_one, answers_off);
	while (kit_claim(kit_one, &c) == CLAIM_POST)
		(void)kit_finish(kit_one, c.message.id, POST_ACCEPTED, c.message.id);
}

/* ---- whatever comes ---------------------------------------------------------- */

static void
test_garbage(void)
{
	static const char *const garbage[] = {"null", "[]", "7", "\"x\"", "{}", "true",
	    "{\"type\":5}", "{\"type\":\"message-received\",\"message\":[]}",
	    "{\"type\":\"message-delivered\",\"to\":\"x\",\"message\":{\"id\":\"g\"}}"};
	struct receive_result r =
	    kit_receive_all(kit_one, garbage, sizeof garbage / sizeof garbage[0]);

	is_int(r.stored, sizeof garbage / sizeof garbage[0], "whatever comes is stored");
	is_int(r.tray, r.stored, "and needs a look");
}

static void
test_arrays(void)
{
	const char *many[250];
	struct receive_result r;
	size_t i, n;

	for (i = 0; i < 250; i++)
		many[i] = kit_text_in(
		    arena_fmt(kit_arena, "many-%zu", i % 240), "+19195550330", OUR, "Hi");
	r = kit_receive_all(kit_one, many, 250);
	is_int(r.stored, 240, "each event of a long array is stored");
	is_int(r.duplicates, 10, "once");
	(void)kit_newest(kit_one, "+19195550330", 'i', &n);
	is_int(n, 200, "and is a message");
	r = kit_receive_all(kit_one, many, 0);
	is_int(r.stored, 0, "an empty array is no fault");
}

int
main(void)
{
	kit_open();
	test_inbound();
	test_mms();
	test_odd_numbers();
	test_stop_start();
	test_order_of_words();
	test_start_limits();
	test_stop_whatever();
	test_answers();
	test_garbage();
	test_arrays();
	kit_close();
	return done_testing();
}
