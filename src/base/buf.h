/*
 * buf.h: the one growable buffer, with a hard maximum.
 *
 * An append that would pass the maximum, or finds no memory, is dropped whole
 * and marks the buffer as failed; later appends are dropped too.  So a writer
 * appends freely and asks once, at the end.
 */
#ifndef SPOKE_BUF_H
#define SPOKE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data; /* always NUL-terminated behind len once non-NULL */
	size_t len;
	size_t cap;
	size_t max; /* len never exceeds it */
	bool failed;
};

/* A buffer which holds at most max bytes. */
#define BUF_INIT(maximum)                    \
	{                                    \
		NULL, 0, 0, (maximum), false \
	}
void buf_init(struct buf *, size_t max);

/* Frees the memory; the buffer can be used again.  buf_wipe overwrites first
 * (for secrets; growing also overwrites what it leaves behind). */
void buf_free(struct buf *);
void buf_wipe(struct buf *);

/* Forgets the contents and the failed mark, keeps the memory. */
void buf_reset(struct buf *);

/* Shortens to the first len bytes and overwrites the rest; does nothing when
 * the buffer is not longer than that. */
void buf_cut(struct buf *, size_t len);

/* The bytes appended may lie in the buffer itself. */
void buf_add(struct buf *, const void *p, size_t n);
void buf_adds(struct buf *, const char *s);
void buf_addc(struct buf *, char c);
void buf_addf(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *, const char *fmt, va_list) __attribute__((format(printf, 2, 0)));

/* Appends n bytes for the caller to fill in (until then they are undefined)
 * and returns where they begin; NULL when that failed. */
char *buf_space(struct buf *, size_t n);

/* The contents as a string; "" when empty.  Valid until the next change. */
const char *buf_str(const struct buf *);

#endif
