/*
 * base_clock.c: the promises of clock.h.
 */
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "tap.h"

static const struct {
	const char *text;
	int64_t ms; /* -1: refused */
} table[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01T00:00:00.001Z", 1},
    {"2026-12-01T21:00:00.000Z", INT64_C(1796158800000)},
    {"2026-12-01t21:00:00z", INT64_C(1796158800000)},
    {"2026-12-01T16:00:00-05:00", INT64_C(1796158800000)},
    {"2026-12-02T02:30:00+05:30", INT64_C(1796158800000)},
    {"2026-12-01T21:00:00-00:00", INT64_C(1796158800000)},
    {"2026-12-01T21:00:00.9Z", INT64_C(1796158800900)},
    {"2026-12-01T21:00:00.98Z", INT64_C(1796158800980)},
    {"2026-12-01T21:00:00.987654321987654321Z", INT64_C(1796158800987)},
    {"2024-02-29T12:00:00Z", INT64_C(1709208000000)},
    {"2000-02-29T00:00:00Z", INT64_C(951782400000)},
    {"2016-12-31T23:59:60Z", INT64_C(1483228800000)},
    {"2017-01-01T00:59:60+01:00", INT64_C(1483228800000)},
    {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
    {"1970-01-01T00:30:00+00:30", 0},
    {"2023-02-29T00:00:00Z", -1},
    {"2100-02-29T00:00:00Z", -1},
    {"2024-02-30T00:00:00Z", -1},
    {"2024-04-31T00:00:00Z", -1},
    {"2024-00-10T00:00:00Z", -1},
    {"2024-13-10T00:00:00Z", -1},
    {"2024-01-00T00:00:00Z", -1},
    {"2024-01-32T00:00:00Z", -1},
    {"2024-01-01T24:00:00Z", -1},
    {"2024-01-01T23:60:00Z", -1},
    {"2024-01-01T23:59:61Z", -1},
    {"2024-01-01T12:00:60Z", -1},
    {"1969-12-31T23:59:59Z", -1},
    {"1969-12-31T23:59:59-01:00", -1},
    {"1970-01-01T00:00:00+00:01", -1},
    {"9999-12-31T23:59:59-00:01", -1},
    {"10000-01-01T00:00:00Z", -1},
    {"2024-01-01T00:00:00", -1},
    {"2024-01-01 00:00:00Z", -1},
    {"2024-01-01T00:00:00.Z", -1},
    {"2024-01-01T00:00:00,5Z", -1},
    {"2024-01-01T00:00:00+24:00", -1},
    {"2024-01-01T00:00:00+01:60", -1},
    {"2024-01-01T00:00:00+0100", -1},
    {"2024-01-01T00:00:00+1:00", -1},
    {"2024-01-01T00:00Z", -1},
    {"2024-1-1T00:00:00Z", -1},
    {"2024-01-01", -1},
    {" 2024-01-01T00:00:00Z", -1},
    {"2024-01-01T00:00:00Z ", -1},
    {"+024-01-01T00:00:00Z", -1},
    {"2024-01-01T00:00:-1Z", -1},
    {"", -1},
    {"now", -1},
};

static void
parsing(void)
{
	int64_t ms;
	size_t i;
	int rc;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ms = -1;
		rc = clock_parse(table[i].text, &ms);
		ok(rc == (table[i].ms < 0 ? -1 : 0) && ms == table[i].ms, "\"%s\" is %s",
		    table[i].text, table[i].ms < 0 ? "refused" : "taken");
	}
}

static void
formatting(void)
{
	char out[CLOCK_TEXT];

	is_str(clock_text(INT64_C(1796158800000), out), "2026-12-01T21:00:00.000Z",
	    "clock_text always writes milliseconds");
	is_str(clock_text(INT64_C(951782400007), out), "2000-02-29T00:00:00.007Z",
	    "the leap day of 2000");
	is_str(clock_text(0, out), "1970-01-01T00:00:00.000Z", "0 is the beginning of 1970");
	is_str(clock_text(-5, out), "1970-01-01T00:00:00.000Z", "earlier shows as the first time");
	is_str(clock_text(INT64_MAX, out), "9999-12-31T23:59:59.999Z", "later as the last");
	is_str(clock_text(INT64_MIN, out), "1970-01-01T00:00:00.000Z", "however early");
	is_str(clock_http(INT64_C(1795456800000), out), "Mon, 23 Nov 2026 18:00:00 GMT",
	    "clock_http writes RFC 9110's format");
	is_str(clock_http(0, out), "Thu, 01 Jan 1970 00:00:00 GMT", "with two digits for the day");
	is_str(clock_http(INT64_MAX, out), "Fri, 31 Dec 9999 23:59:59 GMT", "up to the last");
}

/* Every day there is, against the C library and back again. */
static void
every_day(void)
{
	char text[CLOCK_TEXT], want[CLOCK_TEXT];
	bool same = true, back = true;
	int64_t day, ms, again;
	struct tm tm;
	time_t t;

	for (day = 0; day < 2932897; day += day < 100000 ? 1 : 97) {
		ms = day * CLOCK_DAY + day % CLOCK_DAY;
		t = (time_t)(ms / 1000);
		gmtime_r(&t, &tm);
		strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S", &tm);
		clock_text(ms, text);
		same = same && strncmp(text, want, 19) == 0;
		strftime(want, sizeof(want), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		again = -1;
		back = back && clock_parse(text, &again) == 0 && again == ms;
		same = same && strcmp(clock_http(ms, text), want) == 0;
	}
	ok(same, "days to the year 9999 agree with the C library");
	ok(back, "what clock_text writes, clock_parse reads back");
}

static void
clocks(void)
{
	int64_t wall = clock_now(), mono = clock_mono();

	ok(wall / 1000 >= time(NULL) - 1 && wall / 1000 <= time(NULL) + 1,
	    "clock_now is the wall time in milliseconds");
	clock_sleep(30);
	ok(clock_mono() - mono >= 30, "clock_sleep sleeps as long as it was told");
	mono = clock_mono();
	clock_sleep(0);
	clock_sleep(-1000);
	ok(clock_mono() - mono < 1000, "and not at all for nothing");
	is_int(clock_day(0), 0, "day 0 begins at 0");
	is_int(clock_day(CLOCK_DAY - 1), 0, "and lasts a whole day");
	is_int(clock_day(CLOCK_DAY), 1, "then day 1 begins");
	is_int(clock_day(-1), -1, "before day 0 lies day -1");
	is_int(clock_day(-CLOCK_DAY), -1, "of a whole day too");
}

int
main(void)
{
	parsing();
	formatting();
	every_day();
	clocks();
	return done_testing();
}
