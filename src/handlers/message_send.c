/*
 * message_send.c: one text, written by a person on a page: the form, and POST
 * /admin/{org}/messages.
 *
 * It queues by the same rules as the API (texting/submit.h).  The form carries a word of its own
 * ("once"), so
 * that pressing twice, or reloading, sends one text.
 */
#include <string.h>

#include "base/arena.h"
#include "handlers/messages_page.h"
#include "handlers/send_one.h"
#include "http/parts.h"

/* ---- the form --------------------------------------------------------------------------- */

void
messages_form(const struct messages_page *p, struct buf *b, bool reply)
{
	const struct part_field to = {
	    .name = "to",
	    .label = "To",
	    .help =
		"A phone number, as you would write it: (919) 555-0123. Numbers outside North America "
		"with their plus sign.",
	    .value = p->to,
	    .fault = p->to_fault,
	    .type = "tel",
	    .inputmode = "tel",
	    .autocomplete = "off",
	    .required = true,
	};
	const struct part_field text = {
	    .name = "text",
	    .label = reply ? "Your answer" : "Text",
	    .value = p->text,
	    .fault = p->text_fault,
	    .type = "textarea",
	    .autocomplete = "off",
	    .spelling = true,
	    .required = true,
	    .counted = "text-count",
	};

	frame_form(p->app, p->req, b, "messages");
	send_one_word(b);
	if (reply)
		part_hidden(b, "to", p->contact);
	else
		part_field(b, &to);
	part_field(b, &text);
	html_raw(b,
	    "<div class=\"acts\"><button type=\"submit\" class=\"primary\">Send text</button>\n");
	if (p->frame.view.org.paused)
		html_raw(b,
		    "<p class=\"small\">Sending is paused: it is queued and goes out when sending is resumed.</p>\n");
	html_raw(b, "</div></form>\n");
}

/* The page "New text", also with what was wrong. */
void
messages_new(struct messages_page *p, struct response *res)
{
	bool faults = p->to_fault || p->text_fault;
	struct page page = {.title = "New text", .active = "messages", .typing = true};
	const struct part_fault list[] = {
	    {"to", "To", p->to_fault},
	    {"text", "Text", p->text_fault},
	};
	struct buf *b = &res->body;

	if (!frame_read(p->app, p->req, res, &p->frame, NULL, NULL))
		return;
	if (faults)
		res->status = 422;
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, faults ? "<h1>New text: not sent</h1>\n" : "<h1>New text</h1>\n");
	part_summary(b, p->to_fault ? list : list + 1,
	    (size_t)(p->to_fault != NULL) + (size_t)(p->text_fault != NULL));
	html_raw(b, "<div class=\"card\">");
	messages_form(p, b, false);
	html_raw(b, "</div>\n<p>");
	frame_link(p->app, p->req, b, "messages", NULL, "Back to the messages");
	html_raw(b, "</p>\n");
	page_end(res);
}

/* ---- sending ------------------------------------------------------------------------------- */

static void
refuse(const struct send_one *s, struct response *res)
{
	struct messages_page page = {
	    .app = s->app,
	    .req = s->req,
	    .to = form_get(&s->req->form, "to"),
	    .text = form_get(&s->req->form, "text"),
	};

	if (s->fault.field && strcmp(s->fault.field, "to") == 0)
		page.to_fault = s->fault.message;
	else
		page.text_fault = s->fault.message ? s->fault.message : "This can't be sent.";
	messages_new(&page, res);
}

void
handle_messages_send(const struct app *app, struct request *req, struct response *res)
{
	const char *to = form_get(&req->form, "to");
	const char *text = form_get(&req->form, "text");
	struct send_one s = {.app = app, .req = req};
	enum result result;

	to = to ? to : "";
	s.submission.org = req->org;
	s.submission.to = text_list_add(req->arena, s.submission.to, to);
	s.submission.text = text ? text : "";
	s.submission.by = req->session->email;
	result = send_one(&s, res);
	if (result == REFUSED) {
		refuse(&s, res);
	} else if (result == OK) {
		bool queued = s.state && strcmp(s.state, "queued") == 0;

		response_redirect(res, app->settings->base_url.text,
		    arena_fmt(req->arena, "%s%s", frame_route(req, message_route(req, s.id)),
			queued ? "?done=queued" : ""));
	}
}
