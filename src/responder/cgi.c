/*
 * cgi.c: the same answer as a plain CGI program: one request, from the environment and standard
 * input to standard output, then the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"
#include "responder/exchange.h"
#include "responder/responder.h"
#include "responder/serve.h"
#include "responder/start.h"
#include "store/wake.h"

#define ANSWERING_MS 900   /* less than who recovers waits before it kills */
#define DRAIN_WAIT_MS 2000 /* for the next piece of a body that nobody wants */
#define DRAIN_MOST ((uint64_t)256 * 1024 * 1024)

/* arg counts the bytes read. */
static size_t
read_body(void *arg, char *p, size_t n)
{
	uint64_t *count = arg;
	ssize_t got;
	do {
		got = read(STDIN_FILENO, p, n);
	} while (got < 0 && errno == EINTR);
	if (got <= 0)
		return 0;
	*count += (uint64_t)got;
	return (size_t)got;
}

/*
 * Reads away what was announced and not read: where standard input and output are one socket
 * (mod_cgid), a
 * close with unread bytes would cost the web server the answer.
 */
static void
drain_input(uint64_t count)
{
	char trash[16384];
	uint64_t announced = 0;
	const char *text = getenv("CONTENT_LENGTH");
	if (text == NULL || parse_u64(text, strlen(text), 0, DRAIN_MOST, &announced) != 0)
		announced = DRAIN_MOST;
	while (count < announced) {
		struct pollfd p = {STDIN_FILENO, POLLIN, 0};
		int wait = announced == DRAIN_MOST ? 0 : DRAIN_WAIT_MS;
		if (poll(&p, 1, wait) <= 0 || read_body(&count, trash, sizeof trash) == 0)
			break;
	}
}

static bool
write_all(const char *p, size_t n)
{
	while (n > 0) {
		ssize_t part = write(STDOUT_FILENO, p, n);
		if (part < 0 && errno == EINTR)
			continue;
		if (part <= 0)
			return false;
		p += part;
		n -= (size_t)part;
	}
	return true;
}

static bool
write_out(void *arg, const char *p, size_t n)
{
	(void)arg;
	return write_all(p, n);
}

/* For store_options.leave: the one answer, unless it has begun, and the end. */
static void
leave(void *arg, const char *why)
{
	static const char away[] =
	    "Status: 503 Service Unavailable\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\nRetry-After: 2\r\n"
	    "Cache-Control: no-store\r\n\r\n"
	    "The texting service is coming back. Please try again in two seconds.";
	atomic_bool *begun = arg;
	(void)why;
	if (!atomic_exchange(begun, true))
		(void)write_all(away, sizeof away - 1);
	else /* the answer is being taken; it needs the store no more */
		clock_sleep(ANSWERING_MS);
	_exit(0);
}

/* The web server waits for the end of standard output: what is left to do happens behind it. */
static void
close_output(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		(void)dup2(null, STDOUT_FILENO);
		close(null);
	}
}

int
responder_cgi(void)
{
	static struct server server;
	static struct start start;
	static atomic_bool begun;
	uint64_t count = 0;
	const struct source source = {(const char *const *)environ, read_body, &count};

	server_init(&server);
	start_init(&start);
	atomic_init(&begun, false);
	if (start_try(&start, leave, &begun))
		atomic_store(&server.app, &start.app);
	struct exchange *x = serve(&server, &source);
	bool taken = false;
	if (!atomic_exchange(&begun, true)) {
		taken = serve_write(x, write_out, NULL);
	} else {
		pause(); /* the other thread answers and ends the process */
	}
	drain_input(count);
	close_output();
	serve_done(x, taken);
	if (start.app.store != NULL)
		wake_settle(&start.settings, start.app.store);
	start_end(&start);
	return 0;
}
