/*
 * check.c: GET and POST /admin/{org}/check: "Check my setup", a repair of the application at
 * Bandwidth, and a test text.
 *
 * An ADMIN sees, an OWNER asks.  Nothing here talks to anybody: jobs are queued, and what they
 * have found is shown (texting/setup.h).
 */
#include <string.h>

#include "base/arena.h"
#include "handlers/check_page.h"
#include "handlers/job_part.h"
#include "handlers/send_one.h"
#include "http/parts.h"
#include "texting/provision.h"

/* ---- showing ---------------------------------------------------------------------------- */

static enum result
read_page(struct tx *tx, void *arg)
{
	struct check_page *p = arg;
	uint32_t org = p->req->org;
	struct arena *a = p->req->arena;
	enum result r = setup_read(p->app, tx, org, a, &p->setup);

	if (r == OK)
		r = jobs_last(tx, org, REPAIR_JOB, a, &p->repair);
	if (r == NOT_FOUND) {
		p->repair.id = NULL;
		r = OK;
	}
	if (r != OK)
		return r;
	r = trial_read(tx, org, a, &p->trial);
	p->has_trial = r == OK;
	return r == NOT_FOUND ? OK : r;
}

/* Something is under way that another look would show. */
static bool
moves(const struct check_page *p)
{
	int64_t now = p->frame.now;

	return job_under_way(&p->setup.job, now) || job_under_way(&p->repair, now) ||
	       (p->has_trial && !trial_settled(&p->trial, now));
}

static void
show(struct check_page *p, struct response *res)
{
	struct page page = {.title = "Check my setup", .active = "check"};
	struct buf *b = &res->body;

	if (!frame_read(p->app, p->req, res, &p->frame, read_page, p))
		return;
	if (p->fault)
		res->status = 422;
	else if (moves(p))
		page.refresh = frame_refresh(p->req, JOB_REFRESH);
	/* Right after something was asked for nobody is typing: then without the script too. */
	page.typing = !form_get(&p->req->query, "asked");
	p->base_fault = provision_base_fault(p->app->settings);
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, "<h1>Check my setup</h1>\n");
	check_summary(p, b);
	if (p->repair.id && (!job_over(&p->repair) || p->repair.finished > p->setup.job.created))
		part_job(b, "repair", "Repairing the application at Bandwidth", &p->repair,
		    p->frame.now);
	check_steps(p, b);
	check_trial(p, b);
	if (page.refresh)
		frame_refresh_note(
		    p->app, p->req, b, page.refresh, page.typing ? "check" : "check?asked=1");
	page_end(res);
}

/* Whoever else uses this application loses it: asked on a page of its own. */
static void
ask_repair(struct check_page *p, struct response *res)
{
	struct page page = {.title = "Repair the application?", .active = "check"};
	const struct setup_facts *f = &p->setup.facts;
	struct buf *b = &res->body;

	if (!frame_read(p->app, p->req, res, &p->frame, read_page, p))
		return;
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, "<h1>Repair the application?</h1>\n<p class=\"lead\">The application ");
	html_text(b, p->frame.view.org.application_id);
	html_raw(b,
	    " at Bandwidth gets today's callback URL, user ID and password of this organization. "
	    "Replies and delivery reports then come here");
	if (f->in_url && strcmp(f->in_url, p->frame.view.callback_url) != 0) {
		html_raw(b, ", and no longer to <span dir=\"auto\">");
		html_text(b, f->in_url);
		html_raw(b, "</span>");
	}
	html_raw(b, ". Nothing else is changed.</p>\n<div class=\"card\"><div class=\"acts\">");
	frame_button(
	    p->app, p->req, b, "check", "do", "repair", "primary", "Repair the application");
	frame_link(p->app, p->req, b, "check", "button", "Leave it");
	html_raw(b, "</div></div>\n");
	page_end(res);
}

void
handle_check(const struct app *app, struct request *req, struct response *res)
{
	struct check_page p = {.app = app, .req = req};
	const char *ask = form_get(&req->query, "ask");

	if (ask && strcmp(ask, "repair") == 0 && req->role == ROLE_OWNER)
		ask_repair(&p, res);
	else
		show(&p, res);
}

/* ---- asking ------------------------------------------------------------------------------- */

static void
asked(const struct check_page *p, struct response *res, const char *part)
{
	res->wake = true;
	response_redirect(res, p->app->settings->base_url.text,
	    arena_fmt(p->req->arena, "%s?asked=1%s", frame_route(p->req, "check"), part));
}

static enum result
queue_check(struct tx *tx, void *arg)
{
	const struct check_page *p = arg;
	const char *job = NULL;

	return setup_ask(tx, p->req->org, p->req->session->email, &job);
}

static void
repair(struct check_page *p, struct response *res)
{
	char job[PROVISION_JOB_ID];
	enum result r =
	    repair_ask(p->app, p->req->org, p->req->session->email, p->req->client, job);

	if (r == OK)
		asked(p, res, "");
	else
		frame_error(p->req, res, r);
}

static enum result
note_trial(struct tx *tx, const struct send_one *s)
{
	return trial_note(tx, s->req->org, s->id);
}

static void
send_trial(struct check_page *p, struct response *res)
{
	struct send_one s = {.app = p->app, .req = p->req, .also = note_trial};
	const char *to = form_get(&p->req->form, "to");
	enum result r;

	if (!frame_read(p->app, p->req, res, &p->frame, NULL, NULL))
		return;
	p->to = to ? to : "";
	trial_submission(&s.submission, p->req->arena, &p->frame.view.org, p->req->session->email);
	s.submission.to = text_list_add(p->req->arena, s.submission.to, p->to);
	r = send_one(&s, res);
	if (r == OK) {
		asked(p, res, "#trial");
	} else if (r == REFUSED) {
		p->fault = s.fault.message ? s.fault.message : "This can't be sent.";
		show(p, res);
	}
}

void
handle_check_action(const struct app *app, struct request *req, struct response *res)
{
	struct check_page p = {.app = app, .req = req};
	const char *what = form_get(&req->form, "do");

	if (what && strcmp(what, "check") == 0) {
		if (frame_change(app, req, res, queue_check, &p) == OK)
			asked(&p, res, "");
	} else if (what && strcmp(what, "repair") == 0) {
		repair(&p, res);
	} else if (what && strcmp(what, "text") == 0) {
		send_trial(&p, res);
	} else {
		response_error(req, res, 400, "unknown_action",
		    "This form asked for something that does not exist here.", "do");
	}
}
