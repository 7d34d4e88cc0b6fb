/*
 * messaging.h: Bandwidth's Messaging API v2: what is posted, what an answer means, what a
 * list says.
 *
 * Source: Bandwidth's OpenAPI document (createMessage, listMessages).  Pure: makes and
 * reads texts, so that the rules of sending can be tested byte by byte.
 */
#ifndef SPOKE_MESSAGING_H
#define SPOKE_MESSAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "org/message.h"

struct arena;
struct buf;
struct http_answer;

/* ---- addresses ------------------------------------------------------- */

/* "{messaging_url}/users/{account}/messages"; the account is escaped. */
const char *messages_url(struct arena *, const char *messaging_url, const char *account_id);

/* ---- sending --------------------------------------------------------- */

#define EXPIRATION_LEAST INT64_C(300000) /* ms; see messaging_body */

/*
 * Appends the body of createMessage: applicationId, to (all of a group), from, text, media,
 * tag, priority "high" for a reply, expiration (so that a full queue at Bandwidth doesn't
 * make a text late) when the deadline is at least five minutes away: nearer, the clocks'
 * difference could make a text expire that was in time.
 */
void messaging_body(
    struct buf *, const char *application_id, const struct message *, const char *tag, int64_t now);

enum send_outcome {
	SEND_ACCEPTED,	   /* 202 with an id */
	SEND_NOT_SENT,	   /* certain: not a byte of it left */
	SEND_REJECTED,	   /* 400, 404, 405, 406, 415 as published: final */
	SEND_UNAUTHORIZED, /* 401, 403 with a JSON object */
	SEND_BUSY,	   /* 429 as published */
	SEND_SERVER,	   /* 500 with Bandwidth's JSON type */
	SEND_UNKNOWN	   /* anything else: it may have been sent */
};
const char *send_outcome_name(enum send_outcome);

struct send_answer {
	enum send_outcome outcome;
	int status;
	const char *service_id; /* ACCEPTED: at most 1,024 bytes, printable */
	int64_t segments;	/* Bandwidth's count, 0 if not said */
	const char *type;	/* Bandwidth's "type", or NULL */
	const char *words;	/* "description" and field errors, or the transport's; never NULL */
	int64_t retry_after;	/* ms, 0 if not said */
};
void messaging_read(const struct http_answer *, struct arena *, struct send_answer *);

/* ---- the list -------------------------------------------------------- */

struct list_query {
	const char *from;     /* own number */
	const char *to;	      /* contact */
	int64_t since, until; /* wall ms */
	const char *page;     /* token of a further page, or NULL */
	int limit;	      /* 1 to 1,000 */
};
/* Appends "?…" for what was sent from one number to another (either may be NULL). */
void list_query_add(struct buf *, const struct list_query *);

/* One message as Bandwidth lists it; texts may be NULL. */
struct list_item {
	const char *service_id, *from, *to, *kind, *status, *direction;
	int64_t segments, time, error_code;
};
enum list_outcome {
	LIST_READ,
	LIST_UNAUTHORIZED, /* 401, 403 */
	LIST_BUSY,	   /* 429 */
	LIST_UNREACHABLE   /* anything else: nothing was learned */
};
struct list_answer {
	enum list_outcome outcome;
	int status; /* HTTP, 0 if none */
	struct list_item *items;
	size_t count;
	const char *next;  /* token of the next page, or NULL */
	const char *words; /* never NULL */
	int64_t retry_after;
};
/*
 * An item that cannot be read makes the whole list unreadable: what is not seen must not
 * look absent.
 */
void list_read(const struct http_answer *, struct arena *, struct list_answer *);

#endif
