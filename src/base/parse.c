/*
 * parse.c: numbers and UTF-8, as parse.h promises.
 */
#include <string.h>

#include "base/buf.h"
#include "base/parse.h"

/* Decimal digits without leading zeros into *out; false if it is more than 64 bits. */
static bool
digits_value(const char *s, size_t n, uint64_t *out)
{
	uint64_t v = 0, digit;
	size_t i;

	if (n == 0 || (n > 1 && s[0] == '0'))
		return false;
	for (i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		digit = (uint64_t)(s[i] - '0');
		if (v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	return true;
}

int
parse_u64(const char *s, size_t n, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (!digits_value(s, n, &v) || v < min || v > max)
		return -1;
	*out = v;
	return 0;
}

int
parse_i64(const char *s, size_t n, int64_t min, int64_t max, int64_t *out)
{
	bool minus = n > 0 && s[0] == '-';
	uint64_t v = 0;
	int64_t value;

	if (!digits_value(s + minus, n - minus, &v) || (minus && v == 0) ||
	    v > (uint64_t)INT64_MAX + minus)
		return -1;
	value = minus ? -(int64_t)(v - 1) - 1 : (int64_t)v;
	if (value < min || value > max)
		return -1;
	*out = value;
	return 0;
}

/*
 * Length of the well-formed sequence at p (RFC 3629, section 4), 0 if there is
 * none; its code point is in *cp.
 */
static size_t
sequence(const unsigned char *p, size_t n, uint32_t *cp)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len, i;
	uint32_t v;

	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (len > n)
		return 0;
	v = p[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (p[i] & 0x3fu);
	}
	if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*cp = v;
	return len;
}

bool
utf8_valid(const void *p, size_t n)
{
	const unsigned char *s = p;
	size_t i = 0, len;
	uint32_t cp = 0;

	while (i < n) {
		len = s[i] < 0x80 ? 1 : sequence(s + i, n - i, &cp);
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

bool
text_valid(const void *p, size_t n, bool lines)
{
	const unsigned char *s = p;
	size_t i = 0, len;
	uint32_t cp = 0;

	while (i < n) {
		len = sequence(s + i, n - i, &cp);
		if (len == 0 || (cp >= 0x7f && cp < 0xa0))
			return false;
		if (cp < 0x20 && !(lines && (cp == '\n' || cp == '\t')))
			return false;
		i += len;
	}
	return true;
}

uint32_t
utf8_next(const char **p, const char *end)
{
	uint32_t cp = 0;
	size_t len = sequence((const unsigned char *)*p, (size_t)(end - *p), &cp);

	*p += len > 0 ? len : 1;
	return len > 0 ? cp : 0xfffd;
}

bool
utf8_commands(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

void
utf8_add(struct buf *b, uint32_t cp)
{
	char out[4];
	size_t n = 0;

	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = 0xfffd;
	if (cp < 0x80) {
		out[n++] = (char)cp;
	} else if (cp < 0x800) {
		out[n++] = (char)(0xc0 | cp >> 6);
	} else if (cp < 0x10000) {
		out[n++] = (char)(0xe0 | cp >> 12);
		out[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
	} else {
		out[n++] = (char)(0xf0 | cp >> 18);
		out[n++] = (char)(0x80 | (cp >> 12 & 0x3f));
		out[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
	}
	if (cp >= 0x80)
		out[n++] = (char)(0x80 | (cp & 0x3f));
	buf_add(b, out, n);
}

size_t
utf8_length(const char *s, size_t n)
{
	const char *end = s + n;
	size_t count = 0;

	for (; s < end; count++)
		utf8_next(&s, end);
	return count;
}

bool
digits_valid(const char *s, size_t n, size_t min, size_t max)
{
	size_t i;

	if (n < min || n > max)
		return false;
	for (i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
	}
	return true;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool
guid_valid(const char *s, size_t n)
{
	size_t i;

	if (n != 36)
		return false;
	for (i = 0; i < n; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s[i] != '-' : !is_hex(s[i]))
			return false;
	}
	return true;
}
