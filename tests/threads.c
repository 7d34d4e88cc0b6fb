/*
 * threads.c: linked into every program of a build with ThreadSanitizer (tests/run --threads).
 *
 * Its options are built in, because programs start others with an environment of their own; what
 * it finds goes to files, because some of these have nowhere to speak to.  And two ways of waiting
 * which it does not know (clang 14) are put together from others which it does: without them it
 * would take a lock that somebody waited for as never taken.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <time.h>

const char *__tsan_default_options(void);
int __wrap_pthread_mutex_clocklock(pthread_mutex_t *, clockid_t, const struct timespec *);
int __wrap_sem_clockwait(sem_t *, clockid_t, const struct timespec *);

const char *
__tsan_default_options(void)
{
	return "suppressions=" TSAN_SUPPRESSIONS ":log_path=" TSAN_REPORT
	       ":atexit_sleep_ms=0:second_deadlock_stack=1:history_size=4";
}

/* Sleeps for a moment; false: the time has come. */
static bool
wait_a_moment(clockid_t id, const struct timespec *until)
{
	const struct timespec moment = {0, 200000};
	struct timespec now;

	(void)clock_gettime(id, &now);
	if (now.tv_sec > until->tv_sec ||
	    (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec))
		return false;
	(void)nanosleep(&moment, NULL);
	return true;
}

int
__wrap_pthread_mutex_clocklock(pthread_mutex_t *m, clockid_t id, const struct timespec *until)
{
	int err;

	while ((err = pthread_mutex_trylock(m)) == EBUSY && wait_a_moment(id, until))
		;
	return err == EBUSY ? ETIMEDOUT : err;
}

int
__wrap_sem_clockwait(sem_t *s, clockid_t id, const struct timespec *until)
{
	while (sem_trywait(s) != 0) {
		if (errno != EAGAIN)
			return -1;
		if (!wait_a_moment(id, until)) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
	return 0;
}
