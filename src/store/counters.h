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
	/* callback_print of the password of that day which the last one to use it came with */
	const char *accepted_print;
	int64_t refused;
	const char *refused_why;  /* "the password is wrong", … */
	const char *refused_from; /* address */
	int64_t refused_count;	  /* since the last accepted one */
	int64_t previous;	  /* last one that used an older address or secret */
	int64_t previous_count;
	/* What we set at Bandwidth's application ourselves, by the Numbers API. */
	int64_t set;
	const char *set_print; /* callback_print of the password */
	const char *set_app;   /* the application's ID */
};
enum result callback_mark_get(struct tx *, uint32_t org, struct arena *, struct callback_mark *);
/*
 * Looks without a lock first and writes only when the second has changed, or the password, or
 * when one was refused or the password set since.
 * print is today's password's; previous: the callback came with an older one.
 */
enum result callback_accepted(
    struct tx *, uint32_t org, const char *what, bool previous, const char *print);
enum result callback_refused(struct tx *, uint32_t org, const char *why, const char *from);
/*
 * The application was just given today's callback addresses, user and password, and said
 * that it has them.
 */
enum result callback_was_set(
    struct tx *, uint32_t org, const char *application_id, const char *print);
#endif
