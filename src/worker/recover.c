/*
 * recover.c: those whose POST was under way when a worker died: nobody knows whether they
 * were sent (recover.h); and the jobs that it was doing.  Done once, under the lock, before
 * anything else.
 */
#include "base/arena.h"
#include "base/log.h"
#include "store/jobs.h"
#include "store/messages.h"
#include "store/orgs.h"
#include "texting/outbox.h"
#include "worker/recover.h"
#include "worker/sender.h"
#include "worker/worker.h"

#define PAGE 100

struct page {
	uint32_t after;
	struct arena *arena;
	struct organization *list;
	size_t count;
};

static enum result
read_page(struct tx *tx, void *arg)
{
	struct page *p = arg;

	return orgs_list(tx, p->after, PAGE, p->arena, &p->list, &p->count);
}

static bool
recover(const struct app *app, uint32_t org)
{
	size_t count = 0;
	enum result r = outbox_recover(app, org, &count);

	if (r == OK && count > 0)
		log_warn("organization %u: %zu texts were being sent when a worker ended; "
			 "Bandwidth is asked for them",
		    org, count);
	else if (r != OK)
		log_error(
		    "organization %u: what an earlier worker left could not be recovered (%d)", org,
		    r);
	return r == OK;
}

bool
recover_sender(struct sender *s)
{
	if (recover(s->worker->app, s->org)) {
		s->unrecovered = false;
		agenda_look(s->worker, s->org);
	}
	return !s->unrecovered;
}

void
recover_again(struct worker *w)
{
	size_t i;

	for (i = 0; i < w->agenda.count; i++)
		if (w->agenda.entries[i].sender->unrecovered)
			(void)recover_sender(w->agenda.entries[i].sender);
}

static enum result
abandoned_jobs(struct tx *tx, void *arg)
{
	return jobs_abandoned(tx, arg);
}

/* Those that this fails for come due when their lease ends. */
static void
recover_jobs(const struct app *app)
{
	size_t count = 0;

	if (store_run(app->store, abandoned_jobs, &count) != OK)
		log_error("the jobs that an earlier worker left could not be looked at");
	else if (count > 0)
		log_warn("%zu jobs were being done when a worker ended; they go on", count);
}

int
recover_all(struct worker *w)
{
	const struct app *app = w->app;
	struct page p = {0, arena_new(), NULL, 0};
	enum result r;
	size_t i;

	recover_jobs(app);
	do {
		arena_reset(p.arena);
		p.count = 0;
		r = store_read(app->store, read_page, &p);
		for (i = 0; i < p.count && r == OK; i++) {
			p.after = (uint32_t)p.list[i].id;
			/* One that fails must not keep the others from being recovered, nor sent. */
			if (!recover(app, p.after))
				sender_of(w, p.after)->unrecovered = true;
		}
	} while (p.count > 0 && r == OK);
	arena_free(p.arena);
	if (r == OK || r == NOT_FOUND)
		return 0;
	log_error("what an earlier worker left could not be read");
	return -1;
}
