/*
 * texting_submit.c: what can't be sent is refused with its reason, and what
 * can be is queued once for each person.
 */
#include "texting_kit.h"

static const char *nobody[] = {NULL};

/* A submission of one text to a list of numbers. */
static struct kit
asked(const char **to, size_t n, const char *text)
{
	struct kit k = {
	    .s = {.org = kit_one, .to = {to, n}, .text = text, .by = "ann@example.org"}};

	return k;
}

static void
refused(struct kit k, const char *code, const char *field, const char *promise)
{
	int r = submit_check(&k.s, kit_arena, &k.fault);

	is_int(r, -1, "%s is refused", promise);
	if (r == 0)
		return;
	is_str(k.fault.code, code, "with the code %s", code);
	is_str(k.fault.field, field, "for the field %s", field);
	ok(strlen(k.fault.message) > 15, "and a sentence: %s", k.fault.message);
}

static char *
repeat(const char *s, size_t n)
{
	struct buf b = BUF_INIT(100000);
	char *copy;

	while (n-- > 0)
		buf_adds(&b, s);
	copy = arena_str(kit_arena, buf_str(&b));
	buf_free(&b);
	return copy;
}

static void
test_numbers(void)
{
	static const char *written[] = {
	    "(919) 555-0123", "+1 919 555 0124", "919.555.0123", "+19195550125"};
	static const char *bad[] = {"+19195550123", "12"}, *secret[] = {"911"};
	const char **many = arena_alloc(kit_arena, 1001 * sizeof *many);
	struct kit k = asked(written, 4, "Hello");
	size_t i;

	is_int(
	    submit_check(&k.s, kit_arena, &k.fault), 0, "numbers are taken as people write them");
	is_int(k.s.to.count, 3, "the same person twice counts once");
	is_str(k.s.to.items[0], ANN, "in E.164");
	is_str(k.s.to.items[2], CAT, "in the order given");
	ok(k.s.send_before > clock_now() + 11 * CLOCK_HOUR &&
		k.s.send_before <= clock_now() + 12 * CLOCK_HOUR,
	    "the deadline is 12 hours from now");

	refused(asked(bad, 2, "Hello"), "invalid_number", "to", "a list with a bad number");
	refused(asked(secret, 1, "Hello"), "invalid_number", "to", "an emergency number");
	refused(asked(nobody, 0, "Hello"), "no_recipient", "to", "a text to nobody");
	refused(asked(nobody, 1, "Hello"), "invalid_number", "to", "a missing number");
	for (i = 0; i < 1001; i++)
		many[i] = arena_fmt(kit_arena, "+1919555%04zu", i);
	refused(asked(many, 1001, "Hello"), "too_many_recipients", "to", "more than 1,000");
	k = asked(many, 1000, "Hello");
	is_int(submit_check(&k.s, kit_arena, &k.fault), 0, "1,000 are taken");
	k = asked(many, 11, "Hello");
	k.s.group = true;
	refused(k, "too_many_recipients", "to", "a group of 11");
}

static void
test_text(void)
{
	static const char *ann[] = {ANN};

	struct kit k = asked(ann, 1, repeat("x", 2048));

	is_int(submit_check(&k.s, kit_arena, &k.fault), 0, "2,048 characters are taken");
	k = asked(ann, 1, repeat("ä", 2048));
	is_int(submit_check(&k.s, kit_arena, &k.fault), 0, "characters are counted, not bytes");
	refused(asked(ann, 1, repeat("x", 2049)), "text_too_long", "text", "a text of 2,049");
	refused(asked(ann, 1, ""), "empty", "text", "an empty text");
	refused(asked(ann, 1, NULL), "empty", "text", "no text at all");
	refused(asked(ann, 1, " \n\t"), "empty", "text", "a text of blanks");
	refused(asked(ann, 1, "a\x01"), "text_invalid", "text", "a control character");
	refused(asked(ann, 1, "a\xff"), "text_invalid", "text", "broken UTF-8");
	k = asked(ann, 1, "Hello");
	k.s.send_before = clock_now() - 1;
	refused(k, "deadline_passed", "send_before", "a deadline that has passed");
	k = asked(ann, 1, "Hello");
	k.s.reference = repeat("r", 256);
	refused(k, "reference_too_long", "reference", "a reference of 256 bytes");
	k = asked(ann, 1, "Hello");
	k.s.from = "nobody";
	refused(k, "invalid_number", "from", "a sender that is no number");
}

