/*
 * fetch.h: one attachment on its way, and what came of it in the store (used by media.c).
 */
#ifndef SPOKE_FETCH_H
#define SPOKE_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "org/media_type.h"
#include "store/media.h"

struct arena;
struct media_file;
struct sha256;
struct worker;

struct fetch {
	struct fetch *next;
	struct worker *w;
	struct arena *arena;
	struct media_ref ref;
	struct media media; /* as it was when it began */

	struct media_file *file; /* being written */
	struct sha256 *hash;
	unsigned char head[MEDIA_HEAD]; /* its first bytes */
	size_t head_n;
	int64_t size;	/* so far */
	bool too_large; /* for MEDIA_FILE_BYTES */
	bool unwritten; /* the disk did not take it */
	bool unstored;	/* the store did not take what came of it */
};

/* In the worker's list.  Never NULL. */
struct fetch *fetch_new(struct worker *);

/*
 * Each stores an outcome, durably, unless the record has gone meanwhile (then its file goes
 * too).  A final one also gives the message its place among the changes.
 */

/* The file is in place. */
void fetch_stored(struct fetch *, const char *sha256, const char *type);
/* It is not fetched: org/media.h's why. */
void fetch_never(struct fetch *, const char *why);
/*
 * Not this time: again after a pause that grows from seconds to half an hour, at least
 * `after` ms; never when the 48 hours are over.
 */
void fetch_later(struct fetch *, const char *words, int64_t after);

#endif
