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
#include "worker/recover.h"
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

#define TURN 100 /* ms for each kind: the worker does not send meanwhile */

/* A kind of thing that expires, as far as it was looked through. */
struct sweep {
	uint32_t org; /* whose, where it is done one organization after the other */
	bool more;
};

static enum result
expire_sessions(struct tx *tx, void *arg)
{
	struct sweep *s = arg;

	return sessions_expire(tx, PIECE, &s->more);
}

static enum result
expire_throttle(struct tx *tx, void *arg)
{
	struct sweep *s = arg;

	return throttle_expire(tx, PIECE, &s->more);
}

static enum result
expire_answers(struct tx *tx, void *arg)
{
	struct sweep *s = arg;

	return idempotency_expire(tx, tx_now(tx) - ANSWERS_KEPT, PIECE, &s->more);
}

static enum result
expire_seen(struct tx *tx, void *arg)
{
	struct sweep *s = arg;

	return seen_expire(tx, s->org, tx_now(tx) - SEEN_KEPT, PIECE, NULL, &s->more);
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

/* To the end of it or of its time, whichever comes first; the next turn goes on there. */
static enum result
sweep(struct store *store, tx_fn fn, struct sweep *s, int64_t end)
{
	enum result r;

	do {
		s->more = false;
		r = store_run(store, fn, s);
	} while (r == OK && s->more && clock_mono() < end);
	return r;
}

static void
sweep_all(struct store *store, tx_fn fn)
{
	struct sweep s = {0, false};

	(void)sweep(store, fn, &s, clock_mono() + TURN); /* the next turn tries again */
}

static enum result
choose(struct tx *tx, void *arg)
{
	struct sweep *s = arg;

	return tend_next_org(tx, TENDED, &s->org);
}

/* One organization after the other, going on where the last turn stopped, whichever worker's it was. */
static void
sweep_seen(struct store *store)
{
	int64_t end = clock_mono() + TURN;
	struct sweep s = {0, false};
	uint32_t first = 0;
	enum result r;

	do {
		r = store_run(store, choose, &s);
		if (r != OK || s.org == first)
			return;
		if (first == 0)
			first = s.org;
		r = sweep(store, expire_seen, &s, end);
	} while (r == OK && clock_mono() < end);
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
	recover_again(w);
	sweep_all(store, expire_sessions);
	sweep_all(store, expire_throttle);
	store_run(store, expire_jobs, NULL);
	media_sweep(w);
	sync_daily(w);
	reseal_ask(w);
	logfile_tend(w->app->settings->data_dir);
	/* Before Bandwidth has told what time it is, nobody knows what has outlived its time. */
	if (clock_base() == 0)
		return;
	sweep_all(store, expire_answers);
	sweep_seen(store);
	retain_turn(w);
}
