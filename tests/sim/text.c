/*
 * text.c: what a telephone number, a GUID, a date or a segment is.
 *
 * Contracts in text.h.  Sources: Bandwidth's OpenAPI file for messaging
 * (2026-08), GSM 03.38, RFC 3339, RFC 3629.
 */
#include "text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Decodes one character; returns its length or 0 if it is malformed. */
static size_t
utf8_next(const unsigned char *p, size_t n, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len, i;
	uint32_t c;

	if (n == 0)
		return 0;
	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || len > n)
		return 0;
	c = p[0] & (0xffU >> (len + 1));
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fU);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*cp = c;
	return len;
}

bool
text_is_utf8(const char *p, size_t n)
{
	size_t at = 0, len;
	uint32_t cp;

	while (at < n) {
		len = utf8_next((const unsigned char *)p + at, n - at, &cp);
		if (len == 0)
			return false;
		at += len;
	}
	return true;
}

bool
text_is_e164(const char *s)
{
	size_t n;

	if (s[0] != '+' || s[1] < '1' || s[1] > '9')
		return false;
	n = strspn(s + 1, "0123456789");
	if (s[1 + n] != '\0')
		return false;
	return s[1] == '1' ? n == 11 : n >= 7 && n <= 15;
}

bool
text_is_short_code(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return s[n] == '\0' && (n == 5 || n == 6);
}

bool
text_is_sender(const char *s)
{
	bool letter = false;
	size_t n;

	/* "+invalid" is refused as a number, says the published example. */
	if (s[0] == '+')
		return false;
	for (n = 0; s[n] != '\0'; n++) {
		unsigned char c = (unsigned char)s[n];

		if (c >= 0x80 || (!isalnum(c) && strchr(" -+_&", c) == NULL))
			return false;
		letter = letter || isalpha(c);
	}
	return letter && n <= 11;
}

bool
text_is_guid(const char *s)
{
	int i;

	for (i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : !isxdigit((unsigned char)s[i]))
			return false;
	}
	return s[36] == '\0';
}

bool
text_is_url(const char *s)
{
	const char *host;

	if (strncasecmp(s, "https://", 8) == 0)
		host = s + 8;
	else if (strncasecmp(s, "http://", 7) == 0)
		host = s + 7;
	else
		return false;
	if (*host == '\0' || strchr("/?#:", *host) != NULL)
		return false;
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || (unsigned char)*s >= 0x7f ||
		    strchr("\"<>\\^`{|}", *s) != NULL)
			return false;
	return true;
}

size_t
text_utf16(const char *s)
{
	size_t left = strlen(s), n = 0, len;
	uint32_t cp = 0;

	for (; left > 0; s += len, left -= len) {
		len = utf8_next((const unsigned char *)s, left, &cp);
		if (len == 0)
			return n;
		n += cp > 0xffff ? 2 : 1;
	}
	return n;
}

/* Septets of one character in GSM 03.38, or 0 if it has none. */
static int
gsm_septets(uint32_t cp)
{
	static const uint32_t beyond[] = { 0xa3, 0xa5, 0xe8, 0xe9, 0xf9, 0xec,
	    0xf2, 0xc7, 0xd8, 0xf8, 0xc5, 0xe5, 0x394, 0x3a6, 0x393, 0x39b,
	    0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0xc6, 0xe6, 0xdf, 0xc9,
	    0xa4, 0xa1, 0xc4, 0xd6, 0xd1, 0xdc, 0xa7, 0xbf, 0xe4, 0xf6, 0xf1,
	    0xfc, 0xe0 };
	size_t i;

	if (cp == 0x20ac || cp == '\f')
		return 2;
	if (cp < 0x80 && cp != 0 && strchr("^{}\\[~]|", (int)cp) != NULL)
		return 2;
	if (cp == '\n' || cp == '\r')
		return 1;
	if (cp >= 0x20 && cp < 0x7f)
		return cp == '`' ? 0 : 1;
	for (i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++)
		if (beyond[i] == cp)
			return 1;
	return 0;
}

static int
units_of(uint32_t cp, bool gsm)
{
	return gsm ? gsm_septets(cp) : cp > 0xffff ? 2 : 1;
}

