/*
 * texting_forecast.c: when a queue is out, as far as its sums, the pace, the others on the account and
 * the worker's word can tell; and what is said when nobody can.
 */
#include "store/meta.h"
#include "texting/forecast.h"
#include "texting_kit.h"

struct look {
	uint32_t org;
	struct forecast f;
	int64_t now;
};

static enum result
read_forecast(struct tx *tx, void *arg)
{
	struct look *l = arg;

	l->now = tx_now(tx);
	return forecast_read(&kit_app, tx, l->org, kit_arena, &l->f);
}

static struct forecast
look(uint32_t org, int64_t *now)
{
	struct look l = {.org = org};

	if (store_read(try_store, read_forecast, &l) != OK)
		printf("# no forecast\n");
	if (now != NULL)
		*now = l.now;
	return l.f;
}

static void
send_many(uint32_t org, int n, const char *text)
{
	for (int i = 0; i < n; i++)
		(void)kit_send(org, arena_fmt(kit_arena, "+1919555%04d", 1000 + i), text);
}

static const char *
long_text(int segments)
{
	char *text = arena_alloc(kit_arena, (size_t)segments * 153 + 1);

	memset(text, 'x', (size_t)segments * 153);
	text[segments * 153] = '\0';
	return text;
}

/* ---- one organization ------------------------------------------------------------------ */

static void
test_alone(void)
{
	struct forecast f = look(kit_one, NULL);
	int64_t now;

	is_int(f.texts, 0, "nothing waits");
	ok(f.end == 0 && f.takes == 0, "so nothing ends");
	is_str(forecast_waiting(&f, kit_arena), "No text is waiting.", "in words");
	(void)kit_send(kit_one, ANN, "Hello");
	f = look(kit_one, &now);
	ok(f.texts == 1 && f.segments == 1 && f.end == now, "one text goes out now");
	is_str(forecast_waiting(&f, kit_arena), "1 text is waiting.", "in words");
	send_many(kit_one, 10, long_text(3));
	f = look(kit_one, &now);
	ok(f.texts == 11 && f.segments == 31, "eleven texts of 31 segments");
	is_int(f.takes, 15000, "take 15 seconds at 2 a second: the first goes out at once");
	is_int(f.end - now, 15000, "and end then");
	is_str(forecast_waiting(&f, kit_arena), "11 texts (31 segments) are waiting.", "in words");
	is_str(forecast_ends(&f, kit_arena), "At 2 segments a second the last one goes out",
	    "and their end");
	ok(forecast_stop(&f, kit_arena) == NULL && forecast_sharing(&f, kit_arena) == NULL &&
		forecast_pause(&f) == NULL && forecast_but(&f, kit_arena) == NULL,
	    "nothing is in the way");
}

/* ---- an account that is shared -------------------------------------------------------------- */

static void
other_account(struct organization *o)
{
	o->account_id = "9900903";
}

static void
same_account(struct organization *o)
{
	o->account_id = "9900902";
}

static void
stop_sending(struct organization *o)
{
	o->paused = true;
}

static void
go_on(struct organization *o)
{
	o->paused = false;
}

static void
written_just_now(struct contact *c)
{
	c->last_in = clock_now();
}

static void
test_shared(void)
{
	struct forecast f;
	const char *again;

	/* kit_one has 11 texts of 31 segments; the other one sends a text of 2 for each of ours. */
	send_many(kit_two, 5, long_text(2));
	f = look(kit_one, NULL);
	is_int(f.sharing, 1, "another organization shares the account");
	is_int(f.takes, 20000, "its five texts of ten segments go out in between");
	is_str(forecast_sharing(&f, kit_arena),
	    "1 other organization sends through the same Bandwidth account, each in its turn.",
	    "in words");
	is_int(look(kit_two, NULL).takes, (10 + 5 * 31 / 11.0 - 1) * 500,
	    "while it waits for as many of ours as it has itself");
	send_many(kit_two, 100, long_text(2));
	is_int(look(kit_one, NULL).takes, (31 + 22 - 1) * 500,
	    "a longer queue takes no more than its turns");
	(void)kit_contact(kit_two, ANN, written_just_now);
	again = kit_send(kit_two, ANN, long_text(4));
	is_int(look(kit_one, NULL).takes, (31 + 22 + 4 - 1) * 500,
	    "but replies go first, whoever's they are");
	f = look(kit_two, NULL);
	is_int(f.takes, (214 + 31 - 1) * 500, "and all of ours before its last");
	for (int i = 0; i < 300; i++)
		(void)kit_send(kit_two, ANN, "Yes");
	is_int(look(kit_one, NULL).takes, (31 + 22 + (304 * 9 * 22 / 301.0) - 1) * 500,
	    "nine of them for one of the others");
	is_int(look(kit_two, NULL).takes, (214 + 300 + 31 - 1) * 500,
	    "which changes nothing for who has them");
	(void)kit_org(kit_two, stop_sending);
	is_int(look(kit_one, NULL).takes, 15000, "one that is paused takes nothing");
	(void)kit_org(kit_two, go_on);
	(void)kit_org(kit_two, other_account);
	f = look(kit_one, NULL);
	ok(f.takes == 15000 && f.sharing == 0, "nor does one with an account of its own");
	(void)kit_org(kit_two, same_account);
	(void)again;
}

