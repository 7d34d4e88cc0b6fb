/*
 * env.c: opening the store, recovering it, closing it.
 *
 * The order is always the same: look at the place, pass the gate (which says
 * whether to recover), attach, start the watchdog, and only then touch the
 * engine; closing goes the same way back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "store/engine.h"
#include "store/format.h"
#include "store/gate.h"
#include "store/meta.h"
#include "store/place.h"
#include "store/upgrade.h"

#define WAIT_MS 5000
#define GRACE_MS 1000
#define JOIN_TRIES 3
#define LOG_FILE_BYTES (1024 * 1024)
#define LOG_BUFFER_BYTES (128 * 1024)
/* Room for 64 processes of 32 threads, each in a transaction of some fourteen pages. */
#define MOST_TRANSACTIONS 2200
#define MOST_LOCKERS 4500
#define MOST_LOCKS 30000
#define MOST_OBJECTS 20000
#define REGION_BYTES (INT64_C(16) << 20) /* what these come to at most */
#define CACHE_MIN (INT64_C(256) << 10)
#define CACHE_MOST (UINT64_C(1) << 40)
/* Changes whenever one of the numbers above does, or the engine: such regions cannot be shared. */
#define SHAPE (UINT64_C(2) << 32 | DB_VERSION_MAJOR << 16 | DB_VERSION_MINOR << 8 | sizeof(void *))

enum joining { JOIN, RECOVER, RECOVER_ALL };

/* Makes an environment handle with all its parameters.  Returns 0 or an error. */
static int
env_make(struct store *st, const struct store_options *o, DB_ENV **out)
{
	DB_ENV *env = NULL;
	int err = db_env_create(&env, 0);
	if (err != 0)
		return err;
	int64_t cache = o->cache_bytes > CACHE_MIN ? o->cache_bytes : CACHE_MIN;
	if ((err = engine_hooks(env, st)) != 0 ||
	    (err = env->set_lk_detect(env, DB_LOCK_DEFAULT)) != 0 ||
	    (err = env->set_cachesize(
		 env, (u_int32_t)(cache >> 30), (u_int32_t)(cache & ((1 << 30) - 1)), 1)) != 0 ||
	    (err = env->set_lg_max(env, LOG_FILE_BYTES)) != 0 ||
	    (err = env->set_lg_bsize(env, LOG_BUFFER_BYTES)) != 0 ||
	    (err = env->set_tx_max(env, MOST_TRANSACTIONS)) != 0 ||
	    (err = env->set_lk_max_lockers(env, MOST_LOCKERS)) != 0 ||
	    (err = env->set_lk_max_locks(env, MOST_LOCKS)) != 0 ||
	    (err = env->set_lk_max_objects(env, MOST_OBJECTS)) != 0 ||
	    /* All of it at once: growing fails halfway, and what grows has no blocks on disk. */
	    (err = env->set_memory_init(env, DB_MEM_TRANSACTION, MOST_TRANSACTIONS)) != 0 ||
	    (err = env->set_memory_init(env, DB_MEM_LOCKER, MOST_LOCKERS)) != 0 ||
	    (err = env->set_memory_init(env, DB_MEM_LOCK, MOST_LOCKS)) != 0 ||
	    (err = env->set_memory_init(env, DB_MEM_LOCKOBJECT, MOST_OBJECTS)) != 0) {
		(void)env->close(env, 0);
		return err;
	}
	*out = env;
	return 0;
}

/* Joins the environment, or recovers it.  Returns 0 or an error. */
static int
env_open(struct store *st, const struct store_options *o, enum joining how)
{
	u_int32_t flags = DB_INIT_LOCK | DB_INIT_LOG | DB_INIT_MPOOL | DB_INIT_TXN | DB_THREAD;
	DB_ENV *env = NULL;
	int err = env_make(st, o, &env);
	if (err != 0)
		return err;
	/* Joining never creates: shared memory that has gone missing means recovery. */
	if (how != JOIN)
		flags |= DB_CREATE | (how == RECOVER ? DB_RECOVER : DB_RECOVER_FATAL);
	err = env->open(env, o->dir, flags, 0600);
	if (err != 0) {
		(void)env->close(env, 0);
		return err;
	}
	st->env = env;
	return 0;
}

