/*
 * contacts.c: people's numbers, what they asked for, and whom they know us as.
 *
 * Tables: CONTACTS; FORGOTTEN by forgotten.h.  Besides the contacts it holds, before an organization's
 * first number, an entry for each that opted out or is held (org, 1, 'o' or
 * 'h', number -> nothing), so that these can be listed however many contacts
 * there are.
 */
#include "store/contacts.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/phone.h"
#include "store/figures.h"
#include "store/forgotten.h"
#include "store/numbers.h"
#include "store/rec.h"

#define LISTED 1 /* sorts before "+" and the digits */

static void
contact_key(struct key *k, uint32_t org, const char *number)
{
	key_org(k, org);
	key_text(k, number);
}

static void
listed_prefix(struct key *k, uint32_t org, char what)
{
	key_org(k, org);
	key_u8(k, LISTED);
	key_u8(k, (uint8_t)what);
}

/* The record alone; a fresh contact with NOT_FOUND. */
static enum result
get_record(struct tx *tx, uint32_t org, const char *number, bool for_update, struct arena *a,
    struct contact *out)
{
	static const struct contact none;
	struct key k;
	enum result r;

	*out = none;
	contact_key(&k, org, number);
	r = rec_get(tx, T_CONTACTS, &k, for_update, contact_fields, a, out);
	if (r == NOT_FOUND) {
		out->org = org;
		out->number = arena_str(a, number);
	}
	return r;
}

enum result
contacts_get(struct tx *tx, uint32_t org, const char *number, bool for_update, struct arena *a,
    struct contact *out)
{
	struct forgotten f;
	enum result r = get_record(tx, org, number, for_update, a, out);

	if (r != NOT_FOUND)
		return r;
	r = forgotten_get(tx, org, number, for_update, a, &f);
	if (r == OK) {
		out->forgotten = out->opted_out = true;
		out->opt_out_cause = f.cause;
		out->opt_out_at = f.since;
	} else if (r == DAMAGED) {
		out->unsure = out->held = true;
		out->held_why = "It can't be found out whether this person asked to be forgotten.";
		out->held_at = tx_now(tx);
		r = OK;
	}
	return r;
}

/* Makes an entry of a list be there or not. */
static enum result
list_sync(struct tx *tx, const struct contact *c, char what, bool was, bool is)
{
	struct key k;
	enum result r;

	if (was == is)
		return OK;
	listed_prefix(&k, (uint32_t)c->org, what);
	key_text(&k, c->number);
	if (is)
		return kv_put(tx, T_CONTACTS, &k, "", 0);
	r = kv_del(tx, T_CONTACTS, &k);
	return r == NOT_FOUND ? OK : r;
}

/* Its opt-out. */
static struct forgotten
wish_of(const struct contact *c)
{
	return (struct forgotten){c->opt_out_cause != NULL ? c->opt_out_cause : "person",
	    c->opt_out_said != 0 ? c->opt_out_said : c->opt_out_at};
}

/* What changes about one without a record. */
static enum result
put_forgotten(struct tx *tx, const struct contact *c)
{
	const struct forgotten f = wish_of(c);

	if (c->unsure)
		return OK;
	return c->opted_out ? forgotten_put(tx, (uint32_t)c->org, c->number, &f)
			    : forgotten_del(tx, (uint32_t)c->org, c->number);
}

enum result
contacts_put(struct tx *tx, const struct contact *c)
{
	struct contact old;
	struct key k;
	enum result r;

	if ((c->forgotten || c->unsure) && !c->renewed)
		return put_forgotten(tx, c);
	r = get_record(tx, (uint32_t)c->org, c->number, true, tx_arena(tx), &old);
	if (r != OK && r != NOT_FOUND && r != DAMAGED)
		return r;
	contact_key(&k, (uint32_t)c->org, c->number);
	r = rec_put(tx, T_CONTACTS, &k, contact_fields, c);
	if (r == OK && c->forgotten)
		r = forgotten_del(tx, (uint32_t)c->org, c->number);
	if (r == OK)
		r = list_sync(tx, c, 'o', old.opted_out, c->opted_out);
	if (r == OK)
		r = list_sync(tx, c, 'h', old.held, c->held);
	return r == OK ? figures_contact(tx, &old, c) : r;
}

/* Takes a record out, and all that names it. */
static enum result
remove_record(struct tx *tx, const struct contact *c)
{
	const struct contact gone = {.org = c->org, .number = c->number};
	struct key k;
	enum result r;

	contact_key(&k, (uint32_t)c->org, c->number);
	r = kv_del(tx, T_CONTACTS, &k);
	if (r == OK)
		r = list_sync(tx, c, 'o', c->opted_out, false);
	if (r == OK)
		r = list_sync(tx, c, 'h', c->held, false);
	return r == OK ? figures_contact(tx, c, &gone) : r;
}

enum result
contacts_forget(struct tx *tx, uint32_t org, const char *number)
{
	struct forgotten f = {"person", tx_now(tx)};
	struct contact c;
	enum result r = contacts_get(tx, org, number, true, tx_arena(tx), &c);

	if (r == OK && c.unsure)
		return DAMAGED;
	if ((r != OK && r != NOT_FOUND) || c.forgotten)
		return r;
	if (c.opted_out)
		f = wish_of(&c);
	if (r == OK)
		r = remove_record(tx, &c);
	return r == OK || r == NOT_FOUND ? forgotten_put(tx, org, number, &f) : r;
}

enum result
contacts_list(struct tx *tx, uint32_t org, char what, const char *after, size_t max,
    struct arena *a, struct contact **list, size_t *count)
{
	struct rec_list l = REC_LIST(a, struct contact);
	struct key prefix, from;
	struct key_reader read;
	struct bytes key;
	struct cursor *c;
	const char *number;
	enum result r = OK;

	listed_prefix(&prefix, org, what);
	from = prefix;
	if (after != NULL)
		key_bytes(&from, after, strlen(after) + 1);
	c = cursor_open(tx, T_CONTACTS, &prefix, &from, false);
	while (l.count < max && (r = cursor_next(c, &key, NULL)) == OK) {
		read =
		    (struct key_reader){(const unsigned char *)key.p + prefix.n, key.n - prefix.n};
		if (key_read_text(&read, &number) != 0 ||
		    (after != NULL && strcmp(number, after) == 0))
			continue;
		if (contacts_get(tx, org, number, false, a, rec_list_add(&l)) != OK)
			rec_list_drop(&l);
	}
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

enum result
contact_move(struct tx *tx, struct contact *c, const char **number)
{
	char area[4];
	struct number_pick want = {.area = phone_area(c->user_number, area), .only_area = true};
	enum result r = numbers_pick(tx, (uint32_t)c->org, &want, tx_arena(tx), number);

	if (r != OK && r != NOT_FOUND)
		return r;
	c->moved_from = c->user_number;
	c->moved_at = tx_now(tx);
	c->user_number = *number;
	/* What the person has not seen yet is provisional, as after a claim. */
	c->sticky_since = 0;
	return OK;
}
