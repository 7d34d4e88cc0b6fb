/*
 * slots.c: what an attached process does with the gate: poison it, wait for
 * that, look for the dead and the stopped, and share try-locks and the time.
 *
 * Called from the watchdog's thread, so it must neither allocate nor wait for
 * any other thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "store/gate_private.h"

#define STALLS_WITHIN 600 /* seconds */

/* The bit by which this process's watchdog is woken alone, or nearly. */
static uint32_t
own_bit(const struct gate *g)
{
	return UINT32_C(1) << ((unsigned)(g->slot < 0 ? 0 : g->slot) % 32);
}

void
gate_wake(struct gate *g, uint32_t bits)
{
	(void)syscall(SYS_futex, &g->page->epoch, FUTEX_WAKE_BITSET, INT_MAX, NULL, NULL, bits);
}

bool
gate_poison(struct gate *g)
{
	uint32_t e = atomic_load(&g->page->epoch);
	bool first = false;
	while ((e & 1) == 0 && !first)
		first = atomic_compare_exchange_strong(&g->page->epoch, &e, e + 1);
	gate_wake(g, UINT32_MAX);
	return first;
}

bool
gate_poisoned(const struct gate *g)
{
	return atomic_load(&g->page->epoch) != g->epoch;
}

void
gate_wait(struct gate *g, int64_t ms)
{
	struct timespec until, *limit = NULL;
	if (ms >= 0) {
		(void)clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += (time_t)(ms / 1000);
		until.tv_nsec += (long)(ms % 1000) * 1000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000;
		}
		limit = &until;
	}
	(void)syscall(
	    SYS_futex, &g->page->epoch, FUTEX_WAIT_BITSET, g->epoch, limit, NULL, own_bit(g));
}

void
gate_nudge(struct gate *g)
{
	gate_wake(g, own_bit(g));
}

bool
gate_somebody_died(const struct gate *g)
{
	for (uint32_t i = 0; i < GATE_SLOTS; i++) {
		const struct gate_slot *s = &g->page->slots[i];
		uint32_t pid = atomic_load(&s->pid);
		uint32_t claims = s->claims;
		if (pid == 0 || (int)i == g->slot ||
		    gate_locked(g->fd, GATE_LOCK_SLOT0 + (off_t)i, 1))
			continue;
		/*
		 * It may have left in order just now: only the same holder without its
		 * lock is dead.
		 */
		if (atomic_load(&s->pid) == pid && s->claims == claims)
			return true;
	}
	return false;
}

pid_t
gate_somebody_stopped(const struct gate *g)
{
	for (uint32_t i = 0; i < GATE_SLOTS; i++) {
		const struct gate_slot *s = &g->page->slots[i];
		struct process p = gate_process(s);
		if (p.pid != 0 && (int)i != g->slot && p.pid_ns == g->self.pid_ns &&
		    process_stopped(&p))
			return p.pid;
	}
	return 0;
}

bool
gate_stalls_often(struct gate *g)
{
	struct timespec ts;
	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	int64_t now = (int64_t)ts.tv_sec;
	int64_t oldest = INT64_MAX;
	int at = 0;
	for (int i = 0; i < GATE_STALLS; i++) {
		int64_t t = atomic_load(&g->page->stalls[i]);
		if (t > now)
			t = 0; /* from before the machine was started anew */
		if (t < oldest) {
			oldest = t;
			at = i;
		}
	}
	if (oldest != 0 && now - oldest < STALLS_WITHIN)
		return true;
	atomic_store(&g->page->stalls[at], now);
	return false;
}

int64_t
gate_clock(const struct gate *g)
{
	return atomic_load_explicit(&g->page->clock, memory_order_relaxed);
}

void
gate_set_clock(struct gate *g, int64_t base)
{
	atomic_store_explicit(&g->page->clock, base, memory_order_relaxed);
}

int
gate_trylock(struct gate *g, int byte)
{
	return gate_byte(g->fd, F_WRLCK, byte);
}

void
gate_unlock(struct gate *g, int byte)
{
	(void)gate_byte(g->fd, F_UNLCK, byte);
}

/* Opens the file without mapping it; -1 when that fails. */
static int
gate_file(const char *dir)
{
	struct buf path = BUF_INIT(4096);
	buf_addf(&path, "%s/%s", dir, GATE_FILE);
	int fd = path.failed ? -1 : open(buf_str(&path), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	buf_free(&path);
	return fd;
}

int
gate_hold_logs(const char *dir)
{
	int fd = gate_file(dir);
	for (int i = 0; fd >= 0 && gate_byte(fd, F_RDLCK, GATE_LOCK_LOGS) != 0; i++) {
		if (i == 5000) { /* a removal takes milliseconds */
			(void)close(fd);
			return -1;
		}
		clock_sleep(1);
	}
	return fd;
}

int64_t
gate_clock_in(const char *dir)
{
	char head[offsetof(struct gate_page, stalls)], now[sizeof(((struct gate *)0)->boot)];
	const char *magic = head + offsetof(struct gate_page, magic);
	const char *boot = head + offsetof(struct gate_page, boot);
	int fd = gate_file(dir);
	bool good = fd >= 0 && pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head);
	uint32_t size = 0;
	int64_t clock = 0;

	if (fd >= 0)
		(void)close(fd);
	if (!good)
		return 0;
	memcpy(&size, head + offsetof(struct gate_page, size), sizeof(size));
	memcpy(&clock, head + offsetof(struct gate_page, clock), sizeof(clock));
	process_boot(now, sizeof(now));
	good = memcmp(magic, GATE_MAGIC, sizeof(GATE_MAGIC)) == 0 &&
	       size == sizeof(struct gate_page) && now[0] != '\0' &&
	       strncmp(boot, now, sizeof(now)) == 0;
	return good ? clock : 0;
}

uint64_t
gate_cache(const char *dir)
{
	uint64_t cache = 0;
	int fd = gate_file(dir);
	if (fd >= 0 && pread(fd, &cache, sizeof cache, offsetof(struct gate_page, cache)) !=
			   (ssize_t)sizeof cache)
		cache = 0;
	if (fd >= 0)
		(void)close(fd);
	return cache;
}

int
gate_count(const struct gate *g)
{
	int n = 0;
	for (uint32_t i = 0; i < GATE_SLOTS; i++)
		n += atomic_load(&g->page->slots[i].pid) != 0;
	return n;
}
