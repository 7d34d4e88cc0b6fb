/*
 * ledger.h: what was asked, answered and called back, and the messages.
 *
 * Tests judge the product by it.  Records are kept as finished JSON texts
 * in the order in which they began.  Every function: lock held.
 */
#ifndef SIM_LEDGER_H
#define SIM_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

#include "sim.h"
#include "util.h"

enum kind { K_TOKENS, K_MESSAGES, K_REQUESTS, K_CALLBACKS, KINDS };

enum counter {
	N_TOKEN_REQUESTS, N_TOKENS, N_POSTS, N_ACCEPTED, N_SEGMENTS, N_REFUSED,
	N_LISTS, N_MEDIA, N_NUMBERS, N_UNKNOWN, N_UNAUTHORIZED, N_CUT, N_CALLBACKS,
	N_CALLBACKS_OK,
	N_CALLBACKS_FAILED, N_CALLBACKS_DROPPED, N_EVENTS, N_INBOUND,
	COUNTERS
};

/* A message the service knows, outbound or inbound. */
struct message {
	char *id;
	char *account;
	char *application;
	char *from;
	char **to;
	int nto;
	char *text;
	char *media;			/* JSON array as text, or NULL */
	int nmedia;
	char *tag;
	char *priority;
	int segments;
	bool inbound;
	bool unlisted;
	int64_t time;			/* accepted */
	int64_t send_at;
	int64_t done_at;
	int64_t expires;		/* 0: never */
	const char *status;		/* final: DELIVERED, FAILED, SENT */
	int code;			/* errorCode */
};

/* Begins a record; the number it has is added to the object as "seq". */
long ledger_add(struct sim *, enum kind, const char *tag, json_object *);

/* Replaces the text of a record if it is still kept. */
void ledger_update(struct sim *, enum kind, long seq, json_object *);

/* Adds to a counter and wakes those who wait. */
void ledger_count(struct sim *, enum counter, long n);
long ledger_counter(struct sim *, enum counter);

/*
 * Writes one kind (or with kind KINDS all) as JSON: records after seq since,
 * with that tag if tag is not NULL, at most limit.
 */
void ledger_show(struct sim *, enum kind, long since, const char *tag,
    long limit, struct buf *out);

/* An object of all counters. */
json_object *ledger_counters(struct sim *);

/* Tags that were accepted more than once: [{"tag","times","ids"}]. */
json_object *ledger_duplicates(struct sim *);

/* Takes the message over; it lives until ledger_clear. */
void ledger_keep(struct sim *, struct message *);
struct message *ledger_message(struct sim *, long at);	/* NULL past the end */
void message_free(struct message *);

/* Remembers and finds the first answer to a callback event; -1 none yet. */
void ledger_answered(struct sim *, long event, int status);
int ledger_answer(struct sim *, long event);

void ledger_clear(struct sim *);
struct ledger *ledger_new(void);
void ledger_free(struct sim *);

#endif
