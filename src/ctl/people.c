/*
 * people.c: spokectl user and audit.
 */
#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "store/audit.h"
#include "store/orgs.h"
#include "store/people.h"

/* ---- users ----------------------------------------------------------- */

struct change_user {
	struct ctl *ctl;
	const char *email;
	uint32_t org;
	enum role role;
	const char *password; /* hash, or NULL to keep */
	bool is_new;
};

static enum result
audit_user(struct tx *tx, const struct change_user *c, const char *what)
{
	struct audit a = {.org = c->org,
	    .time = tx_now(tx),
	    .who = ctl_who(c->ctl),
	    .from = "local",
	    .what = what};

	a.detail = arena_fmt(c->ctl->arena, "%s %s", c->email, role_name(c->role));
	return audit_add(tx, &a);
}

static enum result
add_user(struct tx *tx, void *arg)
{
	struct change_user *c = arg;
	struct organization org;
	struct user user;
	enum result r;

	if ((r = orgs_get(tx, c->org, false, tx_arena(tx), &org)) != OK)
		return r;
	r = users_get(tx, c->email, true, tx_arena(tx), &user);
	if (r != OK && r != NOT_FOUND)
		return r;
	c->is_new = r == NOT_FOUND || user.disabled;
	if (c->is_new) {
		if (c->password == NULL)
			return REFUSED;
		user = (struct user){.email = c->email, .created = tx_now(tx)};
	}
	if (c->password != NULL) {
		user.password = c->password;
		user.password_set = tx_now(tx);
	}
	user_set_role(&user, c->org, c->role, tx_arena(tx));
	if ((r = users_put(tx, &user)) != OK)
		return r;
	if (c->password != NULL && !c->is_new && (r = sessions_end(tx, c->email)) != OK)
		return r;
	return audit_user(tx, c, c->is_new ? "user.add" : "user.change");
}

/* Asks for the password and hashes it; NULL with a sentence when it will not do. */
static const char *
new_password(struct ctl *ctl, const char *email)
{
	const char *password = ctl_new_secret(ctl, "Password for the user"), *fault;
	struct buf hash = BUF_INIT(512);
	const char *result = NULL;

	if (password == NULL)
		return NULL;
	if ((fault = password_fault(password, strlen(password), email)) != NULL)
		ctl_fail(EXIT_USAGE, "%s", fault);
	else if (crypto_password_hash(password, strlen(password), &hash, 10000) != 0)
		ctl_fail(EXIT_FAILED, "the password could not be hashed");
	else
		result = arena_str(ctl->arena, buf_str(&hash));
	buf_wipe(&hash);
	return result;
}

static enum result
user_exists(struct tx *tx, void *arg)
{
	struct change_user *c = arg;
	struct user user;
	enum result r = users_get(tx, c->email, false, tx_arena(tx), &user);

	return r == OK && user.disabled ? NOT_FOUND : r; /* begins anew, with a password */
}

int
cmd_user_add(struct ctl *ctl)
{
	struct change_user c = {.ctl = ctl, .email = email_normalize(ctl->arena, ctl->args[0])};
	const char *role = ctl_option(ctl, "role");
	enum result r;
	json *out;

	if (c.email == NULL)
		return ctl_fail(EXIT_USAGE, "\"%s\" is not an e-mail address", ctl->args[0]);
	if (!ctl_org(ctl, -1, &c.org))
		return EXIT_USAGE;
	if (role == NULL || role_parse(role, &c.role) != 0 || c.role == ROLE_NONE)
		return ctl_fail(EXIT_USAGE,
		    "say --role OWNER (may change settings) or --role ADMIN (may see them)");
	if (ctl_flag(ctl, "password-stdin") ||
	    store_read(ctl->app.store, user_exists, &c) == NOT_FOUND)
		if ((c.password = new_password(ctl, c.email)) == NULL)
			return EXIT_USAGE;
	if ((r = ctl_commit(ctl, add_user, &c)) != OK)
		return ctl_result(r, "organization");
	out = json_object_new();
	json_put_text(out, "email", c.email);
	json_put_int(out, "organization", c.org);
	json_put_text(out, "role", role_name(c.role));
	json_put_bool(out, "new", c.is_new);
	return ctl_say(ctl, out, "%s is %s of organization %u.", c.email, role_name(c.role), c.org);
}

struct list_users {
	struct arena *arena;
	uint32_t org;
	struct user *list;
	size_t count;
};

static enum result
list_users(struct tx *tx, void *arg)
{
	struct list_users *l = arg;

	return users_list(tx, l->org, l->arena, &l->list, &l->count);
}

