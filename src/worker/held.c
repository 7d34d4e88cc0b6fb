/*
 * worker/held.c: a decision about all texts that are held for a reason, carried out in pieces
 * between other work (texting/held.h).  Nothing here asks Bandwidth anything.
 */
#include "worker/held.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/store.h"
#include "texting/held.h"
#include "worker/sender.h"
#include "worker/task.h"
#include "worker/worker.h"

#define AGAIN (15 * CLOCK_SECOND)

static bool
piece(struct task *t)
{
	const struct app *app = t->w->app;
	struct held_work *work = t->own;
	bool more = false;
	enum result r = held_step(app, t->job, t->org, work, t->arena, &more);

	/* What is in the queue again is due. */
	sender_unblock(sender_of(t->w, t->org));
	agenda_look(t->w, t->org);
	if (r == OK && more)
		return true;
	if (r == OK)
		r = store_flush(app->store);
	if (r == OK)
		task_end(t, true, held_result(work, t->arena));
	else
		task_again(t, AGAIN, "The store could not be written; tried again soon.");
	return false;
}

void
held_begin(struct worker *w, const struct job *job)
{
	struct task *t = task_begin(w, job);
	struct held_work *work;

	if (t == NULL)
		return;
	work = calloc(1, sizeof(*work));
	if (work == NULL)
		log_panic("out of memory");
	held_work_read(job, t->arena, work);
	t->own = work;
	t->own_free = free;
	if (held_kind(work->why) == NULL || work->decision == NULL)
		task_end(t, false, "What was to be decided can't be read. Ask for it again.");
	else
		task_pieces(t, piece);
}
