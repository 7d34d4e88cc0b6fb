/*
 * verify_private.h: what the files that verify meaning share.  They make the keys anew from
 * what tables.h says, and use none of the functions that wrote the entries.
 */
#ifndef SPOKE_VERIFY_PRIVATE_H
#define SPOKE_VERIFY_PRIVATE_H

#include "org/message.h"
#include "store/rec.h"
#include "store/verify.h"

/* An entry that is being looked at. */
struct entry {
	struct verify *v;
	struct tx *tx;
	struct arena *arena; /* the transaction's */
	enum table table;
	struct bytes key, value;
	void *state; /* of the function, over all entries of the walk */
};

/* Looks at one; what it finds wrong it says.  Only an error of the store is one. */
typedef enum result (*verify_fn)(struct entry *);

/* All entries of a table, in order, a few in a transaction. */
enum result verify_walk(struct store *, struct verify *, enum table, verify_fn, void *state);

void verify_fault(struct verify *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Is there an entry?  *value (may be NULL) gets it.  An error of the store shows in the walk. */
bool verify_has(const struct entry *, enum table, const struct key *, struct bytes *value);
bool verify_org(const struct entry *, uint32_t org);
/* The name of its table. */
const char *verify_table(const struct entry *);
/* The value as a text in the arena. */
const char *verify_text(const struct entry *, const struct bytes *);
/* The same bytes? */
bool verify_same_key(const struct bytes *, const struct key *);
bool verify_same(const char *, const char *);

/*
 * The key's parts: letters of form are 'o' organization, 'i' id (as text), 't' text, 'u' u64,
 * 'd' u32, 'b' u8; pointers of those types follow.  False, and said, when it is not
 * exactly that form.
 */
bool verify_key(struct entry *, const char *form, ...);

/* Says so and returns false when the record cannot be read. */
bool verify_record(struct entry *, const struct field *, void *record, const char *what);

/* One function for each table, in verify_*.c. */
enum result verify_message(struct entry *);
enum result verify_by_contact(struct entry *);
enum result verify_by_service(struct entry *);
enum result verify_by_state(struct entry *);
enum result verify_pair(struct entry *);
enum result verify_queue(struct entry *);
enum result verify_change(struct entry *);
enum result verify_change_seq(struct entry *);
enum result verify_attachment(struct entry *);
enum result verify_media_due(struct entry *);
enum result verify_event(struct entry *);
enum result verify_tray(struct entry *);
enum result verify_seen(struct entry *);
enum result verify_contact(struct entry *);
enum result verify_forgotten(struct entry *);
enum result verify_number(struct entry *);
enum result verify_number_owner(struct entry *);
enum result verify_number_turn(struct entry *);
enum result verify_number_job(struct entry *);
enum result verify_job(struct entry *);
enum result verify_job_due(struct entry *);
enum result verify_job_last(struct entry *);
enum result verify_organization(struct entry *);
enum result verify_user(struct entry *);
enum result verify_token(struct entry *);
enum result verify_org_token(struct entry *);
enum result verify_any(struct entry *);

/* Tables whose entries say something of many others: walked as wholes. */
enum result verify_holders(struct store *, struct verify *);
enum result verify_number_states(struct store *, struct verify *);
enum result verify_queue_size(struct store *, struct verify *);

#endif
