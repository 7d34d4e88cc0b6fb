/*
 * plain.h: a text of a stranger's as plain words, for looking for requests in it.
 */
#ifndef SPOKE_PLAIN_H
#define SPOKE_PLAIN_H

struct buf;

/* A text of 2,048 characters fits; of a longer one the rest is not read. */
#define PLAIN_MAX 16384

/*
 * Appends the words in lower case with one blank between them, and a "." as a word of its own where
 * a
 * sentence or line ended: "Stop!\nI don't know YOU" gives "stop . i dont know you".  Accents,
 * quotes, emoji
 * and zero-width characters fall away, full-width and other look-alike letters become plain ones,
 * and
 * each letter of another script becomes "*".  The buffer must be empty and have PLAIN_MAX as its
 * maximum.
 */
void plain_words(const char *text, struct buf *out);

/* Appends plain words without their breaks: "stop . stop" becomes "stop stop". */
void plain_without_breaks(const char *plain, struct buf *out);

/* Joins words of one letter each, in place: "s t o p", which is how "S.T.O.P." reads. */
void plain_join_letters(struct buf *words);

#endif
