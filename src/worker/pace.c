/*
 * pace.c: the token bucket and the breaker of a Bandwidth account (pace.h).
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "worker/pace.h"
#include "worker/worker.h"

#define SILENCE (5 * CLOCK_SECOND) /* no answer for so long: post nothing more yet */
#define BACKOFF_FIRST (CLOCK_SECOND / 4)
#define BACKOFF_MAX \
	(2 * CLOCK_MINUTE) /* each try in such a state may leave another text in doubt */
#define RETRY_BUSY (15 * CLOCK_MINUTE)	 /* a Retry-After counts for no longer: of 429 */
#define RETRY_ILL (5 * CLOCK_MINUTE)	 /* and of others */
#define BACKOFF_AWAY (15 * CLOCK_SECOND) /* nothing leaves, so trying is harmless */

struct pace *
pace_of(struct worker *w, const char *account)
{
	struct pace *p;

	for (p = w->paces; p != NULL; p = p->next)
		if (strcmp(p->account, account) == 0)
			return p;
	p = calloc(1, sizeof(*p));
	if (p == NULL || (p->account = strdup(account)) == NULL)
		log_panic("out of memory");
	p->filled = INT64_MIN;
	p->next = w->paces;
	w->paces = p;
	return p;
}

void
pace_free_all(struct worker *w)
{
	struct pace *p;

	while ((p = w->paces) != NULL) {
		w->paces = p->next;
		free(p->account);
		free(p);
	}
}

/* Lets in what has come since; the bucket holds one second's worth. */
static void
fill(struct pace *p, int rate, int64_t now)
{
	if (p->filled == INT64_MIN)
		p->level = rate;
	else
		p->level += (double)(now - p->filled) * rate / (double)CLOCK_SECOND;
	if (p->level > rate)
		p->level = rate;
	p->filled = now;
}

int64_t
pace_wait(struct pace *p, int rate, int64_t now)
{
	fill(p, rate, now);
	if (p->flying > 0 && (p->failures > 0 || now - p->first_began > SILENCE))
		return INT64_MAX;
	if (p->blocked > now)
		return p->blocked - now;
	if (p->level >= 1)
		return 0;
	return (int64_t)((1 - p->level) * (double)CLOCK_SECOND / rate) + 1;
}

void
pace_began(struct pace *p, int64_t segments, int64_t now)
{
	if (p->flying++ == 0)
		p->first_began = now;
	p->level -= (double)(segments > 0 ? segments : 1);
}

void
pace_give_back(struct pace *p, int64_t segments)
{
	p->level += (double)(segments > 0 ? segments : 1);
}

bool
pace_reply_may(const struct pace *p, int64_t round)
{
	return p->texts_waited != round || p->replies < PACE_REPLIES;
}

void
pace_text_waits(struct pace *p, int64_t round)
{
	p->texts_waited = round;
}

void
pace_goes(struct pace *p, bool reply, int64_t round)
{
	if (!reply)
		p->replies = 0;
	else if (p->texts_waited == round)
		p->replies++;
}

/* Doubles up to the limit, and up to a quarter more so that not all come back at once. */
static int64_t
backoff(int failures, int64_t limit)
{
	int64_t ms = BACKOFF_FIRST;
	uint32_t random;

	while (--failures > 0 && ms < limit)
		ms *= 2;
	if (ms > limit)
		ms = limit;
	crypto_random(&random, sizeof(random));
	return ms + (int64_t)(random % (uint32_t)(ms / 4 + 1));
}

void
pace_ended(struct pace *p, enum pace_news news, int64_t retry_after, int64_t now)
{
	int64_t wait, most = news == PACE_BUSY ? RETRY_BUSY : RETRY_ILL;

	p->flying--;
	/* All organizations of the account wait: not for a day because one answer says so. */
	if (retry_after > most)
		retry_after = most;
	if (news == PACE_FINE) {
		p->failures = 0;
		p->first_began = now; /* it answers: the silence is over */
	} else if (news != PACE_NOTHING && now >= p->blocked) {
		/* Those that were under way together count once. */
		p->failures++;
		wait = backoff(p->failures, news == PACE_AWAY ? BACKOFF_AWAY : BACKOFF_MAX);
		p->blocked = now + (wait > retry_after ? wait : retry_after);
	} else if (news == PACE_BUSY && now + retry_after > p->blocked) {
		p->blocked = now + retry_after;
	}
}
