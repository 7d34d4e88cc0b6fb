/*
 * backup.c: makes backups that were asked for on a page (backup.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "org/message.h"
#include "store/backup.h"
#include "store/jobs.h"
#include "store/store.h"
#include "worker/backup.h"
#include "worker/jobs.h"
#include "worker/worker.h"

#define RENEW (2 * CLOCK_MINUTE)
#define AFTER_OTHER (10 * CLOCK_SECOND)

/* ---- in the worker ------------------------------------------------------------------ */

/* Starts this program once more; an errno value. */
static int
start(const char *program, const char *job)
{
	char name[] = "spoke-worker", option[] = "--backup", id[MESSAGE_ID];
	char *argv[] = {name, option, id, NULL};
	posix_spawnattr_t attr;
	posix_spawn_file_actions_t files;
	sigset_t none, all;
	pid_t pid;
	int rc;

	message_id_text(message_id_number(job), id);
	sigemptyset(&none);
	sigfillset(&all);
	if ((rc = posix_spawnattr_init(&attr)) != 0)
		return rc;
	if ((rc = posix_spawn_file_actions_init(&files)) != 0) {
		posix_spawnattr_destroy(&attr);
		return rc;
	}
	/* Nothing of the worker's lives on in it: not its lock, not its place in the store. */
	rc = posix_spawnattr_setsigmask(&attr, &none);
	if (rc == 0)
		rc = posix_spawnattr_setsigdefault(&attr, &all);
	if (rc == 0)
		rc = posix_spawnattr_setflags(
		    &attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (rc == 0)
		rc = posix_spawn_file_actions_addclosefrom_np(&files, 3);
	if (rc == 0)
		rc = posix_spawn(&pid, program, &files, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return rc;
}

void
backup_begin(struct worker *w, const struct job *job)
{
	int err;

	if (w->app->settings->backup_dir == NULL) {
		job_end(w, job->id, "failed",
		    "BACKUP_DIR is not set: it says where backups go. Whoever runs this "
		    "installation can set it.");
		return;
	}
	err = w->program != NULL ? start(w->program, job->id) : ENOENT;
	if (err != 0) {
		log_error("backup: no process could be started: %s", log_errno(err));
		job_end(w, job->id, "failed", "No process could be started for it. Try again.");
		return;
	}
	w->jobs--; /* that process ends it */
}

/* ---- in a process of its own ------------------------------------------------------------- */

struct work {
	const struct backup_process *process;
	int64_t renewed;
	struct backup backup;
	bool ended;
	const char *result;
};

static enum result
change_fn(struct tx *tx, void *arg)
{
	struct work *w = arg;
	struct job job;
	enum result r = jobs_get(tx, w->process->job, true, tx_arena(tx), &job);

	if (r != OK)
		return r;
	/* A worker that began anew took the job up again; whoever ends with a backup ends it. */
	if (strcmp(job.state, "running") != 0 && (!w->ended || w->backup.other))
		return OK;
	job.due = tx_now(tx);
	job.step = "Copying, recovering and verifying.";
	if (w->ended && w->backup.other) {
		job.state = "waiting";
		job.step = "Another backup is under way; this one comes after it.";
		job.due += AFTER_OTHER;
	} else if (w->ended) {
		job.state = w->backup.note.good ? "done" : "failed";
		job.step = NULL;
		job.result = w->result;
		job.finished = tx_now(tx);
	}
	return jobs_put(tx, &job);
}

/* Is in the store only as long as it takes to say something. */
static void
tell(struct work *w)
{
	struct store *store = w->process->open(w->process->arg);

	w->renewed = clock_mono();
	if (store == NULL)
		return;
	if (w->ended && !w->backup.other)
		(void)backup_note(store, &w->backup.note);
	if (store_run(store, change_fn, w) != OK || store_flush(store) != OK)
		log_error("job %s: how it goes could not be stored", w->process->job);
	store_close(store);
}

/* Renews the job's lease now and then, so that nobody begins it again. */
static bool
still_at_it(void *arg)
{
	struct work *w = arg;

	if (clock_mono() - w->renewed > RENEW)
		tell(w);
	return false;
}

int
backup_work(const struct backup_process *p)
{
	struct arena *a = arena_new();
	struct buf why = BUF_INIT(4000);
	struct work w = {.process = p,
	    .backup = {.dir = p->settings->backup_dir, .keep = p->settings->backup_keep}};
	enum result r;

	w.backup.verify.stop = still_at_it;
	w.backup.verify.stop_arg = &w;
	tell(&w);
	r = backup_make(p->settings->data_dir, &w.backup, a, &why);
	w.ended = true;
	w.result = r == OK ? arena_fmt(a, "A good backup was made: %s%s", w.backup.path,
				 w.backup.verify.lost > 0
				     ? " (without files of attachments that were gone before)"
				     : "")
			   : arena_str(a, buf_str(&why));
	tell(&w);
	buf_free(&why);
	arena_free(a);
	return r == OK ? 0 : 1;
}

void
backup_reap(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}
