/*
 * numbers.h: the Numbers API (XML): one request, its way to a handler.
 *
 * route.c comes here with everything below /accounts/{account}/ and /tns.
 * numbers.c holds the table of addresses; each handler fills the answer.
 */
#ifndef SIM_NUMBERS_H
#define SIM_NUMBERS_H

#include "numbers/estate.h"
#include "numbers/xml.h"
#include "route.h"

/* Where an error stands in an answer (api.md 6.1). */
enum shape {
	SHAPE_STATUS,		/* ResponseStatus/ErrorCode, Description */
	SHAPE_LIST,		/* ErrorList/Error/Code, Description */
	SHAPE_SEARCH,		/* Error/Code, Description */
	SHAPE_JSON
};

/* What a handler gets; the lock is held. */
struct request {
	struct call *call;
	struct sim *sim;
	const char *account;
	char *arg[3];			/* the {} of the path, decoded */
	xmlDoc *doc;
	xmlNode *body;			/* root element of a POST, PUT, PATCH */
	const struct resource *way;
};

typedef void (*request_handler)(struct request *);

struct resource {
	const char *method;
	const char *path;		/* below the account; {} takes a part */
	const char *kind;		/* for the counts */
	const char *wrapper;		/* root element of its answers */
	enum shape shape;
	const char *root;		/* root element of its body, or NULL */
	request_handler handle;
};

/* The handler of route.c; credentials are right. */
void numbers_handle(struct call *);

/* The published body of a status: what the script wants instead. */
void numbers_published(struct call *, int status);

/* Wraps the answer in a document with a DOCTYPE: entity, external, bomb. */
void numbers_doctype(struct call *, const char *how);

/* The value of a query parameter, decoded, owned, or NULL; last wins. */
char *request_parameter(const struct call *, const char *name);

/* Answers with the document in the buffer, which is emptied. */
void request_answer(struct request *, int status, struct buf *);

/* No body at all. */
void request_empty(struct request *, int status);

/* A Location header: the path below the account. */
void request_location(struct request *, const char *kind, const char *id);

/*
 * An error with its published status and text; a code that is not in the
 * table of errors.c is a mistake here.  what fills the text's %s.
 */
void request_fail(struct request *, int code, const char *what);

/* An error for which no code is published. */
void request_refuse(struct request *, int status, const char *text);

#endif
