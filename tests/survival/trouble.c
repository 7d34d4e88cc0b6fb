/*
 * trouble.c: a library that is loaded before the C library (LD_PRELOAD) and plays a bad disk, a wrong
 * clock and a power cut to programs that know nothing of it.
 *
 * SPOKE_TROUBLE names a file that every program maps; the test writes to it what is wrong just now
 * (Survival.pm has the same layout). Only files below its dir are harmed. It must change nothing
 * while nothing is wrong.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

struct trouble {
	int64_t clock_ms; /* added to the wall clock */
	int32_t error;	  /* ENOSPC: there is no room for more; another: nothing can be written */
	uint32_t fs;	  /* what statfs says, or 0 */
	int32_t sync_ms;  /* so long does it take until fsync has begun */
	int32_t unused;
	char dir[512];	  /* DATA_DIR */
	char disk[512];	  /* keeps each file as it was when it was last synced */
	char boot[512];	  /* a file to be read for the boot id */
};

static const struct trouble nothing;
static const struct trouble *trouble = &nothing;

#define REAL(type, name, ...) \
	static type (*real)(__VA_ARGS__); \
	if (real == NULL) \
	*(void **)&real = dlsym(RTLD_NEXT, name)

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("SPOKE_TROUBLE");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *p = fd >= 0 ? mmap(NULL, sizeof *trouble, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
	if (p != MAP_FAILED)
		trouble = p;
	if (fd >= 0)
		(void)close(fd);
}

/* ---- what is harmed -------------------------------------------------------------- */

