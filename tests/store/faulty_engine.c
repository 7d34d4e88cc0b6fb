/*
 * faulty_engine.c: see faulty.h.  Stands between the store and Berkeley DB's handles.
 */
#include <db.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "faulty.h"

int __real_db_env_create(DB_ENV **out, u_int32_t flags);
int __real_db_create(DB **out, DB_ENV *env, u_int32_t flags);
int __wrap_db_env_create(DB_ENV **out, u_int32_t flags);
int __wrap_db_create(DB **out, DB_ENV *env, u_int32_t flags);

static struct faulty own;
struct faulty *faulty_board = &own;

/* The engine's own methods: the same for each handle of a kind. */
static DB_ENV real_env;
static DB real_db;
static DBC real_dbc;
static DB_TXN real_txn;

__attribute__((constructor)) static void
find_board(void)
{
	const char *path = getenv("SPOKE_FAULTS");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	void *p = mmap(NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p != MAP_FAILED)
		faulty_board = p;
	(void)close(fd);
}

void
faulty_begin(int32_t which, int32_t at, int32_t error)
{
	faulty_board->at = at;
	faulty_board->error = error;
	faulty_board->calls = 0;
	faulty_board->hits = 0;
	faulty_board->every = 0;
	faulty_board->which = which;
}

int32_t
faulty_end(void)
{
	faulty_board->which = 0;
	return faulty_board->hits;
}

/* Does this call fail? */
static bool
fails(int32_t which)
{
	int32_t at = faulty_board->at;
	if ((faulty_board->which & which) == 0)
		return false;
	int32_t n = atomic_fetch_add(&faulty_board->calls, 1) + 1;
	int32_t every = faulty_board->every;
	if (every > 0 && (n % every != at % every || faulty_board->hits >= faulty_board->most))
		return false;
	if (every == 0 && (at == 0 || (at > 0 ? n != at : n < -at)))
		return false;
	(void)atomic_fetch_add(&faulty_board->hits, 1);
	return true;
}

/* ---- transactions ---------------------------------------------------------------------- */

/* Nothing of one that fails at its end is kept. */
static int
commit(DB_TXN *txn, u_int32_t flags)
{
	if (!fails(FAULTY_END))
		return real_txn.commit(txn, flags);
	(void)real_txn.abort(txn);
	return faulty_board->error;
}

static int
txn_abort(DB_TXN *txn)
{
	int err = real_txn.abort(txn);
	return fails(FAULTY_END) ? faulty_board->error : err;
}

static int
txn_begin(DB_ENV *env, DB_TXN *parent, DB_TXN **out, u_int32_t flags)
{
	if (fails(FAULTY_BEGIN))
		return faulty_board->error;
	int err = real_env.txn_begin(env, parent, out, flags);
	if (err == 0) {
		real_txn.commit = (*out)->commit;
		real_txn.abort = (*out)->abort;
		(*out)->commit = commit;
		(*out)->abort = txn_abort;
	}
	return err;
}

/* ---- cursors ---------------------------------------------------------------------------- */

static int
dbc_get(DBC *dbc, DBT *key, DBT *value, u_int32_t flags)
{
	return fails(FAULTY_WALK) ? faulty_board->error : real_dbc.get(dbc, key, value, flags);
}

static int
dbc_del(DBC *dbc, u_int32_t flags)
{
	return fails(FAULTY_DEL) ? faulty_board->error : real_dbc.del(dbc, flags);
}

static int
dbc_close(DBC *dbc)
{
	int err = real_dbc.close(dbc);
	return fails(FAULTY_WALK) ? faulty_board->error : err;
}

static int
db_cursor(DB *db, DB_TXN *txn, DBC **out, u_int32_t flags)
{
	if (fails(FAULTY_WALK))
		return faulty_board->error;
	int err = real_db.cursor(db, txn, out, flags);
	if (err == 0 && (*out)->get != dbc_get) { /* the engine uses its cursors again */
		real_dbc.get = (*out)->get;
		real_dbc.del = (*out)->del;
		real_dbc.close = (*out)->close;
		(*out)->get = dbc_get;
		(*out)->del = dbc_del;
		(*out)->close = dbc_close;
	}
	return err;
}

