/*
 * Promise: whichever call to the system fails while a store is made, backed up or restored, and
 * whether it fails once or the disk stays full from there on: who asked is told why, what is half
 * made is never taken for whole, and the next try succeeds.
 *
 * The functions of the C library that touch files are defined here once more, in front of it, so
 * that those of the engine fail, too.  Each try is a process of its own, because one that cannot
 * go on leaves the store by ending.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "common.h"
#include "org/organization.h"
#include "store/backup.h"
#include "store/orgs.h"
#include "unit/tap.h"

#define NAME "Tenants United"
#define TEMPFAIL 75 /* the status of who had to leave the store (store.h) */
#define TRIES 3	    /* of each function; with SPOKE_TEST_LONG each call */
#define FULL_TRIES 12

enum {
	OPEN,
	OPENAT,
	READ,
	PREAD,
	WRITE,
	PWRITE,
	FSYNC,
	FDATASYNC,
	RENAME,
	RENAMEAT,
	UNLINK,
	RMDIR,
	MKDIR,
	MKFIFO,
	FTRUNCATE,
	ALLOCATE,
	OPENDIR,
	STATVFS,
	FLOCK,
	MMAP,
	FUNCTIONS,
	FULL = FUNCTIONS
};

static const char *const functions[] = {"open", "openat", "read", "pread", "write", "pwrite",
    "fsync", "fdatasync", "rename", "renameat", "unlink", "rmdir", "mkdir", "mkfifo", "ftruncate",
    "posix_fallocate", "opendir", "statvfs", "flock", "mmap"};

/* Shared with the processes that try. */
static struct board {
	_Atomic bool on; /* calls count */
	_Atomic int calls[FUNCTIONS + 1];
	_Atomic int kind; /* of which one fails, or FULL: all that needs room, from that one on */
	_Atomic int at;	  /* the one, from 1; 0: none does */
	int result;	  /* of the try */
	char why[1000];
} *board;

/* ---- calls that fail ---------------------------------------------------------------------------- */

/* Must this call fail?  Then with errno.  room: it asks the disk for more. */
static bool
fails(int kind, bool room)
{
	if (board == NULL || !board->on)
		return false;
	int n = atomic_fetch_add(&board->calls[kind], 1) + 1, at = board->at;
	bool fail = board->kind == kind && n == at;
	if (room) {
		n = atomic_fetch_add(&board->calls[FULL], 1) + 1;
		fail = fail || (board->kind == FULL && at > 0 && n >= at);
	}
	if (fail)
		errno = board->kind == FULL ? ENOSPC : EIO;
	return fail;
}

#define REAL(type, name, ...)             \
	static type (*real)(__VA_ARGS__); \
	if (real == NULL)                 \
	*(void **)&real = dlsym(RTLD_NEXT, name)

/* A function of the C library, in front of it. */
#define IN_FRONT(kind, room, type, bad, name, parameters, ...)        \
	type name parameters;                                         \
	type name parameters                                          \
	{                                                             \
		REAL_##name;                                          \
		return fails(kind, room) ? (bad) : real(__VA_ARGS__); \
	}

#define REAL_read REAL(ssize_t, "read", int, void *, size_t)
#define REAL_pread REAL(ssize_t, "pread", int, void *, size_t, off_t)
#define REAL_pwrite REAL(ssize_t, "pwrite", int, const void *, size_t, off_t)
#define REAL_fsync REAL(int, "fsync", int)
#define REAL_fdatasync REAL(int, "fdatasync", int)
#define REAL_rename REAL(int, "rename", const char *, const char *)
#define REAL_renameat REAL(int, "renameat", int, const char *, int, const char *)
#define REAL_unlink REAL(int, "unlink", const char *)
#define REAL_rmdir REAL(int, "rmdir", const char *)
#define REAL_mkdir REAL(int, "mkdir", const char *, mode_t)
#define REAL_mkfifo REAL(int, "mkfifo", const char *, mode_t)
#define REAL_ftruncate REAL(int, "ftruncate", int, off_t)
#define REAL_posix_fallocate REAL(int, "posix_fallocate", int, off_t, off_t)
#define REAL_opendir REAL(DIR *, "opendir", const char *)
#define REAL_statvfs REAL(int, "statvfs", const char *, struct statvfs *)
#define REAL_flock REAL(int, "flock", int, int)
#define REAL_mmap REAL(void *, "mmap", void *, size_t, int, int, int, off_t)

IN_FRONT(READ, false, ssize_t, -1, read, (int fd, void *p, size_t n), fd, p, n)
IN_FRONT(PREAD, false, ssize_t, -1, pread, (int fd, void *p, size_t n, off_t at), fd, p, n, at)
IN_FRONT(
    PWRITE, true, ssize_t, -1, pwrite, (int fd, const void *p, size_t n, off_t at), fd, p, n, at)
IN_FRONT(FSYNC, false, int, -1, fsync, (int fd), fd)
IN_FRONT(FDATASYNC, false, int, -1, fdatasync, (int fd), fd)
IN_FRONT(RENAME, false, int, -1, rename, (const char *from, const char *to), from, to)
IN_FRONT(RENAMEAT, false, int, -1, renameat, (int a, const char *from, int b, const char *to), a,
    from, b, to)
