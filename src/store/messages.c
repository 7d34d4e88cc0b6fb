/*
 * messages.c: writing and reading one message.
 *
 * Tables: MESSAGES (locked first), PAIRS, BY_CONTACT, BY_SERVICE, BY_STATE,
 * QUEUE, then CHANGE_SEQ, CHANGES and QUEUE_SIZE, in which every write of an
 * organization queues up: put messages as late in a transaction as possible, and several
 * of them one after the other.
 */
#include "store/messages.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "store/messages_private.h"

void
message_key(struct key *k, uint32_t org, const char *id)
{
	key_org(k, org);
	key_id(k, id);
}

/* ---- the order of commits ------------------------------------------------------- */

/* The place of the organization's latest change; 0: there was none. */
static enum result
change_last(struct tx *tx, uint32_t org, bool update, int64_t *last)
{
	struct key k;
	enum result r;

	key_org(&k, org);
	r = rec_get_number(tx, T_CHANGE_SEQ, &k, update, last);
	return r == NOT_FOUND ? OK : r;
}

static enum result
change_note(struct tx *tx, uint32_t org, int64_t last)
{
	struct key k;

	key_org(&k, org);
	return rec_put_number(tx, T_CHANGE_SEQ, &k, last);
}

/* Takes the next place in the organization's order, gives up the former one. */
static enum result
change_take(struct tx *tx, const struct message *old, struct message *now)
{
	uint32_t org = (uint32_t)now->org;
	struct key k;
	int64_t last;
	enum result r = change_last(tx, org, true, &last);

	if (r == OK)
		r = change_note(tx, org, last + 1);
	if (r != OK)
		return r;
	if (old != NULL && old->seq > 0) {
		key_org(&k, org);
		key_u64(&k, (uint64_t)old->seq);
		r = kv_del(tx, T_CHANGES, &k);
		if (r != OK && r != NOT_FOUND)
			return r;
	}
	now->seq = last + 1;
	key_org(&k, org);
	key_u64(&k, (uint64_t)now->seq);
	return kv_put(tx, T_CHANGES, &k, now->id, strlen(now->id));
}

enum result
messages_last_change(struct tx *tx, uint32_t org, int64_t *seq)
{
	return change_last(tx, org, false, seq);
}

enum result
messages_leap(struct tx *tx, uint32_t org, int64_t least)
{
	int64_t last;
	enum result r = change_last(tx, org, true, &last);

	return r == OK && last < least ? change_note(tx, org, least) : r;
}

/* ---- putting ---------------------------------------------------------------------- */

/* May it be written as it is?  OK, REFUSED or FAILED, logged. */
static enum result
check(const struct message *old, const struct message *now)
{
	enum message_state to = message_state(now);
	bool fits;

	if (now->org <= 0 || now->org > UINT32_MAX || !message_id_valid(now->id)) {
		log_error("messages_put: a message without organization or id");
		return FAILED;
	}
	if (old == NULL)
		fits = to != STATE_COUNT && now->out == (to != STATE_RECEIVED);
	else
		fits = old->out == now->out && state_may_follow(message_state(old), to);
	if (fits)
		return OK;
	log_warn("message %s of organization %lld: %s may not follow %s", now->id,
	    (long long)now->org, state_name(to),
	    old == NULL ? "nothing" : state_name(message_state(old)));
	return REFUSED;
}

/* Takes the lock of a new message's place; EXISTS if it is not free. */
static enum result
claim_place(struct tx *tx, const struct key *k)
{
	struct bytes value;
	enum result r = kv_get(tx, T_MESSAGES, k, true, &value);

	if (r == NOT_FOUND)
		return OK;
	return r == OK ? EXISTS : r;
}

enum result
messages_put(struct tx *tx, const struct message *old, struct message *now)
{
	struct key k;
	enum result r = check(old, now);

	if (r != OK)
		return r;
	message_key(&k, (uint32_t)now->org, now->id);
	if (old == NULL)
		r = claim_place(tx, &k);
	if (r == OK)
		r = messages_index(tx, old, now);
	if (r != OK)
		return r;
	now->updated = tx_now(tx);
	if (now->created == 0)
		now->created = now->updated;
	r = change_take(tx, old, now);
	if (r == OK)
		r = queue_size_change(tx, old, now);
	return r == OK ? rec_put(tx, T_MESSAGES, &k, message_fields, now) : r;
}

/* ---- removing --------------------------------------------------------------------- */

enum result
messages_delete(struct tx *tx, const struct message *m)
{
	uint32_t org = (uint32_t)m->org;
	struct key k;
	enum result r;

	if (state_listed(message_state(m)))
		return REFUSED;
	message_key(&k, org, m->id);
	r = kv_del(tx, T_MESSAGES, &k);
	if (r == OK)
		r = messages_index(tx, m, NULL);
	if (r != OK || m->seq <= 0)
		return r;
	key_org(&k, org);
	key_u64(&k, (uint64_t)m->seq);
	r = kv_del(tx, T_CHANGES, &k);
	return r == NOT_FOUND ? OK : r;
}

/* ---- getting ---------------------------------------------------------------------- */

enum result
messages_get(struct tx *tx, uint32_t org, const char *id, bool for_update, struct arena *a,
    struct message *out)
{
	struct key k;
	enum result r;

	if (!message_id_valid(id))
		return NOT_FOUND;
	message_key(&k, org, id);
	r = rec_get(tx, T_MESSAGES, &k, for_update, message_fields, a, out);
	if (r == OK && message_state(out) == STATE_COUNT) {
		log_error("message %s of organization %lu has no state", id, (unsigned long)org);
		r = DAMAGED;
	}
	return r;
}

enum result
messages_by_service(
    struct tx *tx, uint32_t org, const char *service_id, struct arena *a, const char **id)
{
	struct key k;

	key_start(&k);
	key_opaque(&k, service_id);
	key_u32(&k, org);
	return rec_get_text(tx, T_BY_SERVICE, &k, false, a, id);
}
