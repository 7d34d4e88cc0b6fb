/*
 * people.c: users, sessions and API tokens.  Failed sign-ins: throttle.c.
 *
 * Tables: USERS, SESSIONS, TOKENS, ORG_TOKENS.  Whoever reads the store finds
 * no cookie and no token in it, only their SHA-256.
 */
#include "store/people.h"

#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "store/rec.h"

#define USED_EVERY 60000 /* last_used is written this seldom, ms */

/* Key of something that is only stored hashed. */
static void
hashed_key(struct key *k, const char *text)
{
	unsigned char hash[SHA256_BYTES];

	crypto_sha256(text, strlen(text), hash);
	key_start(k);
	key_bytes(k, hash, sizeof hash);
}

/* ---- users ---------------------------------------------------------------------- */

static void
user_key(struct key *k, const char *email)
{
	key_start(k);
	key_opaque(k, email);
}

enum result
users_get(struct tx *tx, const char *email, bool for_update, struct arena *a, struct user *out)
{
	struct key k;

	user_key(&k, email);
	return rec_get(tx, T_USERS, &k, for_update, user_fields, a, out);
}

enum result
users_put(struct tx *tx, const struct user *u)
{
	struct key k;

	user_key(&k, u->email);
	return rec_put(tx, T_USERS, &k, user_fields, u);
}

