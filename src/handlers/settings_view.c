/*
 * settings_view.c: how an organization's texting stands: the steps that are left, what Bandwidth
 * said of
 * the credentials, what to enter at Bandwidth, and the last calls that came from there.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "handlers/settings_page.h"
#include "http/parts.h"

/* A check that has not begun after this is not under way: the worker is missing. */
#define CHECK_PATIENCE CLOCK_MINUTE
/* 2 December 2026, 00:00 UTC: Bandwidth switches API users off. */
#define BASIC_ENDS INT64_C(1796169600000)

static bool
is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* ---- steps --------------------------------------------------------------------- */

struct step {
	unsigned bit;
	const char *name;
	const char *action; /* text of the link, NULL: nothing to press here */
	const char *href; /* "#field", or a page of the organization */
};

static const struct step steps[] = {
    {MISSING_SERVICE, "Texting through Bandwidth", NULL, NULL},
    {MISSING_ACCOUNT, "Account ID", "Enter it", "#accountId"},
    {MISSING_USER, "Client ID", "Enter it", "#userName"},
    {MISSING_PASSWORD, "Client secret", "Enter it", "#password"},
    {MISSING_APPLICATION, "Application at Bandwidth", "Enter the ID of yours", "#applicationId"},
    {MISSING_NUMBER, "A number to text from", "To the numbers", "numbers"},
    {MISSING_CONFIRMATION, "Bandwidth accepts the credentials", "See below", "#state"},
    {MISSING_CALLBACK, "Bandwidth calls this address", "Copy the address", "#callbacks"},
};
#define STEPS (sizeof(steps) / sizeof(steps[0]))

/* The step cannot be done yet: what it needs is missing. */
static bool
step_waits(const struct settings_page *p, const struct step *s)
{
	const unsigned entered = MISSING_ACCOUNT | MISSING_USER | MISSING_PASSWORD;

	if (s->bit == MISSING_APPLICATION)
		return settings_setting_up(p);
	return s->bit == MISSING_CONFIRMATION &&
	       ((p->frame.view.missing & entered) || settings_checking(p));
}

/* How a step stands. */
enum standing { STEP_DONE, STEP_TODO, STEP_WAITS, STEP_REFUSED };

static enum standing
step_standing(const struct settings_page *p, const struct step *s)
{
	if (!(p->frame.view.missing & s->bit))
		return STEP_DONE;
	if (step_waits(p, s))
		return STEP_WAITS;
	if (s->bit == MISSING_CONFIRMATION && is(p->frame.view.org.cred_state, "refused"))
		return STEP_REFUSED;
	return STEP_TODO;
}

static const char *
step_sentence(const struct settings_page *p, const struct step *s, enum standing standing)
{
	if (standing == STEP_REFUSED)
		return "Bandwidth refused what was entered. Its own words stand below.";
	if (standing != STEP_WAITS)
		return missing_text(s->bit);
	if (s->bit == MISSING_APPLICATION)
		return "It is being set up; see below.";
	if (settings_checking(p))
		return "Bandwidth is being asked.";
	return "Bandwidth is asked as soon as account ID, client ID and client secret are saved.";
}

static void
write_step(const struct settings_page *p, struct buf *b, const struct step *s)
{
	static const struct {
		enum tone tone;
		enum icon icon;
		const char *word;
	} looks[] = {
	    [STEP_DONE] = {TONE_FINE, ICON_FINE, "Done"},
	    [STEP_TODO] = {TONE_LOOK, ICON_TODO, "To do"},
	    [STEP_WAITS] = {TONE_PLAIN, ICON_WAIT, "Waiting"},
	    [STEP_REFUSED] = {TONE_BROKEN, ICON_BROKEN, "Refused"},
	};
	enum standing standing = step_standing(p, s);

	html_raw(b, "<li class=\"step ");
	html_raw(b, tone_class(looks[standing].tone));
	html_raw(b, "\">");
	part_icon(b, looks[standing].icon);
	html_raw(b, "<p><b>");
	html_text(b, s->name);
	html_raw(b, "</b> <span class=\"soft\">");
	html_text(b, looks[standing].word);
	html_raw(b, "</span></p>");
	if (standing != STEP_DONE) {
		html_raw(b, "<p class=\"small\">");
		html_text(b, step_sentence(p, s, standing));
		html_raw(b, "</p>");
	}
	if (s->action && (standing == STEP_TODO || standing == STEP_REFUSED)) {
		html_raw(b, "<a");
		html_url_attr(
		    b, "href", *s->href == '#' ? s->href : frame_path(p->app, p->req, s->href));
		html_raw(b, ">");
		html_text(b, s->action);
		html_raw(b, "</a>");
	}
	html_raw(b, "</li>\n");
}

