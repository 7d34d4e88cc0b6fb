/*
 * message_list.c: messages as a list or as a conversation, with filters and older/newer.
 *
 * Whatever a stranger wrote is shown as text, wrapped, in its own direction.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/url.h"
#include "handlers/messages_page.h"
#include "http/parts.h"

/* ---- addresses ----------------------------------------------------------------------- */

static const char *
here(const struct messages_page *p, const char *direction, const char *state)
{
	if (p->contact)
		return contact_route(p->req, p->contact);
	if (direction)
		return arena_fmt(p->req->arena, "messages?direction=%s", direction);
	if (state)
		return arena_fmt(p->req->arena, "messages?state=%s", state);
	return "messages";
}

const char *
messages_here(const struct messages_page *p)
{
	return here(p, p->direction, p->state);
}

static const char *
with(const struct messages_page *p, const char *before, const char *was)
{
	const char *base = messages_here(p);
	const char *mark = strchr(base, '?') ? "&" : "?";

	if (!before)
		return base;
	if (!was)
		return arena_fmt(p->req->arena, "%s%sbefore=%s", base, mark, before);
	return arena_fmt(p->req->arena, "%s%sbefore=%s&was=%s", base, mark, before, was);
}

/* Older: this page's own cursor is put before the ones it came by (at most 20 are kept). */
static const char *
older(const struct messages_page *p)
{
	const size_t most = 20 * MESSAGE_ID;
	const char *before = p->filter.before, *was = p->was;

	if (before && was)
		was =
		    arena_fmt(p->req->arena, "%s.%.*s", before, (int)(most - MESSAGE_ID - 1), was);
	else if (before)
		was = before;
	return with(p, p->next, was);
}

/* Newer: the first of the cursors it came by, or the newest. */
static const char *
newer(const struct messages_page *p)
{
	size_t n = p->was ? strcspn(p->was, ".") : 0;

	if (!n)
		return messages_here(p);
	return with(p, arena_dup(p->req->arena, p->was, n), p->was[n] ? p->was + n + 1 : NULL);
}

void
messages_older(const struct messages_page *p, struct buf *b)
{
	if (!p->next)
		return;
	html_raw(b, "<p>");
	frame_link(p->app, p->req, b, older(p), "button", "Older");
	html_raw(b, "</p>\n");
}

void
messages_newer(const struct messages_page *p, struct buf *b)
{
	if (!p->filter.before)
		return;
	html_raw(b, "<p>");
	frame_link(p->app, p->req, b, newer(p), "button", "Newer");
	html_raw(b, "</p>\n");
}

/* ---- filters -------------------------------------------------------------------------- */

static bool
same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void
tab(const struct messages_page *p, struct buf *b, const char *label, const char *direction,
    const char *state, size_t count)
{
	bool current = same(p->direction, direction) && same(p->state, state);

	html_raw(b, "<li><a");
	html_url_attr(b, "href", frame_path(p->app, p->req, here(p, direction, state)));
	html_raw(b, current ? " aria-current=\"page\">" : ">");
	html_text(b, label);
	if (count) {
		html_raw(b, " <span class=\"num\">");
		html_rawf(b, count >= FRAME_COUNT_MAX ? "99+" : "%zu", count);
		html_raw(b, "</span>");
	}
	html_raw(b, "</a></li>\n");
}

void
messages_tabs(const struct messages_page *p, struct buf *b)
{
	html_raw(b, "<nav aria-label=\"Which messages\"><ul class=\"tabs\">\n");
	tab(p, b, "All", NULL, NULL, 0);
	tab(p, b, "Received", "in", NULL, 0);
	tab(p, b, "Outgoing", "out", NULL, 0);
	tab(p, b, "Waiting", NULL, "queued", p->frame.queued);
	tab(p, b, "Held", NULL, "held", p->frame.held);
	tab(p, b, "Not known", NULL, "unknown", p->frame.unknown);
	tab(p, b, "Delivered", NULL, "delivered", 0);
	tab(p, b, "Failed", NULL, "failed", 0);
	html_raw(b, "</ul></nav>\n");
}

/* ---- the list ----------------------------------------------------------------------------- */

static void
row(const struct messages_page *p, struct buf *b, const struct message *m)
{
	html_raw(b, "<li><article class=\"row\">\n<p class=\"from\">");
	part_icon(b, m->out ? ICON_OUT : ICON_IN);
	html_raw(b, " ");
	message_party(p->app, p->req, b, m);
	html_raw(b, "</p>\n<p class=\"when\">");
	page_time(b, m->created, p->frame.now);
	html_raw(b, "</p>\n");
	message_words(b, m, "words");
	html_raw(b, "<p class=\"meta\">");
	if (m->out)
		message_state_part(b, m);
	message_size(b, m);
	message_media_link(p->app, p->req, b, m);
	html_raw(b, "<a");
	html_url_attr(b, "href", frame_path(p->app, p->req, message_route(p->req, m->id)));
	html_raw(b, ">Details<span class=\"vh\"> of this text</span></a></p>\n");
	message_why(b, m);
	html_raw(b, "</article></li>\n");
}

static void
nothing(const struct messages_page *p, struct buf *b)
{
	html_raw(b, "<div class=\"card empty\">");
	part_icon(b, ICON_TALK);
	if (p->next) {
		html_raw(
		    b, "<p>None among the newest messages. <b>Older</b> looks further back.</p>");
	} else if (p->direction || p->state || p->filter.before) {
		html_raw(b, "<p>There are none of these.</p>");
	} else {
		html_raw(b,
		    "<h2>No texts yet</h2>\n<p class=\"soft\">What people write to your numbers, and what you "
		    "send them, will appear here. To get the first one, text one of your numbers from your own "
		    "phone, or send one with <b>New text</b>.</p>");
	}
	html_raw(b, "</div>\n");
}

void
messages_list_part(const struct messages_page *p, struct buf *b)
{
	if (!p->count) {
		nothing(p, b);
		return;
	}
	html_raw(b, "<ol class=\"card list\">\n");
	for (size_t i = 0; i < p->count; i++)
		row(p, b, &p->list[i]);
	html_raw(b, "</ol>\n");
}

/* ---- the conversation ------------------------------------------------------------------------ */

static void
bubble(const struct messages_page *p, struct buf *b, const struct message *m)
{
	html_raw(b, m->out ? "<li class=\"out\"><p class=\"vh\">You:</p>\n"
			   : "<li><p class=\"vh\">They:</p>\n");
	message_words(b, m, "bubble");
	html_raw(b, "<p class=\"meta\">");
	if (m->out)
		message_state_part(b, m);
	message_size(b, m);
	message_media_link(p->app, p->req, b, m);
	html_raw(b, "<a");
	html_url_attr(b, "href", frame_path(p->app, p->req, message_route(p->req, m->id)));
	html_raw(b, ">");
	page_time(b, m->created, p->frame.now);
	html_raw(b, "</a></p>\n");
	message_why(b, m);
	html_raw(b, "</li>\n");
}

/* Newest last, as people read a conversation. */
void
messages_talk(const struct messages_page *p, struct buf *b)
{
	if (!p->count) {
		html_raw(b, "<p class=\"soft\">No texts with this number yet.</p>\n");
		return;
	}
	html_raw(b, "<ol class=\"talk\">\n");
	for (size_t i = p->count; i-- > 0;)
		bubble(p, b, &p->list[i]);
	html_raw(b, "</ol>\n");
}
