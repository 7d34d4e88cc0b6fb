/*
 * format.h: the file DATA_DIR/format: what the directory is, read before all else.
 *
 *	spoke-bandwidth store 1
 *	steps 3
 *	tables meta orgs secrets ...
 *
 * It names the tables that were made in this store, so that one that has gone missing can be
 * told from one that a newer version of the program brings: the first is an error, the
 * second is made when the newer version opens the store (env.c), alone and under the gate's
 * mutex.  A version that does not know one of the tables refuses the store, because it would
 * not keep it in step.  Stores from before the lists have the first line only: in
 * them every missing table is made.
 */
#ifndef SPOKE_FORMAT_H
#define SPOKE_FORMAT_H

#include <stdbool.h>

#include "base/result.h"
#include "store/tables.h"

struct buf;

#define FORMAT_FILE "format"
/* Changes of records that upgrade.c has learned so far. */
#define FORMAT_STEPS 3

/*
 * Reads it.  create: writes one when there is no store at all.  NOT_FOUND: no store here;
 * REFUSED: a newer version's, or not a store's; FAILED; with a sentence in why.
 */
enum result format_check(const char *dir, int dirfd, bool create, struct buf *why);

/*
 * Must tables be made or records changed before this program can use the store?  For whoever
 * has the gate's mutex.
 */
bool format_grows(const char *dir);

/* Which tables were made in the store, as far as the file says. */
void format_made(const char *dir, bool made[T_COUNT]);

/* Says that all tables and steps of this program are in the store; durable. */
enum result format_write(const char *dir, struct buf *why);

#endif
