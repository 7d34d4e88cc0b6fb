/*
 * order_end.c: what follows when an order's numbers have come: the campaign, if one was asked
 * for, and waiting until Bandwidth has put them in service (order.h).
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bandwidth/client.h"
#include "store/numbers.h"
#include "worker/inventory.h"
#include "worker/jobs.h"
#include "worker/order.h"
#include "worker/worker.h"

#define PIECE 100
/* After so long the daily sync goes on looking. */
#define READY_WITHIN (3 * CLOCK_DAY)
#define OPTIONS_WITHIN CLOCK_DAY

/* ---- the campaign --------------------------------------------------------------- */

static void
to_ready(struct task *t, const char *words)
{
	t->d.options_words = words;
	t->d.phase = "ready";
	t->d.polls = 0;
	if (task_store(t, NULL, NULL))
		task_again(t, CLOCK_SECOND, "Waiting until the numbers are in service.");
}

/* Setting options twice does no harm, so it is simply asked for again. */
static void
options_later(struct task *t, const char *words, int64_t again)
{
	if (clock_now() - t->created > OPTIONS_WITHIN) {
		to_ready(t, words);
		return;
	}
	t->d.polls++;
	if (task_store(t, NULL, NULL))
		task_again(t,
		    order_poll_wait(t->d.polls, false) > again ? order_poll_wait(t->d.polls, false)
							       : again,
		    arena_fmt(t->arena, "Assigning the numbers to campaign %s: %s", t->d.campaign,
			words));
}

static void
options_answered(struct task *t, const struct task_answer *answer)
{
	struct order_answer order = {.head = {.words = ""}};
	const char *words;

	if (answer->http != NULL)
		order_read(answer->http, t->arena, ORDER_OPTIONS, &order);
	words = task_words(answer, &order.head);
	switch (task_outcome(answer, &order.head)) {
	case NUMBERS_FINE:
		t->d.options_id = order.id;
		t->d.options_status = order.state_word;
		if (order_state_final(order.state))
			to_ready(t, order.state == ORDER_COMPLETE ? NULL : words);
		else
			options_later(t, "Bandwidth is working on it.", 0);
		return;
	case NUMBERS_UNAUTHORIZED:
	case NUMBERS_FORBIDDEN:
	case NUMBERS_REFUSED:
	case NUMBERS_EXISTS:
		to_ready(t, words);
		return;
	case NUMBERS_NOT_FOUND:
	case NUMBERS_BUSY:
	case NUMBERS_NOT_SENT:
	case NUMBERS_UNKNOWN:
		break;
	}
	options_later(t, words, answer->again);
}

void
order_options(struct task *t)
{
	struct options o = {
	    .own_id = t->d.our_id, .numbers = t->d.got, .campaign_id = t->d.campaign};
	struct http_request request;

	task_step(t, "Assigning the numbers to the campaign");
	if (t->d.options_id != NULL)
		order_request(&request, t->arena, &t->account, ORDER_OPTIONS, t->d.options_id);
	else if (options_request(&request, t->arena, &t->account, &o) != 0) {
		to_ready(t, "This campaign can't be assigned.");
		return;
	}
	task_ask(t, &request, options_answered);
}

/* ---- until they are in service ---------------------------------------------------- */

struct readying {
	struct task *t;
	size_t next;		  /* of d.got: asked about next */
	struct text_list ready;	  /* to be put in service */
	bool waits;		  /* some are not in service yet */
	bool blind;		  /* Bandwidth does not say */
	struct text_list waiting; /* not in service yet */
};

static void look_next(struct readying *);

static enum result
put_in_service(struct tx *tx, void *arg)
{
	struct readying *x = arg;
	struct number n;
	size_t i;
	enum result r = OK;

	for (i = 0; r == OK && i < x->ready.count; i++) {
		r = numbers_get(tx, x->t->org, x->ready.items[i], true, tx_arena(tx), &n);
		if (r == OK && number_is(&n, NUMBER_NOT_READY)) {
			n.state = NUMBER_IN_SERVICE;
			n.state_why = NULL;
			r = numbers_put(tx, &n);
		}
		if (r == NOT_FOUND || r == EXISTS)
			r = OK;
	}
	return r;
}

