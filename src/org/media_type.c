/*
 * media_type.c: signatures of the few kinds of files that are shown (media_type.h).
 *
 * Sources: PNG (RFC 2083, 3.1 and 4.1.1), JPEG (ITU T.81, B.1.1.3), GIF89a 17, WebP (RFC 9649,
 * 2.4), ISO/IEC 14496-12 4.3 with the brands of mp4ra.org, MPEG audio (ISO/IEC 11172-3,
 * 2.4.1.3), ID3v2.3 3.1.
 */
#include "org/media_type.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { PNG, JPEG, GIF, WEBP, MP4, MP3, TYPES };

static const struct media_type types[TYPES] = {
    [PNG] = {"image/png", "png", SHOW_PICTURE},
    [JPEG] = {"image/jpeg", "jpg", SHOW_PICTURE},
    [GIF] = {"image/gif", "gif", SHOW_PICTURE},
    [WEBP] = {"image/webp", "webp", SHOW_PICTURE},
    [MP4] = {"video/mp4", "mp4", SHOW_VIDEO},
    [MP3] = {"audio/mpeg", "mp3", SHOW_SOUND},
};

static bool
has(const unsigned char *p, size_t n, size_t at, const char *text, size_t length)
{
	return n >= length && at <= n - length && memcmp(p + at, text, length) == 0;
}

static bool
is_png(const unsigned char *p, size_t n)
{
	return has(p, n, 0, "\x89PNG\r\n\x1a\n", 8) && has(p, n, 12, "IHDR", 4);
}

static bool
is_jpeg(const unsigned char *p, size_t n)
{
	return has(p, n, 0, "\xff\xd8\xff", 3) && n > 3 && p[3] >= 0xc0 && p[3] != 0xff;
}

static bool
is_webp(const unsigned char *p, size_t n)
{
	return has(p, n, 0, "RIFF", 4) && has(p, n, 8, "WEBPVP8", 7);
}

/* QuickTime, HEIC, 3GP and the like begin in the same way, and are others. */
static bool
is_mp4(const unsigned char *p, size_t n)
{
	static const char brands[][5] = {"isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7",
	    "iso8", "iso9", "mp41", "mp42", "avc1", "M4V ", "MSNV", "dash"};
	size_t i;

	/* The first box is a small one, so the bytes before its name begin with zeros. */
	if (!has(p, n, 4, "ftyp", 4) || p[0] != 0 || p[1] != 0)
		return false;
	for (i = 0; i < sizeof(brands) / sizeof(brands[0]); i++)
		if (has(p, n, 8, brands[i], 4))
			return true;
	return false;
}

/* Bytes of the frame of layer III that begins here; 0: none does. */
static size_t
frame_length(const unsigned char *p, size_t n)
{
	static const uint16_t kbits[2][15] = {
	    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}, /* MPEG 1 */
	    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},	/* 2, 2.5 */
	};
	static const uint32_t rates[3] = {44100, 48000, 32000};
	unsigned version, rate, bits;
	uint32_t hertz;

	if (n < 4 || p[0] != 0xff || (p[1] & 0xe0) != 0xe0)
		return 0;
	version = (p[1] >> 3) & 3; /* 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5, 1: reserved */
	bits = p[2] >> 4;
	rate = (p[2] >> 2) & 3;
	if (version == 1 || ((p[1] >> 1) & 3) != 1 || bits == 0 || bits == 15 || rate == 3)
		return 0;
	hertz = rates[rate] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
	return (version == 3 ? 144u : 72u) * 1000u * kbits[version == 3 ? 0 : 1][bits] / hertz +
	       ((p[2] >> 1) & 1);
}

/* With its tag, or two frames in a row: one alone is found in anything. */
static bool
is_mp3(const unsigned char *p, size_t n)
{
	size_t first;

	if (has(p, n, 0, "ID3", 3))
		return n >= 10 && p[3] >= 2 && p[3] <= 4 && p[4] != 0xff &&
		       ((p[6] | p[7] | p[8] | p[9]) & 0x80) == 0;
	first = frame_length(p, n);
	return first > 0 && first < n && frame_length(p + first, n - first) > 0;
}

const struct media_type *
media_sniff(const void *head, size_t n)
{
	const unsigned char *p = head;

	if (n > MEDIA_HEAD)
		n = MEDIA_HEAD;
	if (is_png(p, n))
		return &types[PNG];
	if (is_jpeg(p, n))
		return &types[JPEG];
	if (has(p, n, 0, "GIF87a", 6) || has(p, n, 0, "GIF89a", 6))
		return &types[GIF];
	if (is_webp(p, n))
		return &types[WEBP];
	if (is_mp4(p, n))
		return &types[MP4];
	return is_mp3(p, n) ? &types[MP3] : NULL;
}

const struct media_type *
media_type_find(const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < TYPES; i++)
		if (strcmp(name, types[i].name) == 0)
			return &types[i];
	return NULL;
}
