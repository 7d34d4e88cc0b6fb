/*
 * transfer.h: one request in libcurl's hands (used by client.c alone).
 */
#ifndef SPOKE_TRANSFER_H
#define SPOKE_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "bandwidth/client.h"

#define LOCATION_MAX 2000

struct transfer {
	struct transfer *next, *prev;
	CURL *easy;
	struct curl_slist *headers;
	struct buf answer;
	size_t header_bytes;
	char location[LOCATION_MAX]; /* the header's value, or "" */
	int64_t after;		     /* ms to wait, 0: not said */
	int64_t after_date;	     /* the same as wall ms */
	int64_t rate_reset;	     /* wall ms, 0: not said */
	int64_t date;		     /* wall ms, 0: not said */
	int begun;		     /* how often libcurl was about to send the request */
	bool refused;		     /* the other end says that it did not look at it */
	int refusals;		     /* how often it said so before */
	bool ready;		     /* every option was taken */
	bool added;
	const char *fault; /* ours; NULL: libcurl's */
	char error[CURL_ERROR_SIZE];
	http_done done;
	bool (*may_go)(void *arg); /* or NULL */
	void *arg;
	bool (*take)(void *arg, const char *p, size_t n); /* or NULL */
	void *take_arg;
	bool chunked; /* the answer's body is in chunks */
	bool undated; /* its Date does not say what time it is at Bandwidth */
	int64_t started;
};

/* Never NULL; ready tells whether it may be added. */
struct transfer *transfer_new(const struct http_request *, bool rehearsal, http_done, void *arg);
void transfer_free(struct transfer *);
/* What libcurl's code means, with OpenSSL's verdict on the certificate and libcurl's words. */
enum http_obstacle transfer_obstacle(CURLcode, long verified, const char *words);
/* What came of it; points into the transfer. */
void transfer_answer(struct transfer *, CURLcode, struct http_answer *);
/* 1 or 2: the HTTP that was spoken; 0: none was. */
int transfer_version(const struct transfer *);

#endif
