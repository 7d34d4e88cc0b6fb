/*
 * store/wake.h: starting and waking the worker, and the lock that makes it the only one.
 *
 * Whoever has queued something calls wake_worker after its commit and its flush.  Three
 * files in the data directory belong to it: "wake" (a FIFO that the worker reads),
 * "worker.lock" (held by the worker while it works) and "starter.lock" (held while somebody
 * starts one; it remembers when).
 *
 * Why nothing is lost: the caller commits, writes the FIFO, then tests the lock.  A worker
 * takes the lock, opens the FIFO, then looks at the queue; one that ends releases the lock,
 * then looks at the queue once more.  So whoever finds the lock held can rely on a look
 * after its commit.
 */
#ifndef SPOKE_WAKE_H
#define SPOKE_WAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"

struct settings;
struct store;

/* ---- those who queue something ---------------------------------------- */

/*
 * Wakes the worker, or starts one when none runs: settings->worker_path, in a session of
 * its own, 0 to 2 on /dev/null, every other descriptor closed, with no environment but our
 * own settings. At most one start a second for a data directory, however many threads and
 * processes ask. Takes some microseconds; the one call that starts a worker takes as long
 * as the program needs to detach itself (20 ms; at most 2 s).  Never fails as far as the
 * caller is concerned: what is queued stays queued, and cron or the next call finds it.
 * Safe in any thread.
 *
 * org is the organization that has something new, so that the worker need not look at all of
 * them; 0: any may have.
 */
void wake_worker(const struct settings *, struct store *, uint32_t org);

/*
 * For a responder after each answer, so that a back-off that ended while no worker ran is
 * not forgotten where there is no cron: starts a worker when something is overdue and none
 * runs, or the one that runs is stopped, and none was started within the last minute.  Reads
 * the store only then, and of it a few organizations each time, so that a request never pays for
 * many.
 */
void wake_if_due(const struct settings *, struct store *);

/*
 * For a responder's idle moments, every few seconds: starts the worker that was asked for when
 * one had been started within the same second (that one may have been killed).  Looks for
 * something overdue once when the process is new, and then twice a minute, so that after a
 * worker's death nobody waits for the next request.
 */
void wake_again(const struct settings *, struct store *);

/* For a program that ends: waits for the moment (at most a second) when such a start may be. */
void wake_settle(const struct settings *, struct store *);

/* Does a worker hold the lock now? */
bool worker_running(const char *dir);

/* ---- the worker ------------------------------------------------------- */

/*
 * Takes the lock without waiting.  OK with a descriptor (close-on-exec; closing it releases
 * the lock), BUSY when another worker holds it, FAILED (logged).
 */
enum result worker_lock(const char *dir, int *fd);

/*
 * When the worker that has the lock is stopped (SIGSTOP) and does not go on for patience ms, ends
 * it; waits so long, and returns at once when it is not stopped.  True when it was ended: the lock
 * is free.  Where programs stay in the store they have found it before (store_end_halted); this is
 * for CGI, and for a worker that is not in the store yet.
 */
bool worker_end_halted(const char *dir, int64_t patience);

/*
 * Is the locked file still the one in the directory?  (Somebody may have removed or
 * replaced it: then another worker could run, and this one must end.)
 */
bool worker_lock_good(const char *dir, int fd);

/*
 * Opens the FIFO, made when it is missing; descriptor, non-blocking and close-on-exec, or
 * -1 (logged).
 */
int wake_open(const char *dir);
/*
 * Reads what was written: woken is called for each organization that has something new, as
 * often as it was named; with 0 when it may be any.  Returns whether there was anything.
 */
bool wake_drain(int fd, void (*woken)(void *arg, uint32_t org), void *arg);

#endif
