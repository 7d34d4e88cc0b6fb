/*
 * ask.c: the client of Bandwidth's interfaces (bandwidth/client.h) in a program of its own, for
 * tests against an HTTPS server on this machine.
 *
 *   ask URL [COUNT [GAP]]     POSTs so many times, to URL?0 and so on, GAP ms between two
 *                             (0: all at once)
 *
 * Prints a line for each, in the order in which they ended: how far it got, the status, what was
 * in the way, how often it was asked whether it may go, and the transport's words.
 *
 * The certificates of ASK_CA are trusted, and no others: the program is linked so that
 * curl_multi_add_handle comes by here (-Wl,--wrap).  Nothing of the product can be told to trust
 * more or less than the machine does.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/settings.h"
#include "bandwidth/client.h"

CURLMcode __real_curl_multi_add_handle(CURLM *, CURL *);
CURLMcode __wrap_curl_multi_add_handle(CURLM *, CURL *);

CURLMcode
__wrap_curl_multi_add_handle(CURLM *multi, CURL *easy)
{
	const char *ca = getenv("ASK_CA");

	if (ca != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	return __real_curl_multi_add_handle(multi, easy);
}

struct asked {
	int asked; /* whether it may go */
	size_t *ended;
};

static bool
may_go(void *arg)
{
	struct asked *a = arg;

	a->asked++;
	return true;
}

static void
ended(void *arg, const struct http_answer *h)
{
	static const char *const reaches[] = {"not-begun", "begun", "answered"};
	static const char *const obstacles[] = {"clear", "no-name", "no-connection", "no-time",
	    "no-tls", "untrusted", "expired", "other-host", "other"};
	struct asked *a = arg;

	++*a->ended;
	printf("%s %d %s %d %s\n", reaches[h->reach], h->status, obstacles[h->obstacle], a->asked,
	    h->fault != NULL ? h->fault : "-");
}

int
main(int argc, char **argv)
{
	struct settings s = {0};
	struct client *c = client_new(&s);
	size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 1, begun = 0, done = 0;
	int64_t gap = argc > 3 ? strtol(argv[3], NULL, 10) : 0, next = clock_mono();
	struct asked *asked = calloc(count, sizeof *asked);
	struct http_request r = {.method = HTTP_POST,
	    .authorization = "Bearer very-secret",
	    .content_type = "application/json; charset=utf-8",
	    .body = "{\"text\":\"hello\"}",
	    .length = 16,
	    .budget = 5000,
	    .may_go = may_go};
	char url[500];

	if (argc < 2 || c == NULL || asked == NULL)
		return 2;
	r.url = url;
	while (done < count) {
		for (; begun < count && clock_mono() >= next; next = clock_mono() + gap) {
			snprintf(url, sizeof url, "%s?%zu", argv[1], begun);
			asked[begun].ended = &done;
			client_start(c, &r, ended, &asked[begun]);
			begun++;
		}
		client_poll(c, NULL, 0, 20);
	}
	client_free(c);
	free(asked);
	return 0;
}
