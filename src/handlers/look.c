/*
 * look.c: GET and POST /admin/{org}/look: "Needs a look": all that waits for a person, in one
 * place: people who may
 * have asked to stop, texts of which nobody knows whether they were sent, held texts, and calls of
 * Bandwidth's that could not be understood.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "base/phone.h"
#include "handlers/message_parts.h"
#include "http/parts.h"
#include "store/audit.h"
#include "store/contacts.h"
#include "store/events.h"
#include "store/messages.h"
#include "store/store.h"
#include "texting/optout.h"

#define LOOK_MAX 20 /* of each kind on one page */
/*
 * Calls may be as large as whoever sends them likes: a page reads some more than so many bytes of
 * them, and shows the beginning of each.
 */
#define LOOK_BYTES ((size_t)1024 * 1024)
#define RAW_SHOWN ((size_t)8 * 1024)

struct look {
	const struct app *app;
	struct request *req;
	struct frame frame;
	struct contact *people;
	size_t people_count;
	struct message *unknown, *held;
	size_t unknown_count, held_count;
	struct stored_event *events;
	size_t events_count;
	bool events_more;
	const char *before; /* cursor among the events */
};

/* ---- reading -------------------------------------------------------------------------- */

static enum result
read_state(struct tx *tx, const struct look *l, enum message_state state, struct message **list,
    size_t *count)
{
	const char **ids = NULL;
	size_t n = 0;
	enum result result =
	    messages_in_state(tx, l->req->org, state, NULL, LOOK_MAX, l->req->arena, &ids, &n);

	*count = 0;
	*list = arena_alloc(l->req->arena, (n ? n : 1) * sizeof(**list));
	for (size_t i = 0; result == OK && i < n; i++) {
		result =
		    messages_get(tx, l->req->org, ids[i], false, l->req->arena, &(*list)[*count]);
		if (result == OK)
			(*count)++;
		else if (result == NOT_FOUND || result == DAMAGED) /* the others are shown */
			result = OK;
	}
	return result;
}

static enum result
read_events(struct tx *tx, struct look *l)
{
	const char *before = l->before;
	struct stored_event *one;
	enum result result = OK;
	size_t n = 1, bytes = 0;

	l->events = arena_alloc(l->req->arena, LOOK_MAX * sizeof(*l->events));
	l->events_more = false;
	for (l->events_count = 0; result == OK && n && !l->events_more;) {
		result = tray_list(tx, l->req->org, before, 1, l->req->arena, &one, &n);
		if (result != OK || !n)
			break;
		l->events[l->events_count++] = *one;
		before = one->id;
		bytes += one->raw ? strlen(one->raw) : 0;
		l->events_more = l->events_count == LOOK_MAX || bytes >= LOOK_BYTES;
	}
	return result;
}

static enum result
read_look(struct tx *tx, void *arg)
{
	struct look *l = arg;
	struct arena *arena = l->req->arena;
	enum result result;

	result = contacts_list(
	    tx, l->req->org, 'h', NULL, LOOK_MAX, arena, &l->people, &l->people_count);
	if (result == OK)
		result = read_state(tx, l, STATE_UNKNOWN, &l->unknown, &l->unknown_count);
	if (result == OK)
		result = read_state(tx, l, STATE_HELD, &l->held, &l->held_count);
	if (result == OK)
		result = read_events(tx, l);
	return result;
}

/* ---- people ------------------------------------------------------------------------------ */

/* A button of this page's: action, what it is about, and (or NULL) what was seen of that. */
static void
act(const struct look *l, struct buf *b, const char *field, const char *value, const char *seen,
    const char *action, const char *class_, const char *label)
{
	if (l->req->role != ROLE_OWNER)
		return;
	frame_form(l->app, l->req, b, "look");
	part_hidden(b, field, value);
	if (seen != NULL)
		part_hidden(b, "seen", seen);
	html_raw(b, "<button type=\"submit\"");
	if (class_)
		html_attr(b, "class", class_);
	html_raw(b, " name=\"action\"");
	html_attr(b, "value", action);
	html_raw(b, ">");
	html_text(b, label);
	html_raw(b, "</button></form>\n");
}

