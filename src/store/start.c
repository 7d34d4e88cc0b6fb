/*
 * start.c: starts the worker so that nothing of its parent lives on in it (start.h).
 *
 * What a child keeps open, it keeps alive: a CGI's standard output holds up the answer, the
 * gate's descriptor holds a dead parent's slot.  And what it inherits of the environment,
 * it may leak.  So everything is closed here, and the environment is made for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "store/start.h"

#define ENVIRONMENT_MAX 64
#define DETACH_LIMIT (2 * CLOCK_SECOND)

/*
 * The variables of this process that are settings of ours, and the file the settings came
 * from.
 */
static char **
make_environment(struct arena *a, const struct settings *s)
{
	char **env = arena_alloc(a, (ENVIRONMENT_MAX + 2) * sizeof(*env));
	const char *name, *value;
	size_t i, n = 0;

	if (s->conf_path != NULL)
		env[n++] = arena_fmt(a, "SPOKE_CONF=%s", s->conf_path);
	for (i = 0; (name = settings_name(i)) != NULL && n < ENVIRONMENT_MAX; i++) {
		value = getenv(name);
		if (value != NULL && strcmp(name, "SPOKE_CONF") != 0)
			env[n++] = arena_fmt(a, "%s=%s", name, value);
	}
	return env;
}

static int
add_files(posix_spawn_file_actions_t *files)
{
	int rc = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDWR, 0);

	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(files, 0, 1);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(files, 0, 2);
	if (rc == 0) /* the worker closes them once more itself, for C libraries without this */
		rc = posix_spawn_file_actions_addclosefrom_np(files, 3);
	return rc;
}

static int
add_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, all;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	rc = posix_spawnattr_setsigmask(attr, &none);
	if (rc == 0)
		rc = posix_spawnattr_setsigdefault(attr, &all);
	if (rc == 0)
		rc = posix_spawnattr_setflags(
		    attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return rc;
}

/* An errno value. */
static int
spawn(const char *path, char **env, pid_t *pid)
{
	char program[] = "spoke-worker", mode[] = "--on-demand";
	char *argv[] = {program, mode, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int rc;

	rc = posix_spawn_file_actions_init(&files);
	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc != 0) {
		posix_spawn_file_actions_destroy(&files);
		return rc;
	}
	rc = add_files(&files);
	if (rc == 0)
		rc = add_attributes(&attr);
	if (rc == 0)
		rc = posix_spawn(pid, path, &files, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

/* Takes the first process's end, which comes as soon as the program has detached itself. */
static int
reap(pid_t pid, const char *path)
{
	int64_t limit = clock_mono() + DETACH_LIMIT;
	int status = 0;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) == 0 || (got < 0 && errno == EINTR)) {
		if (clock_mono() > limit) {
			log_error("the worker %s did not detach itself within 2 s", path);
			return -1;
		}
		clock_sleep(1);
	}
	/* Where SIGCHLD is ignored, the system reaps it itself (ECHILD). */
	if (got == pid && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
		log_error("the worker %s ended at its start (status %d)", path, status);
		return -1;
	}
	return 0;
}

int
start_worker(const struct settings *s)
{
	struct arena *a = arena_new();
	pid_t pid;
	int rc;

	rc = spawn(s->worker_path, make_environment(a, s), &pid);
	arena_free(a); /* wipes the copy of the secret */
	if (rc != 0) {
		log_error("cannot start the worker %s: %s. Mend WORKER, or let cron run "
			  "\"spoke-worker --once\".",
		    s->worker_path, log_errno(rc));
		return -1;
	}
	return reap(pid, s->worker_path);
}
