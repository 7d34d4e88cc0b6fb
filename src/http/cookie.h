/*
 * cookie.h: the one cookie there is: the session's (RFC 6265).
 */
#ifndef SPOKE_COOKIE_H
#define SPOKE_COOKIE_H

#include <stdbool.h>

struct arena;
struct response;
struct settings;

#define SESSION_TOKEN 43 /* base64url characters of 256 bits */

/* Value of the first cookie of this name in a Cookie header (NULL allowed), or NULL. */
const char *cookie_get(const char *header, const char *name, struct arena *);

/*
 * Its name: with the prefix that makes browsers refuse it from elsewhere, where the address
 * allows one ("__Host-" over https at the root of a host, "__Secure-" over https below a path).
 */
const char *session_cookie_name(const struct settings *);

/* The session's token in a Cookie header; NULL when there is none of the right form. */
const char *session_cookie(const char *header, const struct settings *, struct arena *);
bool session_token_valid(const char *);

/*
 * Sets it (HttpOnly, SameSite=Lax, Path, Secure over https; gone with the browser), or with NULL
 * takes it back.
 */
void session_cookie_set(struct response *, const struct settings *, const char *token);

#endif
