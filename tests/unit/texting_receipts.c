/*
 * texting_receipts.c: a receipt moves its message forward, whenever it comes and
 * however often, and never anything that is not this organization's.
 */
#include "texting_heard.h"

/* ---- receipts ------------------------------------------------------------------------------ */

static void
test_order(void)
{
	static const struct {
		const char *first, *second, *third, *end;
	} orders[] = {
	    {"message-sending", "message-sent", "message-delivered", "delivered"},
	    {"message-delivered", "message-sent", "message-sending", "delivered"},
	    {"message-delivered", "message-failed", "message-sent", "delivered"},
	    {"message-failed", "message-delivered", "message-sending", "failed"},
	    {"message-sent", "message-read", "message-sending", "sent"},
	    {"message-read", "message-failed", "message-failed", "failed"},
	};
	const char *id, *svc, *to, *from;
	size_t i, tray;

	for (i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		to = arena_fmt(kit_arena, "+1919555030%zu", i);
		svc = arena_fmt(kit_arena, "order-%zu", i);
		id = kit_sent(kit_one, to, svc);
		from = kit_message(kit_one, id, NULL).user_number;
		(void)kit_receive(kit_one, kit_receipt(orders[i].first, svc, from, to,
					       kit_tag(kit_one, id), ",\"errorCode\":4720"));
		(void)kit_receive(kit_one,
		    kit_receipt(orders[i].second, svc, from, to, "", ",\"errorCode\":4720"));
		(void)kit_receive(kit_one, kit_receipt(orders[i].third, svc, from, to,
					       kit_tag(kit_one, id), ",\"errorCode\":4720"));
		is_str(kit_state(kit_one, id), orders[i].end, "%s, %s, %s: %s", orders[i].first,
		    orders[i].second, orders[i].third, orders[i].end);
	}
	(void)kit_tray(kit_one, &tray);
	is_int(tray, 0, "whatever the order, nobody has to look at it");
	ok(kit_message(kit_one, id, NULL).finished > 0, "an end has its time");
	is_int(kit_message(kit_one, id, NULL).error_code, 4720, "a failure its code");
	ok(kit_message(kit_one, id, NULL).error_meaning != NULL, "a meaning");
	is_str(kit_message(kit_one, id, NULL).error_who, "nobody", "and who must act");
}

static void
test_codes(void)
{
	static const struct {
		int code;
		bool marks, opts_out;
	} codes[] = {{4720, true, false}, {4403, false, false}, {4476, false, false},
	    {4770, false, false}, {9902, false, false}, {4702, true, false}, {4775, true, true},
	    {4475, true, true}};
	const char *id, *to, *svc, *from;
	struct contact c;
	size_t i;

	for (i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		to = arena_fmt(kit_arena, "+1919555031%zu", i);
		svc = arena_fmt(kit_arena, "code-%zu", i);
		id = kit_sent(kit_one, to, svc);
		from = kit_message(kit_one, id, NULL).user_number;
		(void)kit_receive(
		    kit_one, kit_receipt("message-failed", svc, from, to, kit_tag(kit_one, id),
				 arena_fmt(kit_arena, ",\"errorCode\":%d,\"carrierName\":\"AT&T\"",
				     codes[i].code)));
		c = kit_contact(kit_one, to, NULL);
		is_str(kit_state(kit_one, id), "failed", "%d fails the message", codes[i].code);
		is_int(c.last_error, codes[i].marks ? codes[i].code : 0, "%d %s the contact",
		    codes[i].code, codes[i].marks ? "marks" : "does not mark");
		ok(c.opted_out == codes[i].opts_out, "%d %s", codes[i].code,
		    codes[i].opts_out ? "opts out" : "does not opt out");
		is_str(c.carrier, "AT&T", "the carrier is learnt");
	}
	is_str(c.opt_out_cause, "code", "the cause is the code");
	is_str(c.opt_out_detail, "4475", "which is kept");
	(void)kit_receive(kit_one, kit_text_in("back", to, OUR, "It's me"));
	is_int(kit_contact(kit_one, to, NULL).last_error, 0, "who writes has a number that works");
}

