/*
 * store_bench.c: how many durable commits a second the store makes, beside what the
 * disk can do in the same minute, and what opening, one put and closing cost.
 *
 * store_bench DIR [SECONDS]: DIR is made and must not hold a store that matters.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/parse.h"
#include "store/kv.h"
#include "store/store.h"

#define THREADS_MAX 64
#define VALUE_BYTES 700

static struct store_options options = {.cache_bytes = 8 << 20, .stall_seconds = 30};
static struct store *store;
static atomic_bool stop;
static atomic_ulong done;
static double seconds = 3;

static double
now(void)
{
	struct timespec ts;
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
open_store(void)
{
	struct buf why = BUF_INIT(1000);
	enum result r = store_open(&options, &store, &why);
	if (r != OK) {
		(void)fprintf(stderr, "store_bench: %s\n", buf_str(&why));
		exit(1);
	}
	buf_free(&why);
}

/* One event with a message: four entries in four tables. */
static enum result
put_event(struct tx *tx, void *arg)
{
	static const char value[VALUE_BYTES] = {' '};
	const uint64_t *id = arg;
	static const enum table tables[] = {T_SEEN, T_EVENTS, T_MESSAGES, T_BY_CONTACT};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		struct key k;
		key_start(&k);
		key_u32(&k, 1);
		key_u64(&k, i == 0 ? *id * UINT64_C(0x9e3779b97f4a7c15) : *id);
		enum result r =
		    kv_put(tx, tables[i], &k, value, i == 1 || i == 2 ? VALUE_BYTES : 10);
		if (r != OK)
			return r;
	}
	return OK;
}

static void *
writer(void *arg)
{
	uint64_t id = ((uint64_t)getpid() << 40) + ((uint64_t)(uintptr_t)arg << 32) +
		      (uint64_t)time(NULL) * 7;
	while (!atomic_load(&stop)) {
		id++;
		if (store_run(store, put_event, &id) == OK && store_flush(store) == OK)
			atomic_fetch_add(&done, 1);
		store_tend(store);
	}
	return NULL;
}

/* Commits of n threads of this process within the time. */
static unsigned long
run_threads(int n)
{
	pthread_t t[THREADS_MAX];
	atomic_store(&done, 0);
	atomic_store(&stop, false);
	for (int i = 0; i < n; i++)
		(void)pthread_create(&t[i], NULL, writer, (void *)(uintptr_t)i);
	struct timespec ts = {(time_t)seconds, 0};
	(void)nanosleep(&ts, NULL);
	atomic_store(&stop, true);
	for (int i = 0; i < n; i++)
		(void)pthread_join(t[i], NULL);
	return atomic_load(&done);
}

/* The same in several processes. */
static void
run_processes(int processes, int threads)
{
	int p[2];
	unsigned long sum = 0, part;
	uint64_t retries = 0, again;
	if (pipe(p) != 0)
		exit(1);
	(void)fflush(stdout);
	for (int i = 0; i < processes; i++) {
		if (fork() == 0) {
			open_store();
			part = run_threads(threads);
			again = store_retries(store);
			store_close(store);
			_exit(write(p[1], &part, sizeof part) != sizeof part ||
			      write(p[1], &again, sizeof again) != sizeof again);
		}
	}
	for (int i = 0; i < processes; i++) {
		if (read(p[0], &part, sizeof part) == sizeof part)
			sum += part;
		if (read(p[0], &again, sizeof again) == sizeof again)
			retries += again;
		(void)wait(NULL);
	}
	(void)close(p[0]);
	(void)close(p[1]);
	(void)printf("%2d processes of %2d threads: %8.0f durable commits/s (%lu tries lost)\n",
	    processes, threads, (double)sum / seconds, (unsigned long)retries);
}

/* Appending and fdatasync, one after the other: what the disk can do. */
static void
run_disk(void)
{
	struct buf path = BUF_INIT(4096);
	char block[2048] = {0};
	unsigned long n = 0;
	buf_addf(&path, "%s/bench.tmp", options.dir);
	int fd = open(buf_str(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	double until = now() + seconds;
	while (fd >= 0 && now() < until && write(fd, block, sizeof block) > 0 && fdatasync(fd) == 0)
		n++;
	(void)unlink(buf_str(&path));
	(void)close(fd);
	buf_free(&path);
	(void)printf("fdatasync:                  %8.0f a second\n", (double)n / seconds);
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* What a plain CGI process does, without the exec. */
static void
run_opening(void)
{
	enum { N = 300 };
	static double t[N];
	for (int i = 0; i < N; i++) {
		uint64_t id = (uint64_t)now() + (uint64_t)i;
		double begun = now();
		open_store();
		(void)store_run(store, put_event, &id);
		(void)store_flush(store);
		store_close(store);
		t[i] = (now() - begun) * 1000;
	}
	qsort(t, N, sizeof *t, by_size);
	(void)printf(
	    "open, commit, close:        median %.2f ms, 99th percentile %.2f ms, worst %.2f ms\n",
	    t[N / 2], t[N * 99 / 100], t[N - 1]);
}

int
main(int argc, char **argv)
{
	uint64_t s = 3;
	if (argc < 2 || (argc > 2 && parse_u64(argv[2], strlen(argv[2]), 1, 600, &s) != 0)) {
		(void)fprintf(stderr, "usage: store_bench DIR [SECONDS]\n");
		return 2;
	}
	seconds = (double)s;
	options.dir = argv[1];
	options.create = true;
	open_store();
	store_close(store);
	options.create = false;
	run_disk();
	run_opening();
	static const int shapes[][2] = {
	    {1, 1}, {1, 2}, {1, 8}, {1, 16}, {1, 32}, {4, 4}, {4, 8}, {16, 1}};
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		run_processes(shapes[i][0], shapes[i][1]);
	run_disk();
	return 0;
}
