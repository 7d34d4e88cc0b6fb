/*
 * client.h: HTTPS requests to Bandwidth, many at a time, and the truth about how far each
 * got.
 *
 * One client for a process, used by one thread.  Requests run side by side over kept
 * connections (HTTP/2 where it is offered) while client_poll is called; each ends in
 * exactly one call of its function.
 *
 * What holds for every request: https only (http to loopback in a rehearsal), certificates
 * verified, no redirects followed, no proxy, no signals, one budget of time for all of it,
 * answers beyond a size refused.  A request is begun at most once: libcurl by itself would
 * send it again on a new connection when a kept one turns out to be dead, and the first
 * copy may have arrived.  Over HTTP/2 the other end can say that it did not look at a request
 * (RFC 9113, section 8.7); such a one was not begun, and is offered once or twice more.
 */
#ifndef SPOKE_CLIENT_H
#define SPOKE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct settings;
struct client;

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE };

struct http_request {
	enum http_method method;
	const char *url;
	const char *authorization; /* value of the header; NULL: none */
	const char *content_type;  /* of the body */
	const char *accept;	   /* kind of answer; NULL: JSON */
	const char *agent;	   /* User-Agent; NULL: "spoke-bandwidth" */
	const char *body;	   /* POST, PUT, PATCH */
	size_t length;
	size_t answer_max; /* bytes of the answer's body; 0: CLIENT_ANSWER_MAX */
	int64_t budget;	   /* ms for everything; 0: CLIENT_BUDGET */
	/*
	 * NULL, or asked with done's arg when the connection stands, before the first byte: may
	 * it still go?  If not, it ends as NOT_BEGUN.  Asked anew each time it is offered again.  It
	 * is called from client_poll, and must neither start requests nor take long.
	 */
	bool (*may_go)(void *arg);
	/*
	 * NULL, or given the body of a 2xx answer piece by piece, which the answer then does
	 * not hold.  false: no more of it is wanted, and the request ends as BEGUN.  Called from
	 * client_poll with take_arg; it must not start requests.
	 */
	bool (*take)(void *take_arg, const char *p, size_t n);
	void *take_arg;
	bool elsewhere; /* not Bandwidth answers: its Date is not told (client_tell_dates) */
};

#define CLIENT_BUDGET INT64_C(30000)		/* ms */
#define CLIENT_CONNECT INT64_C(10000)		/* ms of the budget, for name, connection and TLS */
#define CLIENT_ANSWER_MAX ((size_t)1024 * 1024) /* bytes of an answer's body */
#define CLIENT_IN_FLIGHT 256

enum http_reach {
	HTTP_NOT_BEGUN, /* certain: not a byte of the request left */
	HTTP_BEGUN,	/* it may have arrived; there is no whole answer */
	HTTP_ANSWERED	/* the whole answer is here */
};

/* What was in the way of a request that was not ANSWERED. */
enum http_obstacle {
	HTTP_CLEAR,	      /* nothing: it was answered */
	HTTP_NO_NAME,	      /* the host name is not known */
	HTTP_NO_CONNECTION,   /* nobody answers there */
	HTTP_NO_TIME,	      /* the time was over */
	HTTP_NO_TLS,	      /* no encrypted connection came about */
	HTTP_CERT_UNTRUSTED,  /* nobody we know vouches for the certificate */
	HTTP_CERT_EXPIRED,    /* it is out of date, or not valid yet */
	HTTP_CERT_OTHER_HOST, /* it is another host's */
	HTTP_OTHER
};

struct http_answer {
	enum http_reach reach;
	enum http_obstacle obstacle;
	int status;	  /* 0 if no status line came */
	const char *body; /* NUL behind it; "" if none */
	size_t length;
	const char *location; /* of the Location header, printable ASCII; NULL if none */
	/* ms from Retry-After (seconds or date), else of a 429 from X-RateLimit-Reset (seconds since
	 * 1970, as the Numbers API has it); 0 if not said; at most a day */
	int64_t retry_after;
	const char *fault; /* what the transport says went wrong, or NULL when ANSWERED */
	int64_t date;	   /* wall ms of the Date header, 0 if there was none */
	/* The answer said where its body ends (a length, chunks, HTTP/2), so that a cut one was
	 * noticed. */
	bool bounded;
	int64_t took; /* ms */
};

/* The answer is valid during the call.  It may start further requests. */
typedef void (*http_done)(void *arg, const struct http_answer *);

/* NULL when libcurl cannot be started, or the settings' addresses may not be used (logged). */
struct client *client_new(const struct settings *);
/* Drops what is in flight without calling anybody: call client_abort first.  NULL allowed. */
void client_free(struct client *);

/*
 * Starts a request.  Everything it points to is copied.  done is always called, later, from
 * client_poll or client_abort, never from here; a request that cannot be started ends as
 * NOT_BEGUN.
 */
void client_start(struct client *, const struct http_request *, http_done done, void *arg);

/*
 * Tells the Date of each whole 2xx answer of Bandwidth's that came within CLIENT_DATE_FRESH (wall
 * ms, to the second), before the answer is handed over; not of one that a cache kept (RFC 9111,
 * section 5.1), whose Date is as old as that.
 */
void client_tell_dates(struct client *, void (*heard)(void *arg, int64_t date), void *arg);
#define CLIENT_DATE_FRESH INT64_C(5000)

size_t client_in_flight(const struct client *);

/*
 * Works until something ended, one of the n descriptors is readable, or timeout (ms) is
 * over.
 */
void client_poll(struct client *, const int *fds, size_t n, int64_t timeout);

/* Ends everything in flight at once, each as far as it got. */
void client_abort(struct client *);

#endif
