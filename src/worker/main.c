/*
 * main.c: spoke-worker: does for an installation all that talks to Bandwidth.
 *
 * Read on with loop.c.  Here it comes to life and ends: who it runs as, that it is the only
 * one, the store, and what happens when the store must be left at once.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/process.h"
#include "base/settings.h"
#include "bandwidth/client.h"
#include "org/message.h"
#include "store/meta.h"
#include "store/owner.h"
#include "store/store.h"
#include "store/wake.h"
#include "worker/backup.h"
#include "worker/logfile.h"
#include "worker/loop.h"
#include "worker/media.h"
#include "worker/pace.h"
#include "worker/post.h"
#include "worker/recover.h"
#include "worker/sender.h"
#include "worker/worker.h"

#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif

enum { EXIT_DONE, EXIT_FAILED_, EXIT_CALL, EXIT_NOT_FOUND, EXIT_NOT_CONFIGURED };

static const char usage[] =
    "usage: spoke-worker [--once | --watch | --on-demand]\n"
    "\n"
    "Sends what is queued, asks Bandwidth what is to be asked, and keeps house.\n"
    "Without an option it works until nothing is due soon, then ends.\n"
    "\n"
    "  --once       does what is due now, then ends; for cron:\n"
    "               */5 * * * * /usr/local/libexec/spoke-bandwidth/spoke-worker --once\n"
    "  --watch      stays; for systemd\n"
    "  --on-demand  how the responder starts it: detaches itself, writes to DATA_DIR/worker.log\n"
    "\n"
    "Settings come from the environment and from spoke.conf. Only one worker works for a\n"
    "data directory at a time; a second one ends at once (--watch waits for its turn).\n";

/* ---- life as a process ----------------------------------------------------------- */

struct options {
	enum worker_mode mode;
	bool detach;	    /* leave the parent at once */
	bool logfile;	    /* write to DATA_DIR/worker.log */
	const char *backup; /* the job that this process is for, or NULL (backup.h) */
};

static int
read_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){WORKER_ON_DEMAND, false, false, NULL};
	if (argc == 1)
		return 0;
	if (argc == 3 && strcmp(argv[1], "--backup") == 0 && message_id_valid(argv[2])) {
		o->backup = argv[2];
		return 0;
	}
	if (argc != 2)
		return -1;
	if (strcmp(argv[1], "--once") == 0) {
		/* cron would send every line as mail. */
		*o = (struct options){WORKER_ONCE, false, isatty(STDERR_FILENO) == 0, NULL};
	} else if (strcmp(argv[1], "--watch") == 0) {
		o->mode = WORKER_WATCH;
	} else if (strcmp(argv[1], "--on-demand") == 0) {
		*o = (struct options){WORKER_ON_DEMAND, true, true, NULL};
	} else if (strcmp(argv[1], "--detached") == 0) { /* itself, executed again */
		*o = (struct options){WORKER_ON_DEMAND, false, true, NULL};
	} else {
		return -1;
	}
	return 0;
}

/* Signals are taken by the loop, when it can; nothing else of the parent's is kept. */
static void
settle_in(const struct options *o)
{
	struct sigaction ignore;
	sigset_t deferred;

	store_deferred_signals(&deferred);
	sigprocmask(SIG_SETMASK, &deferred, NULL);
	memset(&ignore, 0, sizeof(ignore));
	ignore.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
	umask(077);
	if (o->detach)
		syscall(SYS_close_range, 3u, ~0u, 0u);
}

/* The first process ends at once, so that whoever started it can reap it. */
static void
detach(void)
{
	pid_t pid = fork();

	if (pid != 0)
		_exit(pid > 0 ? EXIT_DONE : EXIT_FAILED_);
	if (chdir("/") != 0)
		log_warn("cannot change to the root directory");
}

/* What the store calls when this process must let go of it at once: begins again. */
struct rebirth {
	char *program; /* where it is installed: after an upgrade, the new one */
	char *argv[3];
};

