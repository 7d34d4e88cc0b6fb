/*
 * phone_find.c: a telephone number within other text, however somebody wrote it there, and
 * taking it out (phone.h).
 */
#include <string.h>

#include "base/buf.h"
#include "base/parse.h"
#include "base/phone.h"

/* Signs between two digits: ") " and " - " are the longest that people write. */
#define BETWEEN 3

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Do six bytes that begin there write a character in JSON's code (\u00a0)? */
static bool
is_code(const char *p)
{
	size_t i;

	if (p[0] != '\\' || p[1] != 'u')
		return false;
	for (i = 2; i < 6; i++)
		if (memchr("0123456789abcdefABCDEF", p[i], 22) == NULL)
			return false;
	return true;
}

/* The next character, which may be written in JSON's code, within JSON within JSON too. */
static uint32_t
next_sign(const char **p, const char *end)
{
	const char *s = *p;
	uint32_t cp = 0;

	while (s < end && *s == '\\' && s + 1 < end && s[1] == '\\')
		s++;
	if (end - s >= 2 && s[0] == '\\' && s[1] == 't') {
		*p = s + 2;
		return '\t';
	}
	if (end - s < 6 || !is_code(s))
		return utf8_next(p, end);
	for (*p = s + 6, s += 2; s < *p; s++)
		cp = cp << 4 | (uint32_t)(is_digit(*s) ? *s - '0' : (*s | 0x20) - 'a' + 10);
	return cp;
}

/* Where the next digit is, behind signs that people put between digits; NULL: elsewhere. */
static const char *
next_digit(const char *p, const char *end)
{
	int i;

	for (i = 0; p < end && !is_digit(*p); i++)
		if (i == BETWEEN || !phone_separator(next_sign(&p, end)))
			return NULL;
	return p < end ? p : NULL;
}

/* The end of these digits, which begin at p; NULL: they are others, or go on. */
static const char *
digits_end(const char *p, const char *end, const char *digits, bool apart)
{
	for (; *digits != '\0'; digits++) {
		if (p == NULL || p == end || *p != *digits)
			return NULL;
		p++;
		if (digits[1] != '\0' && apart)
			p = next_digit(p, end);
	}
	return p < end && is_digit(*p) ? NULL : p;
}

/* The end of the number in one of its spellings, the first digit of which is at p. */
static const char *
number_end(const char *p, const char *end, const char *number)
{
	static const char *const abroad[] = {"", "00", "011"};
	const char *at;
	size_t i;

	if (*number != '+')
		return digits_end(p, end, number, false);
	for (i = 0; i < sizeof abroad / sizeof abroad[0]; i++) {
		size_t n = strlen(abroad[i]);

		if ((size_t)(end - p) <= n || memcmp(p, abroad[i], n) != 0)
			continue;
		at = digits_end(next_digit(p + n, end), end, number + 1, true);
		if (at != NULL)
			return at;
	}
	return strncmp(number, "+1", 2) == 0 ? digits_end(p, end, number + 2, true) : NULL;
}

/*
 * The plus sign before it, also in the codes of URLs and JSON, and an opening bracket.  In JSON
 * within JSON the backslash of a code is written as several: half of them would escape what
 * comes to stand behind it.
 */
static const char *
beginning(const char *p, const char *first)
{
	static const char *const before[] = {"+", "%2B", "%2b", "\\u002B", "\\u002b", "("};
	size_t i, n;

	for (i = 0; i < sizeof before / sizeof before[0]; i++) {
		n = strlen(before[i]);
		if ((size_t)(first - p) < n || memcmp(first - n, before[i], n) != 0)
			continue;
		first -= n;
		while (*first == '\\' && first > p && first[-1] == '\\')
			first--;
		break;
	}
	return first;
}

bool
phone_find(const char *p, size_t n, const char *number, size_t *at, size_t *len)
{
	const char *s = p, *end = p + n, *stop;

	for (; s < end; s++) {
		/* The digits of a code are none of a number. */
		while (end - s >= 6 && is_code(s))
			s += 6;
		if (s == end)
			break;
		if (!is_digit(*s) || (s > p && is_digit(s[-1]) && !(s - p >= 6 && is_code(s - 6))))
			continue;
		stop = number_end(s, end, number);
		if (stop == NULL)
			continue;
		s = beginning(p, s);
		*at = (size_t)(s - p);
		*len = (size_t)(stop - s);
		return true;
	}
	return false;
}

/* Is the byte behind these n of a JSON text within a string?  was: at their beginning. */
static bool
within_string(const char *p, size_t n, bool was)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] == '"')
			was = !was;
		else if (p[i] == '\\' && was)
			i++;
	}
	return was;
}

/* Widens the place of a number that is no text to all of the JSON number it stands in. */
static void
widen(const char *json, size_t n, size_t *at, size_t *len)
{
	static const char parts[] = "+-.eE0123456789";

	while (*at > 0 && memchr(parts, json[*at - 1], sizeof parts - 1) != NULL) {
		(*at)--;
		(*len)++;
	}
	while (*at + *len < n && memchr(parts, json[*at + *len], sizeof parts - 1) != NULL)
		(*len)++;
}

size_t
phone_hide(const char *json, size_t n, const char *number, const char *word, struct buf *out)
{
	size_t at, len, count = 0;
	bool string = false;

	for (; phone_find(json, n, number, &at, &len); json += at + len, n -= at + len) {
		string = within_string(json, at, string);
		if (!string)
			widen(json, n, &at, &len);
		buf_add(out, json, at);
		buf_adds(out, string ? "" : "\"");
		buf_adds(out, word);
		buf_adds(out, string ? "" : "\"");
		count++;
	}
	buf_add(out, json, n);
	return count;
}
