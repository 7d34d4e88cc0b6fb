/*
 * segments.c: counts SMS segments as a handset and Bandwidth do.
 *
 * The alphabet is that of 3GPP TS 23.038 section 6.2.1.
 */
#include <stdint.h>
#include <string.h>

#include "base/parse.h"
#include "base/segments.h"

#define GSM_ALONE 160
#define GSM_PART 153
#define UCS2_ALONE 70
#define UCS2_PART 67

/* What the default alphabet has beyond ASCII, in the order of code points. */
static bool
gsm_beyond_ascii(uint32_t cp)
{
	static const uint16_t table[] = {0xa1, 0xa3, 0xa4, 0xa5, 0xa7, 0xbf, 0xc4, 0xc5, 0xc6, 0xc7,
	    0xc9, 0xd1, 0xd6, 0xd8, 0xdc, 0xdf, 0xe0, 0xe4, 0xe5, 0xe6, 0xe8, 0xe9, 0xec, 0xf1,
	    0xf2, 0xf6, 0xf8, 0xf9, 0xfc, 0x393, 0x394, 0x398, 0x39b, 0x39e, 0x3a0, 0x3a3, 0x3a6,
	    0x3a8, 0x3a9};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]) && table[i] <= cp; i++) {
		if (table[i] == cp)
			return true;
	}
	return false;
}

/* Septets of a character: 1, 2 from the extension table, 0 when it has none. */
static int
septets(uint32_t cp)
{
	if (cp == '\n' || cp == '\r')
		return 1;
	if (cp == '\f' || cp == 0x20ac)
		return 2;
	if (cp >= 0x80)
		return gsm_beyond_ascii(cp) ? 1 : 0;
	if (cp < 0x20 || cp == 0x7f || cp == '`')
		return 0;
	return strchr("^{}\\[~]|", (int)cp) != NULL ? 2 : 1;
}

static int
units_of(uint32_t cp, bool ucs2)
{
	if (ucs2)
		return cp > 0xffff ? 2 : 1;
	return septets(cp);
}

static bool
needs_ucs2(const char *s, const char *end)
{
	while (s < end) {
		if (septets(utf8_next(&s, end)) == 0)
			return true;
	}
	return false;
}

/* Fills parts of the given size one after the other. */
static void
fill_parts(const char *s, const char *end, int part, struct segments *out)
{
	int units;

	out->count = 1;
	out->left = part;
	while (s < end) {
		units = units_of(utf8_next(&s, end), out->ucs2);
		if (units > out->left) {
			out->count++;
			out->left = part;
		}
		out->left -= units;
	}
}

struct segments
segments_count(const char *s, size_t n)
{
	struct segments out = {0, false, 0, GSM_ALONE};
	const char *p = s, *end = NULL;
	int alone;

	if (n == 0)
		return out;
	end = s + n;
	out.ucs2 = needs_ucs2(s, end);
	alone = out.ucs2 ? UCS2_ALONE : GSM_ALONE;
	while (p < end)
		out.units += units_of(utf8_next(&p, end), out.ucs2);
	if (out.units <= alone) {
		out.count = 1;
		out.left = alone - out.units;
	} else {
		fill_parts(s, end, out.ucs2 ? UCS2_PART : GSM_PART, &out);
	}
	return out;
}