static void
write_steps(const struct settings_page *p, struct buf *b)
{
	html_raw(b, "<ol class=\"steps\">\n");
	for (size_t i = 0; i < STEPS; i++)
		if (steps[i].bit != MISSING_SERVICE || (p->frame.view.missing & MISSING_SERVICE))
			write_step(p, b, &steps[i]);
	html_raw(b, "</ol>\n");
}

/* Whether it is also right at Bandwidth, another page tells. */
static void
write_check_link(const struct settings_page *p, struct buf *b)
{
	if (!p->frame.view.org.cred_state)
		return; /* there is nothing to ask with yet */
	html_raw(b, "<p>");
	frame_link(p->app, p->req, b, "check", NULL, "Check my setup");
	html_raw(b, " asks Bandwidth about every step and says what is wrong.</p>\n");
}

void
settings_steps(const struct settings_page *p, struct buf *b)
{
	int left = 0;

	for (size_t i = 0; i < STEPS; i++)
		if (p->frame.view.missing & steps[i].bit)
			left++;
	if (!left) {
		part_note_begin(b, TONE_FINE, "steps");
		html_raw(b, "<p><b>Texting is set up.</b> The last call from Bandwidth came ");
		page_time(b, p->frame.view.marks.accepted, p->frame.now);
		html_raw(b, ".</p>");
		write_check_link(p, b);
		part_note_end(b);
		return;
	}
	html_raw(b, "<section class=\"card\" id=\"steps\" aria-labelledby=\"steps-head\">\n"
		    "<h2 id=\"steps-head\">What is still missing</h2>\n<p>");
	part_count(b, left, "step is", "steps are");
	html_raw(b, " left before texting works.</p>\n");
	write_steps(p, b);
	write_check_link(p, b);
	html_raw(b, "</section>\n");
}

/* ---- credentials ------------------------------------------------------------------ */

/* When the running or next try began or begins. */
static int64_t
check_since(const struct job *job)
{
	int64_t since = job->started > job->created ? job->started : job->created;

	return is(job->state, "waiting") && job->due > since ? job->due : since;
}

bool
settings_checking(const struct settings_page *p)
{
	const struct job *job = &p->frame.view.job;
	int64_t since = check_since(job);

	/* One that was put off is not running: what came of the last try says more. */
	return job->id && (is(job->state, "waiting") || is(job->state, "running")) &&
	       since <= p->frame.now + CLOCK_SECOND && p->frame.now - since < CHECK_PATIENCE;
}

static void
write_checking(const struct settings_page *p, struct buf *b)
{
	const struct job *job = &p->frame.view.job;

	part_note_begin(b, TONE_BUSY, "state");
	html_raw(b, "<p><b>Checking with Bandwidth.</b> ");
	html_text(
	    b, job->step ? job->step : "The credentials are saved, and Bandwidth is being asked");
	html_raw(b, ", since ");
	page_time(b, check_since(job), p->frame.now);
	html_raw(b, ". You can leave this page meanwhile.</p>");
	part_note_end(b);
}

