/*
 * words.h: what an error answer of Bandwidth's says, in Bandwidth's own words.
 */
#ifndef SPOKE_WORDS_H
#define SPOKE_WORDS_H

#include "base/json.h"

struct http_answer;

/* The answer's body as an object; NULL if it is anything else.  Free with json_free. */
json *answer_object(const struct http_answer *);

/*
 * An object's text member without control characters, cut at max bytes; NULL when absent,
 * empty or no text.
 */
const char *answer_text(const json *object, const char *key, struct arena *, size_t max);

/* A copy without control characters, cut between characters at max bytes. */
const char *words_clean(struct arena *, const char *s, size_t max);

/*
 * Description and field errors ("from: '+invalid' must be …"), or OAuth2's
 * error_description and error, or else "HTTP 502" and the transport's fault.  Never NULL;
 * at most some 600 bytes; no control characters.
 */
const char *answer_words(const struct http_answer *, const json *object, struct arena *);

#endif
