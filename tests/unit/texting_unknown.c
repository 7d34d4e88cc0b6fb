/*
 * texting_unknown.c: what nobody knows is looked for, bound only to what it must be,
 * and never sent again by itself.
 */
#include "store/meta.h"
#include "texting_heard.h"

static int64_t shift; /* how far long_ago moves times back */

static void
long_ago(struct message *m)
{
	m->posted -= shift;
	m->due -= shift;
}

/* ---- unknown ones --------------------------------------------------------------------------- */

static struct listed
listed(const struct message *m, const char *service_id)
{
	struct listed l = {.service_id = service_id,
	    .from = m->user_number,
	    .to = m->contact_number,
	    .kind = "sms",
	    .status = "SENT",
	    .direction = "OUTBOUND",
	    .segments = m->segments,
	    .time = m->posted + CLOCK_SECOND};

	return l;
}

static void
resolve(const struct message *m, const struct listed *l, size_t n)
{
	is_int(outbox_unknown_resolve(&kit_app, kit_one, m->id, "9900902", l, n), OK,
	    "a look is stored");
}

static void
test_looks(void)
{
	static const int64_t after[] = {10, 60, 300, 900, 3600};
	struct message m = kit_lost(), found;
	int64_t due;
	const char *why;
	int i;

	is_str(m.state, "unknown", "a lost answer leaves the message unknown");
	for (i = 0; i < 5; i++) {
		is_int(outbox_look_due(m.posted, i), m.posted + after[i] * 1000,
		    "look %d is due after %lld s", i + 1, (long long)after[i]);
		is_int(outbox_unknown_due(&kit_app, kit_one, m.posted + after[i] * 1000 - 1,
			   kit_arena, &found, &due),
		    NOT_FOUND, "not before");
		is_int(due, m.posted + after[i] * 1000, "which the worker is told");
		is_int(outbox_unknown_due(&kit_app, kit_one, due, kit_arena, &found, &due), OK,
		    "but then");
		is_str(found.id, m.id, "it is that one");
		resolve(&m, NULL, 0);
		is_int(kit_message(kit_one, m.id, NULL).looks, i + 1, "a look in vain is counted");
	}
	m = kit_message(kit_one, m.id, NULL);
	is_str(m.state, "unknown", "after the last it stays unknown");
	is_str(m.held_why, "unknown-open", "for a person");
	is_int(outbox_unknown_due(&kit_app, kit_one, m.posted + CLOCK_DAY, kit_arena, &found, &due),
	    NOT_FOUND, "it is not looked for again");
	is_int(outbox_look_due(m.posted, 5), 0, "there is no sixth look");
	is_int(
	    outbox_decide(&kit_app, kit_one, m.id, DECIDE_WAS_SENT, "ann@example.org", "::1", &why),
	    OK, "a person says it was sent");
	is_str(kit_state(kit_one, m.id), "sent", "so it is");
}

static void
test_not_asked(void)
{
	struct message m = kit_lost(), found;
	const char *why;
	int64_t due;

	is_int(outbox_unknown_resolve(&kit_app, kit_one, m.id, NULL, NULL, 0), OK,
	    "Bandwidth could not be asked");
	is_int(kit_message(kit_one, m.id, NULL).looks, 0, "that counts for no look");
	is_int(outbox_unknown_due(&kit_app, kit_one, clock_now(), kit_arena, &found, &due),
	    NOT_FOUND, "and is tried a little later");
	ok(due < clock_now() + CLOCK_MINUTE, "not much");
	is_int(
	    outbox_decide(&kit_app, kit_one, m.id, DECIDE_GIVE_UP, "ann@example.org", "::1", &why),
	    OK, "a person gives it up");
	is_str(kit_state(kit_one, m.id), "failed", "it fails");
	is_str(kit_message(kit_one, m.id, NULL).error, "given-up", "with that reason");
}

