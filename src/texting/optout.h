/*
 * optout.h: a person's wish to be left alone, above everything else.
 *
 * All of these run inside the caller's transaction; the caller writes the audit.
 */
#ifndef SPOKE_OPTOUT_H
#define SPOKE_OPTOUT_H

#include "texting/app.h"

/*
 * cause: "word" (they wrote it), "code" (4775, 4475), "person" (somebody here set it).
 * Cancels every queued and held message to the number (at most OPTOUT_CANCEL a call; the
 * rest is stopped at the claim) and ends a hold.  Who is opted out already stays so; the
 * stronger cause (word, person, code) is kept, but a code after a word changes nothing: it
 * is the carrier's account of the same word, and START must still undo it.
 */
#define OPTOUT_CANCEL 1000
/* Only the cancelling. */
enum result optout_cancel(struct tx *, uint32_t org, const char *number);
enum result optout_set(
    struct tx *, uint32_t org, const char *number, const char *cause, const char *detail);
/*
 * What the person wrote and what carriers report may come late and in any order, so what counts
 * is when it was said, by Bandwidth's clock (ms; 0: now), whatever ours says: a word or code from
 * before their last START opts nobody out, and a START from before their last STOP takes nothing
 * back.  *fresh: was not opted out before, and is now.
 */
enum result optout_word(
    struct tx *, uint32_t org, const char *number, const char *word, int64_t said, bool *fresh);
enum result optout_code(struct tx *, uint32_t org, const char *number, int64_t code, int64_t said);
/* START or UNSTOP, as optout_clear; OK too when there is nothing to take back. */
enum result optout_start(struct tx *, uint32_t org, const char *number, const char *word,
    int64_t said, const char **why);
/*
 * Takes back what came from a word only when cause is "word" (START, UNSTOP); a person may
 * take back anything (cause "person") but a code's: REFUSED with *why (static).
 * NOT_FOUND: was not opted out.
 */
enum result optout_clear(struct tx *, uint32_t org, const char *number, const char *cause,
    const char *detail, const char **why);
/*
 * Holds the contact's texts until a person has looked; nothing to do for one who is opted
 * out.
 */
enum result contact_hold(struct tx *, uint32_t org, const char *number, const char *why);
/*
 * Ends the hold and queues what was held for it; also forgets that a carrier called the
 * number dead. NOT_FOUND: there was neither.  REFUSED: they wrote something since `seen` (held_at
 * as it was shown; 0: whatever they wrote), and nobody has read it.
 */
enum result contact_release(
    struct tx *, uint32_t org, const char *number, int64_t seen, const char *who);

#endif
