/*
 * wake.c: who wakes the worker, who starts it, and that there is only one (wake.h).
 *
 * Called by the responder's handlers and spokectl after commit and flush, and by the worker for
 * its own lock.  It opens no transaction but wake_if_due's, and waits for nobody.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/parse.h"
#include "base/settings.h"
#include "store/jobs.h"
#include "store/media.h"
#include "store/messages.h"
#include "store/orgs.h"
#include "store/start.h"
#include "store/store.h"
#include "store/wake.h"

#define FIFO "wake"
#define LOCK "worker.lock"
#define STARTER "starter.lock"

#define UNKNOWN_MAX 20 /* of an organization, read when something overdue is looked for */
#define ORGS_PAGE 100

#define START_GAP CLOCK_SECOND	 /* between two starts */
#define OVERDUE_GAP CLOCK_MINUTE /* between two starts because of something overdue */

/* Opens a file of the data directory; -1 with errno. */
static int
open_file(const char *dir, const char *name, int flags)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/*
 * Tries for the write lock on the whole file; 0, or -1 with errno (EAGAIN, EACCES: somebody
 * has it).
 */
static int
try_lock(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_OFD_SETLK, &lock);
}

bool
worker_running(const char *dir)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open_file(dir, LOCK, O_RDONLY), rc;

	if (fd < 0)
		return false;
	rc = fcntl(fd, F_OFD_GETLK, &lock);
	close(fd);
	return rc == 0 && lock.l_type != F_UNLCK;
}

enum result
worker_lock(const char *dir, int *out)
{
	int fd = open_file(dir, LOCK, O_RDWR | O_CREAT);

	*out = -1;
	if (fd < 0) {
		log_error("cannot open %s/%s: %s", dir, LOCK, log_errno(errno));
		return FAILED;
	}
	if (try_lock(fd) != 0) {
		int err = errno;

		close(fd);
		if (err == EAGAIN || err == EACCES)
			return BUSY;
		log_error("cannot lock %s/%s: %s", dir, LOCK, log_errno(err));
		return FAILED;
	}
	if (!worker_lock_good(dir, fd)) { /* replaced between open and lock */
		close(fd);
		return BUSY;
	}
	*out = fd;
	return OK;
}

bool
worker_lock_good(const char *dir, int fd)
{
	struct stat ours, theirs;
	int other = open_file(dir, LOCK, O_RDONLY);
	bool good;

	if (other < 0)
		return false;
	good = fstat(fd, &ours) == 0 && fstat(other, &theirs) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
	close(other);
	return good;
}

/* ---- the FIFO ---------------------------------------------------------- */

int
wake_open(const char *dir)
{
	char path[4096];
	struct stat st;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", dir, FIFO) >= (int)sizeof(path))
		return -1;
	if (mkfifo(path, 0600) != 0 && errno != EEXIST) {
		log_error("cannot make the FIFO %s: %s", path, log_errno(errno));
		return -1;
	}
	/* Read and write, so that it never is at its end when a writer has gone. */
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISFIFO(st.st_mode)) {
		log_error("cannot open the FIFO %s: %s", path,
		    fd < 0 ? log_errno(errno) : "it is something else");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

bool
wake_drain(int fd)
{
	char junk[512];
	bool any = false;

	while (read(fd, junk, sizeof(junk)) > 0)
		any = true;
	return any;
}

/* No reader is no fault: then the lock is free, too. */
static void
ring(const char *dir)
{
	struct stat st;
	int fd = open_file(dir, FIFO, O_WRONLY | O_NONBLOCK);

	if (fd < 0)
		return;
	/* A full FIFO will be read anyway. */
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && write(fd, "!", 1) < 0 &&
	    errno != EAGAIN && errno != EPIPE)
		log_warn("cannot wake the worker: %s", log_errno(errno));
	close(fd);
}

/* ---- starting ---------------------------------------------------------- */

/*
 * When the last one was started, by the monotonic clock; long ago if that was before this
 * boot.
 */
static int64_t
last_start(int fd, int64_t now)
{
	char text[24];
	ssize_t n = pread(fd, text, sizeof(text), 0);
	int64_t when;

	if (n <= 0 || parse_i64(text, (size_t)n, 0, INT64_MAX, &when) != 0 || when > now)
		return INT64_MIN / 2;
	return when;
}