enum result
users_list(struct tx *tx, uint32_t org, struct arena *a, struct user **list, size_t *count)
{
	struct rec_list l = REC_LIST(a, struct user);
	struct bytes key, value;
	struct cursor *c;
	struct user *u;
	enum result r;

	c = cursor_open(tx, T_USERS, NULL, NULL, false);
	while ((r = cursor_next(c, &key, &value)) == OK) {
		u = rec_list_add(&l);
		if (rec_read(T_USERS, &value, user_fields, a, u) != OK ||
		    (org != 0 && user_role(u, org) == ROLE_NONE))
			rec_list_drop(&l);
	}
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

/* ---- sessions -------------------------------------------------------------------- */

static bool
session_over(const struct session *s, int64_t now)
{
	return now - s->created >= SESSION_ABSOLUTE || now - s->last_seen >= SESSION_IDLE;
}

enum result
sessions_put(struct tx *tx, const char *token, const struct session *s)
{
	struct key k;

	hashed_key(&k, token);
	return rec_put(tx, T_SESSIONS, &k, session_fields, s);
}

enum result
sessions_get(struct tx *tx, const char *token, struct arena *a, struct session *out)
{
	struct key k;
	enum result r;

	hashed_key(&k, token);
	r = rec_get(tx, T_SESSIONS, &k, false, session_fields, a, out);
	return r == OK && session_over(out, tx_now(tx)) ? NOT_FOUND : r;
}

enum result
sessions_del(struct tx *tx, const char *token)
{
	struct key k;

	hashed_key(&k, token);
	return kv_del(tx, T_SESSIONS, &k);
}

/* Who and when, for the two functions that look over all sessions. */
struct ending {
	struct arena *arena;
	const char *email; /* NULL: only those that are over */
	int64_t now;
};

/* Is this session to go?  One that cannot be read is. */
static bool
session_ends(const struct bytes *key, const struct bytes *value, void *arg)
{
	const struct ending *e = arg;
	struct session s;

	(void)key;
	if (rec_read(T_SESSIONS, value, session_fields, e->arena, &s) != OK)
		return true;
	if (e->email != NULL && s.email != NULL && strcmp(s.email, e->email) == 0)
		return true;
	return session_over(&s, e->now);
}

enum result
sessions_end(struct tx *tx, const char *email)
{
	struct ending e = {tx_arena(tx), email, tx_now(tx)};
	struct bytes key, value;
	struct cursor *c;
	enum result r;

	c = cursor_open(tx, T_SESSIONS, NULL, NULL, false);
	cursor_for_update(c);
	while ((r = cursor_next(c, &key, &value)) == OK) {
		if (session_ends(&key, &value, &e))
			(void)cursor_del(c); /* a failure shows at the next step */
	}
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

enum result
sessions_expire(struct tx *tx, size_t max, bool *more)
{
	struct ending e = {tx_arena(tx), NULL, tx_now(tx)};

	return rec_sweep(tx, T_SESSIONS, NULL, "sweep-sessions", max, session_ends, &e, NULL, more);
}

/* ---- API tokens ------------------------------------------------------------------- */

static void
org_token_key(struct key *k, uint32_t org, const char *id)
{
	key_org(k, org);
	key_text(k, id);
}

enum result
tokens_put(struct tx *tx, const char *text, const struct token *t)
{
	char hex[SHA256_HEX];
	struct key k;
	enum result r;

	hashed_key(&k, text);
	r = rec_put(tx, T_TOKENS, &k, token_fields, t);
	if (r != OK)
		return r;
	hex_text(k.b, k.n, hex);
	org_token_key(&k, (uint32_t)t->org, t->id);
	return kv_put(tx, T_ORG_TOKENS, &k, hex, strlen(hex));
}

enum result
tokens_get(struct tx *tx, const char *text, struct arena *a, struct token *out)
{
	struct key k;
	enum result r;

	hashed_key(&k, text);
	r = rec_get(tx, T_TOKENS, &k, false, token_fields, a, out);
	return r == OK && out->expires != 0 && out->expires <= tx_now(tx) ? NOT_FOUND : r;
}

enum result
tokens_used(struct tx *tx, const char *text, int64_t when)
{
	struct token t;
	struct key k;
	enum result r;

	hashed_key(&k, text);
	r = rec_get(tx, T_TOKENS, &k, true, token_fields, tx_arena(tx), &t);
	if (r != OK || when - t.last_used < USED_EVERY)
		return r;
	t.last_used = when;
	return rec_put(tx, T_TOKENS, &k, token_fields, &t);
}

/* The key in TOKENS that an entry of ORG_TOKENS stands for; -1 if it is none. */
static int
token_key(struct key *k, const struct bytes *hex)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = hex->p, *high, *low;
	size_t i;

	key_start(k);
	if (hex->n != SHA256_HEX - 1)
		return -1;
	for (i = 0; i < hex->n; i += 2) {
		high = memchr(digits, p[i], 16);
		low = memchr(digits, p[i + 1], 16);
		if (high == NULL || low == NULL)
			return -1;
		key_u8(k, (uint8_t)((high - digits) << 4 | (low - digits)));
	}
	return 0;
}

enum result
tokens_list(struct tx *tx, uint32_t org, struct arena *a, struct token **list, size_t *count)
{
	struct rec_list l = REC_LIST(a, struct token);
	struct bytes key, value;
	struct key prefix, k;
	struct cursor *c;
	enum result r;

	key_org(&prefix, org);
	c = cursor_open(tx, T_ORG_TOKENS, &prefix, NULL, false);
	while ((r = cursor_next(c, &key, &value)) == OK) {
		if (token_key(&k, &value) == 0 &&
		    rec_get(tx, T_TOKENS, &k, false, token_fields, a, rec_list_add(&l)) != OK)
			rec_list_drop(&l);
	}
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

enum result
tokens_revoke(struct tx *tx, uint32_t org, const char *id)
{
	struct key entry, k;
	struct bytes value;
	enum result r;

	org_token_key(&entry, org, id);
	r = kv_get(tx, T_ORG_TOKENS, &entry, true, &value);
	if (r != OK)
		return r;
	if (token_key(&k, &value) == 0) {
		r = kv_del(tx, T_TOKENS, &k);
		if (r != OK && r != NOT_FOUND)
			return r;
	}
	return kv_del(tx, T_ORG_TOKENS, &entry);
}