static void
write_unchecked(const struct settings_page *p, struct buf *b)
{
	part_note_begin(b, TONE_LOOK, "state");
	html_raw(b, "<p><b>Saved, not yet checked.</b> Saved ");
	page_time(b, p->frame.view.org.config_saved, p->frame.now);
	html_raw(b, "; Bandwidth has not been asked yet whether it accepts them.");
	if (p->frame.view.job.id && is(p->frame.view.job.state, "waiting"))
		html_raw(b,
		    " It should have been asked by now: whoever runs this installation can see why "
		    "with <code>spokectl check</code>.");
	html_raw(b, "</p>");
	part_note_end(b);
}

static void
write_confirmed(const struct settings_page *p, struct buf *b)
{
	const struct organization *org = &p->frame.view.org;
	bool basic = is(org->cred_kind, "basic");

	part_note_begin(b, basic ? TONE_LOOK : TONE_FINE, "state");
	if (!basic) {
		html_raw(b,
		    "<p><b>Bandwidth accepts these credentials.</b> Client ID and client secret, checked ");
	} else if (p->frame.now < BASIC_ENDS) {
		html_raw(b,
		    "<p><b>These are of the older kind.</b> Bandwidth accepts the API username and API "
		    "password for now, and switches them off on 2 December 2026. Make a client ID and a client "
		    "secret at Bandwidth (App, Account, API Credentials) and enter them here before that day. "
		    "Checked ");
	} else {
		html_raw(b,
		    "<p><b>These are of the older kind.</b> Bandwidth switched API usernames and API passwords "
		    "off on 2 December 2026. Make a client ID and a client secret at Bandwidth (App, Account, "
		    "API Credentials) and enter them here. Last checked ");
	}
	page_time(b, org->cred_checked, p->frame.now);
	html_raw(b, ".</p>");
	part_note_end(b);
}

/* refused or unreachable: Bandwidth's own words, as text */
static void
write_trouble(const struct settings_page *p, struct buf *b, bool refused)
{
	const struct organization *org = &p->frame.view.org;

	part_note_begin(b, refused ? TONE_BROKEN : TONE_LOOK, "state");
	html_raw(b,
	    refused
		? "<p><b>Bandwidth refuses these credentials.</b> Nothing is sent until it accepts them; what is "
		  "queued waits and is not lost. Enter them again below. Asked "
		: "<p><b>Bandwidth could not be reached.</b> It will be asked again by itself; there is nothing to "
		  "enter. Last tried ");
	page_time(b, org->cred_checked, p->frame.now);
	html_raw(b, ".</p>");
	if (org->cred_words) {
		html_raw(b, refused ? "<p>Bandwidth says: <q dir=\"auto\">"
				    : "<p>What came back: <q dir=\"auto\">");
		html_text(b, org->cred_words);
		html_raw(b, "</q></p>");
	}
	part_note_end(b);
}

void
settings_state(const struct settings_page *p, struct buf *b)
{
	const char *state = p->frame.view.org.cred_state;

	if (settings_checking(p))
		write_checking(p, b);
	else if (is(state, "confirmed"))
		write_confirmed(p, b);
	else if (is(state, "refused"))
		write_trouble(p, b, true);
	else if (is(state, "unreachable"))
		write_trouble(p, b, false);
	else if (state)
		write_unchecked(p, b);
}

/* ---- callbacks --------------------------------------------------------------------- */

static void
write_accepted(const struct settings_page *p, struct buf *b)
{
	const struct callback_mark *m = &p->frame.view.marks;

	html_raw(b, "<dt>Last call taken</dt><dd>");
	if (m->accepted) {
		part_state(b, TONE_FINE, ICON_FINE, "Taken");
		html_raw(b, " ");
		page_time(b, m->accepted, p->frame.now);
		if (m->accepted_what) {
			html_raw(b, " <span class=\"soft\">(");
			html_text(b, m->accepted_what);
			html_raw(b, ")</span>");
		}
	} else {
		part_state(b, TONE_PLAIN, ICON_TODO, "None yet");
		html_raw(b, " Text one of your numbers to try it.");
	}
	html_raw(b, "</dd>\n");
}

