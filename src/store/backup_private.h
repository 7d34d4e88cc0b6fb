/*
 * backup_private.h: what the files about backups share.
 */
#ifndef SPOKE_BACKUP_PRIVATE_H
#define SPOKE_BACKUP_PRIVATE_H

#include "store/backup.h"

#define BACKUP_TEXT "backup"
#define BACKUP_SUMS "SHA256SUMS"
#define BACKUP_UNFINISHED ".unfinished"
#define BACKUP_DISAGREES ".disagrees"
#define BACKUP_SCRATCH "verify."

void backup_step(const struct backup *, const char *sentence);

/* REFUSED with a sentence unless so many bytes fit, and what recovery needs beside them. */
enum result backup_room(const char *dir, int64_t bytes, struct buf *why);

/*
 * Copies a store into a new folder, recovers the copy, and looks at all of it.  mark: noted in
 * the copy, so that it does not send (meta.h), or NULL.  OK also with faults.
 */
enum result backup_copy(const char *from, const char *to, const char *mark, struct verify *,
    int64_t *copied, struct buf *why);

/* Are the files of a backup as they were when it was made?  REFUSED with a sentence: no. */
enum result backup_same_sums(const char *from, struct buf *why);

/* Is it the name of a good backup? */
bool backup_is_name(const char *name);

/* Keeps the newest good ones, and the one just made: a wrong clock gave it an old name, perhaps. */
void backup_rotate(const char *dir, int64_t keep, const char *made);
/* Removes the folders with a date and this ending. */
void backup_sweep(const char *dir, const char *ending);
/* Removes what verifications that were killed left behind. */
void backup_sweep_scratch(const char *dir);

#endif
