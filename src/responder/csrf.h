/*
 * csrf.h: was a request made by one of our own pages?
 */
#ifndef SPOKE_CSRF_H
#define SPOKE_CSRF_H

#include <stdbool.h>

struct environment;
struct request;
struct settings;

/*
 * Origin (or, where a browser sends none, the origin of Referer) must be that of BASE_URL.  Both
 * missing, or Origin "null", is refused: every browser in use sends Origin with a POST.
 */
bool csrf_same_origin(const struct environment *, const struct settings *);

/* The form's field "csrf" must be the session's; compared in constant time. */
bool csrf_token_right(const struct request *);

#endif
