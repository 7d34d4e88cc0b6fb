/*
 * check_view.c: how the page "Check my setup" shows the steps and the round trip of the test
 * text (check_page.h).
 */
#include <string.h>

#include "base/arena.h"
#include "handlers/check_page.h"
#include "handlers/job_part.h"
#include "handlers/send_one.h"
#include "http/parts.h"

static const struct {
	enum tone tone;
	enum icon icon;
	const char *word;
} looks[] = {
    [SETUP_FINE] = {TONE_FINE, ICON_FINE, "Fine"},
    [SETUP_WRONG] = {TONE_BROKEN, ICON_BROKEN, "Wrong"},
    [SETUP_UNKNOWN] = {TONE_LOOK, ICON_LOOK, "Not known"},
    [SETUP_ASKING] = {TONE_BUSY, ICON_TURN, "Finding out"},
};

/* ---- at the top ------------------------------------------------------------------------- */

static void
write_names(const struct check_page *p, struct buf *b, enum setup_state state)
{
	const struct setup_result *s = p->setup.steps;
	bool any = false;

	for (int i = 0; i < SETUP_STEPS; i++) {
		if (s[i].state != state || (state == SETUP_UNKNOWN && s[i].untold))
			continue;
		html_raw(b, any ? ", " : " ");
		html_raw(b, "<a");
		html_url_attr(b, "href", arena_fmt(p->req->arena, "#%s", s[i].name));
		html_raw(b, ">");
		html_text(b, s[i].title);
		html_raw(b, "</a>");
		any = true;
	}
	html_raw(b, ".</p>\n");
}

static void
write_result(const struct check_page *p, struct buf *b)
{
	const struct setup_view *v = &p->setup;

	if (v->wrong) {
		html_raw(b, "<p><b>");
		part_count(b, (long long)v->wrong, "thing is wrong", "things are wrong");
		html_raw(b, ".</b>");
		write_names(p, b, SETUP_WRONG);
	}
	if (v->unknown && v->job.id) {
		html_raw(b, v->wrong ? "<p>Not known:"
				     : "<p><b>Nothing is wrong as far as is known.</b> "
				       "Not known:");
		write_names(p, b, SETUP_UNKNOWN);
	}
	if (!v->wrong && !v->unknown)
		html_raw(
		    b, "<p><b>All is well.</b> Texting works, as far as anybody can see.</p>\n");
}

static enum tone
tone_of(const struct check_page *p)
{
	const struct setup_view *v = &p->setup;

	if (v->running && job_under_way(&v->job, p->frame.now))
		return TONE_BUSY;
	if (v->wrong)
		return TONE_BROKEN;
	return v->unknown ? TONE_LOOK : TONE_FINE;
}

/* How many answers are there. */
static void
write_progress(const struct check_page *p, struct buf *b)
{
	int left = 0;

	for (int i = 0; i < SETUP_STEPS; i++)
		left += p->setup.steps[i].state == SETUP_ASKING;
	html_raw(b, "<p><b>Checking.</b> ");
	html_rawf(b, "%d of %d steps are known. ", SETUP_STEPS - left, SETUP_STEPS);
	html_raw(b, "Begun ");
	page_time(b, p->setup.job.created, p->frame.now);
	html_raw(b, "; you can leave this page meanwhile.</p>\n");
}

void
check_summary(const struct check_page *p, struct buf *b)
{
	const struct setup_view *v = &p->setup;

	part_note_begin(b, tone_of(p), "summary");
	if (tone_of(p) == TONE_BUSY) {
		write_progress(p, b);
	} else {
		write_result(p, b);
		html_raw(b, "<p class=\"soft small\">");
		if (v->job.id && job_over(&v->job)) {
			html_raw(b, "Bandwidth was asked ");
			page_time(b, v->job.finished, p->frame.now);
			html_raw(b, ".</p>\n");
		} else {
			html_raw(b, v->job.id ? "The check has not ended.</p>\n"
					      : "Bandwidth has not been asked yet.</p>\n");
		}
	}
	if (p->req->role == ROLE_OWNER && tone_of(p) != TONE_BUSY) {
		html_raw(b, "<div class=\"acts\">");
		frame_button(p->app, p->req, b, "check", "do", "check", "primary", "Check now");
		html_raw(b, "</div>\n");
	}
	part_note_end(b);
}

/* ---- the steps ---------------------------------------------------------------------------- */

/* One repair mends all that it can mend: the button stands at the first of them. */
static bool
has_button(const struct check_page *p, const struct setup_result *s)
{
	const struct setup_result *first = p->setup.steps;

	while (!first->repair)
		first++;
	return first == s && !p->base_fault;
}

static void
write_action(const struct check_page *p, struct buf *b, const struct setup_result *s)
{
	if (s->action) {
		html_raw(b, "<p class=\"small\"><b>What to do:</b> ");
		html_text(b, s->repair && p->base_fault ? p->base_fault : s->action);
		html_raw(b, "</p>");
	}
	if (p->req->role != ROLE_OWNER)
		return;
	if (s->repair && has_button(p, s))
		frame_link(
		    p->app, p->req, b, "check?ask=repair", "button", "Repair the application");
	else if (s->where)
		frame_link(p->app, p->req, b, s->where, NULL, "Go there");
}