/* ---- tables ------------------------------------------------------------------------------ */

static int
db_get(DB *db, DB_TXN *txn, DBT *key, DBT *value, u_int32_t flags)
{
	return fails(FAULTY_GET) ? faulty_board->error : real_db.get(db, txn, key, value, flags);
}

static int
db_put(DB *db, DB_TXN *txn, DBT *key, DBT *value, u_int32_t flags)
{
	return fails(FAULTY_PUT) ? faulty_board->error : real_db.put(db, txn, key, value, flags);
}

static int
db_del(DB *db, DB_TXN *txn, DBT *key, u_int32_t flags)
{
	return fails(FAULTY_DEL) ? faulty_board->error : real_db.del(db, txn, key, flags);
}

static int
db_open(
    DB *db, DB_TXN *txn, const char *file, const char *name, DBTYPE type, u_int32_t flags, int mode)
{
	if (fails(FAULTY_OPEN))
		return faulty_board->error;
	return real_db.open(db, txn, file, name, type, flags, mode);
}

int
__wrap_db_create(DB **out, DB_ENV *env, u_int32_t flags)
{
	if (fails(FAULTY_OPEN))
		return faulty_board->error;
	int err = __real_db_create(out, env, flags);
	if (err != 0 || env == NULL) /* one without an environment is a check's own */
		return err;
	DB *db = *out;
	real_db.get = db->get;
	real_db.put = db->put;
	real_db.del = db->del;
	real_db.cursor = db->cursor;
	real_db.open = db->open;
	db->get = db_get;
	db->put = db_put;
	db->del = db_del;
	db->cursor = db_cursor;
	db->open = db_open;
	return 0;
}

/* ---- the environment ------------------------------------------------------------------------ */

static int
env_open(DB_ENV *env, const char *home, u_int32_t flags, int mode)
{
	return fails(FAULTY_OPEN) ? faulty_board->error : real_env.open(env, home, flags, mode);
}

static int
log_flush(DB_ENV *env, const DB_LSN *to)
{
	return fails(FAULTY_FLUSH) ? faulty_board->error : real_env.log_flush(env, to);
}

static int
txn_checkpoint(DB_ENV *env, u_int32_t kib, u_int32_t minutes, u_int32_t flags)
{
	if (fails(FAULTY_TEND))
		return faulty_board->error;
	return real_env.txn_checkpoint(env, kib, minutes, flags);
}

static int
log_archive(DB_ENV *env, char ***list, u_int32_t flags)
{
	return fails(FAULTY_TEND) ? faulty_board->error : real_env.log_archive(env, list, flags);
}

static int
set_lk_detect(DB_ENV *env, u_int32_t how)
{
	return fails(FAULTY_OPEN) ? faulty_board->error : real_env.set_lk_detect(env, how);
}

int
__wrap_db_env_create(DB_ENV **out, u_int32_t flags)
{
	if (fails(FAULTY_OPEN))
		return faulty_board->error;
	int err = __real_db_env_create(out, flags);
	if (err != 0)
		return err;
	DB_ENV *env = *out;
	real_env.open = env->open;
	real_env.log_flush = env->log_flush;
	real_env.txn_begin = env->txn_begin;
	real_env.txn_checkpoint = env->txn_checkpoint;
	real_env.log_archive = env->log_archive;
	real_env.set_lk_detect = env->set_lk_detect;
	env->open = env_open;
	env->log_flush = log_flush;
	env->txn_begin = txn_begin;
	env->txn_checkpoint = txn_checkpoint;
	env->log_archive = log_archive;
	env->set_lk_detect = set_lk_detect;
	return 0;
}
