/*
 * held.c: GET and POST /admin/{org}/held: what is held, reason by reason, and one decision about
 * all of a reason, asked on a page of its own (ask=send|give-up) and carried out by the worker.
 *
 * Texts that were waiting when the data was copied may have been sent by the installation that
 * it was copied from.  So whoever sends them says that it was stopped before, and enters the
 * password.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/parse.h"
#include "handlers/confirm.h"
#include "handlers/job_part.h"
#include "handlers/message_parts.h"
#include "http/parts.h"
#include "store/store.h"
#include "texting/held.h"

#define JOB_SHOWN CLOCK_DAY /* how long the last decision's end stands on the page */

struct held_page {
	const struct app *app;
	struct request *req;
	struct frame frame;
	struct held_survey survey;
	struct job job; /* the last decision; id NULL: none */

	/* The question. */
	const struct held_kind *kind;
	enum outbox_decision decision;
	const char *fault, *own_fault;
};

static enum result
read_held(struct tx *tx, void *arg)
{
	struct held_page *p = arg;
	enum result r = jobs_last(tx, p->req->org, HELD_JOB, p->req->arena, &p->job);

	if (r == NOT_FOUND)
		p->job.id = NULL;
	else if (r != OK)
		return r;
	return held_survey(tx, p->req->org, p->req->arena, &p->survey);
}

/* ---- what is held --------------------------------------------------------------------- */

static const struct held_group *
group_of(const struct held_page *p, const struct held_kind *kind)
{
	for (size_t i = 0; i < HELD_KINDS; i++)
		if (p->survey.groups[i].kind == kind)
			return &p->survey.groups[i];
	return &p->survey.groups[HELD_KINDS];
}

/* "all 12", "all of them" (more than were counted), "this one" */
static const char *
all_of(const struct held_page *p, const struct held_group *g)
{
	if (p->survey.more)
		return "all of them";
	return g->count == 1 ? "this one" : arena_fmt(p->req->arena, "all %zu", g->count);
}

static void
write_first(const struct held_page *p, struct buf *b, const struct held_group *g)
{
	html_raw(b, "<ol class=\"card list\">\n");
	for (size_t i = 0; i < g->shown; i++) {
		const struct message *m = &g->first[i];

		html_raw(b, "<li><div class=\"row\">\n<p class=\"from\">");
		message_party(p->app, p->req, b, m);
		html_raw(b, "</p>\n<p class=\"when\"><a");
		html_url_attr(b, "href", frame_path(p->app, p->req, message_route(p->req, m->id)));
		html_raw(b, ">");
		page_time(b, m->created, p->frame.now);
		html_raw(b, "</a></p>\n");
		message_words(b, m, "words");
		html_raw(b, "</div></li>\n");
	}
	html_raw(b, "</ol>\n");
}

static void
write_since(const struct held_page *p, struct buf *b, const struct held_group *g)
{
	bool range = !p->survey.more && g->newest - g->oldest > CLOCK_HOUR;

	html_raw(b, "<p class=\"soft\">");
	html_raw(b, g->count == 1	      ? "It was queued "
		    : range || p->survey.more ? "The oldest was queued "
					      : "They were queued ");
	page_time(b, g->oldest, p->frame.now);
	if (range) {
		html_raw(b, ", the newest ");
		page_time(b, g->newest, p->frame.now);
	}
	html_raw(b, g->count > g->shown ? ". These are the first:</p>\n" : ".</p>\n");
}

/* What a decision means for people, in a sentence. */
static const char *
consequence(const struct held_group *g, enum outbox_decision decision)
{
	bool copied = strcmp(g->kind->why, "copied") == 0, one = g->count == 1;

	if (decision == DECIDE_SEND)
		return one ? "Only if the old installation was stopped before the copy was made: "
			     "otherwise this person gets the text twice."
			   : "Only if the old installation was stopped before the copy was made: "
			     "otherwise people get these texts twice.";
	if (copied)
		return "Nothing is sent from here. Whom the old installation did not text gets "
		       "nothing.";
	return one ? "It is never sent." : "They are never sent.";
}

static void
write_choice(const struct held_page *p, struct buf *b, const struct held_group *g,
    enum outbox_decision decision)
{
	bool send = decision == DECIDE_SEND;

