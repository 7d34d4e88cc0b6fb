/*
 * environment.h: what the web server says of a request: the variables of CGI (RFC 3875), as
 * FastCGI servers send them too.  All that depends on how servers differ stands in this file and
 * in target.h and client.h.
 *
 * REMOTE_USER, HTTP_HOST and the like are not here on purpose: they are trusted for nothing.
 */
#ifndef SPOKE_ENVIRONMENT_H
#define SPOKE_ENVIRONMENT_H

/*
 * Each is NULL when it was not sent; an empty CONTENT_LENGTH or Authorization counts as not sent.
 */
struct environment {
	const char *method;
	const char *request_uri; /* raw, with the query: right in every server measured */
	const char *script_name; /* fall-back */
	const char *path_info;
	const char *query_string;
	const char *content_type;
	const char *content_length;
	const char *remote_addr;
	const char *forwarded_for;
	const char *authorization; /* Apache may pass it on as REDIRECT_HTTP_AUTHORIZATION */
	const char *api_key;	   /* X-Api-Key */
	const char *idempotency_key;
	const char *range;
	const char *if_range;
	const char *cookie;
	const char *origin;
	const char *referer;
	const char *accept;
	const char *user_agent;
};

/* Looks through "NAME=value" strings up to a NULL; what it finds is borrowed. */
void environment_read(const char *const *envp, struct environment *);

#endif