IN_FRONT(UNLINK, false, int, -1, unlink, (const char *path), path)
IN_FRONT(RMDIR, false, int, -1, rmdir, (const char *path), path)
IN_FRONT(MKDIR, true, int, -1, mkdir, (const char *path, mode_t mode), path, mode)
IN_FRONT(MKFIFO, true, int, -1, mkfifo, (const char *path, mode_t mode), path, mode)
IN_FRONT(FTRUNCATE, true, int, -1, ftruncate, (int fd, off_t n), fd, n)
IN_FRONT(ALLOCATE, true, int, errno, posix_fallocate, (int fd, off_t at, off_t n), fd, at, n)
IN_FRONT(OPENDIR, false, DIR *, NULL, opendir, (const char *path), path)
IN_FRONT(STATVFS, false, int, -1, statvfs, (const char *path, struct statvfs *fs), path, fs)
IN_FRONT(FLOCK, false, int, -1, flock, (int fd, int what), fd, what)

int
open(const char *path, int flags, ...)
{
	REAL(int, "open", const char *, int, ...);
	va_list ap;
	va_start(ap, flags);
	mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return fails(OPEN, (flags & O_CREAT) != 0) ? -1 : real(path, flags, mode);
}

int
openat(int dirfd, const char *path, int flags, ...)
{
	REAL(int, "openat", int, const char *, int, ...);
	va_list ap;
	va_start(ap, flags);
	mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return fails(OPENAT, (flags & O_CREAT) != 0) ? -1 : real(dirfd, path, flags, mode);
}

/* What is said on standard error must get through. */
ssize_t
write(int fd, const void *p, size_t n)
{
	REAL(ssize_t, "write", int, const void *, size_t);
	return fd > STDERR_FILENO && fails(WRITE, true) ? -1 : real(fd, p, n);
}

/* Of files only: the C library maps memory of its own. */
void *
mmap(void *p, size_t n, int how, int flags, int fd, off_t at)
{
	REAL(void *, "mmap", void *, size_t, int, int, int, off_t);
	return fd >= 0 && fails(MMAP, false) ? MAP_FAILED : real(p, n, how, flags, fd, at);
}

/* ---- what is tried ------------------------------------------------------------------------------- */

static enum result
add_org(struct tx *tx, void *arg)
{
	struct organization o = {.name = NAME};
	(void)arg;
	return orgs_create(tx, &o);
}

static enum result
is_whole(struct tx *tx, void *arg)
{
	struct organization o;
	enum result r = orgs_get(tx, 1, false, tx_arena(tx), &o);
	(void)arg;
	return r != OK || strcmp(o.name, NAME) == 0 ? r : DAMAGED;
}

static enum result
open_at(const char *name, bool create, struct store **st, struct buf *why)
{
	struct store_options o = test_options();
	o.dir = test_path(name);
	o.create = create;
	buf_reset(why);
	return store_open(&o, st, why);
}

/* A new store with an organization, durably. */
static enum result
make(struct buf *why)
{
	struct store *st = NULL;
	enum result r = open_at("made", true, &st, why);
	if (r == OK && store_read(st, is_whole, NULL) != OK)
		r = store_run_durably(st, add_org, NULL);
	if (r != OK && why->len == 0)
		buf_adds(why, "The log says it.");
	store_close(st);
	return r;
}

static enum result
back_up(struct buf *why)
{
	struct arena *a = arena_new();
	struct backup b = {.dir = test_path("backups")};
	enum result r = backup_make(test_path("data"), &b, a, why);
	if (r == OK && b.verify.faults > 0)
		r = DAMAGED;
	arena_free(a);
	return r;
}

static enum result
restore(struct buf *why)
{
	struct arena *a = arena_new();
	struct backup b = {0};
	const char *from;
	enum result r = backup_find(test_path("good"), a, &from, why);
	if (r == OK)
		r = backup_restore(from, test_path("restored"), &b, why);
	arena_free(a);
	return r;
}

/* ---- what came of it ------------------------------------------------------------------------------ */

/* Is there a store of that name, and is it as it should be?  NOT_FOUND: it is none. */
static enum result
look(const char *name, struct buf *why)
{
	struct store *st = NULL;
	enum result r = open_at(name, false, &st, why);
	if (r == OK && store_read(st, is_whole, NULL) != OK)
		r = DAMAGED;
	store_close(st);
	return r;
}

/* A store that was made halfway may be there, without what was to be kept in it: then it is finished. */
static enum result
look_made(bool done, struct buf *why)
{
	enum result r = look("made", why);
	return r == OK || done ? r : NOT_FOUND;
}

/* A backup that is found is good, whatever was said of it. */
static enum result
look_backups(bool done, struct buf *why)
{
	struct arena *a = arena_new();
	struct verify v = {0};
	const char *found;
	enum result r = backup_find(test_path("backups"), a, &found, why);
	(void)done;
	if (r == OK)
		r = backup_verify(found, test_dir(), &v, why);
	if (r == OK && v.faults > 0)
		r = DAMAGED;
	arena_free(a);
	return r;
}

