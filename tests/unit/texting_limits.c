/*
 * texting_limits.c: what turns out dearer, or is sent again, counts against the daily
 * limits like what was asked for.
 */
#include "store/people.h"
#include "texting_kit.h"

static const char *people[] = {"+19195550140", "+19195550141", "+19195550142", "+19195550143",
    "+19195550144", "+19195550145", "+19195550146", "+19195550147", "+19195550148", "+19195550149",
    "+19195550150"};

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
	o->daily_segments = 100000;
}

static enum result
counted(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return counter_get(tx, k->org, k->a, clock_day(clock_now()), &k->n);
}

static enum result
put_token(struct tx *tx, void *arg)
{
	return tokens_put(tx, "spk_0123456789012345678901234567890123456789012", arg);
}

static enum result
newest_audit(struct tx *tx, void *arg)
{
	struct kit *k = arg;
	struct audit *list;
	size_t i, n;
	enum result r = audit_list(tx, k->org, 0, 20, kit_arena, &list, &n);

	k->why = NULL;
	for (i = 0; r == OK && i < n && k->why == NULL; i++) {
		if (strcmp(list[i].what, "sending.pause") == 0)
			k->why = list[i].detail;
	}
	return r;
}

static void
last_detail_matches(const char *words, const char *name)
{
	struct kit k = {.org = kit_two};

	(void)kit_run(newest_audit, &k);
	ok(k.why != NULL && strstr(k.why, words) != NULL, "%s: %s", name,
	    k.why == NULL ? "nothing" : k.why);
}

static void
test_later_counts(void)
{
	struct token token = {.org = kit_two,
	    .id = "0a1b2c3d",
	    .name = "t",
	    .may_send = true,
	    .created = 1,
	    .daily_segments = 4};
	struct kit k = {.s = {.org = kit_two, .to = {people, 1}, .text = "Hello", .token = &token}};
	struct kit c = {.org = kit_two, .a = "segments:0a1b2c3d"};
	struct post_answer a = {
	    .outcome = POST_ACCEPTED, .status = 202, .service_id = "later1", .segments = 3};
	struct claim claim;
	const char *why;

	kit_number(kit_two, OUR2, "in-service");
	(void)store_run(try_store, put_token, &token);
	is_int(kit_submit(&k), OK, "a token's text");
	is_int(kit_claim(kit_two, &claim), CLAIM_POST, "goes out");
	(void)outbox_finish(&kit_app, kit_two, claim.message.id, &a);
	(void)kit_run(counted, &c);
	is_int(c.n, 3, "Bandwidth's higher count of segments counts for the token too");
	ok(!kit_org(kit_two, NULL).paused, "which does not reach its limit");
	is_int(kit_submit(&k), OK, "another one");
	is_int(kit_claim(kit_two, &claim), CLAIM_POST, "goes out");
	a.service_id = "later2";
	(void)outbox_finish(&kit_app, kit_two, claim.message.id, &a);
	ok(kit_org(kit_two, NULL).paused, "Bandwidth's count can reach a limit and pauses");
	is_str(kit_org(kit_two, NULL).paused_why, "token-limit", "with the reason");
	is_int(kit_org(kit_two, NULL).paused_limit, 4, "the limit");
	is_str(kit_org(kit_two, NULL).paused_token, "0a1b2c3d", "and whose it is");
	last_detail_matches("token 0a1b2c3d", "the audit says whose limit it is");

	(void)kit_org(kit_two, resume);
	is_int(kit_submit(&k), OK, "one more");
	is_int(kit_claim(kit_two, &claim), CLAIM_POST, "goes out");
	(void)kit_finish(kit_two, claim.message.id, POST_UNKNOWN, NULL);
	(void)kit_run(counted, &c);
	is_int(c.n, 7, "each text counts");
	(void)outbox_decide(
	    &kit_app, kit_two, claim.message.id, DECIDE_SEND, "ann@example.org", "::1", &why);
	(void)kit_run(counted, &c);
	is_int(c.n, 8, "one that is sent again counts again");
	(void)kit_org(kit_two, limit_ten);
	k.s.token = NULL;
	k.s.by = "ann@example.org";
	k.s.to = (struct text_list){people, 11};
	(void)kit_submit(&k);
	last_detail_matches("the 10 segments a day of the organization", "and when it is the organization's");
	is_str(kit_org(kit_two, NULL).paused_why, "daily-limit", "as does the reason");
	is_int(kit_org(kit_two, NULL).paused_limit, 10, "with that limit");
	ok(kit_org(kit_two, NULL).paused_token == NULL, "and no token");
}

int
main(void)
{
	kit_open();
	test_later_counts();
	kit_close();
	return done_testing();
}
