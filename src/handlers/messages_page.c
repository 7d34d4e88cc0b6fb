/*
 * messages_page.c: GET /admin/{org}/messages: the list of messages with its filters, one
 * conversation (contact=…), the form for a new text (new=1), and the question before all are
 * cancelled (ask=cancel-all).
 *
 * It only reads; the same address takes the form in message_send.c.
 */
#include <string.h>

#include "base/arena.h"
#include "base/phone.h"
#include "handlers/messages_page.h"
#include "handlers/pause.h"
#include "handlers/queue_part.h"
#include "http/parts.h"
#include "store/contacts.h"
#include "texting/forget.h"

#define REFRESH_SECONDS 5

/* ---- what was asked for ------------------------------------------------------------- */

/* Cursors are message ids; was is several of them. Anything else is left out. */
static const char *
cursor_list(const char *text)
{
	size_t n = text ? strlen(text) : 0;

	if (!n || n > 20 * MESSAGE_ID || strspn(text, "0123456789abcdef.") != n)
		return NULL;
	return text;
}

static void
read_query(struct messages_page *p)
{
	const struct form *q = &p->req->query;
	const char *before = form_get(q, "before");
	const char *contact = form_get(q, "contact");
	char number[PHONE_MAX];
	enum message_state state;
	const char *why;

	p->filter.org = p->req->org;
	p->filter.limit = PAGE_MESSAGES;
	p->direction = form_get(q, "direction");
	if (p->direction && strcmp(p->direction, "in") != 0 && strcmp(p->direction, "out") != 0)
		p->direction = NULL;
	p->filter.direction = p->direction ? p->direction[0] : 0;
	p->state = form_get(q, "state");
	if (p->state && state_parse(p->state, &state) != 0)
		p->state = NULL;
	p->filter.state = p->state;
	if (contact && phone_normalize(contact, number, &why) == 0)
		p->contact = arena_str(p->req->arena, number);
	else if (contact && phone_is_short_code(contact))
		p->contact = contact;
	p->filter.contact = p->contact;
	p->filter.before = before && message_id_valid(before) ? before : NULL;
	p->was = p->filter.before ? cursor_list(form_get(q, "was")) : NULL;
}

/* The newest of all, or what waits: there people look for the end of the queue. */
static bool
shows_queue(const struct messages_page *p)
{
	return (!p->state && !p->direction && !p->filter.before) ||
	       (p->state && strcmp(p->state, state_name(STATE_QUEUED)) == 0);
}

static enum result
read_messages(struct tx *tx, void *arg)
{
	struct messages_page *p = arg;
	enum result result =
	    messages_list(tx, &p->filter, p->req->arena, &p->list, &p->count, &p->next);

	if (result == OK && !p->contact)
		return shows_queue(p)
			   ? forecast_read(p->app, tx, p->req->org, p->req->arena, &p->queue)
			   : OK;
	if (result != OK)
		return result;
	p->goes = forget_under_way(tx, p->req->org, p->contact, p->req->arena, &p->forget);
	result = contacts_get(tx, p->req->org, p->contact, false, p->req->arena, &p->person);
	p->person_known = result == OK;
	return result == NOT_FOUND ? OK : result;
}

/* Seconds after which there may be something new to see; 0: nothing is under way. */
static int
refresh(const struct messages_page *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (message_moves(&p->list[i], p->frame.view.org.paused, p->frame.now))
			return frame_refresh(p->req, REFRESH_SECONDS);
	return 0;
}

/* ---- the list ----------------------------------------------------------------------------- */

static void
show_list(struct messages_page *p, struct response *res)
{
	struct page page = {.title = "Messages", .active = "messages", .wide = true};
	struct buf *b = &res->body;

	page.refresh = refresh(p);
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, "<div class=\"head\"><h1>Messages</h1>\n");
	if (p->req->role == ROLE_OWNER)
		frame_link(p->app, p->req, b, "messages?new=1", "button primary", "New text");
	html_raw(b, "</div>\n");
	messages_tabs(p, b);
	queue_part(b, &p->queue, p->req->arena, p->frame.now);
	messages_list_part(p, b);
	html_raw(b, "<div class=\"pager\">");
	messages_newer(p, b);
	messages_older(p, b);
	html_raw(b, "</div>\n");
	if (p->state && strcmp(p->state, state_name(STATE_HELD)) == 0 && p->frame.held > 1) {
		html_raw(b, "<p>");
		frame_link(p->app, p->req, b, "held", NULL, "Decide about many at once");
		html_raw(b, "</p>\n");
	}
	if (p->req->role == ROLE_OWNER && p->frame.queued + p->frame.held > 0) {
		html_raw(b, "<p class=\"small\">");
		frame_link(p->app, p->req, b, "messages?ask=cancel-all", NULL,
		    "Cancel everything that waits");
		html_raw(b, "</p>\n");
	}
	frame_refresh_note(p->app, p->req, b, page.refresh, messages_here(p));
	page_end(res);
}