static enum result
look_restored(bool done, struct buf *why)
{
	(void)done;
	return look("restored", why);
}

static const struct task {
	const char *what, *place;
	enum result (*run)(struct buf *why);
	enum result (*look)(bool done, struct buf *why);
} tasks[] = {
    {"making a store", "made", make, look_made},
    {"a backup", "backups", back_up, look_backups},
    {"a restore", "restored", restore, look_restored},
};

static void
clear(const char *name)
{
	const char *const rm[] = {"rm", "-rf", test_path(name), NULL};
	(void)test_command(rm);
}

/*
 * Runs it in a process of its own, with a call failing; its result, FAILED when it had to leave,
 * -1 when it crashed.
 */
static int
attempt(const struct task *t, int kind, int at)
{
	int status = 0;
	*board = (struct board){.kind = kind, .at = at, .result = -1};
	pid_t pid = fork();
	if (pid == 0) {
		struct buf why = BUF_INIT(4000);
		board->on = true;
		int r = (int)t->run(&why);
		board->on = false;
		(void)snprintf(board->why, sizeof board->why, "%s", buf_str(&why));
		board->result = r;
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	board->on = false;
	if (WIFEXITED(status) && WEXITSTATUS(status) == TEMPFAIL) {
		(void)snprintf(board->why, sizeof board->why, "It left the store.");
		return FAILED;
	}
	return status == 0 ? board->result : -1;
}

/* Says what is wrong with a try, for whoever reads the output. */
static int
wrong(const struct task *t, const char *what, int r, const char *why)
{
	printf("# %s, call %d of %s: %s: result %d, %s\n", t->what, board->at,
	    board->kind == FULL ? "those that need room" : functions[board->kind], what, r, why);
	return 1;
}

/* With one call failing, and then with none; the number of things that are wrong. */
static int
try_twice(const struct task *t, int kind, int at, int *failed)
{
	struct buf why = BUF_INIT(4000);
	int bad = 0, r, seen;
	clear(t->place);
	r = attempt(t, kind, at);
	*failed += r != OK;
	if (r < 0)
		bad = wrong(t, "it crashed", r, "");
	else if (r != OK && board->why[0] == '\0')
		bad = wrong(t, "it says nothing", r, "");
	seen = (int)t->look(r == OK, &why);
	/* Of a restore nothing may be left; a store or a backup may have been finished all the same. */
	if (r == OK ? seen != OK : seen != NOT_FOUND && (seen != OK || t->run == restore))
		bad += wrong(t, r == OK ? "it is not whole" : "half of it is taken for whole", seen,
		    buf_str(&why));
	/* A good backup that was not yet durable stands in the way of another in the same second. */
	if (r != OK && seen == OK && t->run == back_up)
		clear(t->place);
	buf_reset(&why);
	if (r != OK && (r = (int)t->run(&why)) != OK)
		bad += wrong(t, "the next try fails", r, buf_str(&why));
	else if ((seen = (int)t->look(true, &why)) != OK)
		bad += wrong(t, "after the next try", seen, buf_str(&why));
	buf_free(&why);
	return bad;
}

static void
fail_each(const struct task *t)
{
	int total[FUNCTIONS + 1];
	clear(t->place);
	is_int(attempt(t, 0, 0), OK, "%s works", t->what);
	for (int kind = 0; kind <= FULL; kind++)
		total[kind] = board->calls[kind];
	for (int kind = 0; kind <= FULL; kind++) {
		int bad = 0, failed = 0, tries = kind == FULL ? FULL_TRIES : TRIES;
		if (tries > total[kind] || getenv("SPOKE_TEST_LONG") != NULL)
			tries = total[kind];
		/* From the first to the last. */
		for (int i = 0; i < tries; i++)
			bad += try_twice(t, kind,
			    tries > 1 ? 1 + i * (total[kind] - 1) / (tries - 1) : 1, &failed);
		if (tries > 0)
			ok(bad == 0, "%s, %s fails at %d of %d places (%d times so does the whole)",
			    t->what, kind == FULL ? "all that needs room" : functions[kind], tries,
			    total[kind], failed);
		if (kind == FULL || kind == OPEN || kind == WRITE)
			ok(failed > 0, "%s does not go on as if nothing was", t->what);
	}
}

int
main(void)
{
	struct buf why = BUF_INIT(4000);
	/* What fails here is logged as it should be, some hundred times. */
	if (getenv("SPOKE_TEST_LOG") == NULL && freopen("/dev/null", "w", stderr) == NULL)
		return 1;
	board = test_board(test_path("board"), sizeof *board);
	is_int(make(&why), OK, "a store");
	is_int(rename(test_path("made"), test_path("data")), 0, "gets its place");
	is_int(back_up(&why), OK, "a backup of it");
	is_int(rename(test_path("backups"), test_path("good")), 0, "gets another");
	for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++)
		fail_each(&tasks[i]);
	buf_free(&why);
	return done_testing();
}
