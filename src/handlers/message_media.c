/*
 * message_media.c: attachments as people see them (message_media.h).
 *
 * They are shown from our own copy, never from Bandwidth's address, which would ask the browser
 * for the credentials.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "handlers/frame.h"
#include "handlers/message_media.h"
#include "handlers/message_parts.h"
#include "http/parts.h"
#include "org/media_type.h"

/* One that is tried again later than this is not waited for. */
#define WATCH CLOCK_MINUTE

struct showing {
	const struct app *app;
	const struct request *req;
	const struct message *message;
	struct buf *b;
	int64_t now;
	size_t count;
};

static const char *
address(const struct showing *s, const struct media *m, bool download)
{
	const char *route = arena_fmt(s->req->arena, "%s/media/%" PRId64 "%s",
	    message_route(s->req, m->message), m->place, download ? "?download=1" : "");

	return frame_path(s->app, s->req, route);
}

/* "Picture 2 of 3" */
static const char *
name_of(const struct showing *s, const struct media *m)
{
	static const char *const names[] = {
	    [SHOW_PICTURE] = "Picture", [SHOW_VIDEO] = "Video", [SHOW_SOUND] = "Sound"};
	const struct media_type *type = media_type_find(m->type);
	const char *name = type != NULL	     ? names[type->show]
			   : media_stored(m) ? "File"
					     : "Attachment";

	if (s->count == 1)
		return name;
	return arena_fmt(s->req->arena, "%s %" PRId64 " of %zu", name, m->place + 1, s->count);
}

static void
size_part(struct buf *b, int64_t bytes)
{
	if (bytes < 1024)
		part_count(b, bytes, "byte", "bytes");
	else if (bytes < 1024 * 1024)
		html_rawf(b, "%" PRId64 " KB", (bytes + 1023) / 1024);
	else
		html_rawf(b, "%.1f MB", (double)bytes / (1024 * 1024));
}

/* The file itself, where browsers can show it. */
static void
view(const struct showing *s, const struct media *m)
{
	const struct media_type *type = media_type_find(m->type);
	struct buf *b = s->b;

	if (type == NULL)
		return;
	switch (type->show) {
	case SHOW_PICTURE:
		html_raw(b, "<a");
		html_url_attr(b, "href", address(s, m, false));
		html_raw(b, "><img loading=\"lazy\"");
		html_url_attr(b, "src", address(s, m, false));
		html_attr(b, "alt", name_of(s, m));
		html_raw(b, "></a>\n");
		return;
	case SHOW_VIDEO:
		html_raw(b, "<video controls preload=\"metadata\"");
		html_url_attr(b, "src", address(s, m, false));
		html_attr(b, "aria-label", name_of(s, m));
		html_raw(b, "></video>\n");
		return;
	case SHOW_SOUND:
		html_raw(b, "<audio controls preload=\"metadata\"");
		html_url_attr(b, "src", address(s, m, false));
		html_attr(b, "aria-label", name_of(s, m));
		html_raw(b, "></audio>\n");
		return;
	}
}

static void
stored(const struct showing *s, const struct media *m)
{
	struct buf *b = s->b;

	html_raw(b, "<li class=\"media\">");
	view(s, m);
	html_raw(b, "<p class=\"meta\"><span>");
	html_text(b, name_of(s, m));
	html_raw(b, ", ");
	size_part(b, m->size);
	html_raw(b, "</span> <a");
	html_url_attr(b, "href", address(s, m, true));
	html_raw(b, ">Download<span class=\"vh\"> ");
	html_text(b, name_of(s, m));
	html_raw(b, "</span></a></p>\n");
	if (media_type_find(m->type) == NULL)
		html_raw(b,
		    "<p class=\"help\">It is neither a picture, a video nor a sound that can be shown here. "
		    "Open it only if you expect it.</p>\n");
	html_raw(b, "</li>\n");
}

static void
missing(const struct showing *s, const struct media *m)
{
	bool waiting = media_waiting(m);
	enum tone tone = !waiting || m->tries > 0 ? TONE_LOOK : TONE_BUSY;
	struct buf *b = s->b;

	html_raw(b, "<li class=\"media\">");
	part_note_begin(b, tone, NULL);
	html_raw(b, "<p><b>");
	html_text(b, name_of(s, m));
	html_raw(b, ".</b> ");
	html_text(b, media_sentence(m));
	html_raw(b, "</p>\n");
	if (m->words != NULL) {
		html_raw(b, "<p class=\"why\" dir=\"auto\">");
		html_text(b, m->words);
		html_raw(b, "</p>\n");
	}
	if (m->why != NULL &&
	    (strcmp(m->why, "foreign") == 0 || strcmp(m->why, "other-account") == 0)) {
		html_raw(b, "<p class=\"soft small\" dir=\"auto\">");
		html_text(b, m->url);
		html_raw(b, "</p>\n");
	}
	if (waiting && m->tries > 0) {
		html_raw(b, "<p class=\"soft small\">Next try: ");
		page_time(b, m->due, s->now);
		html_raw(b, ". Bandwidth deletes it ");
		page_time(b, m->created + MEDIA_KEPT, s->now);
		html_raw(b, ".</p>\n");
	}
	part_note_end(b);
	html_raw(b, "</li>\n");
}

void
message_media(const struct app *app, const struct request *req, struct buf *b,
    const struct message *message, const struct media *list, size_t count, int64_t now)
{
	struct showing s = {app, req, message, b, now, message->media.count};
	char gone[MESSAGE_GONE];
	const char *none = message_media_gone(message, gone);

	if (s.count < count)
		s.count = count; /* the text's own list went with its words */
	if (message->out || (s.count == 0 && !none))
		return;
	html_raw(b, "<section class=\"card\" id=\"media\"><h2>");
	html_raw(b, s.count == 1 ? "Attachment" : "Attachments");
	html_raw(b, "</h2>\n");
	if (count == 0) {
		html_raw(b, "<p>");
		html_text(b, none ? none : "They came in before attachments were kept here.");
		html_raw(b, "</p></section>\n");
		return;
	}
	html_raw(b, "<ul class=\"plain\">\n");
	for (size_t i = 0; i < count; i++) {
		if (media_stored(&list[i]))
			stored(&s, &list[i]);
		else
			missing(&s, &list[i]);
	}
	html_raw(b, "</ul></section>\n");
}

bool
message_media_moves(const struct media *list, size_t count, int64_t now)
{
	for (size_t i = 0; i < count; i++)
		if (media_waiting(&list[i]) && list[i].due < now + WATCH)
			return true;
	return false;
}
