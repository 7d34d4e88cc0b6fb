/*
 * release.c: the job "numbers-release": gives numbers back to Bandwidth, once (inventory.h).
 *
 * Phases, as they stand in the store: none (drains until its time), "moving" (nothing goes out
 * from the numbers any more; contacts move), "quiet" (what is under way ends), "posting"
 * (Bandwidth may have been asked), "polling" (Bandwidth's id is known).  A number that
 * Bandwidth does not take back is the organization's still, and drains.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bandwidth/client.h"
#include "bandwidth/orders.h"
#include "store/audit.h"
#include "store/numbers.h"
#include "worker/inventory.h"
#include "worker/order.h"
#include "worker/release.h"
#include "worker/worker.h"

#define QUIET_LOOK (10 * CLOCK_SECOND)
/* What is in doubt for longer than its last look does not hold a release up. */
#define QUIET_WITHIN (2 * CLOCK_HOUR)
/* So long it is tried to reach Bandwidth. */
#define BEGIN_WITHIN CLOCK_DAY
#define GIVE_UP (7 * CLOCK_DAY)

static bool
is(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* ---- states ---------------------------------------------------------------------- */

struct changing {
	struct task *t;
	const struct text_list *numbers;
	const char *to, *why;
	const char *audit, *audit_detail;
};

/* Those that belong to this release. */
static enum result
change_states(struct tx *tx, void *arg)
{
	struct changing *x = arg;
	const struct audit a = {.org = x->t->org,
	    .time = tx_now(tx),
	    .who = "worker",
	    .from = "local",
	    .what = x->audit,
	    .detail = x->audit_detail};
	struct number n;
	enum result r = OK;
	size_t i;

	for (i = 0; r == OK && i < x->numbers->count; i++) {
		r = numbers_get(tx, x->t->org, x->numbers->items[i], true, tx_arena(tx), &n);
		if (r == OK && is(n.job, x->t->job) && !number_is_lost(&n)) {
			n.state = x->to;
			n.state_why = x->why;
			if (strcmp(x->to, NUMBER_RELEASING) != 0)
				n.job = NULL;
			r = numbers_put(tx, &n);
		}
		r = r == NOT_FOUND ? OK : r;
	}
	return r == OK && x->audit != NULL ? audit_add(tx, &a) : r;
}

static const char *
names(struct task *t, const struct text_list *list)
{
	const char *text = "";
	size_t i;

	for (i = 0; i < list->count; i++)
		text = arena_fmt(t->arena, "%s%s%s", text, i > 0 ? " " : "", list->items[i]);
	return text;
}

/* ---- the end -------------------------------------------------------------------------- */

/* What the contacts came to, for the last sentence. */
static const char *
moved_words(struct task *t)
{
	return arena_fmt(t->arena,
	    "%" PRId64 " contact%s moved to a number with the same area code, %" PRId64
	    " will get a number when they are written to.",
	    t->d.contacts_moved, t->d.contacts_moved == 1 ? "" : "s", t->d.contacts_forgotten);
}

/* Bandwidth kept them: they are ours still. */
static void
kept(struct task *t, const char *words)
{
	struct changing x = {.t = t,
	    .numbers = &t->d.numbers,
	    .to = NUMBER_DRAINING,
	    .why = arena_fmt(t->arena, "Bandwidth did not take it back: %s", words),
	    .audit = "numbers.release-failed",
	    .audit_detail = words};

	t->d.not_got = t->d.numbers;
	t->d.words = words;
	if (task_store(t, change_states, &x))
		task_end(t, false,
		    arena_fmt(t->arena, "The numbers are still yours, and drain: %s %s", words,
			moved_words(t)));
}

/* Bandwidth took back those in d.got. */
static enum result
settle(struct tx *tx, void *arg)
{
	struct task *t = arg;
	struct changing got = {.t = t,
	    .numbers = &t->d.got,
	    .to = NUMBER_RELEASED,
	    .why = arena_fmt(tx_arena(tx), "Given back, as %s asked.", t->by),
	    .audit = "numbers.released",
	    .audit_detail = arena_fmt(tx_arena(tx), "%s: %s", names(t, &t->d.got), moved_words(t))};
	struct changing not_got = {.t = t,
	    .numbers = &t->d.not_got,
	    .to = NUMBER_DRAINING,
	    .why = arena_fmt(tx_arena(tx), "Bandwidth did not take it back: %s",
		t->d.words != NULL ? t->d.words : "it did not say why.")};
	enum result r = change_states(tx, &got);

	return r == OK ? change_states(tx, &not_got) : r;
}

static void
over(struct task *t, const struct order_answer *order)
{
	size_t i;

	t->d.got = order->numbers;
	if (order->state == ORDER_COMPLETE || order->numbers.count == 0)
		t->d.got = t->d.numbers;
	t->d.not_got = (struct text_list){NULL, 0};
	for (i = 0; i < t->d.numbers.count; i++) {
		if (text_list_has(&order->failed, t->d.numbers.items[i]) ||
		    !text_list_has(&t->d.got, t->d.numbers.items[i]))
			t->d.not_got = text_list_add(t->arena, t->d.not_got, t->d.numbers.items[i]);
	}
	if (order->state == ORDER_FAILED || t->d.not_got.count == t->d.numbers.count) {
		kept(t, t->d.words != NULL ? t->d.words : "it did not say why.");
		return;
	}
	if (!task_store(t, settle, t))
		return;
	if (t->d.not_got.count == 0)
		task_end(t, true,
		    arena_fmt(t->arena, "%zu number%s released. %s", t->d.got.count,
			t->d.got.count == 1 ? " was" : "s were", moved_words(t)));
	else
		task_end(t, true,
		    arena_fmt(t->arena,
			"%zu of %zu numbers were released; the others are yours still, and "
			"drain: %s %s",
			t->d.numbers.count - t->d.not_got.count, t->d.numbers.count,
			t->d.words != NULL ? t->d.words : "Bandwidth did not say why.",
			moved_words(t)));
}

/* ---- Bandwidth ---------------------------------------------------------------------------- */

static void
polled(struct task *t, const struct task_answer *answer)
{
	struct order_answer order = {.head = {.words = ""}};
	enum numbers_outcome outcome;
	int64_t wait;

	if (answer->http != NULL)
		order_read(answer->http, t->arena, ORDER_DISCONNECT, &order);
	outcome = task_outcome(answer, &order.head);
	t->d.polls++;
	wait = order_poll_wait(t->d.polls, false);
	if (outcome == NUMBERS_FINE) {
		t->d.status = order.state_word;
		t->d.words = *order.head.words != '\0' ? order.head.words : NULL;
		if (order_state_final(order.state)) {
			over(t, &order);
			return;
		}
	} else if (outcome == NUMBERS_NOT_FOUND && clock_now() - t->created > GIVE_UP) {
		kept(t, "Bandwidth does not know this order any more.");
		return;
	}
	if (task_store(t, NULL, NULL))
		task_again(t, wait > answer->again ? wait : answer->again,
		    "Bandwidth is working on the release.");
}

static void
poll_release(struct task *t)
{
	struct http_request request;

	order_request(&request, t->arena, &t->account, ORDER_DISCONNECT, t->d.order_id);
	task_ask(t, &request, polled);
}

static void
take_id(struct task *t, const char *id)
{
	t->d.order_id = id;
	t->d.phase = "polling";
	t->d.polls = 0;
	if (task_store(t, NULL, NULL))
		task_again(t, CLOCK_SECOND, "Bandwidth is working on the release.");
}

/* It is certain that Bandwidth was not asked. */
static void
not_asked(struct task *t, const struct task_answer *answer, const struct numbers_head *head)
{
	const char *words = task_words(answer, head);

	if (clock_now() - (t->d.not_before > t->created ? t->d.not_before : t->created) >
	    BEGIN_WITHIN) {
		kept(t, words);
		return;
	}
	t->d.phase = "quiet";
	t->d.posted = 0;
	t->d.words = words;
	if (task_store(t, NULL, NULL))
		task_put_off(t, answer->again, words);
}

static void
posted(struct task *t, const struct task_answer *answer)
{
	struct order_answer order = {.head = {.words = ""}};

	if (answer->http != NULL)
		order_read(answer->http, t->arena, ORDER_DISCONNECT, &order);
	switch (task_outcome(answer, &order.head)) {
	case NUMBERS_FINE:
		t->d.status = order.state_word;
		take_id(t, order.id);
		return;
	case NUMBERS_NOT_FOUND:
	case NUMBERS_EXISTS:
	case NUMBERS_REFUSED:
		kept(t, task_words(answer, &order.head));
		return;
	case NUMBERS_UNAUTHORIZED:
	case NUMBERS_FORBIDDEN:
	case NUMBERS_BUSY:
	case NUMBERS_NOT_SENT:
		not_asked(t, answer, &order.head);
		return;
	case NUMBERS_UNKNOWN:
		break;
	}
	t->d.words = task_words(answer, &order.head);
	if (task_store(t, NULL, NULL))
		task_again(t, order_look_wait(0),
		    "The answer to the release was lost; looking whether Bandwidth has it.");
}

static void
post(struct task *t)
{
	struct http_request request;

	if (disconnect_request(&request, t->arena, &t->account,
		arena_fmt(t->arena, "Texting %s", t->d.our_id), t->d.our_id, &t->d.numbers) != 0) {
		kept(t, "This is not a release that can be asked for.");
		return;
	}
	t->d.phase = "posting";
	t->d.posted = clock_now();
	t->d.looks = 0;
	if (!task_store(t, NULL, NULL))
		return;
	task_step(t, "Asking Bandwidth to take the numbers back");
	task_ask(t, &request, posted);
}

/* ---- an answer that was lost ------------------------------------------------------------------ */

/* No order shows: is the number still this account's? */
static void
number_came(struct task *t, const struct task_answer *answer)
{
	struct number_answer n = {.head = {.words = ""}};
	struct order_answer done = {.state = ORDER_COMPLETE};
	enum numbers_outcome outcome;
	bool gone;

	if (answer->http != NULL)
		number_read(answer->http, t->arena, &n);
	outcome = task_outcome(answer, &n.head);
	gone = outcome == NUMBERS_NOT_FOUND ||
	       (outcome == NUMBERS_FINE &&
		   (is(n.number.status, "Aging") ||
		       (n.number.account_id != NULL && !is(n.number.account_id, t->d.account))));
	if (gone) {
		/* Nothing is known of the others: they drain, and a sync finds those that are gone. */
		if (t->d.numbers.count > 1) {
			done.state = ORDER_PARTIAL;
			done.numbers = (struct text_list){t->d.numbers.items, 1};
		}
		over(t, &done);
		return;
	}
	if (order_look_wait(t->d.looks) != 0) {
		task_again(t, order_look_wait(t->d.looks),
		    "Looking at Bandwidth whether the release arrived.");
		return;
	}
	kept(t,
	    "The answer to the release was lost, and Bandwidth shows no such order. It is not asked "
	    "again by itself: look at Bandwidth, then release again.");
}

static void
found_or_not(struct task *t, const char *id)
{
	struct http_request request;

	if (id != NULL) {
		take_id(t, id);
		return;
	}
	number_request(&request, t->arena, &t->account, t->d.numbers.items[0]);
	task_ask(t, &request, number_came);
}

/* ---- no more texts ------------------------------------------------------------ */

static void
quiet(struct task *t)
{
	t->d.phase = "quiet";
	if (task_store(t, NULL, NULL))
		task_again(t, 0, "Waiting for texts under way.");
}

static void
stop_sending(struct task *t)
{
	struct changing x = {.t = t,
	    .numbers = &t->d.numbers,
	    .to = NUMBER_RELEASING,
	    .why = arena_fmt(t->arena, "Given back, as %s asked.", t->by)};

	t->d.phase = "moving";
	if (task_store(t, change_states, &x))
		release_move(t, quiet);
}

/* ---- quiet ------------------------------------------------------------------------------------------ */

static void
wait_quiet(struct task *t)
{
	int64_t since = t->d.not_before > t->created ? t->d.not_before : t->created;
	bool any;

	if (!release_hear(t, &any))
		return;
	if (any && clock_now() - since < QUIET_WITHIN)
		task_again(t, QUIET_LOOK, "Waiting for texts under way.");
	else
		post(t);
}

void
release_begin(struct worker *w, const struct job *job)
{
	struct task *t = task_begin(w, job);

	if (t == NULL)
		return;
	if (t->d.phase == NULL)
		stop_sending(t);
	else if (is(t->d.phase, "moving"))
		release_move(t, quiet);
	else if (is(t->d.phase, "quiet"))
		wait_quiet(t);
	else if (is(t->d.phase, "posting") && t->d.order_id == NULL)
		order_look(t, ORDER_DISCONNECT, found_or_not);
	else if (is(t->d.phase, "polling"))
		poll_release(t);
	else
		task_end(t, false, "This release's record can't be read.");
}
