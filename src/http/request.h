/*
 * request.h: a request as handlers see it: taken apart, decoded, checked.
 */
#ifndef SPOKE_REQUEST_H
#define SPOKE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/form.h"
#include "org/people.h"

struct arena;

enum method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_DELETE,
	METHOD_PUT,
	METHOD_OPTIONS,
	METHOD_OTHER
};

struct request {
	struct arena *arena; /* goes after the answer */
	const char *id;	     /* request id, 12 hex digits; also sent as X-Request-Id */
	enum method method;
	const char *path; /* decoded, below BASE_URL: "/admin/12/settings" */
	/* path of BASE_URL: "" or "/x/y"; goes before paths in links */
	const char *base_path;
	struct form query;
	const char *content_type; /* media type, lower case, without parameters; "" if none */
	const char *body;	  /* whole body, NUL behind it */
	size_t body_len;
	struct form form;	     /* of a form post; CSRF already checked */
	const char *client;	     /* address of the client (TRUSTED_PROXIES considered) */
	const char *user_agent;	     /* cut to 200 bytes, or "" */
	const char *idempotency_key; /* header, or NULL */
	const char *range;	     /* headers Range and If-Range (http/range.h), or NULL */
	const char *if_range;
	bool wants_html;	     /* Accept names text/html: error bodies become pages */
	bool authorization_seen;     /* the web server let some Authorization header through */

	/* From the path, by the route's pattern. */
	uint32_t org;	  /* {org}: 0 if the pattern has none */
	const char *item; /* {item}: one path segment, or NULL */
	unsigned place;	  /* {place}: a small number, from 0 */

	/* Who asks; set as the route demands. */
	const struct session *session; /* signed in */
	const char *session_token;     /* the cookie's value */
	enum role role;		       /* in org */
	const struct token *token;     /* API */
	const char *token_text;
	bool callback_previous; /* callback with an older address or secret */
};

const char *method_name(enum method);

/*
 * Fills in what does not depend on the route: id, method, client, content_type, user_agent,
 * idempotency_key, range, if_range,
 * wants_html, authorization_seen, base_path.  Everything else is absent until the responder's
 * checks
 * set it.  settings may be NULL (they could not be read).
 */
struct environment;
struct settings;
void request_start(
    struct request *, const struct environment *, const struct settings *, struct arena *);

#endif
