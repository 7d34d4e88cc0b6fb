/*
 * numbers_table.c: the organization's numbers as a table, with its filters and paging.
 *
 * On a narrow screen each row becomes a block of lines (spoke.css, .numbers).  Boxes to tick
 * carry the number as their name: a form's names must differ.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/url.h"
#include "handlers/numbers_page.h"
#include "http/parts.h"

static const struct {
	const char *state;
	enum tone tone;
	enum icon icon;
} looks[] = {
    {NUMBER_IN_SERVICE, TONE_FINE, ICON_FINE},
    {NUMBER_NOT_READY, TONE_PLAIN, ICON_WAIT},
    {NUMBER_DRAINING, TONE_LOOK, ICON_PAUSE},
    {NUMBER_RELEASING, TONE_BUSY, ICON_TURN},
    {NUMBER_RELEASED, TONE_PLAIN, ICON_OUT},
    {NUMBER_MOVED, TONE_PLAIN, ICON_OUT},
    {NUMBER_GONE, TONE_PLAIN, ICON_BROKEN},
};

void
number_state_part(struct buf *b, const char *state)
{
	enum tone tone = TONE_PLAIN;
	enum icon icon = ICON_LOOK;

	for (size_t i = 0; state && i < sizeof(looks) / sizeof(looks[0]); i++)
		if (strcmp(state, looks[i].state) == 0) {
			tone = looks[i].tone;
			icon = looks[i].icon;
		}
	part_state(b, tone, icon, number_state_words(state));
}

/* ---- filters -------------------------------------------------------------------- */

/* The list with these filters, from the first number or behind one. */
static const char *
here(const struct numbers_page *p, const char *state, const char *area, const char *after)
{
	struct buf query = BUF_INIT(256);
	const char *route;

	if (state)
		buf_addf(&query, "&state=%s", state);
	if (area)
		buf_addf(&query, "&look=%s", area);
	if (after) {
		buf_adds(&query, "&after=");
		url_escape(&query, after, strlen(after));
	}
	route = query.len ? arena_fmt(p->req->arena, "numbers?%s", buf_str(&query) + 1) : "numbers";
	buf_free(&query);
	return route;
}

static void
tab(const struct numbers_page *p, struct buf *b, const char *state, const char *label,
    int64_t count)
{
	const char *now = p->filter.state;
	bool current = state == now || (state && now && strcmp(state, now) == 0);

	html_raw(b, "<li><a");
	html_url_attr(b, "href", frame_path(p->app, p->req, here(p, state, p->filter.area, NULL)));
	html_raw(b, current ? " aria-current=\"page\">" : ">");
	html_text(b, label);
	html_rawf(b, " <span class=\"num\">%" PRId64 "</span></a></li>\n", count);
}

/* Looks for an area code, or for one number. */
static void
write_look(const struct numbers_page *p, struct buf *b)
{
	const struct part_field f = {
	    .name = "look",
	    .label = "Area code or number",
	    .value = p->entered,
	    .fault = p->entered_fault,
	    .type = "search",
	    .inputmode = "tel",
	    .autocomplete = "off",
	};

	html_raw(b, "<form method=\"get\" class=\"field\" role=\"search\"");
	html_url_attr(b, "action", frame_path(p->app, p->req, "numbers"));
	html_raw(b, ">\n<div class=\"acts\">\n");
	if (p->filter.state)
		part_hidden(b, "state", p->filter.state);
	part_field(b, &f);
	html_raw(b, "<button type=\"submit\">Show</button>\n");
	if (p->entered)
		frame_link(
		    p->app, p->req, b, here(p, p->filter.state, NULL, NULL), "button", "All");
	html_raw(b, "</div></form>\n");
}

void
numbers_filters(const struct numbers_page *p, struct buf *b)
{
	const char *state;

	html_raw(b, "<nav aria-label=\"Which numbers\"><ul class=\"tabs\">\n");
	tab(p, b, NULL, "All", p->total);
	for (unsigned i = 0; i < NUMBERS_STATES && (state = number_state_at(i)) != NULL; i++)
		if (p->totals[i] || (p->filter.state && strcmp(p->filter.state, state) == 0))
			tab(p, b, state, number_state_words(state), p->totals[i]);
	html_raw(b, "</ul></nav>\n");
	write_look(p, b);
}

/* ---- the table -------------------------------------------------------------------- */

static void
cell(struct buf *b, const char *label, const char *class_)
{
	html_raw(b, "<td");
	if (class_)
		html_attr(b, "class", class_);
	html_attr(b, "data-label", label);
	html_raw(b, ">");
}

/* "97 % of 120", over the last seven days. */
static void
write_rate(struct buf *b, const struct number_figures *f)
{
	int64_t all = f->delivered_week + f->failed_week;

	if (!all) {
		html_raw(b, "<span class=\"soft\">no texts yet</span>");
		return;
	}
	html_rawf(b, "%" PRId64 "&nbsp;%% <span class=\"soft\">of %" PRId64 "</span>",
	    f->delivered_week * 100 / all, all);
}

