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
#include "store/store.h"
#include "texting/config.h"
#include "worker/deliver.h"
#include "worker/pace.h"
#include "worker/post.h"
#include "worker/recover.h"
#include "worker/sender.h"
#include "worker/worker.h"

#define SKIP CLOCK_SECOND /* after a failure of the store, doubled each time */
#define ERRORS_MAX 6	  /* doublings */
#define LOOK_AGAIN \
	(5 * CLOCK_SECOND) /* at what stands in the way, if nobody says that it is gone */
#define TRIES 50	   /* entries looked at in one organization's turn */

/* ---- one organization's turn --------------------------------------------------- */

static bool
blocked(struct sender *s, int class_, enum block why, int64_t until)
{
	s->block[class_] = why;
	if (until != 0)
		agenda_set(s, (enum agenda_kind)class_, until);
	return false;
}

/*
 * Claims until there is one to post, or nothing can be claimed now.  CLAIM_DONE: there may be
 * more, but they are more than one turn may take.
 */
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
			return r;
	}
	return CLAIM_DONE;
}

/* May the organization send, and its account be posted to, now? */
static bool
may_try(struct worker *w, struct sender *s, int class_, struct arena *a, int64_t now)
{
	struct organization o = {0};

	if (s->unrecovered && !recover_sender(s))
		return blocked(s, class_, BLOCK_TIME, now + LOOK_AGAIN);
	switch (sender_ready(s, a, &o)) {
	case SENDER_NONE:
		return blocked(s, class_, BLOCK_EVENT, now + LOOK_AGAIN);
	case SENDER_WAIT:
		return s->fetching ? blocked(s, class_, BLOCK_EVENT, now + LOOK_AGAIN)
				   : blocked(s, class_, BLOCK_TIME, s->retry);
	case SENDER_READY:
		break;
	}
	if (config_hold(w->app, &o) != NULL)
		return blocked(s, class_, BLOCK_EVENT, now + LOOK_AGAIN);
	s->pace = pace_of(w, o.account_id);
	if (pace_wait(s->pace, w->app->settings->segments_per_second, now) > 0)
		return blocked(s, class_, BLOCK_PACE, 0);
	return true;
}

/* The store fails for this organization, perhaps for long: the others go on. */
static void
failing(struct sender *s, int64_t now)
{
	log_error("organization %u: what it has queued could not be claimed", s->org);
	blocked(s, AGENDA_REPLIES, BLOCK_TIME, now + (SKIP << s->errors));
	blocked(s, AGENDA_TEXTS, BLOCK_TIME, now + (SKIP << s->errors));
	if (s->errors < ERRORS_MAX)
		s->errors++;
}

/* True when one was claimed. */
static bool
attempt(struct worker *w, int class_, struct sender *s)
{
	int64_t now = clock_mono();
	struct post *p = post_new(w, s);

	s->block[class_] = BLOCK_NONE;
	if (!may_try(w, s, class_, p->arena, now)) {
		post_drop(p);
		return false;
	}
	switch (claim_one(p, class_)) {
	case CLAIM_POST:
		s->served[class_] = ++w->served;
		pace_goes(s->pace, class_ == AGENDA_REPLIES, w->round);
		w->replies = class_ == AGENDA_REPLIES ? w->replies + 1 : 0;
		post_claimed(p);
		w->claimed[w->claims++] = p;
		return true;
	case CLAIM_LATER:
		blocked(s, class_, BLOCK_EVENT, now + LOOK_AGAIN);
		break;
	case CLAIM_ERROR:
		failing(s, now);
		break;
	case CLAIM_NONE: /* none that is due: when will be? */
		agenda_look(w, s->org);
		break;
	case CLAIM_DONE:
		break;
	}
	post_drop(p);
	return false;
}

/* ---- whose turn it is -------------------------------------------------------------- */

/* Who waits for its next post longest is first. */
struct line {
	struct sender *sender;
	int64_t served;
};

static int
compare(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return x->served < y->served ? -1 : x->served > y->served;
}

/* Does the account's pace allow a text of this class, as far as is known? */
static bool
in_pace(const struct worker *w, struct sender *s, int class_, int64_t now)
{
	if (s->pace == NULL)
		return true;
	if (pace_wait(s->pace, w->app->settings->segments_per_second, now) == 0 &&
	    (class_ == AGENDA_TEXTS || pace_reply_may(s->pace, w->round)))
		return true;
	s->block[class_] = BLOCK_PACE;
	if (class_ == AGENDA_TEXTS)
		pace_text_waits(s->pace, w->round);
	return false;
}

