/*
 * pool.c: takes connections, one thread for each, as many threads as are busy at once.
 */
#include "responder/pool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define FIRST_THREADS 2
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_BYTES ((size_t)2 * 1024 * 1024) /* sanitizers need more */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define STACK_BYTES ((size_t)2 * 1024 * 1024)
#endif
#endif
#ifndef STACK_BYTES
#define STACK_BYTES ((size_t)256 * 1024)
#endif
#define PEER_SECONDS 30 /* a web server that neither sends nor takes is given up */
#define GRACE_MS 5000	/* for bodies that do not come, when stopping */
#define FD_LIMIT 1024	/* libfcgi selects on descriptors */

struct starter {
	struct pool *pool;
	int number;
};

static void *thread_main(void *arg);

/* Under pool->lock. */
static int
start_thread(struct pool *pool)
{
	pthread_attr_t attr;
	if (pool->count >= atomic_load(&pool->max) || pool->count >= PLACES)
		return -1;
	struct starter *starter = malloc(sizeof *starter);
	if (starter == NULL)
		return -1;
	*starter = (struct starter){pool, pool->count};
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	int err = pthread_create(&pool->threads[pool->count], &attr, thread_main, starter);
	pthread_attr_destroy(&attr);
	if (err != 0) {
		free(starter);
		log_warn("no further thread could be started: %s", log_errno(err));
		return -1;
	}
	pool->count++;
	pool->running++;
	pool->waiting++;
	return 0;
}

bool
pool_stopping(const struct pool *pool)
{
	return leaving_begun(pool->leaving) || atomic_load(&pool->stopping);
}

bool
pool_wait(const struct pool *pool, int fd, int ms)
{
	struct pollfd p[2] = {{pool->stop_fd, POLLIN, 0}, {fd, POLLIN, 0}};
	int n = poll(p, 2, ms);
	return n > 0 && p[0].revents == 0 && p[1].revents != 0;
}

/* FCGI_WEB_SERVER_ADDRS (FastCGI 1.0, section 3.2): over TCP, only these may connect. */
static bool
peer_allowed(int fd)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof peer;
	const char *list = getenv("FCGI_WEB_SERVER_ADDRS");
	if (list == NULL || *list == '\0')
		return true;
	if (getpeername(fd, (struct sockaddr *)&peer, &len) != 0)
		return false;
	if (peer.ss_family != AF_INET)
		return true;
	char text[INET_ADDRSTRLEN];
	struct sockaddr_in in;
	memcpy(&in, &peer, sizeof in);
	if (inet_ntop(AF_INET, &in.sin_addr, text, sizeof text) == NULL)
		return false;
	for (const char *p = list; *p != '\0';) {
		size_t n = strcspn(p, ",");
		if (n == strlen(text) && memcmp(p, text, n) == 0)
			return true;
		p += n + (p[n] == ',');
	}
	return false;
}

