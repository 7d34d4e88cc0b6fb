/*
 * load.c: a closed-loop HTTP load for the benchmark: N connections, each sends the next
 * request when the answer to the last is whole.
 *
 *   load [-t FILE] PORT CONNECTIONS SECONDS PATH [AUTHORIZATION]
 *
 * With AUTHORIZATION it posts message-received events with ids of their own; without, it sends GETs.
 * With -t the wall time (us) of each success goes to FILE, a line each, and a connection that got
 * something else rests a moment, as a caller who tries again would.
 * Prints "requests seconds rate p50_us p99_us not_2xx".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 512
#define MAX_SAMPLES 4000000
#define REST_US 5000

struct connection {
	int fd;
	int64_t begun;
	int64_t rests; /* until then; 0: a request is under way */
	char in[8192];
	size_t have;
};

static uint32_t *samples;
static size_t nsamples;
static unsigned long bad, serial;
static const char *path, *authorization;
static int port;
static FILE *times; /* of successes */

static int64_t
clock_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000);
}

static int64_t
now_us(void)
{

	return (clock_us(CLOCK_MONOTONIC));
}

static void
die(const char *what)
{

	perror(what);
	exit(1);
}

static int
connect_to(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return (fd);
}

/* The body of one inbound text; its ids never repeat, also not over several runs. */
static int
event_body(char *out, size_t size)
{
	unsigned long person;

	serial++;
	/* Replies come from people all over the book of numbers, not one after the other. */
	person = serial * 2654435761u % 8000000;
	return (snprintf(out, size,
	    "[{\"time\":\"2026-11-23T18:00:00.123456Z\",\"type\":\"message-received\",\"to\":\"+19195550100\","
	    "\"description\":\"Incoming message received\",\"message\":{\"id\":\"%lld-%d-%lu\",\"owner\":\"+19195550100\","
	    "\"applicationId\":\"93de2206-9669-4e07-948d-329f4b722ee2\",\"time\":\"2026-11-23T18:00:00.000Z\","
	    "\"segmentCount\":1,\"direction\":\"in\",\"to\":[\"+19195550100\"],\"from\":\"+1919%03lu%04lu\","
	    "\"text\":\"Yes, I can come on Saturday. Where do we meet?\"}}]",
	    (long long)now_us(), getpid(), serial, 200 + person / 10000, person % 10000));
}

static void
send_request(struct connection *c)
{
	char body[2048], all[4096];
	int n, len;

	if (authorization != NULL) {
		len = event_body(body, sizeof body);
		n = snprintf(all, sizeof all, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %s\r\n"
		    "User-Agent: BandwidthAPI/v2\r\n"
		    "Content-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s",
		    path, authorization, len, body);
	} else {
		n = snprintf(all, sizeof all, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
	}
	c->have = 0;
	c->rests = 0;
	c->begun = now_us();
	/* A connection that was cut meanwhile shows at the next read. */
	if (write(c->fd, all, (size_t)n) != n && times == NULL)
		die("write");
}

/* Length of the whole answer, or 0 while its head is not complete. */
static size_t
answer_length(struct connection *c)
{
	char *end, *p;

	c->in[c->have] = '\0';
	if ((end = strstr(c->in, "\r\n\r\n")) == NULL)
		return (0);
	p = strcasestr(c->in, "\r\ncontent-length:");
	if (p == NULL || p > end)
		return ((size_t)(end + 4 - c->in));
	return ((size_t)(end + 4 - c->in) + strtoul(p + 17, NULL, 10));
}

static void
reconnect(struct connection *c)
{

	close(c->fd);
	c->fd = connect_to();
}

/* The next request, at once or after a rest. */
static void
go_on(struct connection *c, bool success)
{

	bad += !success;
	if (success && times != NULL)
		fprintf(times, "%lld\n", (long long)clock_us(CLOCK_REALTIME));
	if (success || times == NULL)
		send_request(c);
	else
		c->rests = now_us() + REST_US;
}

/* True when an answer was complete and the next request went out. */
static void
on_readable(struct connection *c)
{
	ssize_t n = read(c->fd, c->in + c->have, sizeof c->in - 1 - c->have);
	size_t whole;

	if (n <= 0) {
		reconnect(c);
		go_on(c, false);
		return;
	}
	c->have += (size_t)n;
	whole = answer_length(c);
	if (whole == 0 || c->have < whole)
		return;
	if (nsamples < MAX_SAMPLES)
		samples[nsamples++] = (uint32_t)(now_us() - c->begun);
	if (strcasestr(c->in, "\r\nconnection: close") != NULL)
		reconnect(c);
	go_on(c, c->in[9] == '2');
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x < y ? -1 : x > y);
}

int
main(int argc, char **argv)
{
	static struct connection connections[MAX_CONNECTIONS];
	static struct pollfd polls[MAX_CONNECTIONS];
	int64_t begin, end;
	double seconds;
	int n, i;

	signal(SIGPIPE, SIG_IGN);
	if (argc > 2 && strcmp(argv[1], "-t") == 0) {
		if ((times = fopen(argv[2], "w")) == NULL)
			die(argv[2]);
		argc -= 2;
		argv += 2;
	}
	if (argc < 5 || (n = (int)strtol(argv[2], NULL, 10)) < 1 || n > MAX_CONNECTIONS) {
		fprintf(stderr, "usage: load [-t FILE] PORT CONNECTIONS SECONDS PATH [AUTHORIZATION]\n");
		return (2);
	}
	port = (int)strtol(argv[1], NULL, 10);
	seconds = strtod(argv[3], NULL);
	path = argv[4];
	authorization = argc > 5 ? argv[5] : NULL;
	if ((samples = calloc(MAX_SAMPLES, sizeof *samples)) == NULL)
		die("calloc");
	for (i = 0; i < n; i++)
		connections[i].fd = connect_to();
	begin = now_us();
	end = begin + (int64_t)(seconds * 1e6);
	for (i = 0; i < n; i++)
		send_request(&connections[i]);
	while (now_us() < end) {
		bool resting = false;

		for (i = 0; i < n; i++) {
			if (connections[i].rests != 0 && connections[i].rests <= now_us())
				send_request(&connections[i]);
			resting = resting || connections[i].rests != 0;
			polls[i] = (struct pollfd){ .fd = connections[i].fd, .events = POLLIN };
			if (connections[i].rests != 0)
				polls[i].fd = -1;
		}
		if (poll(polls, (nfds_t)n, resting ? 1 : 1000) < 0 && errno != EINTR)
			die("poll");
		for (i = 0; i < n; i++)
			if (polls[i].revents != 0)
				on_readable(&connections[i]);
	}
	seconds = (double)(now_us() - begin) / 1e6;
	qsort(samples, nsamples, sizeof *samples, compare);
	printf("%zu %.3f %.1f %u %u %lu\n", nsamples, seconds, (double)nsamples / seconds,
	    nsamples > 0 ? samples[nsamples / 2] : 0, nsamples > 0 ? samples[nsamples * 99 / 100] : 0, bad);
	return (0);
}
