/*
 * queue.c: looking at the queue.  Who puts entries there is messages_index.c.
 *
 * Table: QUEUE.  Its keys sort by class, organization, due time and id.
 */
#include <string.h>

#include "store/messages_private.h"

/* Takes an entry's key apart; -1 if it is none. */
static int
entry_read(const struct bytes *key, struct queue_entry *e)
{
	struct key_reader read = {key->p, key->n};
	uint64_t due, id;
	uint8_t class_;

	if (key_read_u8(&read, &class_) != 0 || key_read_u32(&read, &e->org) != 0 ||
	    key_read_u64(&read, &due) != 0 || key_read_u64(&read, &id) != 0)
		return -1;
	e->class_ = class_;
	e->due = (int64_t)due;
	message_id_text(id, e->id);
	return 0;
}

/* The first entry with this prefix, at or behind from. */
static enum result
first_entry(struct tx *tx, const struct key *prefix, const struct key *from, struct queue_entry *e)
{
	struct cursor *c = cursor_open(tx, T_QUEUE, prefix, from, false);
	struct bytes key;
	enum result r = cursor_next(c, &key, NULL);

	cursor_close(c);
	return r == OK && entry_read(&key, e) != 0 ? DAMAGED : r;
}

static void
class_prefix(struct key *k, int class_)
{
	key_start(k);
	key_u8(k, (uint8_t)class_);
}

enum result
queue_first(struct tx *tx, int class_, uint32_t org, int64_t now, const struct queue_entry *after,
    struct queue_entry *e)
{
	struct key prefix, from;
	enum result r;

	class_prefix(&prefix, class_);
	key_u32(&prefix, org);
	from = prefix;
	if (after != NULL) {
		key_u64(&from, (uint64_t)after->due);
		key_u64(&from, message_id_number(after->id) + 1);
	}
	r = first_entry(tx, &prefix, &from, e);
	return r == OK && e->due > now ? NOT_FOUND : r;
}

enum result
queue_next_org(struct tx *tx, int class_, uint32_t org, uint32_t *next)
{
	struct queue_entry e;
	struct key prefix, from;
	enum result r;

	if (org == UINT32_MAX)
		return NOT_FOUND;
	class_prefix(&prefix, class_);
	from = prefix;
	key_u32(&from, org + 1);
	r = first_entry(tx, &prefix, &from, &e);
	if (r == OK)
		*next = e.org;
	return r;
}

/* The earliest due time of a class. */
static enum result
earliest_of_class(struct tx *tx, int class_, int64_t *due)
{
	struct queue_entry e;
	uint32_t org = 0;
	struct key prefix;
	enum result r;

	while ((r = queue_next_org(tx, class_, org, &org)) == OK) {
		class_prefix(&prefix, class_);
		key_u32(&prefix, org);
		r = first_entry(tx, &prefix, NULL, &e);
		if (r != OK)
			break;
		if (e.due < *due)
			*due = e.due;
	}
	return r == NOT_FOUND ? OK : r;
}

enum result
queue_earliest(struct tx *tx, int64_t *due)
{
	enum result r;

	*due = INT64_MAX;
	r = earliest_of_class(tx, 0, due);
	return r == OK ? earliest_of_class(tx, 1, due) : r;
}
