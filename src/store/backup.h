/*
 * backup.h: copies of a store that are known to be good, and stores made of them.
 *
 * A copy is made while others work: databases first, logs second, log removal shut out.  It is
 * then recovered where it lies, through its whole log, and verified, structure and meaning
 * (verify.h); what is kept is byte for byte what was verified.  SESSION_SECRET is not in it, so
 * that whoever finds a backup can open no secret in it.
 *
 * DIR/20261123-221500Z is a good backup: it has got that name only after all of this, and
 * holds the files of a store, SHA256SUMS and a text "backup" that says what it is.
 * DIR/20261123-221500Z.unfinished is none, nor is the last copy that was found not in order, which
 * is kept as DIR/20261123-221500Z.disagrees for whoever has nothing better.
 */
#ifndef SPOKE_BACKUP_H
#define SPOKE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "org/record.h"
#include "store/files.h"
#include "store/kv.h"
#include "store/verify.h"

struct buf;
struct settings;

/* How a backup went. */
struct backup_note {
	int64_t time; /* when the last one ended, 0: there was none */
	bool good;
	const char *path; /* of it; NULL unless good */
	const char *why;  /* the sentence; NULL if good */
	int64_t bytes;
	int64_t good_time; /* when the last good one began, 0: there was none */
	const char *good_path;
};

struct backup {
	const char *dir; /* where the dated folders lie; made if it is missing, 0700 */
	int64_t keep;	 /* so many good ones stay, the newest; 0: all */
	/* What is being done, for people who wait; may be NULL. */
	void (*step)(void *arg, const char *sentence);
	void *step_arg;
	struct verify verify; /* its say, stop and what it found; with some lost it is good */
	/* The result. */
	const char *path; /* of the good backup, in the arena */
	int64_t bytes, copied;
	bool other; /* another one is under way there, so nothing was done: nothing to note */
	struct backup_note note; /* for backup_note */
};

/*
 * Makes one of the store in from (DATA_DIR), which others may be using; this process need not be in
 * it, and better is not: then it can be killed without costing anybody a recovery.
 * REFUSED: the place can't be used, another backup is under way there, or it was told to stop;
 * DAMAGED: the copy was verified and is not in order (verify.say said how): the store must be
 * looked at; FAILED, BUSY.  Other than OK, why has a sentence, and no folder with a good one's
 * name was made.
 */
enum result backup_make(const char *from, struct backup *, struct arena *, struct buf *why);

/* ---- how the last one went ------------------------------------------------ */

/* Notes in the store how one went, durably; what only a good one says stays as it was else. */
enum result backup_note(struct store *, const struct backup_note *);
/* Zeroes when there was none. */
enum result backup_noted(struct tx *, struct arena *, struct backup_note *);
/* What is wrong with that, for whoever runs the installation: a sentence, or NULL: nothing. */
const char *backup_warning(
    struct arena *, const struct backup_note *, int64_t created, int64_t now);

/* ---- looking at a store and a backup ------------------------------------- */

/*
 * Verifies what lies in from, a backup or a store that others may be using, by a copy made in a
 * folder below scratch and removed then.  Results as backup_make; OK with verify->faults 0 is
 * good.
 */
enum result backup_verify(const char *from, const char *scratch, struct verify *, struct buf *why);

/*
 * The folder that is meant by a path: itself, or the newest good backup in it.  NOT_FOUND with
 * a sentence when it is neither a backup nor a folder with one.
 */
enum result backup_find(const char *path, struct arena *, const char **folder, struct buf *why);

/*
 * Makes a store of a good backup in to, which is missing or empty (or was left by a restore
 * that was killed); verified once more before it gets its place.  Sending is held in it (meta.h).
 * REFUSED: to is in use, or from is not as it was when it was made.
 */
enum result backup_restore(const char *from, const char *to, struct backup *, struct buf *why);

#endif
