/*
 * managers_pipeline.c: SERVICE_MANAGERS is read whole or refused with the fix,
 * and the managers choose numbers as they promise.
 */
#include "managers/pipeline.h"
#include "texting_heard.h"

static struct buf problems = BUF_INIT(4000);

static int
read_line(const char *line, const char *service, struct pipeline *p)
{
	buf_reset(&problems);
	return pipeline_read(line, service, p, &problems);
}

static bool
says(const char *words)
{
	bool found = strstr(buf_str(&problems), words) != NULL;

	if (!found)
		printf("# %s\n", buf_str(&problems));
	return found;
}

static void
test_good(void)
{
	static const char *const good[] = {"sticky-sender,numpicker-basic",
	    " sticky-sender , numpicker-basic ", "sticky-sender,\tnumpicker-basic"};
	struct pipeline p;
	size_t i;

	for (i = 0; i < 3; i++) {
		is_int(read_line(good[i], "bandwidth", &p), 0, "\"%s\" is taken", good[i]);
		is_int(problems.len, 0, "and nothing is said about it");
		is_str(p.on[0]->name, "sticky-sender", "sticky-sender runs first");
		is_str(p.on[1]->name, "numpicker-basic", "numpicker-basic runs second");
		ok(p.on[2] == NULL, "and nothing else");
	}
	is_int(read_line("", "fakeservice", &p), 0, "another service needs no manager");
	ok(p.on[0] == NULL, "and has none");
	is_int(read_line(NULL, "fakeservice", &p), 0, "no setting is an empty one");
	is_str(pipeline_at(0)->name, "sticky-sender", "the table can be listed");
	ok(pipeline_at(2) == NULL, "to its end");
}

static void
test_bad(void)
{
	static const char fix[] = "SERVICE_MANAGERS=sticky-sender,numpicker-basic\n";
	struct pipeline p;

	is_int(read_line("numpicker-basic,sticky-sender", "bandwidth", &p), -1,
	    "a wrong order is refused");
	ok(says("order") && says(fix), "and the right line is printed");
	is_int(read_line("sticky-sender", "bandwidth", &p), -1,
	    "bandwidth without numpicker-basic is refused");
	ok(says("lacks numpicker-basic") && says(fix), "and the right line is printed");
	is_int(read_line("numpicker-basic", "bandwidth", &p), -1,
	    "bandwidth without sticky-sender is refused");
	ok(says("lacks sticky-sender") && says(fix), "and the right line is printed");
	is_int(read_line("", "bandwidth", &p), -1, "bandwidth without any is refused");
	ok(says("lacks sticky-sender") && says("lacks numpicker-basic") && says(fix),
	    "naming both");
	is_int(read_line("sticky-sender,num-picker,numpicker-basic", "bandwidth", &p), -1,
	    "an unknown name is refused");
	ok(says("\"num-picker\"") && says("sticky-sender,numpicker-basic"),
	    "and the known ones are listed");
	is_int(read_line("sticky-sender,numpicker-basic,sticky-sender", "bandwidth", &p), -1,
	    "a repeated name is refused");
	ok(says("sticky-sender twice"), "and named");
	is_int(read_line("sticky-sender,,numpicker-basic", "bandwidth", &p), -1,
	    "an empty place is refused");
	is_int(read_line("sticky-sender,numpicker-basic,", "bandwidth", &p), -1,
	    "a comma at the end is refused");
	ok(says("comma"), "and named");
	is_int(read_line("numpicker-basic,sticky-sender", "fakeservice", &p), -1,
	    "the order counts for any service");
}

/* ---- how numbers are chosen -------------------------------------------------------- */

/* Sends to a number and answers with the number it went out from. */
static const char *
number_used(const char *to)
{
	const char *id =
	    kit_sent(kit_one, to, arena_fmt(kit_arena, "svc%s%lld", to, (long long)clock_mono()));

	return kit_message(kit_one, id, NULL).user_number;
}

