/*
 * verify_contacts.c: contacts, the lists of those who opted out or are held, those who asked to
 * be forgotten, and who knows us by which number.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/parse.h"
#include "org/contact.h"
#include "store/forgotten.h"
#include "store/verify_private.h"

#define LISTED 1
#define HASH_BYTES 32 /* of a number that was forgotten */

/* ---- contacts ---------------------------------------------------------------------------- */

static bool
get_contact(const struct entry *e, uint32_t org, const char *number, struct contact *c)
{
	struct bytes value;
	struct key k;

	key_org(&k, org);
	key_text(&k, number);
	return verify_has(e, T_CONTACTS, &k, &value) &&
	       record_read(contact_fields, value.p, value.n, e->arena, c) == 0;
}

/* Is the contact on a list if, and only if, its record says so? */
static void
look_in_list(struct entry *e, const struct contact *c, char what, bool should, const char *name)
{
	struct key k;

	key_org(&k, (uint32_t)c->org);
	key_u8(&k, LISTED);
	key_u8(&k, (uint8_t)what);
	key_text(&k, c->number);
	if (should && !verify_has(e, T_CONTACTS, &k, NULL))
		verify_fault(e->v,
		    "contact %s of organization %lld %s, but is missing from the list.", c->number,
		    (long long)c->org, name);
}

static void
look_for_holder(struct entry *e, const struct contact *c)
{
	struct key k;

	if (c->user_number == NULL)
		return;
	key_org(&k, (uint32_t)c->org);
	key_text(&k, c->user_number);
	key_u8(&k, 'h');
	key_text(&k, c->number);
	if (!verify_has(e, T_HOLDERS, &k, NULL))
		verify_fault(e->v,
		    "contact %s of organization %lld knows us by %s, but is missing from that number's list.",
		    c->number, (long long)c->org, c->user_number);
}

/* An entry of a list: the contact must be there and say the same. */
static enum result
listed(struct entry *e)
{
	struct contact c;
	const char *number;
	uint8_t list, what;
	uint32_t org;

	if (!verify_key(e, "obbt", &org, &list, &what, &number))
		return OK;
	if (!get_contact(e, org, number, &c))
		verify_fault(e->v,
		    "a list of contacts names %s of organization %lu, who is not there.", number,
		    (unsigned long)org);
	else if (what == 'o' ? !c.opted_out : what != 'h' || !c.held)
		verify_fault(e->v,
		    "a list of contacts has %s of organization %lu as %s, whose record does not say so.",
		    number, (unsigned long)org, what == 'o' ? "opted out" : "held");
	return OK;
}

enum result
verify_contact(struct entry *e)
{
	const unsigned char *p = e->key.p;
	struct contact c;
	const char *number;
	uint32_t org;

	if (e->key.n > 4 && p[4] == LISTED)
		return listed(e);
	if (!verify_key(e, "ot", &org, &number))
		return OK;
	if (!verify_record(e, contact_fields, &c,
		arena_fmt(e->arena, "contact %s of organization %lu", number, (unsigned long)org)))
		return OK;
	if (c.org != org || !verify_same(c.number, number)) {
		verify_fault(e->v,
		    "contacts: the record under %s of organization %lu is another's.", number,
		    (unsigned long)org);
		return OK;
	}
	look_in_list(e, &c, 'o', c.opted_out, "has opted out");
	look_in_list(e, &c, 'h', c.held, "is held");
	look_for_holder(e, &c);
	return OK;
}

/* ---- who asked to be forgotten -------------------------------------------------------------- */

static bool
is_cause(const char *cause)
{
	return verify_same(cause, "word") || verify_same(cause, "code") ||
	       verify_same(cause, "person");
}

/* Whose number it is nobody can tell here; but the key that can must be there. */
enum result
verify_forgotten(struct entry *e)
{
	struct key_reader read = {e->key.p, e->key.n};
	struct forgotten f;
	struct key secret;
	uint32_t org = 0;

	if (key_read_u32(&read, &org) != 0 || read.left != HASH_BYTES) {
		verify_fault(e->v, "forgotten: an entry has a key that means nothing.");
		return OK;
	}
	key_org(&secret, 0);
	key_text(&secret, "forgotten");
	if (!verify_record(e, forgotten_fields, &f, "somebody who asked to be forgotten"))
		return OK;
	if (!is_cause(f.cause))
		verify_fault(e->v,
		    "forgotten: somebody of organization %lu is not texted for no cause that "
		    "there is (%s).",
		    (unsigned long)org, f.cause != NULL ? f.cause : "none");
	if (!verify_org(e, org))
		verify_fault(e->v,
		    "forgotten: somebody belongs to organization %lu, which is not there.",
		    (unsigned long)org);
	if (!verify_has(e, T_SECRETS, &secret, NULL))
		verify_fault(e->v,
		    "forgotten: the key is missing by which somebody of organization %lu would be "
		    "recognized.",
		    (unsigned long)org);
	return OK;
}