/* Those that have something due and nothing in their way; returns how many. */
static size_t
line_up(struct worker *w, int class_)
{
	const struct agenda *a = &w->agenda;
	int64_t now = clock_mono();
	size_t i, n = 0;

	if (w->line_room < a->count) {
		w->line_room = a->room;
		w->line = realloc(w->line, w->line_room * sizeof(*w->line));
		if (w->line == NULL)
			log_panic("out of memory");
	}
	for (i = 0; i < a->count; i++) {
		struct sender *s = a->entries[i].sender;

		if (a->entries[i].next[class_] > now || !in_pace(w, s, class_, now))
			continue;
		w->line[n++] = (struct line){s, s->served[class_]};
	}
	if (n > 1)
		qsort(w->line, n, sizeof(*w->line), compare);
	return n;
}

/* May one more be claimed in this turn? */
static bool
has_room(const struct worker *w)
{
	return w->claims < WORKER_CLAIMS && client_in_flight(w->client) + w->claims < WORKER_POSTS;
}

/*
 * One message for each organization of the class.  Who is turned away by the pace keeps its
 * place in the line, so that it is first when there is room again.
 */
static bool
round_robin(struct worker *w, int class_)
{
	size_t n = line_up(w, class_), i;
	bool any = false;

	for (i = 0; i < n && has_room(w); i++)
		if (in_pace(w, w->line[i].sender, class_, clock_mono()) &&
		    attempt(w, class_, w->line[i].sender))
			any = true;
	return any;
}

/* Claims in turns until there is nothing more to claim now, or it is enough for one flush. */
static bool
claim_all(struct worker *w)
{
	bool more;

	/* Else replies that fill every turn would keep all other texts waiting. */
	if (w->replies >= PACE_REPLIES)
		(void)round_robin(w, AGENDA_TEXTS);
	do {
		while (round_robin(w, AGENDA_REPLIES))
			;
		w->round++;
		more = round_robin(w, AGENDA_TEXTS);
	} while (more && has_room(w));
	return more || w->claims == WORKER_CLAIMS;
}

/* The disk is full, as a rule: all go back, and their organizations wait a while. */
static void
withdraw_all(struct worker *w)
{
	struct sender *senders[WORKER_CLAIMS];
	size_t i, j;

	for (i = 0; i < w->claims; i++) {
		senders[i] = w->claimed[i]->sender;
		post_withdraw(w->claimed[i], "the claim could not be made durable");
	}
	for (i = 0; i < w->claims; i++) {
		for (j = 0; senders[j] != senders[i];)
			j++;
		if (j == i) /* once for each */
			failing(senders[i], clock_mono());
	}
}

/* The claims are made durable, all at once, before a byte of any goes out. */
static void
post_all(struct worker *w)
{
	size_t i;

	if (w->claims == 0)
		return;
	if (store_flush(w->app->store) != OK) {
		withdraw_all(w);
	} else {
		for (i = 0; i < w->claims; i++) {
			w->claimed[i]->sender->errors = 0;
			post_begin(w->claimed[i]);
		}
	}
	w->claims = 0;
}

bool
deliver_turn(struct worker *w)
{
	bool more;

	if (w->ending)
		return false;
	more = claim_all(w);
	post_all(w);
	return more;
}

void
deliver_flush(struct worker *w)
{
	/* If the disk does not take it now, it is tried with the next one. */
	if (w->unflushed && store_flush(w->app->store) == OK)
		w->unflushed = false;
}

int
deliver_store_results(struct worker *w)
{
	struct post *p, *next;
	int64_t now = clock_mono();
	int left = 0;

	for (p = w->posts; p != NULL; p = next) {
		next = p->next;
		if (p->answered && ((!w->ending && p->again > now) || post_store(p) != 0))
			left++;
	}
	return left;
}

/* ---- when to look again --------------------------------------------------------- */

/* When an organization's class can go, as far as that is known; monotonic. */
static int64_t
can_go(const struct worker *w, struct sender *s, int class_, int64_t next, int64_t now)
{
	int64_t wait;

	if (next == INT64_MAX || s->block[class_] == BLOCK_EVENT)
		return INT64_MAX;
	if (next > now)
		return next;
	if (client_in_flight(w->client) >= WORKER_POSTS)
		return INT64_MAX;
	if (s->block[class_] != BLOCK_PACE || s->pace == NULL)
		return now;
	wait = pace_wait(s->pace, w->app->settings->segments_per_second, now);
	return wait == INT64_MAX ? INT64_MAX : now + wait;
}

int64_t
deliver_next(struct worker *w)
{
	const struct agenda *a = &w->agenda;
	int64_t now = clock_mono(), due = INT64_MAX, next;
	int class_;
	size_t i;

	for (i = 0; i < a->count; i++) {
		const struct agenda_entry *e = &a->entries[i];

		for (class_ = AGENDA_REPLIES; class_ <= AGENDA_TEXTS; class_++) {
			next = can_go(w, e->sender, class_, e->next[class_], now);
			if (next < due)
				due = next;
		}
	}
	return agenda_wall(due);
}
