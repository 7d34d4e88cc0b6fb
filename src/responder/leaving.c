/*
 * leaving.c: answers in the place of threads that can't, and executes the program again.
 *
 * leaving_now runs in the store's watchdog thread: it takes no lock, allocates nothing and
 * touches no stream of libfcgi.
 */
#include "responder/leaving.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/store.h"

#define ANSWERING_MS 1000 /* for answers that are being written */
#define DRAIN_MS 300	  /* for the web server to take ours and close */
#define STEP_MS 5

/* FastCGI 1.0, sections 3.3 and 5: record types and sizes. */
#define FCGI_VERSION_ONE 1
#define FCGI_TYPE_END 3
#define FCGI_TYPE_STDOUT 6
#define FCGI_HEADER ((size_t)8)

static const char away[] = "Status: 503 Service Unavailable\r\n"
			   "Content-Type: text/plain; charset=utf-8\r\n"
			   "Content-Length: 68\r\n"
			   "Retry-After: 2\r\n"
			   "Cache-Control: no-store\r\n"
			   "\r\n"
			   "The texting service is coming back. Please try again in two seconds.";

int
leaving_init(struct leaving *leaving, char **argv)
{
	static const char self[] = "/proc/self/exe";
	for (size_t i = 0; i < PLACES; i++) {
		atomic_init(&leaving->places[i].state, PLACE_FREE);
		atomic_init(&leaving->places[i].fd, -1);
		atomic_init(&leaving->places[i].request, 1);
	}
	atomic_init(&leaving->begun, false);
	leaving->argv = argv;
	leaving->program = realpath(self, NULL);
	if (leaving->program == NULL) {
		log_error("%s cannot be read: %s. /proc must be mounted.", self, log_errno(errno));
		return -1;
	}
	return 0;
}

/* The process is about to become another one; this thread has nothing more to do. */
static _Noreturn void
wait_for_the_end(void)
{
	for (;;)
		(void)pause();
}

static size_t
record(unsigned char *out, int type, int request, const void *content, size_t n)
{
	out[0] = FCGI_VERSION_ONE;
	out[1] = (unsigned char)type;
	out[2] = (unsigned char)(request >> 8);
	out[3] = (unsigned char)request;
	out[4] = (unsigned char)(n >> 8);
	out[5] = (unsigned char)n;
	out[6] = 0;
	out[7] = 0;
	if (n > 0)
		memcpy(out + FCGI_HEADER, content, n);
	return FCGI_HEADER + n;
}

/* send(2), because it does nothing to a descriptor that meanwhile became a file. */
static void
answer_away(struct place *place)
{
	unsigned char out[sizeof away + 4 * FCGI_HEADER];
	const unsigned char end[8] = {0}; /* status 0, FCGI_REQUEST_COMPLETE */
	int fd = atomic_load(&place->fd);
	int request = atomic_load(&place->request);
	size_t n = record(out, FCGI_TYPE_STDOUT, request, away, sizeof away - 1);
	n += record(out + n, FCGI_TYPE_STDOUT, request, NULL, 0);
	n += record(out + n, FCGI_TYPE_END, request, end, sizeof end);
	(void)send(fd, out, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)shutdown(fd, SHUT_WR);
}

static bool
move(struct place *place, int from, int to)
{
	return atomic_compare_exchange_strong(&place->state, &from, to);
}

void
place_open(struct leaving *leaving, struct place *place, int fd, int request)
{
	atomic_store(&place->fd, fd);
	atomic_store(&place->request, request > 0 ? request : 1);
	atomic_store(&place->state, PLACE_OPEN);
	if (!atomic_load(&leaving->begun))
		return;
	/* It came while the others were answered: either they saw it, or it is ours to answer. */
	if (move(place, PLACE_OPEN, PLACE_LEFT))
		answer_away(place);
	wait_for_the_end();
}

void
place_answer(struct place *place)
{
	if (!move(place, PLACE_OPEN, PLACE_ANSWERING))
		wait_for_the_end();
}

void
place_close(struct place *place)
{
	if (!move(place, PLACE_ANSWERING, PLACE_FREE) && !move(place, PLACE_OPEN, PLACE_FREE) &&
	    atomic_load(&place->state) == PLACE_LEFT)
		wait_for_the_end();
}

bool
leaving_begun(const struct leaving *leaving)
{
	return atomic_load(&leaving->begun);
}

static int
answer_all(struct leaving *leaving)
{
	int count = 0;
	for (size_t i = 0; i < PLACES; i++) {
		if (move(&leaving->places[i], PLACE_OPEN, PLACE_LEFT)) {
			answer_away(&leaving->places[i]);
			count++;
		}
	}
	return count;
}

static bool
any_answering(const struct leaving *leaving)
{
	for (size_t i = 0; i < PLACES; i++) {
		if (atomic_load(&leaving->places[i].state) == PLACE_ANSWERING)
			return true;
	}
	return false;
}

/*
 * Has the web server closed its end?  Reads away what it still sends: a close with unread bytes
 * could cost it the answer.
 */
static bool
is_drained(struct place *place)
{
	char trash[4096];
	if (atomic_load(&place->state) != PLACE_LEFT || atomic_load(&place->fd) < 0)
		return true;
	for (;;) {
		ssize_t n = recv(atomic_load(&place->fd), trash, sizeof trash, MSG_DONTWAIT);
		if (n > 0 || (n < 0 && errno == EINTR))
			continue;
		if (n < 0 && errno == EAGAIN)
			return false;
		atomic_store(&place->fd, -1);
		return true;
	}
}

static bool
all_drained(struct leaving *leaving)
{
	bool all = true;
	for (size_t i = 0; i < PLACES; i++)
		all = is_drained(&leaving->places[i]) && all;
	return all;
}

void
leaving_now(void *arg, const char *why)
{
	struct leaving *leaving = arg;
	(void)why; /* the store has logged it */
	atomic_store(&leaving->begun, true);
	int count = answer_all(leaving);
	for (int64_t end = clock_mono() + DRAIN_MS; clock_mono() < end;) {
		if (all_drained(leaving))
			break;
		clock_sleep(STEP_MS);
	}
	for (int64_t end = clock_mono() + ANSWERING_MS; clock_mono() < end;) {
		if (!any_answering(leaving))
			break;
		clock_sleep(STEP_MS);
	}
	count += answer_all(leaving);
	log_warn("starting again, with %d requests answered 503", count);
	leaving_execute(leaving);
}

void
leaving_execute(const struct leaving *leaving)
{
	store_reexec(leaving->program, leaving->argv, environ);
}
