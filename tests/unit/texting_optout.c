/*
 * texting_optout.c: who asked to be left alone is left alone, over all numbers,
 * until what took them off the list may put them back.
 */
#include "store/meta.h"
#include "texting_heard.h"

#define DAN "+19195550188"
#define EVE "+19195550199"

static const char *refusal;

static enum result
tx_set(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return optout_set(tx, k->org, k->a, k->b, "detail");
}

static enum result
tx_clear(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return optout_clear(tx, k->org, k->a, k->b, "detail", &refusal);
}

static enum result
tx_hold(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return contact_hold(tx, k->org, k->a, k->b);
}

static enum result
tx_release(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return contact_release(tx, k->org, k->a, k->n, "ann@example.org");
}

static enum result
set(const char *number, const char *cause)
{
	struct kit k = {.org = kit_one, .a = number, .b = cause};

	return kit_run(tx_set, &k);
}

static enum result
clear(const char *number, const char *cause)
{
	struct kit k = {.org = kit_one, .a = number, .b = cause};

	refusal = NULL;
	return kit_run(tx_clear, &k);
}

/* ---- causes --------------------------------------------------------------------------- */

static void
test_causes(void)
{
	static const struct {
		const char *first, *second, *stands;
	} orders[] = {{"word", "person", "person"}, {"word", "code", "word"},
	    {"person", "word", "person"}, {"person", "code", "code"}, {"code", "word", "code"},
	    {"code", "person", "code"}};
	static const struct {
		const char *standing, *by;
		enum result want;
	} takers[] = {{"word", "word", OK}, {"person", "word", REFUSED}, {"code", "word", REFUSED},
	    {"word", "person", OK}, {"person", "person", OK}, {"code", "person", REFUSED}};
	const char *number;
	size_t i;

	for (i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		number = arena_fmt(kit_arena, "+1919555020%zu", i);
		(void)set(number, orders[i].first);
		(void)set(number, orders[i].second);
		is_str(kit_contact(kit_one, number, NULL).opt_out_cause, orders[i].stands,
		    "%s, then %s: %s stands", orders[i].first, orders[i].second, orders[i].stands);
	}
	for (i = 0; i < sizeof takers / sizeof takers[0]; i++) {
		number = arena_fmt(kit_arena, "+1919555021%zu", i);
		(void)set(number, takers[i].standing);
		is_int(clear(number, takers[i].by), takers[i].want,
		    "a %s's opt-out, a %s takes it back", takers[i].standing, takers[i].by);
		ok((refusal != NULL) == (takers[i].want == REFUSED), "a refusal says why");
		ok(kit_contact(kit_one, number, NULL).opted_out == (takers[i].want == REFUSED),
		    "and the record agrees");
	}
	is_int(clear("+19195550299", "word"), NOT_FOUND, "nobody can be put back who never was");
	is_int(clear("+19195550210", "word"), NOT_FOUND, "or who is back already");
}

/* ---- what waits ------------------------------------------------------------------------- */

static void
test_cancels(void)
{
	const char *queued = kit_send(kit_one, ANN, "One"), *other = kit_send(kit_one, BEN, "Two");
	struct kit g = {.s = {.org = kit_one, .group = true, .text = "All", .by = "x@example.org"}};
	static const char *members[] = {BEN, ANN};
	struct kit k = {.org = kit_one, .a = ANN, .b = "please don't"};
	struct claim c;

	g.s.to = (struct text_list){members, 2};
	(void)kit_submit(&g);
	is_int(set(ANN, "word"), OK, "Ann says STOP");
	is_str(kit_state(kit_one, queued), "cancelled", "what waited for her is taken back");
	is_str(kit_message(kit_one, queued, NULL).error, "opted-out", "with the reason");
	is_str(kit_state(kit_one, other), "queued", "what waits for Ben is not");
	is_int(kit_claim(kit_one, &c), CLAIM_POST, "Ben's text is claimed");
	is_str(c.message.id, other, "Ben's own");
	(void)kit_finish(kit_one, other, POST_ACCEPTED, "b1");
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "and nothing else");
	is_str(kit_state(kit_one, g.list[0].id), "cancelled",
	    "a group that she is in is taken back at its turn");
	is_int(kit_run(tx_hold, &k), OK, "a hold changes nothing for who is opted out");
	ok(!kit_contact(kit_one, ANN, NULL).held, "she is not held as well");
	(void)clear(ANN, "person");
	(void)clear(BEN, "person");
}

static void
test_thousands(void)
{
	static const char *ann[] = {ANN};
	struct kit k = {.s = {.org = kit_one, .to = {ann, 1}, .text = "x", .by = "x@example.org"}};
	const char *ids[1010];
	struct claim c;
	size_t i, waiting = 0;

	for (i = 0; i < 1010; i++) {
		(void)kit_submit(&k);
		ids[i] = k.list[0].id;
	}
	is_int(set(ANN, "word"), OK, "Ann says STOP with 1,010 texts waiting");
	for (i = 0; i < 1010; i++)
		waiting += strcmp(kit_state(kit_one, ids[i]), "queued") == 0;
	is_int(waiting, 10, "1,000 are taken back at once");
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "the rest is stopped one by one");
	for (i = 0; i < 1010 && strcmp(kit_state(kit_one, ids[i]), "cancelled") == 0;)
		i++;
	is_int(i, 1010, "in the end all are taken back and none was sent");
	(void)clear(ANN, "person");
}

