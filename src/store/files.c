/*
 * files.c: copying, listing and removing the files of a store (files.h).
 *
 * Paths are put together here alone; nothing follows a symbolic link.
 */
#include "store/files_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"

#define MEDIA "media"
#define PIECE ((size_t)64 * 1024) /* a multiple of the databases' pages */
#define READ_TRIES 1000

enum result
files_failed(struct buf *why, const char *what, const char *path)
{
	buf_addf(why, "Cannot %s %s: %s.", what, path, log_errno(errno));
	return FAILED;
}

/* ---- listing ----------------------------------------------------------------------- */

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum result
files_list(const char *dir, struct arena *a, struct text_list *names, struct buf *why)
{
	DIR *d = opendir(dir);
	size_t room = 0;
	const char **items = NULL;
	struct dirent *e;

	*names = (struct text_list){NULL, 0};
	if (d == NULL)
		return files_failed(why, "read the folder", dir);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if (names->count == room) {
			room = room == 0 ? 64 : 2 * room;
			items = arena_alloc(a, room * sizeof *items);
			if (names->count > 0)
				memcpy(items, names->items, names->count * sizeof *items);
			names->items = items;
		}
		names->items[names->count++] = arena_str(a, e->d_name);
	}
	closedir(d);
	if (names->count > 1)
		qsort(names->items, names->count, sizeof *items, compare_names);
	return OK;
}

bool
files_is_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* ---- copying ----------------------------------------------------------------------- */

