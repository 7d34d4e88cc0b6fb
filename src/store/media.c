/*
 * store/media.c: attachments: their records, the order in which they are fetched, and what
 * remains to be removed (store/media.h).
 *
 * Tables: MEDIA, MEDIA_DUE, MEDIA_GONE, all before MESSAGES.  MEDIA_DUE sorts by
 * organization, then due time, so that one with many does not stand in another's way.
 */
#include "store/media.h"

#include <string.h>

#include "base/arena.h"
#include "store/rec.h"

/* ---- keys -------------------------------------------------------------------------- */

static void
message_prefix(struct key *k, uint32_t org, const char *message)
{
	key_org(k, org);
	key_id(k, message);
}

static void
media_key(struct key *k, uint32_t org, const char *message, unsigned place)
{
	message_prefix(k, org, message);
	if (place >= MEDIA_PLACES)
		k->failed = true;
	key_u8(k, (uint8_t)place);
}

static void
due_key(struct key *k, uint32_t org, int64_t due, const char *message, unsigned place)
{
	key_org(k, org);
	key_u64(k, due > 0 ? (uint64_t)due : 0);
	key_id(k, message);
	key_u8(k, (uint8_t)place);
}

/* Message and place, the end of every key here. */
static int
read_end(struct key_reader *read, struct media_ref *out)
{
	uint64_t id;
	uint8_t place;

	if (key_read_u64(read, &id) != 0 || key_read_u8(read, &place) != 0)
		return -1;
	message_id_text(id, out->message);
	out->place = place;
	return 0;
}

static int
due_read(const struct bytes *key, struct media_ref *out)
{
	struct key_reader read = {key->p, key->n};
	uint64_t due;

	if (key_read_u32(&read, &out->org) != 0 || key_read_u64(&read, &due) != 0)
		return -1;
	out->due = (int64_t)due;
	return read_end(&read, out);
}

/* ---- records ------------------------------------------------------------------------ */

static enum result
due_put(struct tx *tx, const struct media *m, bool there)
{
	struct key k;
	enum result r;

	due_key(&k, (uint32_t)m->org, m->due, m->message, (unsigned)m->place);
	if (there)
		return kv_put(tx, T_MEDIA_DUE, &k, "", 0);
	r = kv_del(tx, T_MEDIA_DUE, &k);
	return r == NOT_FOUND ? OK : r;
}

static enum result
write_record(struct tx *tx, const struct media *m)
{
	struct key k;

	media_key(&k, (uint32_t)m->org, m->message, (unsigned)m->place);
	return rec_put(tx, T_MEDIA, &k, media_fields, m);
}

static void
fill(struct media *m, const struct message *msg, size_t place, bool wanted, int64_t now)
{
	*m = (struct media){.org = msg->org,
	    .message = msg->id,
	    .place = (int64_t)place,
	    .url = msg->media.items[place],
	    .state = wanted ? "waiting" : "failed",
	    .why = wanted ? NULL : "too-many",
	    .created = now,
	    .due = wanted ? now : 0,
	    .finished = wanted ? 0 : now};
}

enum result
media_add(struct tx *tx, const struct message *msg, size_t most, bool *waiting)
{
	size_t count = msg->media.count < MEDIA_PLACES ? msg->media.count : MEDIA_PLACES, i;
	struct media m;
	enum result r = OK;

	*waiting = count > 0 && most > 0;
	for (i = 0; r == OK && i < count; i++) {
		fill(&m, msg, i, i < most, tx_now(tx));
		r = write_record(tx, &m);
	}
	for (i = 0; r == OK && i < count && i < most; i++) {
		fill(&m, msg, i, true, tx_now(tx));
		r = due_put(tx, &m, true);
	}
	return r;
}

enum result
media_get(struct tx *tx, uint32_t org, const char *message, unsigned place, bool for_update,
    struct arena *a, struct media *out)
{
	struct key k;

	if (!message_id_valid(message) || place >= MEDIA_PLACES)
		return NOT_FOUND;
	media_key(&k, org, message, place);
	return rec_get(tx, T_MEDIA, &k, for_update, media_fields, a, out);
}