static void
test_unknown_message(void)
{
	struct receive_result r;
	size_t before, after;

	(void)kit_tray(kit_one, &before);
	r = kit_receive(kit_one, kit_receipt("message-failed", "nowhere", OUR, "+19195550320",
				     "1|0192f0c1a2b3c4d5", ",\"errorCode\":4775"));
	is_int(r.tray, 1, "a receipt for nothing we know is kept for a person");
	(void)kit_tray(kit_one, &after);
	is_int(after, before + 1, "in the tray");
	is_str(kit_tray(kit_one, NULL), "A receipt for a message that we don't know.",
	    "with its reason");
	is_str(kit_cause("+19195550320"), "code", "the opt-out in it counts");
	r = kit_receive(kit_one, kit_receipt("message-failed", "nowhere", OUR, "+19195550320", "",
				     ",\"errorCode\":4775"));
	is_int(r.duplicates, 1, "once");
	r = kit_receive(kit_one,
	    "{\"type\":\"message-failed\",\"to\":\"+19195550321\",\"errorCode\":4475,\"message\":{}}");
	is_str(kit_cause("+19195550321"), "code", "also when the event is not complete");
	r = kit_receive(kit_one, kit_receipt("message-exploded", "n2", OUR, ANN, "", ""));
	is_int(r.tray, 1, "an unknown type is kept");
	ok(strstr(kit_tray(kit_one, NULL), "message-exploded") != NULL, "and named");
	r = kit_receive(kit_one, kit_receipt("message-read", "n3", OUR, ANN, "", ""));
	is_int(r.tray, 0, "read receipts are only stored");
	is_str(kit_effect(kit_one), "none", "and do nothing");
}

/* ---- between organizations ------------------------------------------------------------------- */

static void
test_isolation(void)
{
	const char *id = kit_sent(kit_one, "+19195550340", "iso-1"), *tag = kit_tag(kit_one, id);
	const char *from = kit_message(kit_one, id, NULL).user_number;
	struct message m;

	(void)kit_receive(kit_two, kit_receipt("message-failed", "iso-1", from, "+19195550340", tag,
				       ",\"errorCode\":4720"));
	is_str(kit_state(kit_one, id), "sent",
	    "another organization's receipt with our tag and id does nothing");
	is_str(kit_tray(kit_two, NULL), "A receipt for a message that we don't know.",
	    "it is unknown there");
	is_int(
	    kit_contact(kit_one, "+19195550340", NULL).last_error, 0, "our contact is untouched");
	(void)kit_receive(kit_one, kit_receipt("message-delivered", "iso-x", from, "+19195550341",
				       tag, ",\"errorCode\":4720"));
	is_str(kit_state(kit_one, id), "sent", "a tag with another recipient is not believed");
	(void)kit_receive(kit_one, kit_receipt("message-delivered", "iso-y", "+19195559999",
				       "+19195550340", tag, ",\"errorCode\":4720"));
	is_str(kit_state(kit_one, id), "sent", "nor with another sender");
	(void)kit_receive(kit_one, kit_receipt("message-delivered", "iso-1", "+19195559999",
				       "+19195550340", kit_tag(kit_two, id), ""));
	is_str(kit_state(kit_one, id), "delivered",
	    "with another organization's tag the id decides, within ours");
	(void)kit_receive(kit_one, kit_text_in("iso-in", ANN, OUR, "Hello"));
	m = kit_newest(kit_one, ANN, 'i', NULL);
	(void)kit_receive(kit_one,
	    kit_receipt("message-failed", m.service_id, OUR, ANN, kit_tag(kit_one, m.id), ""));
	is_str(
	    kit_state(kit_one, m.id), "received", "a receipt for a text that came in does nothing");
	is_str(kit_tray(kit_one, NULL), "A receipt for a message that we don't know.",
	    "we know of no such text of ours");
	id = kit_send(kit_one, "+19195550342", "not yet sent");
	(void)kit_receive(kit_one, kit_receipt("message-delivered", "iso-z", OUR, "+19195550342",
				       kit_tag(kit_one, id), ""));
	is_str(kit_state(kit_one, id), "queued", "nor does one for a text that was never posted");
}

