/*
 * queue_part.c: draws how long the queue still takes (queue_part.h).
 */
#include "handlers/queue_part.h"

#include "http/page.h"
#include "http/parts.h"

static void
sentence(struct buf *b, const char *text)
{
	if (text == NULL)
		return;
	html_raw(b, " ");
	html_text(b, text);
}

/* "At 1 segment a second the last one goes out in 25 minutes." */
static void
write_end(struct buf *b, const struct forecast *f, struct arena *a, int64_t now)
{
	if (f->end == 0)
		return;
	sentence(b, forecast_ends(f, a));
	html_raw(b, " ");
	page_time(b, f->end > now ? f->end : now + 1, now);
	html_raw(b, f->number_limit ? " at the earliest." : ".");
}

void
queue_part(struct buf *b, const struct forecast *f, struct arena *a, int64_t now)
{
	if (f->texts == 0)
		return;
	html_raw(b, "<p class=\"soft\" id=\"queue\">");
	html_text(b, forecast_waiting(f, a));
	sentence(b, forecast_stop(f, a));
	write_end(b, f, a, now);
	if (f->pause != 0) {
		sentence(b, forecast_pause(f));
		html_raw(b, " It goes on ");
		page_time(b, f->pause, now);
		html_raw(b, ".");
	}
	if (f->end != 0)
		sentence(b, forecast_sharing(f, a));
	sentence(b, forecast_but(f, a));
	html_raw(b, "</p>\n");
}
