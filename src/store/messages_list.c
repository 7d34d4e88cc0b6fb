/*
 * messages_list.c: lists of messages: newest first, in the order of commits,
 * and by state.
 */
#include <string.h>

#include "base/arena.h"
#include "store/messages_private.h"

#define LIMIT_MAX 200
/* An id's time may lie this far from the message's created. */
#define SINCE_SLACK 60000

/* ---- newest first ----------------------------------------------------------------- */

struct walk {
	bool heads; /* only the newest message of each contact */
	struct tx *tx;
	const struct message_filter *f;
	enum table table;
	struct cursor *cursor;
	struct arena *arena;
};

static size_t
limit_of(const struct message_filter *f)
{
	if (f->limit == 0)
		return 1;
	return f->limit > LIMIT_MAX ? LIMIT_MAX : f->limit;
}

/* Chooses the shortest index that holds all that is asked for. */
static void
walk_prefix(struct walk *w, struct key *prefix)
{
	enum message_state s = STATE_COUNT;

	if (w->f->contact != NULL) {
		w->table = T_BY_CONTACT;
		by_contact_prefix(prefix, w->f->org, w->f->contact);
	} else if (state_parse(w->f->state, &s) == 0 && state_listed(s)) {
		w->table = T_BY_STATE;
		by_state_prefix(prefix, w->f->org, s);
	} else {
		w->table = T_MESSAGES;
		key_org(prefix, w->f->org);
	}
}

/* False when nothing can be found: no such state, or nothing is older than the cursor. */
static bool
walk_open(struct walk *w)
{
	struct key prefix, from;
	enum message_state s;
	uint64_t before = 0;

	if (w->f->state != NULL && state_parse(w->f->state, &s) != 0)
		return false;
	walk_prefix(w, &prefix);
	if (w->f->before != NULL) {
		before = message_id_valid(w->f->before) ? message_id_number(w->f->before) : 0;
		if (before == 0)
			return false;
		from = prefix;
		key_u64(&from, before - 1);
	}
	w->cursor = cursor_open(w->tx, w->table, &prefix, before == 0 ? NULL : &from, true);
	return true;
}

static bool
matches(const struct message_filter *f, const struct message *m)
{
	if (f->direction != 0 && m->out != (f->direction == 'o'))
		return false;
	if (f->state != NULL && strcmp(f->state, m->state) != 0)
		return false;
	return f->since == 0 || m->created >= f->since;
}

/* The message of an entry; what cannot be read is not listed. */
static bool
walk_read(const struct walk *w, const char *id, const struct bytes *value, struct message *m)
{
	if (w->table != T_MESSAGES)
		return messages_get(w->tx, w->f->org, id, false, w->arena, m) == OK;
	return rec_read(T_MESSAGES, value, message_fields, w->arena, m) == OK &&
	       message_state(m) != STATE_COUNT;
}

/* Is it the newest message of its contact? */
static bool
newest(const struct walk *w, const struct message *m)
{
	struct key prefix;
	struct cursor *c;
	struct bytes key;
	const char *id = NULL;

	if (m->contact_number == NULL)
		return false;
	by_contact_prefix(&prefix, w->f->org, m->contact_number);
	c = cursor_open(w->tx, T_BY_CONTACT, &prefix, NULL, true);
	if (cursor_next(c, &key, NULL) == OK)
		id = key_last_id(&key, tx_arena(w->tx));
	cursor_close(c);
	return id != NULL && strcmp(id, m->id) == 0;
}

/* Reads the message of an entry to the end of the list, unless it does not belong there. */
static void
walk_take(const struct walk *w, struct rec_list *l, const char *id, const struct bytes *value)
{
	struct message *m = rec_list_add(l);

	if (!walk_read(w, id, value, m) || !matches(w->f, m) || (w->heads && !newest(w, m)))
		rec_list_drop(l);
}

/* One step: OK with *id set to the entry looked at, NOT_FOUND past the end or past since. */
static enum result
walk_step(const struct walk *w, struct rec_list *l, const char **id)
{
	struct bytes key, value = {NULL, 0};
	enum result r;

	r = cursor_next(w->cursor, &key, w->table == T_MESSAGES ? &value : NULL);
	if (r != OK)
		return r;
	*id = key_last_id(&key, w->arena);
	if (*id == NULL || message_id_time(*id) + SINCE_SLACK < w->f->since)
		return NOT_FOUND;
	walk_take(w, l, *id, &value);
	return OK;
}

