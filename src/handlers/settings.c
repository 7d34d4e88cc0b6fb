/*
 * settings.c: GET and POST /admin/{org}/settings: the "Bandwidth Config" section, automatic answers
 * and the daily limit.
 *
 * An OWNER changes, an ADMIN sees.  What was posted with a fault is shown again with status 422 and
 * without
 * passwords; after success a redirect, so that reloading repeats nothing.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/parse.h"
#include "base/segments.h"
#include "handlers/confirm.h"
#include "handlers/settings_page.h"
#include "store/audit.h"
#include "store/orgs.h"
#include "store/store.h"

#define REFRESH_SECONDS 3

/* ---- showing ---------------------------------------------------------------------- */

/* What is stored, for every field that was not posted. */
static void
fill_config(struct settings_page *p)
{
	const struct organization *org = &p->frame.view.org;
	const char *const stored[CONFIG_FIELDS] = {
	    [CONFIG_ACCOUNT_ID] = org->account_id,
	    [CONFIG_USER_NAME] = org->user_name,
	    [CONFIG_SITE_ID] = org->site_id,
	    [CONFIG_SIP_PEER_ID] = org->sip_peer_id,
	    [CONFIG_APPLICATION_ID] = org->application_id,
	    [CONFIG_HOUSE_NUMBER] = org->house_number,
	    [CONFIG_STREET_NAME] = org->street_name,
	    [CONFIG_CITY] = org->city,
	    [CONFIG_STATE_CODE] = org->state_code,
	    [CONFIG_ZIP] = org->zip,
	    [CONFIG_COUNTRY] = org->country,
	};

	for (int i = 0; i < CONFIG_FIELDS; i++)
		if (!p->in.value[i])
			p->in.value[i] = stored[i];
}

static void
fill_others(struct settings_page *p, const char *section)
{
	const struct organization *org = &p->frame.view.org;

	if (strcmp(section, "answers") != 0) {
		p->help_reply = org->help_reply;
		p->stop_reply = org->stop_reply;
		p->help_text = org->help_text;
		p->stop_text = org->stop_text;
	}
	if (strcmp(section, "limit") != 0 && org->daily_segments)
		p->limit = arena_fmt(p->req->arena, "%" PRId64, org->daily_segments);
}

static void
add_fault(struct settings_page *p, const char *name, const char *label, const char *fault)
{
	if (fault && p->faults_count < SETTINGS_FAULTS)
		p->faults[p->faults_count++] =
		    (struct part_fault){.name = name, .label = label, .fault = fault};
}

static void
collect_faults(struct settings_page *p)
{
	for (int i = 0; i < CONFIG_FIELDS; i++)
		add_fault(p, config_field_name((enum config_field)i),
		    config_field_label((enum config_field)i), p->in.fault[i]);
	add_fault(p, "currentPassword", "Your own password", p->own_fault);
	add_fault(p, "stopText", "Text of the confirmation", p->stop_fault);
	add_fault(p, "helpText", "Text of the answer", p->help_fault);
	add_fault(p, "dailySegments", "Segments a day", p->limit_fault);
}

static void
write_sections(const struct settings_page *p, struct buf *b)
{
	bool owner = p->req->role == ROLE_OWNER;

	html_raw(b, "<section class=\"card\" id=\"config\" aria-labelledby=\"config-head\">\n"
		    "<h2 id=\"config-head\">Bandwidth Config</h2>\n");
	settings_state(p, b);
	if (owner)
		settings_config_form(p, b);
	else
		settings_config_facts(p, b);
	html_raw(b, "</section>\n");
	settings_callbacks(p, b);
	if (!owner)
		return;
	html_raw(b, "<section class=\"card\" id=\"answers\" aria-labelledby=\"answers-head\">\n"
		    "<h2 id=\"answers-head\">Automatic answers</h2>\n");
	settings_answers_form(p, b);
	html_raw(b,
	    "</section>\n<section class=\"card\" id=\"limit\" aria-labelledby=\"limit-head\">\n"
	    "<h2 id=\"limit-head\">Daily limit</h2>\n");
	settings_limit_form(p, b);
	html_raw(b, "</section>\n<p>");
	frame_link(p->app, p->req, b, "data", NULL, "Data and backup");
	html_raw(b, "</p>\n");
}

