/*
 * sync_daily.c: sees to it that every organization with a location is compared with Bandwidth
 * once a day (inventory.h), whatever became of the worker meanwhile.
 *
 * The organizations are gone through in turn, a few each minute; what was last asked for
 * stands in a counter of the organization's own.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/parse.h"
#include "store/counters.h"
#include "store/jobs.h"
#include "store/meta.h"
#include "store/orgs.h"
#include "store/store.h"
#include "texting/inventory.h"
#include "worker/inventory.h"
#include "worker/worker.h"

#define AT "sync-org"	      /* in META: the organization looked at last */
#define LAST "numbers-synced" /* counter, day 0: when it was asked for last, in minutes */
#define ORGS 20
#define EVERY (CLOCK_DAY / CLOCK_MINUTE)

static bool
blank(const char *s)
{
	return s == NULL || *s == '\0';
}

static bool
can_sync(const struct organization *o)
{
	return !blank(o->site_id) && !blank(o->sip_peer_id) && o->cred_state != NULL &&
	       strcmp(o->cred_state, "confirmed") == 0;
}

static enum result
ask(struct tx *tx, const struct organization *o)
{
	uint32_t org = (uint32_t)o->id;
	int64_t last, now = tx_now(tx) / CLOCK_MINUTE;
	struct job job = {.org = org, .kind = INVENTORY_SYNC_DAILY, .by = "worker"};
	enum result r;

	if (!can_sync(o))
		return OK;
	r = counter_get(tx, org, LAST, 0, &last);
	if (r != OK || now - last < EVERY)
		return r;
	r = counter_add(tx, org, LAST, 0, now - last, NULL);
	return r == OK ? jobs_add(tx, &job, true) : r;
}

static enum result
some(struct tx *tx, void *arg)
{
	struct organization *list = NULL;
	const char *text = NULL;
	int64_t at = 0;
	size_t n = 0, i;
	enum result r = meta_get(tx, AT, tx_arena(tx), &text);

	(void)arg;
	if (r != OK && r != NOT_FOUND)
		return r;
	if (text != NULL && parse_i64(text, strlen(text), 0, UINT32_MAX, &at) != 0)
		at = 0;
	r = orgs_list(tx, (uint32_t)at, ORGS, tx_arena(tx), &list, &n);
	for (i = 0; r == OK && i < n; i++)
		r = ask(tx, &list[i]);
	if (r != OK || (n == 0 && at == 0))
		return r;
	return meta_put(
	    tx, AT, n < ORGS ? NULL : arena_fmt(tx_arena(tx), "%u", (unsigned)list[n - 1].id));
}

void
sync_daily(struct worker *w)
{
	if (store_run(w->app->store, some, NULL) != OK)
		log_warn("the daily comparison of numbers could not be asked for");
}