enum result
media_list(struct tx *tx, uint32_t org, const char *message, struct arena *a, struct media **list,
    size_t *count)
{
	struct rec_list l = REC_LIST(a, struct media);
	struct bytes key, value;
	struct key prefix;
	struct cursor *c;
	enum result r;

	*count = 0;
	if (!message_id_valid(message))
		return NOT_FOUND;
	message_prefix(&prefix, org, message);
	c = cursor_open(tx, T_MEDIA, &prefix, NULL, false);
	while ((r = cursor_next(c, &key, &value)) == OK)
		if (rec_read(T_MEDIA, &value, media_fields, a, rec_list_add(&l)) != OK)
			rec_list_drop(&l); /* logged; the others are shown all the same */
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

enum result
media_put(struct tx *tx, const struct media *old, const struct media *now)
{
	bool same = media_waiting(old) && media_waiting(now) && old->due == now->due;
	enum result r = write_record(tx, now);

	if (r == OK && media_waiting(old) && !same)
		r = due_put(tx, old, false);
	if (r == OK && media_waiting(now) && !same)
		r = due_put(tx, now, true);
	return r;
}

/* ---- what waits ----------------------------------------------------------------------- */

/* The first entry with this prefix (NULL: any), at or behind from. */
static enum result
first_due(struct tx *tx, const struct key *prefix, const struct key *from, struct media_ref *out)
{
	struct cursor *c = cursor_open(tx, T_MEDIA_DUE, prefix, from, false);
	struct bytes key;
	enum result r = cursor_next(c, &key, NULL);

	cursor_close(c);
	return r == OK && due_read(&key, out) != 0 ? DAMAGED : r;
}

enum result
media_next_org(struct tx *tx, uint32_t org, struct media_ref *first)
{
	struct key from;

	if (org == UINT32_MAX)
		return NOT_FOUND;
	key_org(&from, org + 1);
	return first_due(tx, NULL, &from, first);
}

enum result
media_first(struct tx *tx, uint32_t org, const struct media_ref *after, struct media_ref *out)
{
	struct key prefix, from;

	key_org(&prefix, org);
	from = prefix;
	if (after != NULL) { /* the key after that one: a byte longer */
		due_key(&from, org, after->due, after->message, after->place);
		key_u8(&from, 0);
	}
	return first_due(tx, &prefix, &from, out);
}

enum result
media_drop(struct tx *tx, const struct media_ref *ref)
{
	struct key k;
	enum result r;

	due_key(&k, ref->org, ref->due, ref->message, ref->place);
	r = kv_del(tx, T_MEDIA_DUE, &k);
	return r == NOT_FOUND ? OK : r;
}

/* ---- what goes ------------------------------------------------------------------------ */

/* Takes the records of a message out; *due are those that waited, places[] all of them. */
static enum result
take_records(struct tx *tx, uint32_t org, const char *message, struct rec_list *due,
    bool places[MEDIA_PLACES])
{
	struct bytes key, value;
	struct media_ref ref;
	struct key prefix;
	struct media m;
	struct cursor *c;
	enum result r;

	message_prefix(&prefix, org, message);
	c = cursor_open(tx, T_MEDIA, &prefix, NULL, false);
	cursor_for_update(c);
	while ((r = cursor_next(c, &key, &value)) == OK) {
		struct key_reader read = {(const unsigned char *)key.p + 4, key.n - 4};

		if (read_end(&read, &ref) == 0 && ref.place < MEDIA_PLACES)
			places[ref.place] = true;
		/* An unreadable one may leave an entry in MEDIA_DUE, which the worker drops. */
		if (rec_read(T_MEDIA, &value, media_fields, tx_arena(tx), &m) == OK &&
		    media_waiting(&m))
			*(struct media *)rec_list_add(due) = m;
		r = cursor_del(c);
		if (r != OK)
			break;
	}
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

enum result
media_remove(struct tx *tx, uint32_t org, const char *message)
{
	struct rec_list due = REC_LIST(tx_arena(tx), struct media);
	bool places[MEDIA_PLACES] = {false};
	const struct media *list;
	struct key k;
	unsigned place;
	size_t i;
	enum result r;

	if (!message_id_valid(message))
		return NOT_FOUND;
	r = take_records(tx, org, message, &due, places);
	list = due.items;
	for (i = 0; r == OK && i < due.count; i++)
		r = due_put(tx, &list[i], false);
	for (place = 0; r == OK && place < MEDIA_PLACES; place++) {
		if (!places[place])
			continue;
		media_key(&k, org, message, place);
		r = kv_put(tx, T_MEDIA_GONE, &k, "", 0);
	}
	return r;
}

enum result
media_gone_first(struct tx *tx, struct media_ref *out)
{
	struct cursor *c = cursor_open(tx, T_MEDIA_GONE, NULL, NULL, false);
	struct key_reader read;
	struct bytes key;
	enum result r = cursor_next(c, &key, NULL);

	cursor_close(c);
	if (r != OK)
		return r;
	read = (struct key_reader){key.p, key.n};
	out->due = 0;
	return key_read_u32(&read, &out->org) == 0 && read_end(&read, out) == 0 ? OK : DAMAGED;
}

enum result
media_gone_done(struct tx *tx, const struct media_ref *ref)
{
	struct key k;
	enum result r;

	media_key(&k, ref->org, ref->message, ref->place);
	r = kv_del(tx, T_MEDIA_GONE, &k);
	return r == NOT_FOUND ? OK : r;
}
