/*
 * store/media.h: the attachments of messages that came in: what is to be fetched, what is
 * there, which files are to go.
 *
 * A record for each attachment is written in the transaction that stores its message.  The
 * files lie in DATA_DIR/media, under names made here; only the worker makes and removes
 * them, so whatever happens to a record, its file follows later, and never the reverse.
 */
#ifndef SPOKE_STORE_MEDIA_H
#define SPOKE_STORE_MEDIA_H

#include "org/media.h"
#include "org/message.h"
#include "store/kv.h"

/* One attachment; what MEDIA_DUE and MEDIA_GONE name. */
struct media_ref {
	uint32_t org;
	char message[MESSAGE_ID];
	unsigned place;
	int64_t due; /* of those that wait */
};

/*
 * Writes the records of a new message that came in (id and media set), before
 * messages_put: the first `most` wait to be fetched, the others failed as "too-many".
 * *waiting: there is work for the worker.
 */
enum result media_add(struct tx *, const struct message *, size_t most, bool *waiting);

enum result media_get(struct tx *, uint32_t org, const char *message, unsigned place,
    bool for_update, struct arena *, struct media *);
/* All of a message, in order. */
enum result media_list(
    struct tx *, uint32_t org, const char *message, struct arena *, struct media **, size_t *count);
/*
 * Writes one that media_get(for_update) gave, changed (old: as it was), and keeps MEDIA_DUE
 * right: one that waits is in it, at due.
 */
enum result media_put(struct tx *, const struct media *old, const struct media *now);

/*
 * Forgets the attachments of a message that is being removed; the worker removes the files.
 * For every verb that removes messages, in its transaction, before it changes the message;
 * wake the worker after it.
 */
enum result media_remove(struct tx *, uint32_t org, const char *message);

/* ---- for the worker -------------------------------------------------- */

/* Organizations for which something waits: the first of the next one above org (0 for the first);
 * NOT_FOUND at the end. */
enum result media_next_org(struct tx *, uint32_t org, struct media_ref *first);
/* The first of an organization that waits, behind after (NULL: of all), due or not. */
enum result media_first(
    struct tx *, uint32_t org, const struct media_ref *after, struct media_ref *);
/* Takes an entry of MEDIA_DUE out whose record cannot be read or is not there. */
enum result media_drop(struct tx *, const struct media_ref *);

/* The first whose file is to go; NOT_FOUND: none is. */
enum result media_gone_first(struct tx *, struct media_ref *);
/* It is gone, durably. */
enum result media_gone_done(struct tx *, const struct media_ref *);

/* ---- files ------------------------------------------------------------- */

/*
 * "12/0192/0192f0c1a2b3c4d5.0": the file's name below DATA_DIR/media: organization, the
 * first digits of the message's id (three days' messages in a folder), id and place.
 */
#define MEDIA_NAME 64
void media_name(uint32_t org, const char *message, unsigned place, char out[MEDIA_NAME]);
/* The reverse; -1 unless it is exactly that form. */
int media_name_read(const char *name, struct media_ref *);
/* "DATA_DIR/media/12/0192/0192f0c1a2b3c4d5.0" in the arena. */
const char *media_path(struct arena *, const char *data_dir, const struct media *);

#endif
