/*
 * message_page.c: GET and POST /admin/{org}/messages/{item}: one message, how it went, and what a
 * person may
 * decide about it.
 *
 * Sending again what may have been sent is asked on a page of its own (ask=send): the person could
 * get it twice.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/phone.h"
#include "handlers/message_media.h"
#include "handlers/message_parts.h"
#include "handlers/queue_part.h"
#include "http/parts.h"
#include "store/media.h"
#include "store/messages.h"
#include "store/store.h"
#include "texting/outbox.h"

#define REFRESH_SECONDS 5

struct message_page {
	const struct app *app;
	struct request *req;
	struct frame frame;
	struct message message;
	struct forecast queue; /* when it waits in it */
	struct media *media;   /* that came in with it */
	size_t media_count;
};

static enum result
read_message(struct tx *tx, void *arg)
{
	struct message_page *p = arg;

	enum result result =
	    messages_get(tx, p->req->org, p->req->item, false, p->req->arena, &p->message);

	if (result == OK)
		result = media_list(
		    tx, p->req->org, p->req->item, p->req->arena, &p->media, &p->media_count);
	if (result == OK && message_state(&p->message) == STATE_QUEUED)
		result = forecast_read(p->app, tx, p->req->org, p->req->arena, &p->queue);
	return result == OK ? outbox_show_held(p->app, tx, p->req->org, &p->message, 1) : result;
}

/* ---- how it went ------------------------------------------------------------------------ */

static void
event(const struct message_page *p, struct buf *b, enum tone tone, enum icon icon, const char *what,
    int64_t when)
{
	html_raw(b, "<li class=\"state-");
	html_raw(b, tone_class(tone));
	html_raw(b, "\">");
	part_icon(b, icon);
	html_raw(b, "<p>");
	html_text(b, what);
	html_raw(b, "</p><p class=\"soft small\">");
	page_time(b, when, p->frame.now);
	html_raw(b, "</p></li>\n");
}

static const char *
asked_by(const struct message_page *p)
{
	const struct message *m = &p->message;

	if (m->by && strcmp(m->by, "auto-stop") == 0)
		return "Queued as the confirmation of a STOP";
	if (m->by && strcmp(m->by, "auto-help") == 0)
		return "Queued as the answer to HELP";
	if (m->by)
		return arena_fmt(p->req->arena, "Queued by %s", m->by);
	if (m->token)
		return arena_fmt(p->req->arena, "Queued through the API (token %s)", m->token);
	return "Queued";
}

static void
story_out(const struct message_page *p, struct buf *b)
{
	const struct message *m = &p->message;
	enum message_state state = message_state(m);

	event(p, b, TONE_PLAIN, ICON_WAIT, asked_by(p), m->created);
	if (m->posted)
		event(p, b, TONE_PLAIN, ICON_OUT,
		    m->attempts > 1 ? arena_fmt(p->req->arena,
					  "Handed to Bandwidth (attempt %" PRId64 ")", m->attempts)
				    : "Handed to Bandwidth",
		    m->posted);
	if (m->sent)
		event(p, b, TONE_PLAIN, ICON_FINE, "Taken by Bandwidth", m->sent);
	if (state == STATE_UNKNOWN && m->looks)
		event(p, b, TONE_LOOK, ICON_LOOK,
		    arena_fmt(
			p->req->arena, "Looked for at Bandwidth, %" PRId64 " of 5 times", m->looks),
		    m->updated);
	if (state_final(state))
		event(p, b, TONE_PLAIN, state == STATE_DELIVERED ? ICON_FINE : ICON_BROKEN,
		    state_words(state), m->finished ? m->finished : m->updated);
	else if (state == STATE_HELD || state == STATE_UNKNOWN)
		event(p, b, TONE_LOOK, state == STATE_HELD ? ICON_PAUSE : ICON_LOOK,
		    state_words(state), m->updated);
}

/* ---- what is known of it ------------------------------------------------------------------ */

static void
fact(struct buf *b, const char *label, const char *value)
{
	if (!value)
		return;
	html_raw(b, "<dt>");
	html_text(b, label);
	html_raw(b, "</dt><dd dir=\"auto\">");
	html_text(b, value);
	html_raw(b, "</dd>\n");
}

