/*
 * serve.h: a request from beginning to end, apart from how it came and how the answer goes.
 */
#ifndef SPOKE_SERVE_H
#define SPOKE_SERVE_H

#include <stdbool.h>
#include <stddef.h>

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

/* Takes n bytes on their way to the web server; false when it does not want them. */
typedef bool (*write_fn)(void *arg, const char *p, size_t n);

/*
 * Writes the answer: its head, and its body unless it was asked for without.  False: not all
 * of it was taken, or its file could not be read to the end; then it must be seen to be cut.
 */
bool serve_write(const struct exchange *, write_fn, void *arg);

/*
 * After the answer is out (taken: the web server took all of it): one log line, wakes the worker
 * if something is waiting, lets the store tidy up, and frees the exchange.
 */
void serve_done(struct exchange *, bool taken);

#endif
