/*
 * data.c: GET and POST /admin/{org}/data: the installation's data: the last backup and a button
 * for another, and after a restore or a move the word that sending may go on.
 *
 * No data goes out through the web: a backup is written where BACKUP_DIR says.
 */
#include <string.h>

#include "base/arena.h"
#include "base/settings.h"
#include "handlers/frame.h"
#include "handlers/job_part.h"
#include "http/parts.h"
#include "store/audit.h"
#include "store/backup.h"
#include "store/jobs.h"
#include "store/meta.h"
#include "store/store.h"

#define BACKUP_JOB "backup" /* worker/backup.h */

struct data_page {
	const struct request *req;
	struct backup_note note;
	struct job job;
	bool has_job;
	int64_t created;
};

static enum result
read_data(struct tx *tx, void *arg)
{
	struct data_page *p = arg;
	enum result r = backup_noted(tx, p->req->arena, &p->note);

	if (r == OK)
		r = meta_created(tx, &p->created);
	if (r != OK)
		return r;
	r = jobs_last(tx, 0, BACKUP_JOB, p->req->arena, &p->job);
	p->has_job = r == OK;
	return r == NOT_FOUND ? OK : r;
}

/* ---- showing ---------------------------------------------------------------------------- */

static void
write_state(const struct data_page *p, struct buf *b, int64_t now)
{
	const char *warning = backup_warning(p->req->arena, &p->note, p->created, now);

	if (warning != NULL) {
		part_note_begin(b, TONE_LOOK, "backup-warning");
		html_raw(b, "<p>");
		html_text(b, warning);
		html_raw(b, "</p>");
		part_note_end(b);
	}
	html_raw(b, "<p>Last good backup: ");
	page_time(b, p->note.good_time, now);
	if (p->note.good_path != NULL) {
		html_raw(b, ", <code>");
		html_text(b, p->note.good_path);
		html_raw(b, "</code>");
	}
	html_raw(b, p->note.good_time != 0
			? ". It was recovered and verified before it was called good.</p>\n"
			: ".</p>\n");
}

static void
write_backup(const struct app *app, const struct data_page *p, struct buf *b, int64_t now)
{
	html_raw(b, "<section class=\"card\" aria-labelledby=\"backup-head\">\n"
		    "<h2 id=\"backup-head\">Backup</h2>\n");
	write_state(p, b, now);
	if (p->has_job)
		part_job(b, "backup-job", "Making a backup", &p->job, now);
	html_raw(b,
	    "<p>SESSION_SECRET is not in a backup. Whoever runs this installation keeps the settings "
	    "file apart from it, and lets cron make a backup every night.</p>\n");
	if (app->settings->backup_dir == NULL)
		html_raw(b,
		    "<p>BACKUP_DIR is not set, which says where backups go. Whoever runs this "
		    "installation can set it.</p>\n");
	else if (p->req->role == ROLE_OWNER)
		frame_button(
		    app, p->req, b, "data", "do", "backup", "primary", "Make a backup now");
	html_raw(b, "</section>\n");
}

static void
write_held(const struct app *app, const struct data_page *p, struct buf *b, const char *held)
{
	html_raw(b, "<section class=\"card\" id=\"moved\" aria-labelledby=\"moved-head\">\n"
		    "<h2 id=\"moved-head\">Sending is held</h2>\n<p>");
	html_text(b, held);
	html_raw(b,
	    "</p>\n<p>Two installations with the same data would text the same people. Replies are taken "
	    "meanwhile, and nothing is lost. Stop the former installation for good, then say so here."
	    "</p>\n");
	if (p->req->role == ROLE_OWNER) {
		frame_form(app, p->req, b, "data");
		part_check(b, "stopped", "The former installation is stopped for good",
		    "No web server, no cron and no worker of it runs any more.", false);
		part_check(b, "waiting", "It was stopped before the data was copied or moved",
		    "Texts that were waiting then go out. Otherwise they are held for you, because it "
		    "may have sent them.",
		    false);
		html_raw(b,
		    "<div class=\"acts\"><button type=\"submit\" class=\"primary\" name=\"do\" "
		    "value=\"moved\">Send from here</button></div></form>\n");
	}
	html_raw(b, "</section>\n");
}

static void
show(const struct app *app, struct request *req, struct response *res)
{
	struct page page = {.title = "Data and backup", .active = "settings"};
	struct data_page p = {.req = req};
	struct frame f;

	if (!frame_read(app, req, res, &f, read_data, &p))
		return;
	if (p.has_job && job_under_way(&p.job, f.now))
		page.refresh = frame_refresh(req, JOB_REFRESH);
	frame_begin(app, req, res, &f, &page);
	html_raw(&res->body, "<p class=\"small\">");
	frame_link(app, req, &res->body, "settings", NULL, "Settings");
	html_raw(&res->body, "</p>\n<h1>Data and backup</h1>\n");
	if (f.view.sending_held)
		write_held(app, &p, &res->body, f.view.sending_held);
	write_backup(app, &p, &res->body, f.now);
	page_end(res);
}

void
handle_data(const struct app *app, struct request *req, struct response *res)
{
	show(app, req, res);
}

/* ---- doing -------------------------------------------------------------------------------- */

static enum result
ask_backup(struct tx *tx, void *arg)
{
	const struct request *req = arg;
	struct audit entry = {
	    .org = 0, .who = req->session->email, .from = req->client, .what = "backup.ask"};
	struct job job = {.kind = BACKUP_JOB, .by = req->session->email};
	enum result r = jobs_add(tx, &job, true);

	return r == OK ? audit_add(tx, &entry) : r;
}

static bool
ticked(const struct request *req, const char *name)
{
	const char *value = form_get(&req->form, name);

	return value != NULL && *value != '\0';
}

void
handle_data_action(const struct app *app, struct request *req, struct response *res)
{
	const char *what = form_get(&req->form, "do");
	enum result r;

	if (what != NULL && strcmp(what, "backup") == 0) {
		if (frame_change(app, req, res, ask_backup, req) == OK) {
			res->wake = true;
			frame_back(app, req, res, "data", "backup-asked");
		}
	} else if (what != NULL && strcmp(what, "moved") == 0 && !ticked(req, "stopped")) {
		response_error(req, res, 422, "not_stopped",
		    "Tick that the former installation is stopped for good. Two that run would text "
		    "the same people.",
		    "stopped");
	} else if (what != NULL && strcmp(what, "moved") == 0) {
		r = meta_release_sending(app->store, app->settings, req->session->email,
		    req->client, ticked(req, "waiting"));
		if (r != OK) {
			frame_error(req, res, r);
			return;
		}
		res->wake = true;
		frame_back(app, req, res, "data", "moved");
	} else {
		response_error(req, res, 400, "unknown_action",
		    "This form asked for something that does not exist here.", "do");
	}
}