/* Fills a page: up to the limit, or until enough was looked at. */
static enum result
walk_all(struct walk w, struct message **list, size_t *count, const char **next)
{
	struct rec_list l = REC_LIST(w.arena, struct message);
	size_t limit = limit_of(w.f), looks = limit * 20 + 1000;
	struct bytes key;
	const char *id = NULL;
	enum result r = NOT_FOUND;

	if (walk_open(&w)) {
		do
			r = walk_step(&w, &l, &id);
		while (r == OK && l.count < limit && --looks > 0);
		/* Is there anything to go on with? */
		if (r == OK)
			r = cursor_next(w.cursor, &key, NULL);
		cursor_close(w.cursor);
	}
	*next = r == OK ? id : NULL;
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

enum result
messages_list(struct tx *tx, const struct message_filter *f, struct arena *a, struct message **list,
    size_t *count, const char **next)
{
	return walk_all((struct walk){false, tx, f, T_MESSAGES, NULL, a}, list, count, next);
}

enum result
messages_conversations(struct tx *tx, uint32_t org, const char *before, size_t limit,
    struct arena *a, struct message **list, size_t *count, const char **next)
{
	const struct message_filter f = {.org = org, .before = before, .limit = limit};

	return walk_all((struct walk){true, tx, &f, T_MESSAGES, NULL, a}, list, count, next);
}

/* ---- in the order of commits ------------------------------------------------------- */

/* Reads the message of an entry of CHANGES, unless it moved on to a later place meanwhile. */
static bool
change_read(struct tx *tx, uint32_t org, uint64_t seq, const struct bytes *value, struct arena *a,
    struct message *m)
{
	const char *id = arena_dup(tx_arena(tx), value->p, value->n);

	return messages_get(tx, org, id, false, a, m) == OK && (uint64_t)m->seq == seq;
}

enum result
messages_changes(struct tx *tx, uint32_t org, int64_t after, size_t limit, struct arena *a,
    struct message **list, size_t *count, int64_t *next)
{
	struct rec_list l = REC_LIST(a, struct message);
	struct key_reader read;
	struct key prefix, from;
	struct bytes key, value;
	struct cursor *c;
	uint64_t seq = 0;
	enum result r = OK;

	*next = after;
	key_org(&prefix, org);
	from = prefix;
	key_u64(&from, after < 0 ? 0 : (uint64_t)after + 1);
	c = cursor_open(tx, T_CHANGES, &prefix, &from, false);
	while (l.count < limit && (r = cursor_next(c, &key, &value)) == OK) {
		read =
		    (struct key_reader){(const unsigned char *)key.p + prefix.n, key.n - prefix.n};
		if (key_read_u64(&read, &seq) != 0)
			continue;
		if (!change_read(tx, org, seq, &value, a, rec_list_add(&l)))
			rec_list_drop(&l);
		*next = (int64_t)seq;
	}
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

/* ---- by state ------------------------------------------------------------------------- */

enum result
messages_count(struct tx *tx, uint32_t org, enum message_state s, size_t max, size_t *count)
{
	struct key prefix;
	struct bytes key;
	struct cursor *c;
	enum result r = OK;

	*count = 0;
	by_state_prefix(&prefix, org, s);
	c = cursor_open(tx, T_BY_STATE, &prefix, NULL, false);
	while (*count < max && (r = cursor_next(c, &key, NULL)) == OK)
		(*count)++;
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

enum result
messages_in_state(struct tx *tx, uint32_t org, enum message_state s, const char *after, size_t max,
    struct arena *a, const char ***ids, size_t *count)
{
	struct rec_list l = REC_LIST(a, const char *);
	struct key prefix, from;
	struct bytes key;
	struct cursor *c;
	const char *id;
	enum result r = OK;

	by_state_prefix(&prefix, org, s);
	from = prefix;
	if (message_id_valid(after))
		key_u64(&from, message_id_number(after) + 1);
	c = cursor_open(tx, T_BY_STATE, &prefix, &from, false);
	while (l.count < max && (r = cursor_next(c, &key, NULL)) == OK) {
		id = key_last_id(&key, a);
		if (id != NULL)
			*(const char **)rec_list_add(&l) = id;
	}
	cursor_close(c);
	*ids = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}
