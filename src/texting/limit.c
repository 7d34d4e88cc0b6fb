/*
 * limit.c: counts segments against the daily limits and pauses when one is reached.
 *
 * What passes a limit is not refused: it waits until somebody resumes.
 */
#include "texting/limit.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/audit.h"
#include "store/counters.h"
#include "store/orgs.h"
#include "store/people.h"
#include "texting/settle.h"

/* Did adding cost bring the sum past another whole limit? */
static bool
passes(int64_t sum, int64_t cost, int64_t limit)
{
	return limit > 0 && cost > 0 && sum > limit && (sum - 1) / limit > (sum - cost - 1) / limit;
}

static enum result
count(struct tx *tx, const struct limit_use *u, const char *name, int64_t limit, bool *passed)
{
	int64_t sum = 0;
	enum result r = counter_add(tx, u->org, name, clock_day(tx_now(tx)), u->cost, &sum);

	*passed = r == OK && passes(sum, u->cost, limit);
	return r;
}

/* Pauses for the organization's own limit, or with token set for the token's. */
static enum result
pause_for(struct tx *tx, const struct limit_use *u, const char *token, int64_t limit)
{
	struct audit a = {.org = u->org,
	    .time = tx_now(tx),
	    .who = u->token != NULL ? arena_fmt(tx_arena(tx), "token %s", u->token) : u->by,
	    .from = "local",
	    .what = "sending.pause"};
	struct organization org;
	enum result r = orgs_get(tx, u->org, true, tx_arena(tx), &org);

	if (r != OK || org.paused)
		return r;
	org.paused = true;
	org.paused_why = token != NULL ? "token-limit" : "daily-limit";
	org.paused_by = a.who;
	org.paused_at = a.time;
	org.paused_limit = limit;
	org.paused_token = token;
	a.detail = arena_fmt(tx_arena(tx), "%s: the %" PRId64 " segments a day of %s are reached",
	    org.paused_why, limit,
	    token != NULL ? arena_fmt(tx_arena(tx), "token %s", token) : "the organization");
	log_warn("organization %lu: sending is paused, %s", (unsigned long)u->org, a.detail);
	r = orgs_put(tx, &org);
	return r == OK ? audit_add(tx, &a) : r;
}

enum result
limit_count(struct tx *tx, const struct app *app, const struct limit_use *u)
{
	const struct message asked = {.by = u->by};
	struct organization org;
	bool by_org = false, by_token = false;
	int64_t limit;
	enum result r;

	if (u->cost == 0)
		return OK;
	r = orgs_get(tx, u->org, false, tx_arena(tx), &org);
	if (r != OK)
		return r;
	limit = org.daily_segments > 0 ? org.daily_segments : app->settings->daily_segments;
	r = count(tx, u, "segments", limit, &by_org);
	if (r == OK && u->token != NULL)
		r = count(tx, u, arena_fmt(tx_arena(tx), "segments:%s", u->token), u->token_limit,
		    &by_token);
	if (r != OK || (!by_org && !by_token) || message_is_automatic(&asked))
		return r;
	return by_org ? pause_for(tx, u, NULL, limit) : pause_for(tx, u, u->token, u->token_limit);
}

/* A token's own limit; 0 when it has none, or is gone. */
static enum result
token_limit(struct tx *tx, uint32_t org, const char *id, int64_t *limit)
{
	struct token *list;
	size_t i, n = 0;
	enum result r = tokens_list(tx, org, tx_arena(tx), &list, &n);

	*limit = 0;
	for (i = 0; r == OK && i < n; i++) {
		if (list[i].id != NULL && strcmp(list[i].id, id) == 0)
			*limit = list[i].daily_segments;
	}
	return r;
}

enum result
limit_count_more(struct tx *tx, const struct app *app, const struct message *m, int64_t cost)
{
	struct limit_use u = {
	    .org = (uint32_t)m->org, .token = m->token, .by = m->by, .cost = cost};
	enum result r = OK;

	if (m->token != NULL && cost > 0)
		r = token_limit(tx, u.org, m->token, &u.token_limit);
	return r == OK ? limit_count(tx, app, &u) : r;
}
