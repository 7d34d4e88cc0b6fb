/*
 * frame.c: what the pages of an organization have in common: reads it, chooses the one banner, and
 * answers when the store cannot.  Called by every page handler; writes nothing to the store.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "handlers/frame.h"
#include "http/parts.h"
#include "store/contacts.h"
#include "store/events.h"
#include "store/forgotten.h"
#include "store/messages.h"
#include "store/store.h"
#include "texting/held.h"

struct reading {
	const struct app *app;
	struct request *req;
	struct frame *frame;
	tx_fn more;
	void *arg;
};

static enum result
count_people(struct tx *tx, const struct request *req, struct frame *f)
{
	struct contact *list = NULL;

	return contacts_list(
	    tx, req->org, 'h', NULL, FRAME_COUNT_MAX, req->arena, &list, &f->people);
}

static enum result
read_frame(struct tx *tx, void *arg)
{
	struct reading *r = arg;
	struct frame *f = r->frame;
	const struct {
		enum message_state state;
		size_t *count;
	} counts[] = {
	    {STATE_QUEUED, &f->queued},
	    {STATE_SENDING, &f->sending},
	    {STATE_HELD, &f->held},
	    {STATE_UNKNOWN, &f->unknown},
	};
	enum result result = config_view(r->app, tx, r->req->org, r->req->arena, &f->view);

	f->now = tx_now(tx);
	for (size_t i = 0; result == OK && i < sizeof(counts) / sizeof(counts[0]); i++)
		result = messages_count(
		    tx, r->req->org, counts[i].state, FRAME_COUNT_MAX, counts[i].count);
	if (result == OK && f->held > 0)
		result = held_any_copied(tx, r->req->org, FRAME_COUNT_MAX, &f->copied);
	if (result == OK)
		result = tray_count(tx, r->req->org, FRAME_COUNT_MAX, &f->tray);
	if (result == OK)
		result = count_people(tx, r->req, f);
	if (result == OK)
		result = forgotten_trouble(tx, r->req->org, &f->forgotten);
	if (result == OK && r->more)
		result = r->more(tx, r->arg);
	return result;
}

bool
frame_read(const struct app *app, struct request *req, struct response *res, struct frame *f,
    tx_fn more, void *arg)
{
	struct reading r = {.app = app, .req = req, .frame = f, .more = more, .arg = arg};
	enum result result;

	*f = (struct frame){0};
	result = store_read(app->store, read_frame, &r);
	if (result != OK)
		frame_error(req, res, result);
	return result == OK;
}

enum result
frame_change(
    const struct app *app, const struct request *req, struct response *res, tx_fn fn, void *arg)
{
	enum result result = store_run(app->store, fn, arg);

	if (result != OK && result != REFUSED && result != EXISTS)
		frame_error(req, res, result);
	return result;
}

void
frame_error(const struct request *req, struct response *res, enum result result)
{
	switch (result) {
	case NOT_FOUND:
		response_error(req, res, 404, "not_found",
		    "There is no such page, or what it showed is gone.", NULL);
		return;
	case BUSY:
		response_error(req, res, 503, "busy",
		    "The store is busy for a moment. Nothing was changed; try again in a few seconds.",
		    NULL);
		return;
	default:
		response_error(req, res, 500, "store",
		    "This could not be done. The log of this installation says why.", NULL);
	}
}

/* ---- addresses and buttons --------------------------------------------------- */

const char *
frame_route(const struct request *req, const char *rest)
{
	return arena_fmt(req->arena, "/admin/%" PRIu32 "/%s", req->org, rest);
}

const char *
frame_path(const struct app *app, const struct request *req, const char *rest)
{
	return page_path(app->settings, req, frame_route(req, rest));
}

/* A page of this organization's, and nothing that could lead elsewhere. */
static bool
back_valid(const struct request *req, const char *back)
{
	const char *start = frame_route(req, "");

	return back && strncmp(back, start, strlen(start)) == 0 && strlen(back) < 100 &&
	       strspn(back, "abcdefghijklmnopqrstuvwxyz0123456789/-") == strlen(back) &&
	       !strstr(back, "//");
}

