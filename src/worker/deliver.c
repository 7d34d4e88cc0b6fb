/*
 * deliver.c: who may be posted for next (deliver.h).
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "bandwidth/client.h"
#include "store/messages.h"
#include "worker/deliver.h"
#include "worker/pace.h"
#include "worker/post.h"
#include "worker/sender.h"
#include "worker/worker.h"

#define ROUND_MAX 256	  /* organizations in one round */
#define SKIP CLOCK_SECOND /* one in whose way something stands is looked at again then */
#define TRIES 50	  /* entries looked at in one organization's turn */
#define ERRORS_MAX 6	  /* doublings of SKIP after failures of the store */

/* ---- organizations that have something queued --------------------------------- */

struct turn {
	int class_;
	uint32_t after; /* the last organization of the round before, if not all fitted in */
	uint32_t orgs[ROUND_MAX];
	size_t count;
};

/* Appends those above `from` up to `to`. */
static enum result
read_range(struct tx *tx, struct turn *t, uint32_t from, uint32_t to)
{
	enum result r = OK;
	uint32_t org = from;

	while (t->count < ROUND_MAX) {
		r = queue_next_org(tx, t->class_, org, &org);
		if (r != OK || org > to)
			break;
		t->orgs[t->count++] = org;
	}
	return r == NOT_FOUND ? OK : r;
}

static enum result
read_turn(struct tx *tx, void *arg)
{
	struct turn *t = arg;
	enum result r;

	t->count = 0;
	r = read_range(tx, t, t->after, UINT32_MAX);
	return r == OK ? read_range(tx, t, 0, t->after) : r;
}

/* ---- one organization's turn --------------------------------------------------- */

static bool
blocked(struct sender *s, int class_, enum block why, int64_t until)
{
	s->block[class_] = why;
	s->until[class_] = until;
	return false;
}

/* Claims until there is one to post, or nothing can be claimed now. */
static enum claim_result
claim_one(struct post *p, int class_)
{
	struct queue_entry after;
	bool has_after = false;
	enum claim_result r = CLAIM_NONE;
	int i;

	memset(&after, 0, sizeof(after));
	for (i = 0; i < TRIES; i++) {
		r = outbox_claim(p->w->app, class_, p->sender->org, INT64_MAX, p->arena, &p->claim,
		    &after, &has_after);
		if (r != CLAIM_DONE && !(r == CLAIM_LATER && has_after))
			break;
	}
	return r;
}

/* May the organization send, and its account be posted to, now? */
static bool
may_try(struct worker *w, struct sender *s, int class_, struct arena *a, int64_t now)
{
	struct organization o = {0};

	switch (sender_ready(s, a, &o)) {
	case SENDER_NONE:
		return blocked(s, class_, BLOCK_EVENT, now + SKIP);
	case SENDER_WAIT:
		return s->fetching ? blocked(s, class_, BLOCK_EVENT, 0)
				   : blocked(s, class_, BLOCK_TIME, s->retry);
	case SENDER_READY:
		break;
	}
	s->pace = pace_of(w, o.account_id);
	if (pace_wait(s->pace, w->app->settings->segments_per_second, now) > 0)
		return blocked(s, class_, BLOCK_PACE, 0);
	return true;
}

/* The store fails for this organization, perhaps for long: the others go on. */
static void
failing(struct sender *s, int class_, int64_t now)
{
	log_error("organization %u: what it has queued could not be claimed", s->org);
	blocked(s, class_, BLOCK_TIME, now + (SKIP << s->errors));
	if (s->errors < ERRORS_MAX)
		s->errors++;
}

/* True when one was posted. */
static bool
attempt(struct worker *w, int class_, struct sender *s)
{
	int64_t now = clock_mono();
	struct post *p;

	if (s->until[class_] > now)
		return false;
	p = post_new(w, s);
	if (!may_try(w, s, class_, p->arena, now)) {
		post_drop(p);
		return false;
	}
	switch (claim_one(p, class_)) {
	case CLAIM_POST:
		s->block[class_] = BLOCK_NONE;
		s->served[class_] = ++w->served;
		s->errors = 0;
		post_begin(p);
		return true;
	case CLAIM_LATER:
		blocked(s, class_, BLOCK_EVENT, now + SKIP);
		break;
	case CLAIM_ERROR:
		failing(s, class_, now);
		break;
	case CLAIM_DONE: /* more of them than one turn may take */
	case CLAIM_NONE:
		s->block[class_] = BLOCK_NONE;
		break;
	}
	post_drop(p);
	return false;
}

