/*
 * buf.c: the growable buffer of buf.h.
 *
 * Growing allocates anew, copies and overwrites the old memory, never
 * realloc: a secret must not be left behind in freed memory.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define FIRST_CAP 256

void
buf_init(struct buf *b, size_t max)
{
	struct buf fresh = BUF_INIT(max);

	*b = fresh;
}

void
buf_free(struct buf *b)
{
	free(b->data);
	buf_init(b, b->max);
}

void
buf_wipe(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->cap);
	buf_free(b);
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

void
buf_cut(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	explicit_bzero(b->data + len, b->len - len);
	b->len = len;
}

/* Capacity for need bytes (the NUL included): doubled, but not far past the maximum. */
static size_t
capacity_for(const struct buf *b, size_t need)
{
	size_t cap = b->cap > 0 ? b->cap : FIRST_CAP;

	while (cap < need && cap <= SIZE_MAX / 2)
		cap *= 2;
	if (cap < need)
		cap = need;
	if (b->max < SIZE_MAX && cap > b->max + 1)
		cap = b->max + 1;
	return cap;
}

/*
 * Makes room for n more bytes.  Returns the memory that was left, which the
 * caller hands to drop_old when it no longer reads from it; sets failed.
 */
static char *
grow(struct buf *b, size_t n, size_t *oldcap)
{
	char *old = NULL, *data = NULL;
	size_t cap = 0;

	*oldcap = 0;
	if (b->failed || n > b->max - b->len || n >= SIZE_MAX - b->len) {
		b->failed = true;
		goto done;
	}
	if (b->len + n < b->cap)
		goto done;
	cap = capacity_for(b, b->len + n + 1);
	data = malloc(cap);
	if (data == NULL) {
		b->failed = true;
		goto done;
	}
	if (b->len > 0)
		memcpy(data, b->data, b->len);
	data[b->len] = '\0';
	old = b->data;
	*oldcap = b->cap;
	b->data = data;
	b->cap = cap;
done:
	return old;
}

static void
drop_old(char *old, size_t oldcap)
{
	if (old == NULL)
		return;
	explicit_bzero(old, oldcap);
	free(old);
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	char *old = NULL;
	size_t oldcap = 0;

	if (n == 0)
		return;
	old = grow(b, n, &oldcap);
	if (!b->failed) {
		memmove(b->data + b->len, p, n);
		b->len += n;
		b->data[b->len] = '\0';
	}
	drop_old(old, oldcap);
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, char c)
{
	if (!b->failed && b->len < b->max && b->len + 1 < b->cap) {
		b->data[b->len++] = c;
		b->data[b->len] = '\0';
		return;
	}
	buf_add(b, &c, 1);
}

char *
buf_space(struct buf *b, size_t n)
{
	char *old = NULL, *at = NULL;
	size_t oldcap = 0;

	old = grow(b, n, &oldcap);
	drop_old(old, oldcap);
	if (b->failed)
		return NULL;
	at = b->data + b->len;
	b->len += n;
	b->data[b->len] = '\0';
	return at;
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void
buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	char *old = NULL;
	size_t oldcap = 0;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0) {
		b->failed = true;
		goto done;
	}
	if (n == 0)
		goto done;
	/* The arguments may lie in the old memory: it is dropped afterwards. */
	old = grow(b, (size_t)n, &oldcap);
	if (b->failed)
		goto done;
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
	b->len += (size_t)n;
done:
	drop_old(old, oldcap);
	va_end(again);
}

const char *
buf_str(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}