/* Each difference alone keeps a listed message from being bound. */
static void
test_differences(void)
{
	static const char *const what[] = {"direction", "from", "to", "segments", "kind",
	    "a time too early", "a time too late", "an id that is another message's",
	    "a missing direction", "a missing id"};
	struct message m;
	struct listed l;
	const char *why;
	size_t i;

	(void)kit_sent(kit_one, ANN, "taken-2");
	for (i = 0; i < sizeof what / sizeof what[0]; i++) {
		m = kit_lost();
		l = listed(&m, arena_fmt(kit_arena, "diff%zu", i));
		if (i == 0)
			l.direction = "INBOUND";
		else if (i == 1)
			l.from = "+19195559999";
		else if (i == 2)
			l.to = ANN;
		else if (i == 3)
			l.segments = 2;
		else if (i == 4)
			l.kind = "mms";
		else if (i == 5)
			l.time = m.posted - 2 * CLOCK_MINUTE - 1;
		else if (i == 6)
			l.time = m.posted + 2 * CLOCK_MINUTE + 1;
		else if (i == 7)
			l.service_id = "taken-2";
		else if (i == 8)
			l.direction = NULL;
		else
			l.service_id = NULL;
		resolve(&m, &l, 1);
		is_str(kit_state(kit_one, m.id), "unknown", "not bound: %s", what[i]);
		(void)outbox_decide(&kit_app, kit_one, m.id, DECIDE_GIVE_UP, "x", "::1", &why);
	}
}

static void
test_bound(void)
{
	struct message m = kit_lost();
	struct listed l[3] = {listed(&m, "bound1"), listed(&m, "bound2"), listed(&m, "bound1")};

	resolve(&m, l, 2);
	is_str(kit_state(kit_one, m.id), "unknown", "two candidates are none");
	is_int(kit_message(kit_one, m.id, NULL).looks, 1, "which counts as a look");
	l[1] = l[0];
	l[1].to = "9195550124";
	l[2].time = m.posted - 2 * CLOCK_MINUTE;
	resolve(&m, l, 3);
	m = kit_message(kit_one, m.id, NULL);
	is_str(m.state, "sent", "one candidate binds, though listed on two pages");
	is_str(m.service_id, "bound1", "with its id");
	(void)kit_receive(kit_one, kit_receipt("message-delivered", "bound1", OUR, BEN, "", ""));
	is_str(kit_state(kit_one, m.id), "delivered", "and its receipts find it");

	m = kit_lost();
	l[0] = listed(&m, "bound3");
	l[0].status = "FAILED";
	l[0].error_code = 4702;
	resolve(&m, l, 1);
	m = kit_message(kit_one, m.id, NULL);
	is_str(m.state, "failed", "an end that the list tells is taken over");
	is_int(m.error_code, 4702, "with its code");

	m = kit_lost();
	(void)kit_receive(kit_one, kit_receipt("message-delivered", "bound4", OUR, BEN, "", ""));
	l[0] = listed(&m, "bound4");
	resolve(&m, l, 1);
	is_str(kit_state(kit_one, m.id), "delivered",
	    "a receipt that waited for its message is applied");
}

