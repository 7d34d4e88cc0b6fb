/*
 * process.c: a program's own limits (process.h).
 *
 * The process stays "dumpable" in the kernel's sense (prctl): otherwise its /proc/self would
 * be root's, and the store could not tell in which namespace its processes live.
 */
#include "base/process.h"

#include <sys/resource.h>

void
process_harden(void)
{
	struct rlimit limit;

	/* 1, not 0: a core handler behind a pipe is still called with 0. */
	if (getrlimit(RLIMIT_CORE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max < 1 ? limit.rlim_max : 1;
	limit.rlim_max = limit.rlim_cur;
	(void)setrlimit(RLIMIT_CORE, &limit);
}
