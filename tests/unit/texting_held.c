/*
 * texting_held.c: one decision about all that is held for a reason: what it reaches, what it must not
 * touch, and that it goes on where it was interrupted.
 */
#include "store/audit.h"
#include "store/jobs.h"
#include "store/meta.h"
#include "texting/held.h"
#include "texting_kit.h"

#define MANY 250 /* more than two steps */

static const char *ids[MANY];

/* ---- words for the tests --------------------------------------------------------------- */

/* Another one, that retention went past while it was held. */
static enum result
put_old(struct tx *tx, void *arg)
{
	struct message m = {.org = kit_one,
	    .out = true,
	    .contact_number = "+19195560999",
	    .text = "Hello",
	    .held_why = "deadline",
	    .created = clock_now() - 40 * CLOCK_DAY,
	    .send_before = 1};
	enum result r;

	message_id_new(m.created, arg);
	m.id = arg;
	message_set_state(&m, STATE_HELD);
	r = messages_put(tx, NULL, &m);
	return r == OK ? meta_put(tx, arena_fmt(tx_arena(tx), "retain-text-%u", kit_one), arg) : r;
}

static void
test_words_of_old(void)
{
	char id[MESSAGE_ID];
	struct message m;
	const char *why;

	is_int(store_run(kit_app.store, put_old, id), OK,
	    "a text is held for longer than words are kept");
	is_int(outbox_decide(&kit_app, kit_one, id, DECIDE_GIVE_UP, "x", "::1", &why), OK,
	    "and given up");
	m = kit_message(kit_one, id, NULL);
	is_str(m.state, "cancelled", "so it is");
	ok(m.text == NULL && m.text_removed != 0, "without its words, and it says so");
}

static const char *hold_as;

static void
hold(struct message *m)
{
	message_set_state(m, STATE_HELD);
	m->held_why = hold_as;
	m->send_before = clock_now() - 1;
}

static const char *
held_text(uint32_t org, const char *to, const char *why)
{
	const char *id = kit_send(org, to, "Hello");

	hold_as = why;
	(void)kit_message(org, id, hold);
	return id;
}

static void
hold_many(const char *why)
{
	for (int i = 0; i < MANY; i++)
		ids[i] = held_text(kit_one, arena_fmt(kit_arena, "+1919556%04d", i), why);
}

static int
in_state(const char *state)
{
	int n = 0;

	for (int i = 0; i < MANY; i++)
		n += strcmp(kit_state(kit_one, ids[i]), state) == 0;
	return n;
}

struct look {
	uint32_t org;
	struct held_survey survey;
	bool any;
	struct job job;
	const char *id;
};

static enum result
look_tx(struct tx *tx, void *arg)
{
	struct look *l = arg;

	return held_survey(tx, l->org, kit_arena, &l->survey);
}

static struct held_survey *
survey(uint32_t org)
{
	static struct look l;

	l.org = org;
	if (store_read(try_store, look_tx, &l) != OK)
		printf("# no survey\n");
	return &l.survey;
}

static const struct held_group *
group(const struct held_survey *s, const char *why)
{
	for (size_t i = 0; i < HELD_KINDS; i++)
		if (strcmp(s->groups[i].kind->why, why) == 0)
			return &s->groups[i];
	return &s->groups[HELD_KINDS];
}

static enum result
ask(const char *why, enum outbox_decision d, char job[MESSAGE_ID], const char **refusal)
{
	return held_ask(&kit_app, kit_one, why, d, survey(kit_one)->upto, "ann@example.org", "::1",
	    job, refusal);
}

static enum result
get_job(struct tx *tx, void *arg)
{
	struct look *l = arg;

	return jobs_get(tx, l->id, false, kit_arena, &l->job);
}

static struct held_work
work_of(const char *job)
{
	struct look l = {.id = job};
	struct held_work w;

	(void)store_read(try_store, get_job, &l);
	held_work_read(&l.job, kit_arena, &w);
	return w;
}

static enum result
end_job(struct tx *tx, void *arg)
{
	struct look *l = arg;
	enum result r = jobs_get(tx, l->id, true, tx_arena(tx), &l->job);

	l->job.state = "done";
	l->job.finished = tx_now(tx);
	return r == OK ? jobs_put(tx, &l->job) : r;
}

/* Does all that is left of a job, as a worker does, and ends it. */
static struct held_work
carry_out(const char *job)
{
	struct held_work w = work_of(job);
	struct look l = {.id = job};
	bool more = true;

	while (more && held_step(&kit_app, job, kit_one, &w, kit_arena, &more) == OK)
		continue;
	(void)store_run(try_store, end_job, &l);
	return w;
}

static enum result
newest_audit(struct tx *tx, void *arg)
{
	struct kit *k = arg;
	struct audit *list;
	size_t n;
	enum result r = audit_list(tx, kit_one, INT64_MAX, 1, kit_arena, &list, &n);

	k->why = r == OK && n > 0
		     ? arena_fmt(kit_arena, "%s %s %s", list[0].who, list[0].what, list[0].detail)
		     : "";
	return r;
}

