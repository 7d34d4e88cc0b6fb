/*
 * table.c: the tables' files and their handles.
 *
 * Files are made only by table_create_missing, when a store is created or a newer version
 * brings a table; one that has gone missing is an error and never a new empty one.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "store/engine.h"

#define PAGE_BYTES 4096

static const char *const files[T_COUNT] = {
#define T(id, name) [T_##id] = name ".db",
    STORE_TABLES(T)
#undef T
};

static const char *const names[T_COUNT] = {
#define T(id, name) [T_##id] = name,
    STORE_TABLES(T)
#undef T
};

const char *
table_file(enum table t)
{
	return files[t];
}

const char *
table_name(enum table t)
{
	return names[t];
}

/* Opens a handle in a transaction of its own.  Returns 0 or an error. */
static int
handle_open(struct store *st, enum table t, bool create, bool may_wait, DB **out)
{
	DB *db = NULL;
	DB_TXN *txn = NULL;
	u_int32_t flags = DB_THREAD | (create ? DB_CREATE : 0);
	int err = db_create(&db, st->env, 0);
	if (err != 0)
		return err;
	err = db->set_pagesize(db, PAGE_BYTES);
	if (err == 0)
		err = st->env->txn_begin(
		    st->env, NULL, &txn, DB_TXN_NOSYNC | (may_wait ? 0 : DB_TXN_NOWAIT));
	if (err == 0)
		err = db->open(db, txn, files[t], NULL, DB_BTREE, flags, 0600);
	if (txn != NULL) {
		if (err == 0)
			err = txn->commit(txn, DB_TXN_NOSYNC);
		else
			(void)txn->abort(txn);
	}
	if (err != 0) {
		(void)db->close(db, DB_NOSYNC);
		return err;
	}
	*out = db;
	return 0;
}

DB *
table_open(struct store *st, enum table t, bool may_wait, int *err)
{
	struct handle *h = &st->tables[t];
	DB *db = atomic_load_explicit(&h->db, memory_order_acquire);
	if (db != NULL)
		return db;
	if (may_wait) {
		(void)pthread_mutex_lock(&h->lock);
	} else if (pthread_mutex_trylock(&h->lock) != 0) {
		*err = DB_LOCK_NOTGRANTED;
		return NULL;
	}
	db = atomic_load_explicit(&h->db, memory_order_relaxed);
	if (db == NULL) {
		*err = handle_open(st, t, false, may_wait, &db);
		if (*err == 0)
			atomic_store_explicit(&h->db, db, memory_order_release);
	}
	(void)pthread_mutex_unlock(&h->lock);
	return db;
}

int
table_create_missing(struct store *st, const bool made[T_COUNT])
{
	for (enum table t = 0; t < T_COUNT; t++) {
		DB *db = NULL;
		int err = handle_open(st, t, !made[t], true, &db);
		if (err != 0) {
			log_error("store: cannot %s the table %s: %s", made[t] ? "open" : "create",
			    names[t], db_strerror(err));
			return err;
		}
		atomic_store(&st->tables[t].db, db);
	}
	return st->env->log_flush(st->env, NULL);
}

void
table_close_all(struct store *st)
{
	for (enum table t = 0; t < T_COUNT; t++) {
		DB *db = atomic_exchange(&st->tables[t].db, NULL);
		if (db != NULL)
			(void)db->close(db, DB_NOSYNC);
	}
}