/* ---- what holds it ------------------------------------------------------------------------------ */

static enum result
tell(struct tx *tx, void *arg)
{
	const struct kit *k = arg;

	return forecast_pause_put(tx, "9900902", k->n, k->a);
}

static void
test_pauses(void)
{
	struct kit k = {.a = "busy"};
	struct forecast f;
	int64_t now;

	(void)kit_org(kit_one, stop_sending);
	f = look(kit_one, NULL);
	ok(f.end == 0 && strcmp(f.waits, "paused") == 0, "while sending is paused nothing ends");
	is_str(forecast_stop(&f, kit_arena),
	    "Sending is paused. Once it goes on, the queue takes about 3 minutes at 2 segments a "
	    "second.",
	    "but it is told how long it would take");
	(void)kit_org(kit_one, go_on);
	k.n = clock_now() + 100000;
	(void)kit_run(tell, &k);
	f = look(kit_one, &now);
	is_int(f.pause, k.n, "Bandwidth said 429");
	ok(strstr(forecast_pause(&f), "slow down") != NULL, "which is told");
	is_int(f.end, k.n + f.takes, "and moves the end");
	is_int(look(kit_two, NULL).pause, k.n, "for all on the account");
	k.n = clock_now() - 1;
	(void)kit_run(tell, &k);
	f = look(kit_one, NULL);
	ok(f.pause == 0 && forecast_pause(&f) == NULL, "until the time has come");
	k.a = "sunspots";
	k.n = clock_now() + 100000;
	(void)kit_run(tell, &k);
	is_int(look(kit_one, NULL).pause, 0, "a word that we don't know is nothing");
	k.n = 0;
	(void)kit_run(tell, &k);
}

static enum result
hold_all(struct tx *tx, void *arg)
{
	(void)arg;
	return meta_put(tx, "sending-held", "It was moved.");
}

static enum result
let_all_go(struct tx *tx, void *arg)
{
	(void)arg;
	return meta_put(tx, "sending-held", NULL);
}

static void
soon(struct message *m)
{
	m->send_before = clock_now() + 1000;
}

static void
later(struct message *m)
{
	m->due = clock_now() + CLOCK_HOUR;
	m->held_why = "number-limit";
}

static void
test_others(void)
{
	const char *id = kit_send(kit_one, "+19195557777", "The last one"), *held;
	struct forecast f;
	int64_t now;
	struct claim c;

	try_run(hold_all, NULL);
	f = look(kit_one, NULL);
	ok(f.end == 0 && strcmp(f.waits, "restored") == 0, "nothing goes out of a copy");
	try_run(let_all_go, NULL);
	f = look(kit_one, NULL);
	ok(!f.late && !f.number_limit, "all are in time");
	(void)kit_message(kit_one, id, soon);
	f = look(kit_one, NULL);
	ok(f.late, "a last one that is too late then");
	ok(strstr(forecast_but(&f, kit_arena), "deadline") != NULL, "is told");
	(void)kit_message(kit_one, id, later);
	f = look(kit_one, &now);
	ok(f.number_limit, "one that waits for a number that is free");
	is_str(forecast_ends(&f, kit_arena), "The last one goes out", "and not the pace");
	is_int(f.end - now > CLOCK_HOUR - CLOCK_MINUTE, true, "ends the queue when it is due");
	held = kit_send(kit_one, BEN, "Too late");
	(void)kit_message(kit_one, held, deadline_over);
	for (int i = 0; i < 50 && strcmp(kit_state(kit_one, held), "held") != 0; i++)
		if (kit_claim(kit_one, &c) == CLAIM_POST)
			(void)kit_finish(
			    kit_one, c.message.id, POST_ACCEPTED, arena_fmt(kit_arena, "bw-%d", i));
	f = look(kit_one, NULL);
	ok(f.held == 1 && f.texts > 0 && f.texts < 12, "a held one is not in the queue");
	ok(strcmp(forecast_held(&f, kit_arena), "1 held text is not in the queue.") == 0,
	    "which is told");
}

static void
test_words(void)
{
	struct forecast f = {.texts = 20000,
	    .segments = 20000,
	    .pace = 1,
	    .waits = "paused",
	    .takes = 20000000,
	    .held = FORECAST_HELD + 1};

	ok(strstr(forecast_stop(&f, kit_arena), "about 6 hours at 1 segment a second") != NULL,
	    "hours are rounded up");
	f.takes = 25 * CLOCK_MINUTE - 1;
	ok(strstr(forecast_stop(&f, kit_arena), "about 25 minutes") != NULL, "so are minutes");
	is_str(forecast_held(&f, kit_arena), "More than 1,000 held texts are not in the queue.",
	    "a count has an end");
}

int
main(void)
{
	kit_open();
	kit_settings.segments_per_second = 2;
	kit_number(kit_two, "+17045550100", "in-service");
	test_alone();
	test_shared();
	test_pauses();
	test_others();
	test_words();
	kit_close();
	return done_testing();
}
