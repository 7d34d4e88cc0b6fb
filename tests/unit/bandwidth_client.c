/*
 * bandwidth_client.c: how far a request got, against a peer on loopback that does what it
 * is told: above all that a request is begun at most once, and that "not begun" is said
 * only when nothing left.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/settings.h"
#include "bandwidth/client.h"
#include "bandwidth/transfer.h"
#include "tap.h"

#define OLD_DATE "Date: Fri, 06 Nov 2020 12:00:00 GMT\r\n"

/* What the peer does with each request, in turn; the last stays. */
enum act {
	ANSWER, /* 202 and keeps the connection */
	CUT,	/* reads it and closes */
	HALF,	/* half of an answer */
	STALL,	/* reads it and says nothing */
	REDIRECT,
	HUGE_BODY,
	HUGE_HEAD,
	LATER,	    /* 429 with Retry-After */
	LATER_DATE, /* as a date, and no clock of this machine is near it */
	LATER_PAST, /* as a date that is over */
	LATER_NEGATIVE,
	LATER_HUGE,
	LATER_WORDS,
	ENDLESS, /* a body that ends with the connection */
	CHUNKS,	 /* a body in chunks */
	PACKED,	 /* a body packed by gzip, though nobody asked for that */
	DATED,	 /* with a Date */
	CACHED	 /* with a Date, from a cache */
};

struct peer {
	int listener;
	int port;
	const enum act *acts;
	_Atomic int requests; /* seen in all */
	_Atomic int current;  /* the connection being served, -1 none */
	pthread_t thread;
};

static void
say(int fd, const char *text)
{
	size_t n = strlen(text);

	while (n > 0) {
		ssize_t k = write(fd, text, n);

		if (k <= 0)
			return;
		text += k;
		n -= (size_t)k;
	}
}

static void
flood(int fd, const char *unit)
{
	int i;

	for (i = 0; i < 200000; i++)
		if (write(fd, unit, strlen(unit)) < 0)
			return;
}

/* Reads one request with an optional body of 4 bytes; false at the end. */
static bool
read_request(int fd)
{
	char text[8192];
	size_t n = 0;
	ssize_t k;

	while (n < sizeof(text) - 1 && (k = read(fd, text + n, sizeof(text) - 1 - n)) > 0) {
		char *end;

		n += (size_t)k;
		text[n] = '\0';
		end = strstr(text, "\r\n\r\n");
		if (end != NULL && (strncmp(text, "GET", 3) == 0 || strlen(end) >= 4 + 4))
			return true;
	}
	return false;
}

/* 429, with how long to wait; the Date is years ago. */
static bool
say_later(int fd, const char *after)
{
	char head[256];

	snprintf(head, sizeof(head),
	    "HTTP/1.1 429 Too Many Requests\r\nRetry-After: %s\r\n"
	    "Date: Fri, 06 Nov 2020 12:00:00 GMT\r\nContent-Length: 2\r\n\r\n{}",
	    after);
	say(fd, head);
	return true;
}

