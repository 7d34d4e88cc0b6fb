/*
 * place.c: checks on the data directory before the engine touches it.
 *
 * The engine shares memory between processes through mapped files, which only
 * a local file system keeps the same for all of them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/parse.h"
#include "store/format.h"
#include "store/place.h"

#define FUSE_MAGIC 0x65735546u

/* File systems by the number statfs gives. */
static const struct {
	uint32_t magic;
	const char *name;
} network[] = {
    {0x00006969, "NFS"},
    {0x0000517b, "SMB"},
    {0xff534d42, "CIFS"},
    {0xfe534d42, "SMB2"},
    {0x0000564c, "NCP"},
    {0x73757245, "Coda"},
    {0x5346414f, "AFS"},
    {0x6b414653, "AFS"},
    {0x00c36400, "Ceph"},
    {0x01161970, "GFS2"},
    {0x7461636f, "OCFS2"},
    {0x0bd00bd0, "Lustre"},
    {0x01021997, "9P"},
    {0x47504653, "GPFS"},
    {0x19830326, "BeeGFS"},
    {0xaad7aaea, "PanFS"},
};

/* Those of FUSE that are known to keep mapped files the same for all. */
static const char *const local_fuse[] = {
    "fuseblk", "fuse.ext2", "fuse.ext4", "fuse.ntfs-3g", "fuse.fuse-overlayfs"};

const char *
place_network(uint64_t magic, const char *type)
{
	for (size_t i = 0; i < sizeof network / sizeof *network; i++)
		if (network[i].magic == (uint32_t)magic)
			return network[i].name;
	if ((uint32_t)magic != FUSE_MAGIC)
		return NULL;
	for (size_t i = 0; type != NULL && i < sizeof local_fuse / sizeof *local_fuse; i++)
		if (strcmp(type, local_fuse[i]) == 0)
			return NULL;
	return type != NULL ? type : "FUSE";
}

/*
 * Finds the type in a line of mountinfo when its device is dev: "36 25 0:34 / /mnt rw -
 * fuse.sshfs ...".
 */
static bool
mount_type(char *line, dev_t dev, char *type, size_t size)
{
	char want[32];
	const char *word = NULL;
	int field = 0;
	(void)snprintf(want, sizeof want, "%u:%u", major(dev), minor(dev));
	while ((word = strsep(&line, " \n")) != NULL) {
		if (++field == 3 && strcmp(word, want) != 0)
			return false;
		if (field > 3 && strcmp(word, "-") == 0)
			break;
	}
	word = word != NULL ? strsep(&line, " \n") : NULL;
	if (word != NULL)
		(void)snprintf(type, size, "%s", word);
	return word != NULL;
}

/* The network file system that dir lies on, or NULL.  type is room for a name. */
static const char *
network_of(const char *dir, const struct stat *st, char *type, size_t size)
{
	struct statfs fs;
	char line[1024];
	bool found = false;
	if (statfs(dir, &fs) != 0)
		return NULL;
	if ((uint32_t)fs.f_type == FUSE_MAGIC) {
		FILE *f = fopen("/proc/self/mountinfo", "re");
		while (f != NULL && !found && fgets(line, sizeof line, f) != NULL)
			found = mount_type(line, st->st_dev, type, size);
		if (f != NULL)
			(void)fclose(f);
	}
	return place_network((uint64_t)fs.f_type, found ? type : NULL);
}

