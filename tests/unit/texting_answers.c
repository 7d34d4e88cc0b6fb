/*
 * texting_answers.c: what each answer of Bandwidth's does: nothing is lost, nothing
 * is sent twice, and a receipt may come before the answer to its own send.
 */
#include "texting_heard.h"

/* ---- answers --------------------------------------------------------------------------- */

static void
finish_with(const char *id, enum post_outcome outcome, int status, int64_t retry_after)
{
	struct post_answer a = {.outcome = outcome,
	    .status = status,
	    .words = "Bandwidth's words",
	    .retry_after = retry_after};

	is_int(outbox_finish(&kit_app, kit_one, id, &a), OK, "an answer %d is stored", status);
}

static void
test_retries(void)
{
	static const struct {
		enum post_outcome outcome;
		const char *why;
	} kinds[] = {{POST_BUSY, "busy"}, {POST_SERVER, "server"}, {POST_NOT_SENT, "not-sent"}};
	const char *id = kit_send(kit_one, BEN, "Hello");
	struct message m;
	int64_t wait, least = 1600, most = 2400;
	int i;

	for (i = 0; i < 12; i++) {
		(void)kit_claimed(id);
		finish_with(id, kinds[i % 3].outcome, 429, 0);
		m = kit_message(kit_one, id, NULL);
		wait = m.due - clock_now();
		ok(strcmp(m.state, "queued") == 0 && strcmp(m.held_why, kinds[i % 3].why) == 0,
		    "back in the queue: %s", m.held_why);
		ok(wait > least - 1000 && wait <= most,
		    "try %d waits %lld ms, doubling up to five minutes", i + 1, (long long)wait);
		least = least * 2 > 240000 ? 240000 : least * 2;
		most = most * 2 > 360000 ? 360000 : most * 2;
		(void)kit_message(kit_one, id, due_now);
	}
	is_int(m.attempts, 12, "each retry is a new claim");
	(void)kit_claimed(id);
	finish_with(id, POST_BUSY, 429, 20 * CLOCK_MINUTE);
	m = kit_message(kit_one, id, NULL);
	ok(m.due >= clock_now() + 19 * CLOCK_MINUTE, "Retry-After is heeded");
	(void)kit_message(kit_one, id, due_now);
	(void)kit_claimed(id);
	finish_with(id, POST_BUSY, 429, 20 * CLOCK_HOUR);
	m = kit_message(kit_one, id, NULL);
	is_int(m.due, m.send_before, "but never beyond the deadline");
	(void)kit_message(kit_one, id, due_now);
	(void)kit_claimed(id);
	(void)kit_finish(kit_one, id, POST_ACCEPTED, "retry1");
	ok(kit_message(kit_one, id, NULL).held_why == NULL, "in the end nothing of it is left");
}

static void
test_rejected(void)
{
	const char *id = kit_send(kit_one, BEN, "Hello");
	struct message m;

	(void)kit_claimed(id);
	finish_with(id, POST_REJECTED, 400, 0);
	m = kit_message(kit_one, id, NULL);
	is_str(m.state, "failed", "400 is final");
	is_str(m.error, "http-400", "with the status");
	ok(strstr(m.error_meaning, "Bandwidth's words") != NULL, "and Bandwidth's words");
	is_str(m.error_who, "admin", "for the admin");
}

static void
saved_later(struct organization *o)
{
	o->config_saved = clock_now() + CLOCK_MINUTE;
	o->cred_state = "unchecked";
}

static void
test_unauthorized(void)
{
	const char *id = kit_send(kit_one, BEN, "Hello");
	struct claim c;

	(void)kit_claimed(id);
	finish_with(id, POST_UNAUTHORIZED, 401, 0);
	is_str(kit_state(kit_one, id), "queued", "401 puts the message back");
	is_str(kit_org(kit_one, NULL).cred_state, "refused",
	    "and says that the credentials are refused");
	is_str(kit_org(kit_one, NULL).cred_words, "Bandwidth's words", "in Bandwidth's words");
	is_int(kit_claim(kit_one, &c), CLAIM_LATER, "nothing more is tried with them");
	(void)kit_org(kit_one, credentials_confirmed);
	(void)kit_claimed(id);
	(void)kit_org(kit_one, saved_later);
	finish_with(id, POST_UNAUTHORIZED, 401, 0);
	is_str(kit_org(kit_one, NULL).cred_state, "unchecked",
	    "an answer to older credentials says nothing about new ones");
	(void)kit_org(kit_one, credentials_confirmed);
	(void)kit_claimed(id);
	(void)kit_finish(kit_one, id, POST_ACCEPTED, "auth1");
}

static enum result
segments_today(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return counter_get(tx, kit_one, "segments", clock_day(clock_now()), &k->n);
}

static void
test_count_corrected(void)
{
	const char *id = kit_send(kit_one, BEN, "Hello");
	struct post_answer a = {
	    .outcome = POST_ACCEPTED, .status = 202, .service_id = "seg1", .segments = 3};
	struct kit before = {.org = kit_one}, after = {.org = kit_one};

	(void)kit_run(segments_today, &before);
	(void)kit_claimed(id);
	(void)outbox_finish(&kit_app, kit_one, id, &a);
	(void)kit_run(segments_today, &after);
	is_int(kit_message(kit_one, id, NULL).segments, 3,
	    "Bandwidth's count of segments is taken over");
	is_int(after.n - before.n, 2, "by the day's count too");
}