static void
env_close(struct store *st)
{
	table_close_all(st);
	if (st->env != NULL)
		(void)st->env->close(st->env, 0);
	st->env = NULL;
}

/* Recovers, alone: the gate is ours and nobody is attached. */
static enum result
recover(struct store *st, const struct store_options *o, const char *reason, struct buf *why)
{
	int64_t begun = clock_mono();
	enum result r = place_room(o->dir, REGION_BYTES + o->cache_bytes + o->cache_bytes / 4, why);
	if (r == OK)
		r = place_clear(o->dir, why);
	if (r != OK)
		return r;
	int err = env_open(st, o, gate_is_copy(st->gate) ? RECOVER_ALL : RECOVER);
	if (err == ENOSPC || err == EDQUOT || err == EFBIG || err == ENOMEM) {
		buf_addf(why,
		    "The store in %s cannot be recovered now: %s. Free some, and try again.",
		    o->dir, db_strerror(err));
		return FAILED;
	}
	if (err != 0) {
		buf_addf(why,
		    "The store in %s cannot be recovered: %s. Keep a copy of the directory, "
		    "then restore the backup.",
		    o->dir, db_strerror(err));
		return FAILED;
	}
	r = place_settle(o->dir, why);
	if (r != OK)
		return r;
	/*
	 * The engine's recovery ends without one, and forgets how much log there is since the last:
	 * where processes die often, each recovery would have more to do than the one before.
	 */
	err = st->env->txn_checkpoint(st->env, 0, 0, DB_FORCE);
	if (err != 0)
		log_warn("store: no checkpoint after the recovery: %s", db_strerror(err));
	gate_recovered(st->gate);
	st->recovered = true;
	log_info("store: recovered in %d ms, because %s", (int)(clock_mono() - begun), reason);
	return OK;
}

/*
 * Brings a new or older store up to this program: tables, then records, then the format file
 * that says so.  Attached, and still under the gate's mutex: nobody else is in the store.
 */
static enum result
grow(struct store *st, struct buf *why)
{
	bool made[T_COUNT];
	format_made(st->dir, made);
	watch_in(st->watch, &st->op);
	int err = table_create_missing(st, made);
	watch_out(&st->op);
	if (err != 0) {
		buf_addf(why, "Cannot make the databases in %s: %s.", st->dir, db_strerror(err));
		return FAILED;
	}
	enum result r = upgrade_run(st);
	if (r != OK) {
		buf_addf(why,
		    "The records in %s could not be brought up to this version; the log says "
		    "why. Try again.",
		    st->dir);
		return r;
	}
	return format_write(st->dir, why);
}

/*
 * Passes the gate and opens the engine once.  *again is set when the engine could
 * not be joined, although the gate was in order: then the next try recovers.
 */
static enum result
enter(struct store *st, const struct store_options *o, const struct gate_options *go, bool *again,
    struct buf *why)
{
	const char *reason = NULL;
	*again = false;
	struct stat dir;
	enum result r = gate_open(go, &st->gate, &reason, why);
	if (r != OK)
		return r;
	if (stat(o->dir, &dir) == 0) {
		st->dev = dir.st_dev;
		st->ino = dir.st_ino;
	}
	if (reason != NULL) {
		r = recover(st, o, reason, why);
		if (r != OK)
			goto failed;
	}
	r = gate_attach(st->gate, why);
	if (r != OK)
		goto failed;
	st->watch = watch_start(st->gate, o->stall_seconds, o->leave, o->leave_arg);
	if (st->watch == NULL) {
		buf_adds(
		    why, "No thread could be started. Raise the limit of processes (ulimit -u).");
		r = BUSY;
		goto failed;
	}
	watch_add(st->watch, &st->op);
	watch_add(st->watch, &st->tend_op);
	if (st->env == NULL) {
		gate_let_pass(st->gate); /* whoever waits may recover, should this one hang */
		watch_in(st->watch, &st->op);
		int err = env_open(st, o, JOIN);
		watch_out(&st->op);
		if (err != 0) {
			log_info("store: cannot be joined as it is: %s", db_strerror(err));
			/* What is missing is this process's alone: the others need not leave for it. */
			bool ours =
			    err == ENOMEM || err == EMFILE || err == ENFILE || err == EACCES;
			*again = !ours;
			/* First the watchdog: this process stays, the others leave. */
			watch_stop(st->watch);
			st->watch = NULL;
			if (!ours)
				(void)gate_poison(st->gate);
			r = BUSY;
			buf_addf(
			    why, "The store could not be joined: %s. Try again.", db_strerror(err));
			goto failed;
		}
	} else if (format_grows(o->dir)) {
		r = grow(st, why);
		if (r != OK)
			goto failed;
	}
	if (gate_is_replaced(st->gate)) {
		r = meta_mark_copy(st,
		    "The files in the data directory were replaced from outside, as after "
		    "copying them back.");
		if (r != OK)
			goto failed;
	}
	gate_let_pass(st->gate);
	return OK;
failed:
	env_close(st);
	watch_stop(st->watch);
	st->watch = NULL;
	gate_close(st->gate);
	st->gate = NULL;
	return r;
}