static void
note_start(int fd, int64_t now)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%lld", (long long)now);

	if (n <= 0 || ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
		log_warn("cannot note when the worker was started: %s", log_errno(errno));
}

/* Starts one unless another does so now, or did within the gap. */
static void
start_one(const struct settings *s, const char *dir, int64_t gap)
{
	int fd = open_file(dir, STARTER, O_RDWR | O_CREAT);
	int64_t now;

	if (fd < 0) {
		log_error("cannot open %s/%s: %s", dir, STARTER, log_errno(errno));
		return;
	}
	/* Who holds the starter's lock starts a worker that has yet to look at the queue. */
	if (try_lock(fd) == 0 && !worker_running(dir)) {
		now = clock_mono();
		if (now - last_start(fd, now) >= gap) {
			note_start(fd, now);
			start_worker(s);
		}
	}
	close(fd);
}

void
wake_worker(const struct settings *s, struct store *store)
{
	const char *dir = store_dir(store);

	ring(dir);
	if (!worker_running(dir))
		start_one(s, dir, START_GAP);
}

/*
 * Something of this organization that a worker must see to: what one left "sending" when it
 * died, and an unknown one whose look is due.  Of the latter the first few are read, and
 * those that have no look left, which wait for a person, are passed over.
 */
static enum result
left_behind(struct tx *tx, uint32_t org, bool *yes)
{
	const char **ids;
	struct message m;
	size_t i, n;
	enum result r;

	r = messages_in_state(tx, org, STATE_SENDING, NULL, 1, tx_arena(tx), &ids, &n);
	*yes = r == OK && n > 0;
	if (r != OK || *yes)
		return r;
	r = messages_in_state(tx, org, STATE_UNKNOWN, NULL, UNKNOWN_MAX, tx_arena(tx), &ids, &n);
	for (i = 0; r == OK && i < n && !*yes; i++)
		*yes = messages_get(tx, org, ids[i], false, tx_arena(tx), &m) == OK &&
		       m.held_why == NULL && m.due <= tx_now(tx);
	return r;
}

/* OK when an organization has something left behind. */
static enum result
any_left_behind(struct tx *tx)
{
	struct organization *list;
	uint32_t after = 0;
	bool yes = false;
	size_t i, n;
	enum result r;

	do {
		r = orgs_list(tx, after, ORGS_PAGE, tx_arena(tx), &list, &n);
		for (i = 0; r == OK && i < n && !yes; i++) {
			after = (uint32_t)list[i].id;
			r = left_behind(tx, after, &yes);
		}
	} while (r == OK && n > 0 && !yes);
	return r == OK && !yes ? NOT_FOUND : r;
}

/* OK when something is overdue. */
static enum result
overdue(struct tx *tx, void *arg)
{
	int64_t queued = INT64_MAX, job = INT64_MAX, media = INT64_MAX;
	enum result r = queue_earliest(tx, &queued);

	(void)arg;
	if (r != OK && r != NOT_FOUND)
		return r;
	r = jobs_earliest(tx, &job);
	if (r != OK && r != NOT_FOUND)
		return r;
	r = media_earliest(tx, &media);
	if (r != OK)
		return r;
	if (queued <= tx_now(tx) || job <= tx_now(tx) || media <= tx_now(tx))
		return OK;
	return any_left_behind(tx);
}

void
wake_if_due(const struct settings *s, struct store *store)
{
	static _Atomic int64_t
	    next; /* a busy responder looks once a second, not after each answer */
	const char *dir = store_dir(store);
	int64_t now = clock_mono(), last = INT64_MIN / 2, due = atomic_load(&next);
	int fd;

	if (now < due || !atomic_compare_exchange_strong(&next, &due, now + CLOCK_SECOND))
		return;
	fd = open_file(dir, STARTER, O_RDONLY);
	if (fd >= 0) {
		last = last_start(fd, now);
		close(fd);
	}
	if (now - last < OVERDUE_GAP || worker_running(dir))
		return;
	if (store_read(store, overdue, NULL) == OK)
		start_one(s, dir, OVERDUE_GAP);
}
