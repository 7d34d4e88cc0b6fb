/*
 * server.h: the listening socket and the threads behind it.
 *
 * One thread for each connection.  Only loopback addresses are bound.
 */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include "sim.h"

/* Binds 127.0.0.1 (0: any free port), listens, sets base_url; 0 or -1. */
int server_open(struct sim *, int port);

/* Accepts until stop_fd is readable, then waits for the connections. */
void server_run(struct sim *);

/* Refuses connections for ms; also ends those that are open if drop. */
void server_refuse(struct sim *, double ms, bool drop);	/* lock held */

/* Connections open now, the most there were, and all; lock held. */
void server_counts(struct sim *, long *now, long *most, long *all);

void server_free(struct sim *);

#endif