static void
write_box(struct buf *b, const struct number *n)
{
	html_raw(b, "<td>");
	if (!number_is_lost(n) && !number_is(n, NUMBER_RELEASING)) {
		html_raw(b, "<label><span class=\"vh\">Choose ");
		part_phone(b, n->number);
		html_raw(b, "</span><input type=\"checkbox\" value=\"yes\"");
		html_attr(b, "name", n->number);
		html_raw(b, "></label>");
	}
	html_raw(b, "</td>\n");
}

static void
write_number(const struct numbers_page *p, struct buf *b, const struct number *n)
{
	html_raw(b, "<th scope=\"row\"><b>");
	part_phone(b, n->number);
	html_raw(b, "</b><br><span class=\"soft small num\">");
	html_text(b, n->number);
	html_raw(b, "</span></th>\n");
	cell(b, "State", NULL);
	number_state_part(b, n->state);
	html_raw(b, "<br><span class=\"soft small\">");
	if (n->job) {
		frame_link(
		    p->app, p->req, b, arena_fmt(p->req->arena, "jobs/%s", n->job), NULL, "since");
		html_raw(b, " ");
	} else {
		html_raw(b, "since ");
	}
	page_time(b, n->state_since ? n->state_since : n->added, p->frame.now);
	html_raw(b, "</span>");
	if (n->state_why) {
		html_raw(b, "<br><span class=\"small\" dir=\"auto\">");
		html_text(b, n->state_why);
		html_raw(b, "</span>");
	}
	html_raw(b, "</td>\n");
}

static void
write_row(const struct numbers_page *p, struct buf *b, const struct own_number *o)
{
	const struct number_figures *f = &o->figures;
	int64_t last = f->last_out > f->last_in ? f->last_out : f->last_in;

	html_raw(b, "<tr>");
	if (p->req->role == ROLE_OWNER)
		write_box(b, &o->number);
	write_number(p, b, &o->number);
	cell(b, "Area code", "num");
	html_text(b, *o->area ? o->area : "none");
	html_raw(b, "</td>\n");
	cell(b, "Contacts", "num");
	html_rawf(b, "%" PRId64 "</td>\n", f->contacts);
	cell(b, "Texts today", "num");
	html_rawf(b, "%" PRId64 " out, %" PRId64 " in</td>\n", f->out_today, f->in_today);
	cell(b, "Last use", NULL);
	page_time(b, last, p->frame.now);
	html_raw(b, "</td>\n");
	cell(b, "Delivered", NULL);
	write_rate(b, f);
	html_raw(b, "</td></tr>\n");
}

static void
write_buttons(struct buf *b)
{
	html_raw(b,
	    "<div class=\"acts\">\n<span>With the chosen ones:</span>\n"
	    "<button type=\"submit\" name=\"do\" value=\"drain\">No new contacts</button>\n"
	    "<button type=\"submit\" name=\"do\" value=\"resume\">Back in service</button>\n"
	    "<button type=\"submit\" class=\"danger\" name=\"do\" value=\"ask-release\">"
	    "Release or take off the list</button>\n</div>\n");
}

static void
write_pager(const struct numbers_page *p, struct buf *b)
{
	html_raw(b, "<div class=\"pager\">");
	if (p->filter.after) {
		html_raw(b, "<p>");
		frame_link(p->app, p->req, b, here(p, p->filter.state, p->filter.area, NULL),
		    "button", "From the first");
		html_raw(b, "</p>");
	}
	if (p->next) {
		html_raw(b, "<p>");
		frame_link(p->app, p->req, b, here(p, p->filter.state, p->filter.area, p->next),
		    "button", "Next numbers");
		html_raw(b, "</p>");
	}
	html_raw(b, "</div>\n");
}

static void
write_nothing(const struct numbers_page *p, struct buf *b)
{
	html_raw(b, "<div class=\"card empty\">");
	part_icon(b, ICON_TALK);
	if (p->filter.state || p->entered || p->filter.after)
		html_raw(b, "<p>There are none of these.</p>");
	else
		html_raw(b,
		    "<h2>No numbers yet</h2>\n<p class=\"soft\">The numbers that you text from will appear here. "
		    "Compare with Bandwidth if your account has some already, or get new ones.</p>");
	html_raw(b, "</div>\n");
}

void
numbers_table(const struct numbers_page *p, struct buf *b)
{
	bool owner = p->req->role == ROLE_OWNER;

	if (!p->count) {
		write_nothing(p, b);
		write_pager(p, b);
		return;
	}
	if (owner)
		frame_form(p->app, p->req, b, "numbers");
	html_raw(b, "<div class=\"card list\">\n<table class=\"numbers\">\n"
		    "<caption class=\"vh\">Numbers</caption>\n<thead class=\"soft small\"><tr>");
	if (owner)
		html_raw(b, "<td></td>");
	html_raw(b,
	    "<th scope=\"col\">Number</th><th scope=\"col\">State</th><th scope=\"col\">Area code</th>"
	    "<th scope=\"col\">Contacts</th><th scope=\"col\">Texts today</th>"
	    "<th scope=\"col\">Last use</th><th scope=\"col\">Delivered, 7 days</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < p->count; i++)
		write_row(p, b, &p->list[i]);
	html_raw(b, "</tbody></table>\n</div>\n");
	if (owner) {
		write_buttons(b);
		html_raw(b, "</form>\n");
	}
	write_pager(p, b);
}
