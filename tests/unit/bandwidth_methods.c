/*
 * bandwidth_methods.c: requests of every method arrive as they were meant, and what the heads
 * of answers say is handed on; against a peer on loopback that sends requests back.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/settings.h"
#include "bandwidth/client.h"
#include "tap.h"

#define TEXT_MAX 4096

/* Answers one request with the head given and the request itself as body, then closes. */
struct echo {
	int listener;
	char url[64];
	const char *head;
	size_t filler; /* bytes of body behind the request */
	pthread_t thread;
};

/* Reads a request with its body; returns its length. */
static size_t
read_request(int fd, char text[TEXT_MAX])
{
	const char *end = NULL, *length;
	size_t n = 0, want = 0;
	ssize_t k;

	while (n < TEXT_MAX - 1 && (end == NULL || n < want)) {
		k = read(fd, text + n, TEXT_MAX - 1 - n);
		if (k <= 0)
			break;
		n += (size_t)k;
		text[n] = '\0';
		end = strstr(text, "\r\n\r\n");
		length = strstr(text, "Content-Length: ");
		if (end != NULL)
			want = (size_t)(end - text) + 4 +
			       (length != NULL ? strtoul(length + 16, NULL, 10) : 0);
	}
	return n;
}

static void *
serve(void *arg)
{
	struct echo *e = arg;
	int fd = accept(e->listener, NULL, NULL);
	char text[TEXT_MAX], head[TEXT_MAX];
	size_t n = read_request(fd, text), i;
	int k = snprintf(head, sizeof(head),
	    "%s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", e->head, n + e->filler);

	if (write(fd, head, (size_t)k) == k && write(fd, text, n) == (ssize_t)n)
		for (i = e->filler; i > 0 && (k = (int)write(fd, text, i < n ? i : n)) > 0;)
			i -= (size_t)k;
	close(fd);
	return NULL;
}

struct got {
	int calls, status;
	enum http_reach reach;
	char body[TEXT_MAX], location[200];
	size_t length;
	int64_t retry_after;
};

static void
take(void *arg, const struct http_answer *a)
{
	struct got *g = arg;

	g->calls++;
	g->status = a->status;
	g->reach = a->reach;
	g->length = a->length;
	g->retry_after = a->retry_after;
	snprintf(g->body, sizeof(g->body), "%s", a->body);
	snprintf(g->location, sizeof(g->location), "%s", a->location ? a->location : "(none)");
}

static struct got
ask(struct client *c, struct http_request r, const char *head, size_t filler)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct echo e = {.head = head, .filler = filler};
	socklen_t n = sizeof(a);
	struct got g = {0};

	e.listener = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(e.listener, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(e.listener, 1) != 0 ||
	    getsockname(e.listener, (struct sockaddr *)&a, &n) != 0)
		abort();
	snprintf(e.url, sizeof(e.url), "http://127.0.0.1:%d/x", ntohs(a.sin_port));
	pthread_create(&e.thread, NULL, serve, &e);
	r.url = e.url;
	client_start(c, &r, take, &g);
	while (g.calls == 0)
		client_poll(c, NULL, 0, 1000);
	pthread_join(e.thread, NULL);
	close(e.listener);
	return g;
}

static void
methods(struct client *c)
{
	static const struct {
		enum http_method method;
		const char *line;
		bool body;
	} all[] = {{HTTP_GET, "GET /x HTTP/1.1\r\n", false},
	    {HTTP_POST, "POST /x HTTP/1.1\r\n", true}, {HTTP_PUT, "PUT /x HTTP/1.1\r\n", true},
	    {HTTP_PATCH, "PATCH /x HTTP/1.1\r\n", true},
	    {HTTP_DELETE, "DELETE /x HTTP/1.1\r\n", false}};
	struct http_request r = {.body = "<a>b</a>",
	    .length = 8,
	    .content_type = "application/xml",
	    .accept = "application/xml"};
	struct got g;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		r.method = all[i].method;
		g = ask(c, r, "HTTP/1.1 200 OK", 0);
		ok(g.reach == HTTP_ANSWERED &&
			strncmp(g.body, all[i].line, strlen(all[i].line)) == 0,
		    "%.6s arrives as itself", all[i].line);
		ok((strstr(g.body, "\r\n\r\n<a>b</a>") != NULL) == all[i].body &&
			(strstr(g.body, "\r\nContent-Length: 8\r\n") != NULL) == all[i].body,
		    "%s body", all[i].body ? "with its" : "without a");
		ok(strstr(g.body, "\r\nAccept: application/xml\r\n") != NULL,
		    "with the kind of answer it wants");
	}
	r.method = HTTP_PUT;
	r.body = NULL;
	r.length = 0;
	r.accept = NULL;
	g = ask(c, r, "HTTP/1.1 200 OK", 0);
	ok(strstr(g.body, "\r\nContent-Length: 0\r\n") != NULL &&
		strstr(g.body, "\r\nAccept: application/json\r\n") != NULL,
	    "an empty body is one; JSON is wanted when nothing is said");
}

