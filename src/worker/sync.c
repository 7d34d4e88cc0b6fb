/*
 * sync.c: the jobs "numbers-sync" and "numbers-sync-daily": compares our numbers with those of
 * the organization's location at Bandwidth (inventory.h).
 *
 * Three parts: the whole list is fetched; what is new is added, in pieces; what is missing is
 * marked, in pieces, but only when the list is whole: every page was read, none came
 * twice, and there are as many as Bandwidth counts.  A list that would take away more than
 * half is fetched a second time first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "bandwidth/client.h"
#include "store/audit.h"
#include "worker/inventory.h"
#include "worker/jobs.h"
#include "worker/sync.h"
#include "worker/worker.h"

#define TRIES 4 /* of a list that can't be read whole */
#define PAGES_MOST 1000
#define LIST_MOST 1000000
#define SECOND_LOOK CLOCK_MINUTE

static void
sync_free(void *own)
{
	struct sync *s = own;

	free(s->listed.items);
	free(s->missing.items);
	arena_free(s->page_arena);
	free(s);
}

/* ---- the list --------------------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	const struct phone *x = a, *y = b;

	return strcmp(x->number, y->number);
}

void
phones_add(struct phones *l, const char *number, bool seen)
{
	if (l->count == l->room) {
		l->room = l->room == 0 ? 256 : l->room * 2;
		l->items = realloc(l->items, l->room * sizeof *l->items);
		if (l->items == NULL)
			log_panic("out of memory");
	}
	l->items[l->count].seen = seen;
	(void)snprintf(l->items[l->count++].number, PHONE_MAX, "%s", number);
}

bool
sync_lists(const struct sync *s, const char *number)
{
	const struct phones *l = &s->listed;
	struct phone wanted = {.seen = false};

	(void)snprintf(wanted.number, sizeof wanted.number, "%s", number);
	return l->count > 0 &&
	       bsearch(&wanted, l->items, l->count, sizeof *l->items, compare) != NULL;
}

/* Sorts the list and takes repetitions out. */
static void
settle_list(struct phones *l)
{
	size_t i, n = 0;

	if (l->count == 0)
		return;
	qsort(l->items, l->count, sizeof *l->items, compare);
	for (i = 1; i < l->count; i++) {
		if (compare(&l->items[i], &l->items[n]) != 0 && ++n != i)
			l->items[n] = l->items[i];
	}
	l->count = n + 1;
}

/* The list could not be fetched whole: nothing is touched. */
static void
unread(struct task *t, const char *words, int64_t again, bool hopeless)
{
	const char *text = arena_fmt(t->arena,
	    "The list of numbers could not be read whole, so nothing was "
	    "changed: %s",
	    words);

	if (hopeless || t->tries >= TRIES)
		task_end(t, false, text);
	else
		task_put_off(t, again, text);
}

static void
listed_all(struct task *t)
{
	struct sync *s = t->own;

	settle_list(&s->listed);
	t->d.listed = (int64_t)s->listed.count;
	/* With fewer than Bandwidth counts, what is missing may only be unseen. */
	s->whole = s->total < 0 || t->d.listed >= s->total;
	if (!s->whole && t->tries < TRIES) {
		unread(t,
		    arena_fmt(t->arena, "Bandwidth counts %" PRId64 " numbers and lists %" PRId64,
			s->total, t->d.listed),
		    0, false);
		return;
	}
	task_step(t, arena_fmt(t->arena, "Comparing %" PRId64 " numbers", t->d.listed));
	task_pieces(t, sync_add_piece);
}

static void ask_page(struct task *);

/* Was this page asked for before?  Then the list goes round in circles. */
static bool
asked_before(struct sync *s, struct task *t, const char *page)
{
	if (text_list_has(&s->pages, page))
		return true;
	s->pages = text_list_add(t->arena, s->pages, arena_str(t->arena, page));
	return s->pages.count > PAGES_MOST;
}

static void
page_came(struct task *t, const struct task_answer *answer)
{
	struct sync *s = t->own;
	struct numbers_answer list = {.head = {.words = ""}};
	enum numbers_outcome outcome;
	size_t i;

	arena_reset(s->page_arena);
	if (answer->http != NULL)
		numbers_read(answer->http, s->page_arena, &s->page, &list);
	outcome = task_outcome(answer, &list.head);
	/* A location without numbers may well be "not found" on a further page only. */
	if (outcome != NUMBERS_FINE) {
		unread(t, arena_str(t->arena, task_words(answer, &list.head)), answer->again,
		    outcome == NUMBERS_REFUSED || outcome == NUMBERS_FORBIDDEN ||
			outcome == NUMBERS_UNAUTHORIZED || outcome == NUMBERS_NOT_FOUND);
		return;
	}
	for (i = 0; i < list.count; i++)
		phones_add(&s->listed, list.items[i].number, true);
	if (list.total > s->total)
		s->total = list.total;
	if (list.next == NULL) {
		listed_all(t);
		return;
	}
	if (list.count == 0 || s->listed.count > LIST_MOST || asked_before(s, t, list.next)) {
		unread(t, "Bandwidth's pages repeat themselves.", 0, false);
		return;
	}
	s->page.page = s->pages.items[s->pages.count - 1];
	task_step(t, arena_fmt(t->arena, "Reading the list: %zu numbers so far", s->listed.count));
	ask_page(t);
}

