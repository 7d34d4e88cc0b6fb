/*
 * authorization.h: the Authorization header, taken apart (RFC 9110 section 11, RFC 7617, RFC 6750).
 */
#ifndef SPOKE_AUTHORIZATION_H
#define SPOKE_AUTHORIZATION_H

#include <stddef.h>

struct arena;

struct basic {
	const char *user, *password; /* NUL behind each; they may hold any byte */
	size_t user_len, password_len;
};

/* 0; -1 when the header is NULL, of another scheme or not well-formed. */
int authorization_basic(const char *header, struct arena *, struct basic *);

/* The token of "Bearer …"; NULL when there is none. */
const char *authorization_bearer(const char *header, struct arena *);

#endif