static void
test_resend(void)
{
	struct message m = kit_lost();
	const char *why;
	struct claim c;
	int i;

	kit_settings.unknown_resend = true;
	for (i = 0; i < 5; i++)
		resolve(&m, NULL, 0);
	is_str(kit_state(kit_one, m.id), "queued",
	    "with UNKNOWN_RESEND=yes it goes back to the queue after the last look");
	c = kit_claimed(m.id);
	is_int(c.message.attempts, 2, "and is posted again");
	(void)kit_finish(kit_one, m.id, POST_UNKNOWN, NULL);
	for (i = 0; i < 5; i++)
		resolve(&m, NULL, 0);
	is_str(kit_state(kit_one, m.id), "unknown", "lost again, it is not posted a third time");
	is_str(kit_message(kit_one, m.id, NULL).held_why, "unknown-open", "a person decides");
	kit_settings.unknown_resend = false;
	(void)kit_receive(
	    kit_one, kit_receipt("message-delivered", "first-try", OUR, BEN, c.tag, ""));
	is_str(kit_state(kit_one, m.id), "delivered", "a late receipt of the first one counts");
	(void)kit_finish(kit_one, m.id, POST_ACCEPTED, "second-try");
	is_str(kit_message(kit_one, m.id, NULL).service_id, "second-try",
	    "the answer's id is the one that stays");

	m = kit_lost();
	is_int(outbox_decide(&kit_app, kit_one, m.id, DECIDE_SEND, "ann@example.org", "::1", &why),
	    OK, "a person says: send it again");
	(void)kit_receive(kit_one, kit_receipt("message-failed", "old-try", OUR, BEN,
				       kit_tag(kit_one, m.id), ",\"errorCode\":4702"));
	is_str(kit_state(kit_one, m.id), "queued",
	    "a failure of the first attempt does not end the second");
	(void)kit_claimed(m.id);
	(void)kit_finish(kit_one, m.id, POST_ACCEPTED, "new-try");
	(void)kit_receive(kit_one, kit_receipt("message-failed", "old-try", OUR, BEN,
				       kit_tag(kit_one, m.id), ",\"errorCode\":4720"));
	is_str(kit_state(kit_one, m.id), "sent", "nor does one that comes later");
}

/* Bandwidth speaks of an attempt while the text waits to be sent a second time. */
static void
test_taken_meanwhile(void)
{
	static const char *const types[] = {"message-sending", "message-sent"};
	struct message m;
	struct claim c;
	const char *why;
	size_t i;

	for (i = 0; i < 2; i++) {
		m = kit_lost();
		(void)outbox_decide(&kit_app, kit_one, m.id, DECIDE_SEND, "x", "::1", &why);
		(void)kit_receive(kit_one, kit_receipt(types[i], arena_fmt(kit_arena, "took%zu", i),
					       OUR, BEN, kit_tag(kit_one, m.id), ""));
		is_str(kit_state(kit_one, m.id), "sent", "%s of the first attempt: it went out",
		    types[i]);
		is_int(kit_claim(kit_one, &c), CLAIM_NONE, "and is not posted again");
	}

	m = kit_lost();
	(void)outbox_decide(&kit_app, kit_one, m.id, DECIDE_SEND, "x", "::1", &why);
	(void)kit_receive(kit_one, kit_receipt("message-failed", "took3", OUR, BEN,
				       kit_tag(kit_one, m.id), ",\"errorCode\":4470"));
	ok(kit_message(kit_one, m.id, NULL).service_id == NULL,
	    "the id of an attempt that failed is not the text's");
	(void)kit_claimed(m.id);
	(void)kit_finish(kit_one, m.id, POST_BUSY, NULL);
	(void)kit_receive(kit_one, kit_receipt("message-failed", "took3", OUR, BEN,
				       kit_tag(kit_one, m.id), ",\"errorCode\":4470,\"x\":1"));
	is_str(kit_state(kit_one, m.id), "queued",
	    "nor does a failure end it when the second attempt was not taken");
	(void)kit_message(kit_one, m.id, due_now);
	c = kit_claimed(m.id);
	(void)kit_receive(kit_one,
	    kit_receipt("message-failed", "took3", OUR, BEN, c.tag, ",\"errorCode\":4470,\"x\":2"));
	(void)kit_receive(kit_one,
	    kit_receipt("message-failed", "took4", OUR, BEN, c.tag, ",\"errorCode\":4471"));
	is_str(kit_state(kit_one, m.id), "sending",
	    "before its answer nobody knows which attempt a failure is about");
	(void)kit_finish(kit_one, m.id, POST_ACCEPTED, "took4");
	is_str(kit_state(kit_one, m.id), "failed", "then it counts");
	is_int(kit_message(kit_one, m.id, NULL).error_code, 4471, "the one that is about it");

	m = kit_lost();
	(void)outbox_decide(&kit_app, kit_one, m.id, DECIDE_SEND, "x", "::1", &why);
	c = kit_claimed(m.id);
	(void)kit_finish(kit_one, m.id, POST_UNKNOWN, NULL);
	(void)kit_receive(kit_one,
	    kit_receipt("message-failed", "took7", OUR, BEN, c.tag, ",\"errorCode\":4471"));
	is_str(kit_state(kit_one, m.id), "unknown", "nor when the answer was lost");
	{
		struct message again = kit_message(kit_one, m.id, NULL);
		struct listed l = listed(&again, "took7");

		resolve(&again, &l, 1);
	}
	is_str(kit_state(kit_one, m.id), "failed", "until Bandwidth's list says it");
}

