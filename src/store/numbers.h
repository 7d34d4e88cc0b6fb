/*
 * store/numbers.h: an organization's own numbers.
 */
#ifndef SPOKE_STORE_NUMBERS_H
#define SPOKE_STORE_NUMBERS_H
#include "org/contact.h"
#include "store/kv.h"

/* state NULL becomes "in-service", added 0 now.  EXISTS with *owner when it belongs to another
 * organization
 * (nothing written), or to this one. */
enum result numbers_add(struct tx *, const struct number *, uint32_t *owner);
enum result numbers_get(struct tx *, uint32_t org, const char *number, bool for_update,
    struct arena *, struct number *);
/* Changes state and so on; keeps the index of use right.  NOT_FOUND; EXISTS: it is another
 * organization's by now. */
enum result numbers_put(struct tx *, const struct number *);
/* Marks it gone (kept, so that late replies are known), gives up ownership. */
enum result numbers_remove(struct tx *, uint32_t org, const char *number);
/* In order; only here last_use is that of the last pick (else as it was put). */
enum result numbers_list(struct tx *, uint32_t org, const char *after, size_t max, struct arena *,
    struct number **, size_t *count);
enum result numbers_any(struct tx *, uint32_t org, bool *any); /* one in service? */
/*
 * The number in service with the least recent use, marked as used now: constant
 * work however many there are.  NOT_FOUND: none.
 */
enum result numbers_pick(struct tx *, uint32_t org, struct arena *, const char **number);
#endif