/* ---- who knows us by a number -------------------------------------------------------------- */

/* What the entries of one number come to, and what its counts say; in key order c, h, w. */
struct holding {
	uint32_t org;
	char *number;
	int64_t said, holders;
	int64_t *days; /* of those who wrote: pairs of day and how many */
	size_t count, room;
};

static void
day_add(struct holding *h, int64_t day, int64_t n)
{
	int64_t *more;

	for (size_t i = 0; i < h->count; i++) {
		if (h->days[2 * i] == day) {
			h->days[2 * i + 1] += n;
			return;
		}
	}
	if (h->count == h->room) {
		h->room = h->room == 0 ? 16 : 2 * h->room;
		more = realloc(h->days, 2 * h->room * sizeof *more);
		if (more == NULL)
			abort();
		h->days = more;
	}
	h->days[2 * h->count] = day;
	h->days[2 * h->count++ + 1] = n;
}

/* A number's entries are over. */
static void
settle_number(struct verify *v, struct holding *h)
{
	if (h->number == NULL)
		return;
	if (h->said != h->holders)
		verify_fault(v, "number %s of organization %lu counts %lld contacts, but has %lld.",
		    h->number, (unsigned long)h->org, (long long)h->said, (long long)h->holders);
	for (size_t i = 0; i < h->count; i++)
		if (h->days[2 * i + 1] != 0)
			verify_fault(v,
			    "number %s of organization %lu counts those who wrote on day %lld wrongly, by %lld.",
			    h->number, (unsigned long)h->org, (long long)h->days[2 * i],
			    (long long)-h->days[2 * i + 1]);
	free(h->number);
	h->number = NULL;
	h->said = h->holders = 0;
	h->count = 0;
}

static void
holder(struct entry *e, struct holding *h, const char *contact)
{
	struct contact c;

	h->holders++;
	if (!get_contact(e, h->org, contact, &c) || !verify_same(c.user_number, h->number))
		verify_fault(e->v,
		    "number %s of organization %lu has contact %s on its list, who does not know us by it.",
		    h->number, (unsigned long)h->org, contact);
	else if (c.last_in != 0)
		day_add(h, clock_day(c.last_in), 1);
}

static enum result
holders_entry(struct entry *e)
{
	struct key_reader read = {e->key.p, e->key.n};
	struct holding *h = e->state;
	const char *number = NULL, *contact;
	uint64_t day = 0;
	uint32_t org = 0;
	uint8_t part = 0;
	int64_t n = 0;

	if (key_read_u32(&read, &org) != 0 || key_read_text(&read, &number) != 0 ||
	    key_read_u8(&read, &part) != 0) {
		verify_fault(e->v, "holders: an entry has a key that means nothing.");
		return OK;
	}
	if (h->number == NULL || h->org != org || strcmp(h->number, number) != 0) {
		settle_number(e->v, h);
		h->org = org;
		h->number = strdup(number);
		if (h->number == NULL)
			return BUSY;
	}
	if (part == 'h' && key_read_text(&read, &contact) == 0)
		holder(e, h, contact);
	else if (parse_i64(e->value.p, e->value.n, INT64_MIN, INT64_MAX, &n) != 0)
		verify_fault(e->v, "holders: a count of number %s can't be read.", number);
	else if (part == 'c')
		h->said = n;
	else if (part == 'w' && key_read_u64(&read, &day) == 0)
		day_add(h, (int64_t)day, -n);
	return OK;
}

enum result
verify_holders(struct store *st, struct verify *v)
{
	struct holding h = {0};
	enum result r = verify_walk(st, v, T_HOLDERS, holders_entry, &h);

	if (r == OK)
		settle_number(v, &h);
	free(h.number);
	free(h.days);
	return r;
}
