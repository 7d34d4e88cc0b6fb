/*
 * texting_decide.c: what people decide is done at once, once, and written down.
 */
#include "store/audit.h"
#include "texting_heard.h"

/* ---- people ------------------------------------------------------------------------------------ */

static enum result
last_audit(struct tx *tx, void *arg)
{
	struct kit *k = arg;
	struct audit *list;
	size_t n;
	enum result r = audit_list(tx, k->org, INT64_MAX, 1, kit_arena, &list, &n);

	k->why = r == OK && n > 0
		     ? arena_fmt(kit_arena, "%s %s %s", list[0].who, list[0].what, list[0].detail)
		     : NULL;
	return r;
}

static void
test_cancel(void)
{
	const char *id = kit_send(kit_one, ANN, "Hello"), *why;
	struct kit k = {.org = kit_one};
	size_t n, i;
	bool more;

	is_int(outbox_cancel(&kit_app, kit_two, id, "x", "::1", &why), NOT_FOUND,
	    "nobody takes back another organization's");
	is_int(outbox_cancel(&kit_app, kit_one, id, "ann@example.org", "::1", &why), OK,
	    "what waits can be taken back");
	is_str(kit_state(kit_one, id), "cancelled", "and is");
	(void)kit_run(last_audit, &k);
	is_str(k.why, arena_fmt(kit_arena, "ann@example.org message.cancel %s", id),
	    "the audit knows");
	is_int(outbox_cancel(&kit_app, kit_one, id, "x", "::1", &why), REFUSED, "but once");
	ok(why != NULL, "with a sentence: %s", why);
	id = kit_sent(kit_one, ANN, "cancel1");
	is_int(outbox_cancel(&kit_app, kit_one, id, "x", "::1", &why), REFUSED,
	    "what was sent can't be");
	ok(why != NULL, "with a sentence: %s", why);
	for (i = 0; i < 250; i++)
		(void)kit_send(kit_one, ANN, "bulk");
	id = kit_send(kit_one, BEN, "bulk");
	(void)kit_message(kit_one, id, deadline_over);
	{
		struct claim c;
		(void)kit_claim(kit_one, &c);
		(void)kit_finish(kit_one, c.message.id, POST_ACCEPTED, "bulk1");
	}
	is_int(outbox_cancel_all(&kit_app, kit_one, "x", "::1", &n, &more), OK,
	    "all that waits can be taken back");
	ok(n >= 249, "queued and held, %zu of it", n);
	is_int(outbox_cancel_all(&kit_app, kit_one, "x", "::1", &n, &more), OK, "then");
	is_int(n, 0, "nothing waits any more");
}

static enum result
opt_out(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return optout_set(tx, k->org, k->a, "person", "x");
}

static void
test_decide_wishes(void)
{
	struct message m = kit_lost();
	struct kit k = {.org = kit_one, .a = BEN};
	const char *why;

	(void)kit_run(opt_out, &k);
	is_int(outbox_decide(&kit_app, kit_one, m.id, DECIDE_SEND, "x", "::1", &why), REFUSED,
	    "to who is opted out nothing is sent after all");
	ok(why != NULL && strstr(why, "no more texts") != NULL, "which is explained");
}

int
main(void)
{
	kit_open();
	test_cancel();
	test_decide_wishes();
	kit_close();
	return done_testing();
}
