/*
 * inventory.c: an organization's numbers with their figures, and what the jobs about them tell.
 */
#include "texting/inventory.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/phone.h"
#include "store/rec.h"

#define DETAIL_MAX ((size_t)200 * 1024)

/* ---- details of jobs ------------------------------------------------------------- */

#define F(kind, member) FIELD(struct inventory_job, FIELD_##kind, member)

const struct field inventory_fields[] = {
    F(TEXT, phase),
    F(TEXT, kind),
    F(TEXT, area),
    F(TEXT, state),
    F(TEXT, city),
    F(TEXT, zip),
    F(TEXT, pattern),
    F(LIST, numbers),
    F(INT, quantity),
    F(BOOL, partial),
    F(BOOL, backorder),
    F(TEXT, campaign),
    F(LIST, found),
    F(LIST, where),
    F(TEXT, our_id),
    F(TEXT, order_id),
    F(TEXT, status),
    F(TEXT, words),
    F(INT, posted),
    F(INT, looks),
    F(INT, polls),
    F(LIST, got),
    F(LIST, not_got),
    F(LIST, foreign),
    F(TEXT, options_id),
    F(TEXT, options_status),
    F(TEXT, options_words),
    F(INT, listed),
    F(INT, same),
    F(INT, added),
    F(INT, ready),
    F(INT, gone),
    F(INT, moved),
    F(INT, others),
    F(LIST, changes),
    F(INT, not_before),
    F(BOOL, last),
    F(INT, contacts_moved),
    F(INT, contacts_forgotten),
    F(TEXT, account),
    F(TEXT, site),
    F(TEXT, peer),
    FIELD_END,
};

void
inventory_read(const struct job *j, struct arena *a, struct inventory_job *out)
{
	static const struct inventory_job none;

	if (j->detail == NULL ||
	    record_read(inventory_fields, j->detail, strlen(j->detail), a, out) != 0)
		*out = none;
}

void
inventory_write(struct job *j, const struct inventory_job *d, struct arena *a)
{
	struct buf text = BUF_INIT(DETAIL_MAX);

	record_write(inventory_fields, d, &text);
	if (text.failed)
		log_panic("inventory: the detail of job %s is too long", j->id);
	j->detail = arena_str(a, buf_str(&text));
	buf_free(&text);
}

enum result
inventory_jobs(struct tx *tx, uint32_t org, const char *before, size_t max, struct arena *a,
    struct job **list, size_t *count)
{
	struct rec_list l = REC_LIST(a, struct job);
	struct key prefix, from;
	struct bytes key;
	struct cursor *c;
	const char *id;
	enum result r = OK;

	key_org(&prefix, org);
	from = prefix;
	if (before != NULL && message_id_valid(before))
		key_id(&from, before);
	else
		key_u64(&from, UINT64_MAX);
	c = cursor_open(tx, T_NUMBER_JOBS, &prefix, &from, true);
	while (l.count < max && (r = cursor_next(c, &key, NULL)) == OK) {
		id = key_last_id(&key, tx_arena(tx));
		if (id == NULL || (before != NULL && strcmp(id, before) == 0))
			continue;
		/* Those that are gone from JOBS are older than all that are there. */
		if (jobs_get(tx, id, false, a, rec_list_add(&l)) != OK) {
			rec_list_drop(&l);
			break;
		}
	}
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

/* ---- numbers ----------------------------------------------------------------------- */

static enum result
fill(struct tx *tx, uint32_t org, struct own_number *own)
{
	(void)phone_area(own->number.number, own->area);
	return figures_get(tx, org, own->number.number, &own->figures);
}

enum result
inventory_list(struct tx *tx, uint32_t org, const struct inventory_filter *f, struct arena *a,
    struct own_number **list, size_t *count, const char **next)
{
	const struct number_range range = {.state = f->state,
	    .begins = f->area != NULL ? arena_fmt(a, "+1%s", f->area) : NULL,
	    .after = f->after};
	struct rec_list l = REC_LIST(a, struct own_number);
	struct own_number *own;
	struct number *numbers;
	size_t n, i;
	enum result r = numbers_find(tx, org, &range, f->limit + 1, a, &numbers, &n);

	for (i = 0; r == OK && i < n && i < f->limit; i++) {
		own = rec_list_add(&l);
		own->number = numbers[i];
		r = fill(tx, org, own);
	}
	*next = n > f->limit && f->limit > 0 ? numbers[f->limit - 1].number : NULL;
	*list = l.items;
	*count = l.count;
	return r;
}

enum result
inventory_number(
    struct tx *tx, uint32_t org, const char *number, struct arena *a, struct own_number *own)
{
	int64_t today;
	enum result r = numbers_get(tx, org, number, false, a, &own->number);

	if (r == OK && number_is(&own->number, NUMBER_IN_SERVICE))
		r = numbers_turn(tx, org, number, &own->number.last_use, &today);
	return r == OK ? fill(tx, org, own) : r;
}
