/*
 * place.h: whether a directory can hold the store.
 */
#ifndef SPOKE_PLACE_H
#define SPOKE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"

struct buf;

/*
 * Checks the directory: there, a directory, ours, mode 0700, writable, on a local file
 * system, of a format that we know.  create: makes the directory and the format file.
 * Errors as store_open, with a sentence in why.
 */
enum result place_check(const char *dir, bool create, struct buf *why);

/*
 * OK when bytes more fit on the file system (probed with a file, so that quotas count),
 * else FAILED.
 */
enum result place_room(const char *dir, int64_t bytes, struct buf *why);

/*
 * Removes the engine's shared files, before a recovery makes them anew: the engine reads them once
 * more to do so itself, and after a power cut they may hold anything.
 */
enum result place_clear(const char *dir, struct buf *why);

/*
 * Makes sure that every page of the engine's shared files has a block on disk, and every page
 * that they may grow by: writing to one without would kill the process when the disk is full.
 * Called by a process that has them mapped.
 */
enum result place_settle(const char *dir, struct buf *why);

/*
 * A number that changes when a file of the store (databases, logs) is replaced or written;
 * never 0.
 */
uint64_t place_fingerprint(const char *dir);

/*
 * Name of the network file system that a statfs type and a mount type mean, or NULL: a
 * local one.
 */
const char *place_network(uint64_t magic, const char *type);

#endif
