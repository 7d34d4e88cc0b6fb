/*
 * people.c: spokectl user, token and audit.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
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
	const char *password;	/* hash, or NULL to keep */
	bool is_new;
};

static enum result
audit_user(struct tx *tx, const struct change_user *c, const char *what)
{
	struct audit a = { .org = c->org, .time = tx_now(tx), .who = ctl_who(c->ctl), .from = "local",
		.what = what };

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
	c->is_new = r == NOT_FOUND;
	if (c->is_new) {
		if (c->password == NULL)
			return REFUSED;
		user = (struct user){ .email = c->email, .created = tx_now(tx) };
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
	const char *password = ctl_secret(ctl, "Password for the user"), *fault;
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

	return users_get(tx, c->email, false, tx_arena(tx), &user);
}

int
cmd_user_add(struct ctl *ctl)
{
	struct change_user c = { .ctl = ctl, .email = email_normalize(ctl->arena, ctl->args[0]) };
	const char *role = ctl_option(ctl, "role");
	enum result r;
	json *out;

	if (c.email == NULL)
		return ctl_fail(EXIT_USAGE, "\"%s\" is not an e-mail address", ctl->args[0]);
	if (!ctl_org(ctl, -1, &c.org))
		return EXIT_USAGE;
	if (role == NULL || role_parse(role, &c.role) != 0 || c.role == ROLE_NONE)
		return ctl_fail(EXIT_USAGE, "say --role OWNER (may change settings) or --role ADMIN (may see them)");
	if (ctl_flag(ctl, "password-stdin") || store_read(ctl->app.store, user_exists, &c) == NOT_FOUND)
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
	static const struct ctl_column columns[] = { { "E-MAIL", "email", false },
		{ "ROLES", "roles", false }, { "ADDED", "created", true } };
	struct list_users l = { .arena = ctl->arena };
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
		json_put_text(row, "roles", roles_text(ctl->arena, &l.list[i]));
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
	if (c->org != 0)
		user_set_role(&user, c->org, ROLE_NONE, tx_arena(tx));
	else
		user.roles = (struct text_list){ NULL, 0 };
	if ((r = users_put(tx, &user)) != OK || (r = sessions_end(tx, c->email)) != OK)
		return r;
	return audit_user(tx, c, "user.remove");
}

int
cmd_user_remove(struct ctl *ctl)
{
	struct change_user c = { .ctl = ctl, .email = email_normalize(ctl->arena, ctl->args[0]) };
	enum result r;
	json *out;

	if (ctl_flag(ctl, "org") && !ctl_org(ctl, -1, &c.org))
		return EXIT_USAGE;
	if (c.email == NULL)
		return ctl_fail(EXIT_USAGE, "\"%s\" is not an e-mail address", ctl->args[0]);
	if ((r = ctl_commit(ctl, remove_user, &c)) != OK)
		return ctl_result(r, "user");
	out = json_object_new();
	json_put_text(out, "email", c.email);
	return ctl_say(ctl, out, "%s can no longer use %s.", c.email,
	    c.org != 0 ? "that organization" : "any organization");
}

/* ---- tokens ---------------------------------------------------------- */

struct add_token {
	struct ctl *ctl;
	struct token token;
	const char *text;
};

static enum result
audit_token(struct tx *tx, struct ctl *ctl, const char *what, int64_t org, const char *id)
{
	struct audit a = { .org = org, .time = tx_now(tx), .who = ctl_who(ctl), .from = "local", .what = what,
		.detail = id };

	return audit_add(tx, &a);
}

static enum result
add_token(struct tx *tx, void *arg)
{
	struct add_token *t = arg;
	struct organization org;
	enum result r;

	if ((r = orgs_get(tx, (uint32_t)t->token.org, false, tx_arena(tx), &org)) != OK)
		return r;
	t->token.created = tx_now(tx);
	if ((r = tokens_put(tx, t->text, &t->token)) != OK)
		return r;
	return audit_token(tx, t->ctl, "token.add", t->token.org, t->token.id);
}

/* A new token's text and the id by which people speak of it. */
static void
make_token(struct add_token *t)
{
	unsigned char random[32], id[4];
	struct buf text = BUF_INIT(128);
	char hex[9];

	crypto_random(random, sizeof random);
	crypto_random(id, sizeof id);
	buf_adds(&text, "spk_");
	base64url_add(&text, random, sizeof random);
	hex_text(id, sizeof id, hex);
	t->text = arena_str(t->ctl->arena, buf_str(&text));
	t->token.id = arena_str(t->ctl->arena, hex);
	crypto_wipe(random, sizeof random);
	buf_wipe(&text);
}

int
cmd_token_add(struct ctl *ctl)
{
	struct add_token t = { .ctl = ctl };
	const char *expires = ctl_option(ctl, "expires");
	uint32_t org;
	enum result r;
	json *out;

	if (!ctl_org(ctl, -1, &org) ||
	    !ctl_number(ctl, "daily-segments", 1, 10000000, 0, &t.token.daily_segments))
		return EXIT_USAGE;
	if (expires != NULL && (clock_parse(expires, &t.token.expires) != 0 || t.token.expires < clock_now()))
		return ctl_fail(EXIT_USAGE, "--expires needs a time to come, such as 2027-01-31T00:00:00Z");
	if (ctl_flag(ctl, "read-only") && ctl_flag(ctl, "send-only"))
		return ctl_fail(EXIT_USAGE, "--read-only and --send-only exclude each other");
	t.token.org = org;
	t.token.name = ctl_option(ctl, "name");
	t.token.may_send = !ctl_flag(ctl, "read-only");
	t.token.may_read = !ctl_flag(ctl, "send-only");
	t.token.created_by = ctl_who(ctl);
	make_token(&t);
	if ((r = ctl_commit(ctl, add_token, &t)) != OK)
		return ctl_result(r, "organization");
	out = json_object_new();
	json_put_text(out, "id", t.token.id);
	json_put_text(out, "token", t.text);
	json_put_int(out, "organization", org);
	return ctl_say(ctl, out, "%s\n\nKeep it now: it is not shown again. To speak of it: %s.", t.text,
	    t.token.id);
}

struct list_tokens {
	struct arena *arena;
	uint32_t org;
	struct token *list;
	size_t count;
};

static enum result
list_tokens(struct tx *tx, void *arg)
{
	struct list_tokens *l = arg;

	return tokens_list(tx, l->org, l->arena, &l->list, &l->count);
}

int
cmd_token_list(struct ctl *ctl)
{
	static const struct ctl_column columns[] = { { "ID", "id", false }, { "NAME", "name", false },
		{ "SEND", "send", false }, { "READ", "read", false }, { "ADDED", "created", true },
		{ "EXPIRES", "expires", true }, { "LAST USED", "last_used", true } };
	struct list_tokens l = { .arena = ctl->arena };
	json *rows, *row;
	enum result r;
	size_t i;

	if (!ctl_org(ctl, -1, &l.org))
		return EXIT_USAGE;
	if ((r = store_read(ctl->app.store, list_tokens, &l)) != OK)
		return ctl_result(r, "tokens");
	rows = json_array_new();
	for (i = 0; i < l.count; i++) {
		row = json_object_new();
		json_put_text(row, "id", l.list[i].id);
		json_put_text(row, "name", l.list[i].name);
		json_put_bool(row, "send", l.list[i].may_send);
		json_put_bool(row, "read", l.list[i].may_read);
		json_put_int(row, "created", l.list[i].created);
		json_put_int(row, "expires", l.list[i].expires);
		json_put_int(row, "last_used", l.list[i].last_used);
		json_add(rows, row);
	}
	return ctl_table(ctl, "tokens", rows, NULL, columns, 7, "No API token.");
}

struct revoke {
	struct ctl *ctl;
	uint32_t org;
};

static enum result
revoke_token(struct tx *tx, void *arg)
{
	struct revoke *v = arg;
	enum result r = tokens_revoke(tx, v->org, v->ctl->args[0]);

	return r == OK ? audit_token(tx, v->ctl, "token.revoke", v->org, v->ctl->args[0]) : r;
}

int
cmd_token_revoke(struct ctl *ctl)
{
	struct revoke v = { .ctl = ctl };
	enum result r;
	json *out;

	if (!ctl_org(ctl, -1, &v.org))
		return EXIT_USAGE;
	if ((r = ctl_commit(ctl, revoke_token, &v)) != OK)
		return ctl_result(r, "token");
	out = json_object_new();
	json_put_text(out, "id", ctl->args[0]);
	return ctl_say(ctl, out, "Token %s is useless from now on.", ctl->args[0]);
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
	static const struct ctl_column columns[] = { { "TIME", "time", true }, { "WHO", "who", false },
		{ "FROM", "from", false }, { "WHAT", "what", false }, { "DETAIL", "detail", false } };
	struct list_audit l = { .arena = ctl->arena };
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
