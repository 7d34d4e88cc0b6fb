/*
 * forecast.c: how long an organization's queue still takes (forecast.h).
 */
#include "texting/forecast.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/parse.h"
#include "store/messages.h"
#include "store/meta.h"
#include "store/orgs.h"
#include "texting/config.h"
#include "texting/outbox.h"

/* So many other organizations are looked at: those of one round of the worker's. */
#define OTHERS_MOST 256

/* Texts and what they cost. */
struct heap {
	double texts, segments;
};
/* All that is queued on the account, and what of it goes out until our own last one does. */
struct turns {
	struct heap all, until;
};

struct reading {
	const struct app *app;
	struct tx *tx;
	struct arena *arena;
	struct organization org;
	struct queue_size own;
	struct turns replies, others;
	struct forecast *f;
};

/* ---- Bandwidth's account ------------------------------------------------------------ */

static const char *
pause_name(struct arena *a, const char *account)
{
	return arena_fmt(a, "pause-%s", account);
}

enum result
forecast_pause_put(struct tx *tx, const char *account, int64_t until, const char *why)
{
	struct arena *a = tx_arena(tx);

	return meta_put(tx, pause_name(a, account), arena_fmt(a, "%" PRId64 " %s", until, why));
}

static const struct {
	const char *why, *sentence;
} pauses[] = {
    {"busy", "Bandwidth asked us to slow down, so nothing is sent for a moment."},
    {"ill", "Bandwidth's answers are odd or missing, so it is tried again after a pause."},
    {"away", "Bandwidth can't be reached, so it is tried again after a pause."},
};

static enum result
read_pause(struct reading *r)
{
	const char *text = NULL, *blank;
	int64_t until = 0;
	enum result result;

	if (r->org.account_id == NULL)
		return OK;
	result = meta_get(r->tx, pause_name(r->arena, r->org.account_id), r->arena, &text);
	if (result != OK)
		return result == NOT_FOUND ? OK : result;
	blank = strchr(text, ' ');
	if (blank == NULL || parse_i64(text, (size_t)(blank - text), 0, INT64_MAX, &until) != 0 ||
	    until <= tx_now(r->tx))
		return OK;
	for (size_t i = 0; i < sizeof pauses / sizeof pauses[0]; i++)
		if (strcmp(blank + 1, pauses[i].why) == 0) {
			r->f->pause = until;
			r->f->pause_why = pauses[i].why;
		}
	return OK;
}

/* ---- the turns ---------------------------------------------------------------------------- */

/* An organization's texts of a class, of which n go out while ours do, each in its turn. */
static void
pile(struct turns *t, int64_t texts, int64_t segments, int64_t n)
{
	double part;

	if (texts <= 0)
		return;
	part = n < texts ? (double)n / (double)texts : 1;
	t->all.texts += (double)texts;
	t->all.segments += (double)segments;
	t->until.texts += part * (double)texts;
	t->until.segments += part * (double)segments;
}

/* What n texts of the heap cost, as far as it has so many. */
static double
cost_of(const struct heap *h, double n)
{
	return h->texts <= n ? h->segments : h->segments * n / h->texts;
}

static void
add_org(struct reading *r, const struct queue_size *s)
{
	pile(&r->replies, s->replies, s->reply_segments, r->own.replies);
	pile(&r->others, s->others, s->other_segments, r->own.others);
}

/* Segments that go out until our own last one has: replies first, but for one in ten (outbox.h). */
static double
segments_until_end(const struct reading *r)
{
	double replies = 0, others = 0;

	if (r->own.replies > 0)
		replies = r->replies.until.segments +
			  cost_of(&r->others.all, r->replies.until.texts / OUTBOX_REPLIES);
	if (r->own.others > 0)
		others = r->others.until.segments +
			 cost_of(&r->replies.all, r->others.until.texts * OUTBOX_REPLIES);
	return replies > others ? replies : others;
}

static bool
shares(const struct reading *r, const struct organization *o)
{
	return r->org.account_id != NULL && o->account_id != NULL &&
	       strcmp(r->org.account_id, o->account_id) == 0 && config_can_send(r->app, o);
}