/* ---- groups -------------------------------------------------------------------------------------- */

static const char *
group_sent(const char *svc, const char **to, size_t n)
{
	struct kit k = {.s = {.org = kit_one,
			    .to = {to, n},
			    .group = true,
			    .text = "All",
			    .by = "x@example.org"}};
	struct claim c;

	(void)kit_submit(&k);
	while (kit_claim(kit_one, &c) == CLAIM_POST && strcmp(c.message.id, k.list[0].id) != 0)
		(void)kit_finish(kit_one, c.message.id, POST_ACCEPTED, c.message.id);
	(void)kit_finish(kit_one, k.list[0].id, POST_ACCEPTED, svc);
	return k.list[0].id;
}

static void
group_receipt(const char *type, const char *svc, const char *id, const char *to, int code)
{
	struct message m = kit_message(kit_one, id, NULL);

	(void)kit_receive(
	    kit_one, kit_receipt(type, svc, m.user_number, to, kit_tag(kit_one, id),
			 code == 0 ? "" : arena_fmt(kit_arena, ",\"errorCode\":%d", code)));
}

static void
test_groups(void)
{
	static const char *to[] = {"+19195550350", "+19195550351", "+19195550352"};
	const char *id = group_sent("g1", to, 3);
	struct message m;

	group_receipt("message-delivered", "g1", id, to[0], 0);
	is_str(kit_state(kit_one, id), "sent", "a group is not delivered by one receipt");
	group_receipt("message-delivered", "g1", id, to[0], 0);
	group_receipt("message-failed", "g1", id, to[0], 4720);
	is_int(kit_message(kit_one, id, NULL).group_final.count, 1, "each recipient has one end");
	group_receipt("message-delivered", "g1", id, "+19195550359", 0);
	is_int(kit_message(kit_one, id, NULL).group_final.count, 1, "a stranger none");
	group_receipt("message-delivered", "g1", id, to[1], 0);
	group_receipt("message-delivered", "g1", id, to[2], 0);
	m = kit_message(kit_one, id, NULL);
	is_str(m.state, "delivered", "all three make it delivered");
	ok(m.error_meaning == NULL, "without a note");

	id = group_sent("g2", to, 3);
	group_receipt("message-failed", "g2", id, to[0], 4702);
	group_receipt("message-delivered", "g2", id, to[1], 0);
	group_receipt("message-failed", "g2", id, to[2], 4775);
	m = kit_message(kit_one, id, NULL);
	is_str(m.state, "delivered", "one of three makes it delivered too");
	ok(strstr(m.error_meaning, "1 of 3") != NULL &&
		strstr(m.error_meaning, "(919) 555-0350") != NULL &&
		strstr(m.error_meaning, "(919) 555-0352") != NULL &&
		strstr(m.error_meaning, "0351") == NULL,
	    "with a note who did not get it: %s", m.error_meaning);
	is_str(kit_cause(to[2]), "code", "an opt-out of a member counts");
	is_str(kit_cause(to[0]), NULL, "for that member only");

	id = group_sent("g3", to, 2);
	group_receipt("message-failed", "g3", id, to[0], 4702);
	is_str(kit_state(kit_one, id), "sent", "one failure does not fail a group");
	group_receipt("message-failed", "g3", id, to[1], 4720);
	m = kit_message(kit_one, id, NULL);
	is_str(m.state, "failed", "all do");
	is_int(m.error_code, 4720, "with the code");
}

int
main(void)
{
	kit_open();
	test_order();
	test_codes();
	test_unknown_message();
	test_isolation();
	test_groups();
	kit_close();
	return done_testing();
}
