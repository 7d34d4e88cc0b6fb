/*
 * plain.h: a text of a stranger's as plain words, for looking for requests in it.
 */
#ifndef SPOKE_PLAIN_H
#define SPOKE_PLAIN_H

#include <stdbool.h>

struct buf;

/* A text of 2,048 characters fits; of a longer one the rest is not read. */
#define PLAIN_MAX 16384

/*
 * Appends the words in lower case with one blank between them, and a "." as a word of its own where
 * a
 * sentence or line ended: "Stop!\nI don't know YOU" gives "stop . i dont know you".  Accents,
 * quotes, emoji
 * and zero-width characters fall away, full-width and other look-alike letters (some of them
 * Cyrillic or Greek) become plain ones,
 * and
 * each letter of another script becomes "*".  The buffer must be empty and have PLAIN_MAX as its
 * maximum.
 */
void plain_words(const char *text, struct buf *out);

/* Appends plain words without their breaks: "stop . stop" becomes "stop stop". */
void plain_without_breaks(const char *plain, struct buf *out);

/*
 * Appends words without the numbers in them, and says whether there were any: "stop 12345" and
 * "stop1" give "stop".  A number of one or two digits alone stays: "stop 5".
 */
bool plain_without_numbers(const char *words, struct buf *out);

/* Appends words without the blanks between them: "s t o p", which is how "S.T.O.P." reads. */
void plain_join_words(const char *words, struct buf *out);

#endif
