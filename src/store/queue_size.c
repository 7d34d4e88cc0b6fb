/*
 * queue_size.c: how much each organization has queued, so that the end of a long queue can be
 * told without walking through it.
 *
 * Table: QUEUE_SIZE, a function of the queued messages that messages_put keeps; an organization
 * with nothing queued has no record.
 */
#include <string.h>

#include "base/arena.h"
#include "store/messages_private.h"
#include "store/meta.h"
#include "store/orgs.h"
#include "store/store.h"

#define COUNTED "queue-counted" /* in META, once a store from before is counted */
#define PIECE 200		/* messages looked at in one transaction */

static const struct field size_fields[] = {
    FIELD(struct queue_size, FIELD_INT, org),
    FIELD(struct queue_size, FIELD_INT, replies),
    FIELD(struct queue_size, FIELD_INT, reply_segments),
    FIELD(struct queue_size, FIELD_INT, others),
    FIELD(struct queue_size, FIELD_INT, other_segments),
    FIELD_END,
};

/* ---- changing -------------------------------------------------------------------- */

/* Adds a message as often as times says, if it is queued. */
static void
add(struct queue_size *s, const struct message *m, int64_t times)
{
	if (m == NULL || message_state(m) != STATE_QUEUED)
		return;
	if (m->reply) {
		s->replies += times;
		s->reply_segments += times * message_cost(m);
	} else {
		s->others += times;
		s->other_segments += times * message_cost(m);
	}
}

static bool
nothing(const struct queue_size *s)
{
	return s->replies == 0 && s->reply_segments == 0 && s->others == 0 &&
	       s->other_segments == 0;
}

static enum result
put(struct tx *tx, const struct queue_size *s)
{
	struct key k;
	enum result r;

	key_org(&k, (uint32_t)s->org);
	if (!nothing(s))
		return rec_put(tx, T_QUEUE_SIZE, &k, size_fields, s);
	r = kv_del(tx, T_QUEUE_SIZE, &k);
	return r == NOT_FOUND ? OK : r;
}

enum result
queue_size_change(struct tx *tx, const struct message *old, const struct message *now)
{
	struct queue_size change = {0}, s;
	struct key k;
	enum result r;

	add(&change, old, -1);
	add(&change, now, 1);
	if (nothing(&change))
		return OK;
	key_org(&k, (uint32_t)now->org);
	r = rec_get(tx, T_QUEUE_SIZE, &k, true, size_fields, tx_arena(tx), &s);
	if (r == NOT_FOUND)
		s = (struct queue_size){.org = now->org};
	else if (r != OK)
		return r;
	s.replies += change.replies;
	s.reply_segments += change.reply_segments;
	s.others += change.others;
	s.other_segments += change.other_segments;
	return put(tx, &s);
}

/* ---- reading ----------------------------------------------------------------------- */

enum result
queue_size(struct tx *tx, uint32_t org, struct queue_size *out)
{
	struct key k;
	enum result r;

	key_org(&k, org);
	r = rec_get(tx, T_QUEUE_SIZE, &k, false, size_fields, tx_arena(tx), out);
	if (r != NOT_FOUND)
		return r;
	*out = (struct queue_size){.org = org};
	return OK;
}

enum result
queue_size_next(struct tx *tx, uint32_t org, struct queue_size *out)
{
	struct bytes key, value;
	struct cursor *c;
	struct key from;
	enum result r;

	if (org == UINT32_MAX)
		return NOT_FOUND;
	key_org(&from, org + 1);
	c = cursor_open(tx, T_QUEUE_SIZE, NULL, &from, false);
	r = cursor_next(c, &key, &value);
	if (r == OK)
		r = rec_read(T_QUEUE_SIZE, &value, size_fields, tx_arena(tx), out);
	cursor_close(c);
	return r;
}

/* ---- a store from before ----------------------------------------------------------------- */

struct counting {
	struct arena *arena;
	uint32_t org;		  /* the one at hand; all below are counted */
	const char *after, *last; /* where a piece begins and ends */
	size_t n;		  /* found by the last transaction */
	struct queue_size size, piece;
	bool done;
};

static enum result
next_org(struct tx *tx, void *arg)
{
	struct counting *c = arg;
	struct organization *list;
	const char *counted;
	enum result r = meta_get(tx, COUNTED, tx_arena(tx), &counted);

	c->done = r == OK;
	if (r != NOT_FOUND)
		return r;
	c->n = 0;
	r = orgs_list(tx, c->org, 1, tx_arena(tx), &list, &c->n);
	if (r == OK && c->n > 0)
		c->org = (uint32_t)list[0].id;
	return r;
}

static enum result
count_piece(struct tx *tx, void *arg)
{
	struct counting *c = arg;
	const char **ids;
	struct message m;
	enum result r =
	    messages_in_state(tx, c->org, STATE_QUEUED, c->after, PIECE, tx_arena(tx), &ids, &c->n);

	c->piece = c->size;
	for (size_t i = 0; r == OK && i < c->n; i++) {
		r = messages_get(tx, c->org, ids[i], false, tx_arena(tx), &m);
		if (r == OK)
			add(&c->piece, &m, 1);
		else if (r == DAMAGED || r == NOT_FOUND) /* logged; spokectl verify names it */
			r = OK;
	}
	if (r == OK && c->n > 0)
		c->last = arena_str(c->arena, ids[c->n - 1]);
	return r;
}

static enum result
put_counted(struct tx *tx, void *arg)
{
	return put(tx, arg);
}

static enum result
say_counted(struct tx *tx, void *arg)
{
	(void)arg;
	return meta_put(tx, COUNTED, "yes");
}

/* One organization's, and its sum: the same, however often it is done. */
static enum result
count_org(struct store *store, struct counting *c)
{
	enum result r;

	arena_reset(c->arena);
	c->after = NULL;
	c->size = (struct queue_size){.org = c->org};
	do {
		r = store_read(store, count_piece, c);
		c->size = c->piece;
		c->after = c->last;
	} while (r == OK && c->n == PIECE);
	return r == OK ? store_run(store, put_counted, &c->size) : r;
}

enum result
queue_upgrade(struct store *store)
{
	struct counting c = {.arena = arena_new()};
	enum result r;

	do {
		r = store_read(store, next_org, &c);
		if (r == OK && !c.done && c.n > 0)
			r = count_org(store, &c);
		else if (r == OK && !c.done)
			r = store_run(store, say_counted, NULL);
	} while (r == OK && !c.done);
	arena_free(c.arena);
	return r == OK ? store_flush(store) : r;
}
