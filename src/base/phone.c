/*
 * phone.c: telephone numbers as people write them, and as we keep them.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/phone.h"

#define DIGITS_MAX 15 /* E.164 */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Beyond ASCII: no-break blanks, the dashes, and the marks for the direction of text that
 * address books put round a number. */
bool
phone_separator(uint32_t cp)
{
	if (cp < 0x80)
		return cp != 0 && strchr(" \t-.()/", (int)cp) != NULL;
	return cp == 0xa0 || cp == 0x202f || (cp >= 0x2000 && cp <= 0x2015) || cp == 0x2060 ||
	       cp == 0x2212 || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) ||
	       cp == 0xfeff;
}

/* The digits of s, and whether a plus sign stood before them. */
static int
take_digits(const char *s, char out[DIGITS_MAX + 1], size_t *n, bool *plus, const char **why)
{
	const char *end = s + strlen(s);
	uint32_t cp;

	*n = 0;
	*plus = false;
	while (s < end) {
		cp = utf8_next(&s, end);
		if (cp == '+' && !*plus && *n == 0) {
			*plus = true;
		} else if (cp >= '0' && cp <= '9') {
			if (*n == DIGITS_MAX) {
				*why = "This has more than 15 digits: give one telephone number.";
				return -1;
			}
			out[(*n)++] = (char)cp;
		} else if (!phone_separator(cp)) {
			*why = "A telephone number has digits, blanks and -.() only; leave out "
			       "extensions and words.";
			return -1;
		}
	}
	out[*n] = '\0';
	return 0;
}

/* Ten digits of the North American plan. */
static int
check_nanp(const char *d, const char **why)
{
	if (d[0] < '2' || (d[1] == '1' && d[2] == '1')) {
		*why = "There is no such area code: it begins with 2 to 9 and does not end in 11.";
		return -1;
	}
	if (d[3] < '2') {
		*why = "After the area code, a North American number goes on with 2 to 9.";
		return -1;
	}
	return 0;
}

static int
check_digits(const char *d, size_t n, bool plus, const char **why)
{
	if (n == 0) {
		*why = "Give a telephone number, such as (919) 555-0123.";
		return -1;
	}
	if (plus && d[0] == '0') {
		*why = "After the plus sign comes the country code, which does not begin with 0.";
		return -1;
	}
	if (plus && d[0] != '1') {
		if (n >= 7)
			return 0;
		*why = "This number is too short.";
		return -1;
	}
	if (n == 11 && d[0] == '1')
		return check_nanp(d + 1, why);
	if (n == 10 && !plus)
		return check_nanp(d, why);
	*why = "A North American number has ten digits, such as (919) 555-0123; any other "
	       "begins with a plus sign and the country code.";
	return -1;
}

int
phone_normalize(const char *s, char out[PHONE_MAX], const char **why)
{
	char digits[DIGITS_MAX + 1];
	bool plus = false;
	size_t n = 0;

	out[0] = '\0';
	if (take_digits(s, digits, &n, &plus, why) < 0 || check_digits(digits, n, plus, why) < 0)
		return -1;
	snprintf(out, PHONE_MAX, "+%s%s", !plus && n == 10 ? "1" : "", digits);
	return 0;
}

bool
phone_is_e164(const char *s)
{
	size_t n = strnlen(s, PHONE_MAX);

	return n > 2 && s[0] == '+' && s[1] != '0' && digits_valid(s + 1, n - 1, 7, DIGITS_MAX);
}

bool
phone_is_short_code(const char *s)
{
	return digits_valid(s, strnlen(s, PHONE_MAX), 3, 8);
}

/* "+1" and ten digits? */
static bool
is_nanp(const char *s)
{
	size_t n = strnlen(s, PHONE_MAX);

	return n == 12 && s[0] == '+' && s[1] == '1' && digits_valid(s + 2, 10, 10, 10);
}

bool
phone_is_toll_free(const char *s)
{
	static const char codes[][4] = {"800", "833", "844", "855", "866", "877", "888"};
	size_t i;

	if (!is_nanp(s))
		return false;
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (memcmp(s + 2, codes[i], 3) == 0)
			return true;
	}
	return false;
}

/* Copies as much as fits without parting a character. */
static void
copy_cut(const char *s, char out[PHONE_MAX])
{
	size_t n = strnlen(s, PHONE_MAX);

	if (n == PHONE_MAX) {
		n = PHONE_MAX - 1;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(out, s, n);
	out[n] = '\0';
}

const char *
phone_display(const char *e164, char out[PHONE_MAX])
{
	if (e164 == NULL)
		e164 = "";
	if (is_nanp(e164))
		snprintf(out, PHONE_MAX, "(%.3s) %.3s-%.4s", e164 + 2, e164 + 5, e164 + 8);
	else
		copy_cut(e164, out);
	return out;
}

const char *
phone_masked(const char *s, char out[PHONE_MAX])
{
	size_t n, first, i;

	if (s == NULL || (!phone_is_e164(s) && !phone_is_short_code(s))) {
		snprintf(out, PHONE_MAX, "(no number)");
		return out;
	}
	n = strlen(s);
	first = n >= 12 ? 5 : 0;
	for (i = 0; i < n; i++)
		out[i] = i < first || i + 2 >= n || !is_digit(s[i]) ? s[i] : '*';
	out[n] = '\0';
	return out;
}

const char *
phone_area(const char *e164, char out[4])
{
	bool nanp = e164 != NULL && is_nanp(e164);

	snprintf(out, 4, "%.3s", nanp ? e164 + 2 : "");
	return out;
}
