/*
 * forget.c: GET and POST /admin/{org}/forget: the page that asks before a person is forgotten, and
 * says what goes, what stays and what is not reached; then the job's page (job_page.c) shows how it
 * goes.
 *
 * It can't be undone, so it asks for the password.  The number is in the address only where the
 * conversation has it there too.
 */
#include "handlers/forget_page.h"

#include <string.h>

#include "base/arena.h"
#include "base/phone.h"
#include "handlers/message_parts.h"
#include "handlers/numbers_page.h"
#include "handlers/confirm.h"
#include "http/parts.h"
#include "store/contacts.h"
#include "texting/forget.h"

struct forget_page {
	const struct app *app;
	struct request *req;
	struct frame frame;
	const char *entered; /* as it was entered */
	const char *number;  /* E.164 or a short code; NULL: still to be entered */
	struct contact person;
	const char *number_fault, *own_fault;
	const char *fault;
};

static void
take_number(struct forget_page *p, const char *entered)
{
	char number[PHONE_MAX];
	const char *why;

	p->entered = entered;
	if (!entered || !*entered)
		return;
	if (phone_is_short_code(entered))
		p->number = entered;
	else if (phone_normalize(entered, number, &why) == 0)
		p->number = arena_str(p->req->arena, number);
	else
		p->number_fault = why;
}

static enum result
read_person(struct tx *tx, void *arg)
{
	struct forget_page *p = arg;
	enum result result =
	    contacts_get(tx, p->req->org, p->number, false, p->req->arena, &p->person);

	return result == NOT_FOUND || result == DAMAGED ? OK : result;
}

/* ---- what would follow ------------------------------------------------------------ */

/* Who may take the opt-out back, by its cause. */
static const char *
undone_by(const struct forget_page *p)
{
	const char *cause = p->person.opted_out ? p->person.opt_out_cause : NULL;

	if (cause && strcmp(cause, "word") == 0)
		return "They wrote that they want no more texts; a START from them takes that back.";
	if (cause && strcmp(cause, "code") == 0)
		return "Their carrier reported that they want no more texts; only they can take that "
		       "back, with their carrier.";
	return "A START from them does not take that back. Whoever runs this installation can, if "
	       "they ask for it: <code>spokectl optout remove</code>.";
}

static void
write_words(const struct forget_page *p, struct buf *b)
{
	html_raw(b,
	    "<h2>What goes</h2>\n<ul>\n"
	    "<li>Every text between them and you, with its pictures and files.</li>\n"
	    "<li>What Bandwidth sent about them, as it was received, and what could not be "
	    "understood and names the number.</li>\n"
	    "<li>That they are a contact: by which of your numbers they know you, their carrier, "
	    "and all else.</li>\n"
	    "<li>The number in group texts, in answers to your own program, and in the record of "
	    "who did what: it shows as \"forgotten\" there, and the others' part stays.</li>\n"
	    "</ul>\n<h2>What stays</h2>\n<ul>\n<li><b>They are not texted again.</b> The number is "
	    "kept for that as a hash which nobody can read, and which this installation can "
	    "compare. ");
	html_raw(b, undone_by(p));
	html_raw(b,
	    "</li>\n<li>How many texts went out and came in: that names nobody.</li>\n"
	    "<li>What other people wrote of them in their own texts. You are told which these "
	    "are.</li>\n</ul>\n<h2>What this does not reach</h2>\n<ul>\n"
	    "<li>Backups made before. Whoever restores one brings them back, and has to do this "
	    "again.</li>\n"
	    "<li>Bandwidth's own records, and the web server's logs.</li>\n"
	    "<li>What your own program has copied through the messages API.</li>\n"
	    "<li>Parts of the database's files and logs that are free again, until they are used "
	    "for something else.</li>\n</ul>\n");
}

static void
write_number(const struct forget_page *p, struct buf *b)
{
	const struct part_field field = {
	    .name = "contact",
	    .label = "Their number",
	    .value = p->entered,
	    .fault = p->number_fault,
	    .type = "tel",
	    .inputmode = "tel",
	    .autocomplete = "off",
	};

	if (p->number)
		part_hidden(b, "contact", p->number);
	else
		part_field(b, &field);
}

