/*
 * settings_form.c: the forms of the settings page, and what an ADMIN sees instead of the first.
 *
 * The names of the fields are Spoke's (texting/config.h).  A stored secret never comes
 * near this file: the page knows only whether there is one.
 */
#include <string.h>

#include "base/arena.h"
#include "handlers/settings_page.h"
#include "org/stopwords.h"

/* How each field of the "Bandwidth Config" form is shown. */
struct look {
	const char *help;
	const char *inputmode;
	const char *autocomplete;
	bool narrow;
};

static const struct look looks[CONFIG_FIELDS] = {
    [CONFIG_ACCOUNT_ID] = {"At Bandwidth: App, Account. Digits only.", "numeric", "off", false},
    [CONFIG_USER_NAME] =
	{"Made at Bandwidth under App, Account, API Credentials, with the roles for messaging and "
	 "numbers. An API username of an older account works until 2 December 2026.",
	    NULL, "off", false},
    [CONFIG_PASSWORD] = {"Bandwidth shows it once, when it is made.", NULL, "off", false},
    [CONFIG_SITE_ID] = {"Your numbers belong to it.", "numeric", "off", false},
    [CONFIG_SIP_PEER_ID] = {"The part of the sub-account that the application is tied to.",
	"numeric", "off", false},
    [CONFIG_APPLICATION_ID] = {"Of the messaging application; like "
			       "93de2206-9669-4e07-948d-329f4b722ee2.",
	NULL, "off", false},
    [CONFIG_HOUSE_NUMBER] = {NULL, NULL, "off", false},
    [CONFIG_STREET_NAME] = {NULL, NULL, "off", false},
    [CONFIG_CITY] = {NULL, NULL, "address-level2", false},
    [CONFIG_STATE_CODE] = {NULL, NULL, "address-level1", false},
    [CONFIG_ZIP] = {NULL, NULL, "postal-code", false},
    [CONFIG_COUNTRY] = {NULL, NULL, "off", false},
};

/* The ID that is stored, for the three that are made at Bandwidth where they are not entered. */
static const char *
stored_id(const struct organization *org, enum config_field field)
{
	switch (field) {
	case CONFIG_SITE_ID:
		return org->site_id;
	case CONFIG_SIP_PEER_ID:
		return org->sip_peer_id;
	case CONFIG_APPLICATION_ID:
		return org->application_id;
	default:
		return NULL;
	}
}

/* "Saved, not yet checked" and so on, or NULL for fields that Bandwidth does not confirm. */
static const char *
field_status(const struct settings_page *p, enum config_field field, enum tone *tone)
{
	const struct organization *org = &p->frame.view.org;
	const char *stored = stored_id(org, field), *state = NULL;

	if (field == CONFIG_ACCOUNT_ID) {
		stored = org->account_id;
		state = org->account_state;
	}
	if (settings_confirmed(org, field))
		state = "confirmed";
	*tone = TONE_PLAIN;
	if (!stored)
		return NULL;
	if (state && strcmp(state, "confirmed") == 0) {
		*tone = TONE_FINE;
		return "Confirmed by Bandwidth";
	}
	if (state && strcmp(state, "refused") == 0) {
		*tone = TONE_BROKEN;
		return "Bandwidth does not know it for these credentials";
	}
	return "Saved, not yet checked";
}

static const char *const shown_names[CONFIG_FIELDS] = {
    [CONFIG_SITE_ID] = "siteIdShown",
    [CONFIG_SIP_PEER_ID] = "sipPeerIdShown",
    [CONFIG_APPLICATION_ID] = "applicationIdShown",
};

const char *
settings_shown_name(enum config_field field)
{
	return shown_names[field];
}

static void
config_field(const struct settings_page *p, struct buf *b, enum config_field field)
{
	struct part_field f = {
	    .name = config_field_name(field),
	    .label = config_field_label(field),
	    .help = looks[field].help,
	    .value = p->in.value[field],
	    .fault = p->in.fault[field],
	    .inputmode = looks[field].inputmode,
	    .autocomplete = looks[field].autocomplete,
	    .narrow = looks[field].narrow,
	};

	f.status = field_status(p, field, &f.status_tone);
	if (field == CONFIG_PASSWORD) {
		f.type = "password";
		f.show = true;
		f.value = NULL;
		if (p->frame.view.has_password)
			f.help = "One is stored, and never shown. Leave this empty to keep it.";
	}
	part_field(b, &f);
	if (shown_names[field]) {
		const char *stored = stored_id(&p->frame.view.org, field);

		part_hidden(b, shown_names[field], stored ? stored : "");
	}
}

static bool
any(const struct settings_page *p, enum config_field from, enum config_field to)
{
	for (int i = (int)from; i <= (int)to; i++)
		if (p->in.fault[i] || (p->in.value[i] && *p->in.value[i]))
			return true;
	return false;
}

static void
write_advanced(const struct settings_page *p, struct buf *b)
{
	html_raw(b, any(p, CONFIG_SITE_ID, CONFIG_APPLICATION_ID) ? "<details open>" : "<details>");
	html_raw(b,
	    "<summary>Advanced: sub-account, location, application</summary>\n"
	    "<p class=\"help\">What you leave empty is made at Bandwidth when you save. Enter an ID "
	    "only to use what is there already.</p>\n");
	config_field(p, b, CONFIG_SITE_ID);
	config_field(p, b, CONFIG_SIP_PEER_ID);
	config_field(p, b, CONFIG_APPLICATION_ID);
	html_raw(b, "</details>\n");
}

