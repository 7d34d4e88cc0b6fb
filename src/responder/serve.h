/*
 * serve.h: a request from beginning to end, apart from how it came and how the answer goes.
 */
#ifndef SPOKE_SERVE_H
#define SPOKE_SERVE_H

#include <stdbool.h>

struct exchange;
struct server;
struct source;

void server_init(struct server *);

/*
 * Answers one request: never NULL, and the answer (head, then response.body) is complete:
 * everything it tells of is on disk.  Owned by the caller until serve_done.  May take as long as
 * the store's deadline.
 */
struct exchange *serve(struct server *, const struct source *);

/*
 * After the answer is out (taken: the web server took all of it): one log line, wakes the worker
 * if something is waiting, lets the store tidy up, and frees the exchange.
 */
void serve_done(struct exchange *, bool taken);

#endif
