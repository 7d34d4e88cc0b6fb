/*
 * cursor.c: walking the keys that begin with a prefix, in either direction.
 *
 * A cursor belongs to its transaction: all of them share its locks, so that
 * two cursors of one thread never wait for each other behind a writer.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "store/tx.h"

struct cursor {
	struct tx *tx;
	DBC *dbc; /* NULL when it could not be opened */
	enum table table;
	struct bytes prefix;
	struct bytes from; /* p is NULL: the first or the last of all */
	bool backwards;
	bool for_update;
	bool started;
	bool ended;
	unsigned char key[KEY_MAX]; /* where it stands */
	size_t key_n;
	struct cursor *next; /* in the transaction */
};

/* A key's bytes in the arena. */
static struct bytes
kept(struct tx *tx, const struct key *k)
{
	struct bytes b = {NULL, 0};
	if (k != NULL) {
		b.p = arena_dup(tx->arena, k->b, k->n);
		b.n = k->n;
	}
	return b;
}

struct cursor *
cursor_open(
    struct tx *tx, enum table t, const struct key *prefix, const struct key *from, bool backwards)
{
	struct cursor *c = arena_alloc(tx->arena, sizeof *c);
	c->tx = tx;
	c->table = t;
	c->backwards = backwards;
	c->prefix = kept(tx, prefix);
	c->from = kept(tx, from);
	c->next = tx->cursors;
	tx->cursors = c;
	if (tx->broken)
		return c;
	if ((prefix != NULL && prefix->failed) || (from != NULL && from->failed)) {
		log_error("store: unusable key on %s", table_name(t));
		tx->broken = true;
		tx->verdict = FAILED;
		return c;
	}
	DB *db = tx_table(tx, t);
	if (db == NULL)
		return c;
	watch_in(tx->store->watch, &tx->op);
	int err = db->cursor(db, tx->txn, &c->dbc, tx->reading ? DB_READ_COMMITTED : 0);
	watch_out(&tx->op);
	if (err != 0) {
		c->dbc = NULL;
		(void)tx_broke(tx, err, "walking", t);
	}
	return c;
}

void
cursor_for_update(struct cursor *c)
{
	c->for_update = !c->tx->reading;
}

/* One move of the engine's cursor: c->key and the scratch space get the entry. */
static int
move(struct cursor *c, u_int32_t how, u_int32_t *value_n)
{
	struct tx *tx = c->tx;
	DBT key, value;
	memset(&key, 0, sizeof key);
	memset(&value, 0, sizeof value);
	key.flags = value.flags = DB_DBT_USERMEM;
	key.data = c->key;
	key.ulen = sizeof c->key;
	unsigned char
	    sought[KEY_MAX]; /* the engine writes what it found over it, before the value */
	memcpy(sought, c->key, c->key_n);
	if (!tx_grow(tx, 1))
		return ENOMEM;
	int err = DB_BUFFER_SMALL;
	while (err == DB_BUFFER_SMALL) {
		memcpy(c->key, sought, c->key_n);
		key.size = (u_int32_t)c->key_n;
		value.data = tx->scratch;
		value.ulen = (u_int32_t)tx->scratch_size;
		watch_in(tx->store->watch, &tx->op);
		err = c->dbc->get(c->dbc, &key, &value, how | (c->for_update ? DB_RMW : 0));
		watch_out(&tx->op);
		if (err != DB_BUFFER_SMALL)
			break;
		if (key.size > sizeof c->key)
			return EINVAL; /* no key of ours */
		if (!tx_grow(tx, value.size))
			return ENOMEM;
	}
	if (err == 0) {
		c->key_n = key.size;
		*value_n = value.size;
	}
	return err;
}

/* Compares the key it stands on with b, as the engine sorts. */
static int
compare(const struct cursor *c, const struct bytes *b)
{
	size_t n = c->key_n < b->n ? c->key_n : b->n;
	int d = n > 0 ? memcmp(c->key, b->p, n) : 0;
	return d != 0 ? d : (c->key_n > b->n) - (c->key_n < b->n);
}

