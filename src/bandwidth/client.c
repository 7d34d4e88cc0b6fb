/*
 * client.c: requests over libcurl's multi interface (client.h); with transfer.c the only
 * file that includes curl.h.
 *
 * The worker starts requests and polls; here they run, end, and are handed back.
 */
#include <curl/curl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "base/url.h"
#include "bandwidth/client.h"
#include "bandwidth/transfer.h"

#define POLL_FDS 8
/*
 * Connections to a host that speaks HTTP/2: as a rule it takes a hundred requests on each.  libcurl
 * would open one for every request that finds the first one full.
 */
#define CONNECTIONS_2 8L
#define CONNECTIONS_1 ((long)CLIENT_IN_FLIGHT)

struct client {
	CURLM *multi;
	struct transfer *flying;    /* in libcurl's hands */
	struct transfer *stillborn; /* could not be started; end at the next poll */
	size_t count;		    /* of both */
	long connections;	    /* to a host, at most */
	bool rehearsal;
	void (*heard)(void *arg, int64_t date);
	void *heard_arg;
};

/* libcurl has one limit for all hosts: it follows whoever answered last. */
static void
limit_connections(struct client *c, long most)
{
	if (c->connections == most)
		return;
	c->connections = most;
	curl_multi_setopt(c->multi, CURLMOPT_MAX_HOST_CONNECTIONS, most);
}

struct client *
client_new(const struct settings *s)
{
	struct client *c = calloc(1, sizeof(*c));

	if (c == NULL)
		log_panic("out of memory");
	c->rehearsal = s->rehearsal;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		log_error("libcurl cannot be started");
		free(c);
		return NULL;
	}
	c->multi = curl_multi_init();
	if (c->multi == NULL) {
		log_error("libcurl cannot be started");
		client_free(c);
		return NULL;
	}
	curl_multi_setopt(c->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
	curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)CLIENT_IN_FLIGHT);
	curl_multi_setopt(c->multi, CURLMOPT_MAX_CONCURRENT_STREAMS, (long)CLIENT_IN_FLIGHT);
	/* Without TLS nobody is asked for HTTP/2. */
	limit_connections(c, s->rehearsal ? CONNECTIONS_1 : CONNECTIONS_2);
	return c;
}

static void
list_add(struct transfer **list, struct transfer *t)
{
	t->next = *list;
	t->prev = NULL;
	if (*list != NULL)
		(*list)->prev = t;
	*list = t;
}

static void
list_take(struct transfer **list, struct transfer *t)
{
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		*list = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
}

static void
drop_list(struct client *c, struct transfer **list)
{
	struct transfer *t;

	while ((t = *list) != NULL) {
		list_take(list, t);
		c->count--;
		if (t->added)
			curl_multi_remove_handle(c->multi, t->easy);
		transfer_free(t);
	}
}

void
client_free(struct client *c)
{
	if (c == NULL)
		return;
	drop_list(c, &c->flying);
	drop_list(c, &c->stillborn);
	if (c->multi != NULL)
		curl_multi_cleanup(c->multi);
	curl_global_cleanup();
	free(c);
}

size_t
client_in_flight(const struct client *c)
{
	return c->count;
}

/* https, or in a rehearsal http to loopback? */
static bool
address_allowed(const struct client *c, const char *url)
{
	struct arena *a = arena_new();
	const char *why, *host = strstr(url, "://");
	struct url u;
	bool good = false;
	size_t n;

	if (host != NULL) {
		n = (size_t)(host - url) + 3 + strcspn(host + 3, "/?#");
		if (url_parse(arena_dup(a, url, n), a, &u, &why) == 0)
			good = u.https || (c->rehearsal && u.loopback);
	}
	arena_free(a);
	return good;
}

void
client_start(struct client *c, const struct http_request *r, http_done done, void *arg)
{
	struct transfer *t = transfer_new(r, c->rehearsal, done, arg);

	c->count++;
	if (!address_allowed(c, r->url))
		t->fault = "the address is neither https nor, in a rehearsal, on this machine";
	else if (!t->ready || curl_multi_add_handle(c->multi, t->easy) != CURLM_OK)
		t->fault = "libcurl did not take the request";
	t->added = t->fault == NULL;
	list_add(t->added ? &c->flying : &c->stillborn, t);
}

void
client_tell_dates(struct client *c, void (*heard)(void *arg, int64_t date), void *arg)
{
	c->heard = heard;
	c->heard_arg = arg;
}

static void
tell_date(struct client *c, const struct transfer *t, const struct http_answer *a)
{
	if (c->heard != NULL && !t->undated && a->reach == HTTP_ANSWERED && a->status / 100 == 2 &&
	    a->date > 0 && a->took <= CLIENT_DATE_FRESH)
		c->heard(c->heard_arg, a->date);
}

/* Takes a transfer out, tells its owner what came of it, and frees it. */
static void
finish(struct client *c, struct transfer **list, struct transfer *t, CURLcode code)
{
	struct http_answer answer;
	int version = transfer_version(t);

	list_take(list, t);
	c->count--;
	transfer_answer(t, code, &answer);
	if (version != 0)
		limit_connections(c, version == 2 ? CONNECTIONS_2 : CONNECTIONS_1);
	if (t->added)
		curl_multi_remove_handle(c->multi, t->easy);
	tell_date(c, t, &answer);
	t->done(t->arg, &answer);
	transfer_free(t);
}

/* Ends what libcurl has finished; returns how many. */
static size_t
collect(struct client *c)
{
	struct transfer *t;
	CURLMsg *msg;
	size_t n = 0;
	int left;

	while ((t = c->stillborn) != NULL) {
		finish(c, &c->stillborn, t, CURLE_FAILED_INIT);
		n++;
	}
	while ((msg = curl_multi_info_read(c->multi, &left)) != NULL) {
		char *private = NULL;

		if (msg->msg != CURLMSG_DONE ||
		    curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &private) != CURLE_OK ||
		    private == NULL)
			continue;
		finish(c, &c->flying, (struct transfer *)(void *)private, msg->data.result);
		n++;
	}
	return n;
}

static size_t
perform(struct client *c)
{
	int running;

	if (curl_multi_perform(c->multi, &running) != CURLM_OK)
		log_error("libcurl could not go on with its requests");
	return collect(c);
}

void
client_poll(struct client *c, const int *fds, size_t n, int64_t timeout)
{
	struct curl_waitfd wait[POLL_FDS];
	size_t i;

	if (perform(c) > 0)
		return;
	memset(wait, 0, sizeof(wait));
	for (i = 0; i < n && i < POLL_FDS; i++) {
		wait[i].fd = fds[i];
		wait[i].events = CURL_WAIT_POLLIN;
	}
	if (timeout < 0)
		timeout = 0;
	if (timeout > CLOCK_HOUR)
		timeout = CLOCK_HOUR;
	curl_multi_poll(c->multi, wait, (unsigned)i, (int)timeout, NULL);
	perform(c);
}

void
client_abort(struct client *c)
{
	struct transfer *t;

	collect(c);
	while ((t = c->flying) != NULL) {
		t->fault = "given up because this program ends";
		finish(c, &c->flying, t, CURLE_ABORTED_BY_CALLBACK);
	}
	collect(c);
}
