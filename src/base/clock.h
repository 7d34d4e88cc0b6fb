/*
 * clock.h: time as the program means it.
 *
 * Wall time is milliseconds since 1970 (UTC) in an int64_t, 0 = never.
 * Anything that waits or expires within one process uses the monotonic clock.
 */
#ifndef SPOKE_CLOCK_H
#define SPOKE_CLOCK_H

#include <stdint.h>

#define CLOCK_SECOND INT64_C(1000)
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR (60 * CLOCK_MINUTE)
#define CLOCK_DAY (24 * CLOCK_HOUR)

int64_t clock_now(void);      /* wall, ms */
int64_t clock_mono(void);     /* monotonic, ms */
void clock_sleep(int64_t ms); /* returns early only on a signal */

/* "2026-12-01T21:00:00.000Z" (RFC 3339, always with milliseconds: Bandwidth's
 * GET /messages refuses dates without them).  out has CLOCK_TEXT bytes.
 * Times before 1970 or after 9999 are shown as the first or last there is. */
#define CLOCK_TEXT 32
const char *clock_text(int64_t ms, char out[CLOCK_TEXT]);

/* "Mon, 23 Nov 2026 18:00:00 GMT" (RFC 9110 section 5.6.7). */
const char *clock_http(int64_t ms, char out[CLOCK_TEXT]);

/* Parses RFC 3339 with any fraction (cut to milliseconds) and any offset; years
 * 1970 to 9999, as written and in UTC.  A leap second is the second after it.
 * Returns 0, or -1 when it is anything else.  s ends with a NUL. */
int clock_parse(const char *s, int64_t *ms);

/* UTC day number (days since 1970) of a wall time. */
int64_t clock_day(int64_t ms);

#endif
