/*
 * store/messages.h: messages, their indexes and the queue, kept in step in one transaction.
 *
 * The indexes are functions of the record: messages_put reads what is there, and changes exactly
 * the
 * index entries that differ.  (BY_CONTACT, BY_SERVICE, BY_STATE, PAIRS, QUEUE, CHANGES.)
 */
#ifndef SPOKE_STORE_MESSAGES_H
#define SPOKE_STORE_MESSAGES_H
#include "org/message.h"
#include "store/kv.h"

/*
 * Writes a new message (id given by message_id_new) or a changed one; sets updated, seq, and
 * created
 * unless set.  For a changed one, old must be what messages_get(for_update) returned; NULL for a
 * new one
 * (EXISTS if the id is taken).
 * REFUSED (logged, nothing written) when the state may not follow the old one, when another message
 * is open for the same pair (see pair_open), or when a new one's state does not fit its direction.
 * The message keeps its place in the indexes of state and queue only as the record says: state,
 * due, held_why, reply,
 * contact_number, user_number, group and service_id.
 */
enum result messages_put(struct tx *, const struct message *old, struct message *now);
/*
 * Removes a message with its entries in every index.  m is what messages_get(for_update) returned;
 * its attachments were forgotten before that (media_remove).  REFUSED while it waits, is being sent
 * or is in doubt.  Whoever follows the order of commits is not told.
 */
enum result messages_delete(struct tx *, const struct message *m);
enum result messages_get(
    struct tx *, uint32_t org, const char *id, bool for_update, struct arena *, struct message *);
/* Ours for Bandwidth's id, within this organization only. */
enum result messages_by_service(
    struct tx *, uint32_t org, const char *service_id, struct arena *, const char **id);

struct message_filter {
	uint32_t org;
	const char *contact; /* NULL: all */
	int direction;	     /* 0 all, 'i', 'o' */
	const char *state;   /* NULL: all */
	int64_t since;	     /* created at or after */
	/* id: older than this one (cursor, newest first); NULL: the newest */
	const char *before;
	size_t limit; /* 1..200 */
};
/* Newest first.  *next is the cursor (id) or NULL.  Looks at no more than limit*20+1000 entries;
 * then *next says
 * where to go on. */
enum result messages_list(struct tx *, const struct message_filter *, struct arena *,
    struct message **, size_t *count, const char **next);
/* In the order of commits after sequence `after` (0: from the start); each message once, at its
 * latest change. *next is
 * the last sequence seen (after itself when there was none). */
enum result messages_changes(struct tx *, uint32_t org, int64_t after, size_t limit, struct arena *,
    struct message **, size_t *count, int64_t *next);
/* The sequence of the organization's latest change; 0: none. */
enum result messages_last_change(struct tx *, uint32_t org, int64_t *seq);
/* The organization's next change gets a sequence behind least, if it would not anyway. */
enum result messages_leap(struct tx *, uint32_t org, int64_t least);
/* Newest message of each contact: one for each of the latest conversations (for the page), newest
 * first; before, *next
 * and the bounded look as in messages_list. */
enum result messages_conversations(struct tx *, uint32_t org, const char *before, size_t limit,
    struct arena *, struct message **, size_t *count, const char **next);

/* How many are in a state that BY_STATE keeps (queued, held, sending, unknown), counted up to max.
 * */
enum result messages_count(
    struct tx *, uint32_t org, enum message_state, size_t max, size_t *count);

/* ---- the queue ------------------------------------------------------- */

/* QUEUE holds every queued message, and every unknown one that is still looked for, each at its due. */
enum queue_class { QUEUE_REPLIES, QUEUE_TEXTS, QUEUE_LOOKS };
struct queue_entry {
	int class_; /* enum queue_class */
	uint32_t org;
	int64_t due;
	char id[MESSAGE_ID];
};
/*
 * First entry of an organization and class that is due by now; NOT_FOUND if none.  after
 * (may be NULL) skips entries up to and including it.
 */
enum result queue_first(struct tx *, int class_, uint32_t org, int64_t now,
    const struct queue_entry *after, struct queue_entry *);
/* Organizations that have anything in the class: the first entry of the next one above org (0 for
 * the first); NOT_FOUND at the end. */
enum result queue_next_org(struct tx *, int class_, uint32_t org, struct queue_entry *first);

/* The last entry of an organization and class by due time; NOT_FOUND if none. */
enum result queue_last(struct tx *, int class_, uint32_t org, struct queue_entry *);

/* How much an organization has in QUEUE; message_cost says what counts as a segment. */
struct queue_size {
	int64_t org;
	int64_t replies, reply_segments; /* class 0 */
	int64_t others, other_segments;	 /* class 1 */
};
/* Zeros when nothing is queued.  Kept by messages_put: constant work. */
enum result queue_size(struct tx *, uint32_t org, struct queue_size *);
/* The next organization above org (0 for the first) that has anything queued; NOT_FOUND. */
enum result queue_size_next(struct tx *, uint32_t org, struct queue_size *);
/* For upgrade.c: counts what is queued in a store that did not count it yet. */
enum result queue_upgrade(struct store *);

/* The message in flight or unknown for this pair of own number and contact; NOT_FOUND: free. Kept
 * by messages_put.
 * contact is a contact's number, or for a group what messages_pair_contact gives. */
enum result pair_open(struct tx *, uint32_t org, const char *user_number, const char *contact,
    struct arena *, const char **id);

/* Is a message from this own number in flight or unknown, whoever it is to? */
enum result pairs_any(struct tx *, uint32_t org, const char *user_number, bool *any);
/* What stands for the contact in a pair: contact_number, of a group (two recipients or more) "g"
 * and the hash
 * of its sorted recipients. */
const char *messages_pair_contact(const struct message *, struct arena *);

/* Ids of messages in a state, oldest first, after an id (NULL: first); for the worker's looks and
 * for cancelling. */
enum result messages_in_state(struct tx *, uint32_t org, enum message_state, const char *after,
    size_t max, struct arena *, const char ***ids, size_t *count);

/* A step of upgrade.h: the unknown ones of an older store come into QUEUE. */
enum result looks_upgrade(struct store *);
#endif