/* Owner, mode, file system. */
static enum result
dir_check(const char *dir, const struct stat *st, struct buf *why)
{
	char type[64];
	if (!S_ISDIR(st->st_mode)) {
		buf_addf(why, "%s is not a directory. Set DATA_DIR to one.", dir);
		return REFUSED;
	}
	if (st->st_uid != geteuid()) {
		buf_addf(why,
		    "%s belongs to user %u, but this program runs as user %u. Run it as the "
		    "owner, or give the directory and all in it to user %u with chown.",
		    dir, (unsigned)st->st_uid, (unsigned)geteuid(), (unsigned)geteuid());
		return REFUSED;
	}
	if ((st->st_mode & 077) != 0) {
		buf_addf(why,
		    "%s can be read or written by other users (mode %04o). Run: chmod 700 %s", dir,
		    (unsigned)st->st_mode & 07777, dir);
		return REFUSED;
	}
	const char *fs = network_of(dir, st, type, sizeof type);
	if (fs != NULL) {
		buf_addf(why,
		    "%s lies on a network file system (%s), where processes do not see each "
		    "other's shared memory and locks, so that data would be damaged. Set DATA_DIR "
		    "to a directory on a local disk.",
		    dir, fs);
		return REFUSED;
	}
	if (faccessat(AT_FDCWD, dir, R_OK | W_OK | X_OK, AT_EACCESS) != 0) {
		buf_addf(why, "%s cannot be written: %s. ", dir, log_errno(errno));
		buf_adds(why, errno == EROFS ? "Its file system is mounted read-only."
					     : "Run: chmod 700 on it.");
		return FAILED;
	}
	return OK;
}

enum result
place_check(const char *dir, bool create, struct buf *why)
{
	struct stat st;
	int dirfd = -1;
	enum result r = FAILED;
	if (dir == NULL || dir[0] != '/') {
		buf_addf(
		    why, "DATA_DIR is \"%s\". Set it to an absolute path.", dir != NULL ? dir : "");
		return REFUSED;
	}
	if (create && mkdir(dir, 0700) != 0 && errno != EEXIST) {
		buf_addf(why, "Cannot make the directory %s: %s.", dir, log_errno(errno));
		return FAILED;
	}
	dirfd = open(dir, O_RDONLY | O_CLOEXEC);
	if (dirfd < 0 || fstat(dirfd, &st) != 0) {
		r = errno == ENOENT ? NOT_FOUND : FAILED;
		buf_addf(why, "Cannot open the data directory %s: %s. ", dir, log_errno(errno));
		buf_adds(why, r == NOT_FOUND
				  ? "If this is a new installation, run \"spokectl init\"; "
				    "if it had one, restore it from the backup."
				  : "Check its owner and mode.");
		goto done;
	}
	r = dir_check(dir, &st, why);
	if (r == OK)
		r = format_check(dir, dirfd, create, why);
done:
	if (dirfd >= 0)
		(void)close(dirfd);
	return r;
}

enum result
place_room(const char *dir, int64_t bytes, struct buf *why)
{
	struct buf path = BUF_INIT(4096);
	buf_addf(&path, "%s/room.%ld", dir, (long)getpid());
	int fd = open(buf_str(&path), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int err = fd < 0 ? errno : posix_fallocate(fd, 0, bytes);
	if (fd >= 0) {
		(void)unlink(buf_str(&path));
		(void)close(fd);
	}
	buf_free(&path);
	if (err == 0)
		return OK;
	buf_addf(why, "%s needs %d MiB more: %s. Free some space.", dir, (int)(bytes >> 20) + 1,
	    log_errno(err));
	return FAILED;
}

/* "__db.001"; other names that begin so are databases which recovery needs. */
static bool
is_region(const char *name)
{
	return strncmp(name, "__db.", 5) == 0 && digits_valid(name + 5, strlen(name + 5), 3, 3);
}

enum result
place_clear(const char *dir, struct buf *why)
{
	enum result r = OK;
	DIR *d = opendir(dir);
	struct dirent *e;
	while (d != NULL && r == OK && (e = readdir(d)) != NULL) {
		if (!is_region(e->d_name) || unlinkat(dirfd(d), e->d_name, 0) == 0)
			continue;
		buf_addf(why, "Cannot remove %s in %s, which must be made anew: %s.", e->d_name,
		    dir, log_errno(errno));
		r = FAILED;
	}
	if (d != NULL)
		(void)closedir(d);
	return r;
}

/*
 * So many bytes of the file of that name does this process have mapped: "7f10-7f20 rw-s 0 00:2c
 * 4711 /path/name".  To so many the engine may make it grow.
 */
static off_t
mapped(const char *name, ino_t ino)
{
	char line[1024], *rest = NULL;
	off_t most = 0;
	FILE *f = fopen("/proc/self/maps", "re");
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		const char *path = strrchr(line, '/');
		if (path == NULL || strncmp(path + 1, name, strlen(name)) != 0)
			continue;
		unsigned long long from = strtoull(line, &rest, 16);
		unsigned long long to = *rest == '-' ? strtoull(rest + 1, &rest, 16) : from;
		for (int field = 0; field < 4 && rest != NULL; field++)
			(void)strsep(&rest, " ");
		if (rest != NULL && strtoull(rest, NULL, 10) == ino && (off_t)(to - from) > most)
			most = (off_t)(to - from);
	}
	if (f != NULL)
		(void)fclose(f);
	return most;
}