	html_raw(b, "<div class=\"acts\">");
	frame_link(p->app, p->req, b,
	    arena_fmt(p->req->arena, "held?ask=%s&why=%s", send ? "send" : "give-up", g->kind->why),
	    send ? "button" : "button danger",
	    arena_fmt(p->req->arena, "%s %s", send ? "Send" : "Give up", all_of(p, g)));
	html_raw(b, "<p class=\"small\">");
	html_text(b, consequence(g, decision));
	html_raw(b, "</p></div>\n");
}

static void
write_group(const struct held_page *p, struct buf *b, const struct held_group *g)
{
	const char *name = g->kind != NULL ? g->kind->why : "others";

	html_raw(b, "<section class=\"group\"");
	html_attr(b, "id", name);
	html_raw(b, ">\n<h2>");
	html_text(b, g->kind != NULL ? g->kind->title : "For another reason");
	html_raw(b, ": ");
	html_text(b, held_count(&p->survey, g, p->req->arena));
	html_raw(b, "</h2>\n<p>");
	html_text(b, g->kind != NULL ? g->kind->sentence : "Decide about each by itself.");
	html_raw(b, "</p>\n");
	write_since(p, b, g);
	write_first(p, b, g);
	/* One decision at a time. */
	if (p->req->role == ROLE_OWNER && g->kind != NULL &&
	    (p->job.id == NULL || job_over(&p->job))) {
		if (g->kind->may_send)
			write_choice(p, b, g, DECIDE_SEND);
		write_choice(p, b, g, DECIDE_GIVE_UP);
	}
	html_raw(b, "</section>\n");
}

/* ---- the page ------------------------------------------------------------------------------- */

static void
write_job(const struct held_page *p, struct buf *b)
{
	struct held_work work;
	bool send;

	if (p->job.id == NULL || (job_over(&p->job) && p->frame.now - p->job.finished > JOB_SHOWN))
		return;
	held_work_read(&p->job, p->req->arena, &work);
	send = work.decision != NULL && strcmp(work.decision, "send") == 0;
	part_job(b, "decision", send ? "Sending held texts" : "Giving up held texts", &p->job,
	    p->frame.now);
}

static void
write_groups(const struct held_page *p, struct buf *b)
{
	if (p->survey.looked == 0) {
		html_raw(b, "<div class=\"card empty\">");
		part_icon(b, ICON_FINE);
		html_raw(b,
		    "<h2>Nothing is held</h2>\n<p class=\"soft\">What will appear here: texts "
		    "that were not sent and wait for somebody to decide, by what they are "
		    "held for.</p></div>\n");
		return;
	}
	html_raw(b,
	    "<p class=\"lead\">These texts were not sent and wait for you. Decide about all "
	    "that are held for the same reason, or ");
	frame_link(p->app, p->req, b, "messages?state=held", NULL, "about each by itself");
	html_raw(b, ".</p>\n");
	if (p->survey.more)
		html_raw(b, "<p class=\"soft\">More than 1,000 are held; what is counted here are "
			    "the oldest 1,000. A decision is about all of them.</p>\n");
	for (size_t i = 0; i <= HELD_KINDS; i++)
		if (p->survey.groups[i].count > 0)
			write_group(p, b, &p->survey.groups[i]);
}

static void
show(struct held_page *p, struct response *res)
{
	struct page page = {.title = "Held texts", .active = "look"};
	struct buf *b = &res->body;

	if (p->job.id != NULL && job_under_way(&p->job, p->frame.now))
		page.refresh = frame_refresh(p->req, JOB_REFRESH);
	if (p->fault) {
		res->status = 409;
		page.banner = BANNER_LOOK;
		page.banner_text = p->fault;
	}
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, "<h1>Held texts</h1>\n");
	write_job(p, b);
	write_groups(p, b);
	frame_refresh_note(p->app, p->req, b, page.refresh, "held");
	page_end(res);
}

/* ---- the question ----------------------------------------------------------------------------- */

static void
write_form(const struct held_page *p, struct buf *b, const struct held_group *g)
{
	bool send = p->decision == DECIDE_SEND;

	html_raw(b, "<div class=\"card\">");
	frame_form(p->app, p->req, b, "held");
	part_hidden(b, "why", p->kind->why);
	part_hidden(b, "upto", arena_fmt(p->req->arena, "%lld", (long long)p->survey.upto));
	if (send)
		part_check(b, "stopped",
		    "The old installation was stopped before the copy was made",
		    "If it was still sending then, people get these texts twice.",
		    form_get(&p->req->form, "stopped") != NULL);
	confirm_field(p->req, b, p->frame.now, p->own_fault);
	html_raw(
	    b, send ? "<p>Each has 12 more hours to go out. Who opted out gets nothing; texts to "
		      "people who may have asked to stop stay held.</p>\n"
		    : "<p><b>This can't be undone.</b></p>\n");
	html_raw(b, "<div class=\"acts\"><button type=\"submit\" class=\"primary danger\" "
		    "name=\"do\"");
	html_attr(b, "value", send ? "send" : "give-up");
	html_raw(b, send ? ">Send " : ">Give up ");
	html_text(b, all_of(p, g));
	html_raw(b, "</button>\n");
	frame_link(p->app, p->req, b, "held", "button", "Leave them held");
	html_raw(b, "</div></form></div>\n");
}