/* The whole page; section is what was posted, "" for a plain look. */
static void
show(struct settings_page *p, struct response *res, const char *section)
{
	struct page page = {.title = "Settings", .active = "settings"};
	bool posted = *section != '\0';
	struct buf *b = &res->body;

	if (!frame_read(p->app, p->req, res, &p->frame, NULL, NULL))
		return;
	fill_config(p);
	fill_others(p, section);
	p->ask_password = !p->confirmed && !confirm_recent(p->req, p->frame.now);
	if (p->password_entered && !p->in.fault[CONFIG_PASSWORD])
		p->in.fault[CONFIG_PASSWORD] = "Enter it again: a page never repeats a password.";
	collect_faults(p);
	if (posted) {
		res->status = 422;
	} else if (settings_checking(p) || settings_setting_up(p)) {
		page.refresh = frame_refresh(p->req, REFRESH_SECONDS);
		/* Only right after saving does it refresh without the script: later somebody may be
		 * typing. */
		page.typing = !form_get(&p->req->query, "saved");
	}
	frame_begin(p->app, p->req, res, &p->frame, &page);
	html_raw(b, posted ? "<h1>Settings: not saved</h1>\n" : "<h1>Settings</h1>\n");
	part_summary(b, p->faults, p->faults_count);
	settings_steps(p, b);
	settings_setup(p, b);
	write_sections(p, b);
	page_end(res);
}

void
handle_settings(const struct app *app, struct request *req, struct response *res)
{
	struct settings_page p = {.app = app, .req = req};

	show(&p, res, "");
}

/* ---- saving ---------------------------------------------------------------------------- */

static void
saved(const struct settings_page *p, struct response *res, const char *section)
{
	response_redirect(res, p->app->settings->base_url.text,
	    arena_fmt(p->req->arena, "%s?saved=%s", frame_route(p->req, "settings"), section));
}

/*
 * A field as posted.  An ID that still says what the page showed was not entered: one that was
 * made at Bandwidth since the page was opened is kept.
 */
static const char *
posted_value(const struct form *form, enum config_field field)
{
	const char *value = form_get(form, config_field_name(field));
	const char *shown_name = settings_shown_name(field);
	const char *shown = shown_name ? form_get(form, shown_name) : NULL;

	return value && shown && strcmp(value, shown) == 0 ? NULL : value;
}

static void
save_credentials(struct settings_page *p, struct response *res)
{
	const char *job = NULL;
	enum result result;
	int faults;

	for (int i = 0; i < CONFIG_FIELDS; i++)
		p->in.value[i] = posted_value(&p->req->form, (enum config_field)i);
	p->password_entered = p->in.value[CONFIG_PASSWORD] && *p->in.value[CONFIG_PASSWORD];
	faults = config_check(&p->in, p->req->arena);
	result = confirm_person(p->app, p->req, &p->own_fault);
	p->confirmed = result == OK;
	if (result == OK && !faults) {
		result = config_save(
		    p->app, p->req->org, &p->in, p->req->session->email, p->req->client, &job);
		if (result == OK) {
			res->wake = true;
			saved(p, res, "credentials");
			return;
		}
	}
	if (result == OK || result == REFUSED)
		show(p, res, "credentials");
	else
		frame_error(p->req, res, result);
}

/* A change to the organization that is not about credentials. */
struct change {
	const struct request *req;
	void (*apply)(struct organization *, const struct settings_page *);
	const struct settings_page *page;
	const char *what;
};

static enum result
change_organization(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct organization org;
	const struct audit entry = {
	    .org = c->req->org,
	    .time = tx_now(tx),
	    .who = c->req->session->email,
	    .from = c->req->client,
	    .what = "settings.save",
	    .detail = c->what,
	};
	enum result result = orgs_get(tx, c->req->org, true, tx_arena(tx), &org);

	if (result != OK)
		return result;
	c->apply(&org, c->page);
	result = orgs_put(tx, &org);
	return result == OK ? audit_add(tx, &entry) : result;
}

