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

/* The first entry with this prefix, at or behind from; backwards: the last one, at or before it. */
static enum result
find_entry(struct tx *tx, const struct key *prefix, const struct key *from, bool backwards,
    struct queue_entry *e)
{
	struct cursor *c = cursor_open(tx, T_QUEUE, prefix, from, backwards);
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
	r = find_entry(tx, &prefix, &from, false, e);
	return r == OK && e->due > now ? NOT_FOUND : r;
}

enum result
queue_last(struct tx *tx, int class_, uint32_t org, struct queue_entry *e)
{
	struct key prefix;

	class_prefix(&prefix, class_);
	key_u32(&prefix, org);
	return find_entry(tx, &prefix, NULL, true, e);
}

enum result
queue_next_org(struct tx *tx, int class_, uint32_t org, struct queue_entry *first)
{
	struct key prefix, from;

	if (org == UINT32_MAX)
		return NOT_FOUND;
	class_prefix(&prefix, class_);
	from = prefix;
	key_u32(&from, org + 1);
	return find_entry(tx, &prefix, &from, false, first);
}
