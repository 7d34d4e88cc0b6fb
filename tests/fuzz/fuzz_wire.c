/*
 * fuzz_wire.c: an answer as it comes over the wire, head and body: status lines, Retry-After, Date,
 * Location, X-RateLimit-Reset, chunks, lengths that lie.  libcurl reads it, and what it makes of it
 * becomes our answer.
 *
 * The peer is a socket of this process on loopback; nothing else is connected to.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/settings.h"
#include "bandwidth/client.h"
#include "bandwidth/transfer.h"
#include "fuzz.h"

#define ANSWER_MOST 4096

static struct client *client;
static int listener = -1, peer = -1;
static char url[100];
static bool done;

static void
set_up(void)
{
	struct settings settings = {.rehearsal = true};
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	MUST(listener >= 0 && bind(listener, (struct sockaddr *)&at, n) == 0);
	MUST(listen(listener, 5) == 0 && getsockname(listener, (struct sockaddr *)&at, &n) == 0);
	snprintf(
	    url, sizeof url, "http://127.0.0.1:%d/api/v2/users/1/messages", ntohs(at.sin_port));
	client = client_new(&settings);
	MUST(client != NULL);
}

/* So that no connection is remembered by the system: there are many. */
static void
close_peer(void)
{
	struct linger now = {1, 0};

	if (peer < 0)
		return;
	(void)setsockopt(peer, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(peer);
	peer = -1;
}

static void
check(void *arg, const struct http_answer *a)
{
	size_t i;

	(void)arg;
	done = true;
	close_peer();
	MUST(a->reach != HTTP_NOT_BEGUN);
	MUST((a->reach == HTTP_ANSWERED) == (a->fault == NULL));
	MUST(a->reach != HTTP_ANSWERED || (a->status >= 200 && a->status <= 999));
	MUST((a->reach == HTTP_ANSWERED) == (a->obstacle == HTTP_CLEAR));
	MUST(a->status == 0 || (a->status >= 100 && a->status <= 999));
	MUST(a->body != NULL && a->length <= ANSWER_MOST && a->body[a->length] == '\0');
	MUST(a->retry_after >= 0 && a->retry_after <= CLOCK_DAY);
	MUST(a->date >= 0 && a->date <= 5000 * 366 * CLOCK_DAY);
	MUST(a->location == NULL || strlen(a->location) < LOCATION_MAX);
	for (i = 0; a->location != NULL && a->location[i] != '\0'; i++)
		MUST(a->location[i] > ' ' && a->location[i] <= '~');
	MUST(a->fault == NULL || *a->fault != '\0');
}

/* What the peer says to whoever connects, before it has heard anything. */
static void
answer(const uint8_t *data, size_t size)
{
	if (peer >= 0 || (peer = accept(listener, NULL, NULL)) < 0)
		return;
	MUST(size == 0 || write(peer, data, size) == (ssize_t)size);
	(void)shutdown(peer, SHUT_WR);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct http_request request = {.method = HTTP_POST,
	    .url = url,
	    .body = "{}",
	    .length = 2,
	    .answer_max = ANSWER_MOST,
	    .budget = 2000};

	if (listener < 0)
		set_up();
	if (size > (size_t)64 * 1024)
		return 0;
	done = false;
	client_start(client, &request, check, NULL);
	while (!done) {
		client_poll(client, &listener, 1, 100);
		answer(data, size);
	}
	return 0;
}
