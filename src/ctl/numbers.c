/*
 * numbers.c: spokectl numbers: the organization's own numbers.
 */
#include <string.h>

#include "base/parse.h"
#include "base/phone.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "store/audit.h"
#include "store/numbers.h"
#include "store/orgs.h"
#include "texting/inventory.h"

struct list_numbers {
	struct arena *arena;
	uint32_t org;
	struct inventory_filter filter;
	struct own_number *list;
	size_t count;
	const char *next;
};

static enum result
list_numbers(struct tx *tx, void *arg)
{
	struct list_numbers *l = arg;

	return inventory_list(tx, l->org, &l->filter, l->arena, &l->list, &l->count, &l->next);
}

static int
list_arguments(struct ctl *ctl, struct list_numbers *l)
{
	struct inventory_filter *f = &l->filter;
	const char *known;
	unsigned i = 0;
	int64_t limit;

	f->state = ctl_option(ctl, "state");
	f->area = ctl_option(ctl, "area");
	f->after = ctl_option(ctl, "cursor");
	if (!ctl_org(ctl, 0, &l->org) || !ctl_number(ctl, "limit", 1, 10000, 1000, &limit))
		return EXIT_USAGE;
	f->limit = (size_t)limit;
	if (f->area != NULL && !digits_valid(f->area, strlen(f->area), 3, 3))
		return ctl_fail(EXIT_USAGE, "--area takes three digits");
	while (f->state != NULL && (known = number_state_at(i)) != NULL &&
	       strcmp(known, f->state) != 0)
		i++;
	if (f->state != NULL && number_state_at(i) == NULL)
		return ctl_fail(EXIT_USAGE,
		    "there is no state \"%s\": say in-service, not-ready, draining, releasing, released, moved "
		    "or gone",
		    f->state);
	return 0;
}

static json *
number_row(const struct own_number *o)
{
	const struct number_figures *f = &o->figures;
	int64_t ended = f->delivered_week + f->failed_week;
	json *row = json_object_new();

	json_put_text(row, "number", o->number.number);
	json_put_text(row, "state", o->number.state);
	json_put_int(row, "state_since",
	    o->number.state_since != 0 ? o->number.state_since : o->number.added);
	json_put_text(row, "state_why", o->number.state_why);
	json_put_text(row, "area", o->area);
	json_put_int(row, "contacts", f->contacts);
	json_put_int(row, "out_today", f->out_today);
	json_put_int(row, "in_today", f->in_today);
	json_put_int(row, "new_today", f->new_today);
	json_put_int(row, "last_out", f->last_out);
	json_put_int(row, "last_in", f->last_in);
	json_put_int(row, "last_text", f->last_in > f->last_out ? f->last_in : f->last_out);
	json_put_int(row, "delivered_week", f->delivered_week);
	json_put_int(row, "failed_week", f->failed_week);
	if (ended > 0)
		json_put_int(row, "delivered_percent", f->delivered_week * 100 / ended);
	json_put_int(row, "added", o->number.added);
	json_put_int(row, "last_use", o->number.last_use);
	json_put_text(row, "job", o->number.job);
	return row;
}

int
cmd_numbers_list(struct ctl *ctl)
{
	static const struct ctl_column columns[] = {{"NUMBER", "number", false},
	    {"STATE", "state", false}, {"CONTACTS", "contacts", false},
	    {"OUT TODAY", "out_today", false}, {"IN TODAY", "in_today", false},
	    {"DELIVERED %", "delivered_percent", false}, {"LAST TEXT", "last_text", true}};
	struct list_numbers l = {.arena = ctl->arena};
	json *rows;
	enum result r;
	size_t i;
	int code;

	if ((code = list_arguments(ctl, &l)) != 0)
		return code;
	if ((r = store_read(ctl->app.store, list_numbers, &l)) != OK)
		return ctl_result(r, "numbers");
	rows = json_array_new();
	for (i = 0; i < l.count; i++)
		json_add(rows, number_row(&l.list[i]));
	return ctl_table(ctl, "numbers", rows, l.next, columns, 7,
	    l.next != NULL || l.filter.state != NULL || l.filter.area != NULL
		? "None of these."
		: "No number yet. Get some with: spokectl numbers search N --area CODE");
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

/* ---- draining, and how they are picked --------------------------------- */

int
cmd_numbers_drain(struct ctl *ctl)
{
	struct inventory_answer answer = {.why = ""};
	struct change_numbers c = {0};
	struct text_list numbers = {NULL, 0};
	bool off = ctl_flag(ctl, "off");
	enum result r;
	json *out;
	int code, i;

	if ((code = numbers_arguments(ctl, &c)) != 0)
		return code;
	for (i = 0; i < c.count; i++)
		numbers = text_list_add(ctl->arena, numbers, c.numbers[i]);
	r = inventory_drain(&ctl->app, c.org, &numbers, !off, ctl_who(ctl), "local", &answer);
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "%s", answer.why);
	if (r != OK)
		return ctl_result(r, "number");
	out = json_object_new();
	json_put_int(out, "numbers", c.count);
	json_put_bool(out, "draining", !off);
	return ctl_say(ctl, out,
	    off ? "Back in service: %d."
		: "Draining: %d. They keep their contacts and get no new ones.",
	    c.count);
}

struct pick {
	struct arena *arena;
	uint32_t org;
	struct organization o;
};

static enum result
read_picker(struct tx *tx, void *arg)
{
	struct pick *p = arg;

	return orgs_get(tx, p->org, false, p->arena, &p->o);
}

/* What was said over what is stored; EXIT_USAGE with a sentence. */
static int
picker_arguments(struct ctl *ctl, const struct organization *o, struct picker_settings *s)
{
	const char *prefer = ctl_option(ctl, "prefer-area");

	if (!ctl_number(
		ctl, "new-contacts", 0, PICKER_NEW_MAX, o->new_contacts_max, &s->new_contacts_max))
		return EXIT_USAGE;
	if (prefer != NULL && strcmp(prefer, "yes") != 0 && strcmp(prefer, "no") != 0)
		return ctl_fail(EXIT_USAGE, "--prefer-area is yes or no");
	s->prefer_area = prefer == NULL ? o->prefer_area : strcmp(prefer, "yes") == 0;
	return 0;
}

int
cmd_numbers_picker(struct ctl *ctl)
{
	struct picker_settings s = {0};
	struct pick p = {.arena = ctl->arena};
	enum result r;
	json *out;
	int code;

	if (!ctl_org(ctl, 0, &p.org))
		return EXIT_USAGE;
	if ((r = store_read(ctl->app.store, read_picker, &p)) != OK)
		return ctl_result(r, "organization");
	if ((code = picker_arguments(ctl, &p.o, &s)) != 0)
		return code;
	if (ctl->noptions > 0 &&
	    (r = inventory_picker_save(&ctl->app, p.org, &s, ctl_who(ctl), "local")) != OK)
		return ctl_result(r, "organization");
	out = json_object_new();
	json_put_bool(out, "prefer_area", s.prefer_area);
	json_put_int(out, "new_contacts", s.new_contacts_max);
	return ctl_say(ctl, out,
	    "A new contact gets the number used least recently%s.\nNew contacts a day for each number: %s",
	    s.prefer_area ? ", of the contact's area code if there is one" : "",
	    s.new_contacts_max == 0 ? "no limit"
				    : arena_fmt(ctl->arena, "%lld", (long long)s.new_contacts_max));
}
