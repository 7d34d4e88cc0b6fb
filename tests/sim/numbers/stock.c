/*
 * stock.c: telephone numbers, ours and those still to be had.
 *
 * A list in the order in which they came, and a hash table over it: a test
 * may have 50,000.  Contracts in stock.h and, for world_number, world.h.
 */
#include "numbers/stock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "numbers/criteria.h"
#include "text.h"
#include "util.h"

static const char *const statuses[] = { "Inservice", "InAccount", "Aging",
    "Available" };

static size_t
slot_of(const struct world *w, const char *tn)
{
	uint64_t h = 14695981039346656037u;

	for (; *tn != '\0'; tn++)
		h = (h ^ (unsigned char)*tn) * 1099511628211u;
	return (size_t)(h ^ (h >> 29)) & (w->slots - 1);
}

static void
hang(struct world *w, struct number *n)
{
	size_t at = slot_of(w, n->tn);

	n->chain = w->table[at];
	w->table[at] = n;
}

static void
grow(struct world *w)
{
	struct number *n;

	free(w->table);
	w->slots = w->slots == 0 ? 256 : w->slots * 2;
	w->table = x_alloc(w->slots * sizeof(struct number *));
	for (n = w->numbers; n != NULL; n = n->next)
		hang(w, n);
}

struct number *
world_number(struct sim *sim, const char *tn)
{
	struct world *w = sim->world;
	struct number *n;

	if (tn == NULL || w->slots == 0)
		return NULL;
	n = w->table[slot_of(w, tn)];
	while (n != NULL && !same(n->tn, tn))
		n = n->chain;
	return n;
}

static struct number *
add(struct world *w, const char *tn)
{
	struct number *n = x_alloc(sizeof(*n));

	n->tn = x_dup(tn);
	n->enabled = true;
	n->sms = true;
	n->next = w->numbers;
	w->numbers = n;
	if (w->count++ >= (long)w->slots)
		grow(w);	/* hangs the new one too */
	else
		hang(w, n);
	return n;
}

static void
number_free(struct number *n)
{
	free(n->tn);
	free(n->account);
	free(n->application);
	free(n->location);
	free(n->campaign);
	free(n->verification);
	free(n->city);
	free(n->state);
	free(n->rate_center);
	free(n->lata);
	free(n->zip);
	free(n->near);
	free(n);
}

static void
drop(struct world *w, struct number *n)
{
	struct number **at = &w->table[slot_of(w, n->tn)];

	while (*at != n)
		at = &(*at)->chain;
	*at = n->chain;
	for (at = &w->numbers; *at != n; at = &(*at)->next)
		continue;
	*at = n->next;
	w->count--;
	number_free(n);
}

static void
take(json_object *o, const char *key, char **where)
{
	if (json_object_object_get_ex(o, key, NULL))
		x_set(where, json_text(o, key, NULL));
}

static char *
set_one(struct sim *sim, json_object *o, const char *tn)
{
	struct number *n = world_number(sim, tn);
	const char *status = json_text(o, "status", NULL);
	int i;

	if (n == NULL)
		n = add(sim->world, tn);
	take(o, "account", &n->account);
	take(o, "application", &n->application);
	take(o, "location", &n->location);
	take(o, "campaign", &n->campaign);
	take(o, "verification", &n->verification);
	take(o, "city", &n->city);
	take(o, "state", &n->state);
	take(o, "rate_center", &n->rate_center);
	take(o, "lata", &n->lata);
	take(o, "zip", &n->zip);
	take(o, "near", &n->near);
	n->enabled = json_flag(o, "enabled", n->enabled);
	n->sms = json_flag(o, "sms", n->sms);
	if (n->changed == 0)
		n->changed = now_us();
	if (status == NULL)
		return NULL;
	for (i = 0; i < 4 && !same(statuses[i], status); i++)
		continue;
	if (i == 4)
		return x_fmt("status %s: Inservice InAccount Aging Available",
		    status);
	n->status = (enum tn_status)i;
	n->live_at = 0;
	return NULL;
}

static char *
remove_one(struct sim *sim, json_object *o, const char *tn)
{
	struct number *n = world_number(sim, tn);

	(void)o;
	if (n == NULL)
		return x_fmt("no number %s", tn);
	drop(sim->world, n);
	return NULL;
}

static char *
offer_one(struct sim *sim, json_object *o, const char *tn)
{
	char *why = set_one(sim, o, tn);
	struct number *n = world_number(sim, tn);

	x_set(&n->account, NULL);
	x_set(&n->location, NULL);
	n->status = TN_AVAILABLE;
	return why;
}

