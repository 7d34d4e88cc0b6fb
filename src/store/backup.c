/*
 * backup.c: makes a good copy of a store while others work with it (backup.h).
 *
 * What is said of a backup is only said of what was read back: the copy is opened, recovered,
 * walked from end to end, closed, and its pages verified, before it gets its name.
 */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/backup_private.h"
#include "store/gate.h"
#include "store/meta.h"
#include "store/store.h"
#include "store/verify_private.h"

#define ROOM_BESIDE (INT64_C(40) << 20) /* memory that is shared while the copy is recovered */
#define SCRATCH_CACHE (INT64_C(32) << 20)
#define SCRATCH_STALL 3600
#define NAMES 3 /* seconds that may be taken by others */

void
backup_step(const struct backup *b, const char *sentence)
{
	if (b->step != NULL)
		b->step(b->step_arg, sentence);
}

/* ---- the place ---------------------------------------------------------------------- */

static enum result
failed(struct buf *why, const char *what, const char *path)
{
	buf_addf(why, "Cannot %s %s: %s.", what, path, log_errno(errno));
	return FAILED;
}

/* Does a path lie in a directory, or is it that? */
static bool
lies_in(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* Does a path that is there lead into a directory, by links and dots, too? */
static bool
leads_into(const char *path, const char *dir)
{
	char *real = realpath(path, NULL), *real_dir = realpath(dir, NULL);
	bool inside = real != NULL && real_dir != NULL && lies_in(real, real_dir);

	free(real);
	free(real_dir);
	return inside;
}

enum result
backup_room(const char *dir, int64_t bytes, struct buf *why)
{
	struct statvfs fs;
	int64_t room;

	if (statvfs(dir, &fs) != 0)
		return failed(why, "look at", dir);
	room = (int64_t)((uint64_t)fs.f_bavail * fs.f_frsize);
	if (room >= bytes + ROOM_BESIDE)
		return OK;
	buf_addf(why,
	    "%s has room for %lld MiB, but %lld are needed. Free some space, or choose another place.",
	    dir, (long long)(room >> 20), (long long)((bytes + ROOM_BESIDE) >> 20) + 1);
	return REFUSED;
}

/* The folder of backups, made if need be, and the lock on it: one at a time. */
static enum result
take_place(const char *from, struct backup *b, int *lock, struct buf *why)
{
	struct stat info;
	bool made, inside;

	if (b->dir == NULL || b->dir[0] != '/') {
		buf_addf(why, "\"%s\" is not an absolute path.", b->dir != NULL ? b->dir : "");
		return REFUSED;
	}
	inside = lies_in(b->dir, from);
	made = !inside && mkdir(b->dir, 0700) == 0;
	if (!inside && !made && errno != EEXIST)
		return failed(why, "make the folder", b->dir);
	if (inside || leads_into(b->dir, from)) {
		if (made)
			(void)rmdir(b->dir);
		buf_addf(why,
		    "%s lies in the data directory: what destroys the one destroys the other. "
		    "Choose another place, best on another disk.",
		    b->dir);
		return REFUSED;
	}
	*lock = open(b->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*lock < 0 || fstat(*lock, &info) != 0)
		return failed(why, "open the folder", b->dir);
	if (info.st_uid != geteuid() || (info.st_mode & 022) != 0) {
		buf_addf(why,
		    "%s must belong to user %u, and nobody else may write to it. Run chown and "
		    "chmod 700 on it, or choose another place.",
		    b->dir, (unsigned)geteuid());
		return REFUSED;
	}
	if (flock(*lock, LOCK_EX | LOCK_NB) != 0) {
		b->other = true;
		buf_addf(why, "Another backup to %s is under way.", b->dir);
		return REFUSED;
	}
	return backup_room(b->dir, files_store_bytes(from), why);
}

/* ---- the copy ------------------------------------------------------------------------- */

static struct files_copy
copy_of(const struct verify *v)
{
	return (struct files_copy){v->stop, v->stop_arg, 0};
}

/*
 * Copies with the logs held, if somebody may be writing.  Nobody has to be in the store for
 * that: so who makes a backup can be killed, and costs those who work with it nothing.
 */
static enum result
copy_held(const char *from, const char *to, struct files_copy *c, struct buf *why)
{
	struct arena *a = arena_new();
	bool used = access(arena_fmt(a, "%s/" GATE_FILE, from), F_OK) == 0;
	int hold = used ? gate_hold_logs(from) : -1;
	enum result r = BUSY;

	if (used && hold < 0)
		buf_addf(why, "The logs in %s could not be held. Try again.", from);
	else
		r = files_copy_store(from, to, c, why);
	if (hold >= 0)
		close(hold);
	arena_free(a);
	return r;
}

/* Opens a copy, which recovers it, and looks at all of it; mark may be NULL (meta_mark_copy). */
static enum result
look_at(const char *dir, struct verify *v, const char *mark, struct buf *why)
{
	struct store_options o = {
	    .dir = dir, .cache_bytes = SCRATCH_CACHE, .stall_seconds = SCRATCH_STALL};
	struct store *copy = NULL;
	enum result r = store_open(&o, &copy, why);

	if (r != OK)
		return r;
	r = verify_meaning(copy, v);
	if (r != OK)
		buf_adds(why,
		    r == REFUSED ? "It was stopped." : "The copy could not be read. See the log.");
	if (r == OK && mark != NULL)
		r = meta_mark_copy(copy, mark);
	if (r == OK)
		r = store_settle(copy);
	store_close(copy);
	files_remove_traces(dir);
	if (r == OK)
		r = verify_structure(dir, v);
	if (r != OK && why->len == 0)
		buf_adds(why, "The copy could not be finished. See the log.");
	return r;
}

enum result
backup_copy(const char *from, const char *to, const char *mark, struct verify *v, int64_t *copied,
    struct buf *why)
{
	struct files_copy c = copy_of(v);
	enum result r;

	if (mkdir(to, 0700) != 0)
		return failed(why, "make the folder", to);
	r = copy_held(from, to, &c, why);
	if (copied != NULL)
		*copied = c.bytes;
	v->from = from;
	return r == OK ? look_at(to, v, mark, why) : r;
}

/* ---- a backup --------------------------------------------------------------------------- */

/* What the folder says of itself to whoever finds it. */
static enum result
describe(const char *dir, const char *from, int64_t begun, const struct backup *b, struct buf *why)
{
	struct arena *a = arena_new();
	struct buf text = BUF_INIT(8192), sums = BUF_INIT((size_t)256 << 20);
	char time[CLOCK_TEXT], host[256] = "";
	enum result r;

	(void)gethostname(host, sizeof host - 1);
	buf_addf(&text,
	    "spoke-bandwidth backup 1\n"
	    "taken %s\nhost %s\nfrom %s\nentries %zu\n\n"
	    "This copy was recovered and verified when it was made. SESSION_SECRET is not in it: keep\n"
	    "the settings file apart from it; without that secret the stored passwords do not open.\n"
	    "To make a store of it in an empty or missing DATA_DIR:  spokectl restore THIS-FOLDER\n"
	    "To look whether it is still good:                       spokectl verify THIS-FOLDER\n",
	    clock_text(begun, time), host, from, b->verify.entries);
	r = files_put(arena_fmt(a, "%s/" BACKUP_TEXT, dir), buf_str(&text), why);
	if (r == OK)
		r = files_sums(dir, BACKUP_SUMS, &sums, why);
	if (r == OK)
		r = files_put(arena_fmt(a, "%s/" BACKUP_SUMS, dir), buf_str(&sums), why);
	if (r == OK)
		r = files_sync_dir(dir, why);
	buf_free(&text);
	buf_free(&sums);
	arena_free(a);
	return r;
}

/* Keeps a copy that is not in order under a name that says so, instead of the one before. */
static void
disagrees(const char *unfinished)
{
	struct arena *a = arena_new();
	size_t n = strlen(unfinished) - strlen(BACKUP_UNFINISHED);
	char *parent = arena_dup(a, unfinished, n), *slash = strrchr(parent, '/');
	const char *name = arena_fmt(a, "%s" BACKUP_DISAGREES, parent);

	*slash = '\0';
	backup_sweep(parent, BACKUP_DISAGREES);
	if (rename(unfinished, name) != 0)
		log_warn("backup: %s cannot be named %s: %s", unfinished, name, log_errno(errno));
	arena_free(a);
}

/* Everything up to the name. */
static enum result
make_unfinished(const char *from, struct backup *b, const char *dir, int64_t begun, struct buf *why)
{
	struct arena *a = arena_new();
	char time[CLOCK_TEXT];
	enum result r;

	backup_step(b, "Copying, recovering and verifying.");
	r = backup_copy(from, dir,
	    arena_fmt(a, "The data was restored from the backup of %s.", clock_text(begun, time)),
	    &b->verify, &b->copied, why);
	/* A file that is gone is no reason to have no backups from then on. */
	if (r == OK && b->verify.faults > b->verify.lost) {
		disagrees(dir);
		buf_addf(why,
		    "The copy was verified, and %zu things in it do not agree; spokectl verify names them. "
		    "It was kept in a folder whose name ends in " BACKUP_DISAGREES
		    ", in case of need.",
		    b->verify.faults);
		r = DAMAGED;
	}
	if (r == OK)
		r = describe(dir, from, begun, b, why);
	if (r == OK)
		b->bytes = files_store_bytes(dir);
	arena_free(a);
	return r;
}

/* "20261123-221500Z" */
static const char *
dated(struct arena *a, int64_t time)
{
	char text[CLOCK_TEXT];

	clock_text(time, text);
	return arena_fmt(a, "%.4s%.2s%.2s-%.2s%.2s%.2sZ", text, text + 5, text + 8, text + 11,
	    text + 14, text + 17);
}

/* One that was made in this second has its name: in the next one there is another. */
static const char *
free_name(struct arena *a, const char *dir, int64_t *begun)
{
	const char *path = arena_fmt(a, "%s/%s", dir, dated(a, *begun));
	int tries;

	for (tries = 0; tries < NAMES && access(path, F_OK) == 0; tries++) {
		clock_sleep(CLOCK_SECOND);
		*begun = clock_now();
		path = arena_fmt(a, "%s/%s", dir, dated(a, *begun));
	}
	return path;
}

/* The copy with its name, in a place that is ours. */
static enum result
make_named(const char *from, struct backup *b, struct arena *a, int64_t *begun, struct buf *why)
{
	const char *path = free_name(a, b->dir, begun);
	const char *unfinished = arena_fmt(a, "%s" BACKUP_UNFINISHED, path);
	struct buf other = BUF_INIT(4000);
	enum result r;

	if (access(path, F_OK) == 0) {
		buf_addf(why, "%s is there already.", path);
		return REFUSED;
	}
	backup_sweep(b->dir, BACKUP_UNFINISHED);
	r = make_unfinished(from, b, unfinished, *begun, why);
	if (r == OK && rename(unfinished, path) != 0)
		r = failed(why, "name", path);
	if (r == OK)
		r = files_sync_dir(b->dir, why);
	if (r == OK)
		b->path = path;
	else
		(void)files_remove(unfinished, &other);
	if (r == OK && b->keep > 0)
		backup_rotate(b->dir, b->keep, strrchr(path, '/') + 1);
	buf_free(&other);
	return r;
}

static enum result
make(const char *from, struct backup *b, struct arena *a, int64_t *begun, struct buf *why)
{
	int lock = -1;
	enum result r = take_place(from, b, &lock, why);

	if (r == OK)
		r = make_named(from, b, a, begun, why);
	if (lock >= 0)
		close(lock);
	return r;
}

enum result
backup_make(const char *from, struct backup *b, struct arena *a, struct buf *why)
{
	int64_t base = gate_clock_in(from), begun;
	enum result r;

	/* Its name, and the note that it is a copy, go by the store's time, which this process
	 * has not joined. */
	if (base != 0)
		clock_use(base);
	begun = clock_now();
	r = make(from, b, a, &begun, why);

	b->note = (struct backup_note){.good = r == OK,
	    .path = b->path,
	    .why = r == OK ? NULL : arena_str(a, buf_str(why)),
	    .bytes = b->bytes,
	    .good_time = begun,
	    .good_path = b->path};
	if (r == OK)
		log_info("backup: %s is good (%lld bytes, %zu entries)", b->path,
		    (long long)b->bytes, b->verify.entries);
	else
		log_line(b->other ? LOG_INFO : LOG_ERROR, "backup: %s", buf_str(why));
	return r;
}

/* Of a backup it is known what its bytes were, those of attachments, too. */
static enum result
compare_sums(const char *from, struct verify *v, struct buf *why)
{
	struct arena *a = arena_new();
	struct buf differ = BUF_INIT(8192);
	enum result r = OK;

	if (access(arena_fmt(a, "%s/" BACKUP_TEXT, from), F_OK) == 0 ||
	    access(arena_fmt(a, "%s/" BACKUP_SUMS, from), F_OK) == 0)
		r = backup_same_sums(from, &differ);
	if (r == REFUSED) {
		verify_fault(v, "%s", buf_str(&differ));
		r = OK;
	}
	buf_adds(why, r != OK ? buf_str(&differ) : "");
	buf_free(&differ);
	arena_free(a);
	return r;
}

enum result
backup_verify(const char *from, const char *scratch, struct verify *v, struct buf *why)
{
	struct arena *a = arena_new();
	struct buf other = BUF_INIT(4000);
	const char *dir = arena_fmt(a, "%s/" BACKUP_SCRATCH "%ld", scratch, (long)getpid());
	enum result r;

	backup_sweep_scratch(scratch);
	r = backup_room(scratch, files_store_bytes(from), why);
	if (r == OK)
		r = compare_sums(from, v, why);
	if (r == OK)
		r = backup_copy(from, dir, NULL, v, NULL, why);
	(void)files_remove(dir, &other);
	buf_free(&other);
	arena_free(a);
	return r;
}