/* Everything of the struct that needs no store. */
static struct store *
store_new(const struct store_options *o)
{
	struct store *st = calloc(1, sizeof *st);
	if (st == NULL)
		return NULL;
	for (enum table t = 0; t < T_COUNT; t++)
		(void)pthread_mutex_init(&st->tables[t].lock, NULL);
	(void)pthread_mutex_init(&st->pool_lock, NULL);
	(void)pthread_mutex_init(&st->write_lock, NULL);
	(void)pthread_mutex_init(&st->memo.lock, NULL);
	st->settings = o->settings;
	st->patience = watch_stall_seconds(o->stall_seconds) * CLOCK_SECOND;
	batches_init(&st->batches);
	atomic_flag_clear(&st->tending);
	st->dir = strdup(o->dir);
	if (st->dir == NULL) {
		free(st);
		return NULL;
	}
	return st;
}

static void
store_free(struct store *st)
{
	tx_free_all(st);
	for (enum table t = 0; t < T_COUNT; t++)
		(void)pthread_mutex_destroy(&st->tables[t].lock);
	(void)pthread_mutex_destroy(&st->pool_lock);
	(void)pthread_mutex_destroy(&st->write_lock);
	(void)pthread_mutex_destroy(&st->memo.lock);
	crypto_wipe(&st->memo, sizeof st->memo);
	batches_destroy(&st->batches);
	free(st->dir);
	free(st);
}

/* store_open and store_recover. */
static enum result
attach(const struct store_options *o, bool force, struct store **out, struct buf *why)
{
	enum result r = place_check(o->dir, o->create, why);
	if (r != OK)
		return r;
	struct store *st = store_new(o);
	if (st == NULL) {
		buf_adds(why, "Out of memory. Try again.");
		return BUSY;
	}
	struct gate_options go = {
	    o->dir, SHAPE, (uint64_t)o->cache_bytes, force, clock_mono() + WAIT_MS, GRACE_MS};
	bool again = true;
	for (int i = 0; i < JOIN_TRIES && again; i++) {
		buf_reset(why);
		r = enter(st, o, &go, &again, why);
	}
	if (r != OK) {
		store_free(st);
		return r;
	}
	*out = st;
	return OK;
}

enum result
store_open(const struct store_options *o, struct store **out, struct buf *why)
{
	*out = NULL;
	return attach(o, false, out, why);
}

enum result
store_recover(const char *dir, struct buf *why)
{
	struct store *st = NULL;
	/* With the cache of those who come after, so that they need not recover once more. */
	struct store_options o = {.dir = dir};
	uint64_t cache = dir != NULL ? gate_cache(dir) : 0;
	o.cache_bytes = cache < CACHE_MOST ? (int64_t)cache : CACHE_MIN;
	enum result r = attach(&o, true, &st, why);
	store_close(st);
	return r;
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	watch_in(st->watch, &st->op);
	env_close(st);
	watch_out(&st->op);
	watch_stop(st->watch);
	gate_close(st->gate);
	store_free(st);
}

bool
store_leaving(const struct store *st)
{
	return watch_leaving(st->watch);
}

void
store_use_clock(struct store *st, int64_t base)
{
	gate_set_clock(st->gate, base);
	clock_use(base);
}

bool
store_end_halted(struct store *st)
{
	return gate_end_halted(st->gate, &st->halted, st->patience);
}

const char *
store_dir(const struct store *st)
{
	return st->dir;
}

bool
store_was_recovered(const struct store *st)
{
	return st->recovered;
}
