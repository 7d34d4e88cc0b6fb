/*
 * numbers_upgrade.c: gives an older store the turns, totals and figures of its numbers.
 *
 * Two passes, over NUMBERS and then CONTACTS; how far it is stands in META, in the same
 * transaction, so that nothing is counted twice.
 */
#include <string.h>

#include "store/figures.h"
#include "store/meta.h"
#include "store/numbers.h"
#include "store/rec.h"
#include "store/store.h"

#define UPGRADED "numbers-upgraded" /* in META: "numbers", "contacts", then "done" */
#define UPGRADE_AT "numbers-upgrade-at"
#define UPGRADE_STEP 100

struct upgrading {
	bool done; /* nothing is left */
};

static enum result
upgrade_number(struct tx *tx, const struct bytes *value)
{
	struct number n;

	if (rec_read(T_NUMBERS, value, number_fields, tx_arena(tx), &n) != OK || n.state == NULL)
		return OK;
	if (turns_sync(tx, &n) != OK)
		return FAILED;
	return states_sync(tx, &n, NULL);
}

static enum result
upgrade_contact(struct tx *tx, const struct bytes *value)
{
	static const struct contact none;
	struct contact c;

	/* The entries of lists stand in the same table, and are empty. */
	if (value->n == 0 || rec_read(T_CONTACTS, value, contact_fields, tx_arena(tx), &c) != OK)
		return OK;
	return figures_contact(tx, &none, &c);
}

/* One piece of a table, from behind the last one. */
static enum result
upgrade_piece(struct tx *tx, enum table table, const char *at, bool *end)
{
	enum result (*fn)(struct tx *, const struct bytes *) =
	    table == T_NUMBERS ? upgrade_number : upgrade_contact;
	struct rec_list values = REC_LIST(tx_arena(tx), struct bytes);
	struct bytes key, value;
	const char *last = at;
	struct cursor *c;
	struct key from;
	enum result r = OK;
	size_t i;

	key_from_hex(&from, at);
	c = cursor_open(tx, table, NULL, *at == '\0' ? NULL : &from, false);
	while (values.count < UPGRADE_STEP && (r = cursor_next(c, &key, &value)) == OK) {
		last = key_hex(&key, tx_arena(tx));
		if (strcmp(last, at) != 0)
			*(struct bytes *)rec_list_add(&values) = value;
	}
	cursor_close(c);
	*end = r == NOT_FOUND;
	if (r != OK && r != NOT_FOUND)
		return r;
	for (i = 0, r = OK; r == OK && i < values.count; i++)
		r = fn(tx, &((struct bytes *)values.items)[i]);
	return r == OK ? meta_put(tx, UPGRADE_AT, *end ? NULL : last) : r;
}

static enum result
upgrade(struct tx *tx, void *arg)
{
	struct upgrading *u = arg;
	const char *stage = NULL, *at = NULL;
	bool contacts, end;
	enum result r = meta_get(tx, UPGRADED, tx_arena(tx), &stage);

	if (r == OK || r == NOT_FOUND)
		r = meta_get(tx, UPGRADE_AT, tx_arena(tx), &at);
	if (r != OK && r != NOT_FOUND)
		return r;
	u->done = stage != NULL && strcmp(stage, "done") == 0;
	if (u->done)
		return OK;
	contacts = stage != NULL && strcmp(stage, "contacts") == 0;
	r = upgrade_piece(tx, contacts ? T_CONTACTS : T_NUMBERS, at == NULL ? "" : at, &end);
	if (r != OK || !end)
		return r;
	return meta_put(tx, UPGRADED, contacts ? "done" : "contacts");
}

enum result
numbers_upgrade(struct store *store)
{
	struct upgrading u = {false};
	enum result r = OK;

	while (r == OK && !u.done)
		r = store_run(store, upgrade, &u);
	return r == OK ? store_flush(store) : r;
}
