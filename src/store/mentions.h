/*
 * mentions.h: the entries of a table that name a telephone number, found by looking at each of
 * them; for forgetting a person only, which is rare and works in pieces.
 */
#ifndef SPOKE_STORE_MENTIONS_H
#define SPOKE_STORE_MENTIONS_H

#include "store/kv.h"

#define MENTIONS_HITS 50 /* most that one look hands over */

struct mentions {
	enum table table; /* MESSAGES, EVENTS, IDEMPOTENCY, JOBS or AUDIT */
	uint32_t org;	  /* JOBS holds those of all organizations: see mentions_hide */
	const char *number;
	size_t looks; /* most entries that are looked at */
};

/*
 * Looks on behind an entry (its key in hex; NULL: from the first).  Keys that mention it, and
 * events that have to be decoded for that, are handed over in the arena.  *last is where to go
 * on; NULL at the end.
 */
enum result mentions_find(struct tx *, const struct mentions *, const char *after, struct arena *,
    struct bytes **keys, size_t *count, const char **last);

/*
 * Writes CONTACT_FORGOTTEN over the number in one of those entries, which no index may rest on;
 * *hidden: there was something to hide.  A job is left alone when it is another organization's or
 * the one with the id `but`.
 */
enum result mentions_hide(
    struct tx *, const struct mentions *, const struct bytes *key, const char *but, bool *hidden);

#endif
