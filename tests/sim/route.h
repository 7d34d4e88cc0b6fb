/*
 * route.h: which handler answers, after credentials and script had their say.
 *
 * http.c calls route_head when the head is read and route_body when the body
 * is; handlers fill the answer.  A further API (numbers) is a few lines in
 * the table of route.c and a file of handlers.
 */
#ifndef SIM_ROUTE_H
#define SIM_ROUTE_H

#include <json-c/json.h>

#include "http.h"
#include "sim.h"

/* What a handler gets. */
struct call {
	struct sim *sim;
	const struct http_req *req;
	struct http_res *res;
	struct action act;		/* the fault that matched, or nothing */
	char account[32];		/* from the path */
	const char *rest;		/* path after the pattern, not decoded */
	char *who;			/* client or user, for the ledger */
	json_object *json;		/* messages: the body, if it is JSON */
	int64_t began;
	char *message_id;		/* messages: set once it is accepted */
	long seq;			/* of the ledger record */
};

typedef void (*handler)(struct call *);

/* 0 to go on and read the body, -1 if res says what to do at once. */
int route_head(struct sim *, const struct http_req *, struct http_res *);

void route_body(struct sim *, const struct http_req *, struct http_res *);

/* The answer to something that is not HTTP. */
void route_malformed(struct http_res *);

const char *route_reason(int status);

/* Fill the answer. */
void answer_json(struct http_res *, int status, json_object *);	/* takes o */
void answer_text(struct http_res *, int status, const char *type,
    const char *body);

/* {"type","description"} */
void answer_error(struct http_res *, int status, const char *type,
    const char *description);

/* The published body for a status at that place ("messages", "list"...). */
void answer_published(struct call *, const char *where, int status);

#endif
