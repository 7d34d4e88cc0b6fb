/*
 * token.h: OAuth2 client credentials, and who may do what.
 */
#ifndef SIM_TOKEN_H
#define SIM_TOKEN_H

#include "route.h"

/* POST /api/v1/oauth2/token */
void token_issue(struct call *);

/*
 * Checks Authorization for the account of the path, which is filled in if
 * it is empty; 0, 401 or 403.  role: what the credentials must be good for,
 * or NULL for messaging.  Sets call.who.
 */
int token_check(struct call *, const char *role);

/* Ends the token of the request; with NULL all tokens. */
void token_expire(struct sim *, const struct http_req *);

/* Forgets all tokens; lock held. */
void token_clear(struct sim *);

#endif
