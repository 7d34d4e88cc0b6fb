/*
 * meta.h: what the store knows of itself.
 */
#ifndef SPOKE_META_H
#define SPOKE_META_H
#include "store/kv.h"
struct settings;
struct buf;

#define STORE_FORMAT 1

/* Writes format, check value of the secret, host, path, inode and rehearsal into a new store.
 * EXISTS if it has
 * them.  Not durable before store_flush. */
enum result meta_init(struct store *, const struct settings *);
/*
 * Does the store belong to these settings?  REFUSED with a sentence in why: newer format; the
 * secret is neither
 * SESSION_SECRET's nor SESSION_SECRET_PREVIOUS's check value; rehearsal differs.  A changed host,
 * path
 * or inode pauses sending (meta_sending_held) and is OK.  A matched previous secret is OK.
 * NOT_FOUND: never set up (no meta_init), why says so.
 */
enum result meta_check(struct store *, const struct settings *, struct buf *why);
/* Sending is held for the whole installation: moved, copied or restored; NULL if not, else why. */
/* always OK but for failures */
enum result meta_sending_held(struct tx *, struct arena *, const char **why);
/*
 * Sending is held in this store from now on, because it is a copy; why is a sentence.  What was
 * waiting then is held for a person (meta_copied), since another store may have sent it.
 */
enum result meta_mark_copy(struct store *, const char *why);
/*
 * When this store was last found to be a copy, 0 never: a job that was added before may have been
 * done by the store that it is a copy of.  Later than all that waited then, whatever the clock said.
 */
enum result meta_copied(struct tx *, int64_t *when);
/*
 * Up to where in the organization's order of changes that was: a message that is queued and has not
 * been touched since may have been sent by that store.  No time is compared, because clocks are
 * wrong.  -1: not known, of an organization made since, or in a store marked by an older version.
 */
enum result meta_copied_upto(struct tx *, uint32_t org, int64_t *seq);
/* When the store was made. */
enum result meta_created(struct tx *, int64_t *when);
/*
 * The owner says that the old installation is stopped: remembers the place it lives in now.
 * send_waiting: and that it was stopped before the data was copied, so that what is queued goes
 * out; else that is held when its turn comes.  from: the address who came from, or "local".
 */
enum result meta_release_sending(struct store *, const struct settings *, const char *who,
    const char *from, bool send_waiting);
/* Is the store's check value that of today's secret (and not of the previous one)? */
enum result meta_secret_is(struct tx *, const struct settings *, bool *current);
/* Any named singleton as text; a NULL value removes it. */
enum result meta_get(struct tx *, const char *name, struct arena *, const char **value);
enum result meta_put(struct tx *, const char *name, const char *value);
/* Nothing is sealed with the previous secret any more: from now on the store is checked against
 * today's. */
enum result meta_secret_is_current(struct tx *, const struct settings *);
#endif