/* Reads a piece at a place until n bytes or the end; -1 with errno. */
static ssize_t
read_at(int fd, char *to, size_t n, off_t at)
{
	size_t done = 0;
	ssize_t got;

	while (done < n) {
		got = pread(fd, to + done, n - done, at + (off_t)done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

/*
 * A piece as it is at one moment: a page may be written while it is read, and recovery does not
 * notice a page of which one half is older; so it is read until two readings agree.
 */
static ssize_t
read_settled(int fd, char *to, char *other, off_t at)
{
	ssize_t n = read_at(fd, to, PIECE, at), again;
	int i;

	for (i = 0; n > 0 && i < READ_TRIES; i++) {
		again = read_at(fd, other, (size_t)n, at);
		if (again == n && memcmp(to, other, (size_t)n) == 0)
			return n;
		if (again < 0)
			return -1;
		n = again;
		memcpy(to, other, (size_t)n);
	}
	if (n > 0)
		errno = EBUSY;
	return n > 0 ? -1 : n;
}

static int
write_all(int fd, const char *p, size_t n)
{
	ssize_t done;

	for (; n > 0; p += done, n -= (size_t)done) {
		done = write(fd, p, n);
		if (done < 0 && errno == EINTR)
			done = 0;
		if (done < 0)
			return -1;
	}
	return 0;
}

/* Copies from one descriptor to another and makes it durable. */
static enum result
copy_bytes(int in, int out, const char *to, struct files_copy *c, struct buf *why)
{
	char *bytes = malloc(2 * PIECE);
	enum result r = OK;
	off_t at = 0;
	ssize_t n = 0;

	if (bytes == NULL) {
		buf_adds(why, "Out of memory.");
		return BUSY;
	}
	while (r == OK && (n = read_settled(in, bytes, bytes + PIECE, at)) > 0) {
		if (c->stop != NULL && c->stop(c->stop_arg)) {
			buf_adds(why, "It was stopped.");
			r = REFUSED;
		} else if (write_all(out, bytes, (size_t)n) != 0) {
			r = files_failed(why, "write", to);
		}
		at += n;
		c->bytes += n;
	}
	if (r == OK && (n < 0 || fsync(out) != 0))
		r = files_failed(why, "copy to", to);
	free(bytes);
	return r;
}

static enum result
copy_file(const char *from, const char *to, struct files_copy *c, struct buf *why)
{
	int in = open(from, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW), out = -1;
	enum result r;

	if (in < 0)
		return files_failed(why, "read", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	r = out < 0 ? files_failed(why, "make", to) : copy_bytes(in, out, to, c, why);
	close(in);
	if (out >= 0)
		close(out);
	return r;
}

/* What of a store's directory belongs to which part of it. */
enum part { DATABASES, LOGS };

static bool
is_part(const char *name, enum part part)
{
	size_t n = strlen(name);

	if (part == DATABASES)
		return n > 3 && strcmp(name + n - 3, ".db") == 0 && strncmp(name, "__db.", 5) != 0;
	return strncmp(name, "log.", 4) == 0 && strspn(name + 4, "0123456789") == n - 4;
}

static enum result
copy_part(const char *from, const char *to, enum part part, struct files_copy *c, struct buf *why)
{
	struct arena *a = arena_new();
	struct text_list names;
	enum result r = files_list(from, a, &names, why);

	for (size_t i = 0; r == OK && i < names.count; i++)
		if (is_part(names.items[i], part))
			r = copy_file(arena_fmt(a, "%s/%s", from, names.items[i]),
			    arena_fmt(a, "%s/%s", to, names.items[i]), c, why);
	arena_free(a);
	return r;
}

/*
 * A folder with all in it that is not in the copy yet; a file that is removed meanwhile is
 * left out.
 */
static enum result
copy_folder(const char *from, const char *to, int depth, struct files_copy *c, struct buf *why)
{
	struct arena *a = arena_new();
	struct text_list names;
	struct stat st;
	enum result r = OK;

	if (mkdir(to, 0700) != 0 && errno != EEXIST)
		r = files_failed(why, "make the folder", to);
	if (r == OK)
		r = files_list(from, a, &names, why);
	for (size_t i = 0; r == OK && i < names.count; i++) {
		const char *path = arena_fmt(a, "%s/%s", from, names.items[i]);
		const char *copy = arena_fmt(a, "%s/%s", to, names.items[i]);

		if (lstat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
			r = copy_folder(path, copy, depth + 1, c, why);
		else if (S_ISREG(st.st_mode) && access(copy, F_OK) != 0)
			r = copy_file(path, copy, c, why);
		if (r == FAILED && lstat(path, &st) != 0 && errno == ENOENT) {
			buf_reset(why);
			r = OK;
		}
	}
	if (r == OK)
		r = files_sync_dir(to, why);
	arena_free(a);
	return r;
}

enum result
files_copy_store(const char *from, const char *to, struct files_copy *c, struct buf *why)
{
	struct arena *a = arena_new();
	const char *format = arena_fmt(a, "%s/format", from);
	const char *media = arena_fmt(a, "%s/" MEDIA, from);
	const char *copies = arena_fmt(a, "%s/" MEDIA, to);
	enum result r = OK;

	if (access(format, F_OK) != 0) {
		buf_addf(why, "There is no store in %s.", from);
		r = NOT_FOUND;
	}
	if (r == OK)
		r = copy_file(format, arena_fmt(a, "%s/format", to), c, why);
	/*
	 * Attachments before and after: those that are removed meanwhile, and those that come.
	 * What a page holds that was copied late, the log that is copied later still explains.
	 */
	if (r == OK && files_is_folder(media))
		r = copy_folder(media, copies, 0, c, why);
	if (r == OK)
		r = copy_part(from, to, DATABASES, c, why);
	if (r == OK)
		r = copy_part(from, to, LOGS, c, why);
	if (r == OK && files_is_folder(media))
		r = copy_folder(media, copies, 0, c, why);
	if (r == OK)
		r = files_sync_dir(to, why);
	arena_free(a);
	return r;
}

/* ---- measuring ---------------------------------------------------------------------- */

static int64_t
tree_bytes(const char *dir, bool all, int depth)
{
	struct arena *a = arena_new();
	struct buf why = BUF_INIT(2000);
	struct text_list names;
	struct stat st;
	int64_t sum = 0;

	(void)files_list(dir, a, &names, &why);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i], *path = arena_fmt(a, "%s/%s", dir, name);

		if (lstat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX && (all || strcmp(name, MEDIA) == 0))
			sum += tree_bytes(path, true, depth + 1);
		else if (S_ISREG(st.st_mode) &&
			 (all || is_part(name, DATABASES) || is_part(name, LOGS)))
			sum += st.st_size;
	}
	buf_free(&why);
	arena_free(a);
	return sum;
}

int64_t
files_store_bytes(const char *dir)
{
	return tree_bytes(dir, false, 0);
}

/* ---- removing ------------------------------------------------------------------------ */

enum result
files_remove(const char *path, struct buf *why)
{
	struct arena *a = arena_new();
	struct text_list names;
	struct stat st;
	enum result r = OK;

	if (lstat(path, &st) != 0) {
		r = errno == ENOENT ? OK : files_failed(why, "look at", path);
	} else if (S_ISDIR(st.st_mode)) {
		r = files_list(path, a, &names, why);
		for (size_t i = 0; r == OK && i < names.count; i++)
			r = files_remove(arena_fmt(a, "%s/%s", path, names.items[i]), why);
		if (r == OK && rmdir(path) != 0)
			r = files_failed(why, "remove the folder", path);
	} else if (unlink(path) != 0) {
		r = files_failed(why, "remove", path);
	}
	arena_free(a);
	return r;
}

void
files_remove_traces(const char *dir)
{
	static const char *const traces[] = {
	    "gate", "wake", "worker.lock", "starter.lock", "format.new"};
	struct arena *a = arena_new();
	struct buf why = BUF_INIT(2000);
	struct text_list names;

	(void)files_list(dir, a, &names, &why);
	for (size_t i = 0; i < names.count; i++) {
		bool trace = strncmp(names.items[i], "__db.", 5) == 0;

		for (size_t t = 0; t < sizeof traces / sizeof traces[0]; t++)
			trace = trace || strcmp(names.items[i], traces[t]) == 0;
		if (trace)
			(void)unlink(arena_fmt(a, "%s/%s", dir, names.items[i]));
	}
	buf_free(&why);
	arena_free(a);
}

/* ---- small things --------------------------------------------------------------------- */

enum result
files_sync_dir(const char *dir, struct buf *why)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
	return good ? OK : files_failed(why, "make durable", dir);
}

enum result
files_put(const char *path, const char *text, struct buf *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = fd >= 0 && write_all(fd, text, strlen(text)) == 0 && fsync(fd) == 0;
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
	return good ? OK : files_failed(why, "write", path);
}
