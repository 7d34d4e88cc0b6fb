/*
 * json_scan.c: checks that bytes are JSON (RFC 8259) and nothing but JSON.
 *
 * Goes through the text once with a stack of open arrays and objects, no
 * recursion.  The keys of open objects lie on a second stack; when an object
 * closes, its keys are sorted and neighbours compared, so that finding a key
 * given twice costs n log n whatever a stranger sends.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/json_scan.h"
#include "base/parse.h"

struct key {
	const char *p; /* decoded: in the text, or in scan.decoded */
	size_t n;
	size_t at; /* offset in the text */
};

struct frame {
	bool object;
	size_t first_key;
};

struct scan {
	const char *start, *p, *end;
	const char *why;
	struct frame frames[JSON_DEPTH_MAX];
	int open;
	int depth;
	struct key *keys;
	size_t key_count, key_cap;
	struct buf decoded; /* keys that had escapes; never moves */
};

static bool
fail(struct scan *s, const char *why)
{
	s->why = why;
	return false;
}

static void
skip_blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
		s->p++;
}

/* ---- strings ---- */

int
json_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits of "\uXXXX". */
static bool
take_hex4(struct scan *s, uint32_t *out)
{
	int i, v;

	*out = 0;
	for (i = 0; i < 4; i++) {
		v = s->p < s->end ? json_hex_digit(*s->p) : -1;
		if (v < 0)
			return fail(s, "\\u needs four hexadecimal digits.");
		*out = *out << 4 | (uint32_t)v;
		s->p++;
	}
	return true;
}

