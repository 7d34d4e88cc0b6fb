/*
 * inbox.c: spokectl events, tray, optout and contact: what came in and what it asks for.
 */
#include <stdio.h>
#include <string.h>

#include "base/phone.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "store/audit.h"
#include "store/contacts.h"
#include "store/events.h"
#include "store/forgotten.h"
#include "store/store.h"
#include "store/wake.h"
#include "texting/optout.h"

/* ---- events ---------------------------------------------------------- */

struct list_events {
	struct arena *arena;
	uint32_t org;
	const char *before;
	size_t limit;
	bool tray;
	struct stored_event *list;
	size_t count;
};

static enum result
list_events(struct tx *tx, void *arg)
{
	struct list_events *l = arg;

	return l->tray
		   ? tray_list(tx, l->org, l->before, l->limit, l->arena, &l->list, &l->count)
		   : events_list(tx, l->org, l->before, l->limit, l->arena, &l->list, &l->count);
}

static json *
event_row(const struct stored_event *e)
{
	json *row = json_object_new();

	json_put_text(row, "id", e->id);
	json_put_int(row, "received", e->received);
	json_put_text(row, "type", e->type);
	json_put_text(row, "effect", e->effect);
	json_put_text(row, "message", e->message);
	json_put_text(row, "service_id", e->service_id);
	json_put_text(row, "needs_a_look", e->tray);
	json_put_text(row, "raw", e->raw);
	return row;
}

static int
events_or_tray(struct ctl *ctl, bool tray)
{
	static const struct ctl_column event_columns[] = {{"ID", "id", false},
	    {"RECEIVED", "received", true}, {"TYPE", "type", false}, {"EFFECT", "effect", false},
	    {"MESSAGE", "message", false}, {"RAW", "raw", false}};
	static const struct ctl_column tray_columns[] = {{"ID", "id", false},
	    {"RECEIVED", "received", true}, {"TYPE", "type", false}, {"WHY", "needs_a_look", false},
	    {"RAW", "raw", false}};
	struct list_events l = {
	    .arena = ctl->arena, .tray = tray, .before = ctl_option(ctl, "cursor")};
	size_t i, columns = tray ? 5 : 6;
	const char *next = NULL;
	int64_t limit;
	enum result r;
	json *rows;

	if (!ctl_org(ctl, 0, &l.org) || !ctl_number(ctl, "limit", 1, 1000, 50, &limit))
		return EXIT_USAGE;
	l.limit = (size_t)limit;
	if ((r = store_read(ctl->app.store, list_events, &l)) != OK)
		return ctl_result(r, "events");
	rows = json_array_new();
	for (i = 0; i < l.count; i++)
		json_add(rows, event_row(&l.list[i]));
	if (l.count == l.limit)
		next = l.list[l.count - 1].id;
	return ctl_table(ctl, "events", rows, next, tray ? tray_columns : event_columns,
	    ctl_flag(ctl, "raw") ? columns : columns - 1,
	    tray ? "Nothing needs a look." : "No event has come yet.");
}

int
cmd_events(struct ctl *ctl)
{
	return events_or_tray(ctl, false);
}

int
cmd_tray(struct ctl *ctl)
{
	return events_or_tray(ctl, true);
}

/* ---- one thing of an organization, changed in a transaction ------------ */

struct change {
	struct ctl *ctl;
	uint32_t org;
	const char *number;
	const char *why;
};

static enum result
done_tx(struct tx *tx, void *arg)
{
	struct change *c = arg;

	return tray_done(tx, c->org, c->ctl->args[1], ctl_who(c->ctl), "local");
}

int
cmd_tray_done(struct ctl *ctl)
{
	struct change c = {.ctl = ctl};
	enum result r;
	json *out;

	if (!ctl_org(ctl, 0, &c.org))
		return EXIT_USAGE;
	if ((r = ctl_commit(ctl, done_tx, &c)) != OK)
		return ctl_result(r, "event");
	out = json_object_new();
	json_put_text(out, "id", ctl->args[1]);
	return ctl_say(ctl, out, "Done.");
}

/* Organization and number of a command "N NUMBER". */
static int
change_arguments(struct ctl *ctl, struct change *c)
{
	char number[PHONE_MAX];
	const char *why;

	c->ctl = ctl;
	if (!ctl_org(ctl, 0, &c->org))
		return EXIT_USAGE;
	if (phone_normalize(ctl->args[1], number, &why) != 0)
		return ctl_fail(EXIT_USAGE, "%s: %s", ctl->args[1], why);
	c->number = arena_str(ctl->arena, number);
	return 0;
}

