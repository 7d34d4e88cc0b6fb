/*
 * backups.c: what lies in a folder of backups, how the last one went, and the way back: a store
 * of a backup (backup.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/parse.h"
#include "store/backup_private.h"
#include "store/files_private.h"
#include "store/rec.h"
#include "store/store.h"

#define NOTE "backup" /* in META */
#define NAME "dddddddd-ddddddZ"
#define OLD (8 * CLOCK_DAY)
#define RESTORING "restoring.unfinished"
#define DISK_OWN "lost+found" /* of a disk that is all for it */

/* ---- the folders ---------------------------------------------------------------------- */

bool
backup_is_name(const char *name)
{
	const char *form = NAME;

	for (; *form != '\0'; form++, name++)
		if (*form == 'd' ? *name < '0' || *name > '9' : *name != *form)
			return false;
	return *name == '\0';
}

static void
remove_quietly(const char *path)
{
	struct buf why = BUF_INIT(4000);

	if (files_remove(path, &why) != OK)
		log_warn("backup: %s", buf_str(&why));
	buf_free(&why);
}

/* Good backups, the oldest first. */
static void
list_good(const char *dir, struct arena *a, struct text_list *good)
{
	struct buf why = BUF_INIT(4000);
	struct text_list names;

	*good = (struct text_list){NULL, 0};
	(void)files_list(dir, a, &names, &why);
	for (size_t i = 0; i < names.count; i++)
		if (backup_is_name(names.items[i]) &&
		    access(arena_fmt(a, "%s/%s/" BACKUP_SUMS, dir, names.items[i]), F_OK) == 0)
			*good = text_list_add(a, *good, names.items[i]);
	buf_free(&why);
}

void
backup_rotate(const char *dir, int64_t keep, const char *made)
{
	struct arena *a = arena_new();
	struct text_list good;

	list_good(dir, a, &good);
	for (size_t i = 0; i + (size_t)keep < good.count; i++)
		if (strcmp(good.items[i], made) != 0)
			remove_quietly(arena_fmt(a, "%s/%s", dir, good.items[i]));
	arena_free(a);
}

void
backup_sweep(const char *dir, const char *ending)
{
	struct arena *a = arena_new();
	struct buf why = BUF_INIT(4000);
	struct text_list names;
	size_t n;

	(void)files_list(dir, a, &names, &why);
	for (size_t i = 0; i < names.count; i++) {
		n = strlen(names.items[i]);
		if (n == strlen(NAME) + strlen(ending) &&
		    strcmp(names.items[i] + strlen(NAME), ending) == 0)
			remove_quietly(arena_fmt(a, "%s/%s", dir, names.items[i]));
	}
	buf_free(&why);
	arena_free(a);
}

void
backup_sweep_scratch(const char *dir)
{
	struct arena *a = arena_new();
	struct buf why = BUF_INIT(4000);
	struct text_list names;
	int64_t pid;

	(void)files_list(dir, a, &names, &why);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i], *rest = name + strlen(BACKUP_SCRATCH);

		if (strncmp(name, BACKUP_SCRATCH, strlen(BACKUP_SCRATCH)) == 0 &&
		    parse_i64(rest, strlen(rest), 1, INT32_MAX, &pid) == 0 &&
		    kill((pid_t)pid, 0) != 0 && errno == ESRCH)
			remove_quietly(arena_fmt(a, "%s/%s", dir, name));
	}
	buf_free(&why);
	arena_free(a);
}

enum result
backup_find(const char *path, struct arena *a, const char **folder, struct buf *why)
{
	struct text_list good;

	if (access(arena_fmt(a, "%s/" BACKUP_TEXT, path), F_OK) == 0 &&
	    access(arena_fmt(a, "%s/" BACKUP_SUMS, path), F_OK) == 0) {
		*folder = path;
		return OK;
	}
	list_good(path, a, &good);
	if (good.count > 0) {
		*folder = arena_fmt(a, "%s/%s", path, good.items[good.count - 1]);
		return OK;
	}
	buf_addf(why, "%s is not a finished backup, and none lies in it.", path);
	return NOT_FOUND;
}

/* ---- how the last one went ------------------------------------------------------------- */

static const struct field note_fields[] = {
    FIELD(struct backup_note, FIELD_INT, time),
    FIELD(struct backup_note, FIELD_BOOL, good),
    FIELD(struct backup_note, FIELD_TEXT, path),
    FIELD(struct backup_note, FIELD_TEXT, why),
    FIELD(struct backup_note, FIELD_INT, bytes),
    FIELD(struct backup_note, FIELD_INT, good_time),
    FIELD(struct backup_note, FIELD_TEXT, good_path),
    FIELD_END,
};

static enum result
note_get(struct tx *tx, bool for_update, struct arena *a, struct backup_note *n)
{
	static const struct backup_note none;
	struct key k;
	enum result r;

	key_start(&k);
	key_text(&k, NOTE);
	r = rec_get(tx, T_META, &k, for_update, note_fields, a, n);
	if (r != OK)
		*n = none;
	return r == NOT_FOUND || r == DAMAGED ? OK : r;
}

enum result
backup_noted(struct tx *tx, struct arena *a, struct backup_note *n)
{
	return note_get(tx, false, a, n);
}

static enum result
note_fn(struct tx *tx, void *arg)
{
	struct backup_note now = *(const struct backup_note *)arg, old;
	struct key k;
	enum result r = note_get(tx, true, tx_arena(tx), &old);

	if (r != OK)
		return r;
	now.time = tx_now(tx);
	if (!now.good) {
		now.good_time = old.good_time;
		now.good_path = old.good_path;
	}
	key_start(&k);
	key_text(&k, NOTE);
	return rec_put(tx, T_META, &k, note_fields, &now);
}

