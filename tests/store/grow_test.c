/*
 * grow_test.c: a store made by an older version gets the tables and records of this one when
 * it is opened, once, whoever comes first; a table that has gone missing is never made anew,
 * and a newer version's store is left alone.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "common.h"
#include "store/format.h"
#include "store/kv.h"
#include "unit/tap.h"

#define OPENERS 8

static struct store_options options;
static struct buf why;

static const char *
path_of(const char *name)
{
	static char path[700];
	(void)snprintf(path, sizeof path, "%s/%s", options.dir, name);
	return path;
}

static char *
read_format(void)
{
	static char text[4096];
	FILE *f = fopen(path_of("format"), "r");
	size_t n = f != NULL ? fread(text, 1, sizeof text - 1, f) : 0;
	text[n] = '\0';
	if (f != NULL)
		(void)fclose(f);
	return text;
}

static void
write_format(const char *text)
{
	FILE *f = fopen(path_of("format"), "w");
	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		exit(2);
}

/* Takes a word out of the format file. */
static void
forget_word(const char *word)
{
	char text[4096], *at;
	(void)snprintf(text, sizeof text, "%s", read_format());
	at = strstr(text, word);
	if (at == NULL)
		exit(2);
	memmove(at, at + strlen(word), strlen(at + strlen(word)) + 1);
	write_format(text);
}

static enum result
try_open(struct store **st)
{
	buf_reset(&why);
	*st = NULL;
	return store_open(&options, st, &why);
}

static enum result
put_audit(struct tx *tx, void *arg)
{
	struct key k = test_key(1, 1);
	(void)arg;
	return kv_put(tx, T_AUDIT, &k, "x", 1);
}

static enum result
get_audit(struct tx *tx, void *arg)
{
	struct key k = test_key(1, 1);
	struct bytes value;
	(void)arg;
	return kv_get(tx, T_AUDIT, &k, false, &value);
}

/* As an older version left it: a table that it did not know is neither listed nor there. */
static void
older(void)
{
	forget_word(" audit");
	(void)unlink(path_of("audit.db"));
}

static void
new_table(void)
{
	struct store *st;
	older();
	is_int(try_open(&st), OK, "a store without one of our tables opens: %s", buf_str(&why));
	ok(store_was_recovered(st), "alone, as after a recovery");
	is_int(store_run(st, put_audit, NULL), OK, "the table is there and takes an entry");
	is_int(store_flush(st), OK, "durably");
	store_close(st);
	ok(strstr(read_format(), " audit") != NULL, "the store says that it has it");
	is_int(try_open(&st), OK, "it opens again");
	ok(!store_was_recovered(st), "as usual");
	is_int(store_read(st, get_audit, NULL), OK, "with the entry");
	store_close(st);
}

/* Many at once: one does it, all come in. */
static void
at_once(void)
{
	pid_t pids[OPENERS];
	int i, status, good = 0;
	older();
	for (i = 0; i < OPENERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct store *st = test_open(&options);
			bool fine = store_run(st, put_audit, NULL) == OK;
			store_close(st);
			_exit(fine ? 0 : 1);
		}
	}
	for (i = 0; i < OPENERS; i++)
		good += waitpid(pids[i], &status, 0) == pids[i] && status == 0;
	is_int(good, OPENERS, "processes that open it at once all get in");
}

static enum result
put_much(struct tx *tx, void *arg)
{
	static char much[100000];
	struct key k = test_key(2, *(const uint64_t *)arg);
	memset(much, 'x', sizeof much);
	return kv_put(tx, T_EVENTS, &k, much, sizeof much);
}

static int
log_files(void)
{
	glob_t found;
	int n = glob(path_of("log.*"), 0, NULL, &found) == 0 ? (int)found.gl_pathc : 0;
	globfree(&found);
	return n;
}

/* Until the log files that tell how the tables were made are removed. */
static void
outgrow_log(void)
{
	struct store *st = test_open(&options);
	for (uint64_t i = 0; i < 300; i++) {
		if (store_run(st, put_much, &i) != OK)
			exit(2);
		(void)usleep(1000);
		store_tend(st);
	}
	store_close(st);
	ok(access(path_of("log.0000000001"), F_OK) != 0, "old log files are removed");
	/* 4 MiB between checkpoints, and what is written until the next look. */
	ok(log_files() <= 12, "after 30 MiB there are no more than 12 files of 1 MiB (%d)",
	    log_files());
}

static void
gone_missing(void)
{
	struct store *st;
	(void)unlink(path_of("audit.db"));
	is_int(try_open(&st), OK, "a table whose whole history is in the log comes back");
	is_int(store_read(st, get_audit, NULL), OK, "with what was in it");
	store_close(st);
	outgrow_log();
	(void)unlink(path_of("audit.db"));
	if (try_open(&st) == OK) {
		ok(store_read(st, get_audit, NULL) != OK, "a table that has gone missing fails");
		ok(store_run(st, put_audit, NULL) != OK, "and takes nothing");
		store_close(st);
	} else {
		ok(true, "a store whose table has gone missing does not open");
		ok(buf_str(&why)[0] != '\0', "and says so: %s", buf_str(&why));
	}
	ok(access(path_of("audit.db"), F_OK) != 0, "it is not made anew");
}

static void
newer(void)
{
	char text[5000], done[20], *at;
	struct store *st;
	(void)snprintf(text, sizeof text, "%s", read_format());
	(void)snprintf(text + strlen(text) - 1, 20, " holograms\n");
	write_format(text);
	is_int(try_open(&st), REFUSED, "a store with a table that we don't know is refused");
	ok(strstr(buf_str(&why), "newer version") != NULL &&
		strstr(buf_str(&why), "holograms") != NULL,
	    "and the sentence says which: %s", buf_str(&why));
	forget_word(" holograms");
	(void)snprintf(text, sizeof text, "%s", read_format());
	(void)snprintf(done, sizeof done, "steps %d\n", FORMAT_STEPS);
	at = strstr(text, done);
	if (ok(at != NULL, "the store says that it has had all steps"))
		(void)snprintf(at, 20, "steps 99\n");
	write_format(text);
	is_int(try_open(&st), REFUSED, "so is one with changes of records that we don't know");
}

int
main(void)
{
	struct store *st;
	log_set_level(LOG_ERROR - 1);
	buf_init(&why, 4000);
	options = test_options();
	test_create(&options);
	ok(strstr(read_format(), "tables meta orgs ") != NULL, "a new store lists its tables");
	new_table();
	at_once();
	write_format("spoke-bandwidth store 1\n");
	(void)unlink(path_of("tray.db"));
	is_int(try_open(&st), OK, "a store from before the list opens: %s", buf_str(&why));
	store_close(st);
	ok(strstr(read_format(), " tray") != NULL && access(path_of("tray.db"), F_OK) == 0,
	    "and has the table it lacked");
	gone_missing();
	newer();
	buf_free(&why);
	return done_testing();
}
