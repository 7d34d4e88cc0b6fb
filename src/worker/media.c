/*
 * worker/media.c: which attachment is fetched when, and what is done with the answer
 * (worker/media.h).
 *
 * Organizations take turns, and none has more than a few under way, so that a slow one does
 * not hold up the others.  What is under way stands in the worker's memory alone: MEDIA_DUE
 * keeps its entry until the outcome is stored.
 */
#include "worker/media.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/settings.h"
#include "bandwidth/client.h"
#include "bandwidth/media.h"
#include "org/media_type.h"
#include "org/organization.h"
#include "store/orgs.h"
#include "worker/ask.h"
#include "worker/fetch.h"
#include "worker/media_file.h"
#include "worker/sender.h"
#include "worker/worker.h"

#define UNDER_WAY 8
#define UNDER_WAY_ORG 4
#define BUDGET (2 * CLOCK_MINUTE) /* for one file */
#define STORE_GAP (5 * CLOCK_SECOND)
#define GONE_GAP CLOCK_MINUTE /* between looks for files that are to go, if nobody says so */
#define GONE_PIECE 10

/* ---- fetching ------------------------------------------------------------------------ */

/* A piece of the file comes in. */
static bool
take(void *arg, const char *p, size_t n)
{
	struct fetch *f = arg;
	size_t room = MEDIA_HEAD - f->head_n;

	if ((int64_t)n > f->w->app->settings->media_file_bytes - f->size) {
		f->too_large = true;
		return false;
	}
	if (room > n)
		room = n;
	memcpy(f->head + f->head_n, p, room);
	f->head_n += room;
	f->size += (int64_t)n;
	sha256_add(f->hash, p, n);
	f->unwritten = !media_file_add(f->file, p, n);
	return !f->unwritten;
}

static void
fetch_end(struct fetch *f)
{
	struct worker *w = f->w;
	struct fetch **at = &w->fetches;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	w->fetching--;
	if (f->unstored)
		w->media_hold = clock_mono() + STORE_GAP;
	agenda_look(w, f->ref.org);
	media_file_drop(f->file);
	sha256_drop(f->hash);
	arena_free(f->arena);
	free(f);
}

/* Puts the whole file in place; then, and only then, the store says that it is there. */
static void
keep(struct fetch *f)
{
	unsigned char hash[SHA256_BYTES];
	char hex[SHA256_HEX];
	const struct media_type *type = media_sniff(f->head, f->head_n);
	struct media_file *file = f->file;

	sha256_end(f->hash, hash);
	f->hash = NULL;
	f->file = NULL;
	hex_text(hash, sizeof(hash), hex);
	if (media_file_keep(file) == 0)
		fetch_stored(f, hex, type != NULL ? type->name : NULL);
	else
		fetch_later(f, "It could not be written to this machine's disk.", 0);
}

/* What an answer that is not the file says, as a sentence. */
static const char *
words_of(struct arena *a, const struct http_answer *http)
{
	if (http->status == 200)
		return "Bandwidth's answer did not say where it ends, so that a part may be missing.";
	if (http->status >= 300 && http->status < 400)
		return arena_fmt(a,
		    "Bandwidth answered with another address (HTTP %d), which is not followed.",
		    http->status);
	if (http->status == 404 || http->status == 410)
		return arena_fmt(a, "Bandwidth does not have it (HTTP %d).", http->status);
	return arena_fmt(a, "Bandwidth answered with HTTP %d.", http->status);
}

static void
ended(void *arg, const struct ask_answer *answer)
{
	struct fetch *f = arg;
	const struct http_answer *http = answer->answer;

	if (f->too_large)
		fetch_never(f, "too-large");
	else if (f->unwritten)
		fetch_later(f, "It could not be written to this machine's disk.", 0);
	else if (answer->end == ASK_ANSWERED && http->status == 200 && http->bounded)
		keep(f);
	else if (!f->w->ending) /* else the next worker does it, as if it had not been begun */
		fetch_later(f,
		    answer->end == ASK_ANSWERED ? words_of(f->arena, http) : answer->words,
		    answer->again);
	fetch_end(f);
}

/* Is there room for the largest that may come?  Those under way count as largest, too. */
static bool
has_room(const struct worker *w)
{
	const struct settings *s = w->app->settings;
	int64_t room = media_room(s->data_dir);

	return room >= 0 &&
	       room >= s->media_free_bytes + s->media_file_bytes * (int64_t)w->fetching;
}

static void
ask(struct fetch *f, const struct organization *o, const char *url)
{
	struct http_request r = {.method = HTTP_GET,
	    .url = url,
	    .accept = "*/*",
	    .budget = BUDGET,
	    .take = take,
	    .take_arg = f};

	f->file = media_file_begin(f->w->app->settings->data_dir, &f->ref);
	if (f->file == NULL) {
		fetch_later(f, "It could not be written to this machine's disk.", 0);
		fetch_end(f);
		return;
	}
	f->hash = sha256_begin();
	ask_begin(f->w, f->ref.org, o->config_version, &r, ended, f);
}

