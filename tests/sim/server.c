/*
 * server.c: the listening socket and the threads behind it.
 *
 * Contracts in server.h.  "Refused" is real: the socket stays bound but does
 * not listen, so that the peer gets ECONNREFUSED.
 */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "faults.h"
#include "http.h"
#include "ledger.h"
#include "util.h"

struct peer {
	struct peer *next;
	struct sim *sim;
	int fd;
};

struct server {
	int fd;
	struct peer *peers;
	pthread_cond_t gone;
	long open, most, all;
	int64_t refuse_until;
};

bool
sim_sleep(struct sim *sim, double ms)
{
	struct pollfd p = { sim->stop_fd, POLLIN, 0 };

	if (ms <= 0)
		return true;
	return poll(&p, 1, (int)ms) == 0;
}

/* A socket bound to 127.0.0.1; -1 on error.  Sets *port. */
static int
bind_loopback(int *port)
{
	struct sockaddr_in a = { 0 };
	socklen_t len = sizeof(a);
	int fd, one = 1;

	a.sin_family = AF_INET;
	a.sin_port = htons((uint16_t)*port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0) {
		close(fd);
		return -1;
	}
	*port = ntohs(a.sin_port);
	return fd;
}

int
server_open(struct sim *sim, int port)
{
	struct server *s = x_alloc(sizeof(*s));
	bool any = port == 0;
	char why[80];

	sim->server = s;
	pthread_cond_init(&s->gone, NULL);
	s->fd = bind_loopback(&port);
	/* Linux keeps the port through a refusal only if it was asked for. */
	if (s->fd >= 0 && any) {
		close(s->fd);
		s->fd = bind_loopback(&port);
	}
	if (s->fd < 0 || listen(s->fd, 1024) != 0) {
		fprintf(stderr, "bandwidth-sim: 127.0.0.1 port %d: %s\n", port,
		    error_text(errno, why, sizeof(why)));
		return -1;
	}
	snprintf(sim->base_url, sizeof(sim->base_url), "http://127.0.0.1:%d",
	    port);
	return 0;
}

static void
forget_peer(struct peer *p)
{
	struct server *s = p->sim->server;
	struct peer **at = &s->peers;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	s->open--;
	pthread_cond_broadcast(&s->gone);
	free(p);
}

static void *
peer_main(void *arg)
{
	struct peer *p = arg;
	struct sim *sim = p->sim;
	int fd = dup(p->fd);

	/* http_serve closes its own copy; p->fd stays valid for shutdown. */
	if (fd >= 0)
		http_serve(sim, fd);
	pthread_mutex_lock(&sim->lock);
	close(p->fd);
	forget_peer(p);
	pthread_mutex_unlock(&sim->lock);
	return NULL;
}

/* Gives the connection to a thread of its own; lock held. */
static void
start_peer(struct sim *sim, int fd)
{
	struct server *s = sim->server;
	struct peer *p = x_alloc(sizeof(*p));
	pthread_attr_t attr;
	pthread_t t;

	p->sim = sim;
	p->fd = fd;
	p->next = s->peers;
	s->peers = p;
	s->all++;
	if (++s->open > s->most)
		s->most = s->open;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, 1024 * 1024);
	if (pthread_create(&t, &attr, peer_main, p) != 0) {
		close(fd);
		forget_peer(p);
	}
	pthread_attr_destroy(&attr);
}

static void
accept_one(struct sim *sim)
{
	static const struct keys nothing;
	struct timeval tv = { 30, 0 };
	struct action a;
	int fd, one = 1;
	bool cut;

	fd = accept4(sim->server->fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	pthread_mutex_lock(&sim->lock);
	cut = faults_take(sim, "connect", false, &nothing, &a);
	action_free(&a);
	if (cut) {
		ledger_count(sim, N_CUT, 1);
		http_close(fd, true);
	} else {
		start_peer(sim, fd);
	}
	pthread_mutex_unlock(&sim->lock);
}

/* Waits out a refusal, if there is one, and listens again. */
static void
sit_out(struct sim *sim)
{
	struct server *s = sim->server;
	int64_t left;

	for (;;) {
		pthread_mutex_lock(&sim->lock);
		left = s->refuse_until - now_us();
		pthread_mutex_unlock(&sim->lock);
		if (left <= 0)
			break;
		if (!sim_sleep(sim, (double)left / 1000 + 1))
			return;
	}
	listen(s->fd, 1024);
}

void
server_run(struct sim *sim)
{
	struct server *s = sim->server;
	struct pollfd p[2] = { { s->fd, POLLIN, 0 },
	    { sim->stop_fd, POLLIN, 0 } };
	struct peer *peer;

	while (poll(p, 2, -1) >= 0 || errno == EINTR) {
		if (p[1].revents != 0)
			break;
		if ((p[0].revents & (POLLHUP | POLLERR)) != 0)
			sit_out(sim);
		else if (p[0].revents != 0)
			accept_one(sim);
	}
	close(s->fd);
	pthread_mutex_lock(&sim->lock);
	for (peer = s->peers; peer != NULL; peer = peer->next)
		shutdown(peer->fd, SHUT_RDWR);
	while (s->open > 0)
		pthread_cond_wait(&s->gone, &sim->lock);
	pthread_mutex_unlock(&sim->lock);
}

void
server_refuse(struct sim *sim, double ms, bool drop)
{
	struct server *s = sim->server;
	struct peer *p;

	s->refuse_until = now_us() + (int64_t)(ms * 1000);
	shutdown(s->fd, SHUT_RDWR);
	for (p = s->peers; drop && p != NULL; p = p->next)
		shutdown(p->fd, SHUT_RD);
}

void
server_counts(struct sim *sim, long *now, long *most, long *all)
{
	*now = sim->server->open;
	*most = sim->server->most;
	*all = sim->server->all;
}

void
server_free(struct sim *sim)
{
	if (sim->server != NULL)
		pthread_cond_destroy(&sim->server->gone);
	free(sim->server);
}
