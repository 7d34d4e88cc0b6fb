/*
 * media_file.c: files of attachments: see media_file.h for the order that makes them whole
 * or not there.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "worker/media_file.h"

#define FOLDER "media"
#define PART "part"
#define PATH_MOST 1200 /* DATA_DIR has at most 1,000 */

struct media_file {
	int media; /* DATA_DIR/media */
	int fd;
	struct media_ref ref;
	char part[MEDIA_NAME + 8]; /* below media */
};

/* ---- folders --------------------------------------------------------------------------- */

/* Opens a folder, making it where it is missing; -1 logged. */
static int
open_folder(int at, const char *name, bool make)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && make && (mkdirat(at, name, 0700) == 0 || errno == EEXIST))
		fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && (make || errno != ENOENT))
		log_error(
		    "the folder %s for attachments cannot be opened: %s", name, log_errno(errno));
	return fd;
}

static int
open_media(const char *data_dir, bool make)
{
	char path[PATH_MOST];

	snprintf(path, sizeof(path), "%s/%s", data_dir, FOLDER);
	return open_folder(AT_FDCWD, path, make);
}

static void
close_folder(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* The part of a name before its n-th slash. */
static void
cut_name(const char *name, int n, char out[MEDIA_NAME])
{
	size_t i;

	for (i = 0; name[i] != '\0' && i < MEDIA_NAME - 1; i++) {
		if (name[i] == '/' && --n == 0)
			break;
		out[i] = name[i];
	}
	out[i] = '\0';
}

/*
 * Makes a file's folders and their entries durable.  Every time, because one that is there
 * may have been made by a worker that did not come so far.
 */
static int
sync_folders(int media, const char *name)
{
	char folder[MEDIA_NAME];
	int n, fd, rc = 0;

	for (n = 1; n <= 2 && rc == 0; n++) {
		cut_name(name, n, folder);
		fd = open_folder(media, folder, true);
		rc = fd >= 0 && fsync(fd) == 0 ? 0 : -1;
		close_folder(fd);
	}
	return rc == 0 ? fsync(media) : rc;
}

/* ---- one file -------------------------------------------------------------------------- */

void
media_files_clear(const char *data_dir)
{
	int media = open_media(data_dir, false), part = -1;
	struct dirent *e;
	DIR *d = NULL;
	size_t n = 0;

	if (media >= 0)
		part = open_folder(media, PART, false);
	if (part >= 0)
		d = fdopendir(part);
	while (d != NULL && (e = readdir(d)) != NULL)
		n += e->d_name[0] != '.' && unlinkat(dirfd(d), e->d_name, 0) == 0;
	if (n > 0)
		log_warn("%zu attachments were half written when a worker ended; they are "
			 "fetched again",
		    n);
	if (d != NULL)
		closedir(d);
	else
		close_folder(part);
	close_folder(media);
}

int64_t
media_room(const char *data_dir)
{
	struct statvfs v;

	if (statvfs(data_dir, &v) != 0) {
		log_error("%s: its free room cannot be told: %s", data_dir, log_errno(errno));
		return -1;
	}
	return (int64_t)v.f_bavail * (int64_t)v.f_frsize;
}

struct media_file *
media_file_begin(const char *data_dir, const struct media_ref *ref)
{
	struct media_file *f = calloc(1, sizeof(*f));
	int part = -1;

	if (f == NULL)
		log_panic("out of memory");
	f->fd = -1;
	f->ref = *ref;
	snprintf(f->part, sizeof(f->part), PART "/%u-%s.%u", ref->org, ref->message, ref->place);
	f->media = open_media(data_dir, true);
	if (f->media >= 0)
		part = open_folder(f->media, PART, true);
	if (part >= 0) {
		close_folder(part);
		unlinkat(f->media, f->part, 0);
		f->fd = openat(
		    f->media, f->part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	}
	if (f->fd >= 0)
		return f;
	log_error("the attachment %s cannot be made: %s", f->part, log_errno(errno));
	media_file_drop(f);
	return NULL;
}

bool
media_file_add(struct media_file *f, const void *p, size_t n)
{
	const char *from = p;

	while (n > 0) {
		ssize_t done = write(f->fd, from, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			log_error(
			    "the attachment %s cannot be written: %s", f->part, log_errno(errno));
			return false;
		}
		from += done;
		n -= (size_t)done;
	}
	return true;
}

static void
free_file(struct media_file *f)
{
	close_folder(f->fd);
	close_folder(f->media);
	free(f);
}

int
media_file_keep(struct media_file *f)
{
	char name[MEDIA_NAME], folder[MEDIA_NAME];
	int rc, n, fd;

	media_name(f->ref.org, f->ref.message, f->ref.place, name);
	rc = fsync(f->fd);
	for (n = 1; n <= 2 && rc == 0; n++) {
		cut_name(name, n, folder);
		fd = open_folder(f->media, folder, true);
		rc = fd >= 0 ? 0 : -1;
		close_folder(fd);
	}
	if (rc == 0)
		rc = renameat(f->media, f->part, f->media, name);
	if (rc == 0)
		rc = sync_folders(f->media, name);
	if (rc != 0) {
		log_error("the attachment %s cannot be kept: %s", name, log_errno(errno));
		unlinkat(f->media, f->part, 0);
	}
	free_file(f);
	return rc;
}

void
media_file_drop(struct media_file *f)
{
	if (f == NULL)
		return;
	if (f->fd >= 0)
		unlinkat(f->media, f->part, 0);
	free_file(f);
}

int
media_file_remove(const char *data_dir, const struct media_ref *ref)
{
	char name[MEDIA_NAME], folder[MEDIA_NAME];
	int media = open_media(data_dir, false), fd, rc = 0;

	if (media < 0)
		return errno == ENOENT ? 0 : -1;
	media_name(ref->org, ref->message, ref->place, name);
	if (unlinkat(media, name, 0) != 0 && errno != ENOENT) {
		log_error("the attachment %s cannot be removed: %s", name, log_errno(errno));
		rc = -1;
	}
	cut_name(name, 2, folder);
	fd = open_folder(media, folder, false);
	if (fd >= 0 && fsync(fd) != 0)
		rc = -1;
	close_folder(fd);
	(void)unlinkat(media, folder, AT_REMOVEDIR); /* fails while something is in it */
	close_folder(media);
	return rc;
}

/* ---- walking --------------------------------------------------------------------------- */

/* The name that follows `after` among those of a folder; "" when there is none. */
static void
next_name(int at, const char *folder, const char *after, char out[MEDIA_NAME])
{
	int fd = openat(at, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	out[0] = '\0';
	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] >= '0' && strcmp(e->d_name, PART) != 0 &&
		    strcmp(e->d_name, after) > 0 && strlen(e->d_name) < MEDIA_NAME / 2 &&
		    (out[0] == '\0' || strcmp(e->d_name, out) < 0))
			memcpy(out, e->d_name, strlen(e->d_name) + 1); /* it fits */
	if (d != NULL)
		closedir(d);
	else
		close_folder(fd);
}

/* Moves place ("org/folder") on to the next folder; false at the end. */
static bool
next_folder(int media, char *place)
{
	char org[MEDIA_NAME], leaf[MEDIA_NAME];
	const char *slash = strchr(place, '/');

	cut_name(place, 1, org);
	next_name(media, org[0] != '\0' ? org : PART, slash != NULL ? slash + 1 : "~", leaf);
	while (leaf[0] == '\0') {
		char next[MEDIA_NAME];

		next_name(media, ".", org, next);
		if (next[0] == '\0')
			return false;
		snprintf(org, sizeof(org), "%s", next);
		next_name(media, org, "", leaf);
	}
	snprintf(place, MEDIA_NAME, "%.30s/%.30s", org, leaf);
	return true;
}

int
media_folder_next(
    const char *data_dir, char *place, void (*fn)(void *arg, const struct media_ref *), void *arg)
{
	int media = open_media(data_dir, false), fd, n = -1;
	char name[2 * MEDIA_NAME];
	struct media_ref ref;
	struct dirent *e;
	DIR *d;

	if (media < 0 || !next_folder(media, place))
		goto done;
	n = 0;
	fd = open_folder(media, place, false);
	d = fd >= 0 ? fdopendir(fd) : NULL;
	while (d != NULL && (e = readdir(d)) != NULL) {
		snprintf(name, sizeof(name), "%s/%.60s", place, e->d_name);
		if (media_name_read(name, &ref) != 0)
			continue; /* none of ours */
		fn(arg, &ref);
		n++;
	}
	if (d != NULL)
		closedir(d);
	else
		close_folder(fd);
done:
	close_folder(media);
	return n;
}
