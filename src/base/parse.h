/*
 * parse.h: the one number parser, and what text may be.
 */
#ifndef SPOKE_PARSE_H
#define SPOKE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * The n bytes at s must be a decimal number and nothing else (no blanks, no
 * plus sign, no leading zeros except "0" itself; parse_i64 takes one minus)
 * between min and max.  Return 0 and set *out, or return -1 and leave it.
 */
int parse_u64(const char *s, size_t n, uint64_t min, uint64_t max, uint64_t *out);
int parse_i64(const char *s, size_t n, int64_t min, int64_t max, int64_t *out);

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms)? */
bool utf8_valid(const void *p, size_t n);

/* Well-formed UTF-8 without control characters (C0, DEL, C1), except newline
 * and tab when lines is true? */
bool text_valid(const void *p, size_t n, bool lines);

/* Next code point at *p (advanced), which must lie before end.  A byte that is
 * not part of well-formed UTF-8 is taken alone and gives U+FFFD. */
uint32_t utf8_next(const char **p, const char *end);

/* Would a terminal (or whoever reads along) take it as a command: C0, DEL and C1 control
 * characters, and those that turn the direction of writing? */
bool utf8_commands(uint32_t cp);

/* Appends the code point as UTF-8; U+FFFD instead of what is none. */
void utf8_add(struct buf *, uint32_t cp);

/* Number of code points (as utf8_next sees them). */
size_t utf8_length(const char *s, size_t n);

/* All of the n bytes are ASCII digits, and n lies in [min,max]. */
bool digits_valid(const char *s, size_t n, size_t min, size_t max);

/* Lower- or upper-case GUID, 8-4-4-4-12 hex digits. */
bool guid_valid(const char *s, size_t n);

#endif
