/*
 * unknown.c: looks for unknown messages in Bandwidth's list, page by page (unknown.h).
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "bandwidth/client.h"
#include "bandwidth/messaging.h"
#include "store/messages.h"
#include "store/orgs.h"
#include "texting/outbox.h"
#include "worker/mend.h"
#include "worker/sender.h"
#include "worker/unknown.h"
#include "worker/worker.h"

#define AROUND (3 * CLOCK_MINUTE) /* before and after the POST; binding takes two minutes */
#define PAGE 100
#define PAGES_MAX 20
#define LISTED_MAX ((size_t)PAGE * PAGES_MAX)
#define LOOKS_MAX 8		     /* under way */
#define LOOK_GAP INT64_C(100)	     /* ms: Bandwidth answers 3,500 questions in 5 minutes */
#define AGAIN (30 * CLOCK_SECOND)    /* after Bandwidth could not be asked */
#define BUSY_MAX (5 * CLOCK_MINUTE)  /* for all, however long one answer says */
#define TOO_MANY (15 * CLOCK_MINUTE) /* after more than can be read */

struct look {
	struct worker *w;
	struct sender *sender;
	struct arena *arena;
	struct message message;
	const char *account;
	int64_t generation;
	int pages;
	struct listed *found;
	size_t count;
};

static void
look_end(struct look *l, bool looked, int64_t wait)
{
	struct sender *s = l->sender;
	enum result r = outbox_unknown_resolve(l->w->app, s->org, l->message.id,
	    looked ? l->account : NULL, looked ? l->found : NULL, looked ? l->count : 0);

	if (r != OK && r != REFUSED && r != NOT_FOUND) {
		log_error("message %s: what was found could not be stored", l->message.id);
		if (r == DAMAGED)
			mend_message(l->w->app, s->org, l->message.id);
		else
			wait = wait > AGAIN ? wait : AGAIN;
	}
	if (wait > 0)
		s->look_after = clock_now() + wait;
	s->looking = false;
	sender_unblock(s);
	l->w->looks--;
	agenda_look(l->w, s->org);
	arena_free(l->arena);
	free(l);
}

static void ask_page(struct look *, const char *page);

/* Adds a page; false when there is no room for it. */
static bool
take_page(struct look *l, const struct list_answer *a)
{
	size_t i;

	if (l->count + a->count > LISTED_MAX)
		return false;
	for (i = 0; i < a->count; i++) {
		const struct list_item *item = &a->items[i];

		l->found[l->count++] = (struct listed){.service_id = item->service_id,
		    .from = item->from,
		    .to = item->to,
		    .kind = item->kind,
		    .status = item->status,
		    .direction = item->direction,
		    .segments = item->segments,
		    .time = item->time,
		    .error_code = item->error_code};
	}
	return true;
}

static void
page_came(void *arg, const struct http_answer *answer)
{
	struct look *l = arg;
	struct list_answer a;
	int64_t wait;

	list_read(answer, l->arena, &a);
	if (a.outcome == LIST_UNAUTHORIZED)
		(void)sender_refused(l->sender, l->generation);
	if (a.outcome != LIST_READ) {
		log_warn(
		    "message %s: Bandwidth could not be asked for it: %s", l->message.id, a.words);
		wait = a.retry_after < BUSY_MAX ? a.retry_after : BUSY_MAX;
		/* The limit is not the account's, but this machine's. */
		if (a.outcome == LIST_BUSY)
			l->w->look_next = clock_mono() + wait;
		look_end(l, false, wait > AGAIN ? wait : AGAIN);
		return;
	}
	sender_accepted(l->sender);
	if (!take_page(l, &a) || (a.next != NULL && l->pages >= PAGES_MAX)) {
		log_warn("message %s: Bandwidth lists too many to tell it apart", l->message.id);
		look_end(l, false, TOO_MANY);
	} else if (a.next != NULL) {
		ask_page(l, a.next);
	} else {
		look_end(l, true, 0);
	}
}