static void
leave_store(void *arg, const char *why)
{
	static char *const nothing[] = {NULL};
	const struct rebirth *r = arg;

	log_warn("leaving the store, beginning again: %s", why);
	store_reexec(r->program != NULL ? r->program : "/proc/self/exe", r->argv,
	    environ != NULL ? environ : (char **)nothing);
}

static void
prepare_rebirth(struct rebirth *r, const struct options *o)
{
	static char name[] = "spoke-worker", once[] = "--once", watch[] = "--watch",
		    detached[] = "--detached";

	*r = (struct rebirth){realpath("/proc/self/exe", NULL), {name, NULL, NULL}};
	if (o->mode == WORKER_ONCE)
		r->argv[1] = once;
	else if (o->mode == WORKER_WATCH)
		r->argv[1] = watch;
	else if (o->logfile)
		r->argv[1] = detached;
}

/* ---- getting to work --------------------------------------------------------------- */

struct life {
	struct arena *arena;
	struct options options;
	struct settings settings;
	struct pipeline pipeline;
	struct rebirth rebirth;
	struct app app;
	struct worker worker;
	int signals, lock, wake;
	bool again; /* to be begun anew, with the settings of now */
};

static int
complain(int status, struct buf *why)
{
	if (why->len > 0 && why->data[why->len - 1] != '\n')
		buf_addc(why, '\n');
	fprintf(stderr, "spoke-worker: %s", buf_str(why));
	return status;
}

/* Settings, owner, log: before anything is opened. */
static int
configure(struct life *l)
{
	struct buf why = BUF_INIT(20000);
	enum result r;
	int status = -1;

	if (settings_load(l->arena, SYSCONFDIR, &l->settings, &why) != 0 ||
	    pipeline_read(l->settings.service_managers, l->settings.default_service, &l->pipeline,
		&why) != 0) {
		status = complain(EXIT_NOT_CONFIGURED, &why);
	} else if ((r = owner_become(l->settings.data_dir, &why)) != OK) {
		status = complain(r == NOT_FOUND ? EXIT_NOT_CONFIGURED : EXIT_FAILED_, &why);
	} else {
		reread_note(&l->settings, &l->worker.conf);
		log_set_level((enum log_level)l->settings.log_level);
		log_set_program("worker");
		if (l->options.logfile && logfile_use(l->settings.data_dir) == 0)
			logfile_tend(l->settings.data_dir);
	}
	buf_free(&why);
	return status;
}

/* Was this process told to end? */
static bool
told_to_end(int signals)
{
	struct signalfd_siginfo info;

	return read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info);
}

/* The lock; only --watch waits for it.  -1: it is ours, else the exit status. */
static int
take_lock(struct life *l)
{
	enum result r;

	while ((r = worker_lock(l->settings.data_dir, &l->lock)) == BUSY) {
		if (worker_end_halted(
			l->settings.data_dir, l->settings.store_stall_s * CLOCK_SECOND))
			continue;
		if (l->options.mode != WORKER_WATCH)
			return EXIT_DONE; /* that one does the work */
		if (told_to_end(l->signals))
			return EXIT_DONE;
		clock_sleep(CLOCK_SECOND);
	}
	return r == OK ? -1 : EXIT_FAILED_;
}

static int
open_store(struct life *l)
{
	struct store_options o = {.dir = l->settings.data_dir,
	    .settings = &l->settings,
	    .cache_bytes = l->settings.cache_bytes,
	    .stall_seconds = l->settings.store_stall_s,
	    .leave = l->options.backup == NULL ? leave_store : NULL,
	    .leave_arg = &l->rebirth};
	struct buf why = BUF_INIT(4000);
	struct store *store = NULL;
	enum result r;
	int status = -1, tries = 0;

	while ((r = store_open(&o, &store, &why)) == BUSY && !told_to_end(l->signals) &&
	       (++tries < 5 || l->options.mode == WORKER_WATCH)) {
		buf_reset(&why);
		clock_sleep(CLOCK_SECOND);
	}
	l->app = (struct app){&l->settings, store, &l->pipeline};
	if (r == OK)
		r = meta_check(store, &l->settings, &why);
	if (r != OK && why.len == 0)
		buf_adds(&why, "The store could not be read. The log says why; try again.");
	if (r != OK)
		status = complain(
		    r == REFUSED || r == NOT_FOUND ? EXIT_NOT_CONFIGURED : EXIT_FAILED_, &why);
	buf_free(&why);
	return status;
}

