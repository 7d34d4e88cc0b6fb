/*
 * store/figures.h: what is counted for each of an organization's numbers, in the transactions
 * in which it happens; reading it scans nothing.
 */
#ifndef SPOKE_STORE_FIGURES_H
#define SPOKE_STORE_FIGURES_H
#include "org/contact.h"
#include "store/kv.h"

#define FIGURES_DAYS 7 /* of which `week` members speak: today and the six UTC days before */

struct number_figures {
	int64_t contacts;	     /* know us by it: what is written to them goes out from it */
	int64_t wrote_week;	     /* of them, wrote to us within the week */
	int64_t out_today, in_today; /* messages, UTC day */
	int64_t last_out, last_in;   /* wall ms */
	int64_t delivered_week, failed_week;
	int64_t new_today; /* new contacts that it was given, UTC day */
};

/* Constant work; zeroes for a number that nothing was counted for. */
enum result figures_get(struct tx *, uint32_t org, const char *number, struct number_figures *);

/* What happens to a message of a number's. */
enum figure { FIGURE_OUT, FIGURE_IN, FIGURE_DELIVERED, FIGURE_FAILED };
/* Reads and writes one record of some 60 bytes; number NULL: nothing. */
enum result figures_count(struct tx *, uint32_t org, const char *number, enum figure);

/*
 * A contact changed (contacts_put calls it): keeps count and list of those who know a number
 * right.  Touches nothing unless the number changed, or it is the contact's first text of a day.
 */
enum result figures_contact(struct tx *, const struct contact *old, const struct contact *now);

/* Contacts that know us by the number, in order, behind `after` (NULL: from the first). */
enum result figures_holders(struct tx *, uint32_t org, const char *number, const char *after,
    size_t max, struct arena *, const char ***list, size_t *count);

#endif
