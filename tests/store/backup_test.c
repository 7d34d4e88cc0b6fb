/*
 * Promise: a backup that cannot be made says why and what to do, leaves nothing half-made, and the
 * good ones that are there stay; a store that is not in order gets no good backup, but a copy for
 * whoever has nothing better; and a page can say that there is none, or an old one.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "common.h"
#include "org/organization.h"
#include "store/backup.h"
#include "store/orgs.h"
#include "store/rec.h"
#include "unit/tap.h"

static struct arena *a;
static struct buf why = BUF_INIT(4000);
static uint64_t blocks = 1 << 20; /* free, of 4 KiB each */

/* In front of the C library's: a disk with so much room. */
int
statvfs(const char *path, struct statvfs *fs)
{
	*fs = (struct statvfs){.f_frsize = 4096, .f_bavail = blocks};
	return access(path, F_OK);
}

static enum result
try_backup(const char *dir, files_stop_fn stop)
{
	struct backup b = {.dir = dir, .verify = {.stop = stop}};
	buf_reset(&why);
	return backup_make(test_options().dir, &b, a, &why);
}

static bool
says(const char *what)
{
	bool said = strstr(buf_str(&why), what) != NULL;
	if (!said)
		printf("# it says: %s\n", buf_str(&why));
	return said;
}

/* How many entries of the folder of backups have that ending. */
static size_t
count(const char *ending)
{
	struct text_list names;
	struct buf other = BUF_INIT(4000);
	size_t n = 0, len, end = strlen(ending);
	(void)files_list(test_path("backups"), a, &names, &other);
	for (size_t i = 0; i < names.count; i++) {
		len = strlen(names.items[i]);
		n += len >= end && strcmp(names.items[i] + len - end, ending) == 0;
	}
	buf_free(&other);
	return n;
}

static const char *
good(void)
{
	const char *found = NULL;
	buf_reset(&why);
	return backup_find(test_path("backups"), a, &found, &why) == OK ? found : NULL;
}

static bool
at_once(void *arg)
{
	(void)arg;
	return true;
}

/* ---- the place ---------------------------------------------------------------------- */

static void
places(void)
{
	const char *dir = test_path("backups"), *first = good();
	is_int(try_backup("backups", NULL), REFUSED, "a path that depends on where one stands");
	ok(says("\"backups\" is not an absolute path"), "is named");
	is_int(try_backup(test_path("data/backups"), NULL), REFUSED, "in the data directory");
	ok(says("Choose another place"), "no backup is safe");
	is_int(try_backup(test_path("no/such"), NULL), FAILED, "a folder in one that is missing");
	ok(says("Cannot make the folder") && says("No such file"), "cannot be made");

	int held = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok(held >= 0 && flock(held, LOCK_EX | LOCK_NB) == 0, "while another backup is under way");
	is_int(try_backup(dir, NULL), REFUSED, "none begins");
	ok(says("Another backup to") && says("is under way"), "which it says");
	(void)close(held);

	blocks = 100;
	is_int(try_backup(dir, NULL), REFUSED, "a full disk");
	ok(says("has room for 0 MiB, but ") && says("Free some space"), "how much is missing");
	blocks = 1 << 20;

	clock_sleep(1100); /* a name is of a second */
	is_int(try_backup(dir, at_once), REFUSED, "one that is told to stop");
	ok(says("It was stopped."), "stops");
	is_int(count(".unfinished"), 0, "nothing half-made is left");
	is_str(good(), first, "the good one from before is the good one still");
}

/* ---- a store that is not in order -------------------------------------------------------- */

static enum result
spoil(struct tx *tx, void *arg)
{
	struct key k;
	(void)arg;
	key_org(&k, 1);
	return kv_put(tx, T_ORGS, &k, "no record", 9);
}

static enum result
add_org(struct tx *tx, void *arg)
{
	struct organization o = {.name = "Tenants United"};
	(void)arg;
	return orgs_create(tx, &o);
}

static void
disagreeing(struct store *st)
{
	const char *dir = test_path("backups"), *first = good();
	is_int(store_run_durably(st, spoil, NULL), OK, "a record is damaged");
	for (int i = 0; i < 2; i++) {
		clock_sleep(1100);
		is_int(try_backup(dir, NULL), DAMAGED, "a store that is not in order");
		ok(says("do not agree") && says("spokectl verify names them"),
		    "gets no good backup, and what to do is said");
		is_int(count(".disagrees"), 1, "but one copy for whoever has nothing better");
		is_int(count(".unfinished"), 0, "nothing half-made");
		is_str(good(), first, "the good one stays");
	}
}

/* ---- how the last one went ------------------------------------------------------------------ */

static void
warnings(void)
{
	const int64_t day = CLOCK_DAY, now = 100 * day;
	struct backup_note none = {0},
			   fine = {.good = true, .time = now - day, .good_time = now - day};
	struct backup_note old = {.good = true, .time = now - 9 * day, .good_time = now - 9 * day};
	struct backup_note bad = {.time = now, .why = "The disk is full.", .good_time = now - day};
	const char *text;
	is_str(backup_warning(a, &none, now - day, now), NULL, "a new store needs none yet");
	text = backup_warning(a, &none, now - 9 * day, now);
	ok(text != NULL && strstr(text, "There is no backup. Set BACKUP_DIR") != NULL,
	    "after a week it is told that there is none, and what to do");
	is_str(backup_warning(a, &fine, 1, now), NULL, "with yesterday's all is well");
	is_str(
	    backup_warning(a, &old, 1, now), "The last good backup is 9 days old.", "an old one");
	is_str(backup_warning(a, &bad, 1, now), "The last backup failed: The disk is full.",
	    "and one that failed");
}

int
main(void)
{
	struct store_options o = test_options();
	/* What fails here is logged as it should be. */
	if (getenv("SPOKE_TEST_LOG") == NULL && freopen("/dev/null", "w", stderr) == NULL)
		return 1;
	a = arena_new();
	test_create(&o);
	struct store *st = test_open(&o);
	is_int(store_run_durably(st, add_org, NULL), OK, "a store that is in use");
	is_int(try_backup(test_path("backups"), NULL), OK, "has a good backup");
	ok(good() != NULL, "which is found");
	places();
	disagreeing(st);
	warnings();
	store_close(st);
	arena_free(a);
	buf_free(&why);
	return done_testing();
}
