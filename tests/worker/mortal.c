/*
 * mortal.c: a worker that dies between any two steps of fetching an attachment, or of what else
 * it does.
 *
 * From the moment a file is begun or removed, or from the first when DIE_SOON is set, what the
 * program does to the disk and to the store is counted; before the step number DIE_AT it kills
 * itself.  DIE_TRACE names a file to which each
 * step is noted before it is done.  Linked with --wrap for each name below.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/kv.h"

int __real_openat(int at, const char *path, int flags, ...);
ssize_t __real_write(int fd, const void *p, size_t n);
int __real_fsync(int fd);
int __real_mkdirat(int at, const char *path, mode_t mode);
int __real_renameat(int at, const char *from, int to, const char *path);
int __real_unlinkat(int at, const char *path, int flags);
enum result __real_store_run(struct store *, tx_fn fn, void *arg);
enum result __real_store_flush(struct store *);

int __wrap_openat(int at, const char *path, int flags, ...);
ssize_t __wrap_write(int fd, const void *p, size_t n);
int __wrap_fsync(int fd);
int __wrap_mkdirat(int at, const char *path, mode_t mode);
int __wrap_renameat(int at, const char *from, int to, const char *path);
int __wrap_unlinkat(int at, const char *path, int flags);
enum result __wrap_store_run(struct store *, tx_fn fn, void *arg);
enum result __wrap_store_flush(struct store *);

static bool begun;
static long count;

static void
step(const char *what, const char *path)
{
	const char *at = getenv("DIE_AT"), *trace = getenv("DIE_TRACE");

	if (!begun && getenv("DIE_SOON") == NULL)
		return;
	count++;
	if (trace != NULL) {
		FILE *f = fopen(trace, "ae");

		if (f != NULL) {
			fprintf(f, "%s %s\n", what, path);
			fclose(f);
		}
	}
	if (at != NULL && strtol(at, NULL, 10) == count)
		raise(SIGKILL);
}

int
__wrap_openat(int at, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	if (flags & O_CREAT) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
		if (strncmp(path, "part/", 5) == 0)
			begun = true;
		step("create", path);
	}
	return __real_openat(at, path, flags, mode);
}

ssize_t
__wrap_write(int fd, const void *p, size_t n)
{
	if (fd > STDERR_FILENO)
		step("write", "");
	return __real_write(fd, p, n);
}

int
__wrap_fsync(int fd)
{
	struct stat st;

	step("sync", fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) ? "folder" : "file");
	return __real_fsync(fd);
}

int
__wrap_mkdirat(int at, const char *path, mode_t mode)
{
	step("mkdir", path);
	return __real_mkdirat(at, path, mode);
}

int
__wrap_renameat(int at, const char *from, int to, const char *path)
{
	step("rename", path);
	return __real_renameat(at, from, to, path);
}

int
__wrap_unlinkat(int at, const char *path, int flags)
{
	if (strncmp(path, "part/", 5) != 0)
		begun = true;
	step("unlink", path);
	return __real_unlinkat(at, path, flags);
}

enum result
__wrap_store_run(struct store *store, tx_fn fn, void *arg)
{
	step("transaction", "");
	return __real_store_run(store, fn, arg);
}

enum result
__wrap_store_flush(struct store *store)
{
	step("flush", "");
	return __real_store_flush(store);
}
