/*
 * forgotten.h: the opt-outs of people who asked to be forgotten, kept without their numbers.
 *
 * A number stands here as HMAC-SHA256 with 32 random bytes, which are sealed as a secret of the
 * installation: so whoever has the data, or a backup of it, but not SESSION_SECRET, can neither
 * read the numbers nor try them all.  A number is here or among the contacts, never in both;
 * contacts.h looks here, and nobody else has to.
 *
 * The key is read once in a process, out of the order of tables.h: nobody who writes SECRETS
 * goes on to write contacts.
 */
#ifndef SPOKE_STORE_FORGOTTEN_H
#define SPOKE_STORE_FORGOTTEN_H

#include "org/record.h"
#include "store/kv.h"

struct forgotten {
	const char *cause; /* as of a contact: "word", "code", "person" */
	int64_t since;
};
extern const struct field forgotten_fields[];

/*
 * NOT_FOUND: not among them (of an organization that forgot nobody: one look).  DAMAGED: somebody
 * is, and the key can't be opened, so nobody knows whether it is this one; logged now and then.
 */
enum result forgotten_get(struct tx *, uint32_t org, const char *number, bool for_update,
    struct arena *, struct forgotten *);
enum result forgotten_put(struct tx *, uint32_t org, const char *number, const struct forgotten *);
enum result forgotten_del(struct tx *, uint32_t org, const char *number);

/*
 * Makes the key if there is none, in a transaction of its own before the one that puts the first
 * number.  DAMAGED: there should be one, and it is missing or can't be opened.
 */
enum result forgotten_prepare(struct tx *);

/* Has the organization (0: any) forgotten somebody? */
enum result forgotten_any(struct tx *, uint32_t org, bool *any);
/* How many, counted up to max. */
enum result forgotten_count(struct tx *, uint32_t org, size_t max, size_t *count);
/* What is wrong with the key, if the organization (0: any) needs it: a sentence, else NULL. */
enum result forgotten_trouble(struct tx *, uint32_t org, const char **why);

#endif
