/*
 * Promise: whoever joins the store finds shared memory that can be trusted, or recovers
 * first, alone; those who do not leave in time are made to; nobody else is harmed.
 */
#include <db.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "common.h"
#include "store/gate.h"
#include "store/process.h"
#include "unit/tap.h"

struct board {
	_Atomic int attached, left, go, wrote, came_back;
};

static struct board *board;
static struct store_options options;
static struct store *st;
static struct buf why = BUF_INIT(2000);

static void
pause_ms(long ms)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000};
	(void)nanosleep(&ts, NULL);
}

static bool
wait_for(_Atomic int *v, int at_least)
{
	for (int64_t end = test_ms() + 10000; test_ms() < end; pause_ms(1))
		if (atomic_load(v) >= at_least)
			return true;
	return false;
}

static enum result
put(struct tx *tx, void *arg)
{
	const uint64_t *n = arg;
	struct key k = test_key(1, *n);
	return kv_put(tx, T_EVENTS, &k, "{\"an\":\"event\"}", 14);
}

static enum result
count(struct tx *tx, void *arg)
{
	uint64_t *n = arg;
	struct key prefix = test_key(1, 0);
	struct bytes key;
	enum result r;
	prefix.n = 8;
	*n = 0;
	struct cursor *c = cursor_open(tx, T_EVENTS, &prefix, NULL, false);
	while ((r = cursor_next(c, &key, NULL)) == OK)
		++*n;
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

/* Writes and flushes entries n to m, without the last. */
static bool
put_range(struct store *s, uint64_t n, uint64_t m)
{
	bool good = true;
	for (; n < m && good; n++)
		good = store_run(s, put, &n) == OK;
	return good && store_flush(s) == OK;
}

static uint64_t
counted(struct store *s)
{
	uint64_t n = 0;
	return store_read(s, count, &n) == OK ? n : UINT64_MAX;
}

static void
on_leave(void *arg, const char *reason)
{
	(void)arg;
	(void)reason;
	atomic_fetch_add(&board->left, 1);
	_exit(75);
}

/* A child that attaches and does something; the store is not open in the parent then. */
static pid_t
child(void (*doing)(void))
{
	(void)fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		options.leave = on_leave;
		st = test_open(&options);
		atomic_fetch_add(&board->attached, 1);
		doing();
		store_close(st);
		_exit(0);
	}
	return pid;
}

