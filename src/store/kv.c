/*
 * kv.c: reading and writing one entry within a transaction.
 *
 * Keys and values are copied; nothing here points into the engine's memory.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "store/tx.h"

/* A key as the engine takes it. */
static DBT
dbt_in(const void *p, size_t n)
{
	DBT d;
	memset(&d, 0, sizeof d);
	/* The engine only reads it, but its type does not say so. */
	memcpy(&d.data, &p, sizeof p);
	d.size = (u_int32_t)n;
	return d;
}

/* What is checked before every operation: NULL with the transaction broken. */
static DB *
begin(struct tx *tx, enum table t, const struct key *k, bool writing, size_t n)
{
	if (tx->broken)
		return NULL;
	if (k->failed || k->n == 0 || n > UINT32_MAX || (writing && tx->reading)) {
		log_error("store: %s on %s",
		    k->failed || k->n == 0 ? "unusable key"
		    : tx->reading	   ? "writing in store_read"
					   : "value too long",
		    table_name(t));
		tx->broken = true;
		tx->verdict = FAILED;
		return NULL;
	}
	return tx_table(tx, t);
}

enum result
kv_get(struct tx *tx, enum table t, const struct key *k, bool for_update, struct bytes *out)
{
	DB *db = begin(tx, t, k, false, 0);
	if (db == NULL)
		return tx->verdict;
	DBT key = dbt_in(k->b, k->n);
	DBT value;
	memset(&value, 0, sizeof value);
	value.flags = DB_DBT_USERMEM;
	u_int32_t flags = for_update && !tx->reading ? DB_RMW : 0;
	int err = DB_BUFFER_SMALL;
	if (!tx_grow(tx, 1))
		return tx_broke(tx, ENOMEM, "reading", t);
	while (err == DB_BUFFER_SMALL) {
		value.data = tx->scratch;
		value.ulen = (u_int32_t)tx->scratch_size;
		watch_in(tx->store->watch, &tx->op);
		err = db->get(db, tx->txn, &key, &value, flags);
		watch_out(&tx->op);
		if (err == DB_BUFFER_SMALL && !tx_grow(tx, value.size))
			err = ENOMEM;
	}
	if (err == DB_NOTFOUND)
		return NOT_FOUND;
	if (err != 0)
		return tx_broke(tx, err, "reading", t);
	out->p = arena_dup(tx->arena, value.data, value.size);
	out->n = value.size;
	return OK;
}

/* kv_put and kv_put_new. */
static enum result
put(struct tx *tx, enum table t, const struct key *k, const void *p, size_t n, u_int32_t flags)
{
	DB *db = begin(tx, t, k, true, n);
	if (db == NULL)
		return tx->verdict;
	DBT key = dbt_in(k->b, k->n);
	DBT value = dbt_in(p, n);
	watch_in(tx->store->watch, &tx->op);
	int err = db->put(db, tx->txn, &key, &value, flags);
	watch_out(&tx->op);
	if (err == DB_KEYEXIST)
		return EXISTS;
	return err == 0 ? OK : tx_broke(tx, err, "writing", t);
}

enum result
kv_put(struct tx *tx, enum table t, const struct key *k, const void *p, size_t n)
{
	return put(tx, t, k, p, n, 0);
}

enum result
kv_put_new(struct tx *tx, enum table t, const struct key *k, const void *p, size_t n)
{
	return put(tx, t, k, p, n, DB_NOOVERWRITE);
}

enum result
kv_del(struct tx *tx, enum table t, const struct key *k)
{
	DB *db = begin(tx, t, k, true, 0);
	if (db == NULL)
		return tx->verdict;
	DBT key = dbt_in(k->b, k->n);
	watch_in(tx->store->watch, &tx->op);
	int err = db->del(db, tx->txn, &key, 0);
	watch_out(&tx->op);
	if (err == DB_NOTFOUND)
		return NOT_FOUND;
	return err == 0 ? OK : tx_broke(tx, err, "deleting", t);
}
