/*
 * phone.h: telephone numbers (ITU-T E.164, the North American plan).
 */
#ifndef SPOKE_PHONE_H
#define SPOKE_PHONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

#define PHONE_MAX 24 /* bytes with the NUL; longest is '+' and 15 digits */

/*
 * Normalizes what a person or Bandwidth wrote to E.164: "(919) 555-0123",
 * "919.555.0123", "1 919 555 0123", "+1-919-555-0123", "9195550123" give
 * "+19195550123"; other countries need their plus sign.  Blanks, dashes, dots,
 * slashes and brackets are taken anywhere, also those beyond ASCII that come
 * with a copy from an address book.  North American numbers are checked for
 * their form (area code and exchange [2-9]xx, no N11 as area code).
 * 0, or -1 with *why set to a sentence for a person.
 */
int phone_normalize(const char *s, char out[PHONE_MAX], const char **why);

/* Exactly '+', a digit 1-9, and 6 to 14 more digits? */
bool phone_is_e164(const char *s);

/* 3 to 8 digits without a plus sign: a short code, as a sender may be. */
bool phone_is_short_code(const char *s);

/* +1 with area code 800, 833, 844, 855, 866, 877 or 888? */
bool phone_is_toll_free(const char *s);

/* For people: "(919) 555-0123", others as they are (cut to fit); NULL is "". */
const char *phone_display(const char *e164, char out[PHONE_MAX]);

/* For logs: "+1919*****23"; of a short number or code only the last two digits;
 * what is neither gives "(no number)". */
const char *phone_masked(const char *s, char out[PHONE_MAX]);

/* Does a person write this between the digits of a number? */
bool phone_separator(uint32_t cp);

/*
 * Finds a number (E.164 or a short code) within n bytes, however it is written there: with or
 * without plus sign and signs between its digits, a North American one also without its country
 * code.  Digits that go on, before or behind, are another number.  *at and *len say where it is,
 * with its plus sign.
 */
bool phone_find(const char *p, size_t n, const char *number, size_t *at, size_t *len);
/*
 * Appends a JSON text with the word in each place of the number; how many there were.  It stays
 * JSON: a number that stood there as a JSON number becomes a string.
 */
size_t phone_hide(
    const char *json, size_t n, const char *number, const char *word, struct buf *out);

/* Area code of a North American number (3 digits) or "". */
const char *phone_area(const char *e164, char out[4]);

#endif
