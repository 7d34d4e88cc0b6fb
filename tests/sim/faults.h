/*
 * faults.h: the script of things that go wrong.
 *
 * A list set by POST /_sim/faults.  Every request of the API and every
 * callback attempt asks for the first entry that matches; the entry counts
 * and is used up.  README lists all members.  Every function: lock held.
 */
#ifndef SIM_FAULTS_H
#define SIM_FAULTS_H

#include <stdbool.h>

#include <json-c/json.h>

#include "sim.h"

enum cut {
	CUT_NONE,
	CUT_HEAD,	/* head read, body not */
	CUT_READ,	/* all read, nothing done */
	CUT_ACCEPTED,	/* done, nothing answered */
	CUT_ANSWER	/* half of the answer */
};

/* What to do; all zero is nothing. */
struct action {
	bool active;		/* a fault was found */
	char *name;
	int status;		/* answer this instead of doing it */
	int late_status;	/* do it, then answer this */
	char *body;		/* own body; NULL: the published one */
	char *content_type;
	char *headers;		/* "Name: value\r\n"... */
	bool empty;
	double delay_ms;	/* before it is done */
	double answer_delay_ms;	/* after it is done */
	double stall_ms;	/* between the halves of the answer */
	bool unsized;		/* no Content-Length: the body ends with the connection */
	enum cut cut;
	bool reset;		/* cut with RST, not FIN */
	bool expire_token;
	/* outcome of an accepted message */
	char *outcome;		/* delivered, failed, silent */
	int code;
	double receipt_ms;	/* -1: the setting */
	bool early;
	int duplicate;
	bool then_sending;
	bool drop;		/* also: drop this callback */
	char *hold;
	bool unlisted;
	/* a callback attempt */
	bool wrong_password;
	bool no_auth;
	bool lose_answer;
	double abort_ms;
	/* the Numbers API */
	int error;		/* answer this error code; with status: so */
	double reset_s;		/* 429: X-RateLimit-Reset, from now */
	char *doctype;		/* entity, external, bomb */
	char *order;		/* partial, backordered, failed */
	long taken;		/* numbers another customer gets first */
	double order_ms, backorder_ms;	/* -1: the setting */
};

/*
 * What a request is about; any may be NULL.  A path that is asked for with a
 * "$" at its end must end there, the query not counted; a "*" in it is any one part.
 */
struct keys {
	const char *to, *from, *text, *tag, *type, *path, *method;
};

/* Adds entries (one object or an array); NULL or an owned complaint. */
char *faults_add(struct sim *, json_object *);

/* The script with its counts. */
json_object *faults_show(struct sim *);
void faults_clear(struct sim *);

/*
 * Finds the first live entry for where; cut "head" entries only when head is
 * set, others only when it is not.  Fills *a, to be freed with action_free.
 */
bool faults_take(struct sim *, const char *where, bool head,
    const struct keys *, struct action *a);
void action_free(struct action *);

struct faults *faults_new(void);
void faults_free(struct faults *);

#endif
