/*
 * files_sums.c: what the files of a backup were like when it was made (files.h).
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "store/files_private.h"

/* Appends "hex  ./name\n". */
static enum result
add_sum(const char *path, const char *name, struct buf *out, struct buf *why)
{
	unsigned char hash[SHA256_BYTES];
	char hex[SHA256_HEX];
	struct stat st;
	void *p = NULL;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	bool good = fd >= 0 && fstat(fd, &st) == 0;

	if (good && st.st_size > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		good = p != MAP_FAILED;
	}
	if (good) {
		crypto_sha256(p != NULL ? p : "", (size_t)st.st_size, hash);
		hex_text(hash, sizeof hash, hex);
		buf_addf(out, "%s  ./%s\n", hex, name);
	}
	if (good && p != NULL)
		munmap(p, (size_t)st.st_size);
	if (fd >= 0)
		close(fd);
	return good ? OK : files_failed(why, "read", path);
}

static enum result
add_sums(const char *dir, const char *within, const char *except, int depth, struct buf *out,
    struct buf *why)
{
	struct arena *a = arena_new();
	struct text_list names;
	enum result r = files_list(dir, a, &names, why);

	for (size_t i = 0; r == OK && i < names.count; i++) {
		const char *path = arena_fmt(a, "%s/%s", dir, names.items[i]);
		const char *name = arena_fmt(a, "%s%s", within, names.items[i]);

		if (files_is_folder(path) && depth < DEPTH_MAX)
			r = add_sums(path, arena_fmt(a, "%s/", name), NULL, depth + 1, out, why);
		else if (except == NULL || strcmp(name, except) != 0)
			r = add_sum(path, name, out, why);
	}
	arena_free(a);
	return r;
}

enum result
files_sums(const char *dir, const char *except, struct buf *out, struct buf *why)
{
	enum result r = add_sums(dir, "", except, 0, out, why);

	if (r == OK && out->failed) {
		buf_adds(why, "There are too many files.");
		r = FAILED;
	}
	return r;
}