static void
save_organization(struct settings_page *p, struct response *res, const char *section,
    const char *what, void (*apply)(struct organization *, const struct settings_page *))
{
	struct change c = {.req = p->req, .apply = apply, .page = p, .what = what};

	if (frame_change(p->app, p->req, res, change_organization, &c) == OK)
		saved(p, res, section);
}

static const char *
text_fault(const char *text)
{
	if (utf8_length(text, strlen(text)) > TEXT_MAX_CHARACTERS)
		return "This is longer than the 2,048 characters that one text may have.";
	return NULL;
}

/* Without blanks round it; NULL when nothing is left. */
static const char *
trimmed(struct arena *arena, const char *text)
{
	static const char blanks[] = " \t\n\r";
	size_t n;

	if (!text)
		return NULL;
	text += strspn(text, blanks);
	n = strlen(text);
	while (n && strchr(blanks, text[n - 1]))
		n--;
	return n ? arena_dup(arena, text, n) : NULL;
}

static void
apply_answers(struct organization *org, const struct settings_page *p)
{
	org->help_reply = p->help_reply;
	org->stop_reply = p->stop_reply;
	org->help_text = p->help_text;
	org->stop_text = p->stop_text;
}

static void
save_answers(struct settings_page *p, struct response *res)
{
	const struct form *form = &p->req->form;

	p->help_reply = form_get(form, "helpReply") != NULL;
	p->stop_reply = form_get(form, "stopReply") != NULL;
	p->help_text = trimmed(p->req->arena, form_get(form, "helpText"));
	p->stop_text = trimmed(p->req->arena, form_get(form, "stopText"));
	p->help_fault = p->help_text ? text_fault(p->help_text) : NULL;
	p->stop_fault = p->stop_text ? text_fault(p->stop_text) : NULL;
	if (p->help_fault || p->stop_fault)
		show(p, res, "answers");
	else
		save_organization(p, res, "answers", "automatic answers", apply_answers);
}

static void
apply_limit(struct organization *org, const struct settings_page *p)
{
	org->daily_segments = p->segments;
}

static void
save_limit(struct settings_page *p, struct response *res)
{
	enum result result = OK;

	settings_limit_read(p, trimmed(p->req->arena, form_get(&p->req->form, "dailySegments")));
	if (!p->limit_fault)
		result = settings_limit_allow(p);
	p->raising = result == REFUSED;
	if (p->limit_fault || p->raising)
		show(p, res, "limit");
	else if (result == OK)
		save_organization(p, res, "limit", "daily limit", apply_limit);
	else
		frame_error(p->req, res, result);
}

static void
set_up(struct settings_page *p, struct response *res)
{
	enum result result = settings_setup_ask(p->app, p->req);

	if (result == OK || result == REFUSED) {
		/* A question that is no longer asked: the page shows what is. */
		res->wake = true;
		response_redirect(res, p->app->settings->base_url.text,
		    arena_fmt(
			p->req->arena, "%s?saved=setup#setup", frame_route(p->req, "settings")));
	} else {
		frame_error(p->req, res, result);
	}
}

void
handle_settings_save(const struct app *app, struct request *req, struct response *res)
{
	const char *section = form_get(&req->form, "section");
	struct settings_page p = {.app = app, .req = req};

	if (req->role != ROLE_OWNER)
		response_error(req, res, 403, "owner_only",
		    "Only an owner of this organization can change its settings.", NULL);
	else if (!section || strcmp(section, "credentials") == 0)
		save_credentials(&p, res);
	else if (strcmp(section, "setup") == 0)
		set_up(&p, res);
	else if (strcmp(section, "answers") == 0)
		save_answers(&p, res);
	else if (strcmp(section, "limit") == 0)
		save_limit(&p, res);
	else
		response_error(req, res, 400, "unknown_section",
		    "This form asked for something that does not exist here.", "section");
}