static void
taken_before(struct message *m)
{
	m->service_id = "took5";
}

static void
test_claim_forgets_id(void)
{
	const char *id = kit_send(kit_one, BEN, "Hello");
	struct claim c;

	(void)kit_message(kit_one, id, taken_before);
	c = kit_claimed(id);
	ok(c.message.service_id == NULL, "a claim forgets the id of an earlier attempt");
	(void)kit_receive(kit_one,
	    kit_receipt("message-failed", "took6", OUR, BEN, c.tag, ",\"errorCode\":4471"));
	is_str(kit_state(kit_one, id), "failed", "so that it does not judge this one's receipts");
}

static void
test_found_meanwhile(void)
{
	struct message m = kit_lost();
	struct listed l[2] = {listed(&m, "meanwhile1"), listed(&m, "meanwhile2")};
	struct claim c;
	const char *why;

	(void)outbox_decide(&kit_app, kit_one, m.id, DECIDE_SEND, "x", "::1", &why);
	resolve(&m, l, 2);
	is_str(kit_state(kit_one, m.id), "queued", "two candidates say nothing about it");
	resolve(&m, NULL, 0);
	is_int(kit_message(kit_one, m.id, NULL).looks, 0, "nor does a look in vain");
	l[0].time = m.posted + 3 * CLOCK_MINUTE;
	resolve(&m, l, 1);
	is_str(kit_state(kit_one, m.id), "queued", "nor one that is too far from its POST");
	l[0].time = m.posted + CLOCK_SECOND;
	resolve(&m, l, 1);
	is_str(kit_state(kit_one, m.id), "sent",
	    "found at Bandwidth while it waits to be sent again: it went out");
	is_str(kit_message(kit_one, m.id, NULL).service_id, "meanwhile1", "under that id");
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "and is not posted again");
}

static void
test_behind_unknown(void)
{
	struct message m = kit_lost();
	const char *next = kit_send(kit_one, BEN, "Next"), *why;
	struct claim c;
	int i;

	for (i = 0; i < 5; i++)
		resolve(&m, NULL, 0);
	is_int(kit_claim(kit_one, &c), CLAIM_NONE,
	    "behind one that waits for a person nothing goes out");
	is_str(kit_state(kit_one, next), "held", "it is held");
	is_str(kit_message(kit_one, next, NULL).held_why, "unknown-open", "and says why");
	is_int(outbox_decide(&kit_app, kit_one, next, DECIDE_SEND, "x", "::1", &why), REFUSED,
	    "and can't be sent before");
	ok(why != NULL && strstr(why, "earlier") != NULL, "which is explained");
	is_int(outbox_decide(&kit_app, kit_one, m.id, DECIDE_WAS_SENT, "x", "::1", &why), OK,
	    "the person decides");
	is_str(kit_state(kit_one, next), "queued", "and it goes on");
	(void)kit_claimed(next);
	(void)kit_finish(kit_one, next, POST_ACCEPTED, "behind1");
}

