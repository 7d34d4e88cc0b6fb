/*
 * plain.c: a text of a stranger's as plain words.
 *
 * What looks like a letter of ours becomes that letter, what decorates or hides
 * becomes nothing, and other writing stays as letters that match no word.
 */
#include "org/plain.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/parse.h"

/* A number of fewer digits is part of what is said: "stop 5". */
#define NUMBER_LEAST 3

/* ---- characters -------------------------------------------------------------- */

enum { DROP = 0, BLANK = ' ', BREAK = '.', FOREIGN = '*' };

/* Alphabets that look like ours: each range repeats "abc…" from a. */
static const struct {
	uint32_t first, last, cycle;
} alphabets[] = {
    {0xFF21, 0xFF3A, 26},   /* full width, capital */
    {0xFF41, 0xFF5A, 26},   /* full width, small */
    {0x24B6, 0x24E9, 26},   /* circled */
    {0x1D400, 0x1D6A3, 26}, /* mathematical: bold, italic, script, … */
};

/* Greek letters from U+0391 to U+03C9 and Cyrillic ones from U+0400 that are drawn like ours. */
static const char greek[] = "ab**ezh*ik*mn*o*p**ty*x*********a***e***ik**v*o*p**tu*x**";
static const char cyrillic[] = "*****si*j*******a*b**e****k*mho*"
			       "pcty*x**********a*b**e****k*mhon"
			       "pcty*x***************si*j*******";

/* Others that are. */
static const struct {
	uint32_t cp;
	char as;
} twins[] = {{0x3F2, 'c'}, {0x3F9, 'c'}, {0x475, 'v'}, {0x4AE, 'y'}, {0x4BB, 'h'}, {0x4C0, 'l'},
    {0x4CF, 'l'}, {0x501, 'd'}, {0x51A, 'q'}, {0x51B, 'q'}, {0x51C, 'w'}, {0x51D, 'w'}};

/* What is neither letter nor digit, and how it reads. */
static const struct {
	uint32_t first, last;
	char as;
} marks[] = {
    {0x00, 0x09, BLANK}, {0x0A, 0x0D, BREAK}, {0x0E, 0x20, BLANK}, {'!', '!', BREAK},
    {'\'', '\'', DROP}, {',', ',', BREAK}, {'.', '.', BREAK}, {':', ';', BREAK}, {'?', '?', BREAK},
    {'`', '`', DROP}, {0x7F, 0x84, BLANK}, {0x85, 0x85, BREAK}, {0x86, 0xA0, BLANK},
    {0xA1, 0xA1, BREAK}, /* inverted exclamation mark */
    {0xAD, 0xAD, DROP},	 /* soft hyphen */
    {0xB4, 0xB4, DROP}, {0xBF, 0xBF, BREAK},
    {0x2B0, 0x2FF, DROP},			    /* modifier letters, used as apostrophes */
    {0x300, 0x36F, DROP},			    /* combining accents */
    {0x180E, 0x180E, DROP}, {0x200B, 0x200F, DROP}, /* zero width */
    {0x2018, 0x201B, DROP},			    /* single quotes */
    {0x2026, 0x2026, BREAK}, {0x2028, 0x2029, BREAK}, {0x202A, 0x202E, DROP},
    {0x2032, 0x2032, DROP}, {0x2060, 0x206F, DROP}, {0x3001, 0x3002, BREAK},
    {0xFE00, 0xFE0F, DROP}, /* variation selectors */
    {0xFEFF, 0xFEFF, DROP}, {0xFF01, 0xFF01, BREAK}, {0xFF07, 0xFF07, DROP},
    {0xFF0C, 0xFF0C, BREAK}, {0xFF0E, 0xFF0E, BREAK}, {0xFF1A, 0xFF1B, BREAK},
    {0xFF1F, 0xFF1F, BREAK}, {0x1F3FB, 0x1F3FF, DROP}, /* skin tones */
    {0xE0000, 0xE0FFF, DROP},			       /* tags */
};

/* Blocks that hold only signs and pictures: a blank each. */
static const struct {
	uint32_t first, last;
} pictures[] = {{0xA1, 0xA9}, {0xAB, 0xB9}, {0xBB, 0xBF}, {0xD7, 0xD7}, {0xF7, 0xF7},
    {0x2000, 0x2BFF}, {0x3000, 0x303F}, {0xE000, 0xF8FF}, {0xFE10, 0xFE6F}, {0xFF00, 0xFF0F},
    {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFD}, {0x1F000, 0x1FAFF}};