/* Sets c->key to the first key behind all that begin with the prefix; false: there is none. */
static bool
behind_prefix(struct cursor *c)
{
	const unsigned char *p = c->prefix.p;
	size_t n = c->prefix.n;
	while (n > 0 && p[n - 1] == 0xff)
		n--;
	if (n == 0)
		return false;
	memcpy(c->key, p, n);
	c->key[n - 1]++;
	c->key_n = n;
	return true;
}

/* The first step forwards. */
static int
first(struct cursor *c, u_int32_t *n)
{
	const struct bytes *start = c->from.p != NULL ? &c->from : &c->prefix;
	if (start->n == 0)
		return move(c, DB_FIRST, n);
	memcpy(c->key, start->p, start->n);
	c->key_n = start->n;
	return move(c, DB_SET_RANGE, n);
}

/* The first step backwards: to what is behind the place, then back. */
static int
last(struct cursor *c, u_int32_t *n)
{
	bool ranged = true;
	if (c->from.p != NULL && c->from.n > 0) {
		memcpy(c->key, c->from.p, c->from.n);
		c->key_n = c->from.n;
	} else {
		ranged = behind_prefix(c);
	}
	int err = ranged ? move(c, DB_SET_RANGE, n) : DB_NOTFOUND;
	if (err == DB_NOTFOUND)
		return move(c, DB_LAST, n);
	if (err != 0 || (c->from.p != NULL && compare(c, &c->from) == 0))
		return err;
	return move(c, DB_PREV, n);
}

enum result
cursor_next(struct cursor *c, struct bytes *key, struct bytes *value)
{
	struct tx *tx = c->tx;
	u_int32_t n = 0;
	int err;
	if (tx->broken)
		return tx->verdict;
	if (c->dbc == NULL || c->ended)
		return NOT_FOUND;
	if (c->started)
		err = move(c, c->backwards ? DB_PREV : DB_NEXT, &n);
	else
		err = c->backwards ? last(c, &n) : first(c, &n);
	c->started = true;
	if (err == DB_NOTFOUND ||
	    (err == 0 && (c->key_n < c->prefix.n ||
			     (c->prefix.n > 0 && memcmp(c->key, c->prefix.p, c->prefix.n) != 0)))) {
		c->ended = true;
		return NOT_FOUND;
	}
	if (err != 0)
		return tx_broke(tx, err, "walking", c->table);
	key->p = arena_dup(tx->arena, c->key, c->key_n);
	key->n = c->key_n;
	if (value != NULL) {
		value->p = arena_dup(tx->arena, tx->scratch, n);
		value->n = n;
	}
	return OK;
}

enum result
cursor_del(struct cursor *c)
{
	struct tx *tx = c->tx;
	if (tx->broken)
		return tx->verdict;
	if (c->dbc == NULL || !c->started || c->ended || tx->reading) {
		log_error("store: deleting at no entry of %s", table_name(c->table));
		tx->broken = true;
		return tx->verdict = FAILED;
	}
	watch_in(tx->store->watch, &tx->op);
	int err = c->dbc->del(c->dbc, 0);
	watch_out(&tx->op);
	if (err == DB_KEYEMPTY)
		return NOT_FOUND;
	return err == 0 ? OK : tx_broke(tx, err, "deleting", c->table);
}

void
cursor_close(struct cursor *c)
{
	if (c == NULL)
		return;
	struct tx *tx = c->tx;
	struct cursor **at = &tx->cursors;
	while (*at != NULL && *at != c)
		at = &(*at)->next;
	if (*at == c)
		*at = c->next;
	c->ended = true;
	if (c->dbc == NULL)
		return;
	DBC *dbc = c->dbc;
	c->dbc = NULL;
	watch_in(tx->store->watch, &tx->op);
	int err = dbc->close(dbc);
	watch_out(&tx->op);
	if (err != 0)
		(void)tx_broke(tx, err, "walking", c->table);
}

void
tx_close_cursors(struct tx *tx)
{
	while (tx->cursors != NULL)
		cursor_close(tx->cursors);
}
