/*
 * store/contacts.h: people's numbers, what they asked for, and whom they know us as.
 */
#ifndef SPOKE_STORE_CONTACTS_H
#define SPOKE_STORE_CONTACTS_H
#include "org/contact.h"
#include "store/kv.h"

/* NOT_FOUND leaves a fresh contact (org and number set) in *out, so that the caller may fill and
 * put it. */
enum result contacts_get(struct tx *, uint32_t org, const char *number, bool for_update,
    struct arena *, struct contact *out);
enum result contacts_put(struct tx *, const struct contact *);
/* Those opted out or held; for lists.  what: 'o' opted out, 'h' held. */
enum result contacts_list(struct tx *, uint32_t org, char what, const char *after, size_t max,
    struct arena *, struct contact **, size_t *count);
#endif