/* Whose turn it is: who waits for its next post longest. */
struct place {
	struct sender *sender;
	int64_t served;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->served < y->served ? -1 : x->served > y->served;
}

static void
line_up(struct worker *w, const struct turn *t, struct place *line)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		line[i].sender = sender_of(w, t->orgs[i]);
		line[i].served = line[i].sender->served[t->class_];
	}
	qsort(line, t->count, sizeof(*line), compare_places);
}

/*
 * One message for each organization of the class.  Who is turned away by the pace keeps its
 * place in the line, so that it is first when there is room again.
 */
static bool
round_robin(struct worker *w, int class_)
{
	struct turn t = {.class_ = class_, .after = w->turn[class_]};
	struct place line[ROUND_MAX];
	bool any = false;
	size_t i;

	if (store_read(w->app->store, read_turn, &t) != OK)
		return false;
	if (t.count == ROUND_MAX) /* the next round has the others */
		w->turn[class_] = t.orgs[t.count - 1];
	line_up(w, &t, line);
	for (i = 0; i < t.count && client_in_flight(w->client) < WORKER_POSTS; i++)
		if (attempt(w, class_, line[i].sender))
			any = true;
	return any;
}

bool
deliver_turn(struct worker *w)
{
	if (w->ending)
		return false;
	while (round_robin(w, 0))
		;
	return round_robin(w, 1);
}

int
deliver_store_results(struct worker *w)
{
	struct post *p, *next;
	int left = 0;

	for (p = w->posts; p != NULL; p = next) {
		next = p->next;
		if (p->answered && post_store(p) != 0)
			left++;
	}
	return left;
}

/* ---- when to look again --------------------------------------------------------- */

struct next {
	struct worker *w;
	int64_t now, mono, due;
};

static void
earlier(struct next *n, int64_t due)
{
	if (due < n->due)
		n->due = due;
}

/* When something that is due can go, as far as that is known. */
static int64_t
can_go(const struct next *n, int class_, uint32_t org)
{
	struct sender *s = sender_of(n->w, org);
	int64_t wait = 0;

	if (client_in_flight(n->w->client) >= WORKER_POSTS || s->block[class_] == BLOCK_EVENT)
		return INT64_MAX;
	if (s->block[class_] == BLOCK_TIME)
		wait = s->until[class_] - n->mono;
	else if (s->block[class_] == BLOCK_PACE)
		wait = pace_wait(s->pace, n->w->app->settings->segments_per_second, n->mono);
	return wait == INT64_MAX ? INT64_MAX : n->now + wait;
}

static enum result
next_of_org(struct tx *tx, struct next *n, int class_, uint32_t org)
{
	struct queue_entry past = {class_, org, n->now, "ffffffffffffffff"}, e;
	enum result r = queue_first(tx, class_, org, n->now, NULL, &e);

	if (r == OK)
		earlier(n, can_go(n, class_, org));
	if (r == OK || r == NOT_FOUND)
		r = queue_first(tx, class_, org, INT64_MAX, &past, &e);
	if (r == OK)
		earlier(n, e.due);
	return r == NOT_FOUND ? OK : r;
}

static enum result
read_next(struct tx *tx, void *arg)
{
	struct next *n = arg;
	enum result r = OK;
	uint32_t org;
	int class_;

	n->due = INT64_MAX;
	for (class_ = 0; class_ < 2; class_++) {
		org = 0;
		while ((r = queue_next_org(tx, class_, org, &org)) == OK)
			if ((r = next_of_org(tx, n, class_, org)) != OK)
				return r;
		if (r != NOT_FOUND)
			return r;
	}
	return OK;
}

int64_t
deliver_next(struct worker *w)
{
	struct next n = {w, clock_now(), clock_mono(), INT64_MAX};

	if (store_read(w->app->store, read_next, &n) != OK)
		return n.now + CLOCK_SECOND;
	return n.due;
}