/* Gives one of them its blocks, those it may grow into, too.  Returns 0 or an errno value. */
static int
settle_file(int fd, const char *name)
{
	struct stat st;
	int err = fstat(fd, &st) != 0 ? errno : 0;
	if (err == 0 && st.st_blocks * 512 < st.st_size)
		err = posix_fallocate(fd, 0, st.st_size);
	off_t most = err == 0 ? mapped(name, st.st_ino) : 0;
	if (most > st.st_size && fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, most) != 0 &&
	    errno != EOPNOTSUPP && errno != ENOSYS)
		err = errno;
	return err;
}

enum result
place_settle(const char *dir, struct buf *why)
{
	enum result r = OK;
	DIR *d = opendir(dir);
	struct dirent *e;
	while (d != NULL && r == OK && (e = readdir(d)) != NULL) {
		if (!is_region(e->d_name))
			continue;
		int fd = openat(dirfd(d), e->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
		int err = fd < 0 ? errno : settle_file(fd, e->d_name);
		if (fd >= 0)
			(void)close(fd);
		if (err != 0) {
			buf_addf(why, "Cannot reserve room for %s in %s: %s. Free some space.",
			    e->d_name, dir, log_errno(err));
			r = FAILED;
		}
	}
	if (d != NULL)
		(void)closedir(d);
	return r;
}

/* FNV-1a, enough to notice a change that nobody forged. */
static uint64_t
mix(uint64_t h, const void *p, size_t n)
{
	const unsigned char *b = p;
	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * UINT64_C(0x100000001b3);
	return h;
}

uint64_t
place_fingerprint(const char *dir)
{
	uint64_t sum = 1;
	DIR *d = opendir(dir);
	struct dirent *e;
	struct stat st;
	while (d != NULL && (e = readdir(d)) != NULL) {
		size_t n = strlen(e->d_name);
		bool database = n > 3 && strcmp(e->d_name + n - 3, ".db") == 0;
		if ((!database && strncmp(e->d_name, "log.", 4) != 0) ||
		    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		uint64_t h = mix(UINT64_C(0xcbf29ce484222325), e->d_name, n);
		h = mix(h, &st.st_ino, sizeof st.st_ino);
		h = mix(h, &st.st_size, sizeof st.st_size);
		h = mix(h, &st.st_mtim.tv_sec, sizeof st.st_mtim.tv_sec);
		h = mix(h, &st.st_mtim.tv_nsec, sizeof st.st_mtim.tv_nsec);
		/* cp -a brings back the times of the contents, but not this. */
		h = mix(h, &st.st_ctim.tv_sec, sizeof st.st_ctim.tv_sec);
		h = mix(h, &st.st_ctim.tv_nsec, sizeof st.st_ctim.tv_nsec);
		sum += h; /* the order in which readdir gives them does not matter */
	}
	if (d != NULL)
		(void)closedir(d);
	return sum != 0 ? sum : 1;
}
