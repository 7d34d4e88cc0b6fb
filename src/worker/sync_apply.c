/*
 * sync_apply.c: compares the list of a location with our numbers, in pieces (sync.h).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "bandwidth/client.h"
#include "store/numbers.h"
#include "worker/sync.h"
#include "worker/worker.h"

#define PIECE 100
#define DOUBT_LEAST 10 /* fewer may go without a second look */
/* So many are asked about one by one: where they went, whether they are in service. */
#define ASK_MOST 100

/* ---- new ones ------------------------------------------------------------------------ */

struct adding {
	struct task *t;
	size_t from, to;
	int64_t added, same, others;
	struct text_list changes, unsure;
};

static void
note(struct adding *x, const char *text)
{
	if (x->t->d.changes.count + x->changes.count < INVENTORY_CHANGES_MAX)
		x->changes = text_list_add(x->t->arena, x->changes, text);
}

/* Was it at this location when it was seen last? */
static bool
was_here(const struct number *n, const char *peer)
{
	size_t len = strlen(peer);

	return n->service_id != NULL && strncmp(n->service_id, peer, len) == 0 &&
	       n->service_id[len] == '.';
}

static enum result
note_here(struct tx *tx, const struct task *t, const char *number)
{
	struct number n;
	enum result r = numbers_get(tx, t->org, number, true, tx_arena(tx), &n);

	if (r != OK)
		return r;
	n.service_id = number_service_id(tx_arena(tx), t->d.peer, number);
	return numbers_put(tx, &n);
}

/* One that is listed: new, back, or known. */
static enum result
add_one(struct tx *tx, struct adding *x, const char *number)
{
	struct task *t = x->t;
	struct number n;
	uint32_t owner = 0;
	enum result r = numbers_get(tx, t->org, number, false, tx_arena(tx), &n);

	if (r == OK && !number_is_lost(&n)) {
		x->same++;
		if (number_is(&n, NUMBER_NOT_READY))
			x->unsure = text_list_add(t->arena, x->unsure, arena_str(t->arena, number));
		return was_here(&n, t->d.peer) ? OK : note_here(tx, t, number);
	}
	if (r == OK && n.removed) {
		x->same++;
		return OK;
	}
	if (r != OK && r != NOT_FOUND)
		return r;
	n = (struct number){.org = t->org,
	    .number = number,
	    .state = NUMBER_IN_SERVICE,
	    .state_why = "Found at Bandwidth's location.",
	    .service_id = number_service_id(tx_arena(tx), t->d.peer, number)};
	r = numbers_add(tx, &n, &owner);
	if (r == EXISTS) {
		x->others++;
		note(x, arena_fmt(t->arena, "other %s %u", number, owner));
		return OK;
	}
	x->added++;
	note(x, arena_fmt(t->arena, "new %s", number));
	return r;
}

static enum result
add_some(struct tx *tx, void *arg)
{
	struct adding *x = arg;
	const struct sync *s = x->t->own;
	enum result r = OK;
	size_t i;

	x->added = x->same = x->others = 0;
	x->changes = x->unsure = (struct text_list){NULL, 0};
	for (i = x->from; r == OK && i < x->to; i++)
		r = add_one(tx, x, s->listed.items[i].number);
	return r;
}

static void
append(struct arena *a, struct text_list *to, const struct text_list *more)
{
	size_t i;

	for (i = 0; i < more->count; i++)
		*to = text_list_add(a, *to, more->items[i]);
}

static bool compare_piece(struct task *);

bool
sync_add_piece(struct task *t)
{
	struct sync *s = t->own;
	struct adding x = {.t = t, .from = s->next, .to = s->next + PIECE};

	if (s->next >= s->listed.count) {
		s->after[0] = '\0';
		task_pieces(t, compare_piece);
		return false;
	}
	if (x.to > s->listed.count)
		x.to = s->listed.count;
	if (!task_run(t, add_some, &x))
		return false;
	t->d.added += x.added;
	t->d.same += x.same;
	t->d.others += x.others;
	append(t->arena, &t->d.changes, &x.changes);
	if (s->unsure.count < ASK_MOST)
		append(t->arena, &s->unsure, &x.unsure);
	s->next = x.to;
	return true;
}

/* ---- ours, against the list -------------------------------------------------------------- */

struct comparing {
	struct task *t;
	struct arena *arena;
	struct number *list;
	size_t count;
};

static enum result
read_ours(struct tx *tx, void *arg)
{
	struct comparing *x = arg;
	const struct sync *s = x->t->own;

	return numbers_list(tx, x->t->org, s->after[0] != '\0' ? s->after : NULL, 2 * PIECE,
	    x->arena, &x->list, &x->count);
}