static bool
is(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

/* Fetches it if it may be fetched; f is freed now or later. */
static void
begin(struct fetch *f, const struct organization *o)
{
	const char *url;
	enum media_whose whose = media_judge(
	    f->media.url, f->w->app->settings->messaging_url, o->account_id, f->arena, &url);

	if (whose == MEDIA_OURS && has_room(f->w)) {
		ask(f, o, url);
		return;
	}
	if (whose == MEDIA_OURS)
		fetch_later(f, "There is too little room on this machine's disk.", 0);
	else if (whose == MEDIA_FOREIGN)
		fetch_never(f, "foreign");
	else if (is(o->cred_state, "confirmed"))
		fetch_never(f, "other-account");
	else /* the account may not be the right one yet */
		fetch_later(f, "Bandwidth has not confirmed the credentials yet.", 0);
	fetch_end(f);
}

/* ---- choosing -------------------------------------------------------------------------- */

static bool
is_under_way(const struct worker *w, const struct media_ref *ref)
{
	const struct fetch *f;

	for (f = w->fetches; f != NULL; f = f->next)
		if (f->ref.org == ref->org && f->ref.place == ref->place &&
		    strcmp(f->ref.message, ref->message) == 0)
			return true;
	return false;
}

static size_t
count_of(const struct worker *w, uint32_t org)
{
	const struct fetch *f;
	size_t n = 0;

	for (f = w->fetches; f != NULL; f = f->next)
		n += f->ref.org == org;
	return n;
}

struct choice {
	struct worker *w;
	struct fetch *f; /* filled in when something is due */
	struct organization org;
	enum result record; /* what reading its record gave */
	bool found;
	int64_t due; /* wall: when something else is */
};

/* The first of an organization that is due and not under way. */
static enum result
choose(struct tx *tx, void *arg)
{
	struct choice *c = arg;
	uint32_t org = c->f->ref.org;
	struct media_ref at;
	enum result r = media_first(tx, org, NULL, &at);

	c->found = false;
	c->due = INT64_MAX;
	while (r == OK && is_under_way(c->w, &at))
		r = media_first(tx, org, &at, &at);
	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	if (at.due > tx_now(tx)) {
		c->due = at.due;
		return OK;
	}
	c->found = true;
	c->f->ref = at;
	c->record = media_get(tx, org, at.message, at.place, false, c->f->arena, &c->f->media);
	r = orgs_get(tx, org, false, c->f->arena, &c->org);
	return r == NOT_FOUND ? OK : r;
}

/* Whose attachment may be fetched next: who waits longest; NULL: nobody's. */
static struct sender *
next_sender(const struct worker *w)
{
	const struct agenda *a = &w->agenda;
	int64_t now = clock_mono();
	struct sender *first = NULL, *s;
	size_t i;

	for (i = 0; i < a->count; i++) {
		s = a->entries[i].sender;
		if (a->entries[i].next[AGENDA_MEDIA] > now || count_of(w, s->org) >= UNDER_WAY_ORG)
			continue;
		if (first == NULL || s->served[AGENDA_MEDIA] < first->served[AGENDA_MEDIA])
			first = s;
	}
	return first;
}

static enum result
drop(struct tx *tx, void *arg)
{
	return media_drop(tx, arg);
}

/* Begins one of the organization's; or finds out when there will be one. */
static void
begin_one(struct worker *w, struct sender *s)
{
	struct fetch *f = fetch_new(w);
	struct choice c = {.w = w, .f = f};
	enum result r;

	f->ref.org = s->org;
	r = store_read(w->app->store, choose, &c);
	if (r == OK && c.found && c.record == OK && media_waiting(&f->media) &&
	    f->media.due == f->ref.due) {
		begin(f, &c.org);
		return;
	}
	if (r == OK && c.found) {
		log_warn("message %s: nothing is known of its attachment %u any more",
		    f->ref.message, f->ref.place);
		r = store_run(w->app->store, drop, &f->ref);
	}
	f->unstored = r != OK;
	fetch_end(f);
	if (r == OK && !c.found) /* those that are due are under way */
		agenda_set(s, AGENDA_MEDIA, agenda_mono(c.due));
}

/* ---- what is to go ----------------------------------------------------------------------- */

static enum result
read_gone(struct tx *tx, void *arg)
{
	return media_gone_first(tx, arg);
}

static enum result
gone(struct tx *tx, void *arg)
{
	return media_gone_done(tx, arg);
}

static void
remove_gone(struct worker *w)
{
	struct media_ref ref;
	int i;

	w->gone_due = clock_mono() + GONE_GAP;
	for (i = 0; i < GONE_PIECE; i++) {
		if (store_read(w->app->store, read_gone, &ref) != OK)
			return;
		/* Its removal must be durable: a power cut must not bring it back. */
		if (store_flush(w->app->store) != OK ||
		    media_file_remove(w->app->settings->data_dir, &ref) != 0 ||
		    store_run(w->app->store, gone, &ref) != OK)
			return;
	}
	w->gone_due = 0; /* there may be more */
}

/* ---- the loop ------------------------------------------------------------------------------ */

void
media_start(const struct worker *w)
{
	media_files_clear(w->app->settings->data_dir);
}

void
media_turn(struct worker *w)
{
	int64_t now = clock_mono();
	struct sender *s;

	if (w->ending)
		return;
	if (now >= w->gone_due)
		remove_gone(w);
	while (w->fetching < UNDER_WAY && now >= w->media_hold && (s = next_sender(w)) != NULL) {
		s->served[AGENDA_MEDIA] = ++w->served;
		begin_one(w, s);
	}
}

void
media_wake(struct worker *w)
{
	w->gone_due = 0;
}

int64_t
media_next(const struct worker *w)
{
	const struct agenda *a = &w->agenda;
	int64_t due = INT64_MAX, next;
	size_t i;

	/* With as many as may be under way, the end of one makes the next turn. */
	for (i = 0; i < a->count && w->fetching < UNDER_WAY; i++) {
		next = a->entries[i].next[AGENDA_MEDIA];
		if (next < due && count_of(w, a->entries[i].sender->org) < UNDER_WAY_ORG)
			due = next;
	}
	if (due < w->media_hold)
		due = w->media_hold;
	return agenda_wall(due);
}
