/*
 * tend.c: removes what has outlived its time, in small transactions, once a minute (tend.h).
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/parse.h"
#include "store/events.h"
#include "store/idempotency.h"
#include "store/jobs.h"
#include "store/meta.h"
#include "store/orgs.h"
#include "store/people.h"
#include "store/store.h"
#include "worker/inventory.h"
#include "worker/backup.h"
#include "worker/logfile.h"
#include "worker/media.h"
#include "worker/reseal.h"
#include "worker/retain.h"
#include "worker/tend.h"
#include "worker/worker.h"

#define GAP CLOCK_MINUTE
#define TENDED "tended-org" /* in META */
#define PIECE 200	    /* records looked at in one transaction */
#define ANSWERS_KEPT (7 * CLOCK_DAY)
#define JOBS_KEPT (30 * CLOCK_DAY)
#define SEEN_KEPT (31 * CLOCK_DAY) /* Bandwidth repeats for a day; 30 days are promised */

static enum result
expire_sessions(struct tx *tx, void *arg)
{
	(void)arg;
	return sessions_expire(tx, PIECE);
}

static enum result
expire_throttle(struct tx *tx, void *arg)
{
	(void)arg;
	return throttle_expire(tx, PIECE);
}

static enum result
expire_answers(struct tx *tx, void *arg)
{
	(void)arg;
	return idempotency_expire(tx, tx_now(tx) - ANSWERS_KEPT, PIECE);
}

static enum result
expire_jobs(struct tx *tx, void *arg)
{
	(void)arg;
	return jobs_expire(tx, tx_now(tx) - JOBS_KEPT, PIECE);
}

enum result
tend_next_org(struct tx *tx, const char *name, uint32_t *org)
{
	struct organization *list = NULL;
	const char *text = NULL;
	int64_t last = 0;
	size_t n = 0;
	enum result r = meta_get(tx, name, tx_arena(tx), &text);

	if (r != OK && r != NOT_FOUND)
		return r;
	if (text != NULL && parse_i64(text, strlen(text), 0, UINT32_MAX, &last) != 0)
		last = 0;
	r = orgs_list(tx, (uint32_t)last, 1, tx_arena(tx), &list, &n);
	if (r == OK && n == 0 && last > 0)
		r = orgs_list(tx, 0, 1, tx_arena(tx), &list, &n);
	if (r != OK || n == 0)
		return r == OK ? NOT_FOUND : r;
	*org = (uint32_t)list[0].id;
	return meta_put(tx, name, arena_fmt(tx_arena(tx), "%u", *org));
}

/* One organization at a time, the next one each time, whichever worker it is. */
static enum result
expire_seen(struct tx *tx, void *arg)
{
	uint32_t org = 0;
	size_t removed;
	enum result r = tend_next_org(tx, TENDED, &org);

	(void)arg;
	return r == OK ? seen_expire(tx, org, tx_now(tx) - SEEN_KEPT, PIECE, &removed) : r;
}

void
tend_turn(struct worker *w)
{
	struct store *store = w->app->store;
	int64_t now = clock_mono();

	store_tend(store);
	backup_reap();
	if (w->tended != 0 && now - w->tended < GAP)
		return;
	w->tended = now;
	store_run(store, expire_sessions, NULL);
	store_run(store, expire_throttle, NULL);
	store_run(store, expire_answers, NULL);
	store_run(store, expire_jobs, NULL);
	store_run(store, expire_seen, NULL);
	media_sweep(w);
	sync_daily(w);
	reseal_ask(w);
	retain_turn(w);
	logfile_tend(w->app->settings->data_dir);
}