static void
test_media(void)
{
	static const char *ann[] = {ANN};
	static const char *good[] = {"https://example.org/a.png?x=1#y"};
	static const char *const bad[] = {"http://example.org/a.png", "https://", "https:///a",
	    "https://example.org/a b", "javascript:alert(1)", "https://user@example.org/",
	    "https://example.org/\xc3\xa4", "file:///etc/passwd", ""};
	const char *eleven[11], *one[1];
	struct kit k = asked(ann, 1, NULL);
	size_t i;

	k.s.media = (struct text_list){good, 1};
	is_int(submit_check(&k.s, kit_arena, &k.fault), 0, "media need no text");
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		one[0] = bad[i];
		k = asked(ann, 1, "x");
		k.s.media = (struct text_list){one, 1};
		refused(k, "media_invalid", "media", bad[i]);
	}
	one[0] = arena_fmt(kit_arena, "https://example.org/%s", repeat("x", 4096));
	k.s.media = (struct text_list){one, 1};
	refused(k, "media_invalid", "media", "an address of more than 4,096 characters");
	for (i = 0; i < 11; i++)
		eleven[i] = good[0];
	k.s.media = (struct text_list){eleven, 11};
	refused(k, "media_invalid", "media", "eleven media");
}

static void
test_queued(void)
{
	static const char *three[] = {ANN, BEN, CAT}, *ann[] = {ANN};
	static const char *picture[] = {"https://example.org/a.png"};
	struct kit k = asked(three, 3, repeat("x", 161));

	k.s.reference = "ours-1";
	is_int(kit_submit(&k), OK, "a text to three people is queued");
	is_int(k.count, 3, "as three messages");
	is_str(k.list[1].contact_number, BEN, "in the order of the list");
	is_str(k.list[1].state, "queued", "waiting");
	is_int(k.list[1].segments, 2, "161 characters are two segments");
	is_str(k.list[1].reference, "ours-1", "with the caller's reference");
	is_str(kit_state(kit_one, k.list[2].id), "queued", "and they are in the store");
	ok(kit_state(kit_two, k.list[2].id) == NULL, "of this organization only");

	k = asked(three, 3, "Hello all");
	k.s.group = true;
	is_int(kit_submit(&k), OK, "a group is queued");
	is_int(k.count, 1, "as one message");
	is_int(k.list[0].segments, 1, "an MMS is one segment");
	is_int(k.list[0].group.count, 3, "to all of them");
	k = asked(ann, 1, "Hello");
	k.s.group = true;
	is_int(kit_submit(&k), OK, "a group of one is queued");
	is_int(k.list[0].group.count, 0, "as an ordinary text");
	k = asked(ann, 1, repeat("x", 500));
	k.s.media = (struct text_list){picture, 1};
	is_int(kit_submit(&k), OK, "a picture is queued");
	is_int(k.list[0].segments, 1, "as one segment however long the text");

	k = asked(ann, 1, "Hello");
	k.s.from = "(919) 555-0100";
	is_int(kit_submit(&k), OK, "our number in service can be asked for");
	is_str(k.list[0].asked_from, OUR, "and is noted in E.164");
	k.s.from = "+19195550999";
	is_int(kit_submit(&k), REFUSED, "a number that is not ours is refused");
	is_str(k.fault.code, "from_not_ours", "with its code");
	kit_number(kit_one, OUR2, "draining");
	k.s.from = OUR2;
	is_int(kit_submit(&k), REFUSED, "so is one that is not in service");
	k = asked(ann, 1, "Hello");
	k.s.org = 77;
	is_int(kit_submit(&k), NOT_FOUND, "an organization that there is not has no queue");
}

static void
wrote_now(struct contact *c)
{
	c->last_in = clock_now() - 59 * CLOCK_MINUTE;
}

static void
wrote_before(struct contact *c)
{
	c->last_in = clock_now() - 61 * CLOCK_MINUTE;
}

static void
is_dead(struct contact *c)
{
	c->last_error = 4720;
	c->last_error_at = clock_now();
}

static void
no_pictures(struct contact *c)
{
	c->last_error = 4409;
	c->last_error_at = clock_now();
}

static void
our_fault(struct contact *c)
{
	c->last_error = 4403;
	c->last_error_at = clock_now();
}

static enum result
opt_out(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return optout_set(tx, k->org, k->a, k->b, "test");
}

static enum result
hold(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return contact_hold(tx, k->org, k->a, "stop texting me");
}