static void
ask_page(struct look *l, const char *page)
{
	struct buf url = BUF_INIT(16000);
	struct list_query q = {.from = l->message.user_number,
	    .to = l->message.contact_number,
	    .since = l->message.posted - AROUND,
	    .until = l->message.posted + AROUND,
	    .page = page,
	    .limit = PAGE};
	struct http_request r = {.method = HTTP_GET};

	l->pages++;
	l->generation = l->sender->generation;
	buf_adds(&url, messages_url(l->arena, l->w->app->settings->messaging_url, l->account));
	list_query_add(&url, &q);
	r.url = buf_str(&url);
	r.authorization = buf_str(&l->sender->authorization);
	client_start(l->w->client, &r, page_came, l);
	buf_free(&url);
}

/* Begins the organization's next look, if one is due and may be. */
static void
look(struct sender *s)
{
	struct look *l = calloc(1, sizeof(*l));
	struct organization o = {0};
	enum sender_state state = SENDER_NONE;
	int64_t now = clock_now(), due = INT64_MAX;
	enum result r;

	if (l == NULL)
		log_panic("out of memory");
	l->w = s->worker;
	l->sender = s;
	l->arena = arena_new();
	r = outbox_unknown_due(l->w->app, s->org, now, l->arena, &l->message, &due);
	if (r == OK)
		state = sender_ready(s, l->arena, &o);
	if (r == OK && state != SENDER_WAIT) {
		s->looking = true;
		s->worker->looks++;
		l->account = o.account_id;
		/* Without credentials, and at another account, there is no asking; somebody has to
		 * know. */
		if (state == SENDER_NONE || !message_posted_to(&l->message, l->account)) {
			look_end(l, false, state == SENDER_NONE ? AGAIN : 0);
			return;
		}
		l->found = arena_alloc(l->arena, LISTED_MAX * sizeof(*l->found));
		ask_page(l, NULL);
		return;
	}
	if (r != NOT_FOUND)
		s->look_after = now + AGAIN;
	else
		agenda_look(s->worker, s->org);
	arena_free(l->arena);
	free(l);
}

/* May the organization be looked for something, when its next is due? */
static bool
may_look(const struct sender *s, int64_t wall)
{
	return !s->looking && s->look_after <= wall;
}

/* Whose look is due, who waits longest first; NULL: nobody's. */
static struct sender *
next_sender(struct worker *w)
{
	const struct agenda *a = &w->agenda;
	int64_t now = clock_mono(), wall = clock_now();
	struct sender *first = NULL, *s;
	size_t i;

	for (i = 0; i < a->count; i++) {
		s = a->entries[i].sender;
		if (a->entries[i].next[AGENDA_LOOKS] > now || !may_look(s, wall))
			continue;
		if (first == NULL || s->served[AGENDA_LOOKS] < first->served[AGENDA_LOOKS])
			first = s;
	}
	return first;
}

void
unknown_turn(struct worker *w)
{
	struct sender *s;

	while (!w->ending && w->looks < LOOKS_MAX && clock_mono() >= w->look_next &&
	       (s = next_sender(w)) != NULL) {
		s->served[AGENDA_LOOKS] = ++w->served;
		w->look_next = clock_mono() + LOOK_GAP;
		look(s);
	}
}

int64_t
unknown_next(const struct worker *w)
{
	const struct agenda *a = &w->agenda;
	int64_t wall = clock_now(), due = INT64_MAX, next;
	size_t i;

	if (w->looks >= LOOKS_MAX)
		return INT64_MAX; /* the end of one makes a turn */
	for (i = 0; i < a->count; i++) {
		const struct sender *s = a->entries[i].sender;

		next = a->entries[i].next[AGENDA_LOOKS];
		if (next == INT64_MAX || s->looking)
			continue;
		/* Without an authorization nobody knows when there will be one. */
		if (s->look_after > wall && s->authorization.len == 0)
			continue;
		if (next < w->look_next)
			next = w->look_next;
		next = agenda_wall(next);
		if (next < s->look_after)
			next = s->look_after;
		if (next < due)
			due = next;
	}
	return due;
}
