/*
 * tend.c: removes what has outlived its time, in small transactions, once a minute (tend.h).
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/events.h"
#include "store/idempotency.h"
#include "store/jobs.h"
#include "store/orgs.h"
#include "store/people.h"
#include "store/store.h"
#include "worker/logfile.h"
#include "worker/tend.h"
#include "worker/worker.h"

#define GAP CLOCK_MINUTE
#define PIECE 200 /* records looked at in one transaction */
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

/* One organization at a time, the next one each minute. */
static enum result
expire_seen(struct tx *tx, void *arg)
{
	uint32_t *last = arg;
	struct organization *list = NULL;
	size_t n = 0, removed;
	enum result r = orgs_list(tx, *last, 1, tx_arena(tx), &list, &n);

	if (r != OK)
		return r;
	if (n == 0) {
		*last = 0;
		return NOT_FOUND;
	}
	*last = (uint32_t)list[0].id;
	return seen_expire(tx, *last, tx_now(tx) - SEEN_KEPT, PIECE, &removed);
}

void
tend_turn(struct worker *w)
{
	struct store *store = w->app->store;
	int64_t now = clock_mono();

	store_tend(store);
	if (w->tended != 0 && now - w->tended < GAP)
		return;
	w->tended = now;
	store_run(store, expire_sessions, NULL);
	store_run(store, expire_answers, NULL);
	store_run(store, expire_jobs, NULL);
	store_run(store, expire_seen, &w->tended_org);
	logfile_tend(w->app->settings->data_dir);
}
