/*
 * message_parts.h: a message as pages show it: its state in words, why, who acts, what can be
 * decided.
 */
#ifndef SPOKE_MESSAGE_PARTS_H
#define SPOKE_MESSAGE_PARTS_H

#include "handlers/frame.h"
#include "org/message.h"

/* Icon and word: "Delivered". */
void message_state_part(struct buf *, const struct message *);
/* One paragraph: why it failed, is held or unknown and who has to act; nothing for the others. */
void message_why(struct buf *, const struct message *);
/* "2 segments, 1 attachment"; nothing for what has neither. */
void message_size(struct buf *, const struct message *);
/* A link to what came in with it, on its own page; nothing for what has none. */
void message_media_link(
    const struct app *, const struct request *, struct buf *, const struct message *);
/* The text itself, as text; says so when there is none. */
void message_words(struct buf *, const struct message *, const char *class_);
/* "To (919) 555-0123 and 2 others", the number linked to its conversation. */
void message_party(
    const struct app *, const struct request *, struct buf *, const struct message *);
/* Is something under way that a refresh would show? */
bool message_moves(const struct message *, bool paused, int64_t now);
/* The buttons for what a person may decide: cancel, send, was-sent, give-up.  False: nothing to
 * decide. */
bool message_decisions(
    const struct app *, const struct request *, struct buf *, const struct message *);
/* "messages/0192f0c1a2b3c4d5" and "messages?contact=%2B1919…" in the arena. */
const char *message_route(const struct request *, const char *id);
const char *contact_route(const struct request *, const char *number);
/* A paragraph with the way to the page that forgets a person. */
void message_forget_link(
    const struct app *, const struct request *, struct buf *, const char *number);

#endif
