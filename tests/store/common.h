/*
 * common.h: what the tests of the store share: a directory of their own, and
 * memory that several processes see.
 */
#ifndef SPOKE_TESTS_STORE_COMMON_H
#define SPOKE_TESTS_STORE_COMMON_H

#include <stdbool.h>
#include <stdint.h>

#include "store/kv.h"
#include "store/store.h"

/* Makes a directory for the test (below TMPDIR or /tmp; mode 0700) and goes away with it at the end of the process that made it. */
const char *test_dir(void);

/* The path of a name in the directory; one of a few static buffers. */
const char *test_path(const char *name);

/* Options for the store in test_dir()/data. */
struct store_options test_options(void);

/* store_open, repeated while BUSY for up to 10 s; ends the process with a line on standard error when it fails. */
struct store *test_open(const struct store_options *);

/* Makes a new store and closes it. */
void test_create(const struct store_options *);

/* Runs a program with its arguments (the last is NULL), quietly; its exit status. */
int test_command(const char *const argv[]);

/* size bytes in a file, zeroed when new, that every process which names it sees. */
void *test_board(const char *path, size_t size);

/* Times to repeat: few each day, many when SPOKE_TEST_LONG is set. */
int test_times(int everyday, int longer);

/* Monotonic milliseconds. */
int64_t test_ms(void);

/* One entry of a table under (number, number). */
struct key test_key(uint64_t a, uint64_t b);

#endif