/* ---- work ---------------------------------------------------------------------------- */

/*
 * Works under the lock.  One that has become idle releases it, looks once more (what was
 * queued just before was announced to a worker that was about to go), and takes it back if
 * there is something.
 */
static int
work(struct life *l)
{
	struct worker *w = &l->worker;
	enum loop_end end;

	for (;;) {
		end = loop_run(w, l->wake, l->signals, l->lock);
		close(l->lock);
		l->lock = -1;
		l->again = end == LOOP_CHANGED;
		if (end != LOOP_IDLE || !loop_more(w, l->wake))
			return EXIT_DONE;
		if (worker_lock(l->settings.data_dir, &l->lock) != OK)
			return EXIT_DONE; /* somebody else works already */
		if (recover_all(w) != 0)
			return EXIT_FAILED_;
	}
}

static int
live(struct life *l)
{
	struct worker *w = &l->worker;
	int status = take_lock(l);

	if (status < 0)
		status = open_store(l);
	if (status >= 0)
		return status;
	l->wake = wake_open(l->settings.data_dir);
	w->app = &l->app;
	w->mode = l->options.mode;
	w->program = l->rebirth.program;
	agenda_init(w);
	w->client = client_new(&l->settings);
	if (l->wake < 0 || w->client == NULL)
		return EXIT_FAILED_;
	client_tell_dates(w->client, timekeeper_heard, w);
	if (recover_all(w) != 0)
		return EXIT_FAILED_;
	media_start(w);
	log_info("at work%s", l->settings.rehearsal ? " (rehearsal)" : "");
	status = work(l);
	log_info("done");
	return status;
}

/* The store for a moment, for a process that makes a backup. */
static struct store *
open_briefly(void *arg)
{
	struct life *l = arg;
	struct store *store;

	if (open_store(l) >= 0) {
		store_close(l->app.store);
		l->app.store = NULL;
		return NULL;
	}
	store = l->app.store;
	l->app.store = NULL;
	return store;
}

/* In the reverse order of live(). */
static void
end_life(struct life *l)
{
	struct worker *w = &l->worker;

	client_free(w->client);
	while (w->posts != NULL) {
		struct post *p = w->posts;

		w->posts = p->next;
		post_drop(p);
	}
	sender_free_all(w);
	pace_free_all(w);
	if (l->wake >= 0)
		close(l->wake);
	store_close(l->app.store);
	if (l->lock >= 0)
		close(l->lock);
	close(l->signals);
	arena_free(l->arena);
}

int
main(int argc, char **argv)
{
	struct life l = {.signals = -1, .lock = -1, .wake = -1};
	sigset_t deferred;
	int status;

	process_harden();
	if (read_options(argc, argv, &l.options) != 0) {
		fputs(usage, argc == 2 && strcmp(argv[1], "--help") == 0 ? stdout : stderr);
		return argc == 2 && strcmp(argv[1], "--help") == 0 ? EXIT_DONE : EXIT_CALL;
	}
	settle_in(&l.options);
	if (l.options.detach)
		detach();
	store_deferred_signals(&deferred);
	l.signals = signalfd(-1, &deferred, SFD_NONBLOCK | SFD_CLOEXEC);
	l.arena = arena_new();
	prepare_rebirth(&l.rebirth, &l.options);
	status = configure(&l);
	if (status < 0 && l.options.backup != NULL) {
		struct backup_process p = {&l.settings, l.options.backup, open_briefly, &l};

		status = backup_work(&p);
	}
	if (status < 0)
		status = live(&l);
	end_life(&l);
	if (l.again)
		leave_store(&l.rebirth, "the settings file was changed");
	free(l.rebirth.program);
	return status;
}
