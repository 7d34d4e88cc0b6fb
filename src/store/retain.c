/*
 * retain.c: removes what has been kept for long enough (retain.h).
 *
 * Tables: EVENTS, BY_SERVICE, MESSAGES or MEDIA, whose keys begin with organization and id, and
 * ids with their time: so the old ones lie in front.
 */
#include "store/retain.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "org/message.h"
#include "store/events_private.h"
#include "store/media.h"
#include "store/meta.h"
#include "store/messages_private.h"

/* ---- going on where the last one stopped ----------------------------------------------- */

struct pass {
	struct tx *tx;
	uint32_t org;
	enum table table;
	const char *mark; /* name in META, where it goes on */
	bool again;	  /* at the end it begins anew, for those that were passed over */
	int64_t before;
	size_t max;
};

/* What is done with one; its place in the table is behind the id. */
typedef enum result (*pass_fn)(struct pass *, const char *id, const struct bytes *value);

static const char *
mark_name(struct tx *tx, const char *mark, uint32_t org)
{
	return arena_fmt(tx_arena(tx), "%s-%lu", mark, (unsigned long)org);
}

/* Collects the old ones without a lock that would stand in others' way. */
static enum result
collect(struct pass *p, const char *from, struct rec_list *ids, struct rec_list *values, bool *end)
{
	struct key prefix, start;
	struct bytes key, value;
	struct cursor *c;
	const char *id;
	enum result r = OK;

	key_org(&prefix, p->org);
	start = prefix;
	if (from != NULL && message_id_valid(from))
		key_u64(&start, message_id_number(from) + 1);
	c = cursor_open(p->tx, p->table, &prefix, &start, false);
	*end = true;
	while ((r = cursor_next(c, &key, &value)) == OK) {
		struct bytes head = {key.p, key.n < 12 ? key.n : 12};

		id = key_last_id(&head, tx_arena(p->tx));
		if (id == NULL || message_id_time(id) >= p->before)
			break;
		if (ids->count == p->max) {
			*end = false;
			break;
		}
		*(const char **)rec_list_add(ids) = id;
		*(struct bytes *)rec_list_add(values) = value;
	}
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

static enum result
run(struct pass *p, pass_fn fn, bool *more)
{
	struct rec_list ids = REC_LIST(tx_arena(p->tx), const char *);
	struct rec_list values = REC_LIST(tx_arena(p->tx), struct bytes);
	const char *mark = mark_name(p->tx, p->mark, p->org), *from = NULL, *last = NULL;
	bool end = true;
	enum result r = meta_get(p->tx, mark, tx_arena(p->tx), &from);

	if (r == OK || r == NOT_FOUND)
		r = collect(p, from, &ids, &values, &end);
	for (size_t i = 0; r == OK && i < ids.count; i++) {
		last = ((const char **)ids.items)[i];
		r = fn(p, last, &((struct bytes *)values.items)[i]);
	}
	*more = !end;
	if (r != OK)
		return r;
	if (end && p->again)
		return from != NULL ? meta_put(p->tx, mark, NULL) : OK;
	return last != NULL ? meta_put(p->tx, mark, last) : OK;
}

/* ---- each kind --------------------------------------------------------------------------- */

static enum result
drop_receipt(struct pass *p, const char *id, const struct bytes *value)
{
	struct stored_event e;

	if (record_read(stored_event_fields, value->p, value->n, tx_arena(p->tx), &e) != 0 ||
	    e.service_id == NULL)
		return OK;
	return orphans_drop(p->tx, p->org, e.service_id, id);
}

static enum result
drop_event(struct pass *p, const char *id, const struct bytes *value)
{
	struct stored_event e;
	struct key k;
	enum result r;

	event_record_key(&k, p->org, id);
	r = rec_get(p->tx, T_EVENTS, &k, true, stored_event_fields, tx_arena(p->tx), &e);
	if (r == NOT_FOUND || r == DAMAGED || (r == OK && tray_listed(&e)))
		return OK;
	if (r == OK)
		r = kv_del(p->tx, T_EVENTS, &k);
	return r == OK ? drop_receipt(p, id, value) : r;
}

enum result
retain_events(struct tx *tx, uint32_t org, int64_t before, size_t max, bool *more)
{
	struct pass p = {tx, org, T_EVENTS, "retain-events", true, before, max};

	return run(&p, drop_event, more);
}

enum result
retain_receipts(struct tx *tx, uint32_t org, int64_t before, size_t max, bool *more)
{
	struct pass p = {tx, org, T_EVENTS, "retain-receipts", false, before, max};

	return run(&p, drop_receipt, more);
}

#define TEXT_MARK "retain-text"

/*
 * Did it come in since then by Bandwidth's time?  Ids are of this machine's clock, and while that
 * was years behind, what came in looked old from the beginning.
 */
static bool
came_since(const struct pass *p, const struct message *m)
{
	return !m->out && m->sent >= p->before;
}

/* Does nobody wait for what becomes of it, and are there words? */
static bool
may_forget_words(const struct message *m)
{
	enum message_state s = message_state(m);

	return (s == STATE_RECEIVED || s == STATE_SENT || state_final(s)) &&
	       (m->text != NULL || m->media.count > 0);
}

/* No index and no list of changes speaks of the words, so nobody is told anew. */
static void
forget_words(struct tx *tx, struct message *m)
{
	m->text = NULL;
	m->media = (struct text_list){NULL, 0};
	m->text_removed = tx_now(tx);
}

static enum result
drop_text(struct pass *p, const char *id, const struct bytes *value)
{
	struct message m;
	struct key k;
	enum result r;

	(void)value;
	message_key(&k, p->org, id);
	r = rec_get(p->tx, T_MESSAGES, &k, true, message_fields, tx_arena(p->tx), &m);
	if (r != OK)
		return r == NOT_FOUND || r == DAMAGED ? OK : r;
	if (!may_forget_words(&m) || came_since(p, &m))
		return OK;
	forget_words(p->tx, &m);
	return rec_put(p->tx, T_MESSAGES, &k, message_fields, &m);
}

enum result
retain_text(struct tx *tx, uint32_t org, int64_t before, size_t max, bool *more)
{
	struct pass p = {tx, org, T_MESSAGES, TEXT_MARK, false, before, max};

	return run(&p, drop_text, more);
}

enum result
retain_text_late(struct tx *tx, struct message *m)
{
	const char *past = NULL;
	enum result r;

	/* Of what is younger than the shortest time there is, nothing needs to be read. */
	if (!may_forget_words(m) || message_id_time(m->id) > tx_now(tx) - CLOCK_DAY)
		return OK;
	r = meta_get(tx, mark_name(tx, TEXT_MARK, (uint32_t)m->org), tx_arena(tx), &past);
	if (r == OK && strcmp(m->id, past) <= 0)
		forget_words(tx, m);
	return r == NOT_FOUND ? OK : r;
}

/* The message says from then on that something came with it which is not there any more. */
static enum result
drop_media(struct pass *p, const char *id, const struct bytes *value)
{
	struct message m;
	struct key k;
	enum result r, got;

	(void)value;
	message_key(&k, p->org, id);
	got = rec_get(p->tx, T_MESSAGES, &k, true, message_fields, tx_arena(p->tx), &m);
	if (got != OK && got != NOT_FOUND && got != DAMAGED)
		return got;
	if (got == OK && came_since(p, &m))
		return OK;
	r = media_remove(p->tx, p->org, id);
	if (r != OK || got != OK || m.media_removed != 0)
		return r;
	m.media_removed = tx_now(p->tx);
	return rec_put(p->tx, T_MESSAGES, &k, message_fields, &m);
}

enum result
retain_media(struct tx *tx, uint32_t org, int64_t before, size_t max, bool *more)
{
	struct pass p = {tx, org, T_MEDIA, "retain-media", true, before, max};

	return run(&p, drop_media, more);
}
