/*
 * search.c: the job "numbers-search": which numbers could be ordered (inventory.h).
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bandwidth/client.h"
#include "bandwidth/stock.h"
#include "worker/inventory.h"
#include "worker/task.h"
#include "worker/want.h"

static const char *
where(const struct stock_number *n, struct arena *a)
{
	const char *city = n->city != NULL ? n->city : n->rate_center;

	if (city == NULL)
		return n->state != NULL ? n->state : "";
	return n->state != NULL ? arena_fmt(a, "%s, %s", city, n->state) : city;
}

static void
found(struct task *t, const struct task_answer *answer)
{
	struct numbers_answer list = {.count = 0};
	enum numbers_outcome outcome;
	size_t i;

	if (answer->http != NULL)
		search_read(answer->http, t->arena, &list);
	outcome = task_outcome(answer, &list.head);
	if (outcome != NUMBERS_FINE) {
		task_end(t, false,
		    arena_fmt(t->arena, "Nothing could be looked for: %s",
			task_words(answer, &list.head)));
		return;
	}
	for (i = 0; i < list.count && i < INVENTORY_FOUND_MAX; i++) {
		t->d.found = text_list_add(t->arena, t->d.found, list.items[i].number);
		t->d.where = text_list_add(t->arena, t->d.where, where(&list.items[i], t->arena));
	}
	t->d.listed = (int64_t)i;
	if (!task_store(t, NULL, NULL))
		return;
	if (i == 0)
		task_end(t, true,
		    "Bandwidth has no such number just now. Try another area, or fewer at once.");
	else
		task_end(t, true,
		    arena_fmt(t->arena, "%zu number%s found. Nothing is reserved.", i,
			i == 1 ? "" : "s"));
}

void
search_begin(struct worker *w, const struct job *job)
{
	struct task *t = task_begin(w, job);
	struct number_search search;
	struct http_request request;
	const char *wrong;

	if (t == NULL)
		return;
	t->d.found = t->d.where = (struct text_list){NULL, 0};
	if (want_search(&t->d, &search) != 0 || (wrong = search_wrong(&search)) != NULL) {
		task_end(t, false, "This is not a search that can be made.");
		return;
	}
	task_step(t, "Asking Bandwidth what there is");
	search_request(&request, t->arena, &t->account, &search);
	task_ask(t, &request, found);
}