/* A connection ready to be served, or -1. */
static int
take_connection(int listen_fd)
{
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0) {
		/* EAGAIN and the like: another process was faster, or the peer has gone. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			log_warn("a connection could not be taken: %s", log_errno(errno));
			clock_sleep(100);
		}
		return -1;
	}
	if (fd >= FD_LIMIT || !peer_allowed(fd)) {
		log_warn("a connection was closed: too many, or not from the web server");
		close(fd);
		return -1;
	}
	struct timeval limit = {PEER_SECONDS, 0};
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	return fd;
}

/* Waits for its turn and a connection; -1 when the pool stops. */
static int
wait_connection(struct pool *pool)
{
	int fd = -1;
	pthread_mutex_lock(&pool->turn);
	while (fd < 0 && !pool_stopping(pool)) {
		if (pool_wait(pool, pool->listen_fd, -1) && !leaving_begun(pool->leaving))
			fd = take_connection(pool->listen_fd);
	}
	pthread_mutex_unlock(&pool->turn);
	return fd;
}

/*
 * A connection, or -1 when the pool stops.  Who has just ended one takes the next that is there:
 * it need not wake the thread whose turn it is to wait.
 */
static int
next_connection(struct pool *pool)
{
	int fd = pool_stopping(pool) ? -1 : take_connection(pool->listen_fd);
	if (fd < 0)
		fd = wait_connection(pool);

	pthread_mutex_lock(&pool->lock);
	pool->waiting--;
	if (fd >= 0 && pool->waiting == 0)
		(void)start_thread(pool);
	pthread_mutex_unlock(&pool->lock);
	return fd;
}

static void *
thread_main(void *arg)
{
	struct starter starter = *(struct starter *)arg;
	struct pool *pool = starter.pool;
	free(arg);
	for (;;) {
		int fd = next_connection(pool);
		if (fd < 0)
			break;
		connection_serve(pool, &pool->leaving->places[starter.number], fd);
		pthread_mutex_lock(&pool->lock);
		pool->waiting++;
		pthread_mutex_unlock(&pool->lock);
	}
	pthread_mutex_lock(&pool->lock);
	pool->running--;
	pthread_cond_signal(&pool->ended);
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

bool
pool_starving(struct pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	bool starving = pool->waiting == 0 && pool->count >= atomic_load(&pool->max);
	pthread_mutex_unlock(&pool->lock);
	return starving;
}

int
pool_start(struct pool *pool, struct server *server, struct leaving *leaving, int listen_fd)
{
	pthread_condattr_t attr;
	pool->server = server;
	pool->leaving = leaving;
	pool->listen_fd = listen_fd;
	pool->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pool->count = pool->waiting = pool->running = 0;
	atomic_init(&pool->max, FIRST_THREADS);
	atomic_init(&pool->stopping, false);
	pthread_mutex_init(&pool->turn, NULL);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->ended, &attr);
	pthread_condattr_destroy(&attr);
	/*
	 * Several processes may share the socket: whoever comes late must not wait inside accept.
	 */
	int flags = fcntl(listen_fd, F_GETFL);
	if (pool->stop_fd < 0 || flags < 0 || fcntl(listen_fd, F_SETFL, flags | O_NONBLOCK) != 0) {
		log_error("the listening socket cannot be used: %s", log_errno(errno));
		return -1;
	}
	pthread_mutex_lock(&pool->lock);
	for (int i = 0; i < FIRST_THREADS; i++)
		(void)start_thread(pool);
	int count = pool->count;
	pthread_mutex_unlock(&pool->lock);
	return count > 0 ? 0 : -1;
}

void
pool_limit(struct pool *pool, int max)
{
	atomic_store(&pool->max, max < PLACES ? max : PLACES);
}

/* Waits until no thread runs, or the time has come.  False: some still run. */
static bool
wait_ended(struct pool *pool, int64_t ms)
{
	struct timespec end;
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (time_t)(ms / 1000);
	pthread_mutex_lock(&pool->lock);
	int err = 0;
	while (pool->running > 0 && err == 0)
		err = pthread_cond_timedwait(&pool->ended, &pool->lock, &end);
	bool ended = pool->running == 0;
	pthread_mutex_unlock(&pool->lock);
	return ended;
}

void
pool_stop(struct pool *pool)
{
	uint64_t one = 1;
	atomic_store(&pool->stopping, true);
	if (write(pool->stop_fd, &one, sizeof one) != (ssize_t)sizeof one)
		log_error("the threads could not be told to stop: %s", log_errno(errno));
	if (!wait_ended(pool, GRACE_MS)) {
		for (size_t i = 0; i < PLACES; i++) {
			struct place *place = &pool->leaving->places[i];
			if (atomic_load(&place->state) == PLACE_OPEN)
				(void)shutdown(atomic_load(&place->fd), SHUT_RD);
		}
	}
	for (int i = 0; i < pool->count; i++)
		pthread_join(pool->threads[i], NULL);
	close(pool->stop_fd);
}