void
frame_back(const struct app *app, const struct request *req, struct response *res, const char *rest,
    const char *done)
{
	const char *back = form_get(&req->form, "back");

	if (!back_valid(req, back))
		back = frame_route(req, rest);
	if (done)
		back =
		    arena_fmt(req->arena, "%s%cdone=%s", back, strchr(back, '?') ? '&' : '?', done);
	response_redirect(res, app->settings->base_url.text, back);
}

void
frame_form(const struct app *app, const struct request *req, struct buf *b, const char *rest)
{
	html_raw(b, "<form method=\"post\"");
	html_url_attr(b, "action", frame_path(app, req, rest));
	html_raw(b, ">");
	page_csrf(req, b);
}

void
frame_button(const struct app *app, const struct request *req, struct buf *b, const char *rest,
    const char *name, const char *value, const char *class_, const char *label)
{
	frame_form(app, req, b, rest);
	part_hidden(b, "back", req->path);
	html_raw(b, "<button type=\"submit\"");
	if (class_)
		html_attr(b, "class", class_);
	html_attr(b, "name", name);
	html_attr(b, "value", value);
	html_raw(b, ">");
	html_text(b, label);
	html_raw(b, "</button></form>\n");
}

void
frame_link(const struct app *app, const struct request *req, struct buf *b, const char *rest,
    const char *class_, const char *label)
{
	html_raw(b, "<a");
	if (class_)
		html_attr(b, "class", class_);
	html_url_attr(b, "href", frame_path(app, req, rest));
	html_raw(b, ">");
	html_text(b, label);
	html_raw(b, "</a>");
}

int
frame_refresh(const struct request *req, int seconds)
{
	return form_get(&req->query, "still") ? 0 : seconds;
}

void
frame_refresh_note(
    const struct app *app, const struct request *req, struct buf *b, int seconds, const char *rest)
{
	if (seconds <= 0)
		return;
	html_rawf(b, "<p class=\"soft small\">This page looks again every %d seconds. ", seconds);
	frame_link(app, req, b,
	    arena_fmt(req->arena, "%s%cstill=1", rest, strchr(rest, '?') ? '&' : '?'), NULL,
	    "Keep it still");
	html_raw(b, "</p>\n");
}

/* ---- the banner ---------------------------------------------------------------- */

/* What a redirect says of what was just done. */
static const char *
done_text(const struct request *req)
{
	static const struct {
		const char *name, *text;
	} done[] = {
	    {"credentials",
		"Saved. Bandwidth will be asked whether it accepts these credentials, and "
		"what is missing there is made."},
	    {"setup", "Bandwidth is being asked. How far it is stands below."},
	    {"answers", "Saved. Automatic answers are as you set them."},
	    {"limit", "Saved. The daily limit is as you set it."},
	    {"paused", "Sending is paused. What is queued stays queued; replies still come in."},
	    {"resumed", "Sending is on again. What was queued goes out now."},
	    {"cancelled", "The text was taken back before it was sent."},
	    {"all-cancelled", "Every text that was still waiting was taken back."},
	    {"many-cancelled",
		"Many texts were taken back, and more are waiting: cancel everything once more. "
		"Pause sending first, so that none goes out meanwhile."},
	    {"queued", "Your text is in the queue."},
	    {"was-sent", "Noted: it was sent."},
	    {"send", "It is in the queue again."},
	    {"give-up", "Noted: it won't be sent."},
	    {"held", "Your decision is being carried out. How far it is stands below."},
	    {"looked", "Noted as dealt with."},
	    {"backup-asked", "A backup is being made."},
	    {"moved", "This installation sends from now on."},
	    {"drained", "They keep the contacts they have and get no new ones."},
	    {"in-service", "They take new contacts again."},
	    {"added", "The number was added."},
	    {"taken-off", "They are not used any more. They are still yours at Bandwidth."},
	    {"picker", "Saved. Numbers are picked as you set it."},
	    {"release-cancelled",
		"The release was taken back. The numbers get no new contacts until you put them back "
		"in service."},
	    {"released", "Texts to this person may go out again."},
	    {"opted-out", "This person is opted out. Nothing more is sent to them."},
	};
	const char *name = form_get(&req->query, "saved");

	if (!name)
		name = form_get(&req->query, "done");
	for (size_t i = 0; name && i < sizeof(done) / sizeof(done[0]); i++)
		if (strcmp(name, done[i].name) == 0)
			return done[i].text;
	return NULL;
}

