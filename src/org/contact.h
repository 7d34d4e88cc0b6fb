/*
 * contact.h: a person's number as one organization knows it.
 */
#ifndef SPOKE_CONTACT_H
#define SPOKE_CONTACT_H

#include <stdbool.h>
#include <stdint.h>
#include "org/number.h"
#include "org/record.h"

/* What stands for the number of somebody who asked to be forgotten, where others' records go on
 * naming them. */
#define CONTACT_FORGOTTEN "forgotten"

struct contact {
	int64_t org;
	const char *number;		/* E.164 */
	const char *user_number;	/* sticky: our number this person knows, or NULL */
	int64_t sticky_since;
	bool opted_out;
	const char *opt_out_cause;	/* "word", "code", "person" (see optout.h) */
	const char *opt_out_detail;	/* the word, the code, or who */
	int64_t opt_out_at;
	int64_t opt_out_said;		/* of a word: when it was written, by Bandwidth's clock */
	int64_t started;		/* their last START, by Bandwidth's clock; 0: none */
	bool held;			/* sounds like a request to stop: texts wait for a person */
	const char *held_why;		/* what was said, in short */
	int64_t held_at;
	const char *carrier;
	int64_t last_error;		/* Bandwidth's code, 0 none */
	int64_t last_error_at;
	int64_t last_in, last_out;
	int64_t stop_confirmed;		/* the one confirmation went out (or was queued) then */
	int64_t help_answered;
	const char *moved_from;		/* the number it knew us by before a release moved it */
	int64_t moved_at;

	/* Not stored: how store/contacts.h came to it when there is no record. */
	bool forgotten;			/* asked to be forgotten; only the opt-out is known */
	bool unsure;			/* nobody can tell whether they did: held */
	bool renewed;			/* set by who begins a new record for one of these */
};
extern const struct field contact_fields[];

#endif