static void
write_person(const struct look *l, struct buf *b, const struct contact *c)
{
	html_raw(b, "<li><div class=\"row\">\n<p class=\"from\"><a");
	html_url_attr(b, "href", frame_path(l->app, l->req, contact_route(l->req, c->number)));
	html_raw(b, ">");
	part_phone(b, c->number);
	html_raw(b, "</a></p>\n<p class=\"when\">");
	page_time(b, c->held_at, l->frame.now);
	html_raw(b, "</p>\n<p class=\"words whole\" dir=\"auto\">");
	html_text(b, c->held_why);
	html_raw(b, "</p>\n</div>\n<div class=\"acts\">\n");
	act(l, b, "contact", c->number, NULL, "opt-out", NULL, "Opt out");
	act(l, b, "contact", c->number, arena_fmt(l->req->arena, "%lld", (long long)c->held_at),
	    "release", NULL, "Go on texting");
	html_raw(b, "</div></li>\n");
}

static void
head(struct buf *b, const char *title, const char *sentence)
{
	html_raw(b, "<h2>");
	html_text(b, title);
	html_raw(b, "</h2>\n<p class=\"soft\">");
	html_text(b, sentence);
	html_raw(b, "</p>\n");
}

static void
write_people(const struct look *l, struct buf *b)
{
	if (!l->people_count)
		return;
	head(b, "People who may have asked to stop",
	    "Texts to them wait. Read what they wrote; if in doubt, opt them out.");
	html_raw(b, "<ul class=\"card list\">\n");
	for (size_t i = 0; i < l->people_count; i++)
		write_person(l, b, &l->people[i]);
	html_raw(b, "</ul>\n");
}

/* ---- messages ---------------------------------------------------------------------------- */

static void
write_message(const struct look *l, struct buf *b, const struct message *m)
{
	html_raw(b, "<li><div class=\"row\">\n<p class=\"from\">");
	message_party(l->app, l->req, b, m);
	html_raw(b, "</p>\n<p class=\"when\"><a");
	html_url_attr(b, "href", frame_path(l->app, l->req, message_route(l->req, m->id)));
	html_raw(b, ">");
	page_time(b, m->created, l->frame.now);
	html_raw(b, "</a></p>\n");
	message_words(b, m, "words");
	if (message_state(m) == STATE_HELD || message_elsewhere(m))
		message_why(b, m);
	html_raw(b, "</div>\n");
	(void)message_decisions(l->app, l->req, b, m);
	html_raw(b, "</li>\n");
}

static void
write_messages(const struct look *l, struct buf *b, const char *title, const char *sentence,
    const struct message *list, size_t shown, size_t all, const char *more)
{
	if (!shown)
		return;
	head(b, title, sentence);
	html_raw(b, "<ul class=\"card list\">\n");
	for (size_t i = 0; i < shown; i++)
		write_message(l, b, &list[i]);
	html_raw(b, "</ul>\n");
	if (all > shown) {
		html_raw(b, "<p>");
		frame_link(l->app, l->req, b, more, NULL, "All of them");
		html_raw(b, "</p>\n");
	}
}

/* ---- calls that could not be understood ------------------------------------------------------ */

/* The beginning of what was received, not cut within a character. */
static void
write_raw(const struct look *l, struct buf *b, const struct stored_event *e)
{
	const char *raw = e->raw ? e->raw : "";
	size_t all = strlen(raw), n = all;

	if (n > RAW_SHOWN)
		for (n = RAW_SHOWN; n > 0 && ((unsigned char)raw[n] & 0xC0) == 0x80;)
			n--;
	html_raw(b, "<pre dir=\"auto\">");
	html_textn(b, raw, n);
	html_raw(b, "</pre>");
	if (n == all)
		return;
	html_rawf(b, "<p class=\"help\">These are the first of %zu bytes. All of it: ", all);
	html_rawf(b, "<code>spokectl tray %" PRIu32 " --raw</code></p>", l->req->org);
}