static enum result
read_others(struct reading *r)
{
	struct organization o;
	struct queue_size other = {.org = 0};
	enum result result = OK;

	for (int i = 0; result == OK && i < OTHERS_MOST; i++) {
		result = queue_size_next(r->tx, (uint32_t)other.org, &other);
		if (result != OK || other.org == r->org.id)
			continue;
		result = orgs_get(r->tx, (uint32_t)other.org, false, tx_arena(r->tx), &o);
		if (result == OK && shares(r, &o)) {
			r->f->sharing++;
			add_org(r, &other);
		} else if (result == NOT_FOUND || result == DAMAGED)
			result = OK;
	}
	return result == NOT_FOUND ? OK : result;
}

/* ---- the last ones --------------------------------------------------------------------------- */

/* The end of a class's queue: due later, or without a number, or (the last of all) too late. */
static enum result
look_at_last(struct reading *r, int class_)
{
	bool last_of_all = class_ == 1 || r->own.others == 0;
	struct queue_entry e;
	struct message m;
	enum result result = queue_last(r->tx, class_, (uint32_t)r->org.id, &e);

	if (result == OK)
		result = messages_get(r->tx, (uint32_t)r->org.id, e.id, false, tx_arena(r->tx), &m);
	if (result != OK)
		return result == NOT_FOUND || result == DAMAGED ? OK : result;
	if (e.due > r->f->end) {
		r->f->end = e.due;
		r->f->waits_for_due = true;
	}
	if (m.held_why != NULL && strcmp(m.held_why, "number-limit") == 0)
		r->f->number_limit = true;
	if (last_of_all && m.send_before < r->f->end)
		r->f->late = true;
	return OK;
}

static enum result
estimate(struct reading *r)
{
	struct forecast *f = r->f;
	int64_t now = tx_now(r->tx);
	enum result result = OK;

	/* The first one goes out at once. */
	f->takes = (int64_t)((segments_until_end(r) - 1) * CLOCK_SECOND / f->pace);
	if (f->takes < 0)
		f->takes = 0;
	if (f->waits != NULL || f->texts == 0)
		return OK;
	f->end = (f->pause > now ? f->pause : now) + f->takes;
	for (int class_ = 0; result == OK && class_ < 2; class_++)
		result = look_at_last(r, class_);
	return result;
}

enum result
forecast_read(
    const struct app *app, struct tx *tx, uint32_t org, struct arena *a, struct forecast *f)
{
	struct reading r = {.app = app, .tx = tx, .arena = a, .f = f};
	const char *moved = NULL;
	enum result result;

	*f = (struct forecast){.pace = app->settings->segments_per_second};
	if (f->pace < 1)
		f->pace = 1;
	result = orgs_get(tx, org, false, a, &r.org);
	if (result == OK)
		result = meta_sending_held(tx, a, &moved);
	if (result == OK)
		result = queue_size(tx, org, &r.own);
	if (result == OK)
		result = messages_count(tx, org, STATE_HELD, FORECAST_HELD + 1, &f->held);
	if (result != OK)
		return result;
	f->texts = r.own.replies + r.own.others;
	f->segments = r.own.reply_segments + r.own.other_segments;
	add_org(&r, &r.own);
	f->waits = moved != NULL ? "restored" : config_hold(app, &r.org);
	if (f->texts == 0)
		return OK;
	result = read_others(&r);
	if (result == OK)
		result = read_pause(&r);
	return result == OK ? estimate(&r) : result;
}

/* ---- in words -------------------------------------------------------------------------------- */

const char *
forecast_waiting(const struct forecast *f, struct arena *a)
{
	const char *cost = "";

	if (f->texts == 0)
		return "No text is waiting.";
	if (f->segments != f->texts)
		cost = arena_fmt(a, " (%" PRId64 " segments)", f->segments);
	return arena_fmt(a, "%" PRId64 " text%s%s waiting.", f->texts, f->texts == 1 ? "" : "s",
	    f->texts == 1 ? arena_fmt(a, "%s is", cost) : arena_fmt(a, "%s are", cost));
}

