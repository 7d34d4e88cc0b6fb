/*
 * Promise: writers may be killed at full load at any time.  Those who survive leave
 * by themselves and are back within a second, nobody hangs, and every
 * acknowledged commit is there.
 *
 * Run without arguments it is the judge; "kill_test writer N DIR" is a writer.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/parse.h"
#include "common.h"
#include "unit/tap.h"

#define WRITERS 4
#define THREADS 4
#define BACK_MS 1000
#define BACK_SLOWLY_MS 5000 /* where each access to memory is looked at */
#define HANG_MS 10000
#define ACCOUNTS 50

/* What the writers tell the judge. */
struct board {
	_Atomic uint64_t acked[WRITERS][THREADS];
	_Atomic uint64_t leaves;
	_Atomic uint64_t recoveries;
};

static struct board *board;
static struct store *store;
static unsigned self;
static char **main_argv;
extern char **environ;

struct job {
	unsigned thread;
	uint64_t seq;
	uint64_t noise;
};

static uint64_t
next_noise(uint64_t *x)
{
	*x = *x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *x >> 33;
}

/* One record of our own, one moved amount between two shared accounts. */
static enum result
write_one(struct tx *tx, void *arg)
{
	struct job *j = arg;
	char text[300];
	uint64_t noise = j->noise;
	struct key k = test_key((uint64_t)self << 8 | j->thread, j->seq);
	int n = snprintf(
	    text, sizeof text, "{\"seq\":%llu,\"fill\":\"%0200d\"}", (unsigned long long)j->seq, 0);
	enum result r = kv_put(tx, T_MESSAGES, &k, text, (size_t)n);
	uint64_t a = next_noise(&noise) % ACCOUNTS, b = next_noise(&noise) % ACCOUNTS;
	for (int i = 0; i < 2 && r == OK && a != b; i++) {
		struct bytes v;
		int64_t amount = 0;
		k = test_key(9, (i == 0) == (a < b) ? a : b);
		r = kv_get(tx, T_COUNTERS, &k, true, &v);
		if (r == OK && v.n == sizeof amount)
			memcpy(&amount, v.p, sizeof amount);
		if (r == NOT_FOUND)
			r = OK;
		amount += (i == 0) == (a < b) ? 1 : -1;
		if (r == OK)
			r = kv_put(tx, T_COUNTERS, &k, &amount, sizeof amount);
	}
	return r;
}

static atomic_bool stop;

/* Half of the threads each way. */
static bool
write_durably(struct job *j)
{
	enum result r;
	if (j->thread % 2 == 0)
		return store_run_durably(store, write_one, j) == OK;
	while ((r = store_run(store, write_one, j)) == BUSY && !atomic_load(&stop))
		;
	return r == OK && store_flush(store) == OK;
}

static void *
writer_thread(void *arg)
{
	struct job j = {.thread = (unsigned)(uintptr_t)arg};
	_Atomic uint64_t *acked = &board->acked[self][j.thread];
	j.seq = atomic_load(acked);
	j.noise = (uint64_t)getpid() ^ (uint64_t)test_ms() << 16 ^ j.thread;
	while (!atomic_load(&stop)) {
		j.seq++;
		(void)next_noise(&j.noise);
		if (write_durably(&j))
			atomic_store(acked, j.seq);
		else
			j.seq--;
		store_tend(store);
	}
	return NULL;
}

static void
leave(void *arg, const char *why)
{
	(void)arg;
	(void)why;
	atomic_fetch_add(&board->leaves, 1);
	store_reexec("/proc/self/exe", main_argv, environ);
}

/* A writer, until SIGTERM. */
static int
writer(const char *number, const char *dir)
{
	sigset_t set;
	int sig;
	uint64_t n = 0;
	pthread_t t[THREADS];
	char path[600];
	store_deferred_signals(&set);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)parse_u64(number, strlen(number), 0, WRITERS - 1, &n);
	self = (unsigned)n;
	(void)snprintf(path, sizeof path, "%s/../board", dir);
	board = test_board(path, sizeof *board);
	struct store_options o = {
	    .dir = dir, .cache_bytes = 2 << 20, .stall_seconds = 30, .leave = leave};
	if (getenv("SPOKE_TEST_LOUD") == NULL)
		log_set_level(LOG_ERROR);
	store = test_open(&o);
	if (store_was_recovered(store))
		atomic_fetch_add(&board->recoveries, 1);
	for (uintptr_t i = 0; i < THREADS; i++)
		(void)pthread_create(&t[i], NULL, writer_thread, (void *)i);
	(void)sigwait(&set, &sig);
	atomic_store(&stop, true);
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(t[i], NULL);
	store_close(store);
	return 0;
}

static pid_t
start_writer(unsigned n, const char *dir)
{
	char number[16];
	(void)snprintf(number, sizeof number, "%u", n);
	pid_t pid = fork();
	if (pid == 0) {
		(void)execl("/proc/self/exe", "kill_test", "writer", number, dir, (char *)NULL);
		_exit(127);
	}
	return pid;
}

static void
pause_ms(long ms)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000};
	(void)nanosleep(&ts, NULL);
}