int
text_segments(const char *s)
{
	size_t left = strlen(s), len;
	const char *p;
	uint32_t cp = 0;
	bool gsm = true;
	int total = 0, used = 0, parts = 1, size;

	for (p = s; *p != '\0' && gsm; p += len) {
		len = utf8_next((const unsigned char *)p,
		    left - (size_t)(p - s), &cp);
		if (len == 0)
			return 1;
		gsm = gsm_septets(cp) != 0;
	}
	size = gsm ? 153 : 67;
	for (p = s; *p != '\0'; p += len) {
		len = utf8_next((const unsigned char *)p,
		    left - (size_t)(p - s), &cp);
		if (len == 0)
			return 1;
		total += units_of(cp, gsm);
		if (used + units_of(cp, gsm) > size) {
			parts++;
			used = 0;
		}
		used += units_of(cp, gsm);
	}
	return total <= (gsm ? 160 : 70) ? 1 : parts;
}

/* Reads n digits into *v and moves on. */
static int
digits(const char **s, int n, int *v)
{
	*v = 0;
	for (; n > 0; n--, (*s)++) {
		if (**s < '0' || **s > '9')
			return -1;
		*v = *v * 10 + (**s - '0');
	}
	return 0;
}

/* Reads the zone at the end: Z or +hh:mm; gives its offset in seconds. */
static int
zone(const char *s, int *offset)
{
	int sign, hh, mm;

	*offset = 0;
	if (strcmp(s, "Z") == 0 || strcmp(s, "z") == 0)
		return 0;
	if (*s != '+' && *s != '-')
		return -1;
	sign = *s++ == '-' ? -1 : 1;
	if (digits(&s, 2, &hh) != 0 || *s++ != ':' ||
	    digits(&s, 2, &mm) != 0 || *s != '\0' || hh > 23 || mm > 59)
		return -1;
	*offset = sign * (hh * 3600 + mm * 60);
	return 0;
}

/* Reads an optional fraction of a second; gives microseconds and digits. */
static int
fraction(const char **s, int *us, int *count)
{
	int unit = 100000;

	*us = *count = 0;
	if (**s != '.')
		return 0;
	for ((*s)++; **s >= '0' && **s <= '9'; (*s)++, (*count)++) {
		*us += (**s - '0') * unit;
		unit /= 10;
	}
	return *count == 0 || *count > 9 ? -1 : 0;
}

int
text_time(const char *s, int64_t *us, bool *millis)
{
	struct tm tm, back;
	int frac, count, offset;
	time_t t;

	memset(&tm, 0, sizeof(tm));
	if (digits(&s, 4, &tm.tm_year) != 0 || *s++ != '-' ||
	    digits(&s, 2, &tm.tm_mon) != 0 || *s++ != '-' ||
	    digits(&s, 2, &tm.tm_mday) != 0 || (*s != 'T' && *s != 't'))
		return -1;
	s++;
	if (digits(&s, 2, &tm.tm_hour) != 0 || *s++ != ':' ||
	    digits(&s, 2, &tm.tm_min) != 0 || *s++ != ':' ||
	    digits(&s, 2, &tm.tm_sec) != 0 ||
	    fraction(&s, &frac, &count) != 0 || zone(s, &offset) != 0)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	back = tm;
	t = timegm(&back);
	/* timegm carries 31 February over into March: refuse that. */
	if (back.tm_mon != tm.tm_mon || back.tm_mday != tm.tm_mday ||
	    tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 59)
		return -1;
	*us = ((int64_t)t - offset) * 1000000 + frac;
	if (millis != NULL)
		*millis = count == 3;
	return 0;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
text_unescape(char *s, bool plus, bool keep_slash)
{
	char *out = s;
	int c;

	for (; *s != '\0'; s++) {
		if (*s == '+' && plus) {
			*out++ = ' ';
			continue;
		}
		if (*s != '%') {
			*out++ = *s;
			continue;
		}
		if (hex(s[1]) < 0 || hex(s[2]) < 0)
			return -1;
		c = hex(s[1]) * 16 + hex(s[2]);
		if (c == 0)
			return -1;
		if (c == '/' && keep_slash) {
			*out++ = *s;
			continue;
		}
		*out++ = (char)c;
		s += 2;
	}
	*out = '\0';
	return 0;
}
