/*
 * texting_outbox.c: a claim sends what may be sent, and nothing else, in order.
 */
#include "texting_heard.h"

static void
due_later(struct message *m)
{
	m->due = clock_now() + CLOCK_MINUTE;
}

/* ---- claims ------------------------------------------------------------------------- */

static void
test_claim(void)
{
	const char *id = kit_send(kit_one, ANN, "Hello");
	struct claim c = kit_claimed(id);
	struct message m = kit_message(kit_one, id, NULL);

	is_str(m.state, "sending", "a claim is written before the POST");
	is_str(m.user_number, OUR, "with the number");
	is_int(m.attempts, 1, "the attempt");
	ok(m.posted > 0, "and its time");
	is_str(c.tag, kit_tag(kit_one, id), "the tag names organization and message");
	is_str(c.org.account_id, "9900902", "the claim has what the POST needs");
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "it is claimed once");
	is_int(kit_finish(kit_one, id, POST_ACCEPTED, "c1"), OK, "202");
	m = kit_message(kit_one, id, NULL);
	is_str(m.state, "sent", "makes it sent");
	is_str(m.service_id, "c1", "with Bandwidth's id");
	ok(kit_contact(kit_one, ANN, NULL).last_out > 0, "the person's record knows");
}

static void
test_asked_from(void)
{
	static const char *ann[] = {ANN};
	struct kit k = {
	    .s = {
		.org = kit_one, .to = {ann, 1}, .text = "x", .from = OUR2, .by = "x@example.org"}};
	struct claim c;

	kit_number(kit_one, OUR2, "in-service");
	(void)kit_submit(&k);
	c = kit_claimed(k.list[0].id);
	is_str(c.message.user_number, OUR2, "the number that the caller asked for wins");
	(void)kit_finish(kit_one, c.message.id, POST_ACCEPTED, "af1");
	k.s.from = OUR;
	(void)kit_submit(&k);
	kit_number(kit_one, OUR, "draining");
	c = kit_claimed(k.list[0].id);
	is_str(c.message.user_number, OUR2, "unless it went out of service meanwhile");
	(void)kit_finish(kit_one, c.message.id, POST_ACCEPTED, "af2");
	kit_number(kit_one, OUR, "in-service");
	kit_number(kit_one, OUR2, "gone");
}

static void
credentials_refused(struct organization *o)
{
	o->cred_state = "refused";
}

static void
credentials_elsewhere(struct organization *o)
{
	o->cred_url = "http://127.0.0.1:1/api http://127.0.0.1:1/token";
}

static void
other_service(struct organization *o)
{
	o->service = o->service == NULL ? "twilio" : NULL;
}

static void
test_gates(void)
{
	const char *id = kit_send(kit_one, BEN, "Hello");
	struct claim c;

	is_int(outbox_pause(&kit_app, kit_one, true, "person", "ann@example.org", "::1"), OK,
	    "PAUSE SENDING");
	is_int(kit_claim(kit_one, &c), CLAIM_LATER, "takes effect before the next POST");
	is_str(kit_org(kit_one, NULL).paused_by, "ann@example.org", "and says who");
	is_int(
	    outbox_pause(&kit_app, kit_one, false, NULL, "ann@example.org", "::1"), OK, "resumed");
	ok(kit_org(kit_one, NULL).paused_why == NULL, "nothing of it stays");
	(void)kit_org(kit_one, credentials_refused);
	is_int(kit_claim(kit_one, &c), CLAIM_LATER, "refused credentials hold the queue");
	(void)kit_org(kit_one, credentials_confirmed);
	(void)kit_org(kit_one, credentials_elsewhere);
	is_int(kit_claim(kit_one, &c), CLAIM_LATER, "so do those entered for another address");
	(void)kit_org(kit_one, credentials_confirmed);
	(void)kit_org(kit_one, other_service);
	is_int(kit_claim(kit_one, &c), CLAIM_LATER, "and another service");
	(void)kit_org(kit_one, other_service);
	is_str(kit_state(kit_one, id), "queued", "nothing fails of all that");
	(void)kit_claimed(id);
	(void)kit_finish(kit_one, id, POST_ACCEPTED, "gate1");
	is_int(kit_claim(kit_two, &c), CLAIM_NONE,
	    "an organization without messages has nothing to do");
}

static void
is_dead(struct contact *c)
{
	c->last_error = 4720;
	c->last_error_at = clock_now();
}

static void
test_dead(void)
{
	const char *id = kit_send(kit_one, BEN, "Hello");
	struct claim c;

	(void)kit_contact(kit_one, BEN, is_dead);
	is_int(kit_claim(kit_one, &c), CLAIM_NONE,
	    "a number that turned out to be dead is not texted");
	is_str(kit_state(kit_one, id), "failed", "what waited for it fails");
	is_int(kit_message(kit_one, id, NULL).error_code, 4720, "with the code");
	(void)kit_contact(kit_one, BEN, forget_error);
}

