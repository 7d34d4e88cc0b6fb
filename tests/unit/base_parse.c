/*
 * base_parse.c: the promises of parse.h.
 */
#include "base/buf.h"
#include "base/parse.h"
#include "tap.h"

static void
numbers(void)
{
	static const char *const bad[] = {"", " 1", "1 ", "+1", "01", "00", "-", "1a", "0x1", "1.0",
	    "18446744073709551616", "99999999999999999999999", "\xd9\xa1"};
	uint64_t u = 7;
	int64_t i = 7;
	size_t k;

	ok(parse_u64("0", 1, 0, 9, &u) == 0 && u == 0, "\"0\" is a number");
	ok(parse_u64("18446744073709551615", 20, 0, UINT64_MAX, &u) == 0 && u == UINT64_MAX,
	    "the largest there is is taken");
	ok(parse_u64("123", 2, 0, 99, &u) == 0 && u == 12, "only the n bytes count");
	u = 7;
	for (k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		ok(parse_u64(bad[k], strlen(bad[k]), 0, UINT64_MAX, &u) == -1 && u == 7,
		    "\"%s\" is no number, and *out stays", bad[k]);
	ok(parse_u64("-1", 2, 0, 9, &u) == -1, "an unsigned number has no minus");
	ok(parse_u64("4", 1, 5, 9, &u) == -1 && parse_u64("10", 2, 5, 9, &u) == -1 && u == 7,
	    "outside of [min,max] is refused");
	ok(parse_u64("5", 1, 5, 9, &u) == 0 && parse_u64("9", 1, 5, 9, &u) == 0,
	    "both ends are inside");
	ok(parse_u64("1\0002", 3, 0, 999, &u) == -1, "a NUL within is refused");
	for (k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		ok(parse_i64(bad[k], strlen(bad[k]), INT64_MIN, INT64_MAX, &i) == -1 && i == 7,
		    "nor is \"%s\" with a sign allowed", bad[k]);
	ok(parse_i64("-9223372036854775808", 20, INT64_MIN, INT64_MAX, &i) == 0 && i == INT64_MIN,
	    "the smallest signed number");
	ok(parse_i64("9223372036854775807", 19, INT64_MIN, INT64_MAX, &i) == 0 && i == INT64_MAX,
	    "the largest signed number");
	ok(parse_i64("-9223372036854775809", 20, INT64_MIN, INT64_MAX, &i) == -1,
	    "one below is refused");
	ok(parse_i64("9223372036854775808", 19, INT64_MIN, INT64_MAX, &i) == -1,
	    "one above is refused");
	ok(parse_i64("-0", 2, -5, 5, &i) == -1 && parse_i64("--1", 3, -5, 5, &i) == -1,
	    "\"-0\" and two minus signs are refused");
	ok(parse_i64("-5", 2, -5, 5, &i) == 0 && i == -5, "a minus is taken");
	ok(parse_i64("-6", 2, -5, 5, &i) == -1, "below min is refused");
}

static const struct {
	const char *bytes;
	bool good;
	const char *what;
} utf8[] = {
    {"", true, "nothing"},
    {"abc", true, "ASCII"},
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", true, "two, three and four bytes"},
    {"\xc2\x80", true, "U+0080"},
    {"\xdf\xbf", true, "U+07FF"},
    {"\xe0\xa0\x80", true, "U+0800"},
    {"\xed\x9f\xbf\xee\x80\x80", true, "the neighbours of the surrogates"},
    {"\xef\xbf\xbf", true, "U+FFFF"},
    {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", true, "the first and last beyond the BMP"},
    {"\x80", false, "a continuation alone"},
    {"\xc3", false, "a sequence cut short"},
    {"\xe2\x82", false, "three bytes cut short"},
    {"\xf0\x9f\x98", false, "four bytes cut short"},
    {"\xc0\x80", false, "an overlong NUL"},
    {"\xc1\xbf", false, "an overlong 7F"},
    {"\xe0\x9f\xbf", false, "an overlong three-byte form"},
    {"\xf0\x8f\xbf\xbf", false, "an overlong four-byte form"},
    {"\xed\xa0\x80", false, "a surrogate"},
    {"\xed\xbf\xbf", false, "the last surrogate"},
    {"\xf4\x90\x80\x80", false, "U+110000"},
    {"\xf5\x80\x80\x80", false, "the byte F5"},
    {"\xfe\xff", false, "a byte order mark of UTF-16"},
    {"a\xc3z", false, "a letter where a continuation belongs"},
};

static void
encoding(void)
{
	size_t i;

	for (i = 0; i < sizeof(utf8) / sizeof(utf8[0]); i++)
		ok(utf8_valid(utf8[i].bytes, strlen(utf8[i].bytes)) == utf8[i].good, "%s: %s UTF-8",
		    utf8[i].what, utf8[i].good ? "well-formed" : "not");
	ok(utf8_valid("a\0b", 3) && !text_valid("a\0b", 3, true), "NUL is UTF-8 but no text");
}

static void
text(void)
{
	char c[3] = {0};
	bool refused = true, taken = true;
	int i;

	for (i = 1; i < 0x20; i++) {
		c[0] = (char)i;
		refused = refused && !text_valid(c, 1, false);
		taken = taken && text_valid(c, 1, true) == (i == '\n' || i == '\t');
	}
	ok(refused, "control characters are no text");
	ok(taken, "newline and tab are when lines are allowed, and nothing else");
	ok(!text_valid("\x7f", 1, true) && !text_valid("\xc2\x80", 2, true) &&
		!text_valid("\xc2\x9f", 2, true),
	    "neither are DEL and C1");
	ok(text_valid("\xc2\xa0\xf0\x9f\x98\x80 z", 8, false), "other characters are");
	ok(!text_valid("\xed\xa0\x80", 3, true), "what is not UTF-8 is not");
}

/* Every code point there is goes out by utf8_add and comes back. */
static void
code_points(void)
{
	struct buf b = BUF_INIT(8);
	const char *p = NULL;
	uint32_t cp, want;
	bool same = true;

	for (cp = 0; cp < 0x110100; cp++) {
		want = cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000) ? 0xfffd : cp;
		buf_reset(&b);
		utf8_add(&b, cp);
		p = b.data;
		same = same && utf8_next(&p, b.data + b.len) == want && p == b.data + b.len;
	}
	ok(same, "utf8_add and utf8_next agree on every code point");
	buf_reset(&b);
	buf_adds(&b, "\xc3z");
	p = b.data;
	ok(utf8_next(&p, b.data + b.len) == 0xfffd && p == b.data + 1,
	    "a stray byte is U+FFFD and taken alone");
	ok(utf8_next(&p, b.data + b.len) == 'z', "and what follows is itself");
	is_int(utf8_length("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10), 4,
	    "utf8_length counts characters");
	buf_free(&b);
}

static void
ids(void)
{
	ok(digits_valid("0123", 4, 1, 4), "digits are digits");
	ok(!digits_valid("", 0, 1, 4) && digits_valid("", 0, 0, 4), "min counts");
	ok(!digits_valid("12345", 5, 1, 4), "max counts");
	ok(!digits_valid("12 4", 4, 1, 4) && !digits_valid("-123", 4, 1, 4), "nothing but digits");
	ok(guid_valid("93de2206-9669-4e07-948d-329f4b722ee2", 36), "a GUID");
	ok(guid_valid("93DE2206-9669-4E07-948D-329F4B722EE2", 36), "in capitals");
	ok(!guid_valid("93de2206-9669-4e07-948d-329f4b722ee", 35), "not one short of a digit");
	ok(!guid_valid("93de2206-9669-4e07-948d-329f4b722eeg", 36), "not with another letter");
	ok(!guid_valid("93de2206a9669-4e07-948d-329f4b722ee2", 36), "not without a dash");
	ok(!guid_valid("93de22-6-9669-4e07-948d-329f4b722ee2", 36), "not with one too many");
}

int
main(void)
{
	numbers();
	encoding();
	text();
	code_points();
	ids();
	return done_testing();
}
