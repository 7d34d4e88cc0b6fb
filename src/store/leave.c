/*
 * leave.c: the last steps of a process that leaves the store by executing
 * itself again, and the signals that must wait while it is attached.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "store/store.h"

#define EXIT_TEMPFAIL 75
#define CLOEXEC_RANGE 4 /* CLOSE_RANGE_CLOEXEC */

void
store_deferred_signals(sigset_t *set)
{
	static const int deferred[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGXCPU, SIGALRM};
	(void)sigemptyset(set);
	for (size_t i = 0; i < sizeof deferred / sizeof *deferred; i++)
		(void)sigaddset(set, deferred[i]);
}

void
store_reexec(const char *path, char *const argv[], char *const envp[])
{
	struct rlimit limit;
	sigset_t none;
	if (syscall(SYS_close_range, 3u, ~0u, CLOEXEC_RANGE) != 0) {
		int most = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536
			       ? (int)limit.rlim_cur
			       : 65536;
		for (int fd = 3; fd < most; fd++)
			(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	/* A signal that came meanwhile would end the new image before it could block it again. */
	store_deferred_signals(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)execve(path, argv, envp);
	log_error("cannot execute %s again: %s", path, log_errno(errno));
	_exit(EXIT_TEMPFAIL);
}
