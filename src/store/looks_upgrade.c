/*
 * looks_upgrade.c: brings an older store's unknown messages into QUEUE, where the worker finds
 * those that it looks for.
 *
 * Whatever was done before a kill is done once more, which changes nothing.
 */
#include <string.h>

#include "base/arena.h"
#include "store/messages_private.h"
#include "store/orgs.h"
#include "store/store.h"

#define PIECE 100

struct upgrading {
	uint32_t org; /* done so far */
	char after[MESSAGE_ID];
	bool end; /* of this organization */
};

/* The next organization. */
static enum result
next_org(struct tx *tx, void *arg)
{
	struct upgrading *u = arg;
	struct organization *list;
	size_t n = 0;
	enum result r = orgs_list(tx, u->org, 1, tx_arena(tx), &list, &n);

	if (r == OK && n > 0)
		u->org = (uint32_t)list[0].id;
	return r == OK && n == 0 ? NOT_FOUND : r;
}

static enum result
piece(struct tx *tx, void *arg)
{
	struct upgrading *u = arg;
	const char **ids = NULL;
	struct message m;
	size_t n = 0, i;
	enum result r = messages_in_state(tx, u->org, STATE_UNKNOWN,
	    u->after[0] != '\0' ? u->after : NULL, PIECE, tx_arena(tx), &ids, &n);

	for (i = 0; r == OK && i < n; i++) {
		r = messages_get(tx, u->org, ids[i], true, tx_arena(tx), &m);
		if (r == OK)
			r = messages_queue(tx, &m);
		else if (r == NOT_FOUND || r == DAMAGED) /* verify says so; it is not looked for */
			r = OK;
	}
	u->end = n < PIECE;
	if (r == OK && n > 0)
		memcpy(u->after, ids[n - 1], sizeof u->after);
	return r;
}

enum result
looks_upgrade(struct store *store)
{
	struct upgrading u = {0};
	enum result r;

	while ((r = store_read(store, next_org, &u)) == OK) {
		u.after[0] = '\0';
		do
			r = store_run(store, piece, &u);
		while (r == OK && !u.end);
		if (r != OK)
			break;
	}
	return r == NOT_FOUND ? store_flush(store) : r;
}