static void
heads(struct client *c)
{
	const struct http_request r = {.method = HTTP_GET};
	char head[400];
	struct got g;

	g = ask(c, r, "HTTP/1.1 201 Created\r\nlocation: \t https://x/sites/1/sippeers/2 ", 0);
	is_str(g.location, "https://x/sites/1/sippeers/2", "the Location header, trimmed");
	g = ask(c, r, "HTTP/1.1 201 Created\r\nLocation-Of: x", 0);
	is_str(g.location, "(none)", "no other header is taken for it");
	g = ask(c, r, "HTTP/1.1 201 Created\r\nLocation: a b", 0);
	is_str(g.location, "(none)", "what is no address is none");
	snprintf(head, sizeof(head), "HTTP/1.1 429 Too Many Requests\r\nX-RateLimit-Reset: %lld",
	    (long long)(clock_now() / 1000 + 90));
	g = ask(c, r, head, 0);
	ok(g.status == 429 && g.retry_after > 80000 && g.retry_after <= 90000,
	    "X-RateLimit-Reset of a 429 (%lld ms)", (long long)g.retry_after);
	g = ask(c, r,
	    "HTTP/1.1 429 Too Many Requests\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
	    "X-RateLimit-Reset: 784111787",
	    0);
	is_int(g.retry_after, 10000, "by the clock of the answer, if it has one");
	g = ask(c, r, "HTTP/1.1 429 Too Many Requests\r\nX-RateLimit-Reset: 5", 0);
	is_int(g.retry_after, 0, "one that is past asks for nothing");
	g = ask(c, r, "HTTP/1.1 429 Too Many Requests\r\nX-RateLimit-Reset: 99999999999", 0);
	is_int(g.retry_after, CLOCK_DAY, "one that is far away for a day at most");
	g = ask(c, r, "HTTP/1.1 429 Too Many Requests\r\nX-RateLimit-Reset: soon", 0);
	is_int(g.retry_after, 0, "one that is no time for nothing");
	snprintf(head, sizeof(head),
	    "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nX-RateLimit-Reset: %lld",
	    (long long)(clock_now() / 1000 + 90));
	g = ask(c, r, head, 0);
	is_int(g.retry_after, 7000, "Retry-After goes before it");
	snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nX-RateLimit-Reset: %lld",
	    (long long)(clock_now() / 1000 + 90));
	g = ask(c, r, head, 0);
	is_int(g.retry_after, 0, "with a good answer it asks for nothing");
}

static void
sizes(struct client *c)
{
	struct http_request r = {.method = HTTP_GET};
	struct got g;

	r.answer_max = 1000;
	g = ask(c, r, "HTTP/1.1 200 OK", 100);
	is_int(g.reach, HTTP_ANSWERED, "an answer within the request's bound");
	g = ask(c, r, "HTTP/1.1 200 OK", 1000);
	is_int(g.reach, HTTP_BEGUN, "one beyond it is refused");
	r.answer_max = CLIENT_ANSWER_MAX + 100000;
	g = ask(c, r, "HTTP/1.1 200 OK", CLIENT_ANSWER_MAX);
	ok(g.reach == HTTP_ANSWERED && g.length > CLIENT_ANSWER_MAX, "one that may be larger");
	r.answer_max = 0;
	g = ask(c, r, "HTTP/1.1 200 OK", CLIENT_ANSWER_MAX);
	is_int(g.reach, HTTP_BEGUN, "and without a bound of its own the usual one holds");
}

int
main(void)
{
	struct settings s = {.rehearsal = true};
	struct client *c;

	signal(SIGPIPE, SIG_IGN);
	c = client_new(&s);
	methods(c);
	heads(c);
	sizes(c);
	client_free(c);
	return done_testing();
}
