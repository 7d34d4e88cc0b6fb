/*
 * settings_setup.c: how setting up at Bandwidth goes, on the settings page: its steps while it
 * runs, what went wrong and what to do, and the questions it asks back.
 */
#include <string.h>

#include "base/arena.h"
#include "handlers/job_part.h"
#include "handlers/settings_page.h"
#include "http/parts.h"
#include "texting/provision.h"

static bool
is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

static bool
same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

bool
settings_setting_up(const struct settings_page *p)
{
	return job_under_way(&p->frame.view.provision, p->frame.now);
}

bool
settings_confirmed(const struct organization *org, enum config_field field)
{
	switch (field) {
	case CONFIG_SITE_ID:
		return same(org->site_id, org->site_confirmed);
	case CONFIG_SIP_PEER_ID:
		return same(org->sip_peer_id, org->sip_peer_confirmed);
	case CONFIG_APPLICATION_ID:
		return same(org->application_id, org->application_confirmed);
	default:
		return false;
	}
}

/* All three were confirmed, and nothing failed since. */
static bool
complete(const struct settings_page *p)
{
	const struct organization *org = &p->frame.view.org;

	return settings_confirmed(org, CONFIG_SITE_ID) &&
	       settings_confirmed(org, CONFIG_SIP_PEER_ID) &&
	       settings_confirmed(org, CONFIG_APPLICATION_ID) &&
	       !is(p->frame.view.provision.state, "failed");
}

/* ---- what can be done --------------------------------------------------------------- */

static void
begin_form(const struct settings_page *p, struct buf *b)
{
	frame_form(p->app, p->req, b, "settings");
	part_hidden(b, "section", "setup");
}

/* It would overwrite what may serve somebody else: the consequence stands beside the button. */
static void
write_question(const struct settings_page *p, struct buf *b, const struct provision_question *q)
{
	part_note_begin(b, TONE_LOOK, "question");
	html_raw(b, "<p><b>A question before it goes on.</b> ");
	html_text(b, provision_question_text(q, p->req->arena));
	html_raw(b, "</p>");
	if (p->req->role == ROLE_OWNER) {
		begin_form(p, b);
		part_hidden(b, "what", q->what);
		part_hidden(b, "value", q->value);
		html_raw(b, "<div class=\"acts\"><button type=\"submit\" class=\"danger\">");
		html_text(b, provision_question_yes(q));
		html_raw(b, "</button></div></form>");
	} else {
		html_raw(b, "<p>An owner of this organization can say yes.</p>");
	}
	part_note_end(b);
}

static void
write_button(const struct settings_page *p, struct buf *b)
{
	if (p->req->role != ROLE_OWNER || settings_setting_up(p))
		return;
	begin_form(p, b);
	html_raw(b,
	    "<div class=\"acts\"><button type=\"submit\">Set up at Bandwidth</button>\n"
	    "<p class=\"small\">Checks what is there and makes what is missing. Nothing is made "
	    "twice.</p></div></form>\n");
}

/* ---- how it stands -------------------------------------------------------------------- */

static void
write_complete(const struct settings_page *p, struct buf *b)
{
	part_note_begin(b, TONE_FINE, "setup");
	html_raw(b, "<p><b>Bandwidth is set up.</b> ");
	html_text(b, p->frame.view.provision.result ? p->frame.view.provision.result : "");
	html_raw(b, " <span class=\"soft\">");
	page_time(b, p->frame.view.provision.finished, p->frame.now);
	html_raw(b, "</span></p>");
	part_note_end(b);
	html_raw(b, "<details><summary>What was checked and made at Bandwidth</summary>\n");
	part_job_steps(b, &p->frame.view.provision, p->frame.now);
	write_button(p, b);
	html_raw(b, "</details>\n");
}

/* The last run: what it asks, or how it goes or went. */
static void
write_run(const struct settings_page *p, struct buf *b)
{
	const struct job *job = &p->frame.view.provision;
	struct provision_question q;

	provision_question(job, p->req->arena, &q);
	if (q.what) {
		write_question(p, b, &q);
		part_job_steps(b, job, p->frame.now);
		return;
	}
	part_job(b, "setup-state",
	    settings_setting_up(p)     ? "Under way"
	    : is(job->state, "failed") ? "Not finished"
	    : is(job->state, "done")   ? "Finished"
				       : "Waiting",
	    job, p->frame.now);
}

void
settings_setup(const struct settings_page *p, struct buf *b)
{
	const struct config_view *v = &p->frame.view;
	const unsigned entered = MISSING_ACCOUNT | MISSING_USER | MISSING_PASSWORD;

	if (!v->provision.id && (v->missing & entered))
		return; /* SAVE CREDENTIALS begins it */
	if (complete(p) && !settings_setting_up(p)) {
		write_complete(p, b);
		return;
	}
	html_raw(b, "<section class=\"card\" id=\"setup\" aria-labelledby=\"setup-head\">\n"
		    "<h2 id=\"setup-head\">Setting up at Bandwidth</h2>\n");
	if (v->provision.id)
		write_run(p, b);
	else
		html_raw(b, "<p>Nothing has been checked or made there yet.</p>\n");
	write_button(p, b);
	html_raw(b, "</section>\n");
}

/* ---- asked for --------------------------------------------------------------------------- */

enum result
settings_setup_ask(const struct app *app, const struct request *req)
{
	const struct provision_question yes = {
	    form_get(&req->form, "what"), form_get(&req->form, "value")};
	char job[PROVISION_JOB_ID];

	return provision_ask(
	    app, req->org, yes.what ? &yes : NULL, req->session->email, req->client, job);
}
