/*
 * Promise: what store_flush and store_run_durably acknowledged survives a power cut, at whatever moment.
 * And the test can tell: the same without store_flush loses records.
 *
 * The disk is played here: fdatasync and fsync are replaced by functions that copy the
 * file, as it is at that moment, to another directory.  That directory holds
 * what a machine would find after the power came back, and nothing more.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "common.h"
#include "unit/tap.h"

#define THREADS 4

static char disk[300];
static bool playing; /* only the machine whose power goes; the one after it has a real disk */
static atomic_ulong syncs;
static pthread_mutex_t disk_lock = PTHREAD_MUTEX_INITIALIZER;

struct board {
	_Atomic uint64_t acked[THREADS];
	_Atomic uint64_t syncs;
};

static struct board *board;

/* Copies the file behind fd to the disk, whole. */
static int
to_disk(int fd)
{
	char link[64], from[512], to[900], block[65536];
	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, from, sizeof from - 1);
	if (n <= 0 || !playing)
		return 0;
	from[n] = '\0';
	const char *name = strrchr(from, '/');
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	(void)snprintf(to, sizeof to, "%s%s", disk, name);
	(void)pthread_mutex_lock(&disk_lock);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	for (off_t at = 0; out >= 0 && (n = pread(fd, block, sizeof block, at)) > 0; at += n)
		if (write(out, block, (size_t)n) != n)
			break;
	(void)close(out);
	(void)pthread_mutex_unlock(&disk_lock);
	atomic_fetch_add(&syncs, 1);
	return 0;
}

int fdatasync(int fd);
int fsync(int fd);

int
fdatasync(int fd)
{
	return to_disk(fd);
}

int
fsync(int fd)
{
	return to_disk(fd);
}

static struct store *st;
static bool flushing;
static atomic_bool stop;
static uint64_t most;

struct job {
	uint64_t thread, seq;
};

static enum result
put_one(struct tx *tx, void *arg)
{
	static const char event[6000]; /* large, so that checkpoints come about */
	const struct job *j = arg;
	struct key k = test_key(j->thread, j->seq);
	return kv_put(tx, T_EVENTS, &k, event, flushing ? sizeof event : 14);
}

/* Half of the threads each way. */
static bool
put_durably(struct job *j)
{
	if (flushing && j->thread % 2 == 0)
		return store_run_durably(st, put_one, j) == OK;
	return store_run(st, put_one, j) == OK && (!flushing || store_flush(st) == OK);
}

static void *
writer(void *arg)
{
	struct job j = {(uint64_t)(uintptr_t)arg, 0};
	while (!atomic_load(&stop) && j.seq < most) {
		j.seq++;
		if (!put_durably(&j))
			break;
		atomic_store(&board->acked[j.thread], j.seq);
		if (flushing)
			store_tend(st);
	}
	return NULL;
}

/* Writes for some time, then the power goes. */
static void
machine(const struct store_options *o, int ms)
{
	pthread_t t[THREADS];
	st = test_open(o);
	for (uintptr_t i = 0; i < THREADS; i++)
		(void)pthread_create(&t[i], NULL, writer, (void *)i);
	struct timespec ts = {0, (long)ms * 1000000};
	(void)nanosleep(&ts, NULL);
	if (!flushing) /* what is to be lost must have been written first */
		for (int i = 0; i < THREADS; i++)
			(void)pthread_join(t[i], NULL);
	/* From here on nothing reaches the disk. */
	(void)pthread_mutex_lock(&disk_lock);
	atomic_store(&board->syncs, atomic_load(&syncs));
	_exit(0);
}

static enum result
count_missing(struct tx *tx, void *arg)
{
	uint64_t *missing = arg;
	struct bytes v;
	*missing = 0;
	for (uint64_t i = 0; i < THREADS; i++)
		for (uint64_t s = 1; s <= atomic_load(&board->acked[i]); s++) {
			struct key k = test_key(i, s);
			enum result r = kv_get(tx, T_EVENTS, &k, false, &v);
			if (r == NOT_FOUND)
				++*missing;
			else if (r != OK)
				return r;
		}
	return OK;
}

/* Acknowledged records that are missing on the disk after the power cut. */
static uint64_t
cut(bool with_flush, int ms, bool *recovered)
{
	struct store_options o = test_options();
	const char *const clean[] = {"rm", "-rf", o.dir, disk, NULL};
	char path[600];
	uint64_t missing = 0;
	(void)test_command(clean);
	memset(board, 0, sizeof *board);
	flushing = with_flush;
	most = with_flush ? UINT64_MAX : 200;
	(void)mkdir(disk, 0700);
	(void)fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		playing = true;
		test_create(&o);
		/* What was created is on the disk as it is now. */
		(void)snprintf(path, sizeof path, "cp -a %s/*.db %s/format %s/log.* %s/", o.dir,
		    o.dir, o.dir, disk);
		const char *const copy[] = {"sh", "-c", path, NULL};
		if (test_command(copy) != 0)
			_exit(1);
		machine(&o, ms);
	}
	int status = 1;
	(void)waitpid(pid, &status, 0);
	if (status != 0)
		return UINT64_MAX;
	o.dir = disk;
	st = test_open(&o);
	*recovered = store_was_recovered(st);
	if (store_read(st, count_missing, &missing) != OK)
		missing = UINT64_MAX;
	store_close(st);
	return missing;
}

int
main(void)
{
	bool recovered = false, always = true;
	uint64_t missing = 0, acked = 0, done_syncs = 0;
	int times = test_times(6, 60);
	log_set_level(LOG_ERROR - 1);
	(void)snprintf(disk, sizeof disk, "%s/disk", test_dir());
	board = test_board(test_path("board"), sizeof *board);
	for (int i = 0; i < times; i++) {
		missing += cut(true, 60 + i % 10 * 37, &recovered);
		always = always && recovered;
		for (int t = 0; t < THREADS; t++)
			acked += atomic_load(&board->acked[t]);
		done_syncs += atomic_load(&board->syncs);
	}
	is_int(missing, 0, "all of %llu flushed commits survive %d power cuts",
	    (unsigned long long)acked, times);
	ok(acked > 100 && done_syncs > 20, "the disk was written %llu times",
	    (unsigned long long)done_syncs);
	ok(always, "and each time the store was recovered before it was joined");
	missing = cut(false, 200, &recovered);
	ok(missing > 0 && missing != UINT64_MAX,
	    "without the flush %llu are lost, so this test can tell", (unsigned long long)missing);
	return done_testing();
}