static int
ended(pid_t pid)
{
	int status = 0;
	(void)waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* Stops a child, and waits until all its threads are. */
static void
stop(pid_t pid)
{
	int status = 0;
	(void)kill(pid, SIGSTOP);
	(void)waitpid(pid, &status, WUNTRACED);
}

static void
fresh(void)
{
	const char *const argv[] = {"rm", "-rf", options.dir, NULL};
	(void)test_command(argv);
	memset(board, 0, sizeof *board);
	test_create(&options);
}

/* Opens, and says whether it was recovered; *ms is the time it took. */
static bool
reopen(int64_t *ms)
{
	int64_t begun = test_ms();
	st = test_open(&options);
	if (ms != NULL)
		*ms = test_ms() - begun;
	return store_was_recovered(st);
}

static struct gate_page *
page_of(const char *dir)
{
	char path[600];
	(void)snprintf(path, sizeof path, "%s/" GATE_FILE, dir);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	void *p = mmap(NULL, sizeof(struct gate_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	return p == MAP_FAILED ? NULL : p;
}

static void
page_done(struct gate_page *p)
{
	(void)munmap(p, sizeof *p);
}

/* ---- what is distrusted ------------------------------------------------ */

static void
touch(const char *name, bool append)
{
	char path[600];
	(void)snprintf(path, sizeof path, "%s/%s", options.dir, name);
	int fd = open(path, O_WRONLY | O_CLOEXEC | (append ? O_APPEND : 0));
	(void)futimens(fd, NULL);
	(void)close(fd);
}

static void
distrust(void)
{
	char path[600];
	fresh();
	ok(!reopen(NULL), "a store that was left in order is joined as it is");
	ok(put_range(st, 0, 100), "a hundred commits are flushed");
	store_close(st);
	ok(!reopen(NULL), "and again");
	store_close(st);

	struct gate_page *p = page_of(options.dir);
	p->boot[3] ^= 1;
	ok(reopen(NULL), "another boot id means recovery");
	ok(counted(st) == 100, "and all commits are there");
	store_close(st);
	ok(!reopen(NULL), "once");
	store_close(st);
	p->shape ^= 1;
	ok(reopen(NULL), "so does another shape of the shared memory");
	store_close(st);
	p->ino ^= 1;
	ok(reopen(NULL), "and another inode of the directory");
	store_close(st);
	p->magic[0] ^= 1;
	ok(reopen(NULL), "and a gate that is none");
	store_close(st);
	page_done(p);
	pause_ms(10);
	touch("events.db", false);
	ok(reopen(NULL), "and a database that was written by somebody else since");
	store_close(st);
	options.cache_bytes *= 2;
	ok(reopen(NULL), "and another size of the cache, with nobody there");
	store_close(st);
	(void)snprintf(path, sizeof path, "%s/__db.001", options.dir);
	(void)unlink(path);
	ok(reopen(NULL), "and shared memory that is gone");
	ok(counted(st) == 100, "and still all commits are there");
	store_close(st);
}

static void
hold(void)
{
	(void)wait_for(&board->go, 1);
}

static void
copied(void)
{
	char copy[600];
	struct store_options o = options;
	fresh();
	pid_t pid = child(hold);
	ok(wait_for(&board->attached, 1), "a process is attached");
	options.cache_bytes *= 2;
	ok(!reopen(NULL), "another size of the cache drives out nobody");
	options.cache_bytes /= 2;
	ok(put_range(st, 0, 50), "commits are flushed");
	store_close(st);
	(void)snprintf(copy, sizeof copy, "%s/copy", test_dir());
	const char *const argv[] = {"cp", "-a", options.dir, copy, NULL};
	is_int(test_command(argv), 0, "the directory is copied");
	o.dir = copy;
	struct store *other = test_open(&o);
	ok(store_was_recovered(other), "the copy is recovered before it is joined");
	ok(counted(other) == 50, "and has what was flushed");
	store_close(other);
	is_int(atomic_load(&board->left), 0, "whoever is attached to the original is not harmed");
	atomic_store(&board->go, 1);
	is_int(ended(pid), 0, "and ends in order");
	ok(!reopen(NULL), "which leaves nothing to recover");
	store_close(st);
}

/* ---- leaving and being made to ----------------------------------------- */

static void
recover_asked(void)
{
	fresh();
	pid_t pid = child(hold);
	ok(wait_for(&board->attached, 1), "a process is attached");
	buf_reset(&why);
	is_int(store_recover(options.dir, &why), OK, "store_recover succeeds");
	is_int(ended(pid), 75, "the other one left");
	is_int(atomic_load(&board->left), 1, "through its callback");
	ok(!reopen(NULL), "and the next one need not recover again");
	store_close(st);
}

static void
stopped(void)
{
	int64_t ms = 0;
	fresh();
	pid_t pid = child(hold), dead = child(hold);
	ok(wait_for(&board->attached, 2), "two processes are attached");
	stop(pid);
	(void)kill(dead, SIGKILL);
	(void)ended(dead);
	bool recovered = reopen(&ms);
	ok(recovered, "one dies, the other is stopped: the next recovers");
	ok(ms >= 900 && ms < 5000, "after giving a second to leave (%lld ms)", (long long)ms);
	store_close(st);
	is_int(ended(pid), -SIGKILL, "the stopped one was killed");
}

/* A process whose number is right but not its start time is somebody else's. */
static void
innocent(void)
{
	struct store *none = NULL;
	fresh();
	pid_t pid = child(hold), dead = child(hold);
	ok(wait_for(&board->attached, 2), "two processes are attached");
	stop(pid);
	struct gate_page *p = page_of(options.dir);
	for (int i = 0; i < GATE_SLOTS; i++)
		if (atomic_load(&p->slots[i].pid) == (uint32_t)pid)
			p->slots[i].start++;
	(void)kill(dead, SIGKILL);
	(void)ended(dead);
	int64_t begun = test_ms();
	buf_reset(&why);
	is_int(store_open(&options, &none, &why), BUSY,
	    "who cannot be told for sure is not killed: BUSY");
	ok(test_ms() - begun >= 4500, "after five seconds");
	ok(strstr(buf_str(&why), "process") != NULL, "naming the process: %s", buf_str(&why));
	(void)kill(pid, SIGCONT);
	is_int(ended(pid), 75, "once it goes on it leaves by itself");
	ok(reopen(NULL), "and the next one recovers");
	store_close(st);
	page_done(p);
}

/* Looks every so often, as programs do in their idle moments, until everybody must leave. */
static void
look(void)
{
	for (int64_t end = test_ms() + 20000; test_ms() < end; pause_ms(20)) {
		atomic_store(&board->came_back, store_end_halted(st));
		atomic_fetch_add(&board->wrote, 1);
	}
}

/* What it said at two looks from now. */
static int
looked(void)
{
	(void)wait_for(&board->wrote, atomic_load(&board->wrote) + 2);
	return atomic_load(&board->came_back);
}

static void
hold_as_command(void)
{
	(void)prctl(PR_SET_NAME, "spokectl");
	hold();
}

/* Stopped outside of the engine, where nobody stalls on it. */
static void
halted(void)
{
	fresh();
	pid_t command = child(hold_as_command), pid = child(hold);
	options.stall_seconds = 1;
	pid_t looker = child(look);
	options.stall_seconds = 30;
	ok(wait_for(&board->attached, 3), "three processes are attached");
	is_int(looked(), 0, "none of them is stopped");
	stop(command);
	is_int(looked(), 0, "spokectl may be stopped: a person did that");
	stop(pid);
	is_int(looked(), 1, "another one is waited for");
	for (int i = 0; i < 4; i++) {
		pause_ms(400);
		(void)kill(pid, SIGCONT);
		pause_ms(50);
		stop(pid);
	}
	is_int(waitpid(pid, NULL, WNOHANG), 0, "anew, whenever it went on in between");
	is_int(ended(pid), -SIGKILL, "then it is killed");
	is_int(ended(looker), 75, "and everybody leaves");
	(void)kill(command, SIGKILL);
	(void)ended(command);
	ok(reopen(NULL), "and the next one recovers");
	store_close(st);
}

/* Stopped where all who come next must pass. */
static void
halted_in_the_gate(void)
{
	int64_t ms = 0;
	fresh();
	(void)fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		struct gate_options go = {.dir = options.dir, .deadline = clock_mono() + 5000};
		struct gate *g = NULL;
		const char *reason = NULL;
		if (gate_open(&go, &g, &reason, &why) == OK)
			(void)raise(SIGSTOP);
		_exit(0);
	}
	(void)waitpid(pid, NULL, WUNTRACED);
	bool recovered = reopen(&ms);
	ok(ms >= 900 && ms < 4000,
	    "one that is stopped while it opens the store has a second (%lld ms)", (long long)ms);
	ok(recovered, "the next one recovers");
	is_int(ended(pid), -SIGKILL, "and has ended the stopped one");
	store_close(st);
}

static void
gate_removed(void)
{
	char path[600];
	struct store *none = NULL;
	fresh();
	pid_t pid = child(hold);
	ok(wait_for(&board->attached, 1), "a process is attached");
	(void)snprintf(path, sizeof path, "%s/" GATE_FILE, options.dir);
	(void)unlink(path);
	buf_reset(&why);
	is_int(store_open(&options, &none, &why), BUSY,
	    "a removed gate lets nobody in beside the attached");
	ok(strstr(buf_str(&why), "gate file") != NULL, "and says so: %s", buf_str(&why));
	atomic_store(&board->go, 1);
	is_int(ended(pid), 0, "once that one is gone");
	ok(reopen(NULL), "the store is recovered");
	store_close(st);
}

/* ---- death of the one who recovers ------------------------------------- */

static void
write_much(void)
{
	atomic_store(&board->wrote, put_range(st, 0, 20000));
	(void)pause();
}

static void
come_back(void)
{
	atomic_fetch_add(&board->came_back, 1);
}

static void
death_while_recovering(void)
{
	int64_t ms = 0;
	int times = test_times(10, 100), amid = 0;
	fresh();
	pid_t pid = child(write_much);
	ok(wait_for(&board->wrote, 1), "twenty thousand commits are flushed, with no checkpoint");
	(void)kill(pid, SIGKILL);
	(void)ended(pid);
	for (int i = 0; i < times; i++) {
		pid = child(come_back);
		pause_ms(2 + i % 10 * 6);
		(void)kill(pid, SIGKILL);
		(void)ended(pid);
	}
	amid = times - atomic_load(&board->came_back);
	ok(amid > 1, "%d openers were killed while they recovered", amid);
	(void)reopen(&ms);
	ok(ms < 4000, "the next one opens it (%lld ms)", (long long)ms);
	ok(counted(st) == 20000, "and every commit is there");
	store_close(st);
}

/* ---- stalls and panics ------------------------------------------------- */

static int
log_files(void)
{
	int n = 0;
	DIR *d = opendir(options.dir);
	struct dirent *e;
	while (d != NULL && (e = readdir(d)) != NULL)
		n += strncmp(e->d_name, "log.", 4) == 0;
	if (d != NULL)
		(void)closedir(d);
	return n;
}

/*
 * Where processes die again and again, each recovery begins at the one before: what a
 * recovery has done needs no log any more.
 */
static void
recovered_for_good(void)
{
	fresh();
	pid_t pid = child(write_much);
	(void)wait_for(&board->wrote, 1);
	(void)kill(pid, SIGKILL);
	(void)ended(pid);
	int before = log_files();
	ok(before > 2, "a killed writer leaves %d files of log", before);
	ok(reopen(NULL), "the next one recovers");
	store_tend(st);
	is_int(log_files(), 1, "and nobody after it needs the log from before");
	store_close(st);
}

static enum result
stop_inside(struct tx *tx, void *arg)
{
	uint64_t n = 1;
	(void)arg;
	enum result r = put(tx, &n);
	atomic_store(&board->wrote, 1);
	(void)raise(SIGSTOP);
	return r;
}

static void
stop_with_lock(void)
{
	(void)store_run(st, stop_inside, NULL);
}

static void
want_lock(void)
{
	uint64_t n = 1;
	(void)store_run(st, put, &n);
}

static void
stall(void)
{
	int64_t begun, ms = 0;
	fresh();
	options.stall_seconds = 1;
	pid_t holder = child(stop_with_lock);
	ok(wait_for(&board->wrote, 1), "a process is stopped with a lock");
	begun = test_ms();
	pid_t waiter = child(want_lock);
	is_int(ended(waiter), 75, "who waits for it longer than the setting leaves");
	ok(test_ms() - begun >= 900 && test_ms() - begun < 4000, "in time (%lld ms)",
	    (long long)(test_ms() - begun));
	options.stall_seconds = 30;
	bool recovered = reopen(&ms);
	ok(recovered, "and the next one recovers (%lld ms)", (long long)ms);
	store_close(st);
	is_int(ended(holder), -SIGKILL, "killing the stopped one");
	struct gate *g = NULL;
	const char *reason = NULL;
	struct gate_page *p = page_of(options.dir);
	struct gate_options go = {options.dir, p->shape, p->cache, false, test_ms() + 1000, 1000};
	is_int(gate_open(&go, &g, &reason, &why), OK, "stalls are counted in the gate");
	bool second = gate_stalls_often(g), third = gate_stalls_often(g),
	     fourth = gate_stalls_often(g);
	ok(!second && !third && fourth, "three in ten minutes are enough");
	for (int i = 0; i < GATE_STALLS; i++)
		p->stalls[i] -= 601;
	ok(!gate_stalls_often(g), "and are forgotten after ten minutes");
	gate_close(g);
	page_done(p);
}

static void
keep_writing(void)
{
	for (uint64_t n = 0;; n++)
		(void)store_run(st, put, &n);
}

/* Goes round the gate and says that the engine is broken. */
static int
make_panic(void)
{
	u_int32_t flags = DB_INIT_LOCK | DB_INIT_LOG | DB_INIT_MPOOL | DB_INIT_TXN | DB_THREAD;
	DB_ENV *env = NULL;
	FILE *null = fopen("/dev/null", "we");
	(void)fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		if (db_env_create(&env, 0) != 0 || env->open(env, options.dir, flags, 0) != 0)
			_exit(1);
		env->set_errfile(env, null);
		_exit(env->set_flags(env, DB_PANIC_ENVIRONMENT, 1) != 0);
	}
	(void)fclose(null);
	return ended(pid);
}

static void
panic(void)
{
	fresh();
	pid_t pid = child(keep_writing);
	ok(wait_for(&board->attached, 1), "a process is at work");
	is_int(make_panic(), 0, "the engine is told to panic");
	is_int(ended(pid), 75, "the process leaves");
	ok(reopen(NULL), "and the next one recovers");
	store_close(st);
}

/* ---- places, descriptors, signals -------------------------------------- */

static void
full(void)
{
	struct store *none = NULL;
	struct process self;
	fresh();
	process_self(&self);
	struct gate_page *p = page_of(options.dir);
	char path[600];
	(void)snprintf(path, sizeof path, "%s/" GATE_FILE, options.dir);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct flock l = {.l_type = F_WRLCK,
	    .l_whence = SEEK_SET,
	    .l_start = GATE_LOCK_SLOT0,
	    .l_len = GATE_SLOTS};
	is_int(fcntl(fd, F_OFD_SETLK, &l), 0, "all places are taken");
	for (int i = 0; i < GATE_SLOTS; i++) {
		p->slots[i].start = self.start;
		p->slots[i].pid_ns = self.pid_ns;
		atomic_store(&p->slots[i].pid, (uint32_t)self.pid);
	}
	buf_reset(&why);
	is_int(store_open(&options, &none, &why), BUSY, "one more is BUSY");
	ok(strstr(buf_str(&why), "1024") != NULL, "with the number: %s", buf_str(&why));
	for (int i = 0; i < GATE_SLOTS; i++)
		atomic_store(&p->slots[i].pid, 0);
	(void)close(fd);
	page_done(p);
	ok(!reopen(NULL), "with places there it is joined");
	store_close(st);
}

static void
descriptors(void)
{
	struct dirent *e;
	int open_ones = 0, inherited = 0;
	fresh();
	(void)reopen(NULL);
	(void)put_range(st, 0, 5);
	DIR *d = opendir("/proc/self/fd");
	while (d != NULL && (e = readdir(d)) != NULL) {
		int fd = e->d_name[0] - '0';
		for (const char *s = e->d_name + 1; *s != '\0'; s++)
			fd = fd * 10 + *s - '0';
		if (e->d_name[0] == '.' || fd < 3 || fd == dirfd(d))
			continue;
		char link[64], target[600] = "";
		(void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		(void)!readlink(link, target, sizeof target - 1);
		if (strncmp(target, options.dir, strlen(options.dir)) != 0)
			continue;
		open_ones++;
		inherited += (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0;
	}
	if (d != NULL)
		(void)closedir(d);
	ok(open_ones >= 3, "the store has %d files open", open_ones);
	is_int(inherited, 0, "and no program that is started gets one of them");
	int logs = -1;
	is_int(store_hold_logs(st, &logs), OK, "a backup keeps the logs");
	store_release_logs(logs);
	store_close(st);
	sigset_t set;
	store_deferred_signals(&set);
	ok(sigismember(&set, SIGTERM) && sigismember(&set, SIGHUP) && !sigismember(&set, SIGSEGV),
	    "the signals to defer are named");
}

int
main(void)
{
	log_set_level(LOG_ERROR - 1);
	options = test_options();
	board = test_board(test_path("board"), sizeof *board);
	distrust();
	copied();
	recover_asked();
	stopped();
	death_while_recovering();
	recovered_for_good();
	stall();
	panic();
	full();
	descriptors();
	innocent();
	halted();
	halted_in_the_gate();
	gate_removed();
	buf_free(&why);
	return done_testing();
}
