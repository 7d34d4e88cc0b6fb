/*
 * media_file.h: attachments on disk: written aside, made durable, put in place, removed.
 *
 *	DATA_DIR/media/part/        being written; emptied when a worker begins
 *	DATA_DIR/media/12/0192/…    whole files under their names (store/media.h), 0600
 *
 * A file comes under its name only when all of it is on disk, so one that is there is whole,
 * whenever the worker was killed or the power failed.  Under the worker's lock only.
 */
#ifndef SPOKE_MEDIA_FILE_H
#define SPOKE_MEDIA_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/media.h"

struct media_file;

/* Removes what an earlier worker left half written. */
void media_files_clear(const char *data_dir);

/* Bytes that are free for us where the files lie; -1 (logged) when that cannot be told. */
int64_t media_room(const char *data_dir);

/* A new file, empty; NULL (logged) when it cannot be made. */
struct media_file *media_file_begin(const char *data_dir, const struct media_ref *);
/* false (logged): it cannot be written, and is only good for media_file_drop. */
bool media_file_add(struct media_file *, const void *p, size_t n);
/*
 * Makes it durable, puts it under its name, replacing what is there, and makes that durable;
 * frees it.  -1 (logged): the name may or may not be there.
 */
int media_file_keep(struct media_file *);
/* Removes it again and frees it; NULL allowed. */
void media_file_drop(struct media_file *);

/* Removes the file of that name, durably, and its folder with the last one.  One that is not
 * there is removed.  -1: logged. */
int media_file_remove(const char *data_dir, const struct media_ref *);

/*
 * Gives every name of one folder to fn, and returns how many there were; -1: there is no
 * further folder.  place (MEDIA_NAME bytes, "" at first) says which was the last; the next
 * one is looked at.
 */
int media_folder_next(
    const char *data_dir, char *place, void (*fn)(void *arg, const struct media_ref *), void *arg);

#endif