static void
write_refused(const struct settings_page *p, struct buf *b)
{
	const struct callback_mark *m = &p->frame.view.marks;

	html_raw(b, "<dt>Last call turned away</dt><dd>");
	if (!m->refused) {
		html_raw(b, "None</dd>\n");
		return;
	}
	if (m->refused > m->accepted)
		part_state(b, TONE_BROKEN, ICON_BROKEN, "Turned away");
	else
		part_state(b, TONE_PLAIN, ICON_FINE, "Earlier");
	html_raw(b, " ");
	page_time(b, m->refused, p->frame.now);
	html_raw(b, ": <span dir=\"auto\">");
	html_text(b, m->refused_why ? m->refused_why : "no reason was noted");
	html_raw(b, "</span>");
	if (m->refused_from) {
		html_raw(b, " <span class=\"soft\">(from ");
		html_text(b, m->refused_from);
		html_raw(b, ")</span>");
	}
	html_raw(b, ".");
	if (m->refused_count > 1) {
		html_raw(b, " ");
		part_count(b, m->refused_count, "call", "calls");
		html_raw(b, " since the last one that was taken.");
	}
	html_raw(b, "</dd>\n");
}

static void
write_previous(const struct settings_page *p, struct buf *b)
{
	const struct callback_mark *m = &p->frame.view.marks;
	const struct settings *s = p->app->settings;

	if (!s->base_url_previous_count && !s->session_secret_previous && !m->previous_count)
		return;
	html_raw(b, "<dt>Calls that use a previous address or password</dt><dd>");
	if (m->previous_count) {
		part_state(b, TONE_LOOK, ICON_LOOK, "Still used");
		html_raw(b, " ");
		part_count(b, m->previous_count, "call", "calls");
		html_raw(b, ", the last ");
		page_time(b, m->previous, p->frame.now);
		html_raw(b,
		    ". Enter the address and the callback password above at Bandwidth; until then keep the "
		    "previous ones in the settings of this installation.");
	} else {
		part_state(b, TONE_FINE, ICON_FINE, "None");
		html_raw(b,
		    " <code>BASE_URL_PREVIOUS</code> and <code>SESSION_SECRET_PREVIOUS</code> can go when that "
		    "stays so for a few days.");
	}
	html_raw(b, "</dd>\n");
}

/* Did we give the application today's address, user ID and password ourselves? */
static bool
callbacks_set(const struct settings_page *p)
{
	const struct config_view *v = &p->frame.view;
	char print[CALLBACK_PRINT];

	callback_print(p->app->settings, p->req->org, print);
	return is(v->marks.set_print, print) && is(v->marks.set_app, v->org.application_id);
}

void
settings_callbacks(const struct settings_page *p, struct buf *b)
{
	const struct config_view *v = &p->frame.view;

	html_raw(b,
	    "<section class=\"card\" id=\"callbacks\" aria-labelledby=\"callbacks-head\">\n"
	    "<h2 id=\"callbacks-head\">Callbacks</h2>\n<p>Replies and delivery reports reach you because Bandwidth "
	    "calls this address. ");
	html_raw(b, callbacks_set(p)
			? "The application has all three: there is nothing to enter.</p>\n"
			: "At Bandwidth, open your messaging application, enable <q>Use a "
			  "username/password for callbacks</q>, and enter these:</p>\n");
	part_copy(b, "callback-url", "Callback URL", NULL, v->callback_url);
	part_copy(b, "callback-user", "Callback user ID", NULL, CALLBACK_USER);
	if (p->req->role == ROLE_OWNER)
		part_copy(b, "callback-password", "Callback password",
		    "Only for this organization and this address. Whoever has it can pretend to be Bandwidth.",
		    v->callback_password);
	else
		html_raw(b,
		    "<p><b>Callback password</b><br>Only an owner of this organization sees it.</p>\n");
	html_raw(b, "<dl class=\"facts\">\n");
	write_accepted(p, b);
	write_refused(p, b);
	write_previous(p, b);
	html_raw(b, "</dl>\n</section>\n");
}
