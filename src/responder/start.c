/*
 * start.c: gets everything ready, and says in one sentence a fault what is not.
 */
#include "responder/start.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/meta.h"
#include "store/store.h"

#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif
#define WHY_MAX 8192

void
start_init(struct start *start)
{
	memset(start, 0, sizeof *start);
	buf_init(&start->said, WHY_MAX);
}

/* One line of the log for each sentence; the same ones again only after a minute. */
static void
say(struct start *start, const char *what, const struct buf *why)
{
	const char *text = buf_str(why);
	int64_t now = clock_mono();
	if (start->said_at != 0 && now - start->said_at < CLOCK_MINUTE &&
	    strcmp(text, buf_str(&start->said)) == 0)
		return;
	buf_reset(&start->said);
	buf_adds(&start->said, text);
	start->said_at = now > 0 ? now : 1;
	for (const char *p = text; *p != '\0';) {
		size_t n = strcspn(p, "\n");
		if (n > 0)
			log_error("%s: %.*s", what, (int)n, p);
		p += n + (p[n] == '\n');
	}
}

static int
read_settings(
    struct arena *arena, struct settings *settings, struct pipeline *pipeline, struct buf *why)
{
	if (settings_load(arena, SYSCONFDIR, settings, why) != 0)
		return -1;
	return pipeline_read(settings->service_managers, settings->default_service, pipeline, why);
}

static void
remember_conf(struct start *start)
{
	memset(&start->conf, 0, sizeof start->conf);
	if (start->settings.conf_path != NULL)
		(void)stat(start->settings.conf_path, &start->conf);
}

static enum result
open_store(
    struct start *start, void (*leave)(void *, const char *), void *leave_arg, struct buf *why)
{
	struct store_options options = {
	    .dir = start->settings.data_dir,
	    .settings = &start->settings,
	    .cache_bytes = start->settings.cache_bytes,
	    .stall_seconds = start->settings.store_stall_s,
	    .leave = leave,
	    .leave_arg = leave_arg,
	};
	struct store *store = NULL;
	enum result r = store_open(&options, &store, why);
	if (r == OK)
		r = meta_check(store, &start->settings, why);
	if (r != OK) {
		if (why->len == 0)
			buf_adds(why, "the data directory cannot be used; see: spokectl check");
		store_close(store);
		return r;
	}
	start->app.store = store;
	return OK;
}

bool
start_try(struct start *start, void (*leave)(void *, const char *), void *leave_arg)
{
	struct buf why = BUF_INIT(WHY_MAX);
	start->arena = arena_new();
	memset(&start->settings, 0, sizeof start->settings);
	bool ready = read_settings(start->arena, &start->settings, &start->pipeline, &why) == 0;
	if (ready) {
		log_set_level((enum log_level)start->settings.log_level);
		remember_conf(start);
		ready = open_store(start, leave, leave_arg, &why) == OK;
	}
	if (ready) {
		start->app.settings = &start->settings;
		start->app.pipeline = &start->pipeline;
	} else {
		say(start, "not ready", &why);
		arena_free(start->arena);
		start->arena = NULL;
	}
	buf_free(&why);
	return ready;
}

bool
start_outdated(struct start *start)
{
	struct stat now;
	const char *path = start->settings.conf_path;
	if (path == NULL || stat(path, &now) != 0)
		return false;
	const struct stat *then = &start->conf;
	if (now.st_ino == then->st_ino && now.st_size == then->st_size &&
	    now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == then->st_mtim.tv_nsec)
		return false;
	/*
	 * Looked at once for each change; while it is faulty, the settings that were read go on
	 * holding.
	 */
	start->conf = now;
	struct arena *arena = arena_new();
	struct settings settings = {0};
	struct pipeline pipeline;
	struct buf why = BUF_INIT(WHY_MAX);
	bool good = read_settings(arena, &settings, &pipeline, &why) == 0;
	if (!good) {
		log_warn("%s was changed and has faults; the earlier settings are kept", path);
		say(start, "changed settings", &why);
	}
	buf_wipe(&why);
	arena_free(arena);
	return good;
}

void
start_end(struct start *start)
{
	store_close(start->app.store);
	start->app.store = NULL;
	arena_free(start->arena);
	start->arena = NULL;
	buf_free(&start->said);
}
