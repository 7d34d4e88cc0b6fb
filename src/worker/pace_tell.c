/*
 * pace_tell.c: says in the store that an account is left alone for a while (pace.h), so that pages
 * can tell when the queue goes on.  Nothing rests on it: a worker that dies takes the pause
 * with it.
 */
#include "base/clock.h"
#include "store/kv.h"
#include "texting/forecast.h"
#include "worker/pace.h"
#include "worker/worker.h"

#define SHORTEST (2 * CLOCK_SECOND) /* nobody sees a shorter one, and each is a transaction */

struct telling {
	const char *account, *why;
	int64_t until; /* wall */
};

static enum result
put(struct tx *tx, void *arg)
{
	const struct telling *t = arg;

	return forecast_pause_put(tx, t->account, t->until, t->why);
}

void
pace_tell(struct worker *w, struct pace *p, enum pace_news news, int64_t now)
{
	static const char *const names[] = {
	    [PACE_BUSY] = "busy", [PACE_ILL] = "ill", [PACE_AWAY] = "away"};
	struct telling t = {.account = p->account};

	if (news == PACE_FINE || news == PACE_NOTHING || p->blocked - now < SHORTEST ||
	    p->blocked - p->told < CLOCK_SECOND)
		return;
	p->told = p->blocked;
	t.why = names[news];
	t.until = clock_now() + p->blocked - now;
	(void)store_run(w->app->store, put, &t); /* logged; the next pause is told again */
}
