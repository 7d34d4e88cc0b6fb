/*
 * texting_forget.c: what forgetting a person removes, writes over, leaves and waits for: others
 * keep their own record, and everything agrees afterwards.
 */
#include "texting_forget.h"

#include "store/idempotency.h"

#define EVE "+19195550127"

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
	(void)kit_receive(kit_one, kit_receipt("message-failed", "x", OUR, EVE, "", ""));
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

/* What came in while the clock was hours ahead has a time that is still to come. */
static void
test_clock_ahead(void)
{
	struct forget_piece p;

	clock_use(clock_system() - clock_boot() + 5 * CLOCK_HOUR);
	(void)kit_receive(
	    kit_one, kit_text_late("ahead-1", "+19195550151", OUR, "My secret", 5 * CLOCK_HOUR));
	clock_use(0);
	p = forget("+19195550151");
	is_int(p.d.since, 0, "a text that came before it was asked for, when the clock was ahead,");
	is_int(p.d.texts, 1, "is from before");
	is_int(found("+19195550151"), 0, "and goes, with its event");
	is_whole("a clock ahead");
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

int
main(void)
{
	kit_open();
	test_groups();
	test_events();
	test_meanwhile();
	test_clock_ahead();
	test_waiting();
	kit_close();
	return done_testing();
}
