/*
 * access.h: who may: the one place where a request's credentials are judged.
 */
#ifndef SPOKE_ACCESS_H
#define SPOKE_ACCESS_H

#include <stdbool.h>

struct exchange;

/*
 * Judges what the route asks for, and sets session, role or token of the request.  true: go on.
 * false: the answer is ready: 401, 403, 404 (also for an organization of somebody else), 303 to
 * the sign-in page, 429, or 503. Reads nothing of the body.
 */
bool access_check(struct exchange *);

#endif
