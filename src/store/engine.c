/*
 * engine.c: what the engine calls of ours: for its messages, in a panic, to open a file, to
 * wait.
 *
 * It calls with its own locks held, so nothing here may call it, nor wait for anybody.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/engine.h"

#define LINES 3 /* of the engine's, in a minute */
#define LONGEST_YIELD_US 10000

/* One fault makes the engine say something for each page and each request. */
static bool
may_say(struct store *st)
{
	int64_t now = clock_mono();
	if (now - atomic_load(&st->heard_since) >= CLOCK_MINUTE) {
		atomic_store(&st->heard_since, now);
		atomic_store(&st->heard, 0);
	}
	int n = atomic_fetch_add(&st->heard, 1);
	if (n == LINES)
		log_warn("store: the engine has more of these to say; left out for a minute");
	return n < LINES;
}

static void
on_message(const DB_ENV *env, const char *prefix, const char *text)
{
	struct store *st = env->app_private;
	(void)prefix;
	/* Once everybody leaves, each thread would say the same. */
	if (st == NULL || ((st->watch == NULL || !watch_leaving(st->watch)) && may_say(st)))
		log_warn("store: %s", text);
}

static void
on_event(DB_ENV *env, u_int32_t event, void *info)
{
	struct store *st = env->app_private;
	(void)info;
	/* While joining, the error tells enter() to try again with a recovery. */
	if (event == DB_EVENT_PANIC && st != NULL && st->env != NULL && st->watch != NULL)
		watch_panic(st->watch, ENGINE_PANIC);
}

/*
 * The engine's own way sleeps for 12 s when there is no room for a new file, with the lock of
 * the log held: everybody would wait as long for an answer that is known at once.
 */
static int
open_file(const char *path, int flags, ...)
{
	va_list ap;
	int fd;
	va_start(ap, flags);
	int mode = va_arg(ap, int);
	va_end(ap);
	do
		fd = open(path, flags | O_CLOEXEC, (mode_t)mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

/*
 * What the engine does when it must look again later.  Its own way makes a checkpoint that met one
 * page in use sleep for a second, and all that others log meanwhile is for a recovery to do.
 */
static int
yield(u_long seconds, u_long microseconds)
{
	long us =
	    seconds == 0 && microseconds < LONGEST_YIELD_US ? (long)microseconds : LONGEST_YIELD_US;
	struct timespec ts = {0, us * 1000};
	(void)nanosleep(&ts, NULL);
	return 0;
}

int
engine_hooks(DB_ENV *env, struct store *st)
{
	env->app_private = st;
	env->set_errcall(env, on_message);
	int err = db_env_set_func_open(open_file);
	if (err == 0)
		err = db_env_set_func_yield(yield);
	return err != 0 ? err : env->set_event_notify(env, on_event);
}
