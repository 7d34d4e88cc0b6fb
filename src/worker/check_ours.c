/*
 * check_ours.c: the organization's own numbers in service, as a check compares them with
 * Bandwidth's (check_private.h).
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/phone.h"
#include "store/numbers.h"
#include "worker/check_private.h"
#include "worker/worker.h"

#define PAGE 500

/* 800, 888, 877, 866, 855, 844 and 833 of the North American plan. */
static bool
is_tollfree(const char *number)
{
	static const char *const codes[] = {"800", "833", "844", "855", "866", "877", "888"};
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strncmp(number, "+1", 2) == 0 && strncmp(number + 2, codes[i], 3) == 0)
			return true;
	return false;
}

/* Makes room for one more. */
static void
add(struct check *c, struct check_ours *list, const char *number)
{
	const char **longer;
	size_t room = list->count == 0 ? 16 : list->count;

	/* Full at 16, 32, 64 … */
	if ((list->count & (list->count - 1)) == 0 && (list->count == 0 || list->count >= 16)) {
		longer = arena_alloc(c->arena, 2 * room * sizeof(*longer));
		if (list->count > 0)
			memcpy(longer, list->numbers, list->count * sizeof(*longer));
		list->numbers = longer;
	}
	list->numbers[list->count++] = number;
}

struct reading {
	const struct check *c;
	const char *after;
	struct number *list;
	size_t count;
};

static enum result
read_page(struct tx *tx, void *arg)
{
	struct reading *r = arg;

	return numbers_list(
	    tx, (uint32_t)r->c->org.id, r->after, PAGE, r->c->arena, &r->list, &r->count);
}

static void
take(struct check *c, const struct number *n)
{
	if (strcmp(n->state, "in-service") != 0 || phone_is_short_code(n->number))
		return;
	add(c, &c->location, n->number);
	add(c, is_tollfree(n->number) ? &c->tollfree : &c->local, n->number);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
sort(struct check *c, struct check_ours *list)
{
	if (list->count > 0)
		qsort(list->numbers, list->count, sizeof(*list->numbers), compare);
	list->found = arena_alloc(c->arena, list->count + 1);
}

enum result
check_ours(struct check *c)
{
	struct reading r = {.c = c};
	enum result e;
	size_t i;

	do {
		e = store_read(c->w->app->store, read_page, &r);
		for (i = 0; e == OK && i < r.count; i++)
			take(c, &r.list[i]);
		r.after = e == OK && r.count > 0 ? r.list[r.count - 1].number : NULL;
	} while (e == OK && r.count == PAGE);
	sort(c, &c->location);
	sort(c, &c->local);
	sort(c, &c->tollfree);
	return e;
}

int64_t
check_ours_find(const struct check_ours *list, const char *number)
{
	const char **at = NULL;

	if (list->count > 0 && number != NULL)
		at = bsearch(&number, list->numbers, list->count, sizeof(*list->numbers), compare);
	return at != NULL ? at - list->numbers : -1;
}
