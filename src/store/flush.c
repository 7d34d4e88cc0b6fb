/*
 * flush.c: making commits durable, checkpoints, and telling errors apart.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/gate.h"
#include "store/tx.h"

#define TEND_EVERY_MS 50
/* 4 KiB of log for a callback: recovery has some 1,000 of them to do (15 ms for each MiB), and those
 * that came while a checkpoint was written.  4 MiB cost no callbacks against 8. */
#define CHECKPOINT_KIB 4096
#define CHECKPOINT_MINUTES 1
#define SAY_EVERY_MS 1000     /* another fault */
#define REPEAT_EVERY_MS 60000 /* the same */

/* What can be done about it, for those who read the log. */
static const char *
remedy(int err)
{
	switch (err) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ". Free some space; until then nothing is taken";
	case EROFS:
		return ". Make its file system writable; until then nothing is taken";
	default:
		return "";
	}
}

/* A full disk or table fails every request: one line a minute says it. */
static void
say(struct store *st, int err, const char *doing, enum table t)
{
	int64_t now = clock_mono(), said = atomic_load(&st->said);
	bool same = atomic_load(&st->said_err) == err;
	if (watch_leaving(st->watch) ||
	    (said != 0 && now - said < (same ? REPEAT_EVERY_MS : SAY_EVERY_MS)) ||
	    !atomic_compare_exchange_strong(&st->said, &said, now))
		return;
	atomic_store(&st->said_err, err);
	log_error("store: %s%s%s failed in %s: %s%s", doing, t < T_COUNT ? " " : "",
	    t < T_COUNT ? table_name(t) : "", st->dir, db_strerror(err), remedy(err));
}

enum result
engine_result(struct store *st, int err, const char *doing, enum table t)
{
	enum result r = FAILED;
	switch (err) {
	case DB_RUNRECOVERY:
		watch_panic(st->watch, ENGINE_PANIC);
		return BUSY;
	case DB_LOCK_DEADLOCK:
	case DB_LOCK_NOTGRANTED:
		return BUSY;
	case ENOMEM:
	case EAGAIN:
		r = BUSY;
		break;
	case DB_PAGE_NOTFOUND:
	case DB_VERIFY_BAD:
		r = DAMAGED;
		break;
	default:
		break;
	}
	say(st, err, doing, t);
	return r;
}

/*
 * What was written is durable, but where?  A directory that was moved or unmounted takes everything
 * as before, and nobody who opens the store under its name will ever see it.
 */
static bool
is_here(struct store *st)
{
	struct stat now;
	if (stat(st->dir, &now) == 0 && now.st_dev == st->dev && now.st_ino == st->ino)
		return true;
	if (!watch_leaving(st->watch))
		log_error(
		    "store: the data directory %s was moved, removed or unmounted. Put it back, "
		    "or restore the backup; until then nothing is taken",
		    st->dir);
	watch_panic(st->watch, "the data directory is not where it was");
	return false;
}

enum result
store_flush(struct store *st)
{
	if (tx_settled == st)
		return OK;
	if (watch_leaving(st->watch))
		return BUSY;
	struct tx *tx = tx_take(st); /* for its op: one who died may hold the lock of the log */
	if (tx == NULL)
		return BUSY;
	atomic_store(&tx->op.patient, true);
	watch_in(st->watch, &tx->op);
	int err = st->env->log_flush(st->env, NULL);
	watch_out(&tx->op);
	atomic_store(&tx->op.patient, false);
	tx_give(tx);
	if (err != 0)
		return engine_result(st, err, "flushing the log", T_COUNT);
	if (!is_here(st))
		return BUSY;
	tx_settled = st;
	return OK;
}

/* Checkpoint and removal of logs, by the one who has both locks. */
static void
tend(struct store *st)
{
	int err = st->env->txn_checkpoint(st->env, CHECKPOINT_KIB, CHECKPOINT_MINUTES, 0);
	if (err == 0 && gate_trylock(st->gate, GATE_LOCK_LOGS) == 0) {
		err = st->env->log_archive(st->env, NULL, DB_ARCH_REMOVE);
		gate_unlock(st->gate, GATE_LOCK_LOGS);
	}
	if (err != 0)
		(void)engine_result(st, err, "the checkpoint", T_COUNT);
}

void
store_tend(struct store *st)
{
	int64_t now = clock_mono();
	if (now < atomic_load(&st->tend_next) || watch_leaving(st->watch) ||
	    atomic_flag_test_and_set(&st->tending))
		return;
	atomic_store(&st->tend_next, now + TEND_EVERY_MS);
	if (gate_trylock(st->gate, GATE_LOCK_TEND) == 0) {
		atomic_store(&st->tend_op.patient, true);
		watch_in(st->watch, &st->tend_op);
		tend(st);
		watch_out(&st->tend_op);
		gate_unlock(st->gate, GATE_LOCK_TEND);
	}
	atomic_flag_clear(&st->tending);
}

enum result
store_settle(struct store *st)
{
	atomic_store(&st->tend_op.patient, true);
	watch_in(st->watch, &st->tend_op);
	int err = st->env->txn_checkpoint(st->env, 0, 0, DB_FORCE);
	if (err == 0)
		err = st->env->log_archive(st->env, NULL, DB_ARCH_REMOVE);
	watch_out(&st->tend_op);
	return err == 0 ? OK : engine_result(st, err, "the checkpoint", T_COUNT);
}

enum result
store_hold_logs(struct store *st, int *hold)
{
	*hold = gate_hold_logs(st->dir);
	return *hold >= 0 ? OK : BUSY;
}

void
store_release_logs(int hold)
{
	if (hold >= 0)
		(void)close(hold);
}
