/*
 * util.h: memory, growing buffers, clocks and base64 for the simulator.
 *
 * The bottom floor of bandwidth-sim: everything else may include it, and it
 * includes nothing of the simulator.  It shares no code with the product, so
 * that a mistake there is not repeated here.
 */
#ifndef SIM_UTIL_H
#define SIM_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Never return NULL: without memory the simulator ends with a message. */
void *x_alloc(size_t n);			/* zeroed */
void *x_realloc(void *p, size_t n);
char *x_dup(const char *s);			/* NULL gives NULL */
char *x_ndup(const char *s, size_t n);
char *x_fmt(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Replaces *where by a copy of s and frees what was there. */
void x_set(char **where, const char *s);

/* True if both are non-NULL and equal. */
bool same(const char *a, const char *b);

/* A growing byte buffer, always followed by a NUL; all zero is empty. */
struct buf {
	char *p;
	size_t n;
	size_t cap;
};

void buf_add(struct buf *, const void *p, size_t n);
void buf_str(struct buf *, const char *s);
void buf_fmt(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_free(struct buf *);

/* Hands the text over to the caller and empties the buffer. */
char *buf_take(struct buf *);

/* Microseconds since 1970. */
int64_t now_us(void);

/* Writes RFC 3339 in UTC with 3 (milliseconds) or 6 digits. */
void stamp(char out[40], int64_t us, int digits);

/* Reads a whole decimal number in [min, max]; 0, or -1 and out untouched. */
int parse_ll(const char *s, long long min, long long max, long long *out);

/* Text for an errno value, in a buffer of the caller's. */
const char *error_text(int err, char *out, size_t n);

/* Base64 without line ends; url uses the URL alphabet without padding. */
char *b64_encode(const void *p, size_t n, bool url);

/* Decodes strictly; returns bytes with a NUL behind, or NULL. */
char *b64_decode(const char *s, size_t *n);

/* Fills out with n random characters of [0-9a-z] (or hex) and a NUL. */
void random_text(char *out, size_t n, bool hex);

#endif
