/*
 * refusals.c: the mark of the last callback refused.
 */
#include "responder/refusals.h"

#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "responder/exchange.h"
#include "store/counters.h"
#include "store/orgs.h"

void
refusals_init(struct refusals *refusals)
{
	memset(refusals->places, 0, sizeof refusals->places);
	pthread_mutex_init(&refusals->lock, NULL);
}

/* Counts one; true when it is time to write, with how many. */
static bool
due(struct refusals *refusals, uint32_t org, int64_t now, int64_t *count)
{
	pthread_mutex_lock(&refusals->lock);
	struct refusals_place *place = &refusals->places[org % REFUSALS_PLACES];
	bool write = place->written == 0 || now - place->written >= CLOCK_SECOND;
	if (place->org != org) {
		place->org = org;
		place->pending = 0;
	}
	place->pending++;
	*count = place->pending;
	if (write) {
		place->written = now > 0 ? now : 1;
		place->pending = 0;
	}
	pthread_mutex_unlock(&refusals->lock);
	return write;
}

struct mark {
	const struct exchange *exchange;
	const char *why;
	int64_t count;
};

static enum result
write_mark(struct tx *tx, void *arg)
{
	const struct mark *mark = arg;
	const struct request *request = &mark->exchange->request;
	struct organization org;
	enum result r = orgs_get(tx, request->org, false, tx_arena(tx), &org);
	if (r == OK)
		r = counter_add(
		    tx, request->org, "callback-401", clock_day(tx_now(tx)), mark->count, NULL);
	if (r == OK)
		r = callback_refused(tx, request->org, mark->why, request->client);
	return r;
}

void
refusals_note(struct exchange *exchange, const char *why)
{
	struct mark mark = {exchange, why, 0};
	if (due(&exchange->server->refusals, exchange->request.org, clock_mono(), &mark.count))
		(void)store_run(exchange->app->store, write_mark, &mark);
}
