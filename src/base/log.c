/*
 * log.c: the log sink of log.h, and the only file that writes to descriptor 2.
 *
 * A line is put together on the stack and written at once; nothing is
 * allocated and no lock is taken, so that it also works when memory is out.
 */
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/parse.h"

#define LINE_MAX_BYTES 1000 /* with the newline */
#define REQUEST_MAX 16

static _Atomic int max_level = LOG_INFO;
static const char *_Atomic program;
static _Thread_local char request_id[REQUEST_MAX + 1];
static _Thread_local char error_text[128];

void
log_set_level(enum log_level level)
{
	atomic_store(&max_level, (int)level);
}

void
log_set_program(const char *name)
{
	atomic_store(&program, name);
}

void
log_set_request(const char *id)
{
	size_t n = id != NULL ? strnlen(id, REQUEST_MAX) : 0;

	if (n > 0)
		memcpy(request_id, id, n);
	request_id[n] = '\0';
}

const char *
log_request(void)
{
	return request_id;
}

static const char *
level_name(enum log_level level)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};

	return names[level <= LOG_DEBUG ? level : LOG_DEBUG];
}

/* May a code point stand in a line?  Not what moves the cursor or turns the
 * direction of what follows. */
static bool
printable(uint32_t cp)
{
	return cp >= 0x20 && !(cp >= 0x7f && cp < 0xa0) && !(cp >= 0x2028 && cp <= 0x202e) &&
	       !(cp >= 0x2066 && cp <= 0x2069) && cp != 0xfffd;
}

/* Copies n bytes to out, at most max, whole characters only; "?" for what may
 * not be shown.  Returns how many bytes that are; *cut tells whether some are missing. */
static size_t
copy_printable(char *out, size_t max, const char *p, size_t n, bool *cut)
{
	const char *end = p + n, *from = NULL;
	size_t len = 0, step;
	bool good;

	while (p < end) {
		from = p;
		good = printable(utf8_next(&p, end));
		step = good ? (size_t)(p - from) : 1;
		if (len + step > max) {
			*cut = true;
			break;
		}
		if (good)
			memcpy(out + len, from, step);
		else
			out[len] = '?';
		len += step;
	}
	return len;
}

static void
write_line(enum log_level level, const char *text, size_t n, bool cut)
{
	char line[LINE_MAX_BYTES + 4], when[CLOCK_TEXT];
	const char *name = atomic_load(&program);
	char head[160];
	size_t len = 0;
	int headlen;
	ssize_t put;

	headlen = snprintf(head, sizeof(head), "%s %s %s %.64s%s", clock_text(clock_system(), when),
	    level_name(level), request_id[0] != '\0' ? request_id : "-", name != NULL ? name : "",
	    name != NULL ? ": " : "");
	len = copy_printable(line, LINE_MAX_BYTES - 4, head, (size_t)headlen, &cut);
	len += copy_printable(line + len, LINE_MAX_BYTES - 4 - len, text, n, &cut);
	if (cut) {
		memcpy(line + len, "...", 3);
		len += 3;
	}
	line[len++] = '\n';
	do
		put = write(STDERR_FILENO, line, len);
	while (put < 0 && errno == EINTR);
}

static void log_vline(enum log_level level, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
log_vline(enum log_level level, const char *fmt, va_list ap)
{
	char text[LINE_MAX_BYTES + 1];
	int saved = errno, n;
	bool cut = false;

	n = vsnprintf(text, sizeof(text), fmt, ap);
	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof(text)) {
		n = (int)sizeof(text) - 1;
		cut = true;
	}
	write_line(level, text, (size_t)n, cut);
	errno = saved;
}

void
log_line(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	if ((int)level > atomic_load(&max_level))
		return;
	va_start(ap, fmt);
	log_vline(level, fmt, ap);
	va_end(ap);
}

const char *
log_errno(int err)
{
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);

	/* strerror_l, because strerror_r has one meaning in POSIX and another in glibc. */
	snprintf(error_text, sizeof(error_text), "%s",
	    c != (locale_t)0 ? strerror_l(err, c) : "unknown error");
	if (c != (locale_t)0)
		freelocale(c);
	return error_text;
}

void
log_panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vline(LOG_ERROR, fmt, ap);
	va_end(ap);
	abort();
}
