/*
 * events.c: events as received, and the memory of duplicates.  The tray that
 * shows some of them to a person: tray.c.
 *
 * Tables: SEEN, EVENTS, TRAY; BY_SERVICE for receipts that came too early.
 */
#include "store/events.h"

#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "org/message.h"
#include "store/events_private.h"

const struct field stored_event_fields[] = {
    FIELD(struct stored_event, FIELD_INT, org),
    FIELD(struct stored_event, FIELD_TEXT, id),
    FIELD(struct stored_event, FIELD_INT, received),
    FIELD(struct stored_event, FIELD_TEXT, type),
    FIELD(struct stored_event, FIELD_TEXT, raw),
    FIELD(struct stored_event, FIELD_BOOL, base64),
    FIELD(struct stored_event, FIELD_TEXT, effect),
    FIELD(struct stored_event, FIELD_TEXT, message),
    FIELD(struct stored_event, FIELD_TEXT, tray),
    FIELD(struct stored_event, FIELD_INT, tray_done),
    FIELD(struct stored_event, FIELD_TEXT, service_id),
    FIELD(struct stored_event, FIELD_TEXT, request),
    FIELD_END,
};

/* ---- duplicates ----------------------------------------------------------------------- */

enum result
seen_add(struct tx *tx, uint32_t org, const unsigned char key[32])
{
	const char *now = arena_fmt(tx_arena(tx), "%lld", (long long)tx_now(tx));
	struct key k;

	key_org(&k, org);
	key_bytes(&k, key, 32);
	return kv_put_new(tx, T_SEEN, &k, now, strlen(now));
}

static bool
seen_old(const struct bytes *key, const struct bytes *value, void *arg)
{
	const int64_t *before = arg;
	int64_t then;

	(void)key;
	return parse_i64(value->p, value->n, 0, INT64_MAX, &then) != 0 || then < *before;
}

enum result
seen_expire(struct tx *tx, uint32_t org, int64_t before, size_t max, size_t *removed, bool *more)
{
	const char *name = arena_fmt(tx_arena(tx), "sweep-seen-%lu", (unsigned long)org);
	struct key prefix;

	key_org(&prefix, org);
	return rec_sweep(tx, T_SEEN, &prefix, name, max, seen_old, &before, removed, more);
}

/* ---- events --------------------------------------------------------------------------- */

void
event_record_key(struct key *k, uint32_t org, const char *id)
{
	key_org(k, org);
	key_id(k, id);
}

/* Are these the same event, of which something changed, and not two with the same id? */
static bool
same_event(const struct stored_event *a, const struct stored_event *b)
{
	return a->received == b->received && a->base64 == b->base64 && a->raw != NULL &&
	       b->raw != NULL && strcmp(a->raw, b->raw) == 0;
}

/* Writes an event that is there already. */
static enum result
events_change(struct tx *tx, const struct key *k, const struct stored_event *e)
{
	struct stored_event old;
	enum result r;

	r = rec_get(tx, T_EVENTS, k, true, stored_event_fields, tx_arena(tx), &old);
	if (r != OK)
		return r;
	if (!same_event(&old, e))
		return EXISTS;
	r = rec_put(tx, T_EVENTS, k, stored_event_fields, e);
	return r == OK ? tray_sync(tx, e, tray_listed(&old), tray_listed(e)) : r;
}

enum result
events_put(struct tx *tx, const struct stored_event *e)
{
	struct key k;
	enum result r;

	event_record_key(&k, (uint32_t)e->org, e->id);
	r = rec_put_new(tx, T_EVENTS, &k, stored_event_fields, e);
	if (r == EXISTS)
		return events_change(tx, &k, e);
	return r == OK ? tray_sync(tx, e, false, tray_listed(e)) : r;
}

enum result
events_get(struct tx *tx, uint32_t org, const char *id, struct arena *a, struct stored_event *out)
{
	struct key k;

	if (!message_id_valid(id))
		return NOT_FOUND;
	event_record_key(&k, org, id);
	return rec_get(tx, T_EVENTS, &k, false, stored_event_fields, a, out);
}

bool
key_before(struct key *from, const struct key *prefix, const char *before)
{
	uint64_t number = message_id_valid(before) ? message_id_number(before) : 0;

	*from = *prefix;
	if (number > 0)
		key_u64(from, number - 1);
	return number > 0;
}

enum result
events_list(struct tx *tx, uint32_t org, const char *before, size_t max, struct arena *a,
    struct stored_event **list, size_t *count)
{
	struct rec_list l = REC_LIST(a, struct stored_event);
	struct bytes key, value;
	struct key prefix, from;
	struct cursor *c;
	bool cut;
	enum result r = OK;

	key_org(&prefix, org);
	cut = key_before(&from, &prefix, before);
	c = cursor_open(tx, T_EVENTS, &prefix, cut ? &from : NULL, true);
	while (l.count < max && (r = cursor_next(c, &key, &value)) == OK) {
		if (rec_read(T_EVENTS, &value, stored_event_fields, a, rec_list_add(&l)) != OK)
			rec_list_drop(&l);
	}
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

/* ---- receipts that came before the answer ------------------------------------------------- */

/* Entries lie behind the one of the message itself: Bandwidth's id, org, 'e', event. */
static void
orphan_prefix(struct key *k, uint32_t org, const char *service_id)
{
	key_start(k);
	key_opaque(k, service_id);
	key_u32(k, org);
	key_u8(k, 'e');
}

enum result
orphans_put(struct tx *tx, uint32_t org, const char *service_id, const char *event)
{
	struct key k;

	orphan_prefix(&k, org, service_id);
	key_id(&k, event);
	return kv_put(tx, T_BY_SERVICE, &k, "", 0);
}

enum result
orphans_drop(struct tx *tx, uint32_t org, const char *service_id, const char *event)
{
	struct key k;
	enum result r;

	orphan_prefix(&k, org, service_id);
	key_id(&k, event);
	r = kv_del(tx, T_BY_SERVICE, &k);
	return r == NOT_FOUND ? OK : r;
}

enum result
orphans_take(
    struct tx *tx, uint32_t org, const char *service_id, struct arena *a, struct text_list *events)
{
	struct rec_list l = REC_LIST(a, const char *);
	struct bytes key;
	struct key prefix;
	struct cursor *c;
	const char *id;
	enum result r;

	orphan_prefix(&prefix, org, service_id);
	c = cursor_open(tx, T_BY_SERVICE, &prefix, NULL, false);
	cursor_for_update(c);
	while ((r = cursor_next(c, &key, NULL)) == OK) {
		id = key_last_id(&key, a);
		if (id != NULL)
			*(const char **)rec_list_add(&l) = id;
		(void)cursor_del(c); /* a failure shows at the next step */
	}
	cursor_close(c);
	events->items = l.items;
	events->count = l.count;
	return r == NOT_FOUND ? OK : r;
}
