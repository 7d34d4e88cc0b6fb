/*
 * agenda.c: what is due when, as the store has it (agenda.h).
 *
 * The store's times are the wall clock's, these here the monotonic one's, so that a clock that is
 * set back holds nothing up for longer than until the store is gone through again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/media.h"
#include "store/store.h"
#include "worker/agenda.h"
#include "worker/sender.h"
#include "worker/worker.h"

#define PIECE 256		    /* organizations read at a time */
#define PIECE_GAP INT64_C(20)	    /* ms between two pieces when nobody waits */
#define PASS_GAP (5 * CLOCK_SECOND) /* from the end of one pass to the next */

/* ---- entries ------------------------------------------------------------------ */

void
agenda_init(struct worker *w)
{
	memset(&w->agenda, 0, sizeof(w->agenda));
	w->agenda.quick = true;
}

void
agenda_free(struct worker *w)
{
	free(w->agenda.entries);
	agenda_init(w);
}

void
agenda_add(struct worker *w, struct sender *s)
{
	struct agenda *a = &w->agenda;
	struct agenda_entry *e;
	int kind;

	if (a->count == a->room) {
		a->room = a->room == 0 ? 64 : 2 * a->room;
		a->entries = realloc(a->entries, a->room * sizeof(*a->entries));
		if (a->entries == NULL)
			log_panic("out of memory");
	}
	s->place = a->count++;
	e = &a->entries[s->place];
	e->sender = s;
	e->stale = false;
	for (kind = 0; kind < AGENDA_KINDS; kind++)
		e->next[kind] = INT64_MAX;
}

void
agenda_set(struct sender *s, enum agenda_kind kind, int64_t next)
{
	s->worker->agenda.entries[s->place].next[kind] = next;
}

int64_t
agenda_get(const struct sender *s, enum agenda_kind kind)
{
	return s->worker->agenda.entries[s->place].next[kind];
}

int64_t
agenda_wall(int64_t mono)
{
	int64_t wait = mono - clock_mono();

	return mono == INT64_MAX ? INT64_MAX : clock_now() + (wait > 0 ? wait : 0);
}

int64_t
agenda_mono(int64_t wall)
{
	int64_t wait = wall - clock_now();

	return wall == INT64_MAX ? INT64_MAX : clock_mono() + (wait > 0 ? wait : 0);
}

/* Takes over what the store says: due by the wall clock. */
static void
note(struct sender *s, int kind, int64_t due)
{
	int64_t next = agenda_mono(due), was;

	/* What stands in the way of texts goes on doing so. */
	was = agenda_get(s, (enum agenda_kind)kind);
	if (kind <= AGENDA_TEXTS && sender_blocked(s, kind) && was != INT64_MAX && next < was)
		return;
	agenda_set(s, (enum agenda_kind)kind, next);
}

/* ---- one organization ------------------------------------------------------------ */

struct heads {
	uint32_t org;
	int64_t due[AGENDA_KINDS];
};

static enum result
read_heads(struct tx *tx, void *arg)
{
	struct heads *h = arg;
	struct media_ref media;
	struct queue_entry e;
	enum result r = OK;
	int kind;

	for (kind = 0; kind < AGENDA_MEDIA; kind++) {
		r = queue_first(tx, kind, h->org, INT64_MAX, NULL, &e);
		if (r != OK && r != NOT_FOUND)
			return r;
		h->due[kind] = r == OK ? e.due : INT64_MAX;
	}
	r = media_first(tx, h->org, NULL, &media);
	h->due[AGENDA_MEDIA] = r == OK ? media.due : INT64_MAX;
	return r == NOT_FOUND ? OK : r;
}

void
agenda_look(struct worker *w, uint32_t org)
{
	struct heads h = {.org = org};
	struct sender *s = sender_of(w, org);
	int kind;

	if (store_read(w->app->store, read_heads, &h) != OK) {
		agenda_look_all(w); /* it is found on the way */
		return;
	}
	for (kind = 0; kind < AGENDA_KINDS; kind++)
		note(s, kind, h.due[kind]);
}

