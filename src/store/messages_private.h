/*
 * messages_private.h: what the files about messages share.
 */
#ifndef SPOKE_STORE_MESSAGES_PRIVATE_H
#define SPOKE_STORE_MESSAGES_PRIVATE_H

#include "store/messages.h"
#include "store/rec.h"

/* Key of a message; the id must be valid. */
void message_key(struct key *, uint32_t org, const char *id);

/* Is the state one that BY_STATE keeps? */
bool state_listed(enum message_state);

/* Prefix of BY_STATE and BY_CONTACT. */
void by_state_prefix(struct key *, uint32_t org, enum message_state);
void by_contact_prefix(struct key *, uint32_t org, const char *contact);

/*
 * Changes the index entries that differ between old (NULL: none) and now (NULL: it goes).  REFUSED, before anything
 * is
 * written, when another message is open for the same pair.
 */
enum result messages_index(struct tx *, const struct message *old, const struct message *now);
/* Makes the entry of QUEUE be there that a message should have. */
enum result messages_queue(struct tx *, const struct message *);

/*
 * Counts what comes into the queue or leaves it with the change from old (NULL: none) to now.
 * Behind change_take: every transaction that changes messages takes these two in this order.
 */
enum result queue_size_change(struct tx *, const struct message *old, const struct message *now);

#endif
