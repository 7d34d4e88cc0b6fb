/*
 * tokens.c: spokectl token: who may use the messages API.
 */
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/parse.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "store/audit.h"
#include "store/orgs.h"
#include "store/people.h"

struct add_token {
	struct ctl *ctl;
	struct token token;
	const char *text;
};

static enum result
audit_token(struct tx *tx, struct ctl *ctl, const char *what, int64_t org, const char *id)
{
	struct audit a = {.org = org,
	    .time = tx_now(tx),
	    .who = ctl_who(ctl),
	    .from = "local",
	    .what = what,
	    .detail = id};

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
	struct add_token t = {.ctl = ctl};
	const char *expires = ctl_option(ctl, "expires");
	uint32_t org;
	enum result r;
	json *out;

	if (!ctl_org(ctl, -1, &org) ||
	    !ctl_number(ctl, "daily-segments", 1, 10000000, 0, &t.token.daily_segments))
		return EXIT_USAGE;
	if (expires != NULL &&
	    (clock_parse(expires, &t.token.expires) != 0 || t.token.expires < clock_now()))
		return ctl_fail(
		    EXIT_USAGE, "--expires needs a time to come, such as 2027-01-31T00:00:00Z");
	if (ctl_flag(ctl, "read-only") && ctl_flag(ctl, "send-only"))
		return ctl_fail(EXIT_USAGE, "--read-only and --send-only exclude each other");
	t.token.org = org;
	t.token.name = ctl_option(ctl, "name");
	if (t.token.name != NULL &&
	    (strlen(t.token.name) > 200 || strchr(t.token.name, '\n') != NULL))
		return ctl_fail(EXIT_USAGE, "--name takes one line of at most 200 bytes");
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
	return ctl_say(ctl, out, "%s\n\nKeep it now: it is not shown again. To speak of it: %s.",
	    t.text, t.token.id);
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
	static const struct ctl_column columns[] = {{"ID", "id", false}, {"NAME", "name", false},
	    {"SEND", "send", false}, {"READ", "read", false}, {"ADDED", "created", true},
	    {"EXPIRES", "expires", true}, {"LAST USED", "last_used", true}};
	struct list_tokens l = {.arena = ctl->arena};
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
	struct revoke v = {.ctl = ctl};
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