/* Calls what for each number that the object names. */
static char *
each(struct sim *sim, json_object *o,
    char *(*what)(struct sim *, json_object *, const char *))
{
	const char *first = json_text(o, "number", json_text(o, "first", NULL));
	long long start, i, count = (long long)json_num(o, "count", 1);
	json_object *list = json_get(o, "numbers");
	char text[24], *why = NULL;

	if (json_object_is_type(list, json_type_array)) {
		for (i = 0; i < (long long)json_object_array_length(list) &&
		    why == NULL; i++)
			why = what(sim, o, json_object_get_string(
			    json_object_array_get_idx(list, (size_t)i)));
		return why;
	}
	if (first == NULL || first[0] == '\0' || count < 1 || count > 100000)
		return x_dup("a number needs number, or first and count, or "
		    "numbers");
	if (json_text(o, "number", NULL) != NULL || count == 1)
		return what(sim, o, first);
	if (!text_is_e164(first) || parse_ll(first + 1, 1,
	    999999999999999, &start) != 0)
		return x_dup("first must be an E.164 number");
	for (i = 0; i < count && why == NULL; i++) {
		snprintf(text, sizeof(text), "+%lld", start + i);
		why = what(sim, o, text);
	}
	return why;
}

char *
stock_apply(struct sim *sim, json_object *o)
{
	return each(sim, o, set_one);
}

char *
stock_offer(struct sim *sim, json_object *o)
{
	return each(sim, o, offer_one);
}

char *
stock_remove(struct sim *sim, json_object *o)
{
	return each(sim, o, remove_one);
}

const char *
stock_status(const struct number *n)
{
	if (n->status == TN_INACCOUNT && n->live_at != 0 &&
	    now_us() >= n->live_at)
		return "Inservice";
	return statuses[n->status];
}

json_object *
stock_show(const struct number *n)
{
	json_object *o = json_object_new_object();

	put_text(o, "number", n->tn);
	put_text(o, "account", n->account);
	put_text(o, "application", n->application);
	put_flag(o, "enabled", n->enabled);
	put_text(o, "location", n->location);
	put_text(o, "status", stock_status(n));
	put_flag(o, "sms", n->sms);
	put_text(o, "campaign", n->campaign);
	return o;
}

bool
stock_toll_free(const char *tn)
{
	static const char *const codes[] = { "800", "833", "844", "855", "866",
	    "877", "888" };
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strncmp(tn, "+1", 2) == 0 &&
		    strncmp(tn + 2, codes[i], 3) == 0)
			return true;
	return false;
}

/* Is it one of the statuses, which commas separate (CLI26, cmd/number/list.go)? */
static bool
status_listed(const char *list, const char *status)
{
	size_t n;

	for (; *list != '\0'; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		if (n == strlen(status) && strncasecmp(list, status, n) == 0)
			return true;
	}
	return false;
}

static bool
fits(const struct number *n, const struct stock_query *q)
{
	if (q->for_sale != NULL)
		return criteria_meet(q->for_sale, n);
	return (q->account == NULL || same(n->account, q->account)) &&
	    (q->location == NULL || same(n->location, q->location)) &&
	    (q->number == NULL || same(n->tn, q->number)) &&
	    (q->status == NULL || status_listed(q->status, stock_status(n)));
}

static int
by_digits(const void *a, const void *b)
{
	const struct number *const *x = a, *const *y = b;

	return strcmp((*x)->tn, (*y)->tn);
}

struct number **
stock_find(struct sim *sim, const struct stock_query *q, long *count)
{
	struct world *w = sim->world;
	struct number **list, *n;

	list = x_alloc(((size_t)w->count + 1) * sizeof(struct number *));
	*count = 0;
	for (n = w->numbers; n != NULL; n = n->next)
		if (fits(n, q))
			list[(*count)++] = n;
	qsort(list, (size_t)*count, sizeof(*list), by_digits);
	return list;
}

void
stock_loosen(struct sim *sim, const char *account, const char *location)
{
	struct number *n;

	for (n = sim->world->numbers; n != NULL; n = n->next)
		if (same(n->account, account) && same(n->location, location))
			x_set(&n->location, NULL);
}

const char *
stock_written(struct sim *sim, const char *tn)
{
	int how = (int)sim->set.ten_digits;

	/* 2: either, as Bandwidth's own client says of v2. */
	if (how == 2)
		how = tn[strlen(tn) - 1] % 2;
	return how == 1 && strncmp(tn, "+1", 2) == 0 ? tn + 2 : tn;
}

void
stock_free(struct world *w)
{
	struct number *n;

	while ((n = w->numbers) != NULL) {
		w->numbers = n->next;
		number_free(n);
	}
	free(w->table);
}
