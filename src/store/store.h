/*
 * store.h: the data directory: opening, leaving, keeping it alive.
 *
 * One struct store for each process.  Processes come and go and are killed; what makes
 * that safe is the gate (gate.h): see src/store/README.
 *
 * What a program does about it:
 *
 * 1. First thing in main, before any thread: block store_deferred_signals() with
 *    pthread_sigmask, and ignore SIGPIPE and SIGXFSZ.  One thread takes the blocked
 *    signals with sigtimedwait or signalfd, lets the requests that run end, then calls
 *    store_close and exits.  A process that dies attached costs everybody a recovery.
 * 2. leave() answers 503 to what has not been answered, then calls store_reexec (a server)
 *    or _exit(75) (a CGI, a command, a server that was told to end).  It starts with
 *    every signal blocked.
 * 3. It never forks while the store is open, except to execute another program at once
 *    with only 0, 1 and 2 open.
 * 4. It never calls exit() from a thread while others are inside; exit() without
 *    store_close counts as dying.
 */
#ifndef SPOKE_STORE_H
#define SPOKE_STORE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

struct buf;
struct settings;
struct store;

struct store_options {
	const char *dir;	/* DATA_DIR, absolute */
	/* With whose secret the key of forgotten.h is opened; they outlive the store.  NULL: it
	 * can't be. */
	const struct settings *settings;
	int64_t cache_bytes;
	int stall_seconds;	/* watchdog, see below */
	bool create;		/* make directory and environment (init only) */
	/*
	 * Called once, from the watchdog's thread, when this process must let go of the
	 * store at once (another process died inside it, or it panicked, or an operation
	 * stalls).  It must not return: it ends or re-executes the process.  Threads may be
	 * stuck inside the store for good, so it must not wait for them nor touch the
	 * store.  NULL: log a line and _exit(75).
	 */
	void (*leave)(void *arg, const char *why);
	void *leave_arg;
};

/*
 * Attaches this process to the store.  Waits up to 5 s while others leave and recovers
 * alone if somebody died.  OK, or NOT_FOUND (no store there and create is false: never a
 * new empty one), REFUSED (network file system, wrong owner or mode, newer format), BUSY
 * (others did not leave in time: answer 503 and try again), FAILED; why gets a sentence
 * which says what to do.
 */
enum result store_open(const struct store_options *, struct store **, struct buf *why);

/* The signals that must be blocked in every thread while the store is open. */
void store_deferred_signals(sigset_t *);

/*
 * Executes the program again: same process, same standard descriptors (so the same
 * listening socket), all others closed.  For leave(): needs neither memory nor a lock.
 * The new image starts with the deferred signals blocked and no other.  path is absolute,
 * and where the program is installed rather than /proc/self/exe: after an upgrade the old
 * image would come back, and old and new would drive each other out for ever.
 * When it cannot be executed the process ends with 75.
 */
_Noreturn void store_reexec(const char *path, char *const argv[], char *const envp[]);

/*
 * Keeps logs from being removed, for a backup: OK, or BUSY.  *hold ends with
 * store_release_logs (-1 allowed).
 */
enum result store_hold_logs(struct store *, int *hold);
void store_release_logs(int hold);

/*
 * Writes every page that was changed, so that the databases are whole without the log, and
 * removes the log files that are not needed then; for a store with nobody else in it.
 */
enum result store_settle(struct store *);

/* Detaches in order (no other thread may be inside).  NULL allowed. */
void store_close(struct store *);

/* True once this process was told to leave or is closing: take no new requests. */
bool store_leaving(const struct store *);

const char *store_dir(const struct store *);

/*
 * Housekeeping, called after an answer is out: a checkpoint when enough was logged since
 * the last (volume or time), removal of logs no longer needed; under a try-lock, so cheap
 * to call often.
 */
void store_tend(struct store *);

/*
 * What time it is was learned: clock_use(base), for all processes attached and to come, until the
 * machine is started anew.  The others follow with their next transaction.
 */
void store_use_clock(struct store *, int64_t base);

/*
 * For the idle moments of a program that stays, every few seconds, always by the same thread: ends
 * a process that has been stopped (SIGSTOP) for longer than stall_seconds.  It holds nobody up
 * inside the store, or the watchdogs would have found it, but it may be the worker, for which all
 * texts wait, or have requests in its hand.  True while one is being waited for: come again in a second.
 */
bool store_end_halted(struct store *);

/* How often transactions of this process were run again, for tests and the log. */
uint64_t store_retries(const struct store *);

/* True when the process attached to a store that was recovered, for the log and tests. */
bool store_was_recovered(const struct store *);

/*
 * Writes every table's entries as lines "table<TAB>key in hex<TAB>value" (secrets stay
 * sealed); for spokectl dump.
 */
enum result store_dump(struct store *, int fd);

/* Runs recovery with nobody attached; for spokectl recover.  BUSY when somebody will not leave. */
enum result store_recover(const char *dir, struct buf *why);

#endif