static void
ask_page(struct task *t)
{
	struct sync *s = t->own;
	struct http_request request;

	peer_numbers_request(
	    &request, s->page_arena, &t->account, t->d.site, t->d.peer, &s->page, false);
	task_ask(t, &request, page_came);
}

/* How many there are: where Bandwidth does not say, the list has to do. */
static void
total_came(struct task *t, const struct task_answer *answer)
{
	struct sync *s = t->own;
	struct total_answer total = {.head = {.words = ""}};

	if (answer->http != NULL)
		total_read(answer->http, t->arena, &total);
	if (task_outcome(answer, &total.head) == NUMBERS_FINE)
		s->total = total.total;
	if (answer->http == NULL && answer->outcome != NUMBERS_UNKNOWN) {
		unread(t, answer->words, answer->again, false);
		return;
	}
	ask_page(t);
}

/* ---- the end -------------------------------------------------------------------------- */

static enum result
note_audit(struct tx *tx, void *arg)
{
	struct task *t = arg;
	const struct audit a = {.org = t->org,
	    .time = tx_now(tx),
	    .who = strcmp(t->kind, INVENTORY_SYNC) == 0 ? t->by : "worker",
	    .from = "local",
	    .what = "numbers.synced",
	    .detail = arena_fmt(tx_arena(tx),
		"%" PRId64 " listed: %" PRId64 " new, %" PRId64 " put in service, %" PRId64
		" gone, %" PRId64 " elsewhere, %" PRId64 " another organization's",
		t->d.listed, t->d.added, t->d.ready, t->d.gone, t->d.moved, t->d.others)};

	return audit_add(tx, &a);
}

void
sync_finish(struct task *t)
{
	const struct sync *s = t->own;
	bool changed = t->d.added + t->d.ready + t->d.gone + t->d.moved > 0;
	const char *text = arena_fmt(t->arena,
	    "Bandwidth lists %" PRId64 " number%s: %" PRId64 " new, %" PRId64 " gone, %" PRId64
	    " elsewhere, %" PRId64 " unchanged.",
	    t->d.listed, t->d.listed == 1 ? "" : "s", t->d.added, t->d.gone, t->d.moved, t->d.same);

	if (t->d.others > 0)
		text = arena_fmt(t->arena,
		    "%s %" PRId64 " belong to another organization here and were left to it.", text,
		    t->d.others);
	if (!s->whole)
		text = arena_fmt(t->arena,
		    "%s Bandwidth counts %" PRId64 " numbers, more than it lists; so nothing was "
		    "marked as gone.",
		    text, s->total);
	if (!task_store(t, changed ? note_audit : NULL, t))
		return;
	task_end(t, true, text);
}

void
sync_again_in_doubt(struct task *t, size_t missing)
{
	t->d.looks = 1;
	if (task_store(t, NULL, NULL))
		task_again(t, SECOND_LOOK,
		    arena_fmt(t->arena,
			"Bandwidth's list lacks %zu of our numbers. It is read once more before "
			"they count as gone.",
			missing));
}

/* ---- the beginning ---------------------------------------------------------------------- */

static bool
blank(const char *s)
{
	return s == NULL || *s == '\0';
}

void
sync_begin(struct worker *w, const struct job *job)
{
	struct task *t = task_begin(w, job);
	struct http_request request;
	struct sync *s;
	int64_t looks;

	if (t == NULL)
		return;
	if (blank(t->o.site_id) || blank(t->o.sip_peer_id)) {
		task_end(t, false,
		    "The organization has no location at Bandwidth yet, so there is nothing to "
		    "compare.");
		return;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		log_panic("out of memory");
	s->page_arena = arena_new();
	s->total = -1;
	t->own = s;
	t->own_free = sync_free;
	/* It begins anew, at the location of today. */
	looks = t->d.looks;
	t->d = (struct inventory_job){.looks = looks,
	    .account = t->o.account_id,
	    .site = t->o.site_id,
	    .peer = t->o.sip_peer_id};
	task_step(t, "Asking Bandwidth for the location's numbers");
	peer_total_request(&request, t->arena, &t->account, t->d.site, t->d.peer);
	task_ask(t, &request, total_came);
}
