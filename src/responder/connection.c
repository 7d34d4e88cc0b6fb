/*
 * connection.c: a FastCGI connection: its requests in, their answers out.  The only file that
 * includes fcgiapp.h besides responder.c.
 *
 * We accept connections ourselves and hand the descriptor to libfcgi, because its own accept can
 * neither be stopped nor tells the descriptor that leaving.c must know before a byte was read.
 */
#include <fcgiapp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "responder/exchange.h"
#include "responder/pool.h"
#include "responder/serve.h"

#define SLICE_MS 250	    /* how often an idle kept connection looks whether it must make room */
#define FIRST_BYTE_MS 30000 /* a connection that says nothing is closed */
#define WRITE_MOST 16384

static size_t
read_body(void *arg, char *p, size_t n)
{
	FCGX_Stream *in = arg;
	int got = FCGX_GetStr(p, n > 1024 * 1024 ? 1024 * 1024 : (int)n, in);
	return got > 0 ? (size_t)got : 0;
}

static bool
write_all(void *arg, const char *p, size_t n)
{
	FCGX_Stream *out = arg;
	while (n > 0) {
		int part = n > WRITE_MOST ? WRITE_MOST : (int)n;
		if (FCGX_PutStr(p, part, out) != part)
			return false;
		p += part;
		n -= (size_t)part;
	}
	return true;
}

/*
 * Has a request begun?  Its number comes from its first record's header, still unread; 1 if that
 * cannot be seen.
 */
static bool
peek_request(int fd, int *number)
{
	unsigned char header[8];
	ssize_t n = recv(fd, header, sizeof header, MSG_PEEK | MSG_DONTWAIT);
	*number = n == (ssize_t)sizeof header ? header[2] << 8 | header[3] : 1;
	return n > 0;
}

/*
 * Waits for a request on a connection, which the web server may keep open after an answer.  On a
 * new one it is nearly always there already.
 */
static bool
wait_request(struct pool *pool, int fd, bool kept, int *number)
{
	if (peek_request(fd, number))
		return true;
	if (!kept)
		return pool_wait(pool, fd, FIRST_BYTE_MS) && peek_request(fd, number);
	while (!pool_stopping(pool) && !pool_starving(pool)) {
		if (pool_wait(pool, fd, SLICE_MS))
			return peek_request(fd, number);
	}
	return false;
}

/*
 * Has the web server said all it had to say?  Then nothing unread can turn our closing into a reset
 * that swallows the answer, and the connection may be closed at once.  libfcgi would wait until the
 * web server closes it, which keeps a thread from the next request (a quarter of its time).
 */
static bool
heard_all(const struct exchange *x, FCGX_Request *fcgi)
{
	const char *length = x->env.content_length;
	bool no_body = length == NULL || *length == '\0' || strcmp(length, "0") == 0;
	return (no_body || x->request.body_len > 0) && FCGX_GetChar(fcgi->in) == EOF &&
	       FCGX_GetError(fcgi->in) == 0;
}

/*
 * One request, read by libfcgi.  The answer ends (and the web server has it) before anything else
 * is done.  True: the connection may be closed without waiting for the web server.
 */
static bool
serve_request(struct pool *pool, struct place *place, FCGX_Request *fcgi)
{
	struct source source = {(const char *const *)fcgi->envp, read_body, fcgi->in};
	struct exchange *x = serve(pool->server, &source);
	place_answer(place);
	bool taken = serve_write(x, write_all, fcgi->out);
	taken = FCGX_FClose(fcgi->err) == 0 && FCGX_FClose(fcgi->out) == 0 && taken;
	place_close(place);
	bool heard = taken && heard_all(x, fcgi);
	serve_done(x, taken);
	return heard;
}

void
connection_serve(struct pool *pool, struct place *place, int fd)
{
	FCGX_Request fcgi;
	if (FCGX_InitRequest(&fcgi, -1, 0) != 0) {
		close(fd);
		return;
	}
	fcgi.ipcFd = fd;
	/*
	 * Else FCGX_Accept_r, which finishes the request before, would close it; the web server's
	 * word replaces this.
	 */
	fcgi.keepConnection = 1;
	for (bool kept = false; fcgi.ipcFd >= 0; kept = true) {
		int number;
		if (!wait_request(pool, fd, kept, &number))
			break;
		place_open(pool->leaving, place, fd, number);
		/*
		 * With no socket to listen on, libfcgi returns instead of accepting another
		 * connection.
		 */
		if (FCGX_Accept_r(&fcgi) != 0) {
			place_close(place);
			break;
		}
		atomic_store(&place->request, fcgi.requestId);
		bool close_now = serve_request(pool, place, &fcgi) && !fcgi.keepConnection;
		fcgi.keepConnection |= close_now; /* libfcgi leaves the closing to us */
		FCGX_Finish_r(&fcgi);
		if (close_now)
			break;
	}
	/* Nothing is under way any more. */
	if (fcgi.ipcFd >= 0) {
		close(fcgi.ipcFd);
		fcgi.ipcFd = -1;
	}
	FCGX_Free(&fcgi, 0);
}