static void
write_step(const struct check_page *p, struct buf *b, const struct setup_result *s)
{
	bool quiet = s->state == SETUP_UNKNOWN && s->untold;

	html_raw(b, "<li class=\"step ");
	html_raw(b, quiet ? "" : tone_class(looks[s->state].tone));
	html_raw(b, "\"");
	html_attr(b, "id", s->name);
	html_raw(b, ">");
	part_icon(b, quiet ? ICON_TODO : looks[s->state].icon);
	html_raw(b, "<p><b>");
	html_text(b, s->title);
	html_raw(b, "</b> <span class=\"soft\">");
	html_text(b, looks[s->state].word);
	html_raw(b, "</span></p><p class=\"small\" dir=\"auto\">");
	html_text(b, s->sentence);
	html_raw(b, "</p>");
	write_action(p, b, s);
	html_raw(b, "</li>\n");
}

void
check_steps(const struct check_page *p, struct buf *b)
{
	static const struct {
		enum setup_step from, to;
		const char *id, *head;
	} groups[] = {
	    {SETUP_CREDENTIALS, SETUP_MMS, "account-head", "Your account at Bandwidth"},
	    {SETUP_APPLICATION, SETUP_ASSIGNED, "application-head",
		"The application and its callbacks"},
	    {SETUP_NUMBERS, SETUP_REGISTRATION, "numbers-head", "Your numbers"},
	    {SETUP_ADDRESS, SETUP_DISK, "here-head", "This installation"},
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		html_raw(b, "<section class=\"card\"");
		html_attr(b, "aria-labelledby", groups[i].id);
		html_raw(b, ">\n<h2");
		html_attr(b, "id", groups[i].id);
		html_raw(b, ">");
		html_text(b, groups[i].head);
		html_raw(b, "</h2>\n<ol class=\"steps\">\n");
		for (int s = (int)groups[i].from; s <= (int)groups[i].to; s++)
			write_step(p, b, &p->setup.steps[s]);
		html_raw(b, "</ol>\n</section>\n");
	}
}

/* ---- the test text ---------------------------------------------------------------------------- */

static void
write_trial_step(const struct check_page *p, struct buf *b, const struct trial_result *r)
{
	bool waits = r->state == SETUP_UNKNOWN;

	html_raw(b, "<li class=\"step ");
	html_raw(b, waits ? "" : tone_class(looks[r->state].tone));
	html_raw(b, "\">");
	part_icon(b, waits ? ICON_TODO : looks[r->state].icon);
	html_raw(b, "<p><b>");
	html_text(b, r->title);
	html_raw(b, "</b>");
	if (r->time) {
		html_raw(b, " <span class=\"soft\">");
		page_time(b, r->time, p->frame.now);
		html_raw(b, "</span>");
	}
	html_raw(b, "</p><p class=\"small\" dir=\"auto\">");
	html_text(b, r->sentence);
	html_raw(b, "</p>");
	if (r->action) {
		html_raw(b, "<p class=\"small\"><b>What to do:</b> ");
		html_text(b, r->action);
		html_raw(b, "</p>");
	}
	html_raw(b, "</li>\n");
}

static void
write_round_trip(const struct check_page *p, struct buf *b)
{
	struct trial_result steps[TRIAL_STEPS];

	trial_judge(&p->trial, p->frame.now, p->req->arena, steps);
	html_raw(b, "<h3>The last one, to ");
	part_phone(b, p->trial.message.contact_number);
	html_raw(b, "</h3>\n<ol class=\"steps\">\n");
	for (int i = 0; i < TRIAL_STEPS; i++)
		write_trial_step(p, b, &steps[i]);
	html_raw(b, "</ol>\n<p class=\"small\">");
	frame_link(p->app, p->req, b, arena_fmt(p->req->arena, "messages/%s", p->trial.message.id),
	    NULL, "The message's own page");
	html_raw(b, "</p>\n");
}

static void
write_form(const struct check_page *p, struct buf *b)
{
	const struct part_field to = {
	    .name = "to",
	    .label = "Your own phone",
	    .help =
		"It gets one text, which costs what a text costs. Answer it to see whether replies arrive.",
	    .value = p->to,
	    .fault = p->fault,
	    .type = "tel",
	    .inputmode = "tel",
	    .autocomplete = "tel",
	    .required = true,
	};

	frame_form(p->app, p->req, b, "check");
	send_one_word(b);
	part_hidden(b, "do", "text");
	part_field(b, &to);
	html_raw(b,
	    "<div class=\"acts\"><button type=\"submit\">Send test text</button></div></form>\n");
}

void
check_trial(const struct check_page *p, struct buf *b)
{
	html_raw(b, "<section class=\"card\" id=\"trial\" aria-labelledby=\"trial-head\">\n"
		    "<h2 id=\"trial-head\">Send yourself a test text</h2>\n");
	if (p->req->role == ROLE_OWNER)
		write_form(p, b);
	else if (!p->has_trial)
		html_raw(
		    b, "<p>None was sent yet. An owner of this organization can send one.</p>\n");
	if (p->has_trial)
		write_round_trip(p, b);
	html_raw(b, "</section>\n");
}
