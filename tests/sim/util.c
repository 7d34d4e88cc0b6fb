/*
 * util.c: memory, growing buffers, clocks and base64 for the simulator.
 *
 * See util.h for the contracts.  Running out of memory ends the program:
 * a test tool that limps on would only hide the cause.
 */
#include "util.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

static void
out_of_memory(void)
{
	fputs("bandwidth-sim: out of memory\n", stderr);
	abort();
}

void *
x_alloc(size_t n)
{
	void *p = calloc(1, n == 0 ? 1 : n);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *
x_realloc(void *p, size_t n)
{
	void *q = realloc(p, n == 0 ? 1 : n);

	if (q == NULL)
		out_of_memory();
	return q;
}

char *
x_ndup(const char *s, size_t n)
{
	char *p = x_alloc(n + 1);

	memcpy(p, s, n);
	return p;
}

char *
x_dup(const char *s)
{
	return s == NULL ? NULL : x_ndup(s, strlen(s));
}

char *
x_fmt(const char *fmt, ...)
{
	char *p = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&p, fmt, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory();
	return p;
}

void
x_set(char **where, const char *s)
{
	char *p = x_dup(s);

	free(*where);
	*where = p;
}

bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	if (b->n + n + 1 > b->cap) {
		b->cap = (b->n + n + 1) * 2;
		b->p = x_realloc(b->p, b->cap);
	}
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	char *p = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&p, fmt, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory();
	buf_add(b, p, (size_t)n);
	free(p);
}

void
buf_free(struct buf *b)
{
	free(b->p);
	memset(b, 0, sizeof(*b));
}

char *
buf_take(struct buf *b)
{
	char *p = b->p == NULL ? x_dup("") : b->p;

	memset(b, 0, sizeof(*b));
	return p;
}

int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void
stamp(char out[40], int64_t us, int digits)
{
	time_t t = (time_t)(us / 1000000);
	int frac = (int)(us % 1000000);
	struct tm tm;
	size_t n;

	gmtime_r(&t, &tm);
	n = strftime(out, 40, "%Y-%m-%dT%H:%M:%S", &tm);
	if (digits == 3)
		snprintf(out + n, 40 - n, ".%03dZ", frac / 1000);
	else
		snprintf(out + n, 40 - n, ".%06dZ", frac);
}

int
parse_ll(const char *s, long long min, long long max, long long *out)
{
	char *end = NULL;
	long long v;

	if (s == NULL || !((*s >= '0' && *s <= '9') || *s == '-'))
		return -1;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return -1;
	*out = v;
	return 0;
}

const char *
error_text(int err, char *out, size_t n)
{
	return strerror_r(err, out, n);
}

char *
b64_encode(const void *p, size_t n, bool url)
{
	char *out = x_alloc((n + 2) / 3 * 4 + 1);
	char *c;

	EVP_EncodeBlock((unsigned char *)out, p, (int)n);
	for (c = out; url && *c != '\0'; c++) {
		if (*c == '+')
			*c = '-';
		else if (*c == '/')
			*c = '_';
		else if (*c == '=')
			*c = '\0';
		if (*c == '\0')
			break;
	}
	return out;
}

char *
b64_decode(const char *s, size_t *n)
{
	size_t len = strlen(s), pad = 0;
	char *out;
	int got;

	if (len % 4 != 0 || len > (1U << 26))
		return NULL;
	while (pad < 2 && pad < len && s[len - 1 - pad] == '=')
		pad++;
	if (strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789+/") != len - pad)
		return NULL;
	out = x_alloc(len / 4 * 3 + 1);
	got = EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)s,
	    (int)len);
	if (got < 0) {
		free(out);
		return NULL;
	}
	*n = (size_t)got - pad;
	out[*n] = '\0';
	return out;
}

void
random_text(char *out, size_t n, bool hex)
{
	static const char set[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	unsigned char r[64];
	size_t i;

	if (n > sizeof(r))
		n = sizeof(r);
	if (RAND_bytes(r, (int)n) != 1)
		abort();
	for (i = 0; i < n; i++)
		out[i] = set[r[i] % (hex ? 16 : 36)];
	out[n] = '\0';
}
