/*
 * settle.h: how a message's state changes; shared by all of texting/, used by nobody else.
 *
 * old is always what messages_get(for_update) returned, m a copy of it with the wanted
 * changes.
 */
#ifndef SPOKE_SETTLE_H
#define SPOKE_SETTLE_H

#include "org/contact.h"
#include "org/message.h"
#include "store/kv.h"

/* Goes out as MMS (media, or a group)? */
bool message_is_mms(const struct message *);
/* Sent by the program itself, as an answer (by is "auto-stop" or "auto-help")? */
bool message_is_automatic(const struct message *);
/* Is the number the contact of the message or one of its group? */
bool message_is_to(const struct message *, const char *number);

/* Our own reason, a sentence, and who must act; NULLs clear them and the code. */
void settle_reason(struct message *, const char *error, const char *meaning, const char *who);

/*
 * Writes m in its new state: a final one is finished now, and one that is no longer held
 * or queued has no held_why.  When an unknown message becomes known, what waits behind it
 * goes on.
 */
enum result settle(struct tx *, const struct message *old, struct message *m, enum message_state);
/* Holds it for a person. */
enum result settle_held(struct tx *, const struct message *old, struct message *m, const char *why);
/* Puts one that is held or unknown back into the queue, with a deadline of 12 hours from now. */
enum result settle_send_after_all(struct tx *, const struct message *old, struct message *m);
/*
 * Puts one that was held until something else was known back into the queue; in a store that is a
 * copy, one that was held when the copy was made is held as "copied": the former installation may
 * have sent it, and the change would hide that from whoever claims it.
 */
enum result settle_let_go(struct tx *, const struct message *old);
/* Did it wait already in the store that this one is a copy of, which may have sent it? */
enum result settle_came_with_copy(struct tx *, const struct message *, bool *copied);
/* Ends one that is held: somebody decided not to send it. */
enum result settle_given_up(struct tx *, const struct message *old, struct message *m);
/* Takes it back because of an opt-out. */
enum result settle_opted_out(struct tx *, const struct message *old, struct message *m);

/*
 * Calls fn for each outbound message to a contact (NULL: to anybody) in a state, newest first, at most max,
 * of the last 30 days (what waits longer, or behind some thousands of others, is stopped
 * when it is claimed), got for update;
 * fn copies it, changes the copy and settles.
 */
typedef enum result (*settle_fn)(struct tx *, const struct message *old, void *arg);
enum result settle_each(struct tx *, uint32_t org, const char *contact, enum message_state,
    size_t max, settle_fn, void *arg);

/*
 * Is an outbound message behind earlier ones to the same person that were tried before and
 * wait for their next turn?  Then *due is a moment behind the last of them, and later by a
 * step for each; else 0.
 */
enum result settle_earlier_due(struct tx *, const struct message *, int64_t step, int64_t *due);

/* May a text go to the contact as far as opt-outs are concerned?  The confirmation of a
 * STOP may, when the opt-out came from a word. */
bool contact_allows(const struct contact *, const struct message *);
/* held_why of a text to a contact that is held. */
const char *contact_held_why(const struct contact *);
/*
 * The code because of which this contact is not texted any more, 0 if none: a carrier said
 * that the number cannot get texts (this kind of text), and nothing has shown the contrary
 * since.
 */
int64_t contact_dead_code(const struct contact *, bool mms, int64_t now);

/* Own number that can be sent from? */
enum result number_in_service(struct tx *, uint32_t org, const char *number, bool *yes);

#endif
