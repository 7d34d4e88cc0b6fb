/*
 * reseal.c: seals again what the previous SESSION_SECRET sealed (reseal.h).
 */
#include "base/clock.h"
#include "base/settings.h"
#include "store/jobs.h"
#include "store/secrets.h"
#include "worker/jobs.h"
#include "worker/reseal.h"
#include "worker/worker.h"

#define PIECE 50 /* secrets in a transaction */
#define PIECES 1000
#define ASK_EVERY CLOCK_HOUR /* of one that fails */

struct piece {
	const struct settings *settings;
	size_t left;
};

static enum result
reseal_piece(struct tx *tx, void *arg)
{
	struct piece *p = arg;

	return secrets_reseal(tx, p->settings, PIECE, &p->left);
}

void
reseal_begin(struct worker *w, const struct job *job)
{
	struct piece p = {w->app->settings, SIZE_MAX};
	enum result r = OK;
	size_t before;
	int i = 0;

	/* What does not open with the previous secret either is left over. */
	do {
		before = p.left;
		r = store_run(w->app->store, reseal_piece, &p);
	} while (r == OK && p.left > 0 && p.left < before && ++i < PIECES);
	if (r == OK && p.left == 0)
		job_end(w, job->id, "done",
		    "Everything is sealed with the new SESSION_SECRET. Remove "
		    "SESSION_SECRET_PREVIOUS once Bandwidth's callbacks use the new password.");
	else
		job_end(w, job->id, "failed",
		    "Not everything could be sealed with the new SESSION_SECRET; the log says why. "
		    "Leave SESSION_SECRET_PREVIOUS in place and try again.");
}

/* ---- asking for it ------------------------------------------------------------------ */

struct stale {
	const struct settings *settings;
	bool stale;
};

static enum result
read_stale(struct tx *tx, void *arg)
{
	struct stale *s = arg;

	return secrets_stale(tx, s->settings, &s->stale);
}

void
reseal_ask(struct worker *w)
{
	struct stale s = {w->app->settings, false};
	int64_t now = clock_mono();

	if (w->app->settings->session_secret_previous == NULL ||
	    (w->resealed != 0 && now - w->resealed < ASK_EVERY))
		return;
	if (store_read(w->app->store, read_stale, &s) != OK || !s.stale)
		return;
	w->resealed = now;
	jobs_ask(w, 0, "reseal", 0);
}
