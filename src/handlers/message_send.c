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
#include "base/crypto.h"
#include "handlers/messages_page.h"
#include "http/parts.h"
#include "store/audit.h"
#include "store/idempotency.h"
#include "texting/submit.h"

#define ONCE_BYTES 16
#define ONCE_TOKEN "page" /* stands where an API call has its token */
#define ONCE_MAX 64

/* ---- the form --------------------------------------------------------------------------- */

static void
write_once(struct buf *b)
{
	unsigned char random[ONCE_BYTES];
	char text[2 * ONCE_BYTES + 1];

	crypto_random(random, sizeof(random));
	hex_text(random, sizeof(random), text);
	part_hidden(b, "once", text);
}

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
	write_once(b);
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

struct sending {
	const struct app *app;
	struct request *req;
	struct submission submission;
	struct submit_fault fault;
	const char *once; /* key of this form and what was written in it; NULL: not from our form */
	unsigned char body[SHA256_BYTES];
	const char *id; /* of the message */
	const char *state;
};

/* What the first press made; the answer kept for it is the message's id. */
static enum result
first_answer(struct tx *tx, struct sending *s)
{
	int status = 0;
	const char *answer = NULL;
	enum result result = idempotency_get(
	    tx, s->req->org, ONCE_TOKEN, s->once, s->body, s->req->arena, &status, &answer);

	if (result == OK && answer && strlen(answer) == MESSAGE_ID + 1 && answer[0] == '"')
		s->id = arena_dup(s->req->arena, answer + 1, MESSAGE_ID - 1);
	return result;
}

static enum result
note_sent(struct tx *tx, const struct sending *s)
{
	const struct audit entry = {
	    .org = s->req->org,
	    .time = tx_now(tx),
	    .who = s->req->session->email,
	    .from = s->req->client,
	    .what = "send",
	    .detail = s->id,
	};

	return audit_add(tx, &entry);
}

static enum result
queue(struct tx *tx, void *arg)
{
	struct sending *s = arg;
	struct message *messages = NULL;
	enum result result = NOT_FOUND;
	size_t count = 0;

	s->id = NULL;
	if (s->once)
		result = first_answer(tx, s);
	if (result != NOT_FOUND)
		return result;
	result =
	    submit_queue(s->app, tx, &s->submission, s->req->arena, &messages, &count, &s->fault);
	if (result != OK)
		return result;
	s->id = messages[0].id;
	s->state = messages[0].state;
	if (s->once)
		result = idempotency_put(tx, s->req->org, ONCE_TOKEN, s->once, s->body, 303,
		    arena_fmt(s->req->arena, "\"%s\"", s->id));
	return result == OK ? note_sent(tx, s) : result;
}

/* The form's word and what was written: going back and writing something else is another text. */
static void
set_once(struct sending *s, const char *to, const char *text)
{
	const char *once = form_get(&s->req->form, "once");
	char hex[SHA256_HEX];
	const char *all;

	if (!once || !*once || strlen(once) > ONCE_MAX)
		return;
	all = arena_fmt(s->req->arena, "%s\n%s\n%s", once, to, text);
	crypto_sha256(all, strlen(all), s->body);
	hex_text(s->body, sizeof(s->body), hex);
	s->once = arena_str(s->req->arena, hex);
}

static void
refuse(const struct sending *s, struct response *res)
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
	struct sending s = {.app = app, .req = req};
	enum result result;

	to = to ? to : "";
	text = text ? text : "";
	s.submission.org = req->org;
	s.submission.to = text_list_add(req->arena, s.submission.to, to);
	s.submission.text = text;
	s.submission.by = req->session->email;
	set_once(&s, to, text);
	if (submit_check(&s.submission, req->arena, &s.fault) != 0) {
		refuse(&s, res);
		return;
	}
	result = frame_change(app, req, res, queue, &s);
	if (result == REFUSED) {
		refuse(&s, res);
	} else if (result == OK && s.id) {
		bool queued = s.state && strcmp(s.state, "queued") == 0;

		res->wake = true;
		response_redirect(res, app->settings->base_url.text,
		    arena_fmt(req->arena, "%s%s", frame_route(req, message_route(req, s.id)),
			queued ? "?done=queued" : ""));
	} else if (result == OK) {
		frame_error(req, res, DAMAGED);
	}
}