/* One that the sync is to judge, if the list lacks it?  Orders and releases have their own. */
static bool
judged(const struct number *n)
{
	return phone_is_e164(n->number) &&
	       (number_serves(n) || (number_is(n, NUMBER_NOT_READY) && n->job == NULL));
}

static void ask_missing(struct task *);

/* All are compared: what is missing is looked at. */
static void
compared(struct task *t)
{
	struct sync *s = t->own;
	size_t i, lost = 0;

	if (!s->whole)
		s->missing.count = 0;
	for (i = 0; i < s->missing.count; i++)
		lost += s->missing.items[i].seen;
	if (lost > DOUBT_LEAST && (int64_t)lost * 2 > s->serving && t->d.looks == 0) {
		sync_again_in_doubt(t, lost);
		return;
	}
	s->asked = 0;
	ask_missing(t);
}

static bool
compare_piece(struct task *t)
{
	struct sync *s = t->own;
	struct comparing x = {.t = t, .arena = arena_new()};
	size_t i;

	if (!task_run(t, read_ours, &x)) {
		arena_free(x.arena);
		return false;
	}
	for (i = 0; i < x.count; i++) {
		s->serving += number_serves(&x.list[i]) ? 1 : 0;
		if (judged(&x.list[i]) && !sync_lists(s, x.list[i].number))
			phones_add(&s->missing, x.list[i].number, was_here(&x.list[i], t->d.peer));
	}
	if (x.count > 0)
		(void)snprintf(s->after, sizeof s->after, "%s", x.list[x.count - 1].number);
	arena_free(x.arena);
	if (x.count == 2 * (size_t)PIECE)
		return true;
	compared(t);
	return false;
}

/* ---- where they went ------------------------------------------------------------------------ */

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* "" gone, "same" still here, else a sentence about where it is. */
static const char *
judge(const struct task *t, const struct stock_number *n)
{
	if (n->account_id != NULL && !same(n->account_id, t->d.account))
		return "";
	if (n->status != NULL && strcmp(n->status, "Inservice") != 0 &&
	    strcmp(n->status, "InAccount") != 0)
		return "";
	if (n->peer_id == NULL && n->site_id == NULL)
		return "It is in the account, but at no location.";
	if (same(n->peer_id, t->d.peer) && (n->site_id == NULL || same(n->site_id, t->d.site)))
		return "same";
	return arena_fmt(t->arena, "It lies at location %s%s%s%s of sub-account %s now.",
	    n->peer_id != NULL ? n->peer_id : "?", n->peer_name != NULL ? " (" : "",
	    n->peer_name != NULL ? n->peer_name : "", n->peer_name != NULL ? ")" : "",
	    n->site_id != NULL ? n->site_id : "?");
}

static bool lose_piece(struct task *);
static void ask_unsure(struct task *);

static void
missing_came(struct task *t, const struct task_answer *answer)
{
	struct sync *s = t->own;
	struct number_answer detail = {.head = {.words = ""}};
	bool seen = s->missing.items[s->asked].seen;
	const char *verdict = seen ? "" : "same";
	enum numbers_outcome outcome;

	if (answer->http != NULL)
		number_read(answer->http, t->arena, &detail);
	outcome = task_outcome(answer, &detail.head);
	if (outcome == NUMBERS_FINE)
		verdict = judge(t, &detail.number);
	else if (outcome == NUMBERS_NOT_FOUND)
		verdict = "";
	/* Who may not ask goes by the list; else nothing was learned, and it is looked at again. */
	else if (outcome != NUMBERS_FORBIDDEN && outcome != NUMBERS_UNAUTHORIZED)
		verdict = "same";
	/* One that always was elsewhere in the account serves from there. */
	if (!seen && *verdict != '\0')
		verdict = "same";
	s->verdicts = text_list_add(t->arena, s->verdicts, verdict);
	s->asked++;
	ask_missing(t);
}

static void
ask_missing(struct task *t)
{
	struct sync *s = t->own;
	struct http_request request;

	if (s->asked >= s->missing.count || s->asked >= ASK_MOST) {
		s->applied = 0;
		task_pieces(t, lose_piece);
		return;
	}
	task_step(t, "Asking Bandwidth where the missing numbers are");
	number_request(&request, t->arena, &t->account, s->missing.items[s->asked].number);
	task_ask(t, &request, missing_came);
}

/* ---- gone and moved -------------------------------------------------------------------------- */

