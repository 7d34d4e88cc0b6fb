/*
 * store/contacts.h: people's numbers, what they asked for, and whom they know us as.
 */
#ifndef SPOKE_STORE_CONTACTS_H
#define SPOKE_STORE_CONTACTS_H
#include "org/contact.h"
#include "store/kv.h"

/*
 * NOT_FOUND leaves a fresh contact (org and number set) in *out, so that the caller may fill and
 * put it.
 *
 * OK also for a number without a record that asked to be forgotten: opted out, with cause and
 * time, forgotten set, and nothing else known.  And for every number without a record when people
 * asked to be forgotten and the key is missing (forgotten.h): held, unsure set.
 */
enum result contacts_get(struct tx *, uint32_t org, const char *number, bool for_update,
    struct arena *, struct contact *out);
/*
 * Of one that is forgotten it writes only the opt-out, or its end, and of one that is unsure
 * nothing: no record of theirs comes back by the way.  Who begins a new one (they wrote, or a
 * person here decided about them) sets renewed; then the record alone counts.
 */
enum result contacts_put(struct tx *, const struct contact *);
/*
 * Forgets a number: what was known of it goes, and its opt-out (one by cause "person" if there
 * was none) stays in forgotten.h, prepared before.  DAMAGED: its record, or the key, can't be read.
 */
enum result contacts_forget(struct tx *, uint32_t org, const char *number);
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
