/*
 * job_part.c: draws how a job stands (job_part.h).
 */
#include "handlers/job_part.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "http/page.h"
#include "http/parts.h"
#include "org/progress.h"

/* One that should have begun this long ago is not under way: the worker is missing. */
#define PATIENCE CLOCK_MINUTE
/* One that waits for longer than this is not worth looking at every few seconds. */
#define SOON (2 * CLOCK_MINUTE)

static bool
is(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

bool
job_under_way(const struct job *job, int64_t now)
{
	if (job->id == NULL)
		return false;
	if (is(job->state, "running"))
		return now - (job->due > job->started ? job->due : job->started) < JOB_LEASE;
	return is(job->state, "waiting") && job->due < now + SOON && now - job->due < PATIENCE;
}

static const struct {
	enum tone tone;
	enum icon icon;
} looks[] = {
    [PROGRESS_WAITING] = {TONE_PLAIN, ICON_WAIT},
    [PROGRESS_RUNNING] = {TONE_BUSY, ICON_TURN},
    [PROGRESS_DONE] = {TONE_FINE, ICON_FINE},
    [PROGRESS_FAILED] = {TONE_BROKEN, ICON_BROKEN},
    [PROGRESS_SKIPPED] = {TONE_LOOK, ICON_LOOK},
};

static void
write_words(struct buf *b, const char *words)
{
	if (words == NULL)
		return;
	html_raw(b, "<p class=\"small\">Bandwidth says: <q dir=\"auto\">");
	html_text(b, words);
	html_raw(b, "</q></p>");
}

static void
write_step(struct buf *b, const struct progress_step *s, int64_t now)
{
	html_raw(b, "<li class=\"step ");
	html_raw(b, tone_class(looks[s->state].tone));
	html_raw(b, "\">");
	part_icon(b, looks[s->state].icon);
	html_raw(b, "<p><b>");
	html_text(b, s->name);
	html_raw(b, "</b> <span class=\"soft\">");
	html_text(b, progress_word(s->state));
	if (s->since != 0 && s->state != PROGRESS_WAITING) {
		html_raw(b, ", ");
		page_time(b, s->since, now);
	}
	html_raw(b, "</span></p>");
	if (s->sentence != NULL) {
		html_raw(b, "<p class=\"small\" dir=\"auto\">");
		html_text(b, s->sentence);
		html_raw(b, "</p>");
	}
	write_words(b, s->words);
	html_raw(b, "</li>\n");
}

static void
write_steps(struct buf *b, const struct progress *p, int64_t now)
{
	size_t i;

	if (p->count == 0)
		return;
	html_raw(b, "<ol class=\"steps\">\n");
	for (i = 0; i < p->count; i++)
		write_step(b, &p->steps[i], now);
	html_raw(b, "</ol>\n");
}

static void
read_steps(const struct job *job, struct arena *a, struct progress *p)
{
	json *detail = job_detail(job);

	progress_read(detail, a, p);
	json_free(detail);
}

void
part_job_steps(struct buf *b, const struct job *job, int64_t now)
{
	struct arena *a = arena_new();
	struct progress p;

	read_steps(job, a, &p);
	write_steps(b, &p, now);
	arena_free(a);
}

/* ---- the note ------------------------------------------------------------------- */

static enum tone
tone_of(const struct job *job)
{
	if (is(job->state, "done"))
		return TONE_FINE;
	return is(job->state, "failed") ? TONE_BROKEN : TONE_BUSY;
}

/* "Step 3 of 7: Location." */
static void
write_place(struct buf *b, const struct progress *p)
{
	const struct progress_step *s = progress_current(p);

	if (s == NULL)
		return;
	html_rawf(b, " Step %zu of %zu: ", (size_t)(s - p->steps) + 1, p->count);
	html_text(b, s->name);
	html_raw(b, ".");
}

static void
write_under_way(struct buf *b, const struct job *job, const struct progress *p, int64_t now)
{
	write_place(b, p);
	if (job->step != NULL) {
		html_raw(b, " ");
		html_text(b, job->step);
	}
	html_raw(b, " <span class=\"soft\">Begun ");
	page_time(b, job->created, now);
	html_raw(b, "; you can leave this page meanwhile.</span>");
	if (is(job->state, "waiting") && job->due >= now + CLOCK_SECOND) {
		html_raw(b, " It goes on ");
		page_time(b, job->due, now);
		html_raw(b, ".");
	} else if (!job_under_way(job, now)) {
		html_raw(b,
		    " It should have gone on by now: whoever runs this installation can see "
		    "why with <code>spokectl check</code>.");
	}
}

void
part_job(struct buf *b, const char *id, const char *title, const struct job *job, int64_t now)
{
	struct arena *a;
	struct progress p;

	if (job->id == NULL)
		return;
	a = arena_new();
	read_steps(job, a, &p);
	part_note_begin(b, tone_of(job), id);
	html_raw(b, "<p><b>");
	html_text(b, title);
	html_raw(b, ".</b>");
	if (!job_over(job)) {
		write_under_way(b, job, &p, now);
	} else {
		html_raw(b, " ");
		html_text(b, job->result != NULL ? job->result : "");
		html_raw(b, " <span class=\"soft\">");
		page_time(b, job->finished, now);
		html_raw(b, "</span>");
	}
	html_raw(b, "</p>");
	part_note_end(b);
	write_steps(b, &p, now);
	arena_free(a);
}
