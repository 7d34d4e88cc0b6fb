/*
 * url.h: our own addresses and paths, decoded once.
 *
 * Addresses of strangers (media) are parsed by libcurl in bandwidth/.
 */
#ifndef SPOKE_URL_H
#define SPOKE_URL_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;

/* A base address "scheme://host[:port][/path]", as configured. */
struct url {
	char *text;   /* as given, without trailing slash */
	char *origin; /* "scheme://host[:port]", lower case, default port left out */
	char *host;   /* lower case, without port; IPv6 in its brackets */
	char *path;   /* "" or "/x/y" */
	int port;     /* given or the scheme's */
	bool https;
	bool loopback; /* localhost, 127.0.0.0/8 or [::1] */
};

/*
 * Parses an absolute http or https address.  Refused, with *why saying what is
 * wrong ("must not end in a slash": the name of the setting goes before it):
 * user info, query, fragment, trailing slash, blanks, control characters,
 * non-ASCII, a host that is empty or no host name or address, a port outside
 * 1..65535, dot segments, "//", "%" or ";" in the path, and http other than to
 * loopback.  Strings live in the arena.
 */
int url_parse(const char *s, struct arena *, struct url *, const char **why);

/*
 * Takes a request target ("/a/b?q" as sent) apart: *path becomes the decoded
 * path, *query the raw query ("" if none).  -1 when the path does not begin
 * with "/", or holds "%2F", "\" or "%5C", "%00", "#", "//", a segment "." or
 * "..", a bad escape, control characters or anything that is not UTF-8 after
 * decoding.
 */
int url_target(const char *target, struct arena *, char **path, char **query);

/* Percent-decodes n bytes ("+" is a blank when plus is true).  NULL on a bad
 * escape.  *outlen is set; the result has a NUL behind it. */
char *url_decode(const char *s, size_t n, bool plus, struct arena *, size_t *outlen);

/* Appends s with everything outside RFC 3986's unreserved set escaped. */
void url_escape(struct buf *, const char *s, size_t n);

#endif