static void
test_pace(void)
{
	const char *id = kit_send(kit_one, BEN,
	    "A text with a č is counted in another alphabet, so that seventy characters are all");
	struct queue_entry after;
	bool has_after = false;
	struct claim c;

	is_int(outbox_claim(&kit_app, 1, kit_one, 1, kit_arena, &c, &after, &has_after),
	    CLAIM_LATER, "a text of two segments waits for a pace of two");
	ok(!has_after, "and nothing passes it");
	is_int(c.needs, 2, "the worker is told how much it needs");
	is_int(outbox_claim(&kit_app, 1, kit_one, 2, kit_arena, &c, &after, &has_after), CLAIM_POST,
	    "then goes");
	(void)kit_finish(kit_one, id, POST_ACCEPTED, "pace1");
}

static void
test_deadline(void)
{
	const char *id = kit_send(kit_one, BEN, "Hello"), *why;
	struct claim c;

	(void)kit_message(kit_one, id, deadline_over);
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "past its deadline a text is not sent");
	is_str(kit_state(kit_one, id), "held", "but held");
	is_str(kit_message(kit_one, id, NULL).held_why, "deadline", "with the reason");
	is_int(
	    outbox_decide(&kit_app, kit_one, id, DECIDE_WAS_SENT, "ann@example.org", "::1", &why),
	    REFUSED, "it can't have been sent");
	ok(why != NULL, "says a sentence");
	is_int(outbox_decide(&kit_app, kit_one, id, DECIDE_SEND, "ann@example.org", "::1", &why),
	    OK, "a person can send it after all");
	ok(kit_message(kit_one, id, NULL).send_before > clock_now() + 11 * CLOCK_HOUR,
	    "with a new deadline");
	(void)kit_claimed(id);
	(void)kit_finish(kit_one, id, POST_ACCEPTED, "dead1");
	is_str(kit_state(kit_one, id), "sent", "and it goes out");
	is_int(outbox_decide(&kit_app, kit_one, id, DECIDE_SEND, "ann@example.org", "::1", &why),
	    REFUSED, "then there is nothing to decide");
	id = kit_send(kit_one, BEN, "Hello");
	(void)kit_message(kit_one, id, deadline_over);
	(void)kit_claim(kit_one, &c);
	is_int(outbox_decide(&kit_app, kit_one, id, DECIDE_GIVE_UP, "ann@example.org", "::1", &why),
	    OK, "or give it up");
	is_str(kit_state(kit_one, id), "cancelled", "which takes it back");
	is_int(outbox_decide(&kit_app, kit_two, id, DECIDE_GIVE_UP, "ann@example.org", "::1", &why),
	    NOT_FOUND, "nobody decides for another organization");
}

/* ---- pairs ---------------------------------------------------------------------------- */

static void
test_pairs(void)
{
	const char *first = kit_send(kit_one, CAT, "1"), *second = kit_send(kit_one, CAT, "2"),
		   *third;
	struct claim c = kit_claimed(first);

	is_int(
	    kit_claim(kit_one, &c), CLAIM_LATER, "a second text to a person waits for the first");
	is_str(kit_state(kit_one, second), "queued", "in the queue");
	is_str(kit_message(kit_one, second, NULL).held_why, "earlier-open", "and says what for");
	(void)kit_finish(kit_one, first, POST_ACCEPTED, "p1");
	(void)kit_message(kit_one, second, due_later);
	third = kit_send(kit_one, CAT, "3");
	is_int(kit_claim(kit_one, &c), CLAIM_LATER, "a third one does not overtake it");
	(void)kit_message(kit_one, second, due_now);
	(void)kit_claimed(second);
	(void)kit_finish(kit_one, second, POST_UNKNOWN, NULL);
	(void)kit_message(kit_one, third, due_now);
	is_int(kit_claim(kit_one, &c), CLAIM_LATER, "one in doubt holds the others up");
	ok(kit_message(kit_one, third, NULL).due > clock_now() + 5 * CLOCK_SECOND,
	    "until the next look");
	(void)kit_receive(kit_one,
	    kit_receipt("message-delivered", "p2", OUR, CAT, kit_tag(kit_one, second), ""));
	is_str(kit_state(kit_one, second), "delivered", "its receipt resolves it");
	is_str(kit_message(kit_one, second, NULL).service_id, "p2", "and brings its id");
	ok(kit_message(kit_one, third, NULL).due <= clock_now(),
	    "and lets the next one go at once");
	(void)kit_claimed(third);
	(void)kit_finish(kit_one, third, POST_ACCEPTED, "p3");
}

int
main(void)
{
	kit_open();
	test_claim();
	test_asked_from();
	test_gates();
	test_dead();
	test_pace();
	test_deadline();
	test_pairs();
	kit_close();
	return done_testing();
}
