/*
 * heap.c: events in the order in which they are due.
 *
 * A binary heap, ties broken by age; contracts in heap.h and callbacks.h.
 */
#include "heap.h"

#include <stdlib.h>

#include "util.h"

struct event *
event_new(const char *application, bool inbound, char *body)
{
	struct event *e = x_alloc(sizeof(*e));

	e->application = x_dup(application);
	e->inbound = inbound;
	e->body = body;
	e->parts = 1;
	return e;
}

void
event_free(struct event *e)
{
	if (e == NULL)
		return;
	free(e->body);
	free(e->content_type);
	free(e->application);
	free(e->url);
	free(e->type);
	free(e->to);
	free(e->from);
	free(e->tag);
	free(e->message);
	free(e->hold);
	free(e);
}

static bool
before(const struct event *a, const struct event *b)
{
	return a->due != b->due ? a->due < b->due : a->id < b->id;
}

void
heap_push(struct heap *k, struct event *e)
{
	long at = k->n++;

	if (k->n > k->cap) {
		k->cap = k->cap == 0 ? 64 : k->cap * 2;
		k->at = x_realloc(k->at,
		    (size_t)k->cap * sizeof(struct event *));
	}
	while (at > 0 && before(e, k->at[(at - 1) / 2])) {
		k->at[at] = k->at[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	k->at[at] = e;
}

struct event *
heap_pop(struct heap *k)
{
	struct event *top = k->at[0], *last = k->at[--k->n];
	long at = 0, child;

	while ((child = at * 2 + 1) < k->n) {
		if (child + 1 < k->n &&
		    before(k->at[child + 1], k->at[child]))
			child++;
		if (!before(k->at[child], last))
			break;
		k->at[at] = k->at[child];
		at = child;
	}
	if (k->n > 0)
		k->at[at] = last;
	return top;
}

void
heap_hurry(struct heap *k, int64_t now)
{
	long i, n = k->n;

	for (i = 0; i < n; i++)
		k->at[i]->due = now;
	/* Now the ids alone decide: build it again. */
	for (k->n = 0; k->n < n;)
		heap_push(k, k->at[k->n]);
}

void
heap_free(struct heap *k)
{
	while (k->n > 0)
		event_free(heap_pop(k));
	free(k->at);
}
