/*
 * forecast.h: how long an organization's queue still takes: for pages, spokectl and the API.
 *
 * An estimate from the sums of the queue (store/messages.h), the pace (SEGMENTS_PER_SECOND for a
 * Bandwidth account, replies first, organizations in turn), and what the worker has said of the
 * account.  Work for each organization that has something queued, and not for each text.
 */
#ifndef SPOKE_FORECAST_H
#define SPOKE_FORECAST_H

#include "base/json.h"
#include "store/kv.h"
#include "texting/app.h"

struct forecast {
	int64_t texts, segments; /* that are queued; what is held is not */
	size_t held;		 /* counted up to one more than FORECAST_HELD */
	int pace;		 /* segments a second */
	size_t sharing;	       /* other organizations on the account that have texts waiting, too */
	const char *waits;     /* what all of it waits for, as held_why; NULL: it goes out */
	int64_t takes;	       /* ms at this pace, from when it goes on */
	int64_t pause;	       /* nothing is posted to the account before this wall time; 0 */
	const char *pause_why; /* "busy", "ill", "away"; NULL */
	int64_t end;	       /* wall time at which the last one goes out; 0: nobody can tell */
	bool waits_for_due;    /* that is when it is due, and not a matter of the pace */
	bool number_limit;     /* some wait for a number that may take new contacts: end or later */
	bool late;	       /* some won't go out before their deadline */
};
#define FORECAST_HELD 1000

/* Strings live in the arena. */
enum result forecast_read(
    const struct app *, struct tx *, uint32_t org, struct arena *, struct forecast *);

/* "12 texts (14 segments) are waiting."; the sentences below are NULL when they don't apply. */
const char *forecast_waiting(const struct forecast *, struct arena *);
/* "At 1 segment a second the last one goes out": a time follows; end must be set. */
const char *forecast_ends(const struct forecast *, struct arena *);
/* Why none goes out, or who shares the pace, or why Bandwidth gets none right now; each a sentence. */
const char *forecast_stop(const struct forecast *, struct arena *);
const char *forecast_sharing(const struct forecast *, struct arena *);
const char *forecast_pause(const struct forecast *);
/* What may come otherwise: deadlines, numbers that are full. */
const char *forecast_but(const struct forecast *, struct arena *);
/* How many are held, which are not in the queue. */
const char *forecast_held(const struct forecast *, struct arena *);

/*
 * {"texts", "segments", "held", "segments_per_second", "sharing", "waits", "waits_meaning",
 * "not_before", "not_before_meaning", "takes_seconds", "expected_end", "number_limit", "late"}; times in RFC 3339,
 * null where there is none.  The caller's.
 */
json *forecast_json(const struct forecast *);

/*
 * For the worker: nothing is posted to the account before that wall time, because Bandwidth says
 * that it is busy ("busy"), answers oddly or not at all ("ill"), or can't be reached ("away").
 */
enum result forecast_pause_put(struct tx *, const char *account, int64_t until, const char *why);

#endif
