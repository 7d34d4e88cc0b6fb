/*
 * numbers.h: Bandwidth's Numbers API (XML): what all its requests and answers have in common.
 *
 * Source: Bandwidth's description of the Numbers API v2 (2023) and its own command line (2026).
 * Pure, like messaging.h: requests are made and answers read; who asks is the worker, with
 * client_start.  By subject: sites.h (sub-accounts and locations), features.h (SMS, MMS),
 * applications.h, stock.h (whose numbers are where, what can be bought), orders.h (buying,
 * releasing, options) and campaigns.h (10DLC, toll-free verification; these speak JSON).
 *
 * Each X_request fills in the whole request but for `authorization`; its texts live in the
 * arena.  IDs are escaped where they become part of an address.  Telephone numbers are E.164 in
 * both directions; ten digits are understood too.
 *
 * Each X_read takes whatever came and never fails: `head` tells the outcome.  Fields beside the
 * head mean something only when it is NUMBERS_FINE.  Texts live in the arena, without control
 * characters; one that is absent or empty is NULL.
 */
#ifndef SPOKE_NUMBERS_H
#define SPOKE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct http_answer;

/* Where, and whose account. */
struct numbers_account {
	const char *url; /* the setting BANDWIDTH_NUMBERS_URL, without trailing slash */
	const char *id;
};

enum numbers_outcome {
	NUMBERS_FINE,	      /* done, and the answer could be read */
	NUMBERS_NOT_FOUND,    /* 404: no such thing */
	NUMBERS_EXISTS,	      /* 409: the name is taken, or a conflict: see code and words */
	NUMBERS_REFUSED,      /* certain: not done; code and words say why */
	NUMBERS_UNAUTHORIZED, /* 401: the credentials */
	NUMBERS_FORBIDDEN,    /* 403: a role or a feature of the account is missing */
	NUMBERS_BUSY,	      /* 429: not done; ask again after retry_after */
	NUMBERS_NOT_SENT,     /* certain: not a byte of the request left */
	/*
	 * Anything else: 5xx, a lost, cut or unreadable answer, a page of some server in between.
	 * What was asked for may have been done: look before asking again.  Of a list nothing was
	 * learned.
	 */
	NUMBERS_UNKNOWN
};
const char *numbers_outcome_name(enum numbers_outcome);

/* Errors that the program acts upon (Bandwidth's list, numbers/errors). */
enum numbers_code {
	NUMBERS_CODE_PAGE_SIZE = 1006,
	NUMBERS_CODE_UNAVAILABLE = 5005, /* the number was taken meanwhile */
	NUMBERS_CODE_CAPACITY = 5007,	 /* more than may be ordered */
	NUMBERS_CODE_LOCKED = 5012,	 /* the account may not order */
	NUMBERS_CODE_BAD_SITE = 5016,
	NUMBERS_CODE_PART = 5017,	/* only part of the order could be filled */
	NUMBERS_CODE_NONE = 5018,	/* nothing to be had */
	NUMBERS_CODE_NO_DEFAULT = 5020, /* the sub-account has no default location */
	NUMBERS_CODE_NO_SITE = 5022,	/* no sub-account was named */
	NUMBERS_CODE_BAD_PEER = 5023,	/* no such location in this sub-account */
	NUMBERS_CODE_NOT_YOURS = 5076,	/* the number is not this account's */
	NUMBERS_CODE_ADDRESS = 12112,	/* the address must be changed; words name the better one */
	NUMBERS_CODE_NO_APPLICATION = 13629,
	NUMBERS_CODE_NO_HTTP =
	    13609 /* the account has no HTTP messaging: only Bandwidth can help */
};

struct numbers_error {
	int code;	    /* 0 if none was given */
	const char *words;  /* Bandwidth's own; NULL if none */
	const char *number; /* the number it is about, E.164, or NULL */
};

struct numbers_head {
	enum numbers_outcome outcome;
	int status; /* HTTP; 0 if no answer came */
	int code;   /* the first of the errors' codes that is not 0, or 0 */
	/* For a person: Bandwidth's own, or what the transport says.  Never NULL; "" when FINE and
	 * there is nothing to say. */
	const char *words;
	int64_t retry_after; /* ms, from Retry-After or X-RateLimit-Reset; 0 if not said */
	/* All that the answer names; an order that is FINE may have some (a partial one). */
	const struct numbers_error *errors;
	size_t error_count;
};

/*
 * A name as the Numbers API takes it for sub-accounts and locations: ASCII letters, digits,
 * blanks, "-" and "_", at most 50; every run of others becomes one blank.  "Texting" when
 * nothing is left.  Look for this one when looking for what was made before.
 */
const char *numbers_name(struct arena *, const char *name);

#endif
