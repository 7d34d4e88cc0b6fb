/*
 * verify_queue.c: how much each organization has queued: what QUEUE_SIZE says against the sum of
 * the messages in QUEUE.
 */
#include <stdlib.h>
#include <string.h>

#include "store/messages.h"
#include "store/verify_private.h"

struct sum {
	uint32_t org;
	int64_t counted[4], said[4]; /* replies, their segments, others, their segments */
};

struct sums {
	struct sum *list;
	size_t count, room;
};

static struct sum *
sum_of(struct sums *s, uint32_t org)
{
	struct sum *more;
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->list[i].org == org)
			return &s->list[i];
	if (s->count == s->room) {
		s->room = s->room == 0 ? 64 : 2 * s->room;
		more = realloc(s->list, s->room * sizeof *more);
		if (more == NULL)
			abort();
		s->list = more;
	}
	s->list[i] = (struct sum){.org = org};
	s->count++;
	return &s->list[i];
}

/* What is wrong with an entry of the queue itself is said when that table is walked. */
static enum result
count_entry(struct entry *e)
{
	struct key_reader read = {e->key.p, e->key.n};
	struct bytes value;
	struct message m;
	struct key k;
	uint8_t class_;
	uint32_t org;
	uint64_t due, id;
	char text[MESSAGE_ID];
	int64_t *counted;

	if (key_read_u8(&read, &class_) != 0 || key_read_u32(&read, &org) != 0 ||
	    key_read_u64(&read, &due) != 0 || key_read_u64(&read, &id) != 0 || class_ > 1)
		return OK;
	message_id_text(id, text);
	key_org(&k, org);
	key_id(&k, text);
	if (!verify_has(e, T_MESSAGES, &k, &value) ||
	    record_read(message_fields, value.p, value.n, e->arena, &m) != 0)
		return OK;
	counted = sum_of(e->state, org)->counted;
	counted[2 * class_]++;
	counted[2 * class_ + 1] += message_cost(&m);
	return OK;
}

static enum result
read_size(struct entry *e)
{
	struct queue_size size;
	uint32_t org;

	if (!verify_key(e, "o", &org))
		return OK;
	if (queue_size(e->tx, org, &size) != OK || size.org != org)
		verify_fault(e->v,
		    "queue_size: the record of organization %lu can't be read, or is another's.",
		    (unsigned long)org);
	else
		memcpy(sum_of(e->state, org)->said,
		    (int64_t[]){
			size.replies, size.reply_segments, size.others, size.other_segments},
		    sizeof(int64_t[4]));
	return OK;
}

enum result
verify_queue_size(struct store *st, struct verify *v)
{
	struct sums s = {NULL, 0, 0};
	enum result r = verify_walk(st, v, T_QUEUE, count_entry, &s);

	if (r == OK)
		r = verify_walk(st, v, T_QUEUE_SIZE, read_size, &s);
	for (size_t i = 0; r == OK && i < s.count; i++) {
		const struct sum *x = &s.list[i];

		if (memcmp(x->counted, x->said, sizeof x->counted) != 0)
			verify_fault(v,
			    "organization %lu has %lld texts of %lld segments queued, but counts "
			    "%lld of %lld.",
			    (unsigned long)x->org, (long long)(x->counted[0] + x->counted[2]),
			    (long long)(x->counted[1] + x->counted[3]),
			    (long long)(x->said[0] + x->said[2]),
			    (long long)(x->said[1] + x->said[3]));
	}
	free(s.list);
	return r;
}
