/*
 * order.c: the job "numbers-order": buys numbers, once (inventory.h).
 *
 * Phases, as they stand in the store: none (nothing was asked), "posting" (it may have been
 * asked), "polling" (Bandwidth's id is known), "adding" (what came is known), "options" (the
 * campaign), "ready" (until they are in service).  A worker that dies over it goes on with
 * the phase that is stored: from "posting" by looking for the order, never by asking again.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "bandwidth/client.h"
#include "bandwidth/orders.h"
#include "store/audit.h"
#include "worker/inventory.h"
#include "worker/jobs.h"
#include "worker/order.h"
#include "worker/worker.h"

/* An order that could not even be begun for so long is not wanted any more. */
#define BEGIN_WITHIN CLOCK_HOUR
/* So long Bandwidth may say that it does not know an order of which it gave the id. */
#define GIVE_UP (7 * CLOCK_DAY)
#define PIECE 100

static void poll_order(struct task *);
static void add_numbers(struct task *);

static bool
is(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* ---- asking for it ------------------------------------------------------------------ */

/* It is certain that nothing was ordered. */
static void
not_ordered(
    struct task *t, const struct task_answer *answer, const struct numbers_head *head, bool final)
{
	const char *words = task_words(answer, head);

	t->d.phase = NULL;
	t->d.posted = 0;
	t->d.words = words;
	if (!task_store(t, NULL, NULL))
		return;
	if (final || clock_now() - t->created > BEGIN_WITHIN)
		task_end(t, false,
		    arena_fmt(t->arena, "Nothing was ordered, and nothing costs: %s", words));
	else
		task_put_off(t, answer->again, words);
}

/* Bandwidth has it: its id is stored before anything else. */
static void
take_id(struct task *t, const char *id, const struct order_answer *order)
{
	t->d.order_id = id;
	t->d.phase = "polling";
	t->d.polls = 0;
	t->d.status = order != NULL ? order->state_word : NULL;
	t->d.words = order != NULL && *order->head.words != '\0' ? order->head.words : NULL;
	if (!task_store(t, NULL, NULL))
		return;
	task_again(t, CLOCK_SECOND, "Ordered. Bandwidth is working on it.");
}

static void
posted(struct task *t, const struct task_answer *answer)
{
	struct order_answer order = {.head = {.words = ""}};

	if (answer->http != NULL)
		order_read(answer->http, t->arena, ORDER_PURCHASE, &order);
	switch (task_outcome(answer, &order.head)) {
	case NUMBERS_FINE:
		take_id(t, order.id, &order);
		return;
	case NUMBERS_NOT_FOUND:
	case NUMBERS_EXISTS:
	case NUMBERS_REFUSED:
		not_ordered(t, answer, &order.head, true);
		return;
	case NUMBERS_UNAUTHORIZED:
	case NUMBERS_FORBIDDEN:
	case NUMBERS_BUSY:
	case NUMBERS_NOT_SENT:
		not_ordered(t, answer, &order.head, false);
		return;
	case NUMBERS_UNKNOWN:
		break;
	}
	t->d.words = task_words(answer, &order.head);
	if (task_store(t, NULL, NULL))
		task_again(t, order_look_wait(0),
		    "The answer to the order was lost; looking whether Bandwidth has it.");
}

static void
post(struct task *t)
{
	struct number_search search;
	struct purchase p = {.name = arena_fmt(t->arena, "Texting %s", t->d.our_id),
	    .own_id = t->d.our_id,
	    .site_id = t->d.site,
	    .peer_id = t->d.peer,
	    .partial = t->d.partial,
	    .back_order = t->d.backorder,
	    .numbers = t->d.numbers};
	struct http_request request;

	if (t->d.numbers.count == 0 && want_search(&t->d, &search) == 0)
		p.search = &search;
	if (purchase_request(&request, t->arena, &t->account, &p) != 0) {
		task_end(t, false, "Nothing was ordered: this is not an order that can be made.");
		return;
	}
	t->d.phase = "posting";
	t->d.posted = clock_now();
	t->d.looks = 0;
	if (!task_store(t, NULL, NULL))
		return;
	task_step(t, "Ordering at Bandwidth");
	task_ask(t, &request, posted);
}

/* ---- an order whose answer was lost --------------------------------------------------- */

static void
found_or_not(struct task *t, const char *id)
{
	if (id != NULL)
		take_id(t, id, NULL);
	else if (order_look_wait(t->d.looks) == 0)
		task_end(t, false,
		    arena_fmt(t->arena,
			"It is not known whether Bandwidth took this order: the answer was lost, "
			"and no order \"%s\" shows there. Nothing is ordered again by itself. "
			"Look at Bandwidth, or sync the numbers, before you order again.",
			t->d.our_id));
	else
		task_again(t, order_look_wait(t->d.looks),
		    "Looking at Bandwidth whether the order arrived.");
}

/* ---- until it is final ------------------------------------------------------------------ */

static void
failed(struct task *t, const char *words)
{
	task_end(t, false,
	    arena_fmt(t->arena, "Bandwidth could not fill the order, and nothing came: %s",
		words != NULL ? words : "it did not say why."));
}

static void
polled(struct task *t, const struct task_answer *answer)
{
	struct order_answer order = {.head = {.words = ""}};
	const char *step;

	if (answer->http != NULL)
		order_read(answer->http, t->arena, ORDER_PURCHASE, &order);
	if (task_outcome(answer, &order.head) == NUMBERS_NOT_FOUND &&
	    clock_now() - t->created > GIVE_UP) {
		task_end(
		    t, false, "Bandwidth does not know this order any more. Sync the numbers.");
		return;
	}
	if (task_outcome(answer, &order.head) != NUMBERS_FINE) {
		t->d.polls++;
		if (task_store(t, NULL, NULL))
			task_again(t,
			    order_poll_wait(t->d.polls, false) > answer->again
				? order_poll_wait(t->d.polls, false)
				: answer->again,
			    arena_fmt(t->arena, "Ordered; asking how it stands: %s",
				task_words(answer, &order.head)));
		return;
	}
	t->d.polls++;
	t->d.status = order.state_word;
	t->d.words = *order.head.words != '\0' ? order.head.words : order.summary;
	if (order_state_final(order.state)) {
		t->d.got = order.numbers;
		t->d.not_got = order.failed;
		t->d.phase = "adding";
		if (!task_store(t, NULL, NULL))
			return;
		add_numbers(t);
		return;
	}
	if (!task_store(t, NULL, NULL))
		return;
	step = order.state == ORDER_BACKORDERED
		   ? "Back-ordered: Bandwidth has no such number now and goes on looking."
		   : "Ordered. Bandwidth is working on it.";
	task_again(t, order_poll_wait(t->d.polls, order.state == ORDER_BACKORDERED), step);
}

static void
poll_order(struct task *t)
{
	struct http_request request;

	order_request(&request, t->arena, &t->account, ORDER_PURCHASE, t->d.order_id);
	task_ask(t, &request, polled);
}

/* ---- what came ----------------------------------------------------------------------------- */

struct adding {
	struct task *t;
	size_t next; /* of d.got */
	struct text_list foreign;
};

static enum result
add_piece(struct tx *tx, void *arg)
{
	struct adding *x = arg;
	struct task *t = x->t;
	size_t i, end = x->next + PIECE < t->d.got.count ? x->next + PIECE : t->d.got.count;
	uint32_t owner;
	enum result r = OK;

	x->foreign = t->d.foreign;
	for (i = x->next; r == OK && i < end; i++) {
		struct number n = {.org = t->org,
		    .number = t->d.got.items[i],
		    .state = NUMBER_NOT_READY,
		    .state_why = arena_fmt(tx_arena(tx), "Ordered by %s.", t->by),
		    .service_id = number_service_id(tx_arena(tx), t->d.peer, t->d.got.items[i]),
		    .job = t->job};

		r = numbers_add(tx, &n, &owner);
		if (r == EXISTS && owner != t->org)
			x->foreign = text_list_add(
			    t->arena, x->foreign, arena_fmt(t->arena, "%s %u", n.number, owner));
		if (r == EXISTS)
			r = OK;
	}
	return r;
}

static bool
adding(struct task *t)
{
	struct adding *x = t->own;

	if (x->next < t->d.got.count) {
		if (!task_run(t, add_piece, x))
			return false;
		t->d.foreign = x->foreign;
		x->next += PIECE;
		return true;
	}
	t->d.phase = t->d.campaign != NULL && t->d.got.count > 0 ? "options" : "ready";
	t->d.polls = 0;
	if (!task_store(t, NULL, NULL))
		return false;
	task_again(t, CLOCK_SECOND, "The numbers came. Waiting until they are in service.");
	return false;
}

static enum result
note_audit(struct tx *tx, void *arg)
{
	struct task *t = arg;
	const struct audit a = {.org = t->org,
	    .time = tx_now(tx),
	    .who = "worker",
	    .from = "local",
	    .what = "numbers.ordered",
	    .detail = arena_fmt(tx_arena(tx), "order %s (%s): %zu came, %zu did not", t->d.order_id,
		t->d.status != NULL ? t->d.status : "?", t->d.got.count, t->d.not_got.count)};

	return audit_add(tx, &a);
}

static void
add_numbers(struct task *t)
{
	struct adding *x;

	if (!task_run(t, note_audit, t))
		return;
	if (t->d.got.count == 0) {
		/* COMPLETE without saying what: the sync finds them. */
		jobs_ask(t->w, t->org, INVENTORY_SYNC, 0);
		if (is(t->d.status, "FAILED"))
			failed(t, t->d.words);
		else
			task_end(t, true,
			    "Bandwidth filled the order without naming the numbers; a sync adds "
			    "them.");
		return;
	}
	x = arena_alloc(t->arena, sizeof(*x));
	x->t = t;
	t->d.foreign = (struct text_list){NULL, 0};
	t->own = x;
	task_pieces(t, adding);
}

/* ---- going on where it was -------------------------------------------------------------------- */

void
order_begin(struct worker *w, const struct job *job)
{
	struct task *t = task_begin(w, job);

	if (t == NULL)
		return;
	if (t->d.phase == NULL)
		post(t);
	else if (is(t->d.phase, "posting") && t->d.order_id == NULL)
		order_look(t, ORDER_PURCHASE, found_or_not);
	else if (is(t->d.phase, "polling"))
		poll_order(t);
	else if (is(t->d.phase, "adding"))
		add_numbers(t);
	else if (is(t->d.phase, "options"))
		order_options(t);
	else if (is(t->d.phase, "ready"))
		order_ready(t);
	else
		task_end(t, false, "This order's record can't be read.");
}
