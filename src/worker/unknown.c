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
#define SCAN_GAP CLOCK_MINUTE	     /* other processes may have changed something */
#define AGAIN (30 * CLOCK_SECOND)    /* after Bandwidth could not be asked */
#define TOO_MANY (15 * CLOCK_MINUTE) /* after more than can be read */
#define ORGS_PAGE 100

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
	enum result r = outbox_unknown_resolve(l->w->app, s->org, l->message.id, looked,
	    looked ? l->found : NULL, looked ? l->count : 0);

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
	l->w->looks_due = 0;
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

	list_read(answer, l->arena, &a);
	if (a.outcome == LIST_UNAUTHORIZED)
		(void)sender_refused(l->sender, l->generation);
	if (a.outcome != LIST_READ) {
		log_warn(
		    "message %s: Bandwidth could not be asked for it: %s", l->message.id, a.words);
		look_end(l, false, a.retry_after > AGAIN ? a.retry_after : AGAIN);
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

/* Begins a look; *due is when the organization's next is, otherwise. */
static void
look(struct sender *s, int64_t now, int64_t *due)
{
	struct look *l = calloc(1, sizeof(*l));
	struct organization o = {0};
	enum sender_state state;
	enum result r;

	if (l == NULL)
		log_panic("out of memory");
	l->w = s->worker;
	l->sender = s;
	l->arena = arena_new();
	*due = INT64_MAX;
	r = outbox_unknown_due(l->w->app, s->org, now, l->arena, &l->message, due);
	state = r == OK ? sender_ready(s, l->arena, &o) : SENDER_NONE;
	if (state == SENDER_READY) {
		l->account = o.account_id;
		l->found = arena_alloc(l->arena, LISTED_MAX * sizeof(*l->found));
		s->looking = true;
		s->worker->looks++;
		ask_page(l, NULL);
		return;
	}
	if (r == OK) { /* no authorization now; without confirmed credentials nobody knows when */
		s->look_after = now + AGAIN;
		*due = state == SENDER_WAIT ? s->look_after : INT64_MAX;
	} else if (r != NOT_FOUND) {
		*due = now + AGAIN;
	}
	arena_free(l->arena);
	free(l);
}

struct page_of_orgs {
	uint32_t after;
	uint32_t ids[ORGS_PAGE];
	size_t count;
};

static enum result
read_orgs(struct tx *tx, void *arg)
{
	struct page_of_orgs *p = arg;
	struct organization *list = NULL;
	size_t n = 0, i;
	enum result r = orgs_list(tx, p->after, ORGS_PAGE, tx_arena(tx), &list, &n);

	for (i = 0; i < n && i < ORGS_PAGE; i++)
		p->ids[i] = (uint32_t)list[i].id;
	p->count = r == OK ? i : 0;
	return r;
}

/* Looks for one organization, if it may; returns when to come back to it. */
static int64_t
turn_of(struct worker *w, uint32_t org, int64_t now)
{
	struct sender *s = sender_of(w, org);
	int64_t due = INT64_MAX;

	if (s->looking)
		return INT64_MAX; /* its end makes a new turn */
	if (s->look_after > now)
		return s->authorization.len > 0 ? s->look_after : INT64_MAX;
	look(s, now, &due);
	return s->looking ? INT64_MAX : due;
}

void
unknown_turn(struct worker *w)
{
	struct page_of_orgs p = {0};
	int64_t now = clock_now(), next = INT64_MAX, due;
	size_t i;

	if (w->ending || now < w->looks_due)
		return;
	do {
		if (store_read(w->app->store, read_orgs, &p) != OK)
			break;
		for (i = 0; i < p.count && w->looks < LOOKS_MAX; i++) {
			due = turn_of(w, p.ids[i], now);
			if (due < next)
				next = due;
			p.after = p.ids[i];
		}
	} while (p.count == ORGS_PAGE && w->looks < LOOKS_MAX);
	w->looks_next = next;
	w->looks_due = next < now + SCAN_GAP ? next : now + SCAN_GAP;
}

int64_t
unknown_next(const struct worker *w)
{
	return w->looks_next;
}
