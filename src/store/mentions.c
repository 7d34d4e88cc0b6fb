/*
 * mentions.c: looking through a table for a telephone number (mentions.h).
 *
 * Tables: whichever is asked for.  Looking takes no lock that stays.
 */
#include "store/mentions.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/phone.h"
#include "org/contact.h"
#include "store/jobs.h"
#include "store/rec.h"

/* Bodies of callbacks can have megabytes each: so many bytes are looked at in one transaction. */
#define BYTES_MOST ((size_t)4 * 1024 * 1024)
#define VALUE_MAX ((size_t)8 * 1024 * 1024)

/* Can the value name the number?  What is kept as base64 must be decoded to tell. */
static bool
mentions(const struct mentions *m, const struct bytes *value)
{
	static const char encoded[] = "\"base64\":true";
	size_t at, len;

	if (phone_find(value->p, value->n, m->number, &at, &len))
		return true;
	return m->table == T_EVENTS &&
	       memmem(value->p, value->n, encoded, sizeof encoded - 1) != NULL;
}

enum result
mentions_find(struct tx *tx, const struct mentions *m, const char *after, struct arena *a,
    struct bytes **keys, size_t *count, const char **last)
{
	struct rec_list l = REC_LIST(a, struct bytes);
	struct bytes key, value;
	struct key prefix, from;
	struct cursor *c;
	size_t looks = 0, bytes = 0;
	enum result r = OK;

	key_start(&prefix);
	if (m->table != T_JOBS)
		key_u32(&prefix, m->org);
	key_from_hex(&from, after != NULL ? after : "");
	if (after != NULL)
		key_u8(&from, 0); /* the key behind that one: a byte longer */
	*last = after;
	c = cursor_open(tx, m->table, &prefix, after != NULL ? &from : NULL, false);
	while (looks < m->looks && bytes < BYTES_MOST && l.count < MENTIONS_HITS &&
	       (r = cursor_next(c, &key, &value)) == OK) {
		looks++;
		bytes += value.n;
		*last = key_hex(&key, a);
		if (mentions(m, &value))
			*(struct bytes *)rec_list_add(&l) =
			    (struct bytes){arena_dup(a, key.p, key.n), key.n};
	}
	cursor_close(c);
	if (r == NOT_FOUND)
		*last = NULL;
	*keys = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

/* Is it a job that must stay as it is? */
static bool
spared(struct tx *tx, const struct mentions *m, const struct bytes *value, const char *but)
{
	struct job job;

	if (m->table != T_JOBS)
		return false;
	if (rec_read(T_JOBS, value, job_fields, tx_arena(tx), &job) != OK)
		return true;
	return job.org != m->org || (but != NULL && job.id != NULL && strcmp(job.id, but) == 0);
}

enum result
mentions_hide(
    struct tx *tx, const struct mentions *m, const struct bytes *key, const char *but, bool *hidden)
{
	struct buf text = BUF_INIT(VALUE_MAX);
	struct bytes value;
	struct key k;
	enum result r;

	*hidden = false;
	key_start(&k);
	key_bytes(&k, key->p, key->n);
	r = kv_get(tx, m->table, &k, true, &value);
	if (r != OK || spared(tx, m, &value, but))
		return r == NOT_FOUND ? OK : r;
	*hidden = phone_hide(value.p, value.n, m->number, CONTACT_FORGOTTEN, &text) > 0;
	if (*hidden)
		r = text.failed ? FAILED : kv_put(tx, m->table, &k, text.data, text.len);
	buf_free(&text);
	return r;
}