static void
fact_list(struct buf *b, const char *label, const struct text_list *list)
{
	if (!list->count)
		return;
	html_raw(b, "<dt>");
	html_text(b, label);
	html_raw(b, "</dt><dd><ul class=\"plain\">");
	for (size_t i = 0; i < list->count; i++) {
		html_raw(b, "<li>");
		html_text(b, list->items[i]);
		html_raw(b, "</li>");
	}
	html_raw(b, "</ul></dd>\n");
}

static void
facts(const struct message_page *p, struct buf *b)
{
	const struct message *m = &p->message;

	html_raw(b, "<dl class=\"facts\">\n");
	fact(b, m->out ? "To" : "From", m->contact_number);
	fact(b, "Your number", m->user_number ? m->user_number : "Chosen when it goes out");
	fact_list(b, "Everybody in the group", &m->group);
	fact_list(b, "What became of each", &m->group_final);
	if (m->out) /* what came in is shown by itself; Bandwidth's addresses open for nobody */
		fact_list(b, "Attachments", &m->media);
	if (m->out && !state_final(message_state(m))) {
		html_raw(b, "<dt>Not sent later than</dt><dd>");
		page_time(b, m->send_before, p->frame.now);
		html_raw(b, "</dd>\n");
	}
	fact(b, "Your reference", m->reference);
	fact(b, "Bandwidth's ID", m->service_id);
	fact(b, "ID here", m->id);
	html_raw(b, "</dl>\n");
}

static void
how_it_stands(const struct message_page *p, struct buf *b)
{
	static const enum tone tones[STATE_COUNT] = {
	    [STATE_HELD] = TONE_LOOK,
	    [STATE_SENDING] = TONE_BUSY,
	    [STATE_UNKNOWN] = TONE_LOOK,
	    [STATE_DELIVERED] = TONE_FINE,
	    [STATE_FAILED] = TONE_BROKEN,
	};
	const struct message *m = &p->message;
	enum message_state state = message_state(m);

	part_note_begin(b, tones[state], "state");
	html_raw(b, "<p><b>");
	html_text(b, state_words(state));
	html_raw(b, ".</b> ");
	if (state == STATE_QUEUED && p->frame.view.org.paused)
		html_raw(b, "It goes out when sending is resumed.");
	else
		html_text(b, state_sentence(state));
	html_raw(b, "</p>\n");
	if (state == STATE_FAILED || state == STATE_HELD)
		message_why(b, m);
	queue_part(b, &p->queue, p->req->arena, p->frame.now);
	(void)message_decisions(p->app, p->req, b, m);
	part_note_end(b);
}

/* ---- the page ---------------------------------------------------------------------------------
 * */

static void
ask_send(struct message_page *p, struct response *res)
{
	struct page page = {.title = "Send it again?", .active = "messages"};
	struct buf *b = &res->body;

	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b,
	    "<h1>Send it again?</h1>\n<p class=\"lead\">We don't know whether Bandwidth took this text. If it did, ");
	part_phone(b, p->message.contact_number);
	html_raw(b,
	    " gets it twice. Before you send it, look for it in Bandwidth's own message log.</p>\n");
	html_raw(b, "<div class=\"card\">");
	message_words(b, &p->message, "words");
	html_raw(b, "<div class=\"acts\">");
	frame_button(p->app, p->req, b, message_route(p->req, p->message.id), "action", "send",
	    "primary danger", "Send it again");
	frame_link(p->app, p->req, b, message_route(p->req, p->message.id), "button", "Leave it");
	html_raw(b, "</div></div>\n");
	page_end(res);
}

