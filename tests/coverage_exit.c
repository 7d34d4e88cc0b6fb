/*
 * coverage_exit.c: linked into every program of a build that counts lines (tests/run --coverage).
 *
 * The counters are written at exit and, by the compiler's own doing, before a fork or an exec.
 * _exit and abort would take them along, so both write first.  What a kill takes is lost.
 */
#include <stdlib.h>
#include <unistd.h>

void __gcov_dump(void);
_Noreturn void __real__exit(int status);
_Noreturn void __real_abort(void);
_Noreturn void __wrap__exit(int status);
_Noreturn void __wrap_abort(void);

void
__wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}

void
__wrap_abort(void)
{
	__gcov_dump();
	__real_abort();
}