static void
test_choice(void)
{
	const char *first, *second, *id;
	struct claim c;

	kit_number(kit_one, OUR2, "in-service");
	first = number_used(ANN);
	second = number_used(BEN);
	ok(first != NULL && second != NULL && strcmp(first, second) != 0,
	    "two people get two numbers, the one not used longest each time");
	is_str(number_used(ANN), first, "Ann goes on being texted from hers");
	is_str(number_used(ANN), first, "and again");
	is_str(kit_contact(kit_one, ANN, NULL).user_number, first, "it is in her record");
	ok(kit_contact(kit_one, ANN, NULL).sticky_since > 0, "since Bandwidth took the first text");

	kit_number(kit_one, first, "draining");
	is_str(number_used(ANN), first, "while it drains she keeps it");
	is_str(number_used(CAT), second, "but nobody new gets it");
	kit_number(kit_one, first, "gone");
	is_str(number_used(ANN), second, "when it is out of service, another one is chosen");
	is_str(kit_contact(kit_one, ANN, NULL).user_number, second, "which takes its place");
	kit_number(kit_one, first, "in-service");
	is_str(number_used(ANN), second, "also after the first one is back");

	kit_number(kit_one, OUR, "gone");
	kit_number(kit_one, OUR2, "gone");
	id = kit_send(kit_one, "+19195550126", "Hello");
	is_int(kit_claim(kit_one, &c), CLAIM_NONE, "without any number nothing is posted");
	is_str(kit_state(kit_one, id), "failed", "the message fails");
	is_str(kit_message(kit_one, id, NULL).error, "no-number", "with its reason");
	ok(strstr(kit_message(kit_one, id, NULL).error_meaning, "no number in service") != NULL,
	    "which a person understands");
}

static void
test_learning(void)
{
	const char *id;
	struct claim c;

	kit_number(kit_one, OUR, "in-service");
	kit_number(kit_one, OUR2, "in-service");
	(void)kit_receive(kit_one, kit_text_in("in1", CAT, OUR2, "Hi"));
	is_str(kit_contact(kit_one, CAT, NULL).user_number, OUR2,
	    "who writes to a number is answered from it");
	(void)kit_receive(kit_one, kit_text_in("in2", CAT, OUR, "Hi"));
	is_str(kit_contact(kit_one, CAT, NULL).user_number, OUR, "the latest one counts");

	id = kit_send(kit_one, "+19195550177", "Hello");
	(void)kit_claim(kit_one, &c);
	(void)kit_finish(kit_one, id, POST_UNKNOWN, NULL);
	is_str(kit_contact(kit_one, "+19195550177", NULL).user_number, c.message.user_number,
	    "a second text to a new person can't go out from another number meanwhile");
	is_int(kit_contact(kit_one, "+19195550177", NULL).sticky_since, 0,
	    "though nothing is known yet");
	(void)kit_receive(kit_one, kit_receipt("message-delivered", "late", c.message.user_number,
				       "+19195550177", c.tag, ""));
	ok(kit_contact(kit_one, "+19195550177", NULL).sticky_since > 0,
	    "a delivery makes it certain");
}

static const char *other; /* the number that age says is hers */

static void
age(struct contact *c)
{
	c->user_number = other;
	c->sticky_since = clock_now() + CLOCK_HOUR;
}

static void
test_late_evidence(void)
{
	const char *id = kit_sent(kit_one, BEN, "old-one");
	const char *used = kit_message(kit_one, id, NULL).user_number;

	other = strcmp(used, OUR) == 0 ? OUR2 : OUR;
	(void)kit_contact(kit_one, BEN, age);
	(void)kit_receive(kit_one,
	    kit_receipt("message-delivered", "old-one", used, BEN, kit_tag(kit_one, id), ""));
	is_str(kit_state(kit_one, id), "delivered", "a late receipt counts for its message");
	is_str(kit_contact(kit_one, BEN, NULL).user_number, other,
	    "but not against what was learnt since");
}

int
main(void)
{
	test_good();
	test_bad();
	kit_open();
	test_choice();
	test_learning();
	test_late_evidence();
	kit_close();
	buf_free(&problems);
	return done_testing();
}
