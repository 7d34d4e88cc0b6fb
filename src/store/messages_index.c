/*
 * messages_index.c: the index entries of a message, as functions of its record.
 *
 * Each index says whether a message has an entry and under which key; what
 * differs between the old record and the new one is what gets written.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "store/messages_private.h"

/* ---- keys -------------------------------------------------------------------- */

bool
state_listed(enum message_state s)
{
	return s == STATE_QUEUED || s == STATE_HELD || s == STATE_SENDING || s == STATE_UNKNOWN;
}

void
by_state_prefix(struct key *k, uint32_t org, enum message_state s)
{
	key_org(k, org);
	key_u8(k, (uint8_t)s);
}

void
by_contact_prefix(struct key *k, uint32_t org, const char *contact)
{
	key_org(k, org);
	key_text(k, contact);
}

/* Each of these makes the key of an entry; false: the message has none in this index. */

static bool
by_contact(const struct message *m, struct tx *tx, struct key *k)
{
	(void)tx;
	if (m->contact_number == NULL)
		return false;
	by_contact_prefix(k, (uint32_t)m->org, m->contact_number);
	key_id(k, m->id);
	return true;
}

static bool
by_service(const struct message *m, struct tx *tx, struct key *k)
{
	(void)tx;
	if (m->service_id == NULL)
		return false;
	key_start(k);
	key_opaque(k, m->service_id);
	key_u32(k, (uint32_t)m->org);
	return true;
}

static bool
by_state(const struct message *m, struct tx *tx, struct key *k)
{
	(void)tx;
	if (!state_listed(message_state(m)))
		return false;
	by_state_prefix(k, (uint32_t)m->org, message_state(m));
	key_id(k, m->id);
	return true;
}

static bool
by_pair(const struct message *m, struct tx *tx, struct key *k)
{
	enum message_state s = message_state(m);

	if (!m->out || m->user_number == NULL || m->contact_number == NULL ||
	    (s != STATE_SENDING && s != STATE_UNKNOWN))
		return false;
	key_org(k, (uint32_t)m->org);
	key_text(k, m->user_number);
	key_text(k, messages_pair_contact(m, tx_arena(tx)));
	return true;
}

static bool
by_queue(const struct message *m, struct tx *tx, struct key *k)
{
	enum message_state s = message_state(m);

	(void)tx;
	/* An unknown one that waits for a person is not looked for any more. */
	if (s != STATE_QUEUED && (s != STATE_UNKNOWN || m->held_why != NULL))
		return false;
	key_start(k);
	key_u8(k, s == STATE_UNKNOWN ? QUEUE_LOOKS : m->reply ? QUEUE_REPLIES : QUEUE_TEXTS);
	key_u32(k, (uint32_t)m->org);
	key_u64(k, m->due > 0 ? (uint64_t)m->due : 0);
	key_id(k, m->id);
	return true;
}

/* ---- pairs --------------------------------------------------------------------- */

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *
messages_pair_contact(const struct message *m, struct arena *a)
{
	struct buf joined = BUF_INIT((size_t)1024 * 1024);
	unsigned char hash[SHA256_BYTES];
	const char **sorted;
	char *name;
	size_t i;

	if (m->group.count < 2)
		return m->contact_number;
	sorted = arena_alloc(a, m->group.count * sizeof *sorted);
	memcpy(sorted, m->group.items, m->group.count * sizeof *sorted);
	qsort(sorted, m->group.count, sizeof *sorted, compare_texts);
	for (i = 0; i < m->group.count; i++)
		buf_add(&joined, sorted[i], strlen(sorted[i]) + 1);
	crypto_sha256(joined.data, joined.len, hash);
	buf_free(&joined);
	name = arena_alloc(a, 1 + SHA256_HEX);
	name[0] = 'g';
	hex_text(hash, sizeof hash, name + 1);
	return name;
}

enum result
pairs_any(struct tx *tx, uint32_t org, const char *user_number, bool *any)
{
	struct bytes key;
	struct cursor *c;
	struct key k;
	enum result r;

	key_org(&k, org);
	key_text(&k, user_number);
	c = cursor_open(tx, T_PAIRS, &k, NULL, false);
	r = cursor_next(c, &key, NULL);
	cursor_close(c);
	*any = r == OK;
	return r == NOT_FOUND ? OK : r;
}

enum result
pair_open(struct tx *tx, uint32_t org, const char *user_number, const char *contact,
    struct arena *a, const char **id)
{
	struct key k;

	key_org(&k, org);
	key_text(&k, user_number);
	key_text(&k, contact);
	return rec_get_text(tx, T_PAIRS, &k, false, a, id);
}

/* ---- keeping them in step ----------------------------------------------------------- */

enum entry {
	NOTHING, /* the key says it all */
	OUR_ID,	 /* our id; one who is there first stays (a group's copies share Bandwidth's id) */
	ALONE	 /* our id, and nobody else's may be there */
};

static const struct index {
	bool (*key)(const struct message *, struct tx *, struct key *);
	enum table table;
	enum entry entry;
} indexes[] = {
    {by_pair, T_PAIRS, ALONE}, /* first, because it can refuse */
    {by_contact, T_BY_CONTACT, NOTHING},
    {by_service, T_BY_SERVICE, OUR_ID},
    {by_state, T_BY_STATE, NOTHING},
    {by_queue, T_QUEUE, NOTHING},
};

/* Adds an entry. */
static enum result
entry_add(struct tx *tx, const struct index *x, const struct key *k, const struct message *m)
{
	enum result r;

	if (x->entry == NOTHING)
		return kv_put(tx, x->table, k, "", 0);
	r = kv_put_new(tx, x->table, k, m->id, strlen(m->id));
	if (r == EXISTS && x->entry == OUR_ID)
		return OK;
	if (r == EXISTS) {
		log_warn("message %s of organization %lld: another one is open for its pair", m->id,
		    (long long)m->org);
		return REFUSED;
	}
	return r;
}

/* Removes an entry, if it is this message's. */
static enum result
entry_remove(struct tx *tx, const struct index *x, const struct key *k, const struct message *m)
{
	const char *id;
	enum result r;

	if (x->entry != NOTHING) {
		r = rec_get_text(tx, x->table, k, true, tx_arena(tx), &id);
		if (r != OK || strcmp(id, m->id) != 0)
			return r == NOT_FOUND ? OK : r;
	}
	r = kv_del(tx, x->table, k);
	return r == NOT_FOUND ? OK : r;
}

static enum result
index_sync(
    struct tx *tx, const struct index *x, const struct message *old, const struct message *now)
{
	struct key before, after;
	bool had = old != NULL && x->key(old, tx, &before);
	bool has = now != NULL && x->key(now, tx, &after);
	enum result r = OK;

	if (had && has && !before.failed && !after.failed && before.n == after.n &&
	    memcmp(before.b, after.b, after.n) == 0)
		return OK;
	if (had)
		r = entry_remove(tx, x, &before, old);
	if (r == OK && has)
		r = entry_add(tx, x, &after, now);
	return r;
}

enum result
messages_index(struct tx *tx, const struct message *old, const struct message *now)
{
	enum result r = OK;
	size_t i;

	for (i = 0; r == OK && i < sizeof indexes / sizeof indexes[0]; i++)
		r = index_sync(tx, &indexes[i], old, now);
	return r;
}

enum result
messages_queue(struct tx *tx, const struct message *m)
{
	struct key k;

	return by_queue(m, tx, &k) ? kv_put(tx, T_QUEUE, &k, "", 0) : OK;
}
