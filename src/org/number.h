/*
 * number.h: a number of an organization's own, and the states it goes through.
 */
#ifndef SPOKE_NUMBER_H
#define SPOKE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "org/record.h"

/*
 * "in-service"  texts go out from it and come in
 * "not-ready"   ordered or listed, but Bandwidth has not put it in service yet
 * "draining"    keeps the contacts it has, gets no new ones
 * "releasing"   is being given back: nothing goes out from it any more
 * "released"    was given back to Bandwidth
 * "moved"       lies at another location of the account
 * "gone"        is not at Bandwidth's location any more, or was removed here
 *
 * The last three are not the organization's any more (another one may have the number);
 * their records stay, so that a late reply is known, kept and heeded.
 */
#define NUMBER_IN_SERVICE "in-service"
#define NUMBER_NOT_READY "not-ready"
#define NUMBER_DRAINING "draining"
#define NUMBER_RELEASING "releasing"
#define NUMBER_RELEASED "released"
#define NUMBER_MOVED "moved"
#define NUMBER_GONE "gone"

struct number {
	int64_t org;
	const char *number;    /* E.164 or short code */
	const char *state;     /* one of the above */
	int64_t state_since;   /* wall ms, 0: since it was added */
	const char *state_why; /* a sentence for people, or NULL */
	int64_t added;
	/* orders numpicker-basic's choice; unique enough: ms, see store/numbers.h */
	int64_t last_use;
	const char *service_id; /* as Spoke's: {sipPeerId}.{10digits}, or NULL */
	bool removed;		/* by hand, here: a sync does not bring it back */
	const char *job;	/* the order or release that it belongs to, or NULL */
};
extern const struct field number_fields[];

bool number_is(const struct number *, const char *state);
/* Released, moved or gone? */
bool number_is_lost(const struct number *);
/* May what is written to a person who knows it still go out from it (in service, draining)? */
bool number_serves(const struct number *);

/* "80001.9195550123": where it is and its ten digits (others: all of it), in the arena. */
struct arena;
const char *number_service_id(struct arena *, const char *peer, const char *number);

/* For people: "In service", … and one sentence.  A word that is not known is its own words. */
const char *number_state_words(const char *state);
const char *number_state_sentence(const char *state);
/* The states in the order of a number's life: state i or NULL. */
const char *number_state_at(unsigned i);

#endif