/* "a minute", "25 minutes", "3 hours": rounded up, because it is never sooner. */
static const char *
duration(int64_t ms, struct arena *a)
{
	int64_t minutes = (ms + CLOCK_MINUTE - 1) / CLOCK_MINUTE;

	if (minutes <= 1)
		return "no more than a minute";
	if (minutes < 120)
		return arena_fmt(a, "about %" PRId64 " minutes", minutes);
	return arena_fmt(a, "about %" PRId64 " hours", (minutes + 59) / 60);
}

const char *
forecast_ends(const struct forecast *f, struct arena *a)
{
	if (f->waits_for_due)
		return f->texts == 1 ? "It goes out" : "The last one goes out";
	return arena_fmt(a, "At %d segment%s a second %s goes out", f->pace,
	    f->pace == 1 ? "" : "s", f->texts == 1 ? "it" : "the last one");
}

const char *
forecast_stop(const struct forecast *f, struct arena *a)
{
	if (f->waits == NULL || f->texts == 0)
		return NULL;
	return arena_fmt(a, "%s Once it goes on, the queue takes %s at %d segment%s a second.",
	    held_words(f->waits), duration(f->takes, a), f->pace, f->pace == 1 ? "" : "s");
}

const char *
forecast_sharing(const struct forecast *f, struct arena *a)
{
	if (f->sharing == 0 || f->waits_for_due)
		return NULL;
	return arena_fmt(a,
	    "%zu other organization%s through the same Bandwidth account, each in its turn.",
	    f->sharing, f->sharing == 1 ? " sends" : "s send");
}

const char *
forecast_pause(const struct forecast *f)
{
	for (size_t i = 0; f->pause_why != NULL && i < sizeof pauses / sizeof pauses[0]; i++)
		if (strcmp(f->pause_why, pauses[i].why) == 0)
			return pauses[i].sentence;
	return NULL;
}

const char *
forecast_but(const struct forecast *f, struct arena *a)
{
	const char *number =
	    f->texts == 1
		? "It waits for a number that may take new contacts, which may take longer."
		: "Some wait for a number that may take new contacts, which may take longer.";
	const char *late =
	    f->texts == 1 ? "That is after its deadline: it is held then, and you decide."
			  : "Not all of them go out before their deadline; what is too late then "
			    "is held, and you decide.";

	if (f->number_limit && f->late)
		return arena_fmt(a, "%s %s", number, late);
	return f->number_limit ? number : f->late ? late : NULL;
}

const char *
forecast_held(const struct forecast *f, struct arena *a)
{
	if (f->held == 0)
		return NULL;
	if (f->held > FORECAST_HELD)
		return "More than 1,000 held texts are not in the queue.";
	return arena_fmt(
	    a, "%zu held text%s not in the queue.", f->held, f->held == 1 ? " is" : "s are");
}

static void
put_time(json *object, const char *name, int64_t when)
{
	char text[CLOCK_TEXT];

	json_put_text(object, name, when == 0 ? NULL : clock_text(when, text));
}

json *
forecast_json(const struct forecast *f)
{
	json *o = json_object_new();

	json_put_int(o, "texts", f->texts);
	json_put_int(o, "segments", f->segments);
	json_put_int(o, "held", (int64_t)(f->held < FORECAST_HELD ? f->held : FORECAST_HELD));
	json_put_int(o, "segments_per_second", f->pace);
	json_put_int(o, "sharing", (int64_t)f->sharing);
	json_put_text(o, "waits", f->waits);
	json_put_text(o, "waits_meaning", f->waits != NULL ? held_words(f->waits) : NULL);
	put_time(o, "not_before", f->pause);
	json_put_text(o, "not_before_meaning", forecast_pause(f));
	json_put_int(o, "takes_seconds", (f->takes + CLOCK_SECOND - 1) / CLOCK_SECOND);
	put_time(o, "expected_end", f->end);
	json_put_bool(o, "number_limit", f->number_limit);
	json_put_bool(o, "late", f->late);
	return o;
}
