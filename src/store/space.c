/*
 * space.c: looks at the disk by using it (space.h): a full quota or a failing disk shows
 * only when something is written and made durable.
 */
#include "store/space.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"

#define PROBE_BYTES 4096

/* Writes, makes durable, removes; errno says why not. */
static bool
write_probe(const char *path)
{
	static const char bytes[PROBE_BYTES];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool good;
	int saved;

	if (fd < 0)
		return false;
	good = write(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes && fdatasync(fd) == 0;
	saved = errno;
	close(fd);
	unlink(path);
	errno = saved;
	return good;
}

void
space_look(const char *dir, struct arena *a, struct space *s)
{
	const char *path = arena_fmt(a, "%s/space.%ld", dir, (long)getpid());
	int64_t begun = clock_mono();
	struct statvfs fs;

	*s = (struct space){0};
	errno = 0;
	if (statvfs(dir, &fs) == 0)
		s->free = (int64_t)((uint64_t)fs.f_bavail * fs.f_frsize);
	if (!write_probe(path))
		s->fault = errno != 0 ? arena_str(a, log_errno(errno)) : "a short write";
	s->sync = clock_mono() - begun;
}
