/*
 * rec.h: what the record files share: a record of a table, its key, a list of
 * records, and clearing out what is old.
 */
#ifndef SPOKE_STORE_REC_H
#define SPOKE_STORE_REC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "org/record.h"
#include "store/kv.h"

/* ---- keys ------------------------------------------------------------------ */

/* Starts a key with the organization's number. */
void key_org(struct key *, uint32_t org);
/* Appends a message, event or job id (which must be valid, else the key fails). */
void key_id(struct key *, const char *id);
/* Appends text of any length: as it is up to 200 bytes, else its SHA-256. */
void key_opaque(struct key *, const char *text);
/* The id in the last 8 bytes of a key, in the arena; NULL if it is too short. */
const char *key_last_id(const struct bytes *key, struct arena *);

/* A key as text, for what remembers a place, and back (it fails when it is no hex). */
const char *key_hex(const struct bytes *, struct arena *);
void key_from_hex(struct key *, const char *hex);

/* ---- values ---------------------------------------------------------------- */

/* kv_get and record_read; DAMAGED (logged) when the value cannot be read. */
enum result rec_get(struct tx *, enum table, const struct key *, bool for_update,
    const struct field *, struct arena *, void *record);
enum result rec_read(
    enum table, const struct bytes *value, const struct field *, struct arena *, void *record);
enum result rec_put(
    struct tx *, enum table, const struct key *, const struct field *, const void *record);
enum result rec_put_new(
    struct tx *, enum table, const struct key *, const struct field *, const void *record);

/* A value that is one decimal number; reading gives 0 with NOT_FOUND. */
enum result rec_get_number(
    struct tx *, enum table, const struct key *, bool for_update, int64_t *value);
enum result rec_put_number(struct tx *, enum table, const struct key *, int64_t value);

/* A value that is a text; NULL with NOT_FOUND. */
enum result rec_get_text(struct tx *, enum table, const struct key *, bool for_update,
    struct arena *, const char **value);

/* ---- lists ----------------------------------------------------------------- */

/* A growing array in an arena. */
struct rec_list {
	struct arena *arena;
	size_t size; /* of an item */
	size_t count;
	size_t room;
	void *items;
};
#define REC_LIST(a, type)                     \
	{                                     \
		(a), sizeof(type), 0, 0, NULL \
	}
/* A place for one more item, zeroed; it counts at once. */
void *rec_list_add(struct rec_list *);
/* Takes the last one back. */
void rec_list_drop(struct rec_list *);

/* ---- clearing out ------------------------------------------------------------ */

/* Is this entry to go? */
typedef bool (*rec_old_fn)(const struct bytes *key, const struct bytes *value, void *arg);

/*
 * Looks at up to max entries that begin with prefix (NULL: all), going on where the last call for
 * this name
 * stopped (remembered in META, which is taken first), and deletes those that fn says are old.
 * *more: there are others behind those; the next call that reaches the end clears it, and the one
 * after that begins at the front again.  removed and more may be NULL.
 */
enum result rec_sweep(struct tx *, enum table, const struct key *prefix, const char *name,
    size_t max, rec_old_fn fn, void *arg, size_t *removed, bool *more);

#endif
