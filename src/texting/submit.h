/*
 * submit.h: asking for a text to be sent; the same rules for the API, the page, spokectl
 * and automatic answers.
 */
#ifndef SPOKE_SUBMIT_H
#define SPOKE_SUBMIT_H

#include "org/people.h"
#include "texting/app.h"

struct submission {
	uint32_t org;
	struct text_list to; /* as entered; 1 to 1,000 */
	bool group; /* one group MMS to all of them (at most 10) instead of one text each */
	const char *text;
	struct text_list media; /* https URLs, at most 10 of at most 4,096 characters */
	const char *from;	/* our number to send from, or NULL */
	int64_t send_before;	/* 0: 12 hours from now */
	const char *reference;	/* at most 255 bytes */
	/* Answers a person who wrote: goes first.  Also set by the rules for each contact that
	 * wrote
	 * within the last hour. */
	bool reply;
	const struct token *token; /* who asks: a token, or … */
	const char *by;		   /* … an e-mail, "spokectl", "auto-stop", "auto-help" */
};

struct submit_fault {
	/* "no_recipient", "invalid_number", "too_many_recipients", "empty", "text_invalid",
	 * "text_too_long", "media_invalid", "from_not_ours", "deadline_passed",
	 * "reference_too_long", "reference_invalid". */
	const char *code;
	const char *message; /* sentence */
	const char *field;   /* "to", "text", … */
};

#define SUBMIT_TO_MAX 1000
#define SUBMIT_GROUP_MAX 10
#define SUBMIT_MEDIA_MAX 10
#define SUBMIT_URL_MAX 4096
#define SUBMIT_REFERENCE_MAX 255

/*
 * Checks everything that can be checked now.  -1 with the first fault.  Normalizes numbers
 * in place (arena), drops repeated recipients.  Does not touch the store.
 */
int submit_check(struct submission *, struct arena *, struct submit_fault *);

/*
 * Queues the messages, inside the caller's transaction (so that an idempotency record goes
 * with them).  Contacts that are opted out are not queued: their message is stored as
 * failed with error "opted-out" (a group with an opted-out member is one failed message);
 * so are those whose number a carrier called dead ("dead-number", with the code).  A
 * contact on hold makes a held one.  from must be a number of the organization that is in
 * service, else REFUSED with the fault set.  Daily limits of organization and token: what
 * would pass one pauses the organization (paused_why "daily-limit" or "token-limit") and is queued all the
 * same, to go out when resumed (nothing is lost).  Whoever resumes allows as much again.
 * Automatic answers count but never pause. messages has to.count (or 1 for a group)
 * entries in the order of to.
 */
enum result submit_queue(const struct app *, struct tx *, const struct submission *, struct arena *,
    struct message **messages, size_t *count, struct submit_fault *);

#endif