/* Latin letters with accents, from U+00C0 to U+00FF, without them. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo*ouuuuy*saaaaaaaceeeeiiiidnooooo*ouuuuy*y";

/* The letter of ours that is drawn like a Greek or Cyrillic one, FOREIGN for the others there. */
static char
twin(uint32_t cp)
{
	size_t i;

	if (cp >= 0x391 && cp < 0x391 + sizeof greek - 1)
		return greek[cp - 0x391];
	if (cp >= 0x400 && cp < 0x400 + sizeof cyrillic - 1)
		return cyrillic[cp - 0x400];
	for (i = 0; i < sizeof twins / sizeof twins[0]; i++) {
		if (cp == twins[i].cp)
			return twins[i].as;
	}
	return '\0';
}

/* The letter of an alphabet that looks like ours, or 0. */
static char
look_alike(uint32_t cp)
{
	size_t i;

	for (i = 0; i < sizeof alphabets / sizeof alphabets[0]; i++) {
		if (cp >= alphabets[i].first && cp <= alphabets[i].last)
			return (char)('a' + (cp - alphabets[i].first) % alphabets[i].cycle);
	}
	if (cp >= 0xFF10 && cp <= 0xFF19)
		return (char)('0' + (cp - 0xFF10));
	return twin(cp);
}

static bool
is_picture(uint32_t cp)
{
	size_t i;

	for (i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
		if (cp >= pictures[i].first && cp <= pictures[i].last)
			return true;
	}
	return false;
}

/* A small letter, a digit, or one of the marks above. */
static char
plain_character(uint32_t cp)
{
	char c = look_alike(cp);
	size_t i;

	if (c != '\0')
		return c;
	if ((cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9'))
		return (char)cp;
	if (cp >= 'A' && cp <= 'Z')
		return (char)(cp - 'A' + 'a');
	for (i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		if (cp >= marks[i].first && cp <= marks[i].last)
			return marks[i].as;
	}
	if (cp < 0x80 || is_picture(cp))
		return BLANK;
	return cp >= 0xC0 && cp <= 0xFF ? latin[cp - 0xC0] : FOREIGN;
}

/* ---- plain words ------------------------------------------------------------- */

/* Appends a character of a word, a blank, or a break standing as a word of its own; never two
 * blanks
 * or breaks in a row, none at the start. */
static void
add_plain(struct buf *out, char c, bool *gap, bool *broken)
{
	if (c == BLANK || c == BREAK) {
		*gap = true;
		*broken = *broken || c == BREAK;
		return;
	}
	if (*gap && out->len > 0) {
		if (*broken)
			buf_add(out, " .", 2);
		buf_addc(out, ' ');
	}
	*gap = *broken = false;
	buf_addc(out, c);
}

void
plain_words(const char *text, struct buf *out)
{
	const char *p = text, *end = text + strlen(text);
	bool gap = false, broken = false;
	char c;

	while (p < end && out->len < PLAIN_MAX - 8) {
		c = plain_character(utf8_next(&p, end));
		if (c != DROP)
			add_plain(out, c, &gap, &broken);
	}
}

void
plain_without_breaks(const char *plain, struct buf *out)
{
	for (; *plain != '\0'; plain++) {
		if (plain[0] == ' ' && plain[1] == '.')
			plain++;
		else
			buf_addc(out, *plain);
	}
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How many digits of one word are left out: those at its end, or a word of them alone. */
static size_t
digits_of(const char *word, size_t n)
{
	size_t digits = 0;

	while (digits < n && is_digit(word[n - 1 - digits]))
		digits++;
	return digits == n && n < NUMBER_LEAST ? 0 : digits;
}

bool
plain_without_numbers(const char *words, struct buf *out)
{
	bool any = false;
	size_t n, digits;

	for (; *words != '\0'; words += n + (words[n] == ' ')) {
		n = strcspn(words, " ");
		digits = digits_of(words, n);
		any = any || digits > 0;
		if (digits == n)
			continue;
		if (out->len > 0)
			buf_addc(out, ' ');
		buf_add(out, words, n - digits);
	}
	return any;
}

void
plain_join_words(const char *words, struct buf *out)
{
	for (; *words != '\0'; words++) {
		if (*words != ' ')
			buf_addc(out, *words);
	}
}
