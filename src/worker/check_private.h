/*
 * check_private.h: what the files of the job "check" share (check.h).
 */
#ifndef SPOKE_CHECK_PRIVATE_H
#define SPOKE_CHECK_PRIVATE_H

#include "base/buf.h"
#include "bandwidth/client.h"
#include "bandwidth/numbers.h"
#include "org/organization.h"
#include "texting/setup.h"

struct worker;

/* The organization's own numbers that are in service, sorted. */
struct check_ours {
	const char **numbers;
	bool *found; /* of each: it is where it was looked for */
	size_t count;
};

struct check {
	struct worker *w;
	struct arena *arena; /* for all of it */
	const char *job;
	struct organization org;  /* as it was when the check began */
	struct buf password;	  /* wiped */
	struct buf authorization; /* wiped */
	struct numbers_account account;
	struct setup_facts facts;
	int under_way; /* requests without an answer yet */
	bool cut;      /* the worker ends: the job is done again */

	struct check_ours location, local, tollfree; /* all; those for a campaign; toll-free ones */
	const char *page;			     /* of the location's numbers, asked for now */
	int pages;
	int64_t campaign_offset;
	size_t tollfree_next;
};

/*
 * Starts a request with the check's credentials (authorization of the request NULL) or its
 * own; read gets the answer, and may start others.
 */
typedef void (*check_read)(struct check *, const struct http_answer *);
void check_send(struct check *, struct http_request *, check_read);

/* What a head says, as an answer.  of_list: a refusal says nothing about what was asked for. */
void check_answer(struct check *, struct setup_answer *, const struct numbers_head *, bool of_list);
void check_set(struct check *, struct setup_answer *, const char *state, const char *words);
/* A text of Bandwidth's as a fact: of bounded length; NULL for NULL or an empty one. */
const char *check_text(struct check *, const char *);

void check_account(struct check *);   /* check_bandwidth.c */
void check_bandwidth(struct check *); /* all that needs no other answer */
void check_numbers(struct check *);   /* check_numbers.c */
/* check_registration.c: of those numbers that are where they should be, as far as is known. */
void check_registration(struct check *);
void check_address(struct check *); /* check_address.c */
/* check_ours.c: reads the organization's numbers, and which need which registration. */
enum result check_ours(struct check *);
/* The place of a number; -1 if it is not among them. */
int64_t check_ours_find(const struct check_ours *, const char *number);

#endif
