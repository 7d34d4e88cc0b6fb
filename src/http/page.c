/*
 * page.c: the frame of every page: head, rehearsal bar, top bar with the way to stop
 * everything, one banner.  Handlers write what stands inside <main>.
 *
 * Nothing here reads the store; a page says in struct page what its frame has to know.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/settings.h"
#include "http/page.h"
#include "http/parts.h"

#define TITLE_NAME 32

/* The icons: a page that refers to one (parts.c) gets its drawing, once, at its end. */
static const struct {
	const char *use, *symbol;
} symbols[] = {
#define SYMBOL(name, drawing)                                                              \
	{                                                                                  \
		"#i-" name "\"",                                                           \
		    "<symbol id=\"i-" name "\" viewBox=\"0 0 24 24\">" drawing "</symbol>" \
	}
    SYMBOL("fine", "<circle cx=\"12\" cy=\"12\" r=\"9\"/><path d=\"m8 12 3 3 5-6\"/>"),
    SYMBOL("look", "<path d=\"M12 4 2.500 20h19zM12 10v4M12 17v.1\"/>"),
    SYMBOL("broken", "<circle cx=\"12\" cy=\"12\" r=\"9\"/><path d=\"m9 9 6 6m0-6-6 6\"/>"),
    SYMBOL("wait", "<circle cx=\"12\" cy=\"12\" r=\"9\"/><path d=\"M12 7v5l3 2\"/>"),
    SYMBOL("turn", "<path d=\"M20 12a8 8 0 1 1-3-6.200M20 3v4h-4\"/>"),
    SYMBOL("todo", "<circle cx=\"12\" cy=\"12\" r=\"9\" stroke-dasharray=\"3 3.300\"/>"),
    SYMBOL("in", "<path d=\"M18 6 6 18M6 9v9h9\"/>"),
    SYMBOL("out", "<path d=\"M6 18 18 6M9 6h9v9\"/>"),
    SYMBOL("pause", "<path d=\"M8 5v14M16 5v14\"/>"),
    SYMBOL("play", "<path d=\"M7 5v14l11-7z\"/>"),
    SYMBOL("talk", "<path d=\"M6 4h12a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3h-6l-5 4v-4H6a3 3 0 0 1-3-3V7"
		   "a3 3 0 0 1 3-3zM8 9h8M8 13h5\"/>"),
#undef SYMBOL
};

static void
write_symbols(struct buf *b)
{
	const size_t count = sizeof(symbols) / sizeof(symbols[0]);
	bool used[sizeof(symbols) / sizeof(symbols[0])];

	for (size_t i = 0; i < count; i++)
		used[i] = strstr(buf_str(b), symbols[i].use) != NULL;
	html_raw(b, "<svg hidden xmlns=\"http://www.w3.org/2000/svg\">");
	for (size_t i = 0; i < count; i++)
		if (used[i])
			html_raw(b, symbols[i].symbol);
	html_raw(b, "</svg>\n");
}

/* The name of the organization as far as a title has room for it: tabs and bookmarks show no more.
 * */
static void
write_title_name(struct buf *b, const char *name, size_t room)
{
	size_t n = 0, characters = 0;

	while (name[n] && (characters < room || ((unsigned char)name[n] & 0xc0) == 0x80)) {
		characters += ((unsigned char)name[n] & 0xc0) != 0x80;
		n++;
	}
	html_raw(b, " - ");
	html_textn(b, name, n);
	if (name[n])
		html_raw(b, "...");
}