/* ---- holds ------------------------------------------------------------------------------- */

static void
dead(struct contact *c)
{
	c->last_error = 4720;
	c->last_error_at = clock_now();
}

static void
test_holds(void)
{
	struct kit k = {.org = kit_one, .a = CAT, .b = "wrong number"};
	const char *before = kit_send(kit_one, CAT, "Hello"), *after;
	struct claim c;

	is_int(kit_run(tx_hold, &k), OK, "Cat sounds as if she wanted no more");
	after = kit_send(kit_one, CAT, "Hello again");
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "nothing goes out to her");
	is_str(kit_state(kit_one, before), "held", "what waited before is held at its turn");
	is_str(kit_state(kit_one, after), "held", "what came later is held at once");
	is_str(
	    kit_contact(kit_one, CAT, NULL).held_why, "wrong number", "and what she said is kept");
	is_int(kit_run(tx_release, &k), OK, "a person says it is all right");
	is_str(kit_state(kit_one, before), "queued", "what was held goes on");
	is_str(kit_state(kit_one, after), "queued", "all of it");
	is_int(kit_run(tx_release, &k), NOT_FOUND, "there is nothing to release twice");

	(void)kit_run(tx_hold, &k);
	(void)set(CAT, "word");
	ok(!kit_contact(kit_one, CAT, NULL).held, "a STOP settles what the hold asked");
	is_str(kit_state(kit_one, before), "cancelled", "and takes back what was held");

	(void)kit_contact(kit_one, BEN, dead);
	k.a = BEN;
	is_int(
	    kit_run(tx_release, &k), OK, "a number that a carrier called dead can be tried again");
	is_int(kit_contact(kit_one, BEN, NULL).last_error, 0, "when a person says so");
}

/* STOP, START, STOP; the START was refused for a while and comes last. */
static void
test_last_word(void)
{
	const char *id;

	(void)kit_receive(kit_one, kit_text_late("s1", CAT, OUR, "STOP", 10 * CLOCK_MINUTE));
	(void)kit_receive(kit_one, kit_text_late("s3", CAT, OUR, "STOP", CLOCK_MINUTE));
	(void)kit_receive(kit_one, kit_text_late("s2", CAT, OUR, "START", 5 * CLOCK_MINUTE));
	is_str(kit_cause(CAT), "word", "the last thing somebody wrote is STOP");
	id = kit_send(kit_one, CAT, "Hello");
	is_str(kit_state(kit_one, id), "failed", "and they are not texted");
	(void)kit_receive(kit_one, kit_text_late("s4", CAT, OUR, "START", 0));
	ok(kit_cause(CAT) == NULL, "a START after it counts");
}

/* Somebody decides by what a page showed, and meanwhile more came in. */
static void
test_wrote_again(void)
{
	struct kit k = {.org = kit_one, .a = EVE};

	(void)kit_receive(kit_one, kit_text_in("w1", EVE, OUR, "para"));
	k.n = kit_contact(kit_one, EVE, NULL).held_at;
	clock_sleep(2);
	(void)kit_receive(kit_one, kit_text_in("w2", EVE, OUR, "Stop texting me"));
	is_int(kit_run(tx_release, &k), REFUSED, "what nobody has read still holds");
	ok(kit_contact(kit_one, EVE, NULL).held, "their texts");
	k.n = kit_contact(kit_one, EVE, NULL).held_at;
	is_int(kit_run(tx_release, &k), OK, "until it was read");
}

/* A text to a group stands under whom it names first, and waits for any of them. */
static void
test_group(void)
{
	struct kit k = {.org = kit_one, .a = EVE, .b = "please stop"};
	struct kit g = {.s = {.org = kit_one, .group = true, .text = "To the group", .by = "x"}};
	const char *id;

	is_int(kit_run(tx_hold, &k), OK, "a decision about somebody is due");
	g.s.to.items = arena_alloc(kit_arena, 2 * sizeof *g.s.to.items);
	g.s.to.items[0] = ANN;
	g.s.to.items[1] = EVE;
	g.s.to.count = 2;
	is_int(kit_submit(&g), OK, "a text to them and another");
	id = g.list[0].id;
	is_str(kit_message(kit_one, id, NULL).held_why, "contact-held", "waits for it");
	is_int(kit_run(tx_release, &k), OK, "it is made");
	ok(strcmp(kit_state(kit_one, id), "held") != 0, "and the text goes on");
}

/* What waited for a decision about somebody when the copy was made; the last test of this store. */
static void
test_copied(void)
{
	struct kit k = {.org = kit_one, .a = DAN};
	const char *id;

	(void)kit_receive(kit_one, kit_text_in("q1", DAN, OUR, "para"));
	id = kit_send(kit_one, DAN, "Hello");
	is_str(
	    kit_message(kit_one, id, NULL).held_why, "contact-held", "a text waits for a decision");
	is_int(meta_mark_copy(try_store, "The data was restored."), OK, "the store is a copy");
	is_int(kit_run(tx_release, &k), OK, "somebody decides to go on");
	is_str(kit_message(kit_one, id, NULL).held_why, "copied",
	    "which the former installation may have done before");
}

int
main(void)
{
	kit_open();
	test_causes();
	test_last_word();
	test_cancels();
	test_thousands();
	test_holds();
	test_wrote_again();
	test_group();
	test_copied();
	kit_close();
	return done_testing();
}
