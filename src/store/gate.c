/*
 * gate.c: opening the gate, emptying it for a recovery, joining and leaving.
 *
 * All that changes the gate's file happens under its mutex, a lock that the
 * kernel lets go when its holder dies; only poisoning needs none.
 * Knows nothing of the engine: env.c calls it, and recovers in between.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/format.h"
#include "store/gate.h"
#include "store/gate_private.h"
#include "store/place.h"
#include "store/process.h"

#define LOOK_MS 50 /* between two looks at whoever holds the mutex */

int
gate_byte(int fd, int how, off_t byte)
{
	struct flock l;
	memset(&l, 0, sizeof l);
	l.l_type = (short)how;
	l.l_whence = SEEK_SET;
	l.l_start = byte;
	l.l_len = 1;
	return fcntl(fd, F_OFD_SETLK, &l);
}

bool
gate_locked(int fd, off_t from, off_t n)
{
	struct flock l;
	memset(&l, 0, sizeof l);
	l.l_type = F_WRLCK;
	l.l_whence = SEEK_SET;
	l.l_start = from;
	l.l_len = n;
	return fcntl(fd, F_OFD_GETLK, &l) == 0 && l.l_type != F_UNLCK;
}

/*
 * Waits for the mutex until the deadline; each pause is longer than the last.  Who holds it but was
 * stopped is given as long to go on as those have who are to leave.
 */
static bool
mutex_take(struct gate *g, int64_t deadline, int64_t grace)
{
	long us = 100;
	struct gate_halted halted = {0};
	int64_t look = clock_mono() + LOOK_MS;
	while (gate_byte(g->fd, F_WRLCK, GATE_LOCK_MUTEX) != 0) {
		if ((errno != EAGAIN && errno != EACCES && errno != EINTR) ||
		    clock_mono() >= deadline)
			return false;
		struct timespec ts = {0, us * 1000};
		(void)nanosleep(&ts, NULL);
		us = us < 3000 ? us + us / 2 : 3000;
		if (clock_mono() >= look) {
			gate_end_keeper(g, &halted, grace);
			look = clock_mono() + LOOK_MS;
		}
	}
	struct gate_slot *s = &g->page->keeper;
	s->start = g->self.start;
	s->pid_ns = g->self.pid_ns;
	atomic_store(&s->pid, (uint32_t)g->self.pid);
	g->mutex = true;
	return true;
}

static void
mutex_give(struct gate *g)
{
	if (g->mutex) {
		atomic_store(&g->page->keeper.pid, 0);
		(void)gate_byte(g->fd, F_UNLCK, GATE_LOCK_MUTEX);
	}
	g->mutex = false;
}