enum result
backup_note(struct store *st, const struct backup_note *n)
{
	enum result r = store_run(st, note_fn, (void *)(uintptr_t)n);

	if (r == OK)
		r = store_flush(st);
	if (r != OK)
		log_error("backup: how it went could not be noted");
	return r;
}

const char *
backup_warning(struct arena *a, const struct backup_note *n, int64_t created, int64_t now)
{
	int64_t since = n->good_time != 0 ? n->good_time : created;

	if (n->time != 0 && !n->good)
		return arena_fmt(a, "The last backup failed: %s", n->why != NULL ? n->why : "");
	if (now - since < OLD)
		return NULL;
	if (n->good_time == 0)
		return "There is no backup. Set BACKUP_DIR, and let cron run spokectl backup every night.";
	return arena_fmt(
	    a, "The last good backup is %lld days old.", (long long)((now - since) / CLOCK_DAY));
}

/* ---- the way back ------------------------------------------------------------------------- */

enum result
backup_same_sums(const char *from, struct buf *why)
{
	struct arena *a = arena_new();
	struct buf now = BUF_INIT((size_t)256 << 20), then = BUF_INIT((size_t)256 << 20);
	FILE *f = fopen(arena_fmt(a, "%s/" BACKUP_SUMS, from), "re");
	char piece[8192];
	size_t n;
	enum result r = files_sums(from, BACKUP_SUMS, &now, why);

	while (f != NULL && (n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_add(&then, piece, n);
	if (r == OK && (f == NULL || strcmp(buf_str(&now), buf_str(&then)) != 0)) {
		buf_addf(why,
		    "The files in %s are not as they were when the backup was made; \"sha256sum -c " BACKUP_SUMS
		    "\" there says which.",
		    from);
		r = REFUSED;
	}
	if (f != NULL)
		(void)fclose(f);
	arena_free(a);
	buf_free(&now);
	buf_free(&then);
	return r;
}

/*
 * Is nothing there but what a restore that was killed has left?  Makes the directory if need be, and
 * locks it as whoever recovers a store does (gate.c): meanwhile nobody else restores to it, and nobody
 * is in a store whose files were taken away.
 */
static enum result
take_target(const char *to, struct arena *a, int *lock, struct buf *why)
{
	struct text_list names = {NULL, 0};
	bool alone, ours;
	enum result r;

	if (mkdir(to, 0700) != 0 && errno != EEXIST)
		return files_failed(why, "make the directory", to);
	*lock = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*lock < 0)
		return files_failed(why, "open the directory", to);
	alone = flock(*lock, LOCK_EX | LOCK_NB) == 0;
	ours = access(arena_fmt(a, "%s/" RESTORING, to), F_OK) == 0 &&
	       access(arena_fmt(a, "%s/format", to), F_OK) != 0;
	r = files_list(to, a, &names, why);
	if (r == OK && !ours && names.count > (text_list_has(&names, DISK_OWN) ? 1 : 0)) {
		buf_addf(why,
		    "%s is not empty. A backup is restored into an empty or missing directory "
		    "only: move what is there away first.",
		    to);
		return REFUSED;
	}
	if (r == OK && !alone) {
		buf_addf(why,
		    "%s is in use: by another restore, or by a web server or a worker that must be "
		    "stopped first.",
		    to);
		return REFUSED;
	}
	for (size_t i = 0; r == OK && i < names.count; i++)
		if (strcmp(names.items[i], DISK_OWN) != 0)
			r = files_remove(arena_fmt(a, "%s/%s", to, names.items[i]), why);
	return r;
}

/*
 * The files get their places, format last: without it nobody takes them for a store.  What could
 * not be finished is taken back, format first, so that the place is free again.
 */
static enum result
move_up(const char *from, const char *to, struct arena *a, struct buf *why)
{
	struct text_list names;
	enum result r = files_list(from, a, &names, why);
	int last;

	for (last = 0; last < 2; last++) {
		for (size_t i = 0; r == OK && i < names.count; i++) {
			if ((strcmp(names.items[i], "format") == 0) != (last == 1))
				continue;
			if (rename(arena_fmt(a, "%s/%s", from, names.items[i]),
				arena_fmt(a, "%s/%s", to, names.items[i])) != 0) {
				buf_addf(why, "Cannot move %s to %s: %s.", names.items[i], to,
				    log_errno(errno));
				r = FAILED;
			}
		}
		if (r == OK)
			r = files_sync_dir(to, why);
	}
	if (r != OK)
		remove_quietly(arena_fmt(a, "%s/format", to));
	for (size_t i = 0; r != OK && i < names.count; i++)
		remove_quietly(arena_fmt(a, "%s/%s", to, names.items[i]));
	return r;
}

enum result
backup_restore(const char *from, const char *to, struct backup *b, struct buf *why)
{
	struct arena *a = arena_new();
	const char *unfinished = arena_fmt(a, "%s/" RESTORING, to);
	int lock = -1;
	enum result r = take_target(to, a, &lock, why);

	if (r != OK)
		goto done;
	backup_step(b, "Copying, recovering and verifying.");
	r = backup_same_sums(from, why);
	if (r == OK)
		r = backup_room(to, files_store_bytes(from), why);
	if (r == OK)
		r = backup_copy(from, unfinished, "The data was restored from a backup.",
		    &b->verify, &b->copied, why); /* anew: of one backup two stores may be made */
	if (r == OK && b->verify.faults > b->verify.lost) {
		buf_addf(why, "The backup in %s is not in order: %zu things in it do not agree.",
		    from, b->verify.faults);
		r = DAMAGED;
	}
	if (r == OK)
		r = move_up(unfinished, to, a, why);
	remove_quietly(unfinished);
done:
	if (lock >= 0)
		close(lock);
	arena_free(a);
	return r;
}