/* ---- the conversation ------------------------------------------------------------------------ */

/* Who or what opted them out, and what would undo it. */
static void
opted_out(const struct messages_page *p, struct buf *b)
{
	const char *cause = p->person.opt_out_cause;
	bool by_us = cause && strcmp(cause, "person") == 0;
	bool by_carrier = cause && strcmp(cause, "code") == 0;

	html_raw(b, "<p><b>Opted out.</b> ");
	html_raw(b, by_us	 ? "Somebody here opted this person out "
		    : by_carrier ? "The carrier reported that this person asked for no more texts, "
				 : "This person asked to stop ");
	page_time(b, p->person.opt_out_at, p->frame.now);
	if (p->person.opt_out_detail) {
		html_raw(b, " (<span dir=\"auto\">");
		html_text(b, p->person.opt_out_detail);
		html_raw(b, "</span>)");
	}
	html_raw(b, by_us || by_carrier
			? ". Nothing is sent to this number.</p>"
			: ". Nothing is sent to this number until they write START.</p>");
}

/* Only the wish is known. */
static void
forgotten(const struct messages_page *p, struct buf *b)
{
	const char *cause = p->person.opt_out_cause;

	html_raw(b, "<p><b>Forgotten.</b> This person asked to be forgotten. Nothing is sent to "
		    "this number");
	html_raw(b, cause && strcmp(cause, "word") == 0 ? " until they write START. " : ". ");
	if (p->goes) {
		html_raw(b, "What is still here is being removed: ");
		frame_link(p->app, p->req, b,
		    arena_fmt(p->req->arena, "jobs/%s", p->forget.id), NULL, "see how far it is");
		html_raw(b, ".");
	}
	html_raw(b, "</p>");
}

static void
person_note(const struct messages_page *p, struct buf *b)
{
	if (!p->person_known || (!p->person.opted_out && !p->person.held))
		return;
	part_note_begin(b, TONE_LOOK, NULL);
	if (p->person.forgotten) {
		forgotten(p, b);
	} else if (p->person.opted_out) {
		opted_out(p, b);
	} else if (p->person.unsure) {
		html_raw(b,
		    "<p><b>Held.</b> It can't be found out whether this person asked to be "
		    "forgotten, so texts to them wait.</p>");
	} else {
		html_raw(b,
		    "<p><b>Held.</b> This person may have asked to stop, so texts to them wait. ");
		frame_link(p->app, p->req, b, "look", NULL, "Decide what to do");
		html_raw(b, "</p>");
	}
	part_note_end(b);
}

static void
show_talk(struct messages_page *p, struct response *res)
{
	char shown[PHONE_MAX];
	struct page page = {
	    .title = arena_fmt(p->req->arena, "Texts with %s", phone_display(p->contact, shown)),
	    .active = "messages",
	    .typing = true,
	};
	struct buf *b = &res->body;

	page.refresh = refresh(p);
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, "<p class=\"small\">");
	frame_link(p->app, p->req, b, "messages", NULL, "All messages");
	html_raw(b, "</p>\n<h1>");
	part_phone(b, p->contact);
	html_raw(b, "</h1>\n");
	part_copy(b, "number", "Number", NULL, p->contact);
	person_note(p, b);
	messages_older(p, b);
	messages_talk(p, b);
	messages_newer(p, b);
	if (p->req->role == ROLE_OWNER && !p->person.opted_out) {
		html_raw(b, "<div class=\"card\">");
		messages_form(p, b, true);
		html_raw(b, "</div>\n");
	}
	if (p->req->role == ROLE_OWNER && !p->goes)
		message_forget_link(p->app, p->req, b, p->contact);
	page_end(res);
}

void
handle_messages_page(const struct app *app, struct request *req, struct response *res)
{
	struct messages_page p = {.app = app, .req = req};
	const char *ask = form_get(&req->query, "ask");

	if (ask && strcmp(ask, "cancel-all") == 0) {
		pause_ask(app, req, res);
		return;
	}
	if (form_get(&req->query, "new") && req->role == ROLE_OWNER) {
		p.to = form_get(&req->query, "to");
		messages_new(&p, res);
		return;
	}
	read_query(&p);
	if (!frame_read(app, req, res, &p.frame, read_messages, &p))
		return;
	if (p.contact)
		show_talk(&p, res);
	else
		show_list(&p, res);
}