/* ---- receipts that are faster ------------------------------------------------------------ */

static void
test_early_receipts(void)
{
	const char *id = kit_send(kit_one, BEN, "Hello");
	struct message m;
	size_t before, after;

	(void)kit_claimed(id);
	(void)kit_receive(kit_one,
	    kit_receipt("message-delivered", "early1", OUR, BEN, kit_tag(kit_one, id), ""));
	is_str(kit_state(kit_one, id), "delivered", "a receipt may be faster than the answer");
	(void)kit_finish(kit_one, id, POST_ACCEPTED, "early1");
	m = kit_message(kit_one, id, NULL);
	is_str(m.state, "delivered", "the state stays final");
	is_str(m.service_id, "early1", "the id is stored");
	(void)kit_finish(kit_one, id, POST_UNKNOWN, NULL);
	is_str(kit_state(kit_one, id), "delivered", "whatever else comes");

	id = kit_send(kit_one, BEN, "Hello");
	(void)kit_claimed(id);
	(void)kit_tray(kit_one, &before);
	(void)kit_receive(
	    kit_one, kit_receipt("message-failed", "early2", OUR, BEN, "", ",\"errorCode\":4702"));
	is_str(kit_state(kit_one, id), "sending", "without our tag it is not known whose it is");
	(void)kit_tray(kit_one, &after);
	is_int(after, before + 1, "it is kept");
	(void)kit_finish(kit_one, id, POST_ACCEPTED, "early2");
	m = kit_message(kit_one, id, NULL);
	is_str(m.state, "failed", "and applied when the answer comes");
	is_int(m.error_code, 4702, "with its code");
	(void)kit_tray(kit_one, &after);
	is_int(after, before, "then it needs no look any more");
	is_str(kit_effect(kit_one), "state", "and says what it did");

	id = kit_send(kit_one, BEN, "Hello");
	(void)kit_claimed(id);
	finish_with(id, POST_SERVER, 500, 0);
	(void)kit_receive(kit_one,
	    kit_receipt("message-delivered", "early3", OUR, BEN, kit_tag(kit_one, id), ""));
	is_str(kit_state(kit_one, id), "delivered",
	    "a receipt for one that went back to the queue keeps it from being sent twice");
}

/* As deep as a callback may be. */
static void
test_deep_receipt(void)
{
	const char *id = kit_send(kit_one, BEN, "Hello"), *raw, *why;
	struct receive_result result;
	size_t n;
	json *event;

	(void)kit_claimed(id);
	raw = kit_receipt("message-delivered", "deep1", OUR, BEN, "",
	    ",\"more\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]");
	n = strlen(raw);
	event = json_parse(raw, n, EVENT_DEPTH, &why, NULL);
	is_int(receive_events(&kit_app, kit_one, &event, &raw, &n, 1, false, "r", &result), OK,
	    "a receipt with lists in lists is kept");
	json_free(event);
	(void)kit_finish(kit_one, id, POST_ACCEPTED, "deep1");
	is_str(kit_state(kit_one, id), "delivered", "and applied when the answer comes");
}

/* A worker that was taken for dead has its answer when another one tries again. */
static void
test_outdated(void)
{
	static const enum post_outcome outcomes[] = {
	    POST_NOT_SENT, POST_REJECTED, POST_UNAUTHORIZED, POST_BUSY, POST_SERVER, POST_UNKNOWN};
	struct message m = kit_lost();
	struct post_answer a = {.status = 500, .words = "late", .attempt = 1};
	const char *why;
	struct claim c;
	size_t i;

	(void)outbox_decide(&kit_app, kit_one, m.id, DECIDE_SEND, "x", "::1", &why);
	c = kit_claimed(m.id);
	is_int(c.message.attempts, 2, "it is being sent a second time");
	for (i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
		a.outcome = outcomes[i];
		is_int(outbox_finish(&kit_app, kit_one, m.id, &a), OK, "an answer to the first");
		is_str(kit_state(kit_one, m.id), "sending", "changes nothing about that");
	}
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "so it is not posted a third time");
	a = (struct post_answer){
	    .outcome = POST_ACCEPTED, .status = 202, .service_id = "late1", .attempt = 1};
	is_int(outbox_finish(&kit_app, kit_one, m.id, &a), OK, "but if the first was taken");
	is_str(kit_state(kit_one, m.id), "sent", "it was sent");
	a = (struct post_answer){.outcome = POST_NOT_SENT, .words = "x", .attempt = 2};
	is_int(outbox_finish(&kit_app, kit_one, m.id, &a), OK, "whatever became of the second");
	is_str(kit_state(kit_one, m.id), "sent", "it stays so");
}

int
main(void)
{
	kit_open();
	test_retries();
	test_rejected();
	test_unauthorized();
	test_count_corrected();
	test_early_receipts();
	test_deep_receipt();
	test_outdated();
	kit_close();
	return done_testing();
}
