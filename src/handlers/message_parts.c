/*
 * message_parts.c: a message in words.  Used by the list, the conversation, the message's own
 * page and "Needs a look", so that a state is called the same everywhere.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/url.h"
#include "handlers/message_parts.h"
#include "http/parts.h"
#include "org/errors.h"

/* A sent one without a receipt is watched for this long. */
#define WATCH_SENT (10 * CLOCK_MINUTE)

static const struct {
	enum tone tone;
	enum icon icon;
} looks[STATE_COUNT] = {
    [STATE_RECEIVED] = {TONE_PLAIN, ICON_IN},
    [STATE_QUEUED] = {TONE_PLAIN, ICON_WAIT},
    [STATE_HELD] = {TONE_LOOK, ICON_PAUSE},
    [STATE_SENDING] = {TONE_BUSY, ICON_TURN},
    [STATE_UNKNOWN] = {TONE_LOOK, ICON_LOOK},
    [STATE_SENT] = {TONE_PLAIN, ICON_OUT},
    [STATE_DELIVERED] = {TONE_FINE, ICON_FINE},
    [STATE_FAILED] = {TONE_BROKEN, ICON_BROKEN},
    [STATE_CANCELLED] = {TONE_PLAIN, ICON_BROKEN},
};

void
message_state_part(struct buf *b, const struct message *m)
{
	enum message_state state = message_state(m);

	part_state(b, looks[state].tone, looks[state].icon, state_words(state));
}

/* ---- why ------------------------------------------------------------------------- */

static const char *
who_acts(const char *who)
{
	static const struct {
		const char *who, *words;
	} table[] = {
	    {"admin", "Whoever looks after these settings can mend this."},
	    {"texter", "Whoever writes to this person can mend this."},
	    {"bandwidth", "Bandwidth has to mend this."},
	    {"nobody", "There is nothing to mend."},
	};

	for (size_t i = 0; who && i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(who, table[i].who) == 0)
			return table[i].words;
	return "";
}

static void
write_failure(struct buf *b, const struct message *m)
{
	const struct error_code *code = m->error_code ? error_find((int)m->error_code) : NULL;
	const char *meaning = m->error_meaning ? m->error_meaning
			      : code	       ? code->meaning
					       : "It was not delivered; no reason was given.";

	html_raw(b, "<p class=\"why\">");
	if (m->error_code)
		html_rawf(b, "<b>%" PRId64 ":</b> ", m->error_code);
	html_raw(b, "<span dir=\"auto\">");
	html_text(b, meaning);
	html_raw(b, "</span> <span class=\"soft\">");
	html_text(b, who_acts(m->error_who ? m->error_who : code ? code->who : NULL));
	html_raw(b, "</span></p>\n");
}

void
message_why(struct buf *b, const struct message *m)
{
	enum message_state state = message_state(m);
	const char *words;

	if (state == STATE_FAILED) {
		write_failure(b, m);
		return;
	}
	if (state == STATE_UNKNOWN && !message_elsewhere(m))
		words = "Bandwidth's answer was lost. Don't send it again before checking.";
	else if (state == STATE_HELD || state == STATE_UNKNOWN ||
		 (state == STATE_QUEUED && m->held_why))
		words = held_words(m->held_why);
	else
		return;
	html_raw(b, "<p class=\"why\">");
	html_text(b, words);
	html_raw(b, "</p>\n");
}

/* ---- what it is ---------------------------------------------------------------------- */

void
message_size(struct buf *b, const struct message *m)
{
	if (m->segments) {
		html_raw(b, "<span>");
		part_count(b, m->segments, "segment", "segments");
		html_raw(b, "</span>\n");
	}
	if (m->media.count) {
		html_raw(b, "<span>");
		part_count(b, (long long)m->media.count, "attachment", "attachments");
		html_raw(b, m->media_removed ? ", removed</span>\n" : "</span>\n");
	}
}

