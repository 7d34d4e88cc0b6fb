/*
 * orgs.c: organizations in the store.
 *
 * Tables: META (only to create), ORGS.
 */
#include "store/orgs.h"

#include "base/log.h"
#include "store/rec.h"

#define LAST_ORG "last-org"

enum result
orgs_create(struct tx *tx, struct organization *o)
{
	struct key k;
	int64_t last;
	enum result r;

	key_start(&k);
	key_text(&k, LAST_ORG);
	r = rec_get_number(tx, T_META, &k, true, &last);
	if (r != OK && r != NOT_FOUND)
		return r;
	if (last >= UINT32_MAX) {
		log_error("orgs_create: there are no more numbers for organizations");
		return FAILED;
	}
	r = rec_put_number(tx, T_META, &k, last + 1);
	if (r != OK)
		return r;
	o->id = last + 1;
	if (o->created == 0)
		o->created = tx_now(tx);
	key_org(&k, (uint32_t)o->id);
	return rec_put_new(tx, T_ORGS, &k, organization_fields, o);
}

enum result
orgs_get(struct tx *tx, uint32_t org, bool for_update, struct arena *a, struct organization *out)
{
	struct key k;

	key_org(&k, org);
	return rec_get(tx, T_ORGS, &k, for_update, organization_fields, a, out);
}

enum result
orgs_put(struct tx *tx, const struct organization *o)
{
	struct key k;

	key_org(&k, (uint32_t)o->id);
	return rec_put(tx, T_ORGS, &k, organization_fields, o);
}

enum result
orgs_list(struct tx *tx, uint32_t after, size_t max, struct arena *a, struct organization **list,
    size_t *count)
{
	struct rec_list l = REC_LIST(a, struct organization);
	struct bytes key, value;
	struct cursor *c;
	struct key from;
	enum result r = OK;

	key_org(&from, after + 1);
	c = cursor_open(tx, T_ORGS, NULL, &from, false);
	while (after < UINT32_MAX && l.count < max && (r = cursor_next(c, &key, &value)) == OK) {
		if (rec_read(T_ORGS, &value, organization_fields, a, rec_list_add(&l)) != OK)
			rec_list_drop(&l);
	}
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

enum result
orgs_last(struct tx *tx, int64_t *last)
{
	struct key k;
	enum result r;

	key_start(&k);
	key_text(&k, LAST_ORG);
	r = rec_get_number(tx, T_META, &k, false, last);
	return r == NOT_FOUND ? OK : r;
}