static void
set_banner(
    struct page *p, enum banner_kind kind, const char *text, const char *action, const char *href)
{
	p->banner = kind;
	p->banner_text = text;
	p->banner_action = action;
	p->banner_href = href;
}

/* The most serious thing that is wrong, or nothing. */
static void
serious_banner(const struct request *req, const struct frame *f, struct page *p)
{
	const struct config_view *v = &f->view;
	bool on_settings =
	    p->active && (strcmp(p->active, "settings") == 0 || strcmp(p->active, "check") == 0);

	if (v->sending_held) {
		set_banner(p, BANNER_BROKEN,
		    arena_fmt(req->arena, "Sending is held. %s", v->sending_held),
		    "Let sending go on", frame_route(req, "data#moved"));
		return;
	}
	if (f->forgotten) {
		set_banner(p, BANNER_BROKEN, f->forgotten, NULL, NULL);
		return;
	}
	/* The settings page and the check tell the rest themselves, where it is mended. */
	if (on_settings)
		return;
	if (v->org.cred_state && strcmp(v->org.cred_state, "refused") == 0)
		set_banner(p, BANNER_BROKEN,
		    "Bandwidth refuses the credentials, so nothing is sent. Nothing is lost either.",
		    "See what Bandwidth said", frame_route(req, "settings#state"));
	else if (f->copied && strcmp(req->path, frame_route(req, "held")) != 0)
		set_banner(p, BANNER_LOOK,
		    "Texts that were waiting when the data was copied are held: the former "
		    "installation may have sent them.",
		    "Decide about them", frame_route(req, "held#copied"));
	else if (v->missing)
		set_banner(p, BANNER_LOOK, "Texting isn't set up completely yet.",
		    "See what is missing", frame_route(req, "settings"));
	else if (v->marks.refused > v->marks.accepted)
		set_banner(p, BANNER_LOOK,
		    "The last call from Bandwidth was turned away, so replies may be missing.",
		    "See why", frame_route(req, "settings#callbacks"));
}

static const char *
paused_sentence(const struct request *req, const struct organization *org)
{
	if (org->paused_why && strcmp(org->paused_why, "daily-limit") == 0)
		return arena_fmt(req->arena,
		    "Sending is paused: the organization's daily limit of %" PRId64
		    " segments is reached.",
		    org->paused_limit);
	if (org->paused_why && strcmp(org->paused_why, "token-limit") == 0)
		return arena_fmt(req->arena,
		    "Sending is paused: the daily limit of %" PRId64
		    " segments of API token %s is reached.",
		    org->paused_limit, org->paused_token ? org->paused_token : "?");
	if (org->paused_why && strcmp(org->paused_why, "restored") == 0)
		return "Sending is paused: the data was restored or moved.";
	if (org->paused_by)
		return arena_fmt(req->arena, "Sending is paused by %s.", org->paused_by);
	return "Sending is paused.";
}

void
frame_begin(const struct app *app, const struct request *req, struct response *res,
    const struct frame *f, struct page *p)
{
	const char *done = done_text(req);

	p->org = req->org;
	p->org_name = f->view.org.name;
	p->paused = f->view.org.paused;
	p->sending_held = f->view.sending_held != NULL;
	if (p->paused)
		p->paused_why = paused_sentence(req, &f->view.org);
	p->look_count = f->tray + f->people + f->held + f->unknown;
	if (p->banner == BANNER_NONE && done && res->status < 400)
		set_banner(p, BANNER_FINE, done, NULL, NULL);
	if (p->banner == BANNER_NONE)
		serious_banner(req, f, p);
	page_begin(app->settings, req, res, p);
}
