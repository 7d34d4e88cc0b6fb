/*
 * text.h: what a telephone number, a GUID, a date or a segment is.
 *
 * Written from the published specification alone, for the simulator alone;
 * messages.c and list.c judge requests with it.  No I/O, no state.
 */
#ifndef SIM_TEXT_H
#define SIM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-8 as RFC 3629 has it: no surrogates, no overlong forms. */
bool text_is_utf8(const char *p, size_t n);

/* "+" and 7 to 15 digits, the first not 0; after +1 exactly ten more. */
bool text_is_e164(const char *s);

/* Short code (5 or 6 digits). */
bool text_is_short_code(const char *s);

/*
 * Alphanumeric sender: at most 11 of A-Z a-z 0-9 space - + _ & and at least
 * one letter (MessageRequest.from in Bandwidth's OpenAPI file).
 */
bool text_is_sender(const char *s);

bool text_is_guid(const char *s);

/* An http or https URL with a host and no blanks or control characters. */
bool text_is_url(const char *s);

/* Length of valid UTF-8 in UTF-16 units, which is how Bandwidth counts. */
size_t text_utf16(const char *s);

/*
 * Segments of an SMS: GSM 03.38 160/153 septets, else UCS-2 70/67 units.
 * A character or an escape pair is not divided between two parts.
 */
int text_segments(const char *s);

/*
 * RFC 3339 date-time to microseconds since 1970; 0 or -1.  *millis tells
 * whether exactly three digits of fraction were given.
 */
int text_time(const char *s, int64_t *us, bool *millis);

/* Percent-decodes in place; plus turns '+' into a blank; -1 if malformed. */
int text_unescape(char *s, bool plus, bool keep_slash);

#endif
