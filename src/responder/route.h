/*
 * route.h: every address there is, and what must hold before its handler runs.
 */
#ifndef SPOKE_ROUTE_H
#define SPOKE_ROUTE_H

#include <stddef.h>
#include <stdint.h>

#include "handlers/handlers.h"

/* Who may; checked by access.c. */
enum who {
	WHO_ANYONE,  /* nobody is asked */
	WHO_VISITOR, /* anyone, but a session is looked up */
	WHO_SIGNED_IN,
	WHO_ADMIN,	/* ADMIN or OWNER of {org} */
	WHO_OWNER,	/* OWNER of {org} */
	WHO_BANDWIDTH,	/* the callback password of {org} */
	WHO_TOKEN_SEND, /* an API token of {org} with this right */
	WHO_TOKEN_READ
};

/*
 * Against requests that another site makes a browser send; checked by csrf.c.  Each level holds
 * those before it.
 */
enum csrf { CSRF_NONE, CSRF_ORIGIN, CSRF_TOKEN };

/*
 * Which content type a body may have.  BODY_NONE: none is read.  BODY_ANY: the handler looks at
 * the bytes.
 */
enum body { BODY_NONE, BODY_FORM, BODY_JSON, BODY_ANY };

struct route {
	enum method method;  /* GET answers HEAD too */
	const char *pattern; /* {org}: an organization's number; {item}: one segment; {place}: 0 to 255 */
	enum who who;
	enum csrf csrf;
	enum body body;
	size_t limit; /* most bytes of a body */
	handler_fn handler;
};

struct route_match {
	const struct route *route; /* NULL: no route for this method */
	uint32_t org;		   /* {org}, or 0 */
	const char *item;	   /* {item}, or NULL */
	unsigned place;		   /* {place}, or 0 */
	unsigned
	    allow; /* methods the path has, a bit (1 << enum method) for each; 0: no such path */
};

/* Looks for a decoded path below BASE_URL. */
void route_find(enum method, const char *path, struct arena *, struct route_match *);

/* The table, for tests and lists: route i or NULL. */
const struct route *route_at(size_t i);

#endif