static void
write_form(const struct forget_page *p, struct buf *b)
{
	html_raw(b, "<div class=\"card\">");
	frame_form(p->app, p->req, b, "forget");
	write_number(p, b);
	confirm_field(p->req, b, p->frame.now, p->own_fault);
	html_raw(b,
	    "<p><b>This can't be undone.</b> A text that is being sent right now, or of which we "
	    "don't know whether it was sent, is waited for.</p>\n<div class=\"acts\"><button "
	    "type=\"submit\" class=\"primary danger\">Forget this person</button>\n");
	frame_link(p->app, p->req, b, p->number ? contact_route(p->req, p->number) : "messages",
	    "button", "Keep them");
	html_raw(b, "</div></form></div>\n");
}

static void
show(struct forget_page *p, struct response *res)
{
	struct page page = {.title = "Forget this person?", .active = "messages", .typing = true};
	struct buf *b = &res->body;

	if (!frame_read(p->app, p->req, res, &p->frame, p->number ? read_person : NULL, p))
		return;
	if (p->fault || p->own_fault || p->number_fault)
		res->status = 422;
	if (p->fault) {
		page.banner = BANNER_LOOK;
		page.banner_text = p->fault;
	}
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, "<h1>Forget this person?</h1>\n<p class=\"lead\">For somebody who asks you to "
		    "remove what you know of them");
	if (p->number) {
		html_raw(b, ": ");
		part_phone(b, p->number);
	}
	html_raw(b, ".</p>\n");
	write_words(p, b);
	write_form(p, b);
	page_end(res);
}

void
handle_forget(const struct app *app, struct request *req, struct response *res)
{
	struct forget_page p = {.app = app, .req = req};

	take_number(&p, form_get(&req->query, "contact"));
	p.number_fault = NULL;
	show(&p, res);
}

void
handle_forget_action(const struct app *app, struct request *req, struct response *res)
{
	struct forget_page p = {.app = app, .req = req};
	struct forget_answer answer = {.why = ""};
	enum result result = REFUSED;

	take_number(&p, form_get(&req->form, "contact"));
	if (!p.number && !p.number_fault)
		p.number_fault = "Enter the number of the person to forget.";
	if (p.number)
		result = confirm_person(app, req, &p.own_fault);
	if (result == OK)
		result =
		    forget_ask(app, req->org, p.number, req->session->email, req->client, &answer);
	if (result == OK) {
		numbers_to_job(app, req, res, answer.job);
	} else if (result == REFUSED) {
		p.fault = *answer.why ? arena_str(req->arena, answer.why) : NULL;
		show(&p, res);
	} else {
		frame_error(req, res, result);
	}
}

/* ---- how it goes ------------------------------------------------------------------------ */

static void
write_mentioned(
    const struct app *app, const struct request *req, struct buf *b, const struct forget_job *d)
{
	html_raw(b, "<p>");
	part_count(b, d->mentions, "text of another person names", "texts of other people name");
	html_raw(b, " the number:");
	for (size_t i = 0; i < d->mentioned.count; i++) {
		html_raw(b, i == 0 ? " " : ", ");
		frame_link(app, req, b, message_route(req, d->mentioned.items[i]), NULL,
		    arena_fmt(req->arena, "text %zu", i + 1));
	}
	html_raw(b, (size_t)d->mentions > d->mentioned.count ? " and more.</p>\n" : ".</p>\n");
}

void
forget_job_part(
    const struct app *app, const struct request *req, struct buf *b, const struct job *job)
{
	struct forget_job d;
	json *detail = job_detail(job);

	forget_read(detail, req->arena, &d);
	json_free(detail);
	if (d.since + d.mentions == 0)
		return;
	html_raw(b, "<section class=\"card\"><h2>What stays</h2>\n");
	if (d.since > 0) {
		html_raw(b, "<p>They wrote again since: ");
		part_count(b, d.since, "text", "texts");
		html_raw(b, ".</p>\n");
	}
	if (d.mentions > 0)
		write_mentioned(app, req, b, &d);
	html_raw(b, "</section>\n");
}
