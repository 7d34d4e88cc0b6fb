/*
 * verify_events.c: events, the tray, and the memory of duplicates.
 */
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "store/events.h"
#include "store/verify_private.h"

#define LISTED 0
#define BODY 1

static bool
listed(const struct stored_event *s)
{
	return s->tray != NULL && s->tray_done == 0;
}

enum result
verify_event(struct entry *e)
{
	struct stored_event s;
	struct key k;
	const char *id;
	uint32_t org;
	bool there;

	if (!verify_key(e, "oi", &org, &id))
		return OK;
	if (!verify_record(e, stored_event_fields, &s,
		arena_fmt(e->arena, "event %s of organization %lu", id, (unsigned long)org)))
		return OK;
	if (s.org != org || !verify_same(s.id, id) || s.raw == NULL)
		verify_fault(e->v,
		    "events: the record under event %s of organization %lu is not an event of its own.",
		    id, (unsigned long)org);
	key_org(&k, org);
	key_u8(&k, LISTED);
	key_id(&k, id);
	there = verify_has(e, T_TRAY, &k, NULL);
	if (there != listed(&s))
		verify_fault(e->v,
		    there
			? "event %s of organization %lu is dealt with, but still on the list of what needs a look."
			: "event %s of organization %lu needs a look, but is missing from the list.",
		    id, (unsigned long)org);
	return OK;
}

enum result
verify_tray(struct entry *e)
{
	const unsigned char *p = e->key.p;
	struct stored_event s;
	struct bytes value;
	struct key k;
	const char *id;
	uint32_t org;
	uint8_t what;

	if (e->key.n == 4 + 1 + 32 && p[4] == BODY)
		return OK; /* a body's hash; its event may have been removed since */
	if (!verify_key(e, "obi", &org, &what, &id))
		return OK;
	key_org(&k, org);
	key_id(&k, id);
	if (!verify_has(e, T_EVENTS, &k, &value))
		verify_fault(e->v,
		    "the list of what needs a look names event %s of organization %lu, which is not there.",
		    id, (unsigned long)org);
	else if (record_read(stored_event_fields, value.p, value.n, e->arena, &s) == 0 &&
		 !listed(&s))
		verify_fault(e->v,
		    "the list of what needs a look has event %s of organization %lu, which does not.",
		    id, (unsigned long)org);
	return OK;
}

enum result
verify_seen(struct entry *e)
{
	int64_t when;

	if (e->key.n != 4 + 32 || parse_i64(e->value.p, e->value.n, 0, INT64_MAX, &when) != 0)
		verify_fault(e->v, "seen: an entry is no key of a duplicate with its time.");
	return OK;
}
