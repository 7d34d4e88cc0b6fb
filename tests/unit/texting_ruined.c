/*
 * texting_ruined.c: one record that can't be read stops neither the organization's other
 * texts nor what is learnt about its own.
 */
#include "store/rec.h"
#include "store/tables.h"
#include "texting_heard.h"

struct ruin {
	enum table table;
	const char *id, *number;
};

static enum result
ruin_record(struct tx *tx, void *arg)
{
	const struct ruin *v = arg;
	struct key k;

	key_org(&k, kit_one);
	if (v->id != NULL)
		key_id(&k, v->id);
	else
		key_text(&k, v->number);
	return kv_put(tx, v->table, &k, "no json", 7);
}

static void
ruin_message(const char *id)
{
	struct ruin v = {T_MESSAGES, id, NULL};

	is_int(store_run(try_store, ruin_record, &v), OK, "a message is ruined");
}

static void
ruin_contact(const char *number)
{
	struct ruin v = {T_CONTACTS, NULL, number};

	is_int(store_run(try_store, ruin_record, &v), OK, "a contact is ruined");
}

static enum claim_result
claim_once(int tries, struct claim *c)
{
	struct queue_entry after;
	bool has_after = false;
	enum claim_result r = CLAIM_LATER;

	while (tries-- > 0 && (r == CLAIM_DONE || (r == CLAIM_LATER && (has_after || tries >= 0))))
		r = outbox_claim(&kit_app, 1, kit_one, 1000, kit_arena, c, &after, &has_after);
	return r;
}

static void
test_message(void)
{
	const char *bad = kit_send(kit_one, ANN, "1"), *good = kit_send(kit_one, BEN, "2");
	size_t before, n;
	struct claim c = {.tag = ""};

	(void)kit_tray(kit_one, &before);
	ruin_message(bad);
	is_int(claim_once(2, &c), CLAIM_POST, "the one behind a ruined text goes out");
	is_str(c.message.id, good, "it is that one");
	(void)kit_finish(kit_one, good, POST_ACCEPTED, "ruin1");
	is_int(claim_once(1, &c), CLAIM_LATER, "then nothing more can");
	(void)kit_tray(kit_one, &n);
	is_int(n, before + 1, "people are told, once");
}

static void
test_contact(void)
{
	const char *bad = kit_send(kit_one, CAT, "1"), *good = kit_send(kit_one, BEN, "2");
	struct message m;
	struct claim c = {.tag = ""};

	ruin_contact(CAT);
	is_int(claim_once(3, &c), CLAIM_POST, "a ruined contact does not stop the others");
	is_str(c.message.id, good, "the text behind goes out");
	(void)kit_finish(kit_one, good, POST_ACCEPTED, "ruin2");
	m = kit_message(kit_one, bad, NULL);
	is_str(m.state, "queued", "the text to it waits");
	is_str(m.held_why, "unreadable", "and says why");
	ok(m.due > clock_now() + CLOCK_MINUTE, "for a while");
}

static void
test_finish(void)
{
	static const char number[] = "+19195550160";
	const char *id = kit_send(kit_one, number, "Hello");
	struct message m;

	(void)kit_claimed(id);
	ruin_contact(number);
	is_int(kit_finish(kit_one, id, POST_ACCEPTED, "ruin3"), OK,
	    "the answer is stored though the contact can't be read");
	m = kit_message(kit_one, id, NULL);
	is_str(m.state, "sent", "as what it is");
	is_str(m.service_id, "ruin3", "with its id");
}

static void
test_recover(void)
{
	const char *bad = kit_send(kit_one, "+19195550161", "1"),
		   *good = kit_send(kit_one, "+19195550162", "2");
	size_t n;

	(void)kit_claimed(bad);
	(void)kit_claimed(good);
	ruin_message(bad);
	is_int(outbox_recover(&kit_app, kit_one, &n), OK, "recovery goes past a ruined text");
	is_int(n, 1, "and counts the others");
	is_str(kit_state(kit_one, good), "unknown", "which are looked for");
}

static void
test_unknown(void)
{
	static const char lost[] = "+19195550163", other[] = "+19195550164";
	const char *bad = kit_send(kit_one, lost, "1"), *good = kit_send(kit_one, other, "2");
	const char *ruined = kit_send(kit_one, "+19195550165", "0");
	struct message found;
	int64_t due;
	int i;

	(void)kit_claimed(bad);
	(void)kit_finish(kit_one, bad, POST_UNKNOWN, NULL);
	(void)kit_claimed(good);
	(void)kit_finish(kit_one, good, POST_UNKNOWN, NULL);
	(void)kit_claimed(ruined);
	(void)kit_finish(kit_one, ruined, POST_UNKNOWN, NULL);
	ruin_contact(lost);
	ruin_message(ruined);
	for (i = 0; i < 6; i++) {
		if (outbox_unknown_due(&kit_app, kit_one, clock_now() + CLOCK_MINUTE * 2, kit_arena,
			&found, &due) == OK)
			is_int(
			    outbox_unknown_resolve(&kit_app, kit_one, found.id, "9900902", NULL, 0),
			    OK, "a look is counted, whatever the contact's record");
	}
	ok(kit_message(kit_one, good, NULL).looks > 0, "the others are looked for");
}

static void
test_cancel_all(void)
{
	const char *bad = kit_send(kit_one, "+19195550166", "1");
	const char *good = kit_send(kit_one, "+19195550167", "2");
	size_t n;
	bool more;

	ruin_message(bad);
	is_int(outbox_cancel_all(&kit_app, kit_one, "x", "::1", &n, &more), OK,
	    "a text that can't be read keeps no other from being taken back");
	is_str(kit_state(kit_one, good), "cancelled", "it is");
	ok(n >= 1 && !more, "and the end is found");
}

/* Messages of a person that a STOP looks at are bounded, however few of them wait. */
#define MANY 12000

static enum result
put_many(struct tx *tx, void *arg)
{
	int64_t *base = arg;
	struct message m;
	char id[MESSAGE_ID];
	enum result r = OK;
	int i;

	for (i = 0; r == OK && i < 100; i++) {
		m = (struct message){.org = kit_one,
		    .contact_number = "+19195550170",
		    .user_number = OUR,
		    .text = "Hi",
		    .segments = 1,
		    .state = "received"};
		message_id_new(*base, id);
		m.id = arena_str(tx_arena(tx), id);
		m.created = *base;
		r = messages_put(tx, NULL, &m);
	}
	return r;
}

static void
test_bounded(void)
{
	const char *id = kit_send(kit_one, "+19195550170", "Hello");
	int64_t now = clock_now() + CLOCK_SECOND;
	struct claim c;
	int i;

	for (i = 0; i < MANY / 100; i++) {
		now++;
		if (store_run(try_store, put_many, &now) != OK)
			printf("# not stored\n");
	}
	(void)kit_receive(kit_one, kit_text_in("many1", "+19195550170", OUR, "STOP"));
	is_str(kit_cause("+19195550170"), "word", "a STOP behind many texts counts");
	is_str(kit_state(kit_one, id), "queued", "without looking at all of them");
	(void)kit_claim(kit_one, &c);
	is_str(kit_state(kit_one, id), "cancelled", "what it did not reach is stopped later");
}

int
main(void)
{
	kit_open();
	test_message();
	test_contact();
	test_finish();
	test_recover();
	test_unknown();
	test_cancel_all();
	test_bounded();
	kit_close();
	return done_testing();
}
