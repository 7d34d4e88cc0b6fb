/*
 * order_look.c: looks at Bandwidth for an order of which nobody knows whether it arrived
 * (order.h).
 *
 * The lists are asked for by our own id where Bandwidth offers that.  An order that the list
 * shows without our id is asked for itself, if it was made at about the right time.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bandwidth/client.h"
#include "worker/order.h"

#define PAGES_MOST 20
#define CONFIRM_MOST 50
/* How far Bandwidth's clock may be behind ours. */
#define SLACK (10 * CLOCK_MINUTE)

struct look {
	struct task *t;
	enum order_kind kind;
	void (*then)(struct task *, const char *id);
	struct page page;
	int pages;
	struct text_list doubtful; /* ids that might be ours */
	size_t next;		   /* of those */
};

int64_t
order_look_wait(int64_t looks)
{
	static const int64_t waits[] = {
	    10 * CLOCK_SECOND, CLOCK_MINUTE, 5 * CLOCK_MINUTE, 15 * CLOCK_MINUTE, CLOCK_HOUR};

	return looks < (int64_t)(sizeof waits / sizeof waits[0]) ? waits[looks] : 0;
}

int64_t
order_poll_wait(int64_t polls, bool backordered)
{
	static const int64_t waits[] = {1, 1, 2, 3, 5, 10, 20, 30, 60, 60, 120};
	int64_t last = (int64_t)(sizeof waits / sizeof waits[0]) - 1;

	if (backordered && polls > 3 * last)
		return CLOCK_HOUR;
	if (polls > last)
		return 5 * CLOCK_MINUTE;
	return waits[polls < 0 ? 0 : polls] * CLOCK_SECOND;
}

static void ask_page(struct look *);
static void confirm(struct look *);

static void
not_there(struct look *l)
{
	l->t->d.looks++;
	if (task_store(l->t, NULL, NULL))
		l->then(l->t, NULL);
}

/* Nothing was learned: another time. */
static void
put_off(struct look *l, const struct task_answer *answer, const struct numbers_head *head)
{
	task_put_off(l->t, answer->again,
	    arena_fmt(l->t->arena,
		"The answer to the order was lost, and Bandwidth can't be asked now: %s",
		task_words(answer, head)));
}

static void
confirmed(struct task *t, const struct task_answer *answer)
{
	struct look *l = t->own;
	struct order_answer order = {.head = {.words = ""}};
	enum numbers_outcome outcome;

	if (answer->http != NULL)
		order_read(answer->http, t->arena, l->kind, &order);
	outcome = task_outcome(answer, &order.head);
	if (outcome == NUMBERS_FINE && order.own_id != NULL &&
	    strcmp(order.own_id, t->d.our_id) == 0)
		l->then(t, l->doubtful.items[l->next]);
	else if (outcome == NUMBERS_FINE || outcome == NUMBERS_NOT_FOUND) {
		l->next++;
		confirm(l);
	} else
		put_off(l, answer, &order.head);
}

static void
confirm(struct look *l)
{
	struct http_request request;

	if (l->next >= l->doubtful.count) {
		not_there(l);
		return;
	}
	order_request(&request, l->t->arena, &l->t->account, l->kind, l->doubtful.items[l->next]);
	task_ask(l->t, &request, confirmed);
}

/* Ours, or perhaps ours? */
static const char *
find(struct look *l, const struct order_list_answer *list)
{
	const struct order_item *item;
	size_t i;

	for (i = 0; i < list->count; i++) {
		item = &list->items[i];
		if (item->own_id != NULL && strcmp(item->own_id, l->t->d.our_id) == 0)
			return item->id;
		if (item->own_id == NULL && l->doubtful.count < CONFIRM_MOST &&
		    (item->created == 0 || item->created > l->t->d.posted - SLACK))
			l->doubtful = text_list_add(l->t->arena, l->doubtful, item->id);
	}
	return NULL;
}

static void
listed(struct task *t, const struct task_answer *answer)
{
	struct look *l = t->own;
	struct order_list_answer list = {.head = {.words = ""}};
	enum numbers_outcome outcome;
	const char *id;

	if (answer->http != NULL)
		order_list_read(answer->http, t->arena, &l->page, &list);
	outcome = task_outcome(answer, &list.head);
	if (outcome != NUMBERS_FINE && outcome != NUMBERS_NOT_FOUND) {
		put_off(l, answer, &list.head);
		return;
	}
	id = find(l, &list);
	if (id != NULL) {
		l->then(t, id);
		return;
	}
	if (list.next != NULL && ++l->pages < PAGES_MOST) {
		l->page.page = list.next;
		ask_page(l);
		return;
	}
	confirm(l);
}

static void
ask_page(struct look *l)
{
	struct http_request request;

	order_list_request(
	    &request, l->t->arena, &l->t->account, l->kind, l->t->d.our_id, &l->page);
	task_ask(l->t, &request, listed);
}

void
order_look(struct task *t, enum order_kind kind, void (*then)(struct task *, const char *id))
{
	struct look *l = arena_alloc(t->arena, sizeof(*l));
	int64_t early = t->d.posted + order_look_wait(0) - clock_now();

	l->t = t;
	l->kind = kind;
	l->then = then;
	t->own = l;
	/* A worker that was started at once after another's death: what was sent may still be
	 * on its way. */
	if (t->d.looks == 0 && early > 0) {
		task_again(t, early, "Looking at Bandwidth soon whether the order arrived.");
		return;
	}
	task_step(t, "Looking at Bandwidth whether the order arrived");
	ask_page(l);
}