static void
test_contacts(void)
{
	static const char *pair[] = {"+19195550130", "+19195550131"};
	struct kit k = {.org = kit_one, .a = pair[1], .b = "person"}, s;
	struct message m;

	(void)kit_contact(kit_one, pair[0], wrote_now);
	m = kit_message(kit_one, kit_send(kit_one, pair[0], "Hello"), NULL);
	ok(m.reply, "who wrote within the hour is replied to first");
	(void)kit_contact(kit_one, pair[0], wrote_before);
	m = kit_message(kit_one, kit_send(kit_one, pair[0], "Hello"), NULL);
	ok(!m.reply, "who wrote before that waits in line");

	is_int(kit_run(opt_out, &k), OK, "somebody is opted out");
	s = asked(pair, 2, "Hello");
	is_int(kit_submit(&s), OK, "a list with them is taken");
	is_str(s.list[0].state, "queued", "for the others");
	is_str(s.list[1].state, "failed", "theirs is stored as failed");
	is_str(s.list[1].error, "opted-out", "with the reason");
	s = asked(pair, 2, "Hello");
	s.s.group = true;
	is_int(kit_submit(&s), OK, "a group with them");
	is_str(s.list[0].state, "failed", "is refused whole");
	is_str(s.list[0].error, "opted-out", "with the reason");

	k.a = "+19195550132";
	is_int(kit_run(hold, &k), OK, "somebody is on hold");
	m = kit_message(kit_one, kit_send(kit_one, k.a, "Hello"), NULL);
	is_str(m.state, "held", "a text to them is held");
	is_str(m.held_why, "contact-held", "with the reason");

	(void)kit_contact(kit_one, "+19195550133", is_dead);
	m = kit_message(kit_one, kit_send(kit_one, "+19195550133", "Hello"), NULL);
	is_str(m.state, "failed", "a number that can't get texts is not texted again");
	is_int(m.error_code, 4720, "and the message says why");
	(void)kit_contact(kit_one, "+19195550133", no_pictures);
	m = kit_message(kit_one, kit_send(kit_one, "+19195550133", "Hello"), NULL);
	is_str(m.state, "queued", "one that only takes no pictures is");
	(void)kit_contact(kit_one, "+19195550133", our_fault);
	m = kit_message(kit_one, kit_send(kit_one, "+19195550133", "Hello"), NULL);
	is_str(m.state, "queued", "an error of our own is not held against a number");
}

/* The most that can be asked for at once. */
static void
test_thousand(void)
{
	const char **many = arena_alloc(kit_arena, 1000 * sizeof *many);
	struct kit k = asked(many, 1000, "Hello");
	size_t i, queued = 0;

	for (i = 0; i < 1000; i++)
		many[i] = arena_fmt(kit_arena, "+1919556%04zu", i);
	is_int(kit_submit(&k), OK, "a text to a thousand is queued in one transaction");
	for (i = 0; i < k.count; i++)
		queued += strcmp(kit_state(kit_one, k.list[i].id), "queued") == 0;
	is_int(queued, 1000, "as a thousand messages");
}

static void
limit_ten(struct organization *o)
{
	o->daily_segments = 10;
}

static void
resume(struct organization *o)
{
	o->paused = false;
	o->paused_why = NULL;
}

static enum result
counted(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return counter_get(tx, k->org, k->a, clock_day(clock_now()), &k->n);
}

static void
test_limits(void)
{
	static const char *ten[] = {"+19195550140", "+19195550141", "+19195550142", "+19195550143",
	    "+19195550144", "+19195550145", "+19195550146", "+19195550147", "+19195550148",
	    "+19195550149"};
	struct token token = {.id = "1f2e3d4c", .daily_segments = 3};
	struct kit k = asked(ten, 10, "Hello"), c = {.org = kit_two, .a = "segments"};

	(void)kit_org(kit_two, limit_ten);
	k.s.org = kit_two;
	is_int(kit_submit(&k), OK, "what a day allows is queued");
	ok(!kit_org(kit_two, NULL).paused, "and nothing happens");
	(void)kit_run(counted, &c);
	is_int(c.n, 10, "it was counted");
	k = asked(ten, 1, "Hello");
	k.s.org = kit_two;
	is_int(kit_submit(&k), OK, "one more is queued too");
	is_str(k.list[0].state, "queued", "so that nothing is lost");
	ok(kit_org(kit_two, NULL).paused, "but sending is paused");
	is_str(kit_org(kit_two, NULL).paused_why, "daily-limit", "with the reason");
	(void)kit_org(kit_two, resume);
	is_int(kit_submit(&k), OK, "after somebody resumed");
	ok(!kit_org(kit_two, NULL).paused, "it goes on");

	k = asked(ten, 3, "Hello");
	k.s.org = kit_two;
	k.s.token = &token;
	k.s.group = true;
	is_int(kit_submit(&k), OK, "a token asks for a group of three");
	ok(!kit_org(kit_two, NULL).paused, "which is its limit");
	c.a = "segments:1f2e3d4c";
	(void)kit_run(counted, &c);
	is_int(c.n, 3, "a group counts for each recipient");
	k = asked(ten, 1, "Hello");
	k.s.org = kit_two;
	k.s.token = &token;
	is_int(kit_submit(&k), OK, "then for one more");
	ok(kit_org(kit_two, NULL).paused, "which pauses sending");
	is_str(kit_org(kit_two, NULL).paused_by, "token 1f2e3d4c", "and names the token");
}

int
main(void)
{
	kit_open();
	test_numbers();
	test_text();
	test_media();
	test_queued();
	test_contacts();
	test_thousand();
	test_limits();
	kit_close();
	return done_testing();
}
