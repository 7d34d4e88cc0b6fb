/*
 * store_try.h: a store in a temporary directory, for the tests of the record files.
 *
 * Each test is a transaction function, which may print its results at once,
 * because nobody else is there whom it could lose a deadlock to.
 */
#ifndef SPOKE_STORE_TRY_H
#define SPOKE_STORE_TRY_H

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "store/kv.h"
#include "store/store.h"
#include "tap.h"

static struct store *try_store;
static const struct settings *try_settings; /* for the next opening, or NULL */
static char try_top[1000];
static char try_dir[1100];

/* Opens the store in try_dir; ends the test when that fails. */
static void
try_attach(bool create)
{
	struct store_options o = { .dir = try_dir,
		.settings = try_settings,
		.cache_bytes = INT64_C(4) * 1024 * 1024,
		.stall_seconds = 60,
		.create = create };
	struct buf why = BUF_INIT(1000);

	if (store_open(&o, &try_store, &why) != OK) {
		printf("Bail out! store_open: %s\n", buf_str(&why));
		exit(1);
	}
	buf_free(&why);
}

/* Makes a new store and opens it. */
static void
try_open(void)
{
	const char *tmp = getenv("TMPDIR");

	log_set_level(LOG_ERROR);
	(void)snprintf(try_top, sizeof try_top, "%s/spoke-test-XXXXXX", tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(try_top) == NULL) {
		printf("Bail out! no temporary directory\n");
		exit(1);
	}
	(void)snprintf(try_dir, sizeof try_dir, "%s/data", try_top);
	try_attach(true);
}

static int
try_remove(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

/* Closes the store and removes it. */
static void
try_close(void)
{
	store_close(try_store);
	if (nftw(try_top, try_remove, 16, FTW_DEPTH | FTW_PHYS) != 0)
		printf("# %s is left behind\n", try_top);
}

/* Runs a test as one transaction, which must be committed. */
#define try_run(fn, arg) is_int(store_run(try_store, (fn), (arg)), OK, "%s is committed", #fn)

#endif
