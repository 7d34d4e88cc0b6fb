/*
 * audit.c: who did what, when, from where.
 *
 * Table: AUDIT.  Nothing here changes or removes an entry.
 */
#include "store/audit.h"

#include "base/log.h"
#include "store/rec.h"

#define SAME_TIME_MAX 100000

const struct field audit_fields[] = {
    FIELD(struct audit, FIELD_INT, org),
    FIELD(struct audit, FIELD_INT, time),
    FIELD(struct audit, FIELD_TEXT, who),
    FIELD(struct audit, FIELD_TEXT, from),
    FIELD(struct audit, FIELD_TEXT, what),
    FIELD(struct audit, FIELD_TEXT, detail),
    FIELD_END,
};

/* The sequence number behind the last one of an organization and time. */
static enum result
next_sequence(struct tx *tx, const struct key *prefix, uint32_t *seq)
{
	struct cursor *c = cursor_open(tx, T_AUDIT, prefix, NULL, true);
	struct key_reader read;
	struct bytes key;
	enum result r;

	*seq = 0;
	cursor_for_update(c);
	r = cursor_next(c, &key, NULL);
	cursor_close(c);
	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	read = (struct key_reader){(const unsigned char *)key.p + prefix->n, key.n - prefix->n};
	if (key_read_u32(&read, seq) == 0)
		(*seq)++;
	return OK;
}

enum result
audit_add(struct tx *tx, const struct audit *entry)
{
	struct audit a = *entry;
	uint32_t seq;
	struct key k;
	enum result r;

	if (a.time == 0)
		a.time = tx_now(tx);
	key_org(&k, (uint32_t)a.org);
	key_u64(&k, (uint64_t)a.time);
	r = next_sequence(tx, &k, &seq);
	if (r != OK)
		return r;
	if (seq >= SAME_TIME_MAX) {
		log_error("audit_add: too many entries in one millisecond");
		return FAILED;
	}
	key_u32(&k, seq);
	return rec_put_new(tx, T_AUDIT, &k, audit_fields, &a);
}

enum result
audit_list(struct tx *tx, uint32_t org, int64_t before, size_t max, struct arena *a,
    struct audit **list, size_t *count)
{
	struct rec_list l = REC_LIST(a, struct audit);
	struct bytes key, value;
	struct key prefix, from;
	struct cursor *c;
	enum result r = OK;

	key_org(&prefix, org);
	from = prefix;
	key_u64(&from, (uint64_t)before);
	c = cursor_open(tx, T_AUDIT, &prefix, before > 0 ? &from : NULL, true);
	while (l.count < max && (r = cursor_next(c, &key, &value)) == OK) {
		if (rec_read(T_AUDIT, &value, audit_fields, a, rec_list_add(&l)) != OK)
			rec_list_drop(&l);
	}
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}