static void
write_event(const struct look *l, struct buf *b, const struct stored_event *e)
{
	html_raw(b, "<li><div class=\"row\">\n<p class=\"from\">");
	html_text(b, e->type ? e->type : "No type");
	html_raw(b, "</p>\n<p class=\"when\">");
	page_time(b, e->received, l->frame.now);
	html_raw(b, "</p>\n<p class=\"words whole\" dir=\"auto\">");
	html_text(b, e->tray);
	html_raw(b, "</p>\n<details><summary>As it was received</summary>\n");
	if (e->base64)
		html_raw(b, "<p class=\"help\">It is not text; this is its base64 form.</p>\n");
	write_raw(l, b, e);
	html_raw(b, "</details>\n</div>\n<div class=\"acts\">\n");
	act(l, b, "event", e->id, NULL, "done", NULL, "Done");
	html_raw(b, "</div></li>\n");
}

static void
write_events(const struct look *l, struct buf *b)
{
	if (!l->events_count)
		return;
	head(b, "Calls that could not be understood",
	    "Bandwidth sent these, and they are kept as they came. Nothing they said was lost; press Done when you "
	    "have dealt with one.");
	html_raw(b, "<ul class=\"card list\">\n");
	for (size_t i = 0; i < l->events_count; i++)
		write_event(l, b, &l->events[i]);
	html_raw(b, "</ul>\n<div class=\"pager\"><span>");
	if (l->before)
		frame_link(l->app, l->req, b, "look", "button", "Newest");
	html_raw(b, "</span><span>");
	if (l->events_more)
		frame_link(l->app, l->req, b,
		    arena_fmt(l->req->arena, "look?before=%s", l->events[l->events_count - 1].id),
		    "button", "Older");
	html_raw(b, "</span></div>\n");
}

/* ---- the page -----------------------------------------------------------------------------------
 * */

static void
show(struct look *l, struct response *res, const char *fault)
{
	struct page page = {.title = "Needs a look", .active = "look"};
	struct buf *b = &res->body;

	if (fault) {
		page.banner = BANNER_LOOK;
		page.banner_text = fault;
	}
	frame_begin(l->app, l->req, res, &l->frame, &page);
	html_raw(b, "<h1>Needs a look</h1>\n");
	if (!l->people_count && !l->unknown_count && !l->held_count && !l->events_count) {
		html_raw(b, "<div class=\"card empty\">");
		part_icon(b, ICON_FINE);
		html_raw(b,
		    "<h2>Nothing needs you</h2>\n<p class=\"soft\">What will appear here: people who may have "
		    "asked to stop, texts that are held, texts of which we don't know whether they were sent, and "
		    "calls from Bandwidth that could not be understood.</p></div>\n");
	}
	write_people(l, b);
	write_messages(l, b, "We don't know whether these were sent",
	    "Bandwidth's answer was lost on the way. Don't send one again before checking; we look for it too.",
	    l->unknown, l->unknown_count, l->frame.unknown, "messages?state=unknown");
	write_messages(l, b, "Held texts", "They were not sent, and wait for you to decide.",
	    l->held, l->held_count, l->frame.held, "messages?state=held");
	if (l->held_count > 1) {
		html_raw(b, "<p>");
		frame_link(l->app, l->req, b, "held", NULL, "Decide about many at once");
		html_raw(b, "</p>\n");
	}
	write_events(l, b);
	page_end(res);
}

void
handle_look(const struct app *app, struct request *req, struct response *res)
{
	struct look l = {.app = app, .req = req};
	const char *before = form_get(&req->query, "before");

	if (before && message_id_valid(before))
		l.before = before;
	if (frame_read(app, req, res, &l.frame, read_look, &l))
		show(&l, res, NULL);
}