static void
show(struct message_page *p, struct response *res, const char *fault)
{
	const struct message *m = &p->message;
	char shown[PHONE_MAX];
	struct page page = {
	    .title = arena_fmt(p->req->arena, m->out ? "Text to %s" : "Text from %s",
		phone_display(m->contact_number, shown)),
	    .active = "messages",
	};
	struct buf *b = &res->body;

	if (message_moves(m, p->frame.view.org.paused, p->frame.now) ||
	    message_media_moves(p->media, p->media_count, p->frame.now))
		page.refresh = frame_refresh(p->req, REFRESH_SECONDS);
	if (fault) {
		page.banner = BANNER_LOOK;
		page.banner_text = fault;
	}
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, "<p class=\"small\">");
	frame_link(p->app, p->req, b, contact_route(p->req, m->contact_number), NULL,
	    "The whole conversation");
	html_raw(b, "</p>\n<h1>");
	html_raw(b, m->out ? "Text to " : "Text from ");
	part_phone(b, m->contact_number);
	html_raw(b, "</h1>\n");
	how_it_stands(p, b);
	html_raw(b, m->out ? "<div class=\"card out\">" : "<div class=\"card\">");
	message_words(b, m, "bubble");
	html_raw(b, "<p class=\"meta\">");
	message_size(b, m);
	page_time(b, m->created, p->frame.now);
	html_raw(b, "</p></div>\n");
	message_media(p->app, p->req, b, m, p->media, p->media_count, p->frame.now);
	if (m->out) {
		html_raw(b, "<section class=\"card\"><h2>How it went</h2>\n<ol class=\"story\">\n");
		story_out(p, b);
		html_raw(b, "</ol></section>\n");
	}
	html_raw(b, "<section class=\"card\"><h2>What is known of it</h2>\n");
	facts(p, b);
	html_raw(b, "</section>\n");
	if (p->req->role == ROLE_OWNER)
		message_forget_link(p->app, p->req, b, m->contact_number);
	frame_refresh_note(p->app, p->req, b, page.refresh, message_route(p->req, m->id));
	page_end(res);
}

void
handle_message_page(const struct app *app, struct request *req, struct response *res)
{
	struct message_page p = {.app = app, .req = req};
	const char *ask = form_get(&req->query, "ask");

	if (!req->item || !message_id_valid(req->item)) {
		frame_error(req, res, NOT_FOUND);
		return;
	}
	if (!frame_read(app, req, res, &p.frame, read_message, &p))
		return;
	if (ask && strcmp(ask, "send") == 0 && message_state(&p.message) == STATE_UNKNOWN)
		ask_send(&p, res);
	else
		show(&p, res, NULL);
}

/* ---- deciding
 * ------------------------------------------------------------------------------------ */

/* Too late, or it had changed meanwhile: the page as it is now, with the reason. */
static void
refused(const struct app *app, struct request *req, struct response *res, const char *why)
{
	struct message_page p = {.app = app, .req = req};

	if (!frame_read(app, req, res, &p.frame, read_message, &p))
		return;
	res->status = 409;
	show(&p, res, why ? why : "This can't be done any more: the text has moved on meanwhile.");
}

void
handle_message_action(const struct app *app, struct request *req, struct response *res)
{
	static const struct {
		const char *action;
		int decision; /* -1: cancel */
	} actions[] = {
	    {"cancel", -1},
	    {"send", DECIDE_SEND},
	    {"was-sent", DECIDE_WAS_SENT},
	    {"give-up", DECIDE_GIVE_UP},
	};
	const char *action = form_get(&req->form, "action");
	const char *who = req->session->email, *why = NULL;
	enum result result = FAILED;
	size_t i = 0, n = sizeof(actions) / sizeof(actions[0]);

	while (i < n && (!action || strcmp(action, actions[i].action) != 0))
		i++;
	if (i == n || !req->item || !message_id_valid(req->item)) {
		response_error(req, res, i == n ? 400 : 404, "unknown_action",
		    "This form asked for something that does not exist here.", "action");
		return;
	}
	if (actions[i].decision < 0)
		result = outbox_cancel(app, req->org, req->item, who, req->client, &why);
	else
		result = outbox_decide(app, req->org, req->item,
		    (enum outbox_decision)actions[i].decision, who, req->client, &why);
	if (result == REFUSED) {
		refused(app, req, res, why);
	} else if (result != OK) {
		frame_error(req, res, result);
	} else {
		res->wake = actions[i].decision >= 0;
		frame_back(app, req, res, message_route(req, req->item),
		    actions[i].decision < 0 ? "cancelled" : action);
	}
}
