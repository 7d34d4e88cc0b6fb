/*
 * clock.h: time as the program means it.
 *
 * Wall time is milliseconds since 1970 (UTC) in an int64_t, 0 = never.
 * Anything that waits or expires within one process uses the monotonic clock.
 *
 * A machine's clock can be set wrong, and set right, while texts wait: an hour back and they
 * would wait that hour more, a day forward and they would all be late.  So once it is known what
 * time it is (worker/timekeeper.h), the program counts on from there by itself.
 */
#ifndef SPOKE_CLOCK_H
#define SPOKE_CLOCK_H

#include <stdint.h>

#define CLOCK_SECOND INT64_C(1000)
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR (60 * CLOCK_MINUTE)
#define CLOCK_DAY (24 * CLOCK_HOUR)

int64_t clock_now(void);      /* wall, ms, as the program goes by it */
int64_t clock_system(void);   /* wall, ms, as the machine has it: for the log, and to be judged */
int64_t clock_boot(void);     /* since the machine was started, its sleep included, ms */
int64_t clock_mono(void);     /* monotonic, ms */
void clock_sleep(int64_t ms); /* returns early only on a signal */

/*
 * From now on clock_now is clock_boot + base, in this process; 0 (as at first): the machine's clock.
 * Kept for all processes, and until the machine is started anew, by store/store.h.
 */
void clock_use(int64_t base);
int64_t clock_base(void);

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
