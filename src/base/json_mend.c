/*
 * json_mend.c: JSON whose texts were cut in the middle of a character (json.h).
 */
#include <string.h>

#include "base/json.h"
#include "base/json_scan.h"

/* The four hexadecimal digits at p as a number; what is none is 0. */
static unsigned
hex4(const char *p)
{
	unsigned v = 0;
	int i, digit;

	for (i = 0; i < 4; i++) {
		digit = json_hex_digit(p[i]);
		if (digit < 0)
			return 0;
		v = v << 4 | (unsigned)digit;
	}
	return v;
}

/* The high half of a pair stands at p, an escape of six bytes, and the low one behind it. */
static bool
is_pair(const char *p, size_t n)
{
	unsigned high = hex4(p + 2), low = n >= 12 && p[6] == '\\' && p[7] == 'u' ? hex4(p + 8) : 0;

	return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}

size_t
json_mend_surrogates(char *p, size_t n)
{
	size_t mended = 0, step;
	unsigned v;

	for (; n >= 6; p += step, n -= step) {
		step = 1;
		if (*p != '\\')
			continue;
		step = 2;
		if (p[1] != 'u')
			continue;
		v = hex4(p + 2);
		step = is_pair(p, n) ? 12 : 6;
		if (v < 0xd800 || v > 0xdfff || step == 12)
			continue;
		memcpy(p + 2, "fffd", 4);
		mended++;
	}
	return mended;
}
