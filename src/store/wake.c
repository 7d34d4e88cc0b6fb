/*
 * wake.c: who wakes the worker, and who starts it (wake.h); that there is only one is holder.c's.
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
#include "base/crypto.h"
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
#include "store/wake_private.h"

#define FIFO "wake"
#define STARTER "starter.lock"

/* What is written: the mark, then the organization's number, the highest byte first. */
#define RING 5
#define RING_MARK 'w'
#define RINGS_MOST (32 * 1024) /* so many bytes, and some may not have fitted in */

#define ORGS_PIECE 25 /* looked at for something overdue at a time */

#define START_GAP CLOCK_SECOND	     /* between two starts */
#define OVERDUE_GAP CLOCK_MINUTE     /* between two starts because of something overdue */
#define IDLE_GAP (30 * CLOCK_SECOND) /* between two looks of an idle process */

/* When a start that was asked for too soon after another may be tried; 0: there is none. */
static _Atomic int64_t put_off;

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

/* Takes apart what was read; -1 unless it is whole rings. */
static int
heed(const unsigned char *p, size_t n, void (*woken)(void *arg, uint32_t org), void *arg)
{
	for (; n >= RING && p[0] == RING_MARK; p += RING, n -= RING)
		woken(
		    arg, (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4]);
	return n == 0 ? 0 : -1;
}

bool
wake_drain(int fd, void (*woken)(void *arg, uint32_t org), void *arg)
{
	unsigned char rings[RING * 200];
	bool whole = true;
	size_t all = 0;
	ssize_t n;

	while ((n = read(fd, rings, sizeof(rings))) > 0) {
		all += (size_t)n;
		whole = heed(rings, (size_t)n, woken, arg) == 0 && whole;
	}
	/* Another version's, or more than there was room for: it may have been anybody. */
	if (!whole || all >= RINGS_MOST)
		woken(arg, 0);
	return all > 0;
}

/* No reader is no fault: then the lock is free, too. */
static void
ring(const char *dir, uint32_t org)
{
	const unsigned char text[RING] = {RING_MARK, (unsigned char)(org >> 24),
	    (unsigned char)(org >> 16), (unsigned char)(org >> 8), (unsigned char)org};
	struct stat st;
	int fd = wake_file(dir, FIFO, O_WRONLY | O_NONBLOCK);

	if (fd < 0)
		return;
	/* Written whole or not at all; a full FIFO will be read anyway. */
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && write(fd, text, sizeof(text)) < 0 &&
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
	int fd = wake_file(dir, STARTER, O_RDWR | O_CREAT);
	int64_t now, last;

	if (fd < 0) {
		log_error("cannot open %s/%s: %s", dir, STARTER, log_errno(errno));
		return;
	}
	/*
	 * Who holds the starter's lock starts a worker that has yet to look at the queue; and one beside
	 * a worker that is stopped sees to that.
	 */
	if (wake_try_lock(fd) == 0 && (!worker_running(dir) || worker_halted(dir))) {
		now = clock_mono();
		last = last_start(fd, now);
		if (now - last >= gap) {
			note_start(fd, now);
			start_worker(s);
		} else if (gap == START_GAP) {
			atomic_store(&put_off, last + gap);
		}
	}
	close(fd);
}

void
wake_worker(const struct settings *s, struct store *store, uint32_t org)
{
	const char *dir = store_dir(store);

	ring(dir, org);
	if (!worker_running(dir))
		start_one(s, dir, START_GAP);
}

/* ---- what is overdue -------------------------------------------------------------- */

/*
 * Has a worker something to see to for this organization: a text, a look for one, an
 * attachment; or one that a worker left "sending" when it died?
 */
static bool
org_overdue(struct tx *tx, uint32_t org)
{
	struct media_ref media;
	struct queue_entry e;
	const char **ids;
	size_t n = 0;
	int class_;

	for (class_ = QUEUE_REPLIES; class_ <= QUEUE_LOOKS; class_++)
		if (queue_first(tx, class_, org, tx_now(tx), NULL, &e) == OK)
			return true;
	if (media_first(tx, org, NULL, &media) == OK && media.due <= tx_now(tx))
		return true;
	return messages_in_state(tx, org, STATE_SENDING, NULL, 1, tx_arena(tx), &ids, &n) == OK &&
	       n > 0;
}

/* A few organizations above one; *left counts down those that may still be looked at. */
static enum result
piece_overdue(struct tx *tx, uint32_t above, size_t *left)
{
	struct organization *list;
	size_t n = 0, i;
	enum result r = orgs_list(tx, above, *left, tx_arena(tx), &list, &n);

	for (i = 0; r == OK && i < n; i++)
		if (org_overdue(tx, (uint32_t)list[i].id))
			return OK;
	*left -= n;
	return r == OK ? NOT_FOUND : r;
}

/*
 * OK when something is overdue.  Where it begins is left to chance, because a process may have
 * one request only: so all organizations have their turn without anybody keeping it.
 */
static enum result
overdue(struct tx *tx, void *arg)
{
	int64_t job = INT64_MAX, last = 0;
	size_t left = ORGS_PIECE;
	uint32_t above;
	enum result r = jobs_earliest(tx, &job);

	(void)arg;
	if (r == OK && job <= tx_now(tx))
		return OK;
	if (r == OK)
		r = orgs_last(tx, &last);
	if (r != OK)
		return r;
	crypto_random(&above, sizeof(above));
	above = (uint32_t)(above % ((uint64_t)last + 1));
	r = piece_overdue(tx, above, &left);
	return r == NOT_FOUND && left > 0 && above > 0 ? piece_overdue(tx, 0, &left) : r;
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
	fd = wake_file(dir, STARTER, O_RDONLY);
	if (fd >= 0) {
		last = last_start(fd, now);
		close(fd);
	}
	if (now - last < OVERDUE_GAP)
		return;
	if (worker_running(dir) ? worker_halted(dir) : store_read(store, overdue, NULL) == OK)
		start_one(s, dir, OVERDUE_GAP);
}

void
wake_again(const struct settings *s, struct store *store)
{
	static _Atomic int64_t next;
	static atomic_bool looked;
	const char *dir = store_dir(store);
	int64_t now = clock_mono(), then = atomic_load(&put_off);

	if (then != 0 && now >= then) {
		atomic_store(&put_off, 0);
		wake_worker(s, store, 0); /* whosever it was */
	} else if (!atomic_exchange(&looked, true)) {
		/* It may have come back because the worker died. */
		if (!worker_running(dir) && store_read(store, overdue, NULL) == OK)
			start_one(s, dir, START_GAP);
	} else if (then == 0 && now >= atomic_load(&next)) {
		atomic_store(&next, now + IDLE_GAP);
		wake_if_due(s, store);
	}
}

void
wake_settle(const struct settings *s, struct store *store)
{
	int64_t then = atomic_load(&put_off);

	if (then == 0)
		return;
	clock_sleep(then - clock_mono());
	wake_again(s, store);
}
