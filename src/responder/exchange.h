/*
 * exchange.h: one request and its answer on their way through the responder, and what all
 * requests of the process share.
 */
#ifndef SPOKE_EXCHANGE_H
#define SPOKE_EXCHANGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/environment.h"
#include "http/request.h"
#include "http/response.h"
#include "responder/rate.h"
#include "responder/refusals.h"
#include "responder/route.h"
#include "texting/app.h"

/* Shared by all threads of a process. */
struct server {
	_Atomic(const struct app *) app; /* NULL: not in order: everything is answered 503 */
	struct rate rate;		 /* requests of API tokens */
	struct refusals refusals;	 /* callbacks refused lately */
	atomic_bool
	    authorization_came; /* an Authorization header got through the web server once */
};

/* Where a request comes from: FastCGI, CGI or a test. */
struct source {
	const char *const *envp;
	size_t (*read)(
	    void *arg, char *p, size_t n); /* bytes of the body; less than n only at its end */
	void *arg;
};

struct exchange {
	struct server *server;
	const struct source *source;
	const struct app *app; /* NULL: see server.app */
	struct arena *arena;
	struct environment env;
	struct request request;
	struct response response;
	struct buf head; /* the head of the answer, once it is complete */
	const struct route *route;
	const char *raw_query; /* as sent, "" if none */
	int64_t started;       /* monotonic */
};

#endif
