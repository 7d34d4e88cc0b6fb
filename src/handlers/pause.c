/*
 * pause.c: PAUSE SENDING, RESUME SENDING and cancelling all that waits: POST
 * /admin/{org}/pause from the top bar of every page.
 *
 * The page that asks before everything is cancelled is written here too (pause_ask) and shown by
 * messages_page.c, so that the question works without a script.
 */
#include <string.h>

#include "base/arena.h"
#include "handlers/frame.h"
#include "handlers/pause.h"
#include "http/parts.h"
#include "store/messages.h"
#include "store/store.h"
#include "texting/outbox.h"

void
handle_pause(const struct app *app, struct request *req, struct response *res)
{
	const char *what = form_get(&req->form, "do");
	const char *done = NULL;
	enum result result = REFUSED;
	size_t count;
	bool more;

	if (what && strcmp(what, "pause") == 0) {
		done = "paused";
		result =
		    outbox_pause(app, req->org, true, "person", req->session->email, req->client);
	} else if (what && strcmp(what, "resume") == 0) {
		done = "resumed";
		res->wake = true;
		result = outbox_pause(app, req->org, false, NULL, req->session->email, req->client);
	} else if (what && strcmp(what, "cancel-all") == 0) {
		result = outbox_cancel_all(
		    app, req->org, req->session->email, req->client, &count, &more);
		done = more ? "many-cancelled" : "all-cancelled";
	}
	if (!done) {
		response_error(req, res, 400, "unknown_action",
		    "This form asked for something that does not exist here.", "do");
		return;
	}
	if (result != OK) {
		frame_error(req, res, result);
		return;
	}
	frame_back(app, req, res, "messages", done);
}

void
pause_ask(const struct app *app, struct request *req, struct response *res)
{
	struct page page = {.title = "Cancel everything that waits?", .active = "messages"};
	struct buf *b = &res->body;
	struct frame f;

	if (!frame_read(app, req, res, &f, NULL, NULL))
		return;
	frame_begin(app, req, res, &f, &page);
	html_raw(b, "<h1>Cancel everything that waits?</h1>\n<p class=\"lead\">");
	if (f.queued + f.held >= FRAME_COUNT_MAX) {
		html_raw(b, "More than 99 texts are");
	} else {
		part_count(b, (long long)(f.queued + f.held), "text is", "texts are");
	}
	html_raw(b,
	    " queued or held. They would be taken back and never sent. Texts that Bandwidth "
	    "has already, and texts of which we don't know whether they were sent, stay as they are.</p>\n"
	    "<div class=\"card\">");
	frame_form(app, req, b, "pause");
	html_raw(b,
	    "<p><b>This can't be undone.</b> If you only want to stop for a while, pause sending "
	    "instead: then nothing is lost.</p>\n<div class=\"acts\">"
	    "<button type=\"submit\" class=\"primary danger\" name=\"do\" value=\"cancel-all\">"
	    "Cancel all of them</button>\n");
	frame_link(app, req, b, "messages", "button", "Keep them");
	html_raw(b, "</div></form></div>\n");
	page_end(res);
}
