/*
 * fetch.c: what came of an attachment, into its record (fetch.h).
 */
#include "worker/fetch.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "store/messages.h"
#include "worker/media_file.h"
#include "worker/worker.h"

#define AGAIN_FIRST (5 * CLOCK_SECOND)
#define AGAIN_MAX (30 * CLOCK_MINUTE)

struct fetch *
fetch_new(struct worker *w)
{
	struct fetch *f = calloc(1, sizeof(*f));

	if (f == NULL)
		log_panic("out of memory");
	f->w = w;
	f->arena = arena_new();
	f->next = w->fetches;
	w->fetches = f;
	w->fetching++;
	return f;
}

/* ---- storing ----------------------------------------------------------------------------- */

struct outcome {
	const struct fetch *f;
	void (*apply)(const struct outcome *, struct media *, int64_t now);
	const char *why, *words, *sha256, *type;
	int64_t after;
};

/* Whoever follows the changes learns that there is something new about the message. */
static enum result
touch_message(struct tx *tx, const struct fetch *f)
{
	struct message old, m;
	enum result r = messages_get(tx, f->ref.org, f->ref.message, true, tx_arena(tx), &old);

	if (r == NOT_FOUND || r == DAMAGED) /* the attachment is not to be lost over it */
		return OK;
	m = old;
	return r == OK ? messages_put(tx, &old, &m) : r;
}

static enum result
store_outcome(struct tx *tx, void *arg)
{
	const struct outcome *o = arg;
	const struct fetch *f = o->f;
	struct media old, m;
	enum result r =
	    media_get(tx, f->ref.org, f->ref.message, f->ref.place, true, tx_arena(tx), &old);

	if (r != OK)
		return r;
	m = old;
	m.tries++;
	o->apply(o, &m, tx_now(tx));
	r = media_put(tx, &old, &m);
	return r == OK && !media_waiting(&m) ? touch_message(tx, f) : r;
}

static void
store(struct fetch *f, const struct outcome *o)
{
	struct store *store = f->w->app->store;
	enum result r = store_run(store, store_outcome, (void *)(uintptr_t)o);

	if (r == OK)
		r = store_flush(store);
	if (r == NOT_FOUND) {
		media_file_remove(f->w->app->settings->data_dir, &f->ref);
	} else if (r != OK) {
		log_error("message %s: what came of its attachment %u could not be stored (%d)",
		    f->ref.message, f->ref.place, r);
		f->unstored = true;
	}
}

/* ---- outcomes ------------------------------------------------------------------------------ */

static void
finish(struct media *m, const char *state, int64_t now)
{
	m->state = state;
	m->due = 0;
	m->finished = now;
}

static void
apply_stored(const struct outcome *o, struct media *m, int64_t now)
{
	finish(m, "stored", now);
	m->words = NULL;
	m->size = o->f->size;
	m->sha256 = o->sha256;
	m->type = o->type;
}

void
fetch_stored(struct fetch *f, const char *sha256, const char *type)
{
	const struct outcome o = {.f = f, .apply = apply_stored, .sha256 = sha256, .type = type};

	log_info("message %s: its attachment %u is here, %lld bytes, %s", f->ref.message,
	    f->ref.place, (long long)f->size, type != NULL ? type : "of another kind");
	store(f, &o);
}

static void
apply_never(const struct outcome *o, struct media *m, int64_t now)
{
	finish(m, "failed", now);
	m->why = o->why;
	m->words = NULL;
}

void
fetch_never(struct fetch *f, const char *why)
{
	const struct outcome o = {.f = f, .apply = apply_never, .why = why};

	log_warn(
	    "message %s: its attachment %u is not fetched: %s", f->ref.message, f->ref.place, why);
	store(f, &o);
	media_file_remove(f->w->app->settings->data_dir, &f->ref);
}

static void
apply_later(const struct outcome *o, struct media *m, int64_t now)
{
	int64_t wait = AGAIN_FIRST << (m->tries < 10 ? m->tries - 1 : 9);
	int64_t end = m->created + MEDIA_KEPT;

	m->words = o->words;
	if (now >= end) {
		finish(m, "failed", now);
		m->why = "expired";
		return;
	}
	if (wait > AGAIN_MAX)
		wait = AGAIN_MAX;
	if (wait < o->after)
		wait = o->after;
	/* The last try comes when the time is over. */
	m->due = wait < end - now ? now + wait : end;
}

void
fetch_later(struct fetch *f, const char *words, int64_t after)
{
	const struct outcome o = {.f = f, .apply = apply_later, .words = words, .after = after};

	log_warn("message %s: its attachment %u could not be fetched: %s", f->ref.message,
	    f->ref.place, words);
	store(f, &o);
}