/* Opens and maps the file, with a block on disk for every page of it. */
static enum result
gate_map(struct gate *g, const char *dir, struct buf *why)
{
	struct stat st;
	g->dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (g->dirfd < 0 || fstat(g->dirfd, &st) != 0)
		goto failed;
	g->dev = (uint64_t)st.st_dev;
	g->ino = (uint64_t)st.st_ino;
	g->fd = openat(g->dirfd, GATE_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (g->fd < 0 || fstat(g->fd, &st) != 0)
		goto failed;
	if (st.st_size < (off_t)sizeof *g->page) {
		int err = posix_fallocate(g->fd, 0, sizeof *g->page);
		errno = err;
		if (err != 0)
			goto failed;
	}
	void *p = mmap(NULL, sizeof *g->page, PROT_READ | PROT_WRITE, MAP_SHARED, g->fd, 0);
	if (p == MAP_FAILED)
		goto failed;
	g->page = p;
	return OK;
failed:
	buf_addf(why, "Cannot open the file %s in %s: %s.", GATE_FILE, dir, log_errno(errno));
	return FAILED;
}

/* Writes who we are into a fresh file's head, poisoned. */
static void
page_format(struct gate *g)
{
	struct gate_page *p = g->page;
	uint32_t epoch = atomic_load(&p->epoch);
	memset(p->boot, 0, sizeof p->boot);
	p->left_as = 0;
	p->size = sizeof *p;
	(void)snprintf(p->magic, sizeof p->magic, "%s", GATE_MAGIC);
	atomic_store(&p->epoch, epoch | 1);
	gate_wake(g, UINT32_MAX);
}

/*
 * Other files lie here than the last one left.  After a start of the machine nobody can say so: a
 * power cut sets times back, too.
 */
static bool
is_replaced(const struct gate *g, const char *dir)
{
	const struct gate_page *p = g->page;
	return p->left_as != 0 && g->boot[0] != '\0' && strcmp(p->boot, g->boot) == 0 &&
	       p->left_as != place_fingerprint(dir);
}

/* Why the shared memory cannot be trusted, or NULL.  Called under the mutex. */
static const char *
distrust(struct gate *g, const struct gate_options *o)
{
	const struct gate_page *p = g->page;
	bool alone = !gate_locked(g->fd, GATE_LOCK_SLOT0, GATE_SLOTS);
	/* Noted before any other reason: it changes how the recovery goes. */
	g->copy = p->dev != g->dev || p->ino != g->ino;
	if (memcmp(p->magic, GATE_MAGIC, sizeof GATE_MAGIC) != 0 || p->size != sizeof *p) {
		page_format(g);
		g->copy = true;
		return "it was not opened here before";
	}
	g->replaced = alone && is_replaced(g, o->dir);
	g->copy = g->copy || g->replaced;
	if ((atomic_load(&p->epoch) & 1) != 0)
		return "somebody left it in disorder";
	if (o->recover)
		return "it was asked for";
	if (gate_somebody_died(g))
		return "a process died in it";
	if (strcmp(p->boot, g->boot) != 0)
		return "the machine was started anew";
	if (g->boot[0] == '\0' && alone)
		return "it is not known whether the machine was started anew";
	if (g->copy)
		return g->replaced ? "its files were changed from outside"
				   : "it was copied or moved";
	if (format_grows(o->dir))
		return "this version of the program keeps more in it";
	if (p->shape != o->shape)
		return "another version of the program used it";
	/* A different cache waits until nobody is there: two settings must not chase each other. */
	if (p->cache != o->cache && alone)
		return "the size of the cache was changed";
	return NULL;
}

/* Ends the attached processes that have not left by now. */
static void
kill_stragglers(struct gate *g)
{
	for (uint32_t i = 0; i < GATE_SLOTS; i++) {
		struct gate_slot *s = &g->page->slots[i];
		uint32_t pid = atomic_load(&s->pid);
		if (pid == 0 || s->pid_ns != g->self.pid_ns ||
		    !gate_locked(g->fd, GATE_LOCK_SLOT0 + (off_t)i, 1))
			continue;
		struct process p = gate_process(s);
		if (process_kill(&p))
			log_warn("store: killed process %u, which did not leave in time", pid);
	}
}

/* Waits until nobody is attached.  Called under the mutex, poisoned. */
static enum result
gate_empty(struct gate *g, const struct gate_options *o, struct buf *why)
{
	int64_t patience = clock_mono() + o->grace;
	bool other = false;
	for (;;) {
		bool locked = gate_locked(g->fd, GATE_LOCK_SLOT0, GATE_SLOTS);
		/*
		 * The directory's own lock tells of those who came through a gate file
		 * since removed.
		 */
		other = !locked && flock(g->dirfd, LOCK_EX | LOCK_NB) != 0;
		if (!locked && !other)
			break;
		if (clock_mono() >= patience) {
			kill_stragglers(g);
			patience = clock_mono() + 200;
		}
		if (clock_mono() >= o->deadline)
			goto late;
		struct timespec ts = {0, 1000000};
		(void)nanosleep(&ts, NULL);
	}
	for (uint32_t i = 0; i < GATE_SLOTS; i++)
		atomic_store(&g->page->slots[i].pid, 0);
	return OK;
late:
	if (other) {
		buf_adds(why,
		    "A process still uses the store through a gate file that was removed. "
		    "Restart the web server, end spoke-worker, and try again.");
		return BUSY;
	}
	for (uint32_t i = 0; i < GATE_SLOTS; i++) {
		uint32_t pid = atomic_load(&g->page->slots[i].pid);
		if (pid != 0 && gate_locked(g->fd, GATE_LOCK_SLOT0 + (off_t)i, 1)) {
			buf_addf(why,
			    "The store must be recovered, but process %u (or one it started) "
			    "does not leave it. End that process.",
			    pid);
			return BUSY;
		}
	}
	buf_adds(why, "The store must be recovered, but somebody does not leave it. Try again.");
	return BUSY;
}

enum result
gate_open(
    const struct gate_options *o, struct gate **out, const char **why_recover, struct buf *why)
{
	enum result r = BUSY;
	*why_recover = NULL;
	struct gate *g = calloc(1, sizeof *g);
	if (g == NULL) {
		buf_adds(why, "Out of memory. Try again.");
		return BUSY;
	}
	g->fd = g->dirfd = g->slot = -1;
	g->dir = strdup(o->dir);
	g->shape = o->shape;
	g->cache = o->cache;
	process_self(&g->self);
	process_boot(g->boot, sizeof g->boot);
	if (g->dir == NULL) {
		buf_adds(why, "Out of memory. Try again.");
		goto failed;
	}
	r = gate_map(g, o->dir, why);
	if (r != OK)
		goto failed;
	if (!mutex_take(g, o->deadline, o->grace)) {
		buf_adds(why,
		    "The store is being recovered or opened by somebody who takes long. Try again.");
		r = BUSY;
		goto failed;
	}
	*why_recover = distrust(g, o);
	if (*why_recover != NULL) {
		(void)gate_poison(g);
		r = gate_empty(g, o, why);
		if (r != OK)
			goto failed;
	}
	*out = g;
	return OK;
failed:
	gate_abandon(g);
	return r;
}

void
gate_recovered(struct gate *g)
{
	struct gate_page *p = g->page;
	/* It counts from the start of the machine. */
	if (g->boot[0] == '\0' || strcmp(p->boot, g->boot) != 0)
		gate_set_clock(g, 0);
	(void)snprintf(p->boot, sizeof p->boot, "%s", g->boot);
	p->dev = g->dev;
	p->ino = g->ino;
	p->shape = g->shape;
	p->cache = g->cache;
	p->left_as = 0;
	atomic_fetch_add(&p->epoch, 1);
}

enum result
gate_attach(struct gate *g, struct buf *why)
{
	struct gate_page *p = g->page;
	uint32_t first = (uint32_t)g->self.pid % GATE_SLOTS;
	g->epoch = atomic_load(&p->epoch) & ~1u;
	if (flock(g->dirfd, LOCK_SH | LOCK_NB) != 0) {
		buf_adds(why, "The store is being recovered by somebody else. Try again.");
		return BUSY;
	}
	for (uint32_t n = 0; n < GATE_SLOTS && g->slot < 0; n++) {
		uint32_t i = (first + n) % GATE_SLOTS;
		struct gate_slot *s = &p->slots[i];
		if (atomic_load(&s->pid) != 0 ||
		    gate_byte(g->fd, F_WRLCK, GATE_LOCK_SLOT0 + (off_t)i) != 0)
			continue;
		s->claims++;
		s->start = g->self.start;
		s->pid_ns = g->self.pid_ns;
		atomic_store(&s->pid, (uint32_t)g->self.pid);
		g->slot = (int)i;
	}
	p->left_as = 0;
	if (g->slot >= 0)
		return OK;
	buf_addf(why,
	    "All %d places in the store are taken: that many processes are attached. Let the "
	    "web server run fewer, or try again.",
	    GATE_SLOTS);
	return BUSY;
}

void
gate_let_pass(struct gate *g)
{
	mutex_give(g);
}

bool
gate_is_copy(const struct gate *g)
{
	return g->copy;
}

bool
gate_is_replaced(const struct gate *g)
{
	return g->replaced;
}

/* Closes everything and frees; the kernel lets go of all locks. */
static void
gate_free(struct gate *g)
{
	mutex_give(g);
	if (g->page != NULL)
		(void)munmap(g->page, sizeof *g->page);
	if (g->fd >= 0)
		(void)close(g->fd);
	if (g->dirfd >= 0)
		(void)close(g->dirfd);
	free(g->dir);
	free(g);
}

void
gate_close(struct gate *g)
{
	if (g == NULL)
		return;
	if (g->slot >= 0) {
		struct gate_page *p = g->page;
		/*
		 * The last one notes what the files are like.  Without the mutex at once:
		 * nobody needs to.
		 */
		if (!gate_poisoned(g) && mutex_take(g, clock_mono(), 0) && gate_count(g) == 1)
			p->left_as = place_fingerprint(g->dir);
		atomic_store(&p->slots[g->slot].pid, 0);
	}
	gate_free(g);
}

void
gate_abandon(struct gate *g)
{
	if (g != NULL)
		gate_free(g);
}
