/*
 * retain.c: what has been kept for long enough goes, while there is time (retain.h).
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "store/retain.h"
#include "store/store.h"
#include "worker/retain.h"
#include "worker/tend.h"
#include "worker/worker.h"

#define PIECE 100 /* records looked at in one transaction */
#define TURN 200  /* ms in which the worker may not send */
/* A receipt that waits longer than that has no message to wait for: Bandwidth repeats for a day. */
#define RECEIPTS_KEPT 31

typedef enum result (*retain_fn)(struct tx *, uint32_t org, int64_t before, size_t max, bool *more);

struct piece {
	retain_fn fn;
	int days;
	uint32_t org;
	bool more;
};

static enum result
do_piece(struct tx *tx, void *arg)
{
	struct piece *p = arg;

	return p->fn(tx, p->org, tx_now(tx) - p->days * CLOCK_DAY, PIECE, &p->more);
}

static enum result
choose(struct tx *tx, void *arg)
{
	return tend_next_org(tx, "retained-org", arg);
}

void
retain_turn(struct worker *w)
{
	const struct settings *s = w->app->settings;
	struct piece pieces[] = {
	    {retain_events, s->retain_events_days, 0, true},
	    {retain_receipts, RECEIPTS_KEPT, 0, true},
	    {retain_media, s->retain_media_days, 0, true},
	    {retain_text, s->retain_text_days, 0, true},
	};
	int64_t end = clock_mono() + TURN;
	uint32_t org = 0;
	enum result r = store_run(w->app->store, choose, &org);

	for (size_t i = 0; r == OK && i < sizeof pieces / sizeof pieces[0]; i++) {
		struct piece *p = &pieces[i];

		p->org = org;
		while (r == OK && p->days > 0 && p->more && clock_mono() < end)
			r = store_run(w->app->store, do_piece, p);
	}
	if (r != OK && r != NOT_FOUND && r != BUSY)
		log_error("what was kept for long enough could not be removed (%d)", r);
}