/* Runs one of the changes below and says what came of it. */
static int
change_number(struct ctl *ctl, tx_fn fn, const char *said)
{
	struct change c = {0};
	enum result r;
	json *out;
	int code;

	if ((code = change_arguments(ctl, &c)) != 0)
		return code;
	r = ctl_commit(ctl, fn, &c);
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "%s", c.why != NULL ? c.why : "refused");
	if (r != OK)
		return ctl_result(r, c.number);
	wake_worker(&ctl->settings, ctl->app.store, c.org);
	out = json_object_new();
	json_put_text(out, "number", c.number);
	return ctl_say(ctl, out, "%s %s", c.number, said);
}

/* The change goes into the audit with it: with the number, unless that was forgotten. */
static enum result
change_tx(struct tx *tx, struct change *c, const char *what,
    enum result (*fn)(struct tx *, struct change *))
{
	struct audit a = {.org = c->org,
	    .time = tx_now(tx),
	    .who = ctl_who(c->ctl),
	    .from = "local",
	    .what = what,
	    .detail = c->number};
	struct contact contact;
	enum result r = contacts_get(tx, c->org, c->number, true, tx_arena(tx), &contact);

	if (r == OK && contact.forgotten)
		a.detail = CONTACT_FORGOTTEN;
	r = fn(tx, c);
	return r == OK ? audit_add(tx, &a) : r;
}

static enum result
optout_add(struct tx *tx, struct change *c)
{
	return optout_set(tx, c->org, c->number, "person", ctl_who(c->ctl));
}

static enum result
optout_add_tx(struct tx *tx, void *arg)
{
	return change_tx(tx, arg, "optout.add", optout_add);
}

static enum result
optout_remove(struct tx *tx, struct change *c)
{
	return optout_clear(tx, c->org, c->number, "person", ctl_who(c->ctl), &c->why);
}

static enum result
optout_remove_tx(struct tx *tx, void *arg)
{
	return change_tx(tx, arg, "optout.remove", optout_remove);
}

static enum result
release(struct tx *tx, struct change *c)
{
	return contact_release(tx, c->org, c->number, 0, ctl_who(c->ctl));
}

static enum result
release_tx(struct tx *tx, void *arg)
{
	return change_tx(tx, arg, "contact.release", release);
}

int
cmd_optout_add(struct ctl *ctl)
{
	return change_number(ctl, optout_add_tx, "is not texted any more.");
}

int
cmd_optout_remove(struct ctl *ctl)
{
	return change_number(ctl, optout_remove_tx, "may be texted again.");
}

int
cmd_contact_release(struct ctl *ctl)
{
	return change_number(ctl, release_tx, "is no longer held.");
}

/* ---- opt-outs -------------------------------------------------------- */

struct list_contacts {
	struct arena *arena;
	uint32_t org;
	const char *after;
	size_t limit;
	struct contact *list;
	size_t count;
	size_t forgotten; /* opted out too; their numbers are not kept */
};

static enum result
list_contacts(struct tx *tx, void *arg)
{
	struct list_contacts *l = arg;
	enum result r = forgotten_count(tx, l->org, SIZE_MAX, &l->forgotten);

	return r == OK ? contacts_list(
			     tx, l->org, 'o', l->after, l->limit, l->arena, &l->list, &l->count)
		       : r;
}

int
cmd_optout_list(struct ctl *ctl)
{
	static const struct ctl_column columns[] = {{"NUMBER", "number", false},
	    {"SINCE", "since", true}, {"CAUSE", "cause", false}, {"DETAIL", "detail", false}};
	struct list_contacts l = {.arena = ctl->arena, .after = ctl_option(ctl, "cursor")};
	int64_t limit;
	json *rows, *row;
	enum result r;
	size_t i;
	int code;

	if (!ctl_org(ctl, 0, &l.org) || !ctl_number(ctl, "limit", 1, 10000, 1000, &limit))
		return EXIT_USAGE;
	l.limit = (size_t)limit;
	if ((r = store_read(ctl->app.store, list_contacts, &l)) != OK)
		return ctl_result(r, "opt-outs");
	rows = json_array_new();
	for (i = 0; i < l.count; i++) {
		row = json_object_new();
		json_put_text(row, "number", l.list[i].number);
		json_put_int(row, "since", l.list[i].opt_out_at);
		json_put_text(row, "cause", l.list[i].opt_out_cause);
		json_put_text(row, "detail", l.list[i].opt_out_detail);
		json_add(rows, row);
	}
	code = ctl_table(ctl, "optouts", rows,
	    l.count == l.limit ? l.list[l.count - 1].number : NULL, columns, 4,
	    l.forgotten > 0 ? "Nobody whose number is kept has opted out."
			    : "Nobody has opted out.");
	if (l.forgotten > 0 && !ctl->json)
		ctl_print("%zu more asked to be forgotten: they are not texted, and their numbers "
			  "are not kept.\n",
		    l.forgotten);
	return code;
}
