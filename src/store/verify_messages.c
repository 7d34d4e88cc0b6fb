/*
 * verify_messages.c: messages and their indexes, each from the other's side.
 */
#include <string.h>

#include "base/arena.h"
#include "store/messages.h"
#include "store/verify_private.h"

/* ---- keys that a message should have ---------------------------------------------------- */

typedef bool (*key_fn)(const struct message *, struct arena *, struct key *);

static bool
contact_key(const struct message *m, struct arena *a, struct key *k)
{
	(void)a;
	if (m->contact_number == NULL)
		return false;
	key_org(k, (uint32_t)m->org);
	key_text(k, m->contact_number);
	key_id(k, m->id);
	return true;
}

static bool
service_key(const struct message *m, struct arena *a, struct key *k)
{
	(void)a;
	if (m->service_id == NULL)
		return false;
	key_start(k);
	key_opaque(k, m->service_id);
	key_u32(k, (uint32_t)m->org);
	return true;
}

static bool
state_key(const struct message *m, struct arena *a, struct key *k)
{
	enum message_state s = message_state(m);

	(void)a;
	if (s != STATE_QUEUED && s != STATE_HELD && s != STATE_SENDING && s != STATE_UNKNOWN)
		return false;
	key_org(k, (uint32_t)m->org);
	key_u8(k, (uint8_t)s);
	key_id(k, m->id);
	return true;
}

static bool
pair_key(const struct message *m, struct arena *a, struct key *k)
{
	enum message_state s = message_state(m);

	if (!m->out || m->user_number == NULL || m->contact_number == NULL ||
	    (s != STATE_SENDING && s != STATE_UNKNOWN))
		return false;
	key_org(k, (uint32_t)m->org);
	key_text(k, m->user_number);
	key_text(k, messages_pair_contact(m, a));
	return true;
}

static bool
queue_key(const struct message *m, struct arena *a, struct key *k)
{
	enum message_state s = message_state(m);
	uint8_t class_ = m->reply ? 0 : 1;

	(void)a;
	if (s == STATE_UNKNOWN && m->held_why == NULL)
		class_ = 2;
	else if (s != STATE_QUEUED)
		return false;
	key_start(k);
	key_u8(k, class_);
	key_u32(k, (uint32_t)m->org);
	key_u64(k, m->due > 0 ? (uint64_t)m->due : 0);
	key_id(k, m->id);
	return true;
}

static bool
change_key(const struct message *m, struct arena *a, struct key *k)
{
	(void)a;
	key_org(k, (uint32_t)m->org);
	key_u64(k, (uint64_t)m->seq);
	return true;
}

static const struct {
	enum table table;
	key_fn key;
	const char *name;
	bool named;  /* its value is the message's id */
	bool shared; /* copies of a group share it: the first one has it */
} indexes[] = {
    {T_BY_CONTACT, contact_key, "the list of its contact", false, false},
    {T_BY_SERVICE, service_key, "the index of Bandwidth's ids", true, true},
    {T_BY_STATE, state_key, "the list of its state", false, false},
    {T_PAIRS, pair_key, "the list of open pairs", true, false},
    {T_QUEUE, queue_key, "the queue", false, false},
    {T_CHANGES, change_key, "the order of changes", true, false},
};
#define INDEXES (sizeof indexes / sizeof indexes[0])

/* ---- from the message --------------------------------------------------------------------- */

static bool
get_message(const struct entry *e, uint32_t org, const char *id, struct message *m)
{
	struct bytes value;
	struct key k;

	key_org(&k, org);
	key_id(&k, id);
	return verify_has(e, T_MESSAGES, &k, &value) &&
	       record_read(message_fields, value.p, value.n, e->arena, m) == 0;
}

/*
 * Texts to a group that came in have a copy for each of our numbers, and the first one has the entry.
 * It may have been forgotten, or removed, without the others; nobody looks for them by that id.
 */
static bool
may_be_missing(const struct message *m, size_t i)
{
	return indexes[i].shared && !m->out && m->group.count > 0;
}

/* The entry of one index; of shared ones another copy may hold it. */
static void
look_in(struct entry *e, const struct message *m, size_t i)
{
	struct message other;
	struct bytes value;
	struct key k;

	if (!indexes[i].key(m, e->arena, &k))
		return;
	if (!verify_has(e, indexes[i].table, &k, &value)) {
		if (may_be_missing(m, i))
			return;
		verify_fault(e->v, "message %s of organization %lld (%s) is missing from %s.",
		    m->id, (long long)m->org, m->state, indexes[i].name);
		return;
	}
	if (!indexes[i].named || verify_same(verify_text(e, &value), m->id))
		return;
	if (indexes[i].shared && get_message(e, (uint32_t)m->org, verify_text(e, &value), &other) &&
	    verify_same(other.service_id, m->service_id))
		return;
	verify_fault(e->v,
	    "message %s of organization %lld (%s): another one stands in its place in %s.", m->id,
	    (long long)m->org, m->state, indexes[i].name);
}