static void
show_question(struct held_page *p, struct response *res)
{
	const struct held_group *g = group_of(p, p->kind);
	const char *title = arena_fmt(
	    p->req->arena, "%s %s?", p->decision == DECIDE_SEND ? "Send" : "Give up", all_of(p, g));
	struct page page = {.title = title, .active = "look", .typing = true};
	struct buf *b = &res->body;

	if (p->fault || p->own_fault)
		res->status = 422;
	if (p->fault) {
		page.banner = BANNER_LOOK;
		page.banner_text = p->fault;
	}
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, "<h1>");
	html_text(b, title);
	html_raw(b, "</h1>\n<p class=\"lead\">");
	html_text(b, p->kind->title);
	html_raw(b, ": ");
	html_text(b, held_count(&p->survey, g, p->req->arena));
	html_raw(b, ". ");
	html_text(b, consequence(g, p->decision));
	html_raw(b, "</p>\n");
	write_since(p, b, g);
	write_first(p, b, g);
	write_form(p, b, g);
	page_end(res);
}

/* Which decision is asked about; false: none that there is. */
static bool
read_decision(struct held_page *p, const char *what, const char *why)
{
	p->kind = held_kind(why);
	p->decision = what && strcmp(what, "send") == 0 ? DECIDE_SEND : DECIDE_GIVE_UP;
	return p->kind != NULL && what != NULL &&
	       (p->decision == DECIDE_SEND ? p->kind->may_send : strcmp(what, "give-up") == 0);
}

void
handle_held(const struct app *app, struct request *req, struct response *res)
{
	struct held_page p = {.app = app, .req = req};
	bool asked = req->role == ROLE_OWNER &&
		     read_decision(&p, form_get(&req->query, "ask"), form_get(&req->query, "why"));

	if (!frame_read(app, req, res, &p.frame, read_held, &p))
		return;
	/* Nothing left: somebody else was faster. */
	if (asked && group_of(&p, p.kind)->count > 0)
		show_question(&p, res);
	else
		show(&p, res);
}

/* ---- deciding ------------------------------------------------------------------------------------ */

/* The question again, with what is missing. */
static void
ask_again(struct held_page *p, struct response *res)
{
	if (frame_read(p->app, p->req, res, &p->frame, read_held, p))
		show_question(p, res);
}

/* It can't be done now, whatever is entered. */
static void
refused(struct held_page *p, struct response *res)
{
	if (frame_read(p->app, p->req, res, &p->frame, read_held, p))
		show(p, res);
}

void
handle_held_action(const struct app *app, struct request *req, struct response *res)
{
	const char *upto = form_get(&req->form, "upto"), *stopped = form_get(&req->form, "stopped");
	struct held_page p = {.app = app, .req = req};
	char job[MESSAGE_ID];
	int64_t seq = 0;
	enum result result;

	if (!read_decision(&p, form_get(&req->form, "do"), form_get(&req->form, "why")) || !upto ||
	    parse_i64(upto, strlen(upto), 0, INT64_MAX, &seq) != 0) {
		response_error(req, res, 400, "unknown_action",
		    "This form asked for something that does not exist here.", "do");
		return;
	}
	if (p.decision == DECIDE_SEND && (!stopped || !*stopped)) {
		p.fault =
		    "Tick that the old installation was stopped before the copy was made. If it "
		    "was not, give these texts up, or decide about each by itself.";
		ask_again(&p, res);
		return;
	}
	result = confirm_person(app, req, &p.own_fault);
	if (result == REFUSED) {
		ask_again(&p, res);
		return;
	}
	if (result == OK)
		result = held_ask(app, req->org, p.kind->why, p.decision, seq, req->session->email,
		    req->client, job, &p.fault);
	if (result == REFUSED) {
		refused(&p, res);
	} else if (result != OK) {
		frame_error(req, res, result);
	} else {
		res->wake = true;
		frame_back(app, req, res, "held", "held");
	}
}
