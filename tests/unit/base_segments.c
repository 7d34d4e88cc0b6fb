/*
 * base_segments.c: the promises of segments.h.
 */
#include "base/buf.h"
#include "base/parse.h"
#include "base/segments.h"
#include "tap.h"

#define EMOJI "\xf0\x9f\x98\x80"
#define EURO "\xe2\x82\xac"
#define HAN "\xe6\xbc\xa2"

/* A text is a prefix repeated, then a middle, then a suffix repeated. */
static const struct {
	int before;
	const char *middle;
	int after;
	bool ucs2; /* the filling letter makes it so */
	int count, units, left;
	const char *what;
} table[] = {
    {0, "", 0, false, 0, 0, 160, "an empty text"},
    {1, "", 0, false, 1, 1, 159, "one letter"},
    {160, "", 0, false, 1, 160, 0, "160 septets fit alone"},
    {161, "", 0, false, 2, 161, 145, "161 take two parts of 153"},
    {306, "", 0, false, 2, 306, 0, "306 fill two parts"},
    {307, "", 0, false, 3, 307, 152, "307 take three"},
    {459, "", 0, false, 3, 459, 0, "459 fill three"},
    {158, "{", 0, false, 1, 160, 0, "an extension character is two septets"},
    {159, "{", 0, false, 2, 161, 145, "which may be one too many"},
    {152, EURO, 153, false, 3, 307, 151, "a part's last septet stays free before the euro sign"},
    {151, EURO, 153, false, 2, 306, 0, "and does not when it fits"},
    {70, "", 0, true, 1, 70, 0, "70 UCS-2 units fit alone"},
    {71, "", 0, true, 2, 71, 63, "71 take two parts of 67"},
    {134, "", 0, true, 2, 134, 0, "134 fill two parts"},
    {135, "", 0, true, 3, 135, 66, "135 take three"},
    {68, EMOJI, 0, true, 1, 70, 0, "an emoji takes two units"},
    {69, EMOJI, 0, true, 2, 71, 63, "which may be one too many"},
    {66, EMOJI, 67, true, 3, 135, 65, "an emoji is never split between parts"},
    {65, EMOJI, 67, true, 2, 134, 0, "and needs no room when it fits"},
};

static struct segments
count_of(int before, const char *middle, int after, bool ucs2)
{
	struct buf b = BUF_INIT(100000);
	struct segments s;
	int i;

	for (i = 0; i < before; i++)
		buf_adds(&b, ucs2 ? HAN : "a");
	buf_adds(&b, middle);
	for (i = 0; i < after; i++)
		buf_adds(&b, ucs2 ? HAN : "a");
	s = segments_count(buf_str(&b), b.len);
	buf_free(&b);
	return s;
}

static void
boundaries(void)
{
	struct segments s;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		s = count_of(table[i].before, table[i].middle, table[i].after, table[i].ucs2);
		if (!ok(s.count == table[i].count && s.units == table[i].units &&
			    s.left == table[i].left && s.ucs2 == table[i].ucs2,
			"%s", table[i].what))
			printf(
			    "#   got %d segments, %d units, %d left\n", s.count, s.units, s.left);
	}
}

static void
alphabet(void)
{
	static const char one[] =
	    "@\xc2\xa3$\xc2\xa5\xc3\xa8\xc3\xa9\xc3\xb9\xc3\xac\xc3\xb2\xc3\x87\n"
	    "\xc3\x98\xc3\xb8\r\xc3\x85\xc3\xa5\xce\x94_\xce\xa6\xce\x93\xce\x9b"
	    "\xce\xa9\xce\xa0\xce\xa8\xce\xa3\xce\x98\xce\x9e\xc3\x86\xc3\xa6\xc3\x9f"
	    "\xc3\x89 !\"#\xc2\xa4%&'()*+,-./0123456789:;<=>?\xc2\xa1"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ\xc3\x84\xc3\x96\xc3\x91\xc3\x9c\xc2\xa7\xc2\xbf"
	    "abcdefghijklmnopqrstuvwxyz\xc3\xa4\xc3\xb6\xc3\xb1\xc3\xbc\xc3\xa0";
	static const char two[] = "\f^{}\\[~]|\xe2\x82\xac";
	static const char *const outside[] = {"`", "\xc3\xa7", "\xe2\x80\x99", "\xe2\x80\x9c", "\t",
	    "\xc2\xa0", "\xce\x91", EMOJI, "\xe2\x80\xa6"};
	struct segments s = segments_count(one, sizeof(one) - 1);
	size_t i;

	is_int(utf8_length(one, sizeof(one) - 1), 127, "the default alphabet has 127 characters");
	ok(!s.ucs2 && s.units == 127, "each takes one septet");
	s = segments_count(two, sizeof(two) - 1);
	ok(!s.ucs2 && s.units == 20, "each of the extension table two");
	for (i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		s = segments_count(outside[i], strlen(outside[i]));
		ok(s.ucs2, "character %zu of those outside changes the text to UCS-2", i + 1);
	}
	s = count_of(80, "\xe2\x80\x99", 0, false);
	ok(s.ucs2 && s.count == 2, "one curly apostrophe makes a text of 81 letters two segments");
	s = segments_count("ab", 1);
	is_int(s.units, 1, "only the n bytes count");
}

/* The parts add up: units, what is left, and at most one unit lost in each. */
static void
sums(void)
{
	struct segments s;
	bool good = true;
	int i, part;

	for (i = 1; i < 700; i++) {
		s = count_of(i, i % 2 ? EMOJI : EURO, i % 5, i % 2);
		part = s.count == 1 ? (s.ucs2 ? 70 : 160) : (s.ucs2 ? 67 : 153);
		good = good && s.left >= 0 && s.left < part + 1 &&
		       s.units + s.left <= s.count * part &&
		       s.units + s.left >= s.count * part - (s.count - 1);
	}
	ok(good, "units and what is left add up to the segments");
}

int
main(void)
{
	boundaries();
	alphabet();
	sums();
	return done_testing();
}