static void
end_writer(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

/* Milliseconds until every thread, but not those of one writer, has had a commit acknowledged, or -1. */
static int64_t
wait_for_all(unsigned but)
{
	uint64_t before[WRITERS][THREADS];
	int64_t begun = test_ms();
	for (int w = 0; w < WRITERS; w++)
		for (int t = 0; t < THREADS; t++)
			before[w][t] = atomic_load(&board->acked[w][t]);
	while (test_ms() - begun < HANG_MS) {
		bool all = true;
		for (unsigned w = 0; w < WRITERS && all; w++)
			for (int t = 0; t < THREADS && all; t++)
				all = w == but || atomic_load(&board->acked[w][t]) > before[w][t];
		if (all)
			return test_ms() - begun;
		pause_ms(1);
	}
	return -1;
}

/* Acknowledged records of one thread, from (with) and to (without). */
struct part {
	uint64_t key, from, to;
	uint64_t missing;
};

static enum result
check_part(struct tx *tx, void *arg)
{
	struct part *p = arg;
	struct bytes v;
	p->missing = 0;
	for (uint64_t s = p->from; s < p->to; s++) {
		struct key k = test_key(p->key, s);
		enum result r = kv_get(tx, T_MESSAGES, &k, false, &v);
		if (r == NOT_FOUND)
			p->missing++;
		else if (r != OK)
			return r;
	}
	return OK;
}

static enum result
add_up(struct tx *tx, void *arg)
{
	int64_t *sum = arg;
	struct key k;
	struct bytes key, v;
	*sum = 0;
	key_start(&k);
	struct cursor *c = cursor_open(tx, T_COUNTERS, &k, NULL, false);
	while (cursor_next(c, &key, &v) == OK) {
		int64_t amount;
		memcpy(&amount, v.p, sizeof amount);
		*sum += amount;
	}
	cursor_close(c);
	return OK;
}

static void
verify(const struct store_options *o)
{
	uint64_t missing = 0, acked = 0;
	int64_t sum = -1;
	struct store *st = test_open(o);
	ok(!store_was_recovered(st), "after all have ended in order no recovery is needed");
	for (unsigned w = 0; w < WRITERS; w++)
		for (unsigned t = 0; t < THREADS; t++) {
			uint64_t last = atomic_load(&board->acked[w][t]);
			acked += last;
			for (uint64_t s = 1; s <= last; s += 500) {
				struct part p = {(uint64_t)w << 8 | t, s, s + 500, 0};
				if (p.to > last + 1)
					p.to = last + 1;
				if (store_read(st, check_part, &p) != OK)
					p.missing = p.to - p.from;
				missing += p.missing;
			}
		}
	ok(acked > 100, "%llu commits were acknowledged", (unsigned long long)acked);
	is_int(missing, 0, "every acknowledged commit is there");
	is_int(store_read(st, add_up, &sum), OK, "the accounts can be read");
	is_int(sum, 0, "the amounts moved between accounts add up");
	store_close(st);
}

int
main(int argc, char **argv)
{
	main_argv = argv;
	if (argc == 4 && strcmp(argv[1], "writer") == 0)
		return writer(argv[2], argv[3]);
	pid_t pids[WRITERS];
	int kills = test_times(12, 100);
	int hung = 0, late = 0,
	    back = getenv("SPOKE_TEST_THREADS") == NULL ? BACK_MS : BACK_SLOWLY_MS;
	int64_t worst = 0;
	uint64_t noise = (uint64_t)getpid() * 31 + (uint64_t)time(NULL);
	struct store_options o = test_options();
	if (getenv("SPOKE_TEST_LOUD") == NULL)
		log_set_level(LOG_ERROR);
	test_create(&o);
	board = test_board(test_path("board"), sizeof *board);
	for (unsigned w = 0; w < WRITERS; w++)
		pids[w] = start_writer(w, o.dir);
	ok(wait_for_all(WRITERS) >= 0, "all writers are at work");
	for (int i = 0; i < kills && hung == 0; i++) {
		pause_ms(30 + (long)(next_noise(&noise) % 170));
		unsigned w = (unsigned)(next_noise(&noise) % WRITERS);
		unsigned other = (w + 1) % WRITERS;
		int64_t ms = 0;
		end_writer(pids[w]);
		if (i % 3 == 1) { /* nobody comes: the survivors must notice by themselves */
			ms = wait_for_all(w);
		} else if (i % 3 == 2) { /* another dies while the first is being recovered from */
			pids[w] = start_writer(w, o.dir);
			pause_ms((long)(next_noise(&noise) % 40));
			end_writer(pids[other]);
			pids[other] = start_writer(other, o.dir);
		}
		hung += ms < 0;
		late += ms > back;
		worst = ms > worst ? ms : worst;
		if (i % 3 != 2)
			pids[w] = start_writer(w, o.dir);
		ms = wait_for_all(WRITERS);
		hung += ms < 0;
		late += ms > back;
		worst = ms > worst ? ms : worst;
	}
	is_int(hung, 0, "nobody hangs after any of %d kills", kills);
	/* A machine that is busy with other things may be late now and then. */
	ok(late <= kills / 10, "service is back within %d ms (later %d times, worst %lld ms)", back,
	    late, (long long)worst);
	ok(atomic_load(&board->leaves) >= (uint64_t)kills / 3,
	    "the survivors left by themselves, %llu times",
	    (unsigned long long)atomic_load(&board->leaves));
	ok(atomic_load(&board->recoveries) >= (uint64_t)kills * 2 / 3,
	    "each death was followed by a recovery (%llu)",
	    (unsigned long long)atomic_load(&board->recoveries));
	int clean = 0;
	for (unsigned w = 0; w < WRITERS; w++)
		(void)kill(pids[w], hung > 0 ? SIGKILL : SIGTERM);
	for (unsigned w = 0; w < WRITERS; w++) {
		int status = 1;
		(void)waitpid(pids[w], &status, 0);
		clean += status == 0;
	}
	is_int(clean, WRITERS, "all writers ended in order");
	verify(&o);
	return done_testing();
}
