/*
 * fuzz_format.c: what lies in a data directory beside the databases and is read before them, or
 * tells what they are: the file "format", and names of attachments and backups.  A torn, older or
 * newer one is refused or taken for what it is.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/parse.h"
#include "fuzz.h"
#include "store/format.h"
#include "store/media.h"

static char dir[200];
static int dirfd = -1;

static void
clean_up(void)
{
	(void)unlinkat(dirfd, FORMAT_FILE, 0);
	(void)unlinkat(dirfd, FORMAT_FILE ".new", 0);
	(void)rmdir(dir);
}

static void
set_up(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, sizeof dir, "%s/spoke-format-XXXXXX", tmp != NULL ? tmp : "/tmp");
	MUST(mkdtemp(dir) != NULL);
	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(dirfd >= 0);
	atexit(clean_up);
}

static void
put(const uint8_t *data, size_t size)
{
	int fd = openat(dirfd, FORMAT_FILE, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

static size_t
count(const bool made[T_COUNT])
{
	size_t n = 0;

	for (size_t i = 0; i < T_COUNT; i++)
		n += made[i];
	return n;
}

/* Does a line name a table that there is not? */
static bool
names_another(const char *text, struct arena *a)
{
	static const char *const known[] = {
#define T(id, name) name,
	    STORE_TABLES(T)
#undef T
	};
	char *copy = arena_str(a, text), *line, *word;
	size_t i;

	while ((line = strsep(&copy, "\n")) != NULL) {
		if (strncmp(line, "tables ", 7) != 0)
			continue;
		line += 7;
		while ((word = strsep(&line, " ")) != NULL) {
			for (i = 0; i < T_COUNT && strcmp(word, known[i]) != 0;)
				i++;
			if (i == T_COUNT && *word != '\0')
				return true;
		}
	}
	return false;
}

static void
check_format(const uint8_t *data, size_t size, struct arena *a)
{
	struct buf why = BUF_INIT(20000);
	bool made[T_COUNT];
	enum result r;

	put(data, size);
	r = format_check(dir, dirfd, false, &why);
	MUST(r == OK || r == REFUSED);
	MUST((r == OK) == (why.len == 0));
	MUST(r != OK || strncmp((const char *)data, "spoke-bandwidth store 1", 23) == 0);
	MUST(r != OK || !names_another(arena_dup(a, data, size < 8191 ? size : 8191), a));
	/* A store is there, so that asking for a new one changes nothing. */
	buf_reset(&why);
	MUST(format_check(dir, dirfd, true, &why) == r);
	format_made(dir, made);
	if (r == OK && !format_grows(dir))
		MUST(count(made) == T_COUNT);
	if (r == OK) {
		MUST(format_write(dir, &why) == OK && !format_grows(dir));
		format_made(dir, made);
		MUST(count(made) == T_COUNT);
	}
	buf_free(&why);
}

static void
check_name(const char *text)
{
	char again[MEDIA_NAME];
	struct media_ref ref;

	if (media_name_read(text, &ref) != 0)
		return;
	MUST(ref.org > 0 && message_id_valid(ref.message) && ref.place < MEDIA_PLACES);
	media_name(ref.org, ref.message, ref.place, again);
	MUST(strcmp(again, text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();

	if (dirfd < 0)
		set_up();
	if (size <= 8192)
		check_format(data, size, a);
	check_name(arena_dup(a, data, size));
	arena_free(a);
	return 0;
}
