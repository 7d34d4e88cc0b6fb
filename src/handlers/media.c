/*
 * handlers/media.c: GET …/messages/{item}/media/{place}: an attachment that came in, for people
 * who are signed in and for API tokens.
 *
 * A stranger sent it.  It is shown by the browser only when its bytes are a picture, a film or
 * a sound of a few known kinds, whatever anybody called it; all else is a download of a kind
 * that nobody opens.  No type is guessed (nosniff), and the answer's own policy lets it run
 * nothing (http/response.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/settings.h"
#include "handlers/handlers.h"
#include "http/range.h"
#include "org/media_type.h"
#include "store/media.h"
#include "store/messages.h"

struct wanted {
	const struct request *request;
	struct media media;
	char gone[MESSAGE_GONE];
	const char *why; /* it is not there any more */
};

static enum result
read_media(struct tx *tx, void *arg)
{
	struct wanted *w = arg;
	const struct request *r = w->request;
	struct message m;
	enum result result = media_get(tx, r->org, r->item, r->place, false, r->arena, &w->media);
	if (result == NOT_FOUND && messages_get(tx, r->org, r->item, false, r->arena, &m) == OK)
		w->why = message_media_gone(&m, w->gone);
	return result;
}

/* The file, opened; -1 (logged) when it is not what the record says. */
static int
open_file(const struct app *app, const struct request *request, const struct media *m)
{
	const char *path = media_path(request->arena, app->settings->data_dir, m);
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		log_error("%s cannot be opened: %s", path, log_errno(errno));
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == m->size)
		return fd;
	log_error("%s is not the file that was stored there", path);
	close(fd);
	return -1;
}

/* What it is called and how it is to be treated. */
static void
describe(const struct request *request, struct response *response, const struct media *m)
{
	const struct media_type *type = media_type_find(m->type);
	bool shown = type != NULL && form_get(&request->query, "download") == NULL;
	response->content_type = type != NULL ? type->name : "application/octet-stream";
	response_header(response, "Content-Disposition",
	    arena_fmt(request->arena, "%s; filename=\"%s-%" PRId64 ".%s\"",
		shown ? "inline" : "attachment", m->message, m->place,
		type != NULL ? type->extension : "bin"));
	response_header(response, "ETag", arena_fmt(request->arena, "\"%s\"", m->sha256));
	response_header(response, "Accept-Ranges", "bytes");
}

/* Does the part asked for belong to this very file?  Only GET knows parts (RFC 9110, sections
 * 13.1.5 and 14.2). */
static const char *
range_of(const struct request *request, const struct media *m)
{
	if (request->method != METHOD_GET)
		return NULL;
	if (request->if_range == NULL ||
	    strcmp(request->if_range, arena_fmt(request->arena, "\"%s\"", m->sha256)) == 0)
		return request->range;
	return NULL;
}

static void
send_file(const struct request *request, struct response *response, const struct media *m, int fd)
{
	int64_t from, length;
	enum range_kind kind = range_read(range_of(request, m), m->size, &from, &length);
	if (kind == RANGE_OUTSIDE) {
		close(fd);
		response_header(response, "Content-Range",
		    arena_fmt(request->arena, "bytes */%" PRId64, m->size));
		response_error(request, response, 416, "range",
		    "The file does not have the part that was asked for.", NULL);
		return;
	}
	if (kind == RANGE_PART) {
		response->status = 206;
		response_header(response, "Content-Range",
		    arena_fmt(request->arena, "bytes %" PRId64 "-%" PRId64 "/%" PRId64, from,
			from + length - 1, m->size));
	}
	describe(request, response, m);
	response_file(response, fd, from, length);
}

void
handle_media(const struct app *app, struct request *request, struct response *response)
{
	struct wanted w = {.request = request};
	enum result r = store_read(app->store, read_media, &w);
	if (r == NOT_FOUND) {
		response_error(request, response, 404, w.why != NULL ? "removed" : "not_found",
		    w.why != NULL ? w.why : "The organization has no such attachment.", NULL);
		return;
	}
	if (r != OK) {
		response_failed(request, response, r);
		return;
	}
	if (!media_stored(&w.media)) {
		if (media_waiting(&w.media))
			response_header(response, "Retry-After", "5");
		response_error(request, response, 404,
		    media_waiting(&w.media) ? "not_yet" : "not_fetched", media_sentence(&w.media),
		    NULL);
		return;
	}
	int fd = open_file(app, request, &w.media);
	if (fd < 0)
		response_error(request, response, 404, "file_missing",
		    "The attachment was fetched, but its file is not in the data directory any "
		    "more.",
		    NULL);
	else
		send_file(request, response, &w.media, fd);
}
