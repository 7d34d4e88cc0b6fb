/*
 * http.h: one HTTP/1.1 connection: requests in, answers out.
 *
 * Plain RFC 9112 with keep-alive, Content-Length and chunked bodies and
 * Expect: 100-continue; no pipelining beyond what the buffer holds.  server.c
 * calls http_serve in one thread for each connection; route.c answers.
 */
#ifndef SIM_HTTP_H
#define SIM_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "faults.h"
#include "sim.h"
#include "util.h"

#define HTTP_HEADERS 100

struct http_req {
	char *method;
	char *target;			/* as sent */
	char *path;			/* without the query, not decoded */
	char *query;			/* or NULL, not decoded */
	char *name[HTTP_HEADERS];
	char *value[HTTP_HEADERS];
	int n;
	bool keep;			/* keep-alive */
	bool expect;			/* 100-continue */
	bool chunked;
	long long length;		/* Content-Length or 0 */
	char *body;			/* followed by a NUL */
	size_t body_n;
	char *head;			/* owns the texts above */
};

struct http_res {
	int status;
	const char *type;		/* Content-Type; NULL: none */
	struct buf headers;		/* further "Name: value\r\n" lines */
	struct buf body;
	enum cut cut;
	bool reset;
	double stall_ms;
	bool unsized;			/* the body ends with the connection */
	char *type_owned;
};

/* A header's value, or NULL. */
const char *http_header(const struct http_req *, const char *name);

/*
 * Serves the connection until it ends and closes fd.  Calls route_head and
 * route_body (route.h) without the lock.
 */
void http_serve(struct sim *, int fd);

/* Closes; reset sends RST instead of FIN. */
void http_close(int fd, bool reset);

#endif
