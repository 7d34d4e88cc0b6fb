/*
 * errors.h: what Bandwidth's error codes mean and who must act.  Source: Bandwidth's
 * messaging error codes; an unknown code falls back on the scheme of its digits.
 */
#ifndef SPOKE_ERRORS_H
#define SPOKE_ERRORS_H

#include <stdbool.h>
#include <stddef.h>
struct buf;

enum error_class {
	ERROR_CONTACT,	/* P: never again to this contact */
	ERROR_OPT_OUT,	/* O */
	ERROR_SPAM,	/* S: content */
	ERROR_RETRY,	/* R: a later try may work */
	ERROR_SENDER,	/* C: own number, application or account; not the contact's fault */
	ERROR_UNKNOWN	/* U: may have been delivered; do not send again by yourself */
};

struct error_code {
	int code;
	const char *name;	/* Bandwidth's name */
	enum error_class class_;
	const char *meaning;	/* one sentence for a person */
	const char *who;	/* "admin", "texter", "bandwidth", "nobody" */
	bool retry_once;	/* carriers' 56xx: at most one retry */
};

/* Never NULL.  For a code that is not in the table the entry's own code is 0 and its name begins
 * with "unknown-"
 * (or is "no-code" when the digits say nothing, as 0 does). */
const struct error_code *error_find(int code);

#endif
