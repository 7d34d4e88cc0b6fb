/*
 * pool.h: the threads that serve FastCGI connections.
 *
 * One at a time waits for a connection, the others for their turn, so that a connection wakes one
 * thread.  There are two at first; another is started whenever a connection was taken and nobody
 * is left waiting.
 */
#ifndef SPOKE_POOL_H
#define SPOKE_POOL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "responder/exchange.h"
#include "responder/leaving.h"

struct pool {
	struct server *server;
	struct leaving *leaving;
	int listen_fd;
	int stop_fd;	      /* an eventfd; readable once the pool is to stop */
	atomic_bool stopping; /* the same, to look at */
	atomic_int max;	      /* most threads */
	pthread_mutex_t turn; /* held by the one who waits for a connection */
	pthread_mutex_t lock; /* of what follows */
	int count, waiting;
	int running; /* threads that have not ended */
	pthread_cond_t ended;
	pthread_t threads[PLACES];
};

/* Starts the first two threads.  -1 (logged) when not even one could be started. */
int pool_start(struct pool *, struct server *, struct leaving *, int listen_fd);

/* How many threads there may be, once the settings say. */
void pool_limit(struct pool *, int max);

/*
 * Takes no more connections, lets the answers under way be finished, joins all threads.  Requests
 * whose bodies do not come are given up after 5 s.
 */
void pool_stop(struct pool *);

/* A kept connection must give its thread back: nobody else is left to take a new one. */
bool pool_starving(struct pool *);

/* Waits until fd is readable: true; false: the pool stops, or ms have passed (-1: no limit). */
bool pool_wait(const struct pool *, int fd, int ms);
bool pool_stopping(const struct pool *);

/* connection.c: serves a connection to its end; closes fd. */
void connection_serve(struct pool *, struct place *, int fd);

#endif
