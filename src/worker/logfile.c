/*
 * logfile.c: keeps the log of workers started on demand, which would otherwise be lost
 * (logfile.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "worker/logfile.h"

#define PATH_LONGEST 4096

static int
path_of(const char *dir, const char *name, char path[PATH_LONGEST])
{
	int n = snprintf(path, PATH_LONGEST, "%s/%s", dir, name);

	return n > 0 && n < PATH_LONGEST ? 0 : -1;
}

int
logfile_use(const char *dir)
{
	char path[PATH_LONGEST];
	int fd;

	if (path_of(dir, "worker.log", path) != 0)
		return -1;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		log_error("cannot open %s: %s", path, log_errno(errno));
		return -1;
	}
	if (dup2(fd, STDERR_FILENO) < 0)
		log_error("cannot write to %s: %s", path, log_errno(errno));
	close(fd);
	return 0;
}

void
logfile_tend(const char *dir)
{
	char path[PATH_LONGEST], old[PATH_LONGEST];
	struct stat used, there;

	if (path_of(dir, "worker.log", path) != 0 || path_of(dir, "worker.log.1", old) != 0)
		return;
	if (stat(path, &there) != 0 || fstat(STDERR_FILENO, &used) != 0 ||
	    there.st_ino != used.st_ino || there.st_dev != used.st_dev)
		return;
	if (used.st_size > LOGFILE_MAX && rename(path, old) == 0)
		(void)logfile_use(dir);
}
