/*
 * orgs.h: organizations in the store.  All functions run inside a transaction;
 * results live in the arena given.
 */
#ifndef SPOKE_ORGS_H
#define SPOKE_ORGS_H
#include "org/organization.h"
#include "store/kv.h"

/* Gives it the next number (from META) and writes it. */
enum result orgs_create(struct tx *, struct organization *);
enum result orgs_get(
    struct tx *, uint32_t org, bool for_update, struct arena *, struct organization *);
enum result orgs_put(struct tx *, const struct organization *);
/* All of them, in order; after = 0 for the first page, at most max. */
enum result orgs_list(struct tx *, uint32_t after, size_t max, struct arena *,
    struct organization **list, size_t *count);
/* The highest number that was given so far, 0 if none was. */
enum result orgs_last(struct tx *, int64_t *);
#endif
