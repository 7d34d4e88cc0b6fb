/*
 * numbers.c: spokectl numbers: the organization's own numbers.
 */
#include <string.h>

#include "base/phone.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "store/audit.h"
#include "store/numbers.h"
#include "store/orgs.h"

struct list_numbers {
	struct arena *arena;
	uint32_t org;
	const char *after;
	size_t limit;
	struct number *list;
	size_t count;
};

static enum result
list_numbers(struct tx *tx, void *arg)
{
	struct list_numbers *l = arg;

	return numbers_list(tx, l->org, l->after, l->limit, l->arena, &l->list, &l->count);
}

int
cmd_numbers_list(struct ctl *ctl)
{
	static const struct ctl_column columns[] = {{"NUMBER", "number", false},
	    {"STATE", "state", false}, {"ADDED", "added", true}, {"LAST USE", "last_use", true}};
	struct list_numbers l = {.arena = ctl->arena, .after = ctl_option(ctl, "cursor")};
	int64_t limit;
	json *rows, *row;
	enum result r;
	size_t i;

	if (!ctl_org(ctl, 0, &l.org) || !ctl_number(ctl, "limit", 1, 10000, 1000, &limit))
		return EXIT_USAGE;
	l.limit = (size_t)limit;
	if ((r = store_read(ctl->app.store, list_numbers, &l)) != OK)
		return ctl_result(r, "numbers");
	rows = json_array_new();
	for (i = 0; i < l.count; i++) {
		row = json_object_new();
		json_put_text(row, "number", l.list[i].number);
		json_put_text(row, "state", l.list[i].state);
		json_put_int(row, "added", l.list[i].added);
		json_put_int(row, "last_use", l.list[i].last_use);
		json_add(rows, row);
	}
	return ctl_table(ctl, "numbers", rows,
	    l.count == l.limit ? l.list[l.count - 1].number : NULL, columns, 4,
	    "No number yet. Add one with: spokectl numbers add N NUMBER");
}

/* ---- adding and removing --------------------------------------------- */

struct change_numbers {
	struct ctl *ctl;
	uint32_t org;
	const char *numbers[CTL_ARGS];
	int count;
	const char *at; /* the one that stood in the way */
	uint32_t owner; /* whose it is already */
};

static int
numbers_arguments(struct ctl *ctl, struct change_numbers *c)
{
	char number[PHONE_MAX];
	const char *why;
	int i;

	c->ctl = ctl;
	if (!ctl_org(ctl, 0, &c->org))
		return EXIT_USAGE;
	for (i = 1; i < ctl->nargs; i++) {
		if (phone_is_short_code(ctl->args[i]) && ctl_flag(ctl, "short-code"))
			c->numbers[c->count++] = ctl->args[i];
		else if (phone_normalize(ctl->args[i], number, &why) == 0)
			c->numbers[c->count++] = arena_str(ctl->arena, number);
		else
			return ctl_fail(EXIT_USAGE, "%s: %s%s", ctl->args[i], why,
			    phone_is_short_code(ctl->args[i])
				? " If it is a short code of yours, say --short-code."
				: "");
	}
	return 0;
}

static enum result
audit_numbers(struct tx *tx, const struct change_numbers *c, const char *what)
{
	struct audit a = {.org = c->org,
	    .time = tx_now(tx),
	    .who = ctl_who(c->ctl),
	    .from = "local",
	    .what = what};
	int i;

	a.detail = c->numbers[0];
	for (i = 1; i < c->count; i++)
		a.detail = arena_fmt(tx_arena(tx), "%s %s", a.detail, c->numbers[i]);
	return audit_add(tx, &a);
}

static enum result
add_numbers(struct tx *tx, void *arg)
{
	struct change_numbers *c = arg;
	struct organization org;
	struct number number;
	enum result r;
	int i;

	c->at = "organization";
	if ((r = orgs_get(tx, c->org, false, tx_arena(tx), &org)) != OK)
		return r;
	for (i = 0; i < c->count; i++) {
		c->at = c->numbers[i];
		number = (struct number){.org = c->org,
		    .number = c->numbers[i],
		    .state = "in-service",
		    .added = tx_now(tx)};
		if ((r = numbers_add(tx, &number, &c->owner)) != OK)
			return r;
	}
	return audit_numbers(tx, c, "numbers.add");
}

int
cmd_numbers_add(struct ctl *ctl)
{
	struct change_numbers c = {0};
	enum result r;
	json *out;
	int code;

	if ((code = numbers_arguments(ctl, &c)) != 0)
		return code;
	r = ctl_commit(ctl, add_numbers, &c);
	if (r == EXISTS)
		return ctl_fail(EXIT_FAILED,
		    "%s belongs to organization %u already; nothing was added", c.at, c.owner);
	if (r != OK)
		return ctl_result(r, c.at);
	out = json_object_new();
	json_put_int(out, "added", c.count);
	return ctl_say(ctl, out, "Added: %s%s.", c.numbers[0],
	    c.count > 1 ? arena_fmt(ctl->arena, " and %d more", c.count - 1) : "");
}

static enum result
remove_numbers(struct tx *tx, void *arg)
{
	struct change_numbers *c = arg;
	enum result r;
	int i;

	for (i = 0; i < c->count; i++) {
		c->at = c->numbers[i];
		if ((r = numbers_remove(tx, c->org, c->numbers[i])) != OK)
			return r;
	}
	return audit_numbers(tx, c, "numbers.remove");
}

int
cmd_numbers_remove(struct ctl *ctl)
{
	struct change_numbers c = {0};
	enum result r;
	json *out;
	int code;

	if ((code = numbers_arguments(ctl, &c)) != 0)
		return code;
	if ((r = ctl_commit(ctl, remove_numbers, &c)) != OK)
		return ctl_result(r, c.at);
	out = json_object_new();
	json_put_int(out, "removed", c.count);
	return ctl_say(ctl, out, "Removed: %d. They are still yours at Bandwidth.", c.count);
}
