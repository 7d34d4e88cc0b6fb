/*
 * Promise: a directory that cannot hold the store is refused with a sentence
 * which says what to do, and one that lost its store never becomes a new empty one.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "common.h"
#include "store/place.h"
#include "unit/tap.h"

#define BIG_CACHE ((int64_t)32 << 20)

static struct buf why = BUF_INIT(2000);
static int64_t cache; /* or 0: what is usual in tests */

/* Opens and closes; the result. */
static enum result
try(const char *dir, bool create)
{
	struct store_options o = test_options();
	struct store *st = NULL;
	o.dir = dir;
	o.create = create;
	if (cache > 0)
		o.cache_bytes = cache;
	buf_reset(&why);
	enum result r = store_open(&o, &st, &why);
	store_close(st);
	return r;
}

static bool
says(const char *word)
{
	return strstr(buf_str(&why), word) != NULL;
}

static void
put_file(const char *dir, const char *name, const char *text)
{
	char path[600];
	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "we");
	if (f != NULL) {
		(void)fputs(text, f);
		(void)fclose(f);
	}
}

static void
network(void)
{
	is_str(place_network(0x6969, NULL), "NFS", "NFS is refused");
	is_str(place_network(0xff534d42, NULL), "CIFS", "CIFS is refused");
	is_str(place_network(0xfffffffffe534d42, NULL), "SMB2",
	    "SMB2 is, also when the number is sign-extended");
	is_str(place_network(0x65735546, "fuse.sshfs"), "fuse.sshfs", "sshfs is");
	is_str(place_network(0x65735546, NULL), "FUSE", "an unknown file system in user space is");
	is_str(place_network(0x65735546, "fuseblk"), NULL, "a local disk through FUSE is not");
	is_str(place_network(0xef53, NULL), NULL, "ext4 is not");
	is_str(place_network(0x58465342, NULL), NULL, "XFS is not");
	is_str(place_network(0x9123683e, NULL), NULL, "btrfs is not");
	is_str(place_network(0x01021994, NULL), NULL, "tmpfs is not");
	is_str(place_network(0x794c7630, NULL), NULL, "an overlay is not");
}

/* Every file is ours alone, whatever the umask. */
static void
modes(const char *dir)
{
	struct dirent *e;
	struct stat st;
	int wide = 0, files = 0;
	DIR *d = opendir(dir);
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.' || fstatat(dirfd(d), e->d_name, &st, 0) != 0)
			continue;
		files++;
		wide += (st.st_mode & 0777) != 0600;
	}
	if (d != NULL)
		(void)closedir(d);
	ok(files > T_COUNT, "the store has its files");
	is_int(wide, 0, "all of mode 0600, although the umask is 0");
	ok(stat(dir, &st) == 0 && (st.st_mode & 0777) == 0700, "and the directory 0700");
}

/*
 * The engine's shared files have a block for every page, also for those that they have yet to grow
 * into; where the file system can't promise that, there is nothing to see.
 */
static void
blocks(const char *dir)
{
	struct dirent *e;
	struct stat st;
	int64_t sparse = 0, all = 0;
	char path[600];
	(void)snprintf(path, sizeof path, "%s/probe", dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	bool can = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 4096) == 0;
	(void)close(fd);
	(void)unlink(path);
	DIR *d = opendir(dir);
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (strncmp(e->d_name, "__db.", 5) != 0 ||
		    fstatat(dirfd(d), e->d_name, &st, 0) != 0)
			continue;
		sparse += st.st_blocks * 512 < st.st_size;
		all += st.st_blocks * 512;
	}
	if (d != NULL)
		(void)closedir(d);
	is_int(sparse, 0, "no page of shared memory lacks its block on disk");
	ok(!can || all > ((int64_t)12 << 20) + BIG_CACHE,
	    "nor will one when the cache has grown (%lld KiB)", (long long)(all >> 10));
}

/* With room for no more than a megabyte in a file. */
static void
full_disk(const char *dir)
{
	struct rlimit before, small;
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 1 << 20;
	(void)setrlimit(RLIMIT_FSIZE, &small);
	is_int(try(dir, true), FAILED, "without room there is no store");
	ok(says("Free some space"), "and the sentence says so: %s", buf_str(&why));
	(void)setrlimit(RLIMIT_FSIZE, &before);
	is_int(try(dir, true), OK, "with room there is");
}

int
main(void)
{
	char path[600];
	const char *dir = test_path("data");
	log_set_level(LOG_ERROR - 1);
	(void)umask(0);
	network();
	is_int(try("data", false), REFUSED, "a relative path is refused");
	is_int(try(dir, false), NOT_FOUND, "a missing directory is not made");
	ok(says("spokectl init") && says("backup"), "the sentence says what to do: %s",
	    buf_str(&why));
	ok(access(dir, F_OK) != 0, "it is still missing");
	(void)mkdir(dir, 0700);
	is_int(try(dir, false), NOT_FOUND, "an empty directory is not filled");
	is_int(try(dir, true), OK, "unless asked");
	modes(dir);
	is_int(try(dir, false), OK, "then it can be opened");
	is_int(try(dir, true), OK, "and asking again changes nothing");
	(void)chmod(dir, 0750);
	is_int(try(dir, false), REFUSED, "a directory that others can read is refused");
	ok(says("chmod 700"), "with the command that mends it: %s", buf_str(&why));
	(void)chmod(dir, 0700);
	if (geteuid() == 0) {
		(void)!chown(dir, 65534, 65534);
		is_int(try(dir, false), REFUSED, "a directory of somebody else is refused");
		ok(says("65534"), "naming both users: %s", buf_str(&why));
		(void)!chown(dir, 0, 0);
	} else {
		(void)chmod(dir, 0500);
		is_int(try(dir, false), FAILED, "a directory that cannot be written fails");
		ok(says("cannot be written"), "and the sentence says so: %s", buf_str(&why));
		(void)chmod(dir, 0700);
	}
	put_file(dir, "format", "spoke-bandwidth store 2\n");
	is_int(try(dir, false), REFUSED, "a newer format is refused");
	ok(says("newer version"), "and the sentence says so: %s", buf_str(&why));
	put_file(dir, "format", "something else\n");
	is_int(try(dir, false), REFUSED, "a format file that is none is refused");
	(void)snprintf(path, sizeof path, "%s/format", dir);
	(void)unlink(path);
	is_int(try(dir, true), REFUSED,
	    "databases without a format file are not taken for a new store");
	put_file(dir, "format", "spoke-bandwidth store 1\n");
	is_int(try(dir, false), OK, "with it all is well again");
	(void)snprintf(path, sizeof path, "%s/file", test_dir());
	put_file(test_dir(), "file", "x");
	is_int(try(path, false), REFUSED, "a file is no directory");
	full_disk(test_path("small"));
	cache = BIG_CACHE;
	is_int(try(test_path("big"), true), OK, "a store with a big cache");
	blocks(test_path("big"));
	buf_free(&why);
	return done_testing();
}
