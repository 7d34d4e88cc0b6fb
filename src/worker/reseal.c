/*
 * reseal.c: seals again what the previous SESSION_SECRET sealed (reseal.h).
 */
#include "base/settings.h"
#include "store/jobs.h"
#include "store/secrets.h"
#include "worker/jobs.h"
#include "worker/reseal.h"
#include "worker/worker.h"

#define PIECE 50 /* secrets in a transaction */
#define PIECES 1000

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
	struct piece p = {w->app->settings, 1};
	enum result r = OK;
	int i;

	for (i = 0; i < PIECES && r == OK && p.left > 0; i++)
		r = store_run(w->app->store, reseal_piece, &p);
	if (r == OK && p.left == 0)
		job_end(w, job->id, "done",
		    "Everything is sealed with the new SESSION_SECRET. Remove "
		    "SESSION_SECRET_PREVIOUS once Bandwidth's callbacks use the new password.");
	else
		job_end(w, job->id, "failed",
		    "Not everything could be sealed with the new SESSION_SECRET; the log says why. "
		    "Leave SESSION_SECRET_PREVIOUS in place and try again.");
}