void
message_media_link(
    const struct app *app, const struct request *req, struct buf *b, const struct message *m)
{
	if (m->out || m->media.count == 0 || m->media_removed != 0)
		return;
	html_raw(b, "<a");
	html_url_attr(b, "href",
	    frame_path(app, req, arena_fmt(req->arena, "%s#media", message_route(req, m->id))));
	html_raw(
	    b, m->media.count == 1 ? ">See the attachment</a>\n" : ">See the attachments</a>\n");
}

void
message_words(struct buf *b, const struct message *m, const char *class_)
{
	char gone[MESSAGE_GONE];
	const char *none = message_text_gone(m, gone);

	if (!none)
		none = m->media.count ? "No words, only an attachment" : "Empty text";
	html_raw(b, "<p");
	html_attr(b, "class", class_);
	html_raw(b, " dir=\"auto\">");
	if (m->text && *m->text) {
		html_text(b, m->text);
	} else {
		html_raw(b, "<i>");
		html_text(b, none);
		html_raw(b, "</i>");
	}
	html_raw(b, "</p>\n");
}

void
message_party(
    const struct app *app, const struct request *req, struct buf *b, const struct message *m)
{
	html_raw(b, m->out ? "To " : "From ");
	html_raw(b, "<a");
	html_url_attr(b, "href", frame_path(app, req, contact_route(req, m->contact_number)));
	html_raw(b, ">");
	part_phone(b, m->contact_number);
	html_raw(b, "</a>");
	if (m->group.count > 1) {
		html_raw(b, " and ");
		part_count(b, (long long)m->group.count - 1, "other", "others");
	}
}

bool
message_moves(const struct message *m, bool paused, int64_t now)
{
	switch (message_state(m)) {
	case STATE_QUEUED:
		return !paused && m->due <= now + CLOCK_MINUTE;
	case STATE_SENDING:
		return true;
	case STATE_SENT:
		return now - m->sent < WATCH_SENT;
	default:
		return false;
	}
}

/* ---- what can be decided ---------------------------------------------------------------- */

bool
message_decisions(
    const struct app *app, const struct request *req, struct buf *b, const struct message *m)
{
	enum message_state state = message_state(m);
	const char *route = message_route(req, m->id);

	if (req->role != ROLE_OWNER || !m->out ||
	    (state != STATE_QUEUED && state != STATE_HELD && state != STATE_UNKNOWN))
		return false;
	html_raw(b, "<div class=\"acts\">\n");
	if (state == STATE_QUEUED)
		frame_button(app, req, b, route, "action", "cancel", "danger", "Take it back");
	if (state == STATE_UNKNOWN) {
		frame_button(app, req, b, route, "action", "was-sent", NULL, "It was sent");
		/* They might get it twice: that is asked on a page of its own. */
		frame_link(
		    app, req, b, arena_fmt(req->arena, "%s?ask=send", route), "button", "Send it");
	}
	if (state == STATE_HELD)
		frame_button(app, req, b, route, "action", "send", NULL, "Send it");
	if (state != STATE_QUEUED)
		frame_button(app, req, b, route, "action", "give-up", "danger", "Give up");
	html_raw(b, "</div>\n");
	return true;
}

const char *
message_route(const struct request *req, const char *id)
{
	return arena_fmt(req->arena, "messages/%s", id);
}

static const char *
route_of(const struct request *req, const char *page, const char *number)
{
	struct buf escaped = BUF_INIT(1024);
	const char *route;

	if (number)
		url_escape(&escaped, number, strlen(number));
	route = arena_fmt(req->arena, "%s?contact=%s", page, buf_str(&escaped));
	buf_free(&escaped);
	return route;
}

const char *
contact_route(const struct request *req, const char *number)
{
	return route_of(req, "messages", number);
}

void
message_forget_link(
    const struct app *app, const struct request *req, struct buf *b, const char *number)
{
	html_raw(b, "<p class=\"small\">They ask you to remove what you know of them? ");
	frame_link(app, req, b, route_of(req, "forget", number), NULL, "Forget this person");
	html_raw(b, "</p>\n");
}
