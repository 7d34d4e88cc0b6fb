/*
 * tap.h: the little that a unit test needs to speak TAP.
 *
 * ok, is_str and is_int print one "ok N - promise" line each, the promise
 * being a printf format with its arguments; done_testing prints the plan and
 * gives main's exit status.  For one thread only.
 */
#ifndef SPOKE_TAP_H
#define SPOKE_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count;
static int tap_failed;

static bool tap_line(bool good, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5), unused));
static int tap_done(void) __attribute__((unused));
static bool tap_same(const char *got, const char *want) __attribute__((unused));

static bool
tap_line(bool good, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	tap_count++;
	tap_failed += !good;
	printf("%sok %d - ", good ? "" : "not ", tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (!good)
		printf("#   failed at %s:%d\n", file, line);
	fflush(stdout);
	return good;
}

static int
tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed > 0;
}

static bool
tap_same(const char *got, const char *want)
{
	return got == want || (got != NULL && want != NULL && strcmp(got, want) == 0);
}

#define ok(cond, ...) tap_line((cond), __FILE__, __LINE__, __VA_ARGS__)

#define is_str(got, want, ...)                                                              \
	do {                                                                                \
		const char *tap_g = (got), *tap_w = (want);                                 \
		if (!tap_line(tap_same(tap_g, tap_w), __FILE__, __LINE__, __VA_ARGS__))     \
			printf("#   got \"%s\", wanted \"%s\"\n", tap_g ? tap_g : "(null)", \
			    tap_w ? tap_w : "(null)");                                      \
	} while (0)

#define is_int(got, want, ...)                                                  \
	do {                                                                    \
		long long tap_g = (long long)(got), tap_w = (long long)(want);  \
		if (!tap_line(tap_g == tap_w, __FILE__, __LINE__, __VA_ARGS__)) \
			printf("#   got %lld, wanted %lld\n", tap_g, tap_w);    \
	} while (0)

#define done_testing() tap_done()

#endif