static int
is_below(const char *path)
{
	size_t n = strlen(trouble->dir);
	return n > 0 && strncmp(path, trouble->dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* The path behind a descriptor; false when it is not ours to harm. */
static int
is_ours(int fd, char path[1024])
{
	char link[64];
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, 1023);
	if (n <= 0)
		return 0;
	path[n] = '\0';
	return is_below(path);
}

/* Must this write of n bytes at that place fail?  (at < 0: where the file stands.) */
static int
fails(int fd, off_t at, size_t n)
{
	char path[1024];
	struct stat st;
	int error = trouble->error;
	if (error == 0 || !is_ours(fd, path))
		return 0;
	if (error == ENOSPC) {
		if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
			return 0;
		if (at < 0)
			at = (fcntl(fd, F_GETFL) & O_APPEND) != 0 ? st.st_size
								  : lseek(fd, 0, SEEK_CUR);
		/* What has blocks already can be written again. */
		if (at + (off_t)n <= st.st_size)
			return 0;
	}
	errno = error;
	return 1;
}

static int
cannot_open(int dirfd, const char *path, int flags)
{
	char dir[1024];
	int error = trouble->error;
	if (error == 0 || !(path[0] == '/' ? is_below(path) : is_ours(dirfd, dir)))
		return 0;
	if (error == ENOSPC
		? (flags & O_CREAT) == 0 || faccessat(dirfd, path, F_OK, 0) == 0
		: (flags & O_ACCMODE) == O_RDONLY && (flags & O_CREAT) == 0)
		return 0;
	errno = error;
	return 1;
}

static int
cannot_change(const char *path)
{
	int error = trouble->error;
	if (error == 0 || error == ENOSPC || !is_below(path))
		return 0;
	errno = error;
	return 1;
}

/* ---- files ------------------------------------------------------------------------- */

int
open(const char *path, int flags, ...)
{
	REAL(int, "open", const char *, int, ...);
	va_list ap;
	va_start(ap, flags);
	mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	if (trouble->boot[0] != '\0' && strcmp(path, BOOT_ID) == 0)
		return real(trouble->boot, flags, mode);
	return cannot_open(AT_FDCWD, path, flags) ? -1 : real(path, flags, mode);
}

int
openat(int dirfd, const char *path, int flags, ...)
{
	REAL(int, "openat", int, const char *, int, ...);
	va_list ap;
	va_start(ap, flags);
	mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return cannot_open(dirfd, path, flags) ? -1 : real(dirfd, path, flags, mode);
}

ssize_t
write(int fd, const void *p, size_t n)
{
	REAL(ssize_t, "write", int, const void *, size_t);
	return fails(fd, -1, n) ? -1 : real(fd, p, n);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
	return fails(fd, at, n) ? -1 : real(fd, p, n, at);
}

int
ftruncate(int fd, off_t n)
{
	REAL(int, "ftruncate", int, off_t);
	return fails(fd, n, 0) ? -1 : real(fd, n);
}

/* Returns the error, as the real one does. */
int
posix_fallocate(int fd, off_t at, off_t n)
{
	REAL(int, "posix_fallocate", int, off_t, off_t);
	return fails(fd, at, (size_t)n) ? errno : real(fd, at, n);
}

int
mkdir(const char *path, mode_t mode)
{
	REAL(int, "mkdir", const char *, mode_t);
	return cannot_change(path) ? -1 : real(path, mode);
}

int
mkfifo(const char *path, mode_t mode)
{
	REAL(int, "mkfifo", const char *, mode_t);
	return cannot_change(path) ? -1 : real(path, mode);
}

int
unlink(const char *path)
{
	REAL(int, "unlink", const char *);
	return cannot_change(path) ? -1 : real(path);
}

int
rename(const char *from, const char *to)
{
	REAL(int, "rename", const char *, const char *);
	return cannot_change(to) ? -1 : real(from, to);
}

int
faccessat(int dirfd, const char *path, int mode, int flags)
{
	REAL(int, "faccessat", int, const char *, int, int);
	return (mode & W_OK) != 0 && cannot_change(path) ? -1 : real(dirfd, path, mode, flags);
}

int
statfs(const char *path, struct statfs *fs)
{
	REAL(int, "statfs", const char *, struct statfs *);
	int rc = real(path, fs);
	if (rc == 0 && trouble->fs != 0 && is_below(path))
		fs->f_type = (long)trouble->fs;
	return rc;
}

/* ---- the disk, for power cuts -------------------------------------------------------- */

/* Keeps the file as it is now; who comes second keeps what is newer. */
static void
keep(const char *path)
{
	char block[65536], to[1100], tmp[1100];
	const char *name = strrchr(path, '/') + 1;
	ssize_t n;
	(void)snprintf(to, sizeof to, "%s/%s", trouble->disk, name);
	(void)snprintf(tmp, sizeof tmp, "%s/.new", trouble->disk);
	int lock = open(trouble->disk, O_RDONLY | O_CLOEXEC);
	(void)flock(lock, LOCK_EX);
	int in = open(path, O_RDONLY | O_CLOEXEC);
	int out = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	while (in >= 0 && out >= 0 && (n = read(in, block, sizeof block)) > 0)
		if (write(out, block, (size_t)n) != n)
			break;
	if (in >= 0 && out >= 0)
		(void)rename(tmp, to);
	(void)close(in);
	(void)close(out);
	(void)close(lock);
}

static int
sync_file(int fd, int (*real)(int))
{
	char path[1024];
	struct stat st;
	int error = trouble->error;
	if ((error == 0 && trouble->disk[0] == '\0' && trouble->sync_ms == 0) ||
	    !is_ours(fd, path) || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return real(fd);
	struct timespec ts = {trouble->sync_ms / 1000, trouble->sync_ms % 1000 * 1000000};
	if (trouble->sync_ms > 0)
		(void)nanosleep(&ts, NULL);
	if (error != 0 && error != ENOSPC) {
		errno = error;
		return -1;
	}
	if (trouble->disk[0] != '\0')
		keep(path);
	return real(fd);
}

int
fdatasync(int fd)
{
	REAL(int, "fdatasync", int);
	return sync_file(fd, real);
}

int
fsync(int fd)
{
	REAL(int, "fsync", int);
	return sync_file(fd, real);
}

/* ---- the clock ------------------------------------------------------------------------- */

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	REAL(int, "clock_gettime", clockid_t, struct timespec *);
	int rc = real(id, ts);
	if (rc == 0 && id == CLOCK_REALTIME)
		ts->tv_sec += (time_t)(trouble->clock_ms / 1000);
	return rc;
}

time_t
time(time_t *out)
{
	struct timespec ts;
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	if (out != NULL)
		*out = ts.tv_sec;
	return ts.tv_sec;
}

int
gettimeofday(struct timeval *tv, void *zone)
{
	struct timespec ts;
	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	*tv = (struct timeval){ts.tv_sec, ts.tv_nsec / 1000};
	return 0;
}

/* Its deadline is of the wrong clock, and the kernel's is right. */
int
pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *until)
{
	REAL(int, "pthread_timedjoin_np", pthread_t, void **, const struct timespec *);
	struct timespec ts = *until;
	ts.tv_sec -= (time_t)(trouble->clock_ms / 1000);
	return real(thread, result, &ts);
}
