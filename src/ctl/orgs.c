/*
 * orgs.c: spokectl org, callback-password, pause and resume.
 */
#include <string.h>

#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "store/audit.h"
#include "store/orgs.h"
#include "store/store.h"
#include "store/wake.h"
#include "texting/outbox.h"

/* ---- organizations --------------------------------------------------- */

struct add_org {
	struct organization org;
	const char *who;
};

static enum result
add_org(struct tx *tx, void *arg)
{
	struct add_org *a = arg;
	struct audit audit = {.who = a->who, .from = "local", .what = "org.add"};
	enum result r;

	a->org.id = 0;
	a->org.created = tx_now(tx);
	if ((r = orgs_create(tx, &a->org)) != OK)
		return r;
	audit.org = a->org.id;
	audit.time = tx_now(tx);
	audit.detail = a->org.name;
	return audit_add(tx, &audit);
}

int
cmd_org_add(struct ctl *ctl)
{
	struct add_org a = {.org = {.name = ctl->args[0]}, .who = ctl_who(ctl)};
	enum result r;
	json *out;

	if (*ctl->args[0] == '\0' || strlen(ctl->args[0]) > 200 ||
	    strchr(ctl->args[0], '\n') != NULL)
		return ctl_fail(EXIT_USAGE, "an organization's name is one line of 1 to 200 bytes");
	if ((r = ctl_commit(ctl, add_org, &a)) != OK)
		return ctl_result(r, "organization");
	out = json_object_new();
	json_put_int(out, "organization", a.org.id);
	json_put_text(out, "name", a.org.name);
	return ctl_say(ctl, out, "Organization %lld: %s", (long long)a.org.id, a.org.name);
}

struct list_orgs {
	struct arena *arena;
	struct organization *list;
	size_t count;
};

static enum result
list_orgs(struct tx *tx, void *arg)
{
	struct list_orgs *l = arg;

	return orgs_list(tx, 0, 100000, l->arena, &l->list, &l->count);
}

int
cmd_org_list(struct ctl *ctl)
{
	static const struct ctl_column columns[] = {{"NUMBER", "organization", false},
	    {"NAME", "name", false}, {"PAUSED", "paused", false}, {"ADDED", "created", true}};
	struct list_orgs l = {.arena = ctl->arena};
	json *rows, *row;
	enum result r;
	size_t i;

	if ((r = store_read(ctl->app.store, list_orgs, &l)) != OK)
		return ctl_result(r, "organizations");
	rows = json_array_new();
	for (i = 0; i < l.count; i++) {
		row = json_object_new();
		json_put_int(row, "organization", l.list[i].id);
		json_put_text(row, "name", l.list[i].name);
		json_put_bool(row, "paused", l.list[i].paused);
		json_put_int(row, "created", l.list[i].created);
		json_add(rows, row);
	}
	return ctl_table(ctl, "organizations", rows, NULL, columns, 4,
	    "No organization yet. Add one with: spokectl org add NAME");
}

int
cmd_callback_password(struct ctl *ctl)
{
	char password[CALLBACK_PASSWORD];
	const char *url;
	uint32_t org;
	json *out;

	if (!ctl_org(ctl, 0, &org))
		return EXIT_USAGE;
	url = callback_url(ctl->arena, ctl->settings.base_url.text, org);
	callback_password(ctl->settings.session_secret, ctl->settings.base_url.text, org, password);
	out = json_object_new();
	json_put_text(out, "callback_url", url);
	json_put_text(out, "callback_user", CALLBACK_USER);
	json_put_text(out, "callback_password", password);
	return ctl_say(ctl, out,
	    "Callback URL:      %s\nCallback user ID:  %s\nCallback password: %s", url,
	    CALLBACK_USER, password);
}

/* ---- pause ----------------------------------------------------------- */

static int
pause_or_resume(struct ctl *ctl, bool pause)
{
	uint32_t org;
	enum result r;
	json *out;

	if (!ctl_org(ctl, 0, &org))
		return EXIT_USAGE;
	r = outbox_pause(&ctl->app, org, pause, "person", ctl_who(ctl), "local");
	if (r == OK)
		r = store_flush(ctl->app.store);
	if (r != OK)
		return ctl_result(r, "organization");
	if (!pause)
		wake_worker(&ctl->settings, ctl->app.store, org);
	out = json_object_new();
	json_put_int(out, "organization", org);
	json_put_bool(out, "paused", pause);
	return ctl_say(ctl, out,
	    pause ? "Sending is paused for organization %u. Nothing is lost: texts wait."
		  : "Organization %u sends again.",
	    org);
}

int
cmd_pause(struct ctl *ctl)
{
	return pause_or_resume(ctl, true);
}

int
cmd_resume(struct ctl *ctl)
{
	return pause_or_resume(ctl, false);
}