static const char *
roles_text(struct arena *arena, const struct user *u)
{
	const char *text = "";
	size_t i;

	for (i = 0; i < u->roles.count; i++)
		text = arena_fmt(arena, "%s%s%s", text, i > 0 ? ", " : "", u->roles.items[i]);
	return text;
}

int
cmd_user_list(struct ctl *ctl)
{
	static const struct ctl_column columns[] = {
	    {"E-MAIL", "email", false}, {"ROLES", "roles", false}, {"ADDED", "created", true}};
	struct list_users l = {.arena = ctl->arena};
	json *rows, *row;
	enum result r;
	size_t i;

	if (ctl_flag(ctl, "org") && !ctl_org(ctl, -1, &l.org))
		return EXIT_USAGE;
	if ((r = store_read(ctl->app.store, list_users, &l)) != OK)
		return ctl_result(r, "users");
	rows = json_array_new();
	for (i = 0; i < l.count; i++) {
		row = json_object_new();
		json_put_text(row, "email", l.list[i].email);
		json_put_text(row, "roles",
		    l.list[i].disabled ? "(removed)" : roles_text(ctl->arena, &l.list[i]));
		json_put_int(row, "created", l.list[i].created);
		json_add(rows, row);
	}
	return ctl_table(ctl, "users", rows, NULL, columns, 3,
	    "No user yet. Add one with: spokectl user add EMAIL --org N --role OWNER");
}

static enum result
remove_user(struct tx *tx, void *arg)
{
	struct change_user *c = arg;
	struct user user;
	enum result r;

	if ((r = users_get(tx, c->email, true, tx_arena(tx), &user)) != OK)
		return r;
	if (c->org != 0 ? user_role(&user, c->org) == ROLE_NONE : user.roles.count == 0)
		return NOT_FOUND;
	if (c->org != 0)
		user_set_role(&user, c->org, ROLE_NONE, tx_arena(tx));
	else
		user.roles = (struct text_list){NULL, 0};
	user.disabled = user.roles.count == 0;
	if ((r = users_put(tx, &user)) != OK || (r = sessions_end(tx, c->email)) != OK)
		return r;
	return audit_user(tx, c, "user.remove");
}

int
cmd_user_remove(struct ctl *ctl)
{
	struct change_user c = {.ctl = ctl, .email = email_normalize(ctl->arena, ctl->args[0])};
	enum result r;
	json *out;

	if (ctl_flag(ctl, "org") && !ctl_org(ctl, -1, &c.org))
		return EXIT_USAGE;
	if (c.email == NULL)
		return ctl_fail(EXIT_USAGE, "\"%s\" is not an e-mail address", ctl->args[0]);
	if ((r = ctl_commit(ctl, remove_user, &c)) != OK)
		return ctl_result(r,
		    arena_fmt(ctl->arena, c.org != 0 ? "%s in that organization" : "%s", c.email));
	out = json_object_new();
	json_put_text(out, "email", c.email);
	return ctl_say(ctl, out, "%s can no longer use %s.", c.email,
	    c.org != 0 ? "that organization" : "any organization");
}

/* ---- audit ----------------------------------------------------------- */

struct list_audit {
	struct arena *arena;
	uint32_t org;
	size_t limit;
	struct audit *list;
	size_t count;
};

static enum result
list_audit(struct tx *tx, void *arg)
{
	struct list_audit *l = arg;

	return audit_list(tx, l->org, 0, l->limit, l->arena, &l->list, &l->count);
}

int
cmd_audit(struct ctl *ctl)
{
	static const struct ctl_column columns[] = {{"TIME", "time", true}, {"WHO", "who", false},
	    {"FROM", "from", false}, {"WHAT", "what", false}, {"DETAIL", "detail", false}};
	struct list_audit l = {.arena = ctl->arena};
	int64_t limit;
	json *rows, *row;
	enum result r;
	size_t i;

	if (!ctl_org(ctl, 0, &l.org) || !ctl_number(ctl, "limit", 1, 10000, 100, &limit))
		return EXIT_USAGE;
	l.limit = (size_t)limit;
	if ((r = store_read(ctl->app.store, list_audit, &l)) != OK)
		return ctl_result(r, "audit");
	rows = json_array_new();
	for (i = 0; i < l.count; i++) {
		row = json_object_new();
		json_put_int(row, "time", l.list[i].time);
		json_put_text(row, "who", l.list[i].who);
		json_put_text(row, "from", l.list[i].from);
		json_put_text(row, "what", l.list[i].what);
		json_put_text(row, "detail", l.list[i].detail);
		json_add(rows, row);
	}
	return ctl_table(ctl, "audit", rows, NULL, columns, 5, "Nothing was recorded yet.");
}
