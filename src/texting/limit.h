/*
 * limit.h: what a day's texts may cost, counted for the organization and for the token
 * that asked; inside texting/ only.
 */
#ifndef SPOKE_LIMIT_H
#define SPOKE_LIMIT_H

#include "org/message.h"
#include "org/people.h"
#include "texting/app.h"

struct tx;

struct limit_use {
	uint32_t org;
	const char *token;   /* id of the token that asked, or NULL */
	int64_t token_limit; /* of a day, 0 none */
	const char *by;	     /* who asked otherwise */
	int64_t cost;	     /* segments; below 0 takes back */
};

/*
 * Counts, and pauses the organization (paused_why "daily-limit" or "token-limit") when that
 * passes another whole limit of the organization or the token.  Automatic answers count but
 * never pause.
 */
enum result limit_count(struct tx *, const struct app *, const struct limit_use *);
/* The same for a message that costs so much more than was counted. */
enum result limit_count_more(struct tx *, const struct app *, const struct message *, int64_t cost);

#endif
