/*
 * base_process.c: the promises of process.h.
 */
#include <sys/resource.h>

#include "base/process.h"
#include "tap.h"

int
main(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_CORE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_CORE, &limit);
	}
	process_harden();
	is_int(getrlimit(RLIMIT_CORE, &limit), 0, "the limit of core dumps");
	ok(limit.rlim_cur <= 1, "is one byte at most");
	ok(limit.rlim_max <= 1, "and cannot be raised again");
	process_harden();
	is_int(getrlimit(RLIMIT_CORE, &limit), 0, "a second time");
	ok(limit.rlim_cur <= 1, "it stays");
	return done_testing();
}