static bool
flush_ready(struct readying *x)
{
	if (x->ready.count == 0)
		return true;
	if (!task_run(x->t, put_in_service, x))
		return false;
	x->ready.count = 0;
	return true;
}

static const char *
summary(struct task *t, size_t waiting)
{
	struct arena *a = t->arena;
	size_t wanted = (size_t)t->d.quantity, came = t->d.got.count;
	const char *text = came < wanted
			       ? arena_fmt(a, "%zu of %zu numbers came", came, wanted)
			       : arena_fmt(a, "%zu number%s came", came, came == 1 ? "" : "s");

	if (came < wanted && t->d.words != NULL)
		text = arena_fmt(a, "%s (%s)", text, t->d.words);
	if (t->d.foreign.count > 0)
		text = arena_fmt(a, "%s; %zu belong%s to another organization here", text,
		    t->d.foreign.count, t->d.foreign.count == 1 ? "s" : "");
	if (t->d.options_words != NULL)
		text =
		    arena_fmt(a, "%s; the campaign was not assigned: %s", text, t->d.options_words);
	if (waiting > 0)
		return arena_fmt(a,
		    "%s%s %zu are not in service yet; the daily sync goes on looking.", text,
		    text[strlen(text) - 1] == '.' ? "" : ".", waiting);
	return text[strlen(text) - 1] == '.' ? text : arena_fmt(a, "%s.", text);
}

static void
round_over(struct readying *x)
{
	struct task *t = x->t;

	if (!flush_ready(x))
		return;
	if (x->blind)
		jobs_ask(t->w, t->org, INVENTORY_SYNC, 0);
	if (x->waiting.count == 0 || x->blind || clock_now() - t->created > READY_WITHIN) {
		if (!x->blind)
			jobs_ask(t->w, t->org, INVENTORY_SYNC, 0);
		task_end(t, true, summary(t, x->waiting.count));
		return;
	}
	t->d.polls++;
	if (task_store(t, NULL, NULL))
		task_again(t, order_poll_wait(t->d.polls, t->d.polls > 20),
		    arena_fmt(t->arena, "%zu of %zu numbers are in service.",
			t->d.got.count - x->waiting.count, t->d.got.count));
}

static void
number_came(struct task *t, const struct task_answer *answer)
{
	struct readying *x = t->own;
	const char *number = t->d.got.items[x->next];
	struct number_answer detail = {.head = {.words = ""}};
	enum numbers_outcome outcome;

	if (answer->http != NULL)
		number_read(answer->http, t->arena, &detail);
	outcome = task_outcome(answer, &detail.head);
	if (outcome == NUMBERS_FINE && detail.number.status != NULL &&
	    strcmp(detail.number.status, "Inservice") == 0)
		x->ready = text_list_add(t->arena, x->ready, number);
	else
		x->waiting = text_list_add(t->arena, x->waiting, number);
	/* Without the role for it the list of the location has to do. */
	if (outcome == NUMBERS_FORBIDDEN || outcome == NUMBERS_UNAUTHORIZED) {
		x->blind = true;
		round_over(x);
		return;
	}
	x->next++;
	if (x->ready.count >= PIECE && !flush_ready(x))
		return;
	look_next(x);
}

static enum result
look_state(struct tx *tx, void *arg)
{
	struct readying *x = arg;
	struct number n;
	enum result r;

	x->waits = false;
	r = numbers_get(tx, x->t->org, x->t->d.got.items[x->next], false, tx_arena(tx), &n);
	x->waits = r == OK && number_is(&n, NUMBER_NOT_READY);
	return r == NOT_FOUND ? OK : r;
}

static void
look_next(struct readying *x)
{
	struct task *t = x->t;
	struct http_request request;

	for (; x->next < t->d.got.count; x->next++) {
		if (!task_run(t, look_state, x))
			return;
		if (!x->waits)
			continue;
		number_request(&request, t->arena, &t->account, t->d.got.items[x->next]);
		task_ask(t, &request, number_came);
		return;
	}
	round_over(x);
}

void
order_ready(struct task *t)
{
	struct readying *x = arena_alloc(t->arena, sizeof(*x));

	x->t = t;
	t->own = x;
	look_next(x);
}
