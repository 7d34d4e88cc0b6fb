/*
 * clock.c: the clocks and the two date formats of clock.h.
 *
 * Days are converted by arithmetic of our own on the proleptic Gregorian
 * calendar, so neither a time zone nor the C library's static buffers come in.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define LAST_MS INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

struct date {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second, ms;
	int weekday; /* 0 = Sunday */
};

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts = {0, 0};

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* One for the whole process, as the machine's clock is one. */
static _Atomic int64_t base;

int64_t
clock_system(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t
clock_boot(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

void
clock_use(int64_t b)
{
	atomic_store_explicit(&base, b, memory_order_relaxed);
}

int64_t
clock_base(void)
{
	return atomic_load_explicit(&base, memory_order_relaxed);
}

int64_t
clock_now(void)
{
	int64_t b = clock_base();

	return b != 0 ? clock_boot() + b : clock_system();
}

int64_t
clock_mono(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void
clock_sleep(int64_t ms)
{
	struct timespec ts;

	if (ms <= 0)
		return;
	ts.tv_sec = (time_t)(ms / 1000);
	ts.tv_nsec = (long)(ms % 1000) * 1000000;
	clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, NULL);
}

int64_t
clock_day(int64_t ms)
{
	int64_t day = ms / CLOCK_DAY;

	return ms % CLOCK_DAY < 0 ? day - 1 : day;
}

static bool
leap_year(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && leap_year(year) ? 29 : days[month - 1];
}

/* Days from 1970 to the first of January of a year after 1969. */
static int64_t
days_to_year(int year)
{
	int64_t y = year - 1;

	return (y * 365 + y / 4 - y / 100 + y / 400) - INT64_C(719162);
}

static void
date_of(int64_t ms, struct date *d)
{
	int64_t day, rest;

	if (ms < 0)
		ms = 0;
	if (ms > LAST_MS)
		ms = LAST_MS;
	day = ms / CLOCK_DAY;
	rest = ms % CLOCK_DAY;
	d->weekday = (int)((day + 4) % 7); /* 1 January 1970 was a Thursday */
	d->year = (int)(1970 + day / 366);
	while (days_to_year(d->year + 1) <= day)
		d->year++;
	day -= days_to_year(d->year);
	for (d->month = 1; day >= days_in_month(d->year, d->month); d->month++)
		day -= days_in_month(d->year, d->month);
	d->day = (int)day + 1;
	d->hour = (int)(rest / CLOCK_HOUR);
	d->minute = (int)(rest / CLOCK_MINUTE % 60);
	d->second = (int)(rest / CLOCK_SECOND % 60);
	d->ms = (int)(rest % CLOCK_SECOND);
}

const char *
clock_text(int64_t ms, char out[CLOCK_TEXT])
{
	struct date d = {0};

	date_of(ms, &d);
	snprintf(out, CLOCK_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)d.year % 10000u,
	    (unsigned)d.month % 100u, (unsigned)d.day % 100u, (unsigned)d.hour % 100u,
	    (unsigned)d.minute % 100u, (unsigned)d.second % 100u, (unsigned)d.ms % 1000u);
	return out;
}

const char *
clock_http(int64_t ms, char out[CLOCK_TEXT])
{
	static const char weekdays[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[][4] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct date d = {0};

	date_of(ms, &d);
	snprintf(out, CLOCK_TEXT, "%s, %02u %s %04u %02u:%02u:%02u GMT", weekdays[d.weekday],
	    (unsigned)d.day % 100u, months[d.month - 1], (unsigned)d.year % 10000u,
	    (unsigned)d.hour % 100u, (unsigned)d.minute % 100u, (unsigned)d.second % 100u);
	return out;
}

/* Takes n digits at *s into *out, which must lie between min and max. */
static bool
take_number(const char **s, int n, int min, int max, int *out)
{
	int v = 0;

	for (; n > 0; n--) {
		if (**s < '0' || **s > '9')
			return false;
		v = v * 10 + (*(*s)++ - '0');
	}
	*out = v;
	return v >= min && v <= max;
}

static bool
take_char(const char **s, const char *either)
{
	if (**s == '\0' || strchr(either, **s) == NULL)
		return false;
	(*s)++;
	return true;
}

/* An optional fraction of any length; its first three digits count. */
static bool
take_fraction(const char **s, int *ms)
{
	int weight = 100;

	*ms = 0;
	if (**s != '.')
		return true;
	(*s)++;
	if (**s < '0' || **s > '9')
		return false;
	for (; **s >= '0' && **s <= '9'; (*s)++) {
		*ms += (**s - '0') * weight;
		weight /= 10;
	}
	return true;
}

/* "Z" or "+hh:mm", in minutes east of Greenwich. */
static bool
take_offset(const char **s, int *minutes)
{
	int sign, h = 0, m = 0;

	*minutes = 0;
	if (take_char(s, "Zz"))
		return true;
	sign = **s == '-' ? -1 : 1;
	if (!take_char(s, "+-") || !take_number(s, 2, 0, 23, &h) || !take_char(s, ":") ||
	    !take_number(s, 2, 0, 59, &m))
		return false;
	*minutes = sign * (h * 60 + m);
	return true;
}

static bool
take_date(const char **s, struct date *d)
{
	return take_number(s, 4, 1970, 9999, &d->year) && take_char(s, "-") &&
	       take_number(s, 2, 1, 12, &d->month) && take_char(s, "-") &&
	       take_number(s, 2, 1, days_in_month(d->year, d->month), &d->day) &&
	       take_char(s, "Tt") && take_number(s, 2, 0, 23, &d->hour) && take_char(s, ":") &&
	       take_number(s, 2, 0, 59, &d->minute) && take_char(s, ":") &&
	       take_number(s, 2, 0, 60, &d->second) && take_fraction(s, &d->ms);
}

int
clock_parse(const char *s, int64_t *ms)
{
	struct date d = {0};
	int offset = 0, month;
	int64_t t;

	if (!take_date(&s, &d) || !take_offset(&s, &offset) || *s != '\0')
		return -1;
	t = days_to_year(d.year);
	for (month = 1; month < d.month; month++)
		t += days_in_month(d.year, month);
	t = (t + d.day - 1) * CLOCK_DAY + d.hour * CLOCK_HOUR + (d.minute - offset) * CLOCK_MINUTE +
	    d.second * CLOCK_SECOND;
	/* A leap second is only ever the last one of a day of UTC. */
	if (d.second == 60 && t % CLOCK_DAY != 0)
		return -1;
	t += d.ms;
	if (t < 0 || t > LAST_MS)
		return -1;
	*ms = t;
	return 0;
}