static bool
take_unicode_escape(struct scan *s, uint32_t *cp)
{
	uint32_t low = 0;

	if (!take_hex4(s, cp))
		return false;
	if (*cp < 0xd800 || *cp > 0xdfff)
		return true;
	if (*cp > 0xdbff || s->end - s->p < 2 || s->p[0] != '\\' || s->p[1] != 'u')
		return fail(s, "A surrogate stands alone.");
	s->p += 2;
	if (!take_hex4(s, &low))
		return false;
	if (low < 0xdc00 || low > 0xdfff)
		return fail(s, "A surrogate stands alone.");
	*cp = 0x10000 + ((*cp - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* Behind a backslash. */
static bool
take_escape(struct scan *s, uint32_t *cp)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *found = NULL;

	if (s->p < s->end && *s->p == 'u') {
		s->p++;
		return take_unicode_escape(s, cp);
	}
	if (s->p < s->end && *s->p != '\0')
		found = strchr(letters, *s->p);
	if (found == NULL)
		return fail(s, "A backslash is followed by a character that means nothing there.");
	*cp = (unsigned char)meant[found - letters];
	s->p++;
	return true;
}

/* One character of a string that is not plain ASCII. */
static bool
take_odd_character(struct scan *s, uint32_t *cp)
{
	const char *from = s->p;

	if ((unsigned char)*s->p < 0x20)
		return fail(s, "A control character stands in a string unescaped.");
	if (*s->p == '\\') {
		s->p++;
		return take_escape(s, cp);
	}
	*cp = utf8_next(&s->p, s->end);
	if (*cp == 0xfffd && s->p - from == 1) {
		s->p = from;
		return fail(s, "The text is not UTF-8.");
	}
	return true;
}

/* Stands for itself in a string, and is ASCII. */
static bool
plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/*
 * A string from its opening quote to behind the closing one; its decoded text
 * goes to out unless that is NULL.  *escapes tells whether it had any.
 */
static bool
take_string(struct scan *s, struct buf *out, bool *escapes)
{
	const char *from = NULL;
	uint32_t cp = 0;

	*escapes = false;
	s->p++;
	for (;;) {
		for (from = s->p; s->p < s->end && plain(*s->p); s->p++)
			continue;
		if (out != NULL)
			buf_add(out, from, (size_t)(s->p - from));
		if (s->p == s->end)
			return fail(s, "A string is not closed.");
		if (*s->p == '"') {
			s->p++;
			return true;
		}
		*escapes = *escapes || *s->p == '\\';
		if (!take_odd_character(s, &cp))
			return false;
		if (out != NULL)
			utf8_add(out, cp);
	}
}

/* ---- keys ---- */

static bool
push_key(struct scan *s, const char *p, size_t n, size_t at)
{
	struct key *grown = NULL;
	size_t cap = s->key_cap > 0 ? 2 * s->key_cap : 32;

	if (s->key_count == s->key_cap) {
		grown = realloc(s->keys, cap * sizeof(*grown));
		if (grown == NULL)
			return fail(s, "There is not enough memory to read this.");
		s->keys = grown;
		s->key_cap = cap;
	}
	s->keys[s->key_count].p = p;
	s->keys[s->key_count].n = n;
	s->keys[s->key_count].at = at;
	s->key_count++;
	return true;
}

/* A key with escapes once more, this time into s->decoded. */
static bool
decode_key(struct scan *s, const char *quote, const char **p, size_t *n)
{
	size_t before;
	bool escapes;

	/* Decoded text is never longer than it was: one allocation lasts. */
	if (s->decoded.data == NULL) {
		if (buf_space(&s->decoded, (size_t)(s->end - quote)) == NULL)
			return fail(s, "There is not enough memory to read this.");
		buf_cut(&s->decoded, 0);
	}
	before = s->decoded.len;
	s->p = quote;
	if (!take_string(s, &s->decoded, &escapes))
		return false;
	*p = s->decoded.data + before;
	*n = s->decoded.len - before;
	return true;
}

static bool
take_key(struct scan *s)
{
	const char *quote = s->p, *p = NULL;
	bool escapes = false;
	size_t n;

	if (s->p == s->end || *s->p != '"')
		return fail(s, "A key in double quotes is missing.");
	if (!take_string(s, NULL, &escapes))
		return false;
	p = quote + 1;
	n = (size_t)(s->p - p) - 1;
	if (escapes && !decode_key(s, quote, &p, &n))
		return false;
	if (memchr(p, '\0', n) != NULL) {
		s->p = quote;
		return fail(s, "A key holds a NUL character.");
	}
	return push_key(s, p, n, (size_t)(quote - s->start));
}

static int
compare_text(const struct key *a, const struct key *b)
{
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return memcmp(a->p, b->p, a->n);
}

static int
compare_keys(const void *va, const void *vb)
{
	const struct key *a = va, *b = vb;
	int order = compare_text(a, b);

	if (order != 0)
		return order;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* Looks at the keys of the object that closes, and forgets them. */
static bool
close_object(struct scan *s, size_t first)
{
	struct key *keys = NULL;
	size_t count = s->key_count - first, i;

	s->key_count = first;
	if (count < 2)
		return true;
	keys = s->keys + first;
	qsort(keys, count, sizeof(*keys), compare_keys);
	for (i = 1; i < count; i++) {
		if (compare_text(&keys[i - 1], &keys[i]) == 0) {
			s->p = s->start + keys[i].at;
			return fail(s, "An object holds a key twice.");
		}
	}
	return true;
}

/* ---- numbers and words ---- */

static bool
take_digits(struct scan *s)
{
	const char *from = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return s->p > from || fail(s, "A number lacks a digit.");
}

/* A number with fraction or exponent must be one that a double can hold. */
static bool
double_fits(struct scan *s, const char *from)
{
	char text[64], *copy = text;
	size_t n = (size_t)(s->p - from);
	bool fits;

	if (n >= sizeof(text))
		copy = malloc(n + 1);
	if (copy == NULL)
		return fail(s, "There is not enough memory to read this.");
	memcpy(copy, from, n);
	copy[n] = '\0';
	fits = isfinite(strtod(copy, NULL));
	if (copy != text)
		free(copy);
	return fits || fail(s, "A number is too large.");
}

static bool
take_number(struct scan *s)
{
	const char *from = s->p;
	int64_t value;
	bool real = false;

	if (*s->p == '-')
		s->p++;
	if (s->p < s->end && *s->p == '0')
		s->p++;
	else if (!take_digits(s))
		return false;
	if (s->p < s->end && *s->p == '.') {
		real = true;
		s->p++;
		if (!take_digits(s))
			return false;
	}
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		real = true;
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		if (!take_digits(s))
			return false;
	}
	if (real)
		return double_fits(s, from);
	if (s->p - from == 2 && memcmp(from, "-0", 2) == 0)
		return true;
	return parse_i64(from, (size_t)(s->p - from), INT64_MIN, INT64_MAX, &value) == 0 ||
	       fail(s, "A whole number does not fit into 64 bits.");
}

static bool
take_word(struct scan *s)
{
	static const char *const words[] = {"true", "false", "null"};
	size_t i, n;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		n = strlen(words[i]);
		if ((size_t)(s->end - s->p) >= n && memcmp(s->p, words[i], n) == 0) {
			s->p += n;
			return true;
		}
	}
	return fail(s, "A value is missing here.");
}

/* ---- structure ---- */

static bool
open_frame(struct scan *s)
{
	if (s->open >= s->depth)
		return fail(s, "Arrays and objects lie too deep within each other.");
	s->frames[s->open].object = *s->p == '{';
	s->frames[s->open].first_key = s->key_count;
	s->open++;
	s->p++;
	return true;
}

static bool
close_frame(struct scan *s)
{
	const struct frame *f = &s->frames[s->open - 1];

	s->p++;
	s->open--;
	return !f->object || close_object(s, f->first_key);
}

/* A key and its colon, when an object is open. */
static bool
before_value(struct scan *s)
{
	if (s->open == 0 || !s->frames[s->open - 1].object)
		return true;
	if (!take_key(s))
		return false;
	skip_blanks(s);
	if (s->p == s->end || *s->p != ':')
		return fail(s, "A colon is missing.");
	s->p++;
	skip_blanks(s);
	return true;
}

static bool
at_closing(const struct scan *s)
{
	return s->open > 0 && s->p < s->end && *s->p == (s->frames[s->open - 1].object ? '}' : ']');
}

/* One value; *opened when it was the beginning of an array or object. */
static bool
take_value(struct scan *s, bool *opened)
{
	bool escapes;

	*opened = false;
	if (s->p == s->end)
		return fail(s, "The text ends too early.");
	switch (*s->p) {
	case '{':
	case '[':
		*opened = true;
		return open_frame(s);
	case '"':
		return take_string(s, NULL, &escapes);
	default:
		return *s->p == '-' || (*s->p >= '0' && *s->p <= '9') ? take_number(s)
								      : take_word(s);
	}
}

/* Behind a value: closing brackets, then a comma if something is still open. */
static bool
after_value(struct scan *s)
{
	for (skip_blanks(s); at_closing(s); skip_blanks(s)) {
		if (!close_frame(s))
			return false;
	}
	if (s->open == 0)
		return true;
	if (s->p == s->end)
		return fail(s, "The text ends too early.");
	if (*s->p != ',')
		return fail(s, "A comma or a closing bracket is missing.");
	s->p++;
	skip_blanks(s);
	return true;
}

static bool
take_text(struct scan *s)
{
	bool opened = false;

	skip_blanks(s);
	do {
		if (!before_value(s) || !take_value(s, &opened))
			return false;
		skip_blanks(s);
		/* An array or object that has just begun may end at once. */
		if (opened && !at_closing(s))
			continue;
		if (!after_value(s))
			return false;
	} while (s->open > 0);
	return s->p == s->end || fail(s, "Something follows behind the end.");
}

int
json_scan(const char *p, size_t n, int depth, const char **why, size_t *at)
{
	struct scan s = {.start = p, .p = p, .end = p + n, .decoded = BUF_INIT(n)};
	bool good;

	s.depth = depth < JSON_DEPTH_MAX ? depth : JSON_DEPTH_MAX;
	good = take_text(&s);
	*why = good ? NULL : s.why;
	*at = (size_t)(s.p - p);
	free(s.keys);
	buf_free(&s.decoded);
	return good ? 0 : -1;
}
