/*
 * dump.c: every entry as a line of text, for spokectl dump.
 *
 * Reads a few hundred entries at a time and writes them with no lock held, so
 * that a slow reader of the dump holds up nobody.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/parse.h"
#include "store/kv.h"
#include "store/engine.h"

#define BATCH 256
#define LINES_MAX ((size_t)256 << 20)

struct batch {
	enum table table;
	struct key last; /* the last entry of the batch before */
	struct key next; /* of this one */
	bool begun, ended;
	struct buf lines;
};

static void
add_hex(struct buf *out, const struct bytes *b)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = b->p;
	for (size_t i = 0; i < b->n; i++) {
		buf_addc(out, digits[p[i] >> 4]);
		buf_addc(out, digits[p[i] & 15]);
	}
}

/* May it stand in a line as it is?  JSON's texts may hold what a terminal takes as a command. */
static bool
is_line(const struct bytes *b, bool json)
{
	const char *p = b->p, *end = p + b->n;
	while (p < end) {
		uint32_t cp = utf8_next(&p, end);
		if (utf8_commands(cp) && (!json || cp < 0x20 || cp == 0x7f))
			return false;
	}
	return utf8_valid(b->p, b->n);
}

/*
 * Values are text; one that would break the line is written as "hex:" and digits.  What strangers
 * wrote stands in texts of JSON, where a character can be written as \uXXXX.
 */
static void
add_value(struct buf *out, const struct bytes *b)
{
	const char *p = b->p, *end = p + b->n;
	if (!is_line(b, b->n > 0 && *p == '{')) {
		buf_adds(out, "hex:");
		add_hex(out, b);
		return;
	}
	while (p < end) {
		uint32_t cp = utf8_next(&p, end);
		if (utf8_commands(cp))
			buf_addf(out, "\\u%04x", (unsigned)cp);
		else
			utf8_add(out, cp);
	}
}

static enum result
read_batch(struct tx *tx, void *arg)
{
	struct batch *b = arg;
	struct key none, last = b->last;
	struct bytes key, value;
	enum result r = OK;
	key_start(&none);
	buf_reset(&b->lines);
	b->ended = false;
	struct cursor *c = cursor_open(tx, b->table, &none, b->begun ? &b->last : NULL, false);
	for (int i = 0; i < BATCH && (r = cursor_next(c, &key, &value)) == OK; i++) {
		bool seen = b->begun && key.n == b->last.n && memcmp(key.p, b->last.b, key.n) == 0;
		key_start(&last);
		key_bytes(&last, key.p, key.n);
		if (seen)
			continue;
		buf_addf(&b->lines, "%s\t", table_name(b->table));
		add_hex(&b->lines, &key);
		buf_addc(&b->lines, '\t');
		add_value(&b->lines, &value);
		buf_addc(&b->lines, '\n');
	}
	cursor_close(c);
	if (r != OK && r != NOT_FOUND)
		return r;
	b->ended = r == NOT_FOUND;
	b->next = last;
	return OK;
}

static enum result
write_all(int fd, const struct buf *b)
{
	for (size_t done = 0; done < b->len;) {
		ssize_t n = write(fd, b->data + done, b->len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			log_error("store: cannot write the dump: %s", log_errno(errno));
			return FAILED;
		}
		done += (size_t)n;
	}
	return OK;
}

enum result
store_dump(struct store *st, int fd)
{
	enum result r = OK;
	struct batch b;
	memset(&b, 0, sizeof b);
	buf_init(&b.lines, LINES_MAX);
	for (b.table = 0; b.table < T_COUNT && r == OK; b.table++) {
		key_start(&b.last);
		b.begun = b.ended = false;
		while (r == OK && !b.ended) {
			r = store_read(st, read_batch, &b);
			b.last = b.next; /* not in the function, which may run more than once */
			b.begun = b.last.n > 0;
			if (r == OK)
				r = b.lines.failed ? FAILED : write_all(fd, &b.lines);
		}
	}
	buf_free(&b.lines);
	return r;
}
