/*
 * range.h: which part of a file a request asks for (RFC 9110, section 14).
 */
#ifndef SPOKE_RANGE_H
#define SPOKE_RANGE_H

#include <stdint.h>

enum range_kind {
	RANGE_WHOLE,  /* nothing asked for that counts: all of it, 200 */
	RANGE_PART,   /* 206 */
	RANGE_OUTSIDE /* 416 */
};

/*
 * Reads "bytes=0-499", "bytes=500-" or "bytes=-500" (NULL allowed) for a file of that size;
 * *from and *length are set in any case.  Several ranges, other units and whatever cannot
 * be read count as nothing.
 */
enum range_kind range_read(const char *header, int64_t size, int64_t *from, int64_t *length);

#endif
