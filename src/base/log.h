/*
 * log.h: one line for each thing worth knowing, on standard error.
 *
 * "2026-11-23T18:00:00.123Z info 4f2a9c01 message": time, level, request id of
 * this thread ("-" outside a request), text.  Bytes that are not printable
 * ASCII or UTF-8 are replaced by "?", so that a stranger cannot forge a line.
 * Callers never pass message text, secrets or whole phone numbers: phone_masked
 * (phone.h) makes the latter printable.
 */
#ifndef SPOKE_LOG_H
#define SPOKE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped; LOG_INFO until set. */
void log_set_level(enum log_level);

/* Name of the program, put before the text when not NULL (static string). */
void log_set_program(const char *name);

/* Sets this thread's request id (copied, at most 16 bytes); NULL clears it. */
void log_set_request(const char *id);
const char *log_request(void);

/* Writes one line with one write(2), so that lines of several processes do
 * not mix; at most 1,000 bytes, a longer one is cut with "...".  errno stays. */
void log_line(enum log_level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

/* Text for an errno value, safe with threads; valid until this thread's next
 * call. */
const char *log_errno(int err);

/* A fault of ours: logs and aborts. */
void log_panic(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
