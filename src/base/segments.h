/*
 * segments.h: how many SMS segments a text takes.
 *
 * GSM 03.38 default alphabet with its extension table (an extension character
 * takes two septets and is never split between segments): 160 alone, 153 in
 * parts.  Anything else makes it UCS-2: 70 alone, 67 in parts; characters
 * beyond the BMP take two units that are never split.  (3GPP TS 23.038 and
 * TS 23.040; one character outside the alphabet changes the whole text.)
 */
#ifndef SPOKE_SEGMENTS_H
#define SPOKE_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_MAX_CHARACTERS 2048 /* Bandwidth's limit for "text" */

struct segments {
	int count; /* 0 for an empty text */
	bool ucs2;
	int units; /* septets or UCS-2 units used */
	int left;  /* units free in the last segment */
};

/* s is well-formed UTF-8. */
struct segments segments_count(const char *s, size_t n);

#endif
