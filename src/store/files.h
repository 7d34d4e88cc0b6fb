/*
 * files.h: copying, listing and removing the files of a store, durably; for backups.
 *
 * Everything made here can be read by this user alone: files 0600, folders 0700.
 */
#ifndef SPOKE_FILES_H
#define SPOKE_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"
#include "org/record.h"

struct arena;
struct buf;

/* Asked now and then during what takes long; true ends it with REFUSED. */
typedef bool (*files_stop_fn)(void *arg);

struct files_copy {
	files_stop_fn stop; /* may be NULL */
	void *stop_arg;
	int64_t bytes; /* copied so far */
};

/*
 * Copies what makes up a store from one directory into another (which is there and empty):
 * format, then the databases, then the logs, and the media folder; not what belongs to running
 * processes (gate, shared memory, locks, the worker's log).  Somebody may be writing to
 * from: then its logs must be held (store_hold_logs), and the copy is good after a recovery
 * through its whole log.  NOT_FOUND: there is no store in from.
 */
enum result files_copy_store(
    const char *from, const char *to, struct files_copy *, struct buf *why);

/* Bytes that such a copy takes. */
int64_t files_store_bytes(const char *dir);

/* Names in a directory, sorted; those that begin with a dot are left out. */
enum result files_list(const char *dir, struct arena *, struct text_list *names, struct buf *why);

/* Removes a file or a folder with all in it; fine when it is not there. */
enum result files_remove(const char *path, struct buf *why);

/* Removes what running processes leave in a store's directory: gate, shared memory, locks. */
void files_remove_traces(const char *dir);

/* Makes a text a new file, durably. */
enum result files_put(const char *path, const char *text, struct buf *why);

/* Makes the names in a directory durable. */
enum result files_sync_dir(const char *dir, struct buf *why);

/*
 * The sums of all files below dir, in the form of sha256sum ("hex  ./name\n"), sorted by
 * name, leaving out the file that except names.
 */
enum result files_sums(const char *dir, const char *except, struct buf *out, struct buf *why);

#endif
