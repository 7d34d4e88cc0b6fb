/*
 * org_progress.c: the promises of progress.h.
 */
#include "base/arena.h"
#include "org/progress.h"
#include "tap.h"

static struct arena *arena;

static void
there_and_back(void)
{
	struct progress p = {0}, q;
	json *d = json_object_new();

	progress_read(d, arena, &p);
	ok(p.count == 0 && progress_current(&p) == NULL, "a detail without steps has none");
	progress_add(&p, "site", "Sub-account");
	progress_add(&p, "peer", "Location");
	ok(p.steps[0].state == PROGRESS_WAITING, "a step begins by waiting");
	json_put_text(d, "other", "kept");
	progress_write(d, &p);
	progress_set(d, "site", PROGRESS_RUNNING, "Looking for it", NULL, 1000);
	progress_read(d, arena, &q);
	ok(q.count == 2 && progress_current(&q) == &q.steps[0],
	    "the one that runs is the current one");
	is_int(q.steps[0].since, 1000, "since then");
	progress_set(d, "site", PROGRESS_RUNNING, "Making it", NULL, 2000);
	progress_read(d, arena, &q);
	is_int(q.steps[0].since, 1000, "another sentence does not begin it anew");
	is_str(q.steps[0].sentence, "Making it", "but is told");
	progress_set(d, "site", PROGRESS_FAILED, "No.", "13609: no", 3000);
	progress_read(d, arena, &q);
	ok(q.steps[0].since == 3000 && q.steps[0].state == PROGRESS_FAILED, "its end does");
	is_str(q.steps[0].words, "13609: no", "with Bandwidth's words");
	ok(progress_current(&q) == &q.steps[1], "then the first that waits is the current one");
	is_str(progress_find(&q, "peer")->name, "Location", "steps are found by their key");
	ok(progress_find(&q, "x") == NULL, "or not");
	is_str(json_get_text(d, "other", arena), "kept", "what else is in the detail stays");
	json_free(d);
}

static void
what_is_damaged(void)
{
	static const char text[] = "{\"steps\":[1,{\"key\":\"a\"},{\"key\":\"b\",\"name\":\"B\","
				   "\"state\":\"sideways\"}]}";
	struct progress p;
	const char *why;
	json *d = json_parse(text, sizeof(text) - 1, 8, &why, NULL);

	progress_read(d, arena, &p);
	ok(p.count == 1 && strcmp(p.steps[0].key, "b") == 0, "what is no step is passed over");
	ok(p.steps[0].state == PROGRESS_WAITING, "an unknown state is waiting");
	json_free(d);
}

int
main(void)
{
	arena = arena_new();
	there_and_back();
	what_is_damaged();
	arena_free(arena);
	return tap_done();
}
