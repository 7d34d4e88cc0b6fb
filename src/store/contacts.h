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
/*
 * The number that the contact knows is being given back: it knows the organization by one with
 * the same area code from now on (*number, in tx_arena), the one with the least recent use, or
 * by none (*number NULL: the pipeline picks anew), and its record says from which it was moved,
 * and when.  The caller puts it.
 */
enum result contact_move(struct tx *, struct contact *, const char **number);
#endif
