/*
 * response.h: an answer, buffered until complete.
 */
#ifndef SPOKE_RESPONSE_H
#define SPOKE_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/result.h"

#define RESPONSE_HEADERS 16
#define RESPONSE_MAX ((size_t)8 * 1024 * 1024)

struct request;

struct response {
	int status;		  /* 200 unless set */
	const char *content_type; /* "text/html; charset=utf-8" unless set */
	struct buf body;
	struct buf headers; /* "Name: value\r\n" lines, only by response_header */
	bool wake;	    /* wake the worker once the answer is out */
	bool cacheable;	    /* static files: leaves out Cache-Control: no-store */
	int file;	    /* -1, or an open file: a part of it is the body (response_file) */
	int64_t file_from, file_length;
};

void response_init(struct response *);
void response_free(struct response *);
/* Back to an empty 200 (when a handler's work has to become an error). */
void response_reset(struct response *);
/* Refuses (drops, logs) a name or value with CR, LF, NUL or other controls. */
void response_header(struct response *, const char *name, const char *value);

/*
 * The body is length bytes of an open file from an offset on, which go out in pieces; the
 * descriptor is the response's from now on.  It is a stranger's file: the answer gets a
 * Content-Security-Policy that lets it run nothing, reach nothing and be nobody.
 */
void response_file(struct response *, int fd, int64_t from, int64_t length);
/* Bytes of the body, whichever it is. */
int64_t response_length(const struct response *);

/* 303 to a path below BASE_URL ("/admin/1/settings?saved=1"); base is settings->base_url.text. */
void response_redirect(struct response *, const char *base, const char *path);
/* An error for whoever asks: a small page when the request wants HTML, else {"error": {"code",
 * "message", "field"}}.
 * field may be NULL.  503 gets Retry-After: 2.  A body begun is dropped, headers already set stay.
 * */
void response_error(const struct request *, struct response *, int status, const char *code,
    const char *message, const char *field);
/* The store could not: BUSY is 503, anything else 500, both with Retry-After. */
void response_failed(const struct request *, struct response *, enum result);
/* JSON body from a value (not taken over). */
struct json_object;
void response_json(struct response *, int status, const struct json_object *);
/* "OK", "Not Found" … */
const char *status_reason(int status);

/* Writes the CGI header block ("Status: 200 OK\r\n…\r\n\r\n") with the security headers of every
 * answer:
 * Content-Security-Policy (default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';
 * media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; of a stranger's
 * file another one, see response_file),
 * X-Content-Type-Options, Referrer-Policy same-origin, Cross-Origin-Opener-Policy,
 * Permissions-Policy, Strict-Transport-Security when https,
 * Cache-Control: no-store, X-Request-Id. */
void response_head(const struct response *, const struct request *, bool https, struct buf *out);

#endif
