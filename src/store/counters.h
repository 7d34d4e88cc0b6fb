/*
 * store/counters.h: what is counted by day, and the last callbacks.
 */
#ifndef SPOKE_STORE_COUNTERS_H
#define SPOKE_STORE_COUNTERS_H
#include "store/kv.h"

/* Adds to a counter of an organization and a UTC day; *value (may be NULL) is the new sum. Names:
 * "segments",
 * "segments:TOKENID", "callback-401", "callback-previous". */
enum result counter_add(
    struct tx *, uint32_t org, const char *name, int64_t day, int64_t n, int64_t *value);
enum result counter_get(struct tx *, uint32_t org, const char *name, int64_t day, int64_t *value);

struct callback_mark {
	int64_t org;
	/* time of the last accepted one; exact to a second, so that a busy organization does not
	 * queue up behind
	 * it */
	int64_t accepted;
	const char *accepted_what; /* type of its first event */
	int64_t refused;
	const char *refused_why;  /* "the password is wrong", … */
	const char *refused_from; /* address */
	int64_t refused_count;	  /* since the last accepted one */
	int64_t previous;	  /* last one that used an older address or secret */
	int64_t previous_count;
};
enum result callback_mark_get(struct tx *, uint32_t org, struct arena *, struct callback_mark *);
/* Looks without a lock first and writes only when the second has changed. */
enum result callback_accepted(struct tx *, uint32_t org, const char *what, bool previous);
enum result callback_refused(struct tx *, uint32_t org, const char *why, const char *from);
#endif