static void
write_head(const struct settings *s, const struct request *req, struct buf *b, const struct page *p)
{
	html_raw(
	    b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
	html_text(b, p->title);
	if (p->org_name)
		write_title_name(b, p->org_name, TITLE_NAME);
	html_raw(b,
	    "</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n"
	    "<link rel=\"stylesheet\"");
	html_url_attr(b, "href", page_path(s, req, asset_path_css()));
	html_raw(b, ">\n<link rel=\"icon\"");
	html_url_attr(b, "href", page_path(s, req, asset_path_icon()));
	html_raw(b, ">\n<script defer");
	html_url_attr(b, "src", page_path(s, req, asset_path_js()));
	html_raw(b, "></script>\n");
	/* Without the script; with it the script waits for whoever is typing. */
	if (p->refresh > 0 && !p->typing)
		html_rawf(b, "<noscript><meta http-equiv=\"refresh\" content=\"%d\"></noscript>\n",
		    p->refresh);
	html_raw(b, "</head>\n");
}

/* One entry of the bar; count 0 shows no badge. */
static void
write_entry(const struct settings *s, const struct request *req, struct buf *b,
    const struct page *p, const char *name, const char *label, size_t count)
{
	html_raw(b, "<li><a");
	html_url_attr(b, "href",
	    page_path(s, req, arena_fmt(req->arena, "/admin/%" PRIu32 "/%s", p->org, name)));
	if (p->active && strcmp(p->active, name) == 0)
		html_raw(b, " aria-current=\"page\"");
	html_raw(b, ">");
	html_text(b, label);
	if (count) {
		html_raw(b, " <span class=\"badge\">");
		html_rawf(b, count > 99 ? "99+" : "%zu", count);
		html_raw(b, "</span>");
	}
	html_raw(b, "</a></li>\n");
}

static void
write_sending(
    const struct settings *s, const struct request *req, struct buf *b, const struct page *p)
{
	html_raw(b, "<div class=\"sending\">\n<p>");
	if (p->paused) {
		part_icon(b, ICON_PAUSE);
		html_raw(b, " ");
		html_text(b, p->paused_why ? p->paused_why : "Sending is paused.");
	} else {
		html_raw(b, p->sending_held ? "Sending is held" : "Sending is on");
	}
	html_raw(b, "</p>\n");
	if (req->role != ROLE_OWNER) {
		html_raw(b, "</div>\n");
		return;
	}
	html_raw(b, "<form method=\"post\"");
	html_url_attr(b, "action",
	    page_path(s, req, arena_fmt(req->arena, "/admin/%" PRIu32 "/pause", p->org)));
	html_raw(b, ">");
	page_csrf(req, b);
	if (req->method == METHOD_GET)
		part_hidden(b, "back", req->path);
	html_raw(b, p->paused
			? "<button type=\"submit\" class=\"stop\" name=\"do\" value=\"resume\">"
			: "<button type=\"submit\" class=\"stop\" name=\"do\" value=\"pause\">");
	part_icon(b, p->paused ? ICON_PLAY : ICON_PAUSE);
	html_raw(b, p->paused ? "RESUME SENDING</button></form>\n</div>\n"
			      : "PAUSE SENDING</button></form>\n</div>\n");
}

static void
write_who(const struct settings *s, const struct request *req, struct buf *b)
{
	html_raw(b, "<div class=\"who\"><span");
	html_attr(b, "title", req->session->email);
	html_raw(b, "><span class=\"vh\">Signed in as </span>");
	html_text(b, req->session->email);
	html_raw(b, "</span>\n<form method=\"post\"");
	html_url_attr(b, "action", page_path(s, req, "/logout"));
	html_raw(b, ">");
	page_csrf(req, b);
	html_raw(b, "<button type=\"submit\" class=\"quiet\">Sign out</button></form></div>\n");
}

static void
write_bar(const struct settings *s, const struct request *req, struct buf *b, const struct page *p)
{
	html_raw(b, p->paused && p->org ? "<div class=\"bar paused\">" : "<div class=\"bar\">");
	html_raw(b, "<div class=\"bar-in\">\n<a class=\"org\"");
	html_url_attr(b, "href", page_path(s, req, "/admin"));
	html_raw(b, ">");
	part_icon(b, ICON_TALK);
	html_raw(b, "<span dir=\"auto\">");
	html_text(b, p->org_name ? p->org_name : "spoke-bandwidth");
	html_raw(b, "</span></a>\n");
	if (req->session)
		write_who(s, req, b);
	if (p->org) {
		html_raw(b, "<nav aria-label=\"Pages\"><ul>\n");
		write_entry(s, req, b, p, "messages", "Messages", 0);
		write_entry(s, req, b, p, "numbers", "Numbers", 0);
		write_entry(s, req, b, p, "look", "Needs a look", p->look_count);
		write_entry(s, req, b, p, "settings", "Settings", 0);
		write_entry(s, req, b, p, "check", "Check", 0);
		html_raw(b, "</ul></nav>\n");
		write_sending(s, req, b, p);
	}
	html_raw(b, "</div></div>\n");
}

static void
write_banner(
    const struct settings *s, const struct request *req, struct buf *b, const struct page *p)
{
	static const enum tone tones[] = {
	    [BANNER_NONE] = TONE_PLAIN,
	    [BANNER_FINE] = TONE_FINE,
	    [BANNER_LOOK] = TONE_LOOK,
	    [BANNER_BROKEN] = TONE_BROKEN,
	};
	static const char *const words[] = {
	    [BANNER_NONE] = "",
	    [BANNER_FINE] = "",
	    [BANNER_LOOK] = "Needs a look.",
	    [BANNER_BROKEN] = "Not working.",
	};
	part_note_begin(b, tones[p->banner], "banner");
	html_raw(b, "<p><b>");
	html_text(b, words[p->banner]);
	html_raw(b, "</b> ");
	html_text(b, p->banner_text);
	if (p->banner_action && p->banner_href) {
		html_raw(b, " <a");
		html_url_attr(b, "href", page_path(s, req, p->banner_href));
		html_raw(b, ">");
		html_text(b, p->banner_action);
		html_raw(b, "</a>");
	}
	html_raw(b, "</p>");
	part_note_end(b);
}

void
page_begin(
    const struct settings *s, const struct request *req, struct response *res, const struct page *p)
{
	struct buf *b = &res->body;

	write_head(s, req, b, p);
	if (p->refresh > 0)
		html_rawf(b, "<body data-refresh=\"%d\">\n", p->refresh);
	else
		html_raw(b, "<body>\n");
	html_raw(b, "<header>\n<a class=\"skip\" href=\"#main\">Skip to content</a>\n");
	if (s->rehearsal)
		html_raw(b,
		    "<p class=\"rehearsal\"><b>REHEARSAL</b> Texts go to a stand-in for Bandwidth. "
		    "Nobody's phone gets them.</p>\n");
	write_bar(s, req, b, p);
	html_raw(b, p->wide ? "</header>\n<main id=\"main\" class=\"wide\" spellcheck=\"false\">\n"
			    : "</header>\n<main id=\"main\" spellcheck=\"false\">\n");
	if (p->banner != BANNER_NONE && p->banner_text)
		write_banner(s, req, b, p);
}

void
page_end(struct response *res)
{
	html_raw(&res->body, "</main>\n");
	write_symbols(&res->body);
	html_raw(&res->body, "</body>\n</html>\n");
}

void
page_csrf(const struct request *req, struct buf *b)
{
	if (req->session)
		part_hidden(b, "csrf", req->session->csrf);
}

const char *
page_path(const struct settings *s, const struct request *req, const char *path)
{
	return arena_fmt(req->arena, "%s%s", s->base_url.path ? s->base_url.path : "", path);
}

/* "3 minutes ago", "in 2 hours"; beyond a month the date says more: false. */
static bool
write_relative(struct buf *b, int64_t distance)
{
	static const struct {
		int64_t below, unit;
		const char *one, *many;
	} scale[] = {
	    {CLOCK_HOUR, CLOCK_MINUTE, "minute", "minutes"},
	    {CLOCK_DAY, CLOCK_HOUR, "hour", "hours"},
	    {31 * CLOCK_DAY, CLOCK_DAY, "day", "days"},
	};
	int64_t away = distance < 0 ? -distance : distance;

	if (away < CLOCK_MINUTE) {
		html_raw(b, distance > 0 ? "in less than a minute" : "just now");
		return true;
	}
	for (size_t i = 0; i < sizeof(scale) / sizeof(scale[0]); i++) {
		if (away >= scale[i].below)
			continue;
		html_rawf(
		    b, distance > 0 ? "in %" PRId64 " " : "%" PRId64 " ", away / scale[i].unit);
		html_raw(b, away / scale[i].unit == 1 ? scale[i].one : scale[i].many);
		if (distance < 0)
			html_raw(b, " ago");
		return true;
	}
	return false;
}

void
page_time(struct buf *b, int64_t when, int64_t now)
{
	char exact[CLOCK_TEXT], date[CLOCK_TEXT];

	if (when <= 0) {
		html_raw(b, "never");
		return;
	}
	/* "Mon, 23 Nov 2026 18:00:00 GMT": the date begins at 5 and ends at 16, the zone at 26. */
	clock_http(when, date);
	html_raw(b, "<time");
	html_attr(b, "datetime", clock_text(when, exact));
	html_raw(b, " title=\"");
	html_textn(b, date, strlen(date) > 25 ? 25 : strlen(date));
	html_raw(b, " UTC\">");
	if (!write_relative(b, when - now))
		html_textn(b, date + 5, 11);
	html_raw(b, "</time>");
}