static const char *
last_audit(void)
{
	struct kit k = {.why = ""};

	(void)store_read(try_store, newest_audit, &k);
	return k.why;
}

/* ---- looking ------------------------------------------------------------------------- */

static enum result
any_tx(struct tx *tx, void *arg)
{
	struct look *l = arg;

	return held_any_copied(tx, l->org, 100, &l->any);
}

static bool
any_copied(uint32_t org)
{
	struct look l = {.org = org};

	(void)store_read(try_store, any_tx, &l);
	return l.any;
}

static void
test_looking(void)
{
	uint32_t three = kit_make_org("Three"), four = kit_make_org("Four");
	const struct held_survey *s = survey(three);
	const char *first;

	is_int(s->looked, 0, "nothing is held");
	first = held_text(three, ANN, "copied");
	(void)held_text(three, BEN, "deadline");
	for (int i = 0; i < 5; i++)
		(void)held_text(three, CAT, "copied");
	(void)held_text(three, CAT, "sunspots");
	s = survey(three);
	is_int(s->looked, 8, "eight are held");
	is_int(group(s, "copied")->count, 6, "six of them copied");
	is_int(group(s, "copied")->shown, HELD_FIRST, "the first few are shown");
	is_str(group(s, "copied")->first[0].id, first, "the oldest first");
	is_str(group(s, "copied")->first[0].text, "Hello", "with their words");
	is_int(group(s, "deadline")->count, 1, "one is too late");
	is_int(group(s, "sunspots")->count, 1, "one for a reason that we don't know");
	ok(!s->more, "that is all");
	is_str(held_count(s, group(s, "copied"), kit_arena), "6", "in words");
	ok(!any_copied(three), "a store that never was a copy is not looked through");
	is_int(meta_mark_copy(try_store, "It was moved."), OK, "in one that was");
	ok(any_copied(three), "they are noticed");
	ok(!any_copied(four), "where there are any");
}

static void
test_words(void)
{
	struct held_survey s = {.looked = HELD_LOOK, .more = true};
	struct held_group g = {.count = HELD_LOOK};

	is_str(held_count(&s, &g, kit_arena), "more than 1,000", "a count has an end");
	g.count = 7;
	is_str(held_count(&s, &g, kit_arena), "7 or more", "and is the least then");
}

/* ---- asking ---------------------------------------------------------------------------- */

static void
test_asking(void)
{
	char job[MESSAGE_ID], again[MESSAGE_ID];
	const char *why;

	is_int(ask("deadline", DECIDE_SEND, job, &why), REFUSED,
	    "what is too late is not sent by heaps");
	ok(why != NULL && strstr(why, "one by one") != NULL, "which is explained: %s", why);
	is_int(
	    ask("contact-held", DECIDE_SEND, job, &why), REFUSED, "nor what somebody may not want");
	is_int(ask("forgotten-key", DECIDE_SEND, job, &why), REFUSED,
	    "nor to who may have asked to be forgotten");
	is_int(ask("unknown-open", DECIDE_SEND, job, &why), REFUSED,
	    "nor what is behind one in doubt");
	is_int(ask("number-limit", DECIDE_SEND, job, &why), REFUSED, "nor what found no number");
	is_int(ask("sunspots", DECIDE_GIVE_UP, job, &why), REFUSED, "a reason must be known");
	is_int(
	    ask("copied", DECIDE_WAS_SENT, job, &why), REFUSED, "nobody says that all were sent");
	is_int(ask("copied", DECIDE_SEND, job, &why), OK, "what was copied can be sent");
	is_str(last_audit(), "ann@example.org held.decide copied: send all",
	    "the audit knows who said so");
	is_int(ask("copied", DECIDE_SEND, again, &why), OK, "the form sent twice");
	is_str(again, job, "is the same decision");
	is_int(ask("copied", DECIDE_GIVE_UP, again, &why), REFUSED, "another one has to wait");
	ok(why != NULL, "which is explained: %s", why);
	(void)carry_out(job);
	is_int(ask("copied", DECIDE_GIVE_UP, again, &why), OK, "until the first is done");
	ok(strcmp(again, job) != 0, "and is a job of its own");
	(void)carry_out(again);
}

/* ---- sending ----------------------------------------------------------------------------- */

static void
opt_out(struct contact *c)
{
	c->opted_out = true;
	c->opt_out_cause = "person";
}

static void
opt_in(struct contact *c)
{
	c->opted_out = false;
	c->opt_out_cause = NULL;
}

static void
on_hold(struct contact *c)
{
	c->held = true;
	c->held_why = "please stop";
}

static void
queued_again(struct message *m)
{
	message_set_state(m, STATE_QUEUED);
	m->held_why = NULL;
}