static void
test_recover(void)
{
	const char *one = kit_send(kit_one, ANN, "1"), *two = kit_send(kit_one, CAT, "2"), *why;
	struct claim c;
	size_t n;

	(void)kit_claim(kit_one, &c);
	(void)kit_claim(kit_one, &c);
	is_int(outbox_recover(&kit_app, kit_one, &n), OK, "a worker finds what a dead one left");
	is_int(n, 2, "all of it");
	is_str(kit_state(kit_one, one), "unknown", "nobody knows whether it was posted");
	is_str(kit_state(kit_one, two), "unknown", "of either");
	ok(kit_message(kit_one, one, NULL).due > clock_now(), "it will be looked for");
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "it is not posted again");
	is_int(outbox_recover(&kit_app, kit_one, &n), OK, "once more");
	is_int(n, 0, "finds nothing");
	shift = 2 * CLOCK_HOUR;
	(void)kit_message(kit_one, one, long_ago);
	is_int(
	    kit_finish(kit_one, one, POST_ACCEPTED, "rec1"), OK, "if the answer comes after all");
	is_str(kit_state(kit_one, one), "sent", "it counts");
	(void)outbox_decide(&kit_app, kit_one, two, DECIDE_GIVE_UP, "x", "::1", &why);
}

/* In a copy of a store that may have done so itself.  Nothing is sent afterwards. */
static void
test_copied(void)
{
	struct message m;
	int i;

	(void)kit_contact(kit_one, BEN, forget_error);
	m = kit_lost();
	is_int(meta_mark_copy(try_store, "It was moved."), OK, "the store is a copy");
	kit_settings.unknown_resend = true;
	for (i = 0; i < 5; i++)
		resolve(&m, NULL, 0);
	kit_settings.unknown_resend = false;
	is_str(kit_state(kit_one, m.id), "unknown",
	    "what was posted before the data was copied is not posted again by itself");
	is_str(kit_message(kit_one, m.id, NULL).held_why, "unknown-open", "a person decides");
}

static void
month(struct message *m)
{
	m->posted -= 30 * CLOCK_DAY;
	m->due = clock_now() - 1;
}

/* Bandwidth's list can never be had: somebody has to know of it. */
static void
test_never_asked(void)
{
	struct message m;

	(void)kit_contact(kit_one, BEN, forget_error);
	m = kit_lost();
	is_int(outbox_unknown_resolve(&kit_app, kit_one, m.id, NULL, NULL, 0), OK,
	    "it could not be looked for");
	ok(kit_message(kit_one, m.id, NULL).held_why == NULL, "for a while it is tried again");
	(void)kit_message(kit_one, m.id, month);
	is_int(outbox_unknown_resolve(&kit_app, kit_one, m.id, NULL, NULL, 0), OK, "nor later");
	m = kit_message(kit_one, m.id, NULL);
	is_str(m.held_why, "unknown-open", "then it waits for a person");
	struct listed l = listed(&m, "bw-at-last");
	resolve(&m, &l, 1);
	is_str(kit_state(kit_one, m.id), "sent", "and may still be found");
}

static void
another_account(struct organization *o)
{
	o->account_id = "9900903";
}

static void
first_account(struct organization *o)
{
	o->account_id = "9900902";
}

static void
of_old(struct message *m)
{
	m->account = NULL;
}

