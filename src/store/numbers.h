/*
 * store/numbers.h: an organization's own numbers, and which of them is next.
 */
#ifndef SPOKE_STORE_NUMBERS_H
#define SPOKE_STORE_NUMBERS_H
#include "org/contact.h"
#include "store/kv.h"

/* state NULL becomes "in-service", added 0 now.  EXISTS with *owner when it belongs to another
 * organization (nothing written), or to this one; one that was lost (org/number.h) may come back. */
enum result numbers_add(struct tx *, const struct number *, uint32_t *owner);
enum result numbers_get(struct tx *, uint32_t org, const char *number, bool for_update,
    struct arena *, struct number *);
/* Changes state and so on; keeps owner, turns and totals right, and state_since when the state is
 * another one.  NOT_FOUND; EXISTS: it is another organization's by now. */
enum result numbers_put(struct tx *, const struct number *);
/* Marks it gone (kept, so that late replies are known), gives up ownership. */
enum result numbers_remove(struct tx *, uint32_t org, const char *number);
/* Whose it is; NOT_FOUND: nobody's. */
enum result numbers_owner(struct tx *, const char *number, uint32_t *org);
/* In order; only here last_use is that of the last pick (else as it was put). */
enum result numbers_list(struct tx *, uint32_t org, const char *after, size_t max, struct arena *,
    struct number **, size_t *count);
struct number_range {
	const char *state;  /* NULL: any */
	const char *begins; /* "+1919": only those that begin so; NULL: all */
	const char *after;  /* go on behind this number; NULL: from the first */
};
/* Those of a range, in order, at most max: work for these, however many others there are. */
enum result numbers_find(struct tx *, uint32_t org, const struct number_range *, size_t max,
    struct arena *, struct number **, size_t *count);
enum result numbers_any(struct tx *, uint32_t org, bool *any); /* one in service? */
/* How many of an organization's are in a state; constant work. */
enum result numbers_count(struct tx *, uint32_t org, const char *state, int64_t *count);

/* ---- whose turn it is (turns.c) --------------------------------------- */

struct number_pick {
	const char *area; /* preferred: three digits; NULL or "": none */
	bool only_area;	  /* … and no other; NOT_FOUND if there is none */
	int64_t new_max;  /* only those given fewer new contacts today (UTC); 0: all */
};
/*
 * The number in service with the least recent use, marked as used now: constant
 * work however many there are.  NOT_FOUND: none in service; REFUSED: all of them have reached
 * new_max for today.  NULL for number_pick: no preference and no limit.
 */
enum result numbers_pick(
    struct tx *, uint32_t org, const struct number_pick *, struct arena *, const char **number);
/* It was given a new contact; when that makes new_max (0: no limit) it is out until tomorrow. */
enum result numbers_new_contact(struct tx *, uint32_t org, const char *number, int64_t new_max);
/* Its last pick, and the new contacts it was given today; zeroes when it is not in service. */
enum result numbers_turn(
    struct tx *, uint32_t org, const char *number, int64_t *last_use, int64_t *new_today);
/* Is there a number in service with this area code besides those? Looks at no more than their
 * count and one. */
enum result numbers_in_area(
    struct tx *, uint32_t org, const char *area, const struct text_list *besides, bool *yes);
/* Makes a number take its turn, or not, as its state says; for numbers.c and an upgrade. */
enum result turns_sync(struct tx *, const struct number *);
/* Makes totals and lists of states agree: it was in a state (NULL: it was not there) and is in
 * another; for numbers.c and an upgrade. */
enum result states_sync(struct tx *, const struct number *, const char *was);

/* ---- an older store ---------------------------------------------------- */

/*
 * Counts and orders what a version that kept no figures has left, once; for spokectl init.
 * In transactions of 100 records; killed, it goes on where it was.
 */
enum result numbers_upgrade(struct store *);
#endif