static void
failed(struct message *m)
{
	message_set_state(m, STATE_FAILED);
	m->held_why = NULL;
}

static void
test_sending(void)
{
	struct message lost = kit_lost(), m, before;
	const char *late = held_text(kit_one, ANN, "deadline"), *why, *new_one, *doubtful;
	const char *others = held_text(kit_two, ANN, "copied");
	char job[MESSAGE_ID];
	struct held_work w;
	bool more;

	hold_many("copied");
	doubtful = held_text(kit_one, BEN, "copied");
	(void)kit_contact(kit_one, "+19195560001", opt_out);
	(void)kit_contact(kit_one, "+19195560002", on_hold);
	is_int(ask("copied", DECIDE_SEND, job, &why), OK, "all are to be sent");
	new_one = held_text(kit_one, CAT, "copied");
	(void)kit_message(kit_one, ids[3], failed);
	(void)kit_message(kit_one, ids[4], queued_again);
	before = kit_message(kit_one, ids[4], NULL);
	hold_as = "contact-held";
	(void)kit_message(kit_one, ids[5], queued_again);
	(void)kit_message(kit_one, ids[5], hold);

	/* A worker that dies after each step. */
	w = work_of(job);
	is_int(held_step(&kit_app, job, kit_one, &w, kit_arena, &more), OK, "a step");
	ok(more && in_state("queued") < HELD_STEP && in_state("queued") > HELD_STEP / 2,
	    "reaches a hundred at most");
	w = work_of(job);
	is_int(held_step(&kit_app, job, kit_one, &w, kit_arena, &more), OK, "the next worker");
	ok(more && w.looked == 2 * HELD_STEP, "goes on where it was");
	w = carry_out(job);

	is_int(w.done, MANY - 5, "all but five are on their way");
	is_int(w.dropped, 1, "one person had opted out");
	is_int(w.left, 2, "two stay held");
	is_int(in_state("queued"), MANY - 5 + 1, "they are queued, and the one that was already");
	is_str(kit_state(kit_one, ids[1]), "cancelled", "who opted out gets nothing");
	is_str(kit_message(kit_one, ids[2], NULL).held_why, "copied",
	    "who may have asked to stop neither");
	is_str(kit_message(kit_one, doubtful, NULL).held_why, "copied",
	    "nor who may have got an earlier one");
	is_str(kit_state(kit_one, ids[3]), "failed", "what had failed meanwhile stays so");
	is_int(kit_message(kit_one, ids[4], NULL).seq, before.seq,
	    "what was queued already is not touched");
	is_str(kit_message(kit_one, ids[5], NULL).held_why, "contact-held",
	    "nor what is held for something else now");
	is_str(kit_message(kit_one, late, NULL).held_why, "deadline",
	    "nor what was from the beginning");
	is_str(kit_message(kit_one, new_one, NULL).held_why, "copied",
	    "nor what was held after the decision");
	is_str(kit_message(kit_two, others, NULL).held_why, "copied", "nor another organization's");
	is_str(kit_state(kit_one, lost.id), "unknown", "nor what nobody knows of");
	m = kit_message(kit_one, ids[0], NULL);
	ok(m.send_before > clock_now() + 11 * CLOCK_HOUR && m.due <= clock_now() &&
		m.held_why == NULL,
	    "each has a new deadline, and is due now");
	ok(strstr(held_result(&w, kit_arena),
	       "245 texts are in the queue again. One was dropped") != NULL,
	    "the end in words: %s", held_result(&w, kit_arena));
	ok(strstr(last_audit(), "ann@example.org held.decided copied: send: 245 texts") != NULL,
	    "and in the audit");
	is_int(held_step(&kit_app, job, kit_one, &w, kit_arena, &more), OK, "once more");
	ok(!more && w.done == MANY - 5, "nothing is left to do");
	(void)kit_message(kit_one, lost.id, failed);
}

static void
test_giving_up(void)
{
	char job[MESSAGE_ID];
	struct held_work w;
	const char *why;

	(void)kit_contact(kit_one, "+19195560001", opt_in);
	hold_many("deadline");
	is_int(
	    ask("deadline", DECIDE_GIVE_UP, job, &why), OK, "all that are too late are given up");
	w = carry_out(job);
	is_int(w.done, MANY + 1, "to whomever they are");
	is_int(in_state("cancelled"), MANY, "they are taken back");
	is_str(kit_message(kit_one, ids[7], NULL).error, "given-up", "with the reason");
	is_str(held_result(&w, kit_arena), "251 texts were given up.", "in words");
	is_int(ask("deadline", DECIDE_GIVE_UP, job, &why), OK, "when nothing is left");
	w = carry_out(job);
	is_str(held_result(&w, kit_arena), "Nothing was held for this reason any more.",
	    "that is said");
}

int
main(void)
{
	kit_open();
	test_asking();
	test_sending();
	test_giving_up();
	test_words_of_old();
	test_words();
	test_looking();
	kit_close();
	return done_testing();
}