/* It is looked for where it was posted, or nowhere: not finding it elsewhere says nothing. */
static void
test_other_account(void)
{
	struct message m = kit_lost();
	struct listed l = listed(&m, "bw-elsewhere");
	const char *next, *why;
	struct claim c;
	int i;

	is_str(m.account, "9900902", "a text knows the account that it was posted to");
	kit_settings.unknown_resend = true;
	(void)kit_org(kit_one, another_account);
	for (i = 0; i < 5; i++)
		is_int(outbox_unknown_resolve(&kit_app, kit_one, m.id, "9900903", &l, 1), OK,
		    "what another account lists is of no use");
	m = kit_message(kit_one, m.id, NULL);
	is_str(m.state, "unknown", "it is neither bound to that nor posted again");
	is_int(m.looks, 0, "nor has it been looked for");
	is_str(m.held_why, "other-account", "a person decides");
	next = kit_send(kit_one, BEN, "Next");
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "nothing goes out behind it");
	is_str(kit_message(kit_one, next, NULL).held_why, "unknown-open", "until then");
	is_int(outbox_decide(&kit_app, kit_one, m.id, DECIDE_SEND, "x", "::1", &why), OK,
	    "who says to send it");
	c = kit_claimed(m.id);
	is_str(c.message.account, "9900903", "and it goes to the account entered now");
	(void)kit_finish(kit_one, m.id, POST_ACCEPTED, "bw-second");
	(void)kit_claimed(next);
	(void)kit_finish(kit_one, next, POST_ACCEPTED, "bw-next");

	m = kit_lost();
	(void)kit_org(kit_one, first_account);
	l = listed(&m, "bw-before");
	is_int(outbox_unknown_resolve(&kit_app, kit_one, m.id, "9900903", &l, 1), OK,
	    "an account that was left while it was asked");
	is_str(kit_state(kit_one, m.id), "sent", "tells about its own texts");

	kit_settings.unknown_resend = false;
	m = kit_lost();
	(void)kit_message(kit_one, m.id, of_old);
	is_int(outbox_unknown_resolve(&kit_app, kit_one, m.id, "9900903", NULL, 0), OK,
	    "one that an older version posted");
	is_int(kit_message(kit_one, m.id, NULL).looks, 1, "is looked for where it can be");
	(void)outbox_decide(&kit_app, kit_one, m.id, DECIDE_GIVE_UP, "x", "::1", &why);
}

/* As spokectl moved does. */
static enum result
tx_moved(struct tx *tx, void *arg)
{
	(void)arg;
	return meta_put(tx, "sending-held", NULL);
}

/* What waits behind another when the copy is made, and the former installation sends both. */
static void
test_copied_behind(bool by_receipt)
{
	(void)kit_contact(kit_one, BEN, forget_error);
	struct message first = kit_lost();
	const char *second = kit_send(kit_one, BEN, "The second text");
	const char *service = by_receipt ? "bw-behind-1" : "bw-behind-2";
	struct claim c = {.tag = ""};
	struct listed l;

	(void)kit_claim(kit_one, &c);
	is_int(meta_mark_copy(try_store, "The data was restored."), OK, "the store is a copy");
	is_int(kit_run(tx_moved, NULL), OK, "the former installation is stopped");
	l = listed(&first, service);
	if (by_receipt)
		(void)kit_receive(kit_one, kit_receipt("message-delivered", service, OUR, BEN,
					       kit_tag(kit_one, first.id), ""));
	else
		resolve(&first, &l, 1);
	ok(strcmp(kit_state(kit_one, first.id), "unknown") != 0,
	    "it becomes known what became of one");
	(void)kit_claim(kit_one, &c);
	is_str(kit_message(kit_one, second, NULL).held_why, "copied",
	    "the one behind it may have been sent, too");
}

int
main(void)
{
	kit_open();
	test_looks();
	test_not_asked();
	test_differences();
	test_bound();
	(void)kit_contact(kit_one, BEN, forget_error);
	test_resend();
	(void)kit_contact(kit_one, BEN, forget_error);
	test_taken_meanwhile();
	test_claim_forgets_id();
	test_found_meanwhile();
	(void)kit_contact(kit_one, BEN, forget_error);
	test_behind_unknown();
	test_recover();
	test_never_asked();
	test_other_account();
	test_copied_behind(true);
	test_copied_behind(false);
	test_copied();
	kit_close();
	return done_testing();
}