struct losing {
	struct task *t;
	size_t from, to;
	int64_t gone, moved, same;
	struct text_list changes;
};

static enum result
lose_one(struct tx *tx, struct losing *x, size_t i)
{
	const struct sync *s = x->t->own;
	const char *number = s->missing.items[i].number;
	const char *unasked = s->missing.items[i].seen ? "" : "same";
	const char *where = i < s->verdicts.count ? s->verdicts.items[i] : unasked;
	struct arena *a = x->t->arena;
	struct number n;
	enum result r = numbers_get(tx, x->t->org, number, true, tx_arena(tx), &n);

	if (r != OK || !judged(&n))
		return r == NOT_FOUND ? OK : r;
	if (strcmp(where, "same") == 0) {
		x->same++;
		return OK;
	}
	n.state = *where != '\0' ? NUMBER_MOVED : NUMBER_GONE;
	n.state_why = *where != '\0' ? where : "Bandwidth does not list it any more.";
	n.job = NULL;
	if (*where != '\0')
		x->moved++;
	else
		x->gone++;
	if (x->t->d.changes.count + x->changes.count < INVENTORY_CHANGES_MAX)
		x->changes = text_list_add(a, x->changes,
		    *where != '\0' ? arena_fmt(a, "moved %s %s", number, where)
				   : arena_fmt(a, "gone %s", number));
	return numbers_put(tx, &n);
}

static enum result
lose_some(struct tx *tx, void *arg)
{
	struct losing *x = arg;
	enum result r = OK;
	size_t i;

	x->gone = x->moved = x->same = 0;
	x->changes = (struct text_list){NULL, 0};
	for (i = x->from; r == OK && i < x->to; i++)
		r = lose_one(tx, x, i);
	return r;
}

static bool
lose_piece(struct task *t)
{
	struct sync *s = t->own;
	struct losing x = {.t = t, .from = s->applied, .to = s->applied + PIECE};

	if (s->applied >= s->missing.count) {
		s->asked = 0;
		ask_unsure(t);
		return false;
	}
	if (x.to > s->missing.count)
		x.to = s->missing.count;
	if (!task_run(t, lose_some, &x))
		return false;
	t->d.gone += x.gone;
	t->d.moved += x.moved;
	t->d.same += x.same;
	append(t->arena, &t->d.changes, &x.changes);
	s->applied = x.to;
	return true;
}

/* ---- not yet in service --------------------------------------------------------------------------- */

struct readying {
	struct task *t;
	int64_t ready;
};

static enum result
put_in_service(struct tx *tx, void *arg)
{
	struct readying *x = arg;
	const struct sync *s = x->t->own;
	struct number n;
	size_t i;
	enum result r = OK;

	x->ready = 0;
	for (i = 0; r == OK && i < s->ready.count; i++) {
		r = numbers_get(tx, x->t->org, s->ready.items[i], true, tx_arena(tx), &n);
		if (r == OK && number_is(&n, NUMBER_NOT_READY)) {
			n.state = NUMBER_IN_SERVICE;
			n.state_why = NULL;
			x->ready++;
			r = numbers_put(tx, &n);
		}
		r = r == NOT_FOUND ? OK : r;
	}
	return r;
}

static void
unsure_came(struct task *t, const struct task_answer *answer)
{
	struct sync *s = t->own;
	struct number_answer detail = {.head = {.words = ""}};
	enum numbers_outcome outcome;

	if (answer->http != NULL)
		number_read(answer->http, t->arena, &detail);
	outcome = task_outcome(answer, &detail.head);
	/* Who may not ask for details goes by the list: it is at the location. */
	if (outcome == NUMBERS_FORBIDDEN || outcome == NUMBERS_UNAUTHORIZED ||
	    (outcome == NUMBERS_FINE && same(detail.number.status, "Inservice")))
		s->ready = text_list_add(t->arena, s->ready, s->unsure.items[s->asked]);
	s->asked++;
	ask_unsure(t);
}

static void
ask_unsure(struct task *t)
{
	struct sync *s = t->own;
	struct readying x = {.t = t};
	struct http_request request;

	if (s->asked < s->unsure.count && s->asked < ASK_MOST) {
		task_step(t, "Asking Bandwidth which numbers are in service by now");
		number_request(&request, t->arena, &t->account, s->unsure.items[s->asked]);
		task_ask(t, &request, unsure_came);
		return;
	}
	if (s->ready.count > 0 && !task_run(t, put_in_service, &x))
		return;
	t->d.ready += x.ready;
	sync_finish(t);
}
