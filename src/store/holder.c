/*
 * holder.c: the lock that makes a worker the only one, and the end of one that has it and is
 * stopped (wake.h).
 *
 * The lock is never gone round: the kernel lets go of it when its holder dies, and only then.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/process.h"
#include "store/wake.h"
#include "store/wake_private.h"

#define LOCK "worker.lock"

#define HALTED_LOOK (CLOCK_SECOND / 2) /* at a worker that is stopped */

int
wake_file(const char *dir, const char *name, int flags)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

int
wake_try_lock(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_OFD_SETLK, &lock);
}

static bool
is_locked(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

bool
worker_running(const char *dir)
{
	int fd = wake_file(dir, LOCK, O_RDONLY);
	bool running = fd >= 0 && is_locked(fd);

	if (fd >= 0)
		close(fd);
	return running;
}

/* Writes into the lock file who has it. */
static void
note_holder(int fd)
{
	struct process self;

	memset(&self, 0, sizeof(self)); /* what lies between its parts, too */
	process_self(&self);
	if (ftruncate(fd, 0) != 0 || pwrite(fd, &self, sizeof(self), 0) != (ssize_t)sizeof(self))
		log_warn("cannot note who the worker is: %s", log_errno(errno));
}

/* Is there a worker, and is it stopped?  *runs as process_halted has it. */
static bool
holder_halted(const char *dir, struct process *p, uint64_t *runs)
{
	struct process self;
	int fd = wake_file(dir, LOCK, O_RDONLY);
	bool halted = fd >= 0 && is_locked(fd) &&
		      pread(fd, p, sizeof(*p), 0) == (ssize_t)sizeof(*p) && process_halted(p, runs);

	if (fd >= 0)
		close(fd);
	process_self(&self);
	return halted && p->pid_ns == self.pid_ns;
}

bool
worker_halted(const char *dir)
{
	struct process p;
	uint64_t runs;

	return holder_halted(dir, &p, &runs);
}

bool
worker_end_halted(const char *dir, int64_t patience)
{
	int64_t since = clock_mono();
	struct process first, p;
	uint64_t runs, before;

	if (!holder_halted(dir, &first, &before))
		return false;
	while (clock_mono() - since < patience) {
		clock_sleep(HALTED_LOOK);
		if (!holder_halted(dir, &p, &runs) || p.pid != first.pid ||
		    p.start != first.start || runs != before)
			return false;
	}
	if (!process_kill(&p))
		return false;
	log_warn("the worker, process %ld, was stopped for more than %d seconds: killed",
	    (long)p.pid, (int)(patience / CLOCK_SECOND));
	for (since = clock_mono(); worker_running(dir) && clock_mono() - since < CLOCK_SECOND;)
		clock_sleep(10);
	return true;
}

enum result
worker_lock(const char *dir, int *out)
{
	int fd = wake_file(dir, LOCK, O_RDWR | O_CREAT);

	*out = -1;
	if (fd < 0) {
		log_error("cannot open %s/%s: %s", dir, LOCK, log_errno(errno));
		return FAILED;
	}
	if (wake_try_lock(fd) != 0) {
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
	note_holder(fd);
	*out = fd;
	return OK;
}

bool
worker_lock_good(const char *dir, int fd)
{
	struct stat ours, theirs;
	int other = wake_file(dir, LOCK, O_RDONLY);
	bool good;

	if (other < 0)
		return false;
	good = fstat(fd, &ours) == 0 && fstat(other, &theirs) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
	close(other);
	return good;
}