/* ---- deciding
 * ------------------------------------------------------------------------------------- */

struct decision {
	const struct request *req;
	const char *event, *contact;
	int64_t seen; /* when the last words that were shown had come in, 0: not said */
};

static enum result
note(struct tx *tx, const struct decision *d, const char *what, const char *detail)
{
	const struct audit entry = {
	    .org = d->req->org,
	    .time = tx_now(tx),
	    .who = d->req->session->email,
	    .from = d->req->client,
	    .what = what,
	    .detail = detail,
	};

	return audit_add(tx, &entry);
}

static enum result
decide_done(struct tx *tx, void *arg)
{
	const struct decision *d = arg;

	return tray_done(tx, d->req->org, d->event, d->req->session->email, d->req->client);
}

static enum result
decide_release(struct tx *tx, void *arg)
{
	const struct decision *d = arg;
	enum result result =
	    contact_release(tx, d->req->org, d->contact, d->seen, d->req->session->email);

	return result == OK ? note(tx, d, "look.release", d->contact) : result;
}

/* The opt-out takes back what waits for them, then there is nothing left to hold. */
static enum result
decide_opt_out(struct tx *tx, void *arg)
{
	const struct decision *d = arg;
	enum result result =
	    optout_set(tx, d->req->org, d->contact, "person", d->req->session->email);

	if (result == OK)
		result = contact_release(tx, d->req->org, d->contact, 0, d->req->session->email);
	if (result == NOT_FOUND || result == REFUSED)
		result = OK;
	return result == OK ? note(tx, d, "look.opt-out", d->contact) : result;
}

static bool
decision_valid(const struct decision *d, bool about_event)
{
	size_t n;

	if (!about_event)
		return d->contact && (phone_is_e164(d->contact) || phone_is_short_code(d->contact));
	n = d->event ? strlen(d->event) : 0;
	return n > 0 && n <= 64 && strspn(d->event, "0123456789abcdef") == n;
}

/* Nothing was changed; the page shows what they wrote. */
static void
wrote_again(const struct app *app, struct request *req, struct response *res)
{
	struct look l = {.app = app, .req = req};

	if (!frame_read(app, req, res, &l.frame, read_look, &l))
		return;
	res->status = 409;
	show(&l, res,
	    "They wrote again meanwhile. Read it, then decide once more; nothing was changed.");
}

void
handle_look_action(const struct app *app, struct request *req, struct response *res)
{
	static const struct {
		const char *action, *done;
		tx_fn fn;
		bool about_event;
	} actions[] = {
	    {"done", "looked", decide_done, true},
	    {"release", "released", decide_release, false},
	    {"opt-out", "opted-out", decide_opt_out, false},
	};
	const char *action = form_get(&req->form, "action");
	struct decision d = {
	    .req = req,
	    .event = form_get(&req->form, "event"),
	    .contact = form_get(&req->form, "contact"),
	};
	const char *seen = form_get(&req->form, "seen");
	enum result r;

	if (seen != NULL)
		(void)parse_i64(seen, strlen(seen), 0, INT64_MAX, &d.seen);

	for (size_t i = 0; action && i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(action, actions[i].action) != 0 ||
		    !decision_valid(&d, actions[i].about_event))
			continue;
		res->wake = !actions[i].about_event;
		r = frame_change(app, req, res, actions[i].fn, &d);
		if (r == REFUSED && actions[i].fn == decide_release)
			wrote_again(app, req, res);
		else if (r != OK && res->status < 400)
			frame_error(req, res, NOT_FOUND);
		else if (res->status < 400)
			frame_back(app, req, res, "look", actions[i].done);
		return;
	}
	response_error(req, res, 400, "unknown_action",
	    "This form asked for something that does not exist here.", "action");
}
