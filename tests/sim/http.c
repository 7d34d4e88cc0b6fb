/*
 * http.c: one HTTP/1.1 connection: requests in, answers out.
 *
 * Contracts in http.h.  Reads are bounded (head 32 KiB, body 8 MiB), waits
 * end with the setting idle_timeout_ms or when the simulator stops.
 */
#include "http.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "route.h"

#define HEAD_MAX 32768
#define BODY_MAX (8 * 1024 * 1024)

struct conn {
	struct sim *sim;
	int fd;
	struct buf in;			/* received, not yet used */
};

const char *
http_header(const struct http_req *q, const char *name)
{
	int i;

	for (i = 0; i < q->n; i++)
		if (strcasecmp(q->name[i], name) == 0)
			return q->value[i];
	return NULL;
}

void
http_close(int fd, bool reset)
{
	struct linger l = { 1, 0 };

	if (reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	close(fd);
}

/* Receives something; 0, or -1 at the end, on an error or a time-out. */
static int
receive(struct conn *c)
{
	struct pollfd p[2] = { { c->fd, POLLIN, 0 },
	    { c->sim->stop_fd, POLLIN, 0 } };
	char block[16384];
	ssize_t n;
	int ms;

	pthread_mutex_lock(&c->sim->lock);
	ms = (int)c->sim->set.idle_timeout_ms;
	pthread_mutex_unlock(&c->sim->lock);
	if (poll(p, 2, ms) <= 0 || p[1].revents != 0)
		return -1;
	n = recv(c->fd, block, sizeof(block), 0);
	if (n <= 0)
		return -1;
	buf_add(&c->in, block, (size_t)n);
	return 0;
}

static void
consume(struct conn *c, size_t n)
{
	memmove(c->in.p, c->in.p + n, c->in.n - n);
	c->in.n -= n;
	c->in.p[c->in.n] = '\0';
}

static int
send_all(int fd, const char *p, size_t n)
{
	ssize_t k;

	while (n > 0) {
		k = send(fd, p, n, MSG_NOSIGNAL);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return -1;
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

/* Reads up to the empty line; 1 if there is a head, 0 at the end, -1 bad. */
static int
read_head(struct conn *c, struct http_req *q)
{
	char *end = NULL;
	size_t n;

	for (;;) {
		while (c->in.n > 0 && (*c->in.p == '\r' || *c->in.p == '\n'))
			consume(c, 1);
		if (c->in.n > 0)
			end = memmem(c->in.p, c->in.n, "\r\n\r\n", 4);
		if (end != NULL)
			break;
		if (c->in.n > HEAD_MAX)
			return -1;
		if (receive(c) != 0)
			return 0;
	}
	n = (size_t)(end - c->in.p) + 2;
	if (memchr(c->in.p, '\0', n) != NULL)
		return -1;
	q->head = x_ndup(c->in.p, n);
	consume(c, n + 2);
	return 1;
}

/* Cuts off the text before the separator; NULL if there is none. */
static char *
piece(char **at, const char *sep)
{
	char *start = *at, *end = strstr(start, sep);

	if (end == NULL)
		return NULL;
	*end = '\0';
	*at = end + strlen(sep);
	return start;
}

static int
parse_headers(struct http_req *q, char *at)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	char *line, *colon;
	size_t n;

	while ((line = piece(&at, "\r\n")) != NULL) {
		n = strspn(line, token);
		if (n == 0 || line[n] != ':' || q->n == HTTP_HEADERS)
			return -1;
		colon = line + n;
		*colon = '\0';
		q->name[q->n] = line;
		q->value[q->n] = colon + 1 + strspn(colon + 1, " \t");
		n = strlen(q->value[q->n]);
		while (n > 0 && strchr(" \t", q->value[q->n][n - 1]) != NULL)
			q->value[q->n][--n] = '\0';
		if (strpbrk(q->value[q->n], "\r\n") != NULL)
			return -1;
		q->n++;
	}
	return 0;
}

/* What the headers say about the body and the connection. */
static int
parse_framing(struct http_req *q, bool http11)
{
	const char *te = http_header(q, "Transfer-Encoding");
	const char *cl = http_header(q, "Content-Length");
	const char *co = http_header(q, "Connection");
	const char *ex = http_header(q, "Expect");
	int i, lengths = 0, hosts = 0;

	for (i = 0; i < q->n; i++) {
		lengths += strcasecmp(q->name[i], "Content-Length") == 0;
		hosts += strcasecmp(q->name[i], "Host") == 0;
	}
	if (lengths > 1 || hosts > 1 || (http11 && hosts != 1))
		return -1;
	if (te != NULL && (cl != NULL || strcasecmp(te, "chunked") != 0))
		return -1;
	if (cl != NULL && parse_ll(cl, 0, BODY_MAX, &q->length) != 0)
		return -1;
	q->chunked = te != NULL;
	q->expect = ex != NULL && strcasecmp(ex, "100-continue") == 0;
	q->keep = http11 && (co == NULL || strcasestr(co, "close") == NULL);
	return 0;
}

static int
parse_head(struct http_req *q)
{
	char *at = q->head, *line = piece(&at, "\r\n"), *version;

	if (line == NULL || (q->method = piece(&line, " ")) == NULL ||
	    (q->target = piece(&line, " ")) == NULL || *q->target != '/')
		return -1;
	version = line;
	if (!same(version, "HTTP/1.1") && !same(version, "HTTP/1.0"))
		return -1;
	q->path = x_dup(q->target);
	q->query = strchr(q->path, '?');
	if (q->query != NULL)
		*q->query++ = '\0';
	if (parse_headers(q, at) != 0)
		return -1;
	return parse_framing(q, same(version, "HTTP/1.1"));
}

static int
read_exactly(struct conn *c, size_t n, struct buf *out)
{
	while (c->in.n < n)
		if (receive(c) != 0)
			return -1;
	buf_add(out, c->in.p, n);
	consume(c, n);
	return 0;
}

/* Reads a line of the chunked coding into line. */
static int
read_line(struct conn *c, char *line, size_t size)
{
	char *end;
	size_t n;

	while (c->in.n == 0 ||
	    (end = memmem(c->in.p, c->in.n, "\r\n", 2)) == NULL)
		if (c->in.n > 8192 || receive(c) != 0)
			return -1;
	n = (size_t)(end - c->in.p);
	if (n >= size)
		return -1;
	memcpy(line, c->in.p, n);
	line[n] = '\0';
	consume(c, n + 2);
	return 0;
}

static int
read_chunks(struct conn *c, struct buf *out)
{
	char line[512], *end;
	unsigned long size;

	for (;;) {
		if (read_line(c, line, sizeof(line)) != 0)
			return -1;
		size = strtoul(line, &end, 16);
		if (end == line || (*end != '\0' && *end != ';') ||
		    size > BODY_MAX || out->n + size > BODY_MAX)
			return -1;
		if (size == 0)
			break;
		if (read_exactly(c, size, out) != 0 ||
		    read_line(c, line, sizeof(line)) != 0 || *line != '\0')
			return -1;
	}
	do {
		if (read_line(c, line, sizeof(line)) != 0)
			return -1;
	} while (*line != '\0');
	return 0;
}

static int
read_body(struct conn *c, struct http_req *q)
{
	static const char go[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct buf b = { 0 };
	int rc = 0;

	if (q->expect && send_all(c->fd, go, sizeof(go) - 1) != 0)
		return -1;
	if (q->chunked)
		rc = read_chunks(c, &b);
	else if (q->length > 0)
		rc = read_exactly(c, (size_t)q->length, &b);
	q->body_n = b.n;
	q->body = buf_take(&b);
	return rc;
}

/* Every answer of Bandwidth's has its time (RFC 9110 section 6.6.1). */
static void
put_date(struct buf *b, struct sim *sim)
{
	time_t now = time(NULL) + (time_t)sim->set.clock_skew_s;
	char text[40];
	struct tm tm;

	if (gmtime_r(&now, &tm) != NULL &&
	    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0)
		buf_fmt(b, "Date: %s\r\n", text);
}

/* Sends the answer as the script wants it; 0 if the connection goes on. */
static int
answer(struct conn *c, const struct http_req *q, struct http_res *r)
{
	struct buf b = { 0 };
	size_t half;
	int rc = 0;

	buf_fmt(&b, "HTTP/1.1 %d %s\r\n", r->status, route_reason(r->status));
	put_date(&b, c->sim);
	if (r->type != NULL)
		buf_fmt(&b, "Content-Type: %s\r\n", r->type);
	if (r->headers.n > 0)
		buf_str(&b, r->headers.p);
	if (r->status != 204 && !r->unsized)
		buf_fmt(&b, "Content-Length: %zu\r\n", r->body.n);
	buf_fmt(&b, "%s\r\n", q->keep && !r->unsized ? "" :
	    "Connection: close\r\n");
	half = r->body.n > 0 ? b.n + r->body.n / 2 : b.n / 2;
	buf_add(&b, r->body.n > 0 ? r->body.p : "", r->body.n);
	if (r->cut != CUT_ANSWER && r->stall_ms <= 0) {
		rc = send_all(c->fd, b.p, b.n);
	} else {
		rc = send_all(c->fd, b.p, half);
		sim_sleep(c->sim, r->stall_ms);
		if (rc == 0 && r->cut != CUT_ANSWER)
			rc = send_all(c->fd, b.p + half, b.n - half);
	}
	buf_free(&b);
	return r->cut == CUT_ANSWER || r->unsized ? -1 : rc;
}

static void
forget(struct http_req *q, struct http_res *r)
{
	free(q->head);
	free(q->path);
	free(q->body);
	buf_free(&r->headers);
	buf_free(&r->body);
	free(r->type_owned);
}

/* Serves one request; 0 if another may follow. */
static int
serve_one(struct conn *c, bool *reset)
{
	struct http_req q;
	struct http_res r;
	int rc;

	memset(&q, 0, sizeof(q));
	memset(&r, 0, sizeof(r));
	rc = read_head(c, &q);
	if (rc == 0) {
		forget(&q, &r);
		return -1;
	}
	if (rc < 0 || parse_head(&q) != 0) {
		q.keep = false;
		route_malformed(&r);
		answer(c, &q, &r);
		forget(&q, &r);
		return -1;
	}
	rc = -1;
	if (route_head(c->sim, &q, &r) == 0) {
		if (read_body(c, &q) == 0)
			route_body(c->sim, &q, &r);
		else
			r.cut = CUT_READ;
	}
	if (r.cut == CUT_NONE || r.cut == CUT_ANSWER)
		rc = answer(c, &q, &r) == 0 && q.keep ? 0 : -1;
	*reset = r.reset;
	forget(&q, &r);
	return rc;
}

void
http_serve(struct sim *sim, int fd)
{
	struct conn c = { sim, fd, { 0 } };
	bool reset = false;

	while (serve_one(&c, &reset) == 0)
		continue;
	buf_free(&c.in);
	http_close(fd, reset);
}
