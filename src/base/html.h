/*
 * html.h: the one way in which text gets into a page.
 *
 * A function for each context, so that a wrong call shows in review.  Bytes
 * that are not UTF-8 become U+FFFD; control characters too, newline and tab
 * excepted.
 */
#ifndef SPOKE_HTML_H
#define SPOKE_HTML_H

#include <stddef.h>

struct buf;

/* Our own literals only. */
void html_raw(struct buf *, const char *markup);

/* Between tags; NULL is "". */
void html_text(struct buf *, const char *s);
void html_textn(struct buf *, const char *s, size_t n);

/* Writes ` name="value"` (with a leading blank); value escaped, NULL is "". */
void html_attr(struct buf *, const char *name, const char *value);

/*
 * Writes ` name="value"` for href, src and action.  To pass, the value begins
 * with "/", "#", "?", "https://" or "http://"; anything else (javascript:,
 * data:) becomes "#".  So does what a browser would read as another host or
 * scheme after all: "//", "/\", and any blank or control character.
 */
void html_url_attr(struct buf *, const char *name, const char *value);

/* printf of our own literal with numbers (%d and the like, never %s). */
void html_rawf(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
