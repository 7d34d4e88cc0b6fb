/*
 * job.c: looks at a job again and again, and prints what changed (job.h).
 */
#include "ctl/job.h"

#include <string.h>

#include "base/clock.h"
#include "ctl/ctl.h"
#include "org/progress.h"
#include "store/kv.h"

#define LOOK_EVERY 200 /* ms */

struct look {
	struct ctl *ctl;
	const char *id;
	struct arena *arena;
	struct job job;
};

static enum result
look(struct tx *tx, void *arg)
{
	struct look *l = arg;

	return jobs_get(tx, l->id, false, l->arena, &l->job);
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void
print_step(const struct progress_step *s)
{
	ctl_print("  %-8s %s%s%s\n", progress_state_name(s->state), s->name,
	    s->sentence != NULL ? ": " : "", s->sentence != NULL ? s->sentence : "");
	if (s->words != NULL)
		ctl_print("           Bandwidth says: %s\n", s->words);
}

/* Prints the steps that are not as they were. */
static void
print_changes(const struct progress *before, const struct progress *now)
{
	const struct progress_step *b, *n;
	size_t i;

	for (i = 0; i < now->count; i++) {
		n = &now->steps[i];
		b = i < before->count ? &before->steps[i] : NULL;
		if (n->state == PROGRESS_WAITING ||
		    (b != NULL && b->state == n->state && same(b->sentence, n->sentence)))
			continue;
		print_step(n);
	}
}

static void
read_steps(struct ctl *ctl, const struct job *job, struct progress *p)
{
	json *detail = job_detail(job);

	progress_read(detail, ctl->arena, p);
	json_free(detail);
}

enum result
ctl_job_wait(struct ctl *ctl, const char *id, int64_t seconds, struct job *out)
{
	struct look l = {.ctl = ctl, .id = id, .arena = arena_new()};
	struct progress before = {0}, now;
	int64_t end = clock_mono() + seconds * CLOCK_SECOND;
	const char *seen = NULL, *step = NULL;
	enum result r;

	for (;;) {
		arena_reset(l.arena); /* most looks find nothing new, and leave nothing behind */
		r = store_read(ctl->app.store, look, &l);
		if (r == OK && l.job.detail != NULL && !same(seen, l.job.detail)) {
			seen = arena_str(ctl->arena, l.job.detail);
			read_steps(ctl, &l.job, &now);
			if (!ctl->json && seconds > 0)
				print_changes(&before, &now);
			before = now;
		}
		if (r == OK && before.count == 0 && l.job.step != NULL && !job_over(&l.job) &&
		    !same(step, l.job.step)) {
			step = arena_str(ctl->arena, l.job.step);
			if (!ctl->json && seconds > 0)
				ctl_print("  %s\n", step);
		}
		if (r != OK || job_over(&l.job) || ctl_interrupted() || clock_mono() >= end)
			break;
		clock_sleep(LOOK_EVERY);
	}
	arena_free(l.arena);
	if (r != OK)
		return r;
	l.arena = ctl->arena;
	r = store_read(ctl->app.store, look, &l);
	*out = l.job;
	return r;
}

static json *
steps_json(const struct job *job)
{
	json *detail = job_detail(job), *out = json_array_new(), *item;
	struct arena *a = arena_new();
	struct progress p;
	size_t i;

	progress_read(detail, a, &p);
	for (i = 0; i < p.count; i++) {
		item = json_object_new();
		json_put_text(item, "key", p.steps[i].key);
		json_put_text(item, "name", p.steps[i].name);
		json_put_text(item, "state", progress_state_name(p.steps[i].state));
		json_put_text(item, "sentence", p.steps[i].sentence);
		json_put_text(item, "words", p.steps[i].words);
		json_put_int(item, "since", p.steps[i].since);
		json_add(out, item);
	}
	json_free(detail);
	arena_free(a);
	return out;
}

json *
ctl_job_json(const struct job *job)
{
	json *out = json_object_new();

	json_put_text(out, "id", job->id);
	json_put_text(out, "kind", job->kind);
	json_put_text(out, "state", job->state);
	json_put_text(out, "step", job->step);
	json_put_text(out, "result", job->result);
	json_put_int(out, "created", job->created);
	json_put_int(out, "finished", job->finished);
	json_put(out, "steps", steps_json(job));
	return out;
}