void
agenda_look_soon(struct worker *w, uint32_t org)
{
	size_t place = sender_of(w, org)->place; /* which may move the entries */
	struct agenda_entry *e = &w->agenda.entries[place];

	w->agenda.stale += !e->stale;
	e->stale = true;
}

static void
look_stale(struct worker *w)
{
	struct agenda *a = &w->agenda;
	size_t i;

	for (i = 0; a->stale > 0 && i < a->count; i++) {
		if (!a->entries[i].stale)
			continue;
		a->entries[i].stale = false;
		a->stale--;
		agenda_look(w, a->entries[i].sender->org);
	}
}

/* ---- all of them ------------------------------------------------------------------- */

void
agenda_look_all(struct worker *w)
{
	struct agenda *a = &w->agenda;

	/* One that is under way goes to its end first, or it would never come there. */
	if (a->quick && (a->kind > 0 || a->org > 0)) {
		a->again = true;
		return;
	}
	a->kind = 0;
	a->org = 0;
	a->quick = true;
	a->piece = 0;
}

struct head {
	uint32_t org;
	int kind;
	int64_t due;
};

struct piece {
	struct head heads[PIECE];
	size_t count;
	int kind;
	uint32_t org;
};

static enum result
next_head(struct tx *tx, int kind, uint32_t org, struct head *h)
{
	struct media_ref media = {0};
	struct queue_entry e = {0};
	enum result r = kind == AGENDA_MEDIA ? media_next_org(tx, org, &media)
					     : queue_next_org(tx, kind, org, &e);

	*h = kind == AGENDA_MEDIA ? (struct head){media.org, kind, media.due}
				  : (struct head){e.org, kind, e.due};
	return r;
}

static enum result
read_piece(struct tx *tx, void *arg)
{
	struct piece *p = arg;
	enum result r;

	while (p->count < PIECE && p->kind < AGENDA_KINDS) {
		r = next_head(tx, p->kind, p->org, &p->heads[p->count]);
		if (r == OK) {
			p->org = p->heads[p->count++].org;
		} else if (r == NOT_FOUND) {
			p->org = 0;
			p->kind++;
		} else {
			return r;
		}
	}
	return OK;
}

/* Reads one and takes it over; false when the store would not. */
static bool
take_piece(struct worker *w)
{
	struct agenda *a = &w->agenda;
	struct piece p = {.kind = a->kind, .org = a->org};
	size_t i;

	if (store_read(w->app->store, read_piece, &p) != OK)
		return false;
	for (i = 0; i < p.count; i++)
		note(sender_of(w, p.heads[i].org), p.heads[i].kind, p.heads[i].due);
	a->kind = p.kind;
	a->org = p.org;
	return true;
}

bool
agenda_turn(struct worker *w)
{
	struct agenda *a = &w->agenda;
	int64_t now = clock_mono();

	look_stale(w);
	if (now < a->piece)
		return false;
	if (!take_piece(w)) {
		a->piece = now + CLOCK_SECOND;
		return false;
	}
	if (a->kind < AGENDA_KINDS) {
		a->piece = a->quick ? 0 : now + PIECE_GAP;
		return a->quick;
	}
	a->kind = 0;
	a->quick = a->again;
	a->again = false;
	a->piece = a->quick ? 0 : now + PASS_GAP;
	return a->quick;
}

void
agenda_read(struct worker *w)
{
	struct agenda *a = &w->agenda;

	a->kind = 0;
	a->org = 0;
	while (a->kind < AGENDA_KINDS && take_piece(w))
		;
	a->kind = 0;
	a->org = 0;
}

bool
agenda_known(const struct worker *w)
{
	return !w->agenda.quick;
}

int64_t
agenda_next(const struct worker *w)
{
	return agenda_wall(w->agenda.piece);
}