static void
write_address(const struct settings_page *p, struct buf *b)
{
	html_raw(b,
	    "<fieldset><legend>Billing address</legend>\n<p class=\"help\">As Bandwidth has it for this "
	    "account; a new sub-account gets it. It may stay empty, unless Bandwidth asks for it.</p>\n"
	    "<div class=\"pair\">\n");
	config_field(p, b, CONFIG_HOUSE_NUMBER);
	config_field(p, b, CONFIG_STREET_NAME);
	html_raw(b, "</div>\n<div class=\"pair\">\n");
	config_field(p, b, CONFIG_CITY);
	config_field(p, b, CONFIG_STATE_CODE);
	html_raw(b, "</div>\n<div class=\"pair\">\n");
	config_field(p, b, CONFIG_ZIP);
	config_field(p, b, CONFIG_COUNTRY);
	html_raw(b, "</div>\n</fieldset>\n");
}

static void
write_own_password(const struct settings_page *p, struct buf *b)
{
	const struct part_field own = {
	    .name = "currentPassword",
	    .label = "Your own password",
	    .help =
		"The one you sign in here with, so that nobody else does this from your browser.",
	    .fault = p->own_fault,
	    .type = "password",
	    .autocomplete = "current-password",
	    .show = true,
	};

	part_field(b, &own);
}

void
settings_config_form(const struct settings_page *p, struct buf *b)
{
	frame_form(p->app, p->req, b, "settings");
	part_hidden(b, "section", "credentials");
	config_field(p, b, CONFIG_ACCOUNT_ID);
	config_field(p, b, CONFIG_USER_NAME);
	config_field(p, b, CONFIG_PASSWORD);
	write_advanced(p, b);
	write_address(p, b);
	if (p->ask_password && !p->raising)
		write_own_password(p, b);
	html_raw(b,
	    "<div class=\"acts\"><button type=\"submit\" class=\"primary\">SAVE CREDENTIALS</button>\n"
	    "<p class=\"small\"><b>A change can break running campaigns:</b> texts wait until Bandwidth "
	    "accepts what you enter, and replies go where the application sends them.</p></div></form>\n");
}

static void
fact(struct buf *b, const char *label, const char *value)
{
	html_raw(b, "<dt>");
	html_text(b, label);
	html_raw(b, "</dt><dd dir=\"auto\">");
	html_text(b, value && *value ? value : "Not entered");
	html_raw(b, "</dd>\n");
}

void
settings_config_facts(const struct settings_page *p, struct buf *b)
{
	html_raw(b,
	    "<p class=\"soft\">Only an owner of this organization can change these.</p>\n<dl class=\"facts\">\n");
	for (int i = 0; i < CONFIG_FIELDS; i++)
		fact(b, config_field_label((enum config_field)i),
		    i != CONFIG_PASSWORD	 ? p->in.value[i]
		    : p->frame.view.has_password ? "Stored, never shown"
						 : NULL);
	html_raw(b, "</dl>\n");
}

/* ---- automatic answers and the daily limit -------------------------------------------- */

static void
answer(const struct settings_page *p, struct buf *b, const char *name, const char *label,
    const char *ready, const char *value, const char *fault)
{
	const struct part_field f = {
	    .name = name,
	    .label = label,
	    .help = arena_fmt(p->req->arena, "Leave it empty for the ready text: \"%s\"", ready),
	    .value = value,
	    .fault = fault,
	    .type = "textarea",
	    .autocomplete = "off",
	    .spelling = true,
	    .counted = arena_fmt(p->req->arena, "%s-count", name),
	};

	part_field(b, &f);
}

void
settings_answers_form(const struct settings_page *p, struct buf *b)
{
	const char *name = p->frame.view.org.name;

	frame_form(p->app, p->req, b, "settings");
	part_hidden(b, "section", "answers");
	part_check(b, "stopReply", "Confirm a STOP",
	    "One text that says they won't hear from you again. Whoever writes STOP is opted out either way.",
	    p->stop_reply);
	answer(p, b, "stopText", "Text of the confirmation", stop_confirmation(p->req->arena, name),
	    p->stop_text, p->stop_fault);
	part_check(b, "helpReply", "Answer HELP", "One text that says who you are and how to stop.",
	    p->help_reply);
	answer(p, b, "helpText", "Text of the answer", help_answer(p->req->arena, name),
	    p->help_text, p->help_fault);
	html_raw(
	    b, "<div class=\"acts\"><button type=\"submit\">Save answers</button></div></form>\n");
}

/* 10000 as people read it: "10,000". */
static const char *
grouped(struct arena *arena, int n)
{
	if (n < 1000)
		return arena_fmt(arena, "%d", n);
	return arena_fmt(arena, "%s,%03d", grouped(arena, n / 1000), n % 1000);
}

void
settings_limit_form(const struct settings_page *p, struct buf *b)
{
	const struct part_field f = {
	    .name = "dailySegments",
	    .label = "Segments a day",
	    .help = arena_fmt(p->req->arena,
		"When a day's texts reach it, sending pauses and what comes after waits until somebody resumes it. "
		"Empty: the limit of this installation, %s.",
		grouped(p->req->arena, p->app->settings->daily_segments)),
	    .value = p->limit,
	    .fault = p->limit_fault,
	    .inputmode = "numeric",
	    .autocomplete = "off",
	};

	frame_form(p->app, p->req, b, "settings");
	part_hidden(b, "section", "limit");
	part_field(b, &f);
	if (p->raising)
		write_own_password(p, b);
	html_raw(
	    b, "<div class=\"acts\"><button type=\"submit\">Save limit</button></div></form>\n");
}
