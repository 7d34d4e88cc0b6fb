/*
 * verify.h: is a store whole?  Its structure (the engine's own check of every page) and its
 * meaning: every record can be read and is legal, every index agrees with its records and the
 * reverse, and what is counted agrees with what it counts.
 *
 * Both look at a store that nobody else is in: a copy at rest.  So nothing is held up, and a
 * disagreement is one: no record changes between two looks (backup.h makes such copies).
 */
#ifndef SPOKE_VERIFY_H
#define SPOKE_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/result.h"
#include "store/files.h"

struct store;

struct verify {
	/* Called with a sentence for each disagreement; may be NULL. */
	void (*say)(void *arg, const char *sentence);
	void *say_arg;
	files_stop_fn stop; /* asked now and then; true ends it with REFUSED; may be NULL */
	void *stop_arg;
	size_t entries;	  /* looked at */
	size_t faults;	  /* said */
	size_t lost;	  /* of these: attachments whose files are gone, from the original, too */
	const char *dir;  /* of the store, set by verify_meaning */
	const char *from; /* of what it is a copy of, set by backup_copy; NULL: of nothing */
};

/*
 * OK when all of it could be looked at: v->faults says with what result.  Else REFUSED (told
 * to stop), or what the store answered.
 */
enum result verify_meaning(struct store *, struct verify *);

/* The databases in a directory that no process uses, without memory that was shared before. */
enum result verify_structure(const char *dir, struct verify *);

#endif
