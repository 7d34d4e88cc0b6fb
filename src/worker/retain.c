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

static enum result
retain_org(struct worker *w, uint32_t org, int64_t end)
{
	const struct settings *s = w->app->settings;
	struct piece pieces[] = {
	    {retain_events, s->retain_events_days, org, true},
	    {retain_receipts, RECEIPTS_KEPT, org, true},
	    {retain_media, s->retain_media_days, org, true},
	    {retain_text, s->retain_text_days, org, true},
	};
	enum result r = OK;

	for (size_t i = 0; r == OK && i < sizeof pieces / sizeof pieces[0]; i++) {
		struct piece *p = &pieces[i];

		while (r == OK && p->days > 0 && p->more && clock_mono() < end)
			r = store_run(w->app->store, do_piece, p);
	}
	return r;
}

/* One organization after the other; the next turn begins behind the last one of this. */
void
retain_turn(struct worker *w)
{
	int64_t end = clock_mono() + TURN;
	uint32_t first = 0, org = 0;
	enum result r;

	do {
		r = store_run(w->app->store, choose, &org);
		if (r != OK || org == first)
			break;
		if (first == 0)
			first = org;
		r = retain_org(w, org, end);
	} while (r == OK && clock_mono() < end);
	if (r != OK && r != NOT_FOUND && r != BUSY)
		log_error("what was kept for long enough could not be removed (%d)", r);
}
