/*
 * format.c: reads and writes DATA_DIR/format (format.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/parse.h"
#include "store/format.h"

#define FORMAT_NOW 1
#define FORMAT_TEXT "spoke-bandwidth store "
#define STEPS_TEXT "steps "
#define TABLES_TEXT "tables "
#define TEXT_MAX 8192

static const char *const names[T_COUNT] = {
#define T(id, name) [T_##id] = name,
    STORE_TABLES(T)
#undef T
};

/* What the file says. */
struct said {
	uint64_t format, steps;
	bool made[T_COUNT];
	const char *unknown; /* a table that this program does not know, or NULL */
};

static bool
is_there(int dirfd, const char *name)
{
	struct stat st;
	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* ---- writing -------------------------------------------------------------------- */

/* Puts a text in its place, whole or not at all, durably. */
static enum result
put(const char *dir, int dirfd, const struct buf *text, struct buf *why)
{
	int fd = openat(dirfd, FORMAT_FILE ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good =
	    fd >= 0 && write(fd, text->data, text->len) == (ssize_t)text->len && fsync(fd) == 0;
	int err = errno;
	if (fd >= 0)
		(void)close(fd);
	if (good && renameat(dirfd, FORMAT_FILE ".new", dirfd, FORMAT_FILE) == 0 &&
	    fsync(dirfd) == 0)
		return OK;
	buf_addf(why, "Cannot write the file %s in %s: %s.", FORMAT_FILE, dir,
	    log_errno(good ? errno : err));
	return FAILED;
}

/* all: with the lists; else only the first line, of a store that is still being made. */
static enum result
write_file(const char *dir, int dirfd, bool all, struct buf *why)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	buf_addf(&text, "%s%d\n", FORMAT_TEXT, FORMAT_NOW);
	if (all) {
		buf_addf(&text, "%s%d\ntables", STEPS_TEXT, FORMAT_STEPS);
		for (enum table t = 0; t < T_COUNT; t++)
			buf_addf(&text, " %s", names[t]);
		buf_addc(&text, '\n');
	}
	enum result r = put(dir, dirfd, &text, why);
	buf_free(&text);
	return r;
}

enum result
format_write(const char *dir, struct buf *why)
{
	int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0) {
		buf_addf(why, "Cannot open %s: %s.", dir, log_errno(errno));
		return FAILED;
	}
	enum result r = write_file(dir, dirfd, true, why);
	(void)close(dirfd);
	return r;
}

/* ---- reading -------------------------------------------------------------------- */

static void
read_tables(char *list, struct said *s)
{
	char *name;
	while ((name = strsep(&list, " ")) != NULL) {
		enum table t = 0;
		while (t < T_COUNT && strcmp(names[t], name) != 0)
			t++;
		if (t < T_COUNT)
			s->made[t] = true;
		else if (*name != '\0')
			s->unknown = name;
	}
}

/* Takes the text apart, which it changes; -1 if it is none. */
static int
read_text(char *text, struct said *s)
{
	char *line = strsep(&text, "\n");
	size_t lead = strlen(FORMAT_TEXT);
	*s = (struct said){0};
	if (strncmp(line, FORMAT_TEXT, lead) != 0 ||
	    parse_u64(line + lead, strlen(line) - lead, 1, INT32_MAX, &s->format) != 0)
		return -1;
	while ((line = strsep(&text, "\n")) != NULL) {
		if (strncmp(line, TABLES_TEXT, strlen(TABLES_TEXT)) == 0)
			read_tables(line + strlen(TABLES_TEXT), s);
		else if (strncmp(line, STEPS_TEXT, strlen(STEPS_TEXT)) == 0 &&
			 parse_u64(line + strlen(STEPS_TEXT), strlen(line) - strlen(STEPS_TEXT), 0,
			     INT32_MAX, &s->steps) != 0)
			return -1;
	}
	return 0;
}

/* The file's text; -1 with errno. */
static int
read_file(int dirfd, char text[TEXT_MAX])
{
	int fd = openat(dirfd, FORMAT_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd >= 0 ? read(fd, text, TEXT_MAX - 1) : -1;
	int err = errno;
	if (fd >= 0)
		(void)close(fd);
	errno = err;
	if (n < 0)
		return -1;
	text[n] = '\0';
	return 0;
}

static bool
is_behind(const struct said *s)
{
	for (enum table t = 0; t < T_COUNT; t++)
		if (!s->made[t])
			return true;
	return s->steps < FORMAT_STEPS;
}

/* There is no file: no store, or one that lost it. */
static enum result
no_file(const char *dir, int dirfd, bool create, struct buf *why)
{
	if (is_there(dirfd, "meta.db")) {
		buf_addf(why,
		    "The file %s is missing in %s, although the databases are there. "
		    "Restore it from the backup.",
		    FORMAT_FILE, dir);
		return REFUSED;
	}
	if (create)
		return write_file(dir, dirfd, false, why);
	buf_addf(why,
	    "There is no store in %s. If this is a new installation, run "
	    "\"spokectl init\"; if it had one, restore it from the backup.",
	    dir);
	return NOT_FOUND;
}

/* Is it a store that this program may use? */
static enum result
judge(const char *dir, const struct said *s, struct buf *why)
{
	if (s->format > FORMAT_NOW) {
		buf_addf(why,
		    "The store in %s has format %d and was written by a newer version of this "
		    "program, which knows format %d. Install the newer version.",
		    dir, (int)s->format, FORMAT_NOW);
		return REFUSED;
	}
	if (s->unknown != NULL || s->steps > FORMAT_STEPS) {
		buf_addf(why,
		    "The store in %s was written by a newer version of this program, which keeps "
		    "%s in it. Install the newer version.",
		    dir, s->unknown != NULL ? s->unknown : "more");
		return REFUSED;
	}
	return OK;
}

enum result
format_check(const char *dir, int dirfd, bool create, struct buf *why)
{
	char text[TEXT_MAX];
	struct said s;
	if (read_file(dirfd, text) != 0) {
		if (errno == ENOENT)
			return no_file(dir, dirfd, create, why);
		buf_addf(
		    why, "Cannot read the file %s in %s: %s.", FORMAT_FILE, dir, log_errno(errno));
		return FAILED;
	}
	if (read_text(text, &s) != 0) {
		buf_addf(why, "The file %s in %s does not say what it should: \"%s%d\".",
		    FORMAT_FILE, dir, FORMAT_TEXT, FORMAT_NOW);
		return REFUSED;
	}
	return judge(dir, &s, why);
}

/* Reads it once more, for whoever knows that it is there. */
static bool
read_again(const char *dir, char text[TEXT_MAX], struct said *s)
{
	int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = dirfd >= 0 && read_file(dirfd, text) == 0 && read_text(text, s) == 0;
	if (dirfd >= 0)
		(void)close(dirfd);
	return good;
}

bool
format_grows(const char *dir)
{
	char text[TEXT_MAX];
	struct said s;
	return read_again(dir, text, &s) && is_behind(&s);
}

void
format_made(const char *dir, bool made[T_COUNT])
{
	char text[TEXT_MAX];
	struct said s = {0};
	(void)read_again(dir, text, &s);
	memcpy(made, s.made, sizeof s.made);
}
