/*
 * campaigns.h: whether a number may text: its 10DLC campaign, or its toll-free verification.
 *
 * Source: Bandwidth's own command line (tendlc) and its OpenAPI document (tollFreeVerification).
 * Same host and same outcomes as the rest of the Numbers API (numbers.h), but JSON.
 */
#ifndef SPOKE_CAMPAIGNS_H
#define SPOKE_CAMPAIGNS_H

#include "bandwidth/numbers.h"

struct http_request;

/* ---- 10DLC ----------------------------------------------------------- */

struct campaign_number {
	const char *number;	 /* E.164 */
	const char *status;	 /* "SUCCESS", "PROCESSING", "FAILURE", … */
	const char *campaign_id; /* NULL: on no campaign */
};
struct campaign_numbers_answer {
	/* FORBIDDEN: the account lacks the feature or the credentials a role; words say which. */
	struct numbers_head head;
	const struct campaign_number *items;
	size_t count;
};
/*
 * GET /tendlc/phoneNumbers/{number}.  NOT_FOUND does not prove that a number is on no campaign:
 * on some accounts this address knows no number at all; the list does.
 */
void campaign_number_request(
    struct http_request *, struct arena *, const struct numbers_account *, const char *number);
/* GET /tendlc/phoneNumbers?limit=250&offset=…: a count below CAMPAIGN_PAGE ends the list. */
#define CAMPAIGN_PAGE 250
void campaign_numbers_request(
    struct http_request *, struct arena *, const struct numbers_account *, int64_t offset);
/* Answer of both. */
void campaign_numbers_read(
    const struct http_answer *, struct arena *, struct campaign_numbers_answer *);

/* ---- toll-free ------------------------------------------------------- */

struct toll_free_answer {
	struct numbers_head head; /* NOT_FOUND: no verification was asked for */
	const char *status;	  /* "VERIFIED", "UNVERIFIED", "PENDING", … */
	const char *reason;	  /* why it was declined or blocked, or NULL */
	bool blocked;
	bool resubmit_allowed;
};
/* GET /phoneNumbers/{number}/tollFreeVerification. */
void toll_free_request(
    struct http_request *, struct arena *, const struct numbers_account *, const char *number);
void toll_free_read(const struct http_answer *, struct arena *, struct toll_free_answer *);

#endif