/* Does what is next; false closes the connection. */
static bool
perform(struct peer *p, int fd, enum act act)
{
	switch (act) {
	case ANSWER:
		say(fd, "HTTP/1.1 202 Accepted\r\nContent-Length: 12\r\n\r\n{\"id\":\"abc\"}");
		return true;
	case HALF:
		say(fd, "HTTP/1.1 202 Accepted\r\nContent-Length: 12\r\n\r\n{\"id\":");
		return false;
	case STALL:
		clock_sleep(1500);
		return false;
	case REDIRECT:
		say(fd,
		    "HTTP/1.1 307 Temporary Redirect\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
		return true;
	case HUGE_BODY:
		say(fd, "HTTP/1.1 202 Accepted\r\nContent-Length: 100000000\r\n\r\n");
		flood(fd, "0123456789012345678901234567890123456789");
		return false;
	case HUGE_HEAD:
		say(fd, "HTTP/1.1 202 Accepted\r\n");
		flood(fd, "X-Long: 0123456789012345678901234567890123456789\r\n");
		return false;
	case LATER:
		return say_later(fd, "9");
	case LATER_DATE:
		return say_later(fd, "Fri, 06 Nov 2020 12:00:20 GMT");
	case LATER_PAST:
		return say_later(fd, "Fri, 06 Nov 2020 11:59:00 GMT");
	case LATER_NEGATIVE:
		return say_later(fd, "-9");
	case LATER_HUGE:
		return say_later(fd, "99999999999999999999999");
	case LATER_WORDS:
		return say_later(fd, "soon");
	case ENDLESS:
		say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcd");
		return false;
	case CHUNKS:
		say(fd,
		    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n");
		return true;
	case PACKED:
		say(fd,
		    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08x");
		return true;
	case DATED:
		say(fd, "HTTP/1.1 200 OK\r\n" OLD_DATE "Content-Length: 0\r\n\r\n");
		return true;
	case CACHED:
		say(fd, "HTTP/1.1 200 OK\r\n" OLD_DATE "Age: 7200\r\nContent-Length: 0\r\n\r\n");
		return true;
	case CUT:
		break;
	}
	(void)p;
	return false;
}

static void *
serve(void *arg)
{
	struct peer *p = arg;
	int fd;

	while ((fd = accept(p->listener, NULL, NULL)) >= 0) {
		p->current = fd;
		while (read_request(fd)) {
			enum act act = *p->acts;

			p->requests++;
			if (p->acts[1] != (enum act) - 1)
				p->acts++;
			if (!perform(p, fd, act))
				break;
		}
		p->current = -1;
		close(fd);
	}
	return NULL;
}

static void
peer_start(struct peer *p, const enum act *acts)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);

	memset(p, 0, sizeof(*p));
	p->acts = acts;
	p->current = -1;
	p->listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(p->listener, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(p->listener, 16) != 0 ||
	    getsockname(p->listener, (struct sockaddr *)&a, &n) != 0)
		abort();
	p->port = ntohs(a.sin_port);
	pthread_create(&p->thread, NULL, serve, p);
}

static void
peer_stop(struct peer *p)
{
	int fd = p->current;

	shutdown(p->listener, SHUT_RDWR);
	if (fd >= 0)
		shutdown(fd, SHUT_RDWR);
	pthread_join(p->thread, NULL);
	close(p->listener);
}

/* What came of a request. */
struct got {
	int calls;
	enum http_reach reach;
	int status;
	char body[64];
	int64_t retry_after;
	bool fault, bounded;
};

static void
take(void *arg, const struct http_answer *a)
{
	struct got *g = arg;

	g->calls++;
	g->reach = a->reach;
	g->status = a->status;
	g->retry_after = a->retry_after;
	g->fault = a->fault != NULL;
	g->bounded = a->bounded;
	snprintf(g->body, sizeof(g->body), "%s", a->body);
}

static struct got
ask(struct client *c, const char *url, int64_t budget)
{
	struct http_request r = {.method = HTTP_POST,
	    .url = url,
	    .content_type = "text/plain",
	    .authorization = "Bearer x",
	    .body = "body",
	    .length = 4,
	    .budget = budget};
	struct got g = {0};

	client_start(c, &r, take, &g);
	while (g.calls == 0)
		client_poll(c, NULL, 0, 1000);
	return g;
}

static struct got
scripted(const enum act *acts, struct client *c, int64_t budget, int count, int *requests)
{
	struct peer p;
	char url[64];
	struct got g = {0};

	peer_start(&p, acts);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/x", p.port);
	while (count-- > 0)
		g = ask(c, url, budget);
	*requests = p.requests;
	peer_stop(&p);
	return g;
}

#define ACTS(...) ((const enum act[]){__VA_ARGS__, (enum act) - 1})

static void
reaches(struct client *c)
{
	struct got g;
	int n;

	g = scripted(ACTS(ANSWER), c, 0, 1, &n);
	is_int(g.reach, HTTP_ANSWERED, "a whole answer");
	is_str(g.body, "{\"id\":\"abc\"}", "with its body");
	g = scripted(ACTS(CUT), c, 0, 1, &n);
	is_int(g.reach, HTTP_BEGUN, "read and closed: begun");
	is_int(n, 1, "and posted once");
	g = scripted(ACTS(ANSWER, ANSWER, CUT), c, 0, 3, &n);
	is_int(g.reach, HTTP_BEGUN, "a kept connection that closes after the request: begun");
	is_int(n, 3, "and the third was not posted a second time by the library");
	g = scripted(ACTS(ANSWER, HALF), c, 0, 2, &n);
	ok(g.reach == HTTP_BEGUN && g.status == 202, "half an answer is none");
	is_int(n, 2, "and isn't asked for again");
	g = scripted(ACTS(STALL), c, 400, 1, &n);
	ok(g.reach == HTTP_BEGUN && g.fault, "no answer in time: begun");
	g = scripted(ACTS(REDIRECT), c, 0, 1, &n);
	ok(g.reach == HTTP_ANSWERED && g.status == 307, "a redirect is an answer");
	is_int(n, 1, "and is not followed");
	g = scripted(ACTS(HUGE_BODY), c, 0, 1, &n);
	is_int(g.reach, HTTP_BEGUN, "an endless body is cut off");
	g = scripted(ACTS(HUGE_HEAD), c, 0, 1, &n);
	is_int(g.reach, HTTP_BEGUN, "an endless head is cut off");
	g = scripted(ACTS(LATER), c, 0, 1, &n);
	is_int(g.retry_after, 9000, "Retry-After in ms");
	g = scripted(ACTS(LATER_DATE), c, 0, 1, &n);
	is_int(g.retry_after, 20000, "as a date: by the clock of whoever says it");
	g = scripted(ACTS(LATER_PAST), c, 0, 1, &n);
	is_int(g.retry_after, 0, "a date that is over is nothing");
	g = scripted(ACTS(LATER_NEGATIVE), c, 0, 1, &n);
	is_int(g.retry_after, 0, "nor is what is negative");
	g = scripted(ACTS(LATER_HUGE), c, 0, 1, &n);
	is_int(g.retry_after, CLOCK_DAY, "a number that nobody can read is a day, and no more");
	g = scripted(ACTS(LATER_WORDS), c, 0, 1, &n);
	is_int(g.retry_after, 0, "and words are nothing");
}

static void
not_begun(struct client *c)
{
	struct peer p;
	char url[64];
	struct got g;
	int64_t began;

	peer_start(&p, ACTS(ANSWER));
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/x", p.port);
	peer_stop(&p);
	g = ask(c, url, 0);
	ok(g.reach == HTTP_NOT_BEGUN && g.fault, "nobody listens: not begun");
	g = ask(c, "https://no-such-host.invalid/", 0);
	is_int(g.reach, HTTP_NOT_BEGUN, "no such host: not begun");
	/* TLS to somebody who does not speak it. */
	peer_start(&p, ACTS(STALL));
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/x", p.port);
	began = clock_mono();
	g = ask(c, url, 600);
	is_int(g.reach, HTTP_NOT_BEGUN, "no TLS: not begun");
	ok(clock_mono() - began < 3000, "within its budget");
	is_int(p.requests, 0, "and nothing arrived");
	peer_stop(&p);
	g = ask(c, "http://192.0.2.1/", 500);
	is_int(g.reach, HTTP_NOT_BEGUN, "http to elsewhere is refused even in a rehearsal");
	g = ask(c, "ftp://127.0.0.1/", 500);
	is_int(g.reach, HTTP_NOT_BEGUN, "so is anything else");
	g = ask(c, "http://127.0.0.1@192.0.2.1/", 500);
	is_int(g.reach, HTTP_NOT_BEGUN, "and an address in disguise");
}

/* Takes an answer in pieces, so many bytes at most. */
struct taker {
	struct got got;
	char text[64];
	size_t n, most;
};

static bool
piece(void *arg, const char *p, size_t n)
{
	struct taker *t = arg;

	if (t->n + n > t->most)
		return false;
	memcpy(t->text + t->n, p, n);
	t->n += n;
	return true;
}

static struct taker
in_pieces(struct client *c, enum act act, size_t most)
{
	struct taker t = {.most = most};
	struct http_request r = {.take = piece, .take_arg = &t};
	struct peer p;
	char url[64];

	peer_start(&p, ACTS(act));
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/x", p.port);
	r.url = url;
	client_start(c, &r, take, &t.got);
	while (t.got.calls == 0)
		client_poll(c, NULL, 0, 1000);
	peer_stop(&p);
	return t;
}

static void
pieces(struct client *c)
{
	struct taker t = in_pieces(c, ANSWER, 60);

	ok(t.got.reach == HTTP_ANSWERED && t.got.bounded, "an answer in pieces");
	is_str(t.text, "{\"id\":\"abc\"}", "given to who takes it");
	is_str(t.got.body, "", "instead of kept");
	t = in_pieces(c, HALF, 60);
	ok(t.got.reach == HTTP_BEGUN && t.n > 0, "half of one is none");
	t = in_pieces(c, ANSWER, 5);
	ok(t.got.reach == HTTP_BEGUN && t.got.fault, "one that is not wanted ends");
	t = in_pieces(c, LATER, 60);
	is_str(t.got.body, "{}", "what is not 2xx is kept");
	is_int(t.n, 0, "and not given");
	t = in_pieces(c, ENDLESS, 60);
	ok(t.got.reach == HTTP_ANSWERED && !t.got.bounded, "one that does not say where it ends");
	t = in_pieces(c, CHUNKS, 60);
	ok(t.got.reach == HTTP_ANSWERED && t.got.bounded, "one in chunks does");
	is_str(t.text, "abcd", "whole");
	t = in_pieces(c, PACKED, 60);
	is_str(t.text, "\x1f\x8b\x08x", "what was packed is not unpacked");
}

/* ---- what time it is there ------------------------------------------------------------- */

static void
hear(void *arg, int64_t date)
{
	*(int64_t *)arg = date;
}

/* The Date that is told of an answer; 0: none. */
static int64_t
told(struct client *c, enum act act, bool elsewhere)
{
	const enum act acts[] = {act, (enum act) - 1};
	struct peer p;
	char url[64];
	struct http_request r = {.url = url, .elsewhere = elsewhere};
	struct got g = {0};
	int64_t date = 0;

	peer_start(&p, acts);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/x", p.port);
	client_tell_dates(c, hear, &date);
	client_start(c, &r, take, &g);
	while (g.calls == 0)
		client_poll(c, NULL, 0, 1000);
	client_tell_dates(c, NULL, NULL);
	peer_stop(&p);
	return date;
}

static void
dates(struct client *c)
{
	is_int(told(c, DATED, false), INT64_C(1604664000000), "an answer's Date is told");
	is_int(told(c, ANSWER, false), 0, "if it has one");
	is_int(told(c, LATER, false), 0, "but not that of a refusal");
	is_int(told(c, CACHED, false), 0, "nor of what lay in a cache");
	is_int(told(c, DATED, true), 0, "nor of who is not Bandwidth");
}

static bool
forbids(void *arg)
{
	struct got *g = arg;

	g->status++; /* asked so often */
	return false;
}

static void
withheld(struct client *c)
{
	struct peer p;
	char url[64];
	struct http_request r = {
	    .method = HTTP_POST, .url = url, .body = "body", .length = 4, .may_go = forbids};
	struct got g = {0};

	peer_start(&p, ACTS(ANSWER));
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/x", p.port);
	client_start(c, &r, take, &g);
	while (g.calls == 0 && g.status < 2)
		client_poll(c, NULL, 0, 1000);
	ok(g.reach == HTTP_NOT_BEGUN && g.fault, "withheld at the last moment: not begun");
	is_int(g.calls, 1, "told once");
	peer_stop(&p);
	is_int(p.requests, 0, "and nothing arrived");
}

static void
many(struct client *c)
{
	struct peer p;
	struct got g[40] = {{0}};
	char url[64];
	struct http_request r = {.method = HTTP_GET, .url = url};
	int i, done = 0;

	peer_start(&p, ACTS(ANSWER));
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/x", p.port);
	for (i = 0; i < 5; i++)
		client_start(c, &r, take, &g[i]);
	is_int(client_in_flight(c), 5, "several at a time");
	client_abort(c);
	for (i = 0; i < 5; i++)
		done += g[i].calls;
	is_int(done, 5, "giving up ends each of them once");
	is_int(client_in_flight(c), 0, "and nothing is left");
	peer_stop(&p);
}

/* What libcurl and OpenSSL say, as seen with certificates of a test authority. */
static void
obstacles(void)
{
	static const char host[] = "SSL: no alternative certificate subject name matches target "
				   "host name 'localhost'";

	is_int(transfer_obstacle(CURLE_COULDNT_RESOLVE_HOST, 0, ""), HTTP_NO_NAME, "no such name");
	is_int(
	    transfer_obstacle(CURLE_COULDNT_CONNECT, 0, ""), HTTP_NO_CONNECTION, "nobody answers");
	is_int(transfer_obstacle(CURLE_OPERATION_TIMEDOUT, 0, ""), HTTP_NO_TIME, "no time left");
	is_int(transfer_obstacle(CURLE_SSL_CONNECT_ERROR, 0, ""), HTTP_NO_TLS, "no TLS");
	is_int(transfer_obstacle(CURLE_PEER_FAILED_VERIFICATION, 18, "self-signed certificate"),
	    HTTP_CERT_UNTRUSTED, "a certificate of nobody we know");
	is_int(transfer_obstacle(CURLE_PEER_FAILED_VERIFICATION, 10, "certificate has expired"),
	    HTTP_CERT_EXPIRED, "one that has expired");
	is_int(transfer_obstacle(CURLE_PEER_FAILED_VERIFICATION, 1, host), HTTP_CERT_OTHER_HOST,
	    "one of another host");
	is_int(transfer_obstacle(CURLE_WRITE_ERROR, 0, ""), HTTP_OTHER, "anything else");
}

int
main(void)
{
	struct settings s = {.rehearsal = true};
	struct client *c;
	struct got g;

	signal(SIGPIPE, SIG_IGN);
	obstacles();
	c = client_new(&s);
	reaches(c);
	not_begun(c);
	withheld(c);
	pieces(c);
	dates(c);
	many(c);
	client_free(c);
	s.rehearsal = false;
	c = client_new(&s);
	g = ask(c, "http://127.0.0.1:1/", 500);
	is_int(g.reach, HTTP_NOT_BEGUN, "without a rehearsal http to this machine is refused, too");
	client_free(c);
	return done_testing();
}