enum result
verify_message(struct entry *e)
{
	enum message_state s;
	struct message m;
	const char *id;
	uint32_t org;

	if (!verify_key(e, "oi", &org, &id))
		return OK;
	if (!verify_record(e, message_fields, &m,
		arena_fmt(e->arena, "message %s of organization %lu", id, (unsigned long)org)))
		return OK;
	if (m.org != org || !verify_same(m.id, id)) {
		verify_fault(e->v,
		    "messages: the record under message %s of organization %lu is another's.", id,
		    (unsigned long)org);
		return OK;
	}
	s = message_state(&m);
	if (s == STATE_COUNT || m.out != (s != STATE_RECEIVED))
		verify_fault(e->v,
		    "message %s of organization %lu is in a state that it can't be in (%s, %s).",
		    id, (unsigned long)org, m.out ? "out" : "in",
		    m.state != NULL ? m.state : "none");
	if (!verify_org(e, org))
		verify_fault(e->v, "message %s belongs to organization %lu, which is not there.",
		    id, (unsigned long)org);
	for (size_t i = 0; s != STATE_COUNT && i < INDEXES; i++)
		look_in(e, &m, i);
	return OK;
}

/* ---- from the indexes ----------------------------------------------------------------------- */

/* The message that an entry of an index names must have its place there. */
static enum result
belongs(struct entry *e, uint32_t org, const char *id)
{
	struct message m;
	struct key k;
	size_t i = 0;

	while (i < INDEXES - 1 && indexes[i].table != e->table)
		i++;
	if (!get_message(e, org, id, &m))
		verify_fault(e->v, "%s names message %s of organization %lu, which is not there.",
		    indexes[i].name, id, (unsigned long)org);
	else if (!indexes[i].key(&m, e->arena, &k) || !verify_same_key(&e->key, &k))
		verify_fault(e->v,
		    "%s has message %s of organization %lu (%s) where it does not belong.",
		    indexes[i].name, id, (unsigned long)org,
		    m.state != NULL ? m.state : "no state");
	return OK;
}

enum result
verify_by_contact(struct entry *e)
{
	const char *contact, *id;
	uint32_t org;

	return verify_key(e, "oti", &org, &contact, &id) ? belongs(e, org, id) : OK;
}

enum result
verify_by_state(struct entry *e)
{
	const char *id;
	uint8_t state;
	uint32_t org;

	return verify_key(e, "obi", &org, &state, &id) ? belongs(e, org, id) : OK;
}

enum result
verify_pair(struct entry *e)
{
	const char *user, *contact;
	uint32_t org;

	return verify_key(e, "ott", &org, &user, &contact)
		   ? belongs(e, org, verify_text(e, &e->value))
		   : OK;
}

enum result
verify_queue(struct entry *e)
{
	uint8_t class_;
	const char *id;
	uint64_t due;
	uint32_t org;

	return verify_key(e, "boui", &class_, &org, &due, &id) ? belongs(e, org, id) : OK;
}

enum result
verify_change(struct entry *e)
{
	uint64_t seq;
	uint32_t org;

	return verify_key(e, "ou", &org, &seq) ? belongs(e, org, verify_text(e, &e->value)) : OK;
}

/* The event of a receipt that waits for its message. */
static enum result
orphan(struct entry *e, uint32_t org, const char *event)
{
	struct key k;

	key_org(&k, org);
	key_id(&k, event);
	if (!verify_has(e, T_EVENTS, &k, NULL))
		verify_fault(e->v,
		    "the index of Bandwidth's ids names event %s of organization %lu, which is not there.",
		    event, (unsigned long)org);
	return OK;
}

enum result
verify_by_service(struct entry *e)
{
	struct key_reader read = {e->key.p, e->key.n};
	unsigned char hash[32];
	const char *text;
	uint8_t kind = 2, letter = 0;
	uint64_t event = 0;
	uint32_t org = 0;
	char id[MESSAGE_ID];
	bool good = key_read_u8(&read, &kind) == 0;

	if (good && kind == 0)
		good = key_read_text(&read, &text) == 0;
	else if (good)
		good = kind == 1 && key_read_bytes(&read, hash, sizeof hash) == 0;
	good = good && key_read_u32(&read, &org) == 0;
	if (good && read.left == 0)
		return belongs(e, org, verify_text(e, &e->value));
	good = good && key_read_u8(&read, &letter) == 0 && letter == 'e' &&
	       key_read_u64(&read, &event) == 0 && read.left == 0;
	if (!good) {
		verify_fault(
		    e->v, "the index of Bandwidth's ids has an entry whose key means nothing.");
		return OK;
	}
	message_id_text(event, id);
	return orphan(e, org, id);
}

enum result
verify_change_seq(struct entry *e)
{
	struct key_reader read = {e->key.p, e->key.n};
	struct cursor *c;
	struct bytes key;
	struct key prefix;
	uint64_t last = 0;
	int64_t seq = 0;
	uint32_t org;

	if (!verify_key(e, "o", &org))
		return OK;
	key_org(&prefix, org);
	(void)rec_get_number(e->tx, T_CHANGE_SEQ, &prefix, false, &seq);
	c = cursor_open(e->tx, T_CHANGES, &prefix, NULL, true);
	if (cursor_next(c, &key, NULL) == OK) {
		read =
		    (struct key_reader){(const unsigned char *)key.p + prefix.n, key.n - prefix.n};
		(void)key_read_u64(&read, &last);
	}
	cursor_close(c);
	if (seq < 0 || (uint64_t)seq < last)
		verify_fault(e->v,
		    "change_seq: organization %lu counts %lld changes, but the last one has number %llu.",
		    (unsigned long)org, (long long)seq, (unsigned long long)last);
	return OK;
}
