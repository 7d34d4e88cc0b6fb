/*
 * events_forget.c: events of somebody who asked to be forgotten go, or lose the number; which of
 * the two is texting/'s to say.
 *
 * Tables: EVENTS, TRAY, BY_SERVICE.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/phone.h"
#include "org/contact.h"
#include "store/events_private.h"

#define RAW_MAX ((size_t)8 * 1024 * 1024)

enum result
events_forget(struct tx *tx, uint32_t org, const char *id)
{
	struct stored_event e;
	struct key k;
	enum result r;

	event_record_key(&k, org, id);
	r = rec_get(tx, T_EVENTS, &k, true, stored_event_fields, tx_arena(tx), &e);
	if (r == NOT_FOUND)
		return OK;
	if (r == DAMAGED)
		e = (struct stored_event){.org = org, .id = id, .tray = ""};
	else if (r != OK)
		return r;
	r = kv_del(tx, T_EVENTS, &k);
	if (r == OK)
		r = tray_sync(tx, &e, tray_listed(&e), false);
	if (r == OK)
		r = tray_body_done(tx, &e);
	return r == OK && e.service_id != NULL ? orphans_drop(tx, org, e.service_id, id) : r;
}

/* The text without the number; itself when it is not in it. */
static const char *
hidden(struct arena *a, const char *text, const char *number)
{
	struct buf out = BUF_INIT(RAW_MAX);

	if (text != NULL && phone_hide(text, strlen(text), number, CONTACT_FORGOTTEN, &out) > 0)
		text = out.failed ? CONTACT_FORGOTTEN : arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

enum result
events_hide(struct tx *tx, uint32_t org, const char *id, const char *number)
{
	struct stored_event e;
	struct key k;
	enum result r;

	event_record_key(&k, org, id);
	r = rec_get(tx, T_EVENTS, &k, true, stored_event_fields, tx_arena(tx), &e);
	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	e.raw = hidden(tx_arena(tx), e.raw, number);
	e.tray = hidden(tx_arena(tx), e.tray, number);
	r = rec_put(tx, T_EVENTS, &k, stored_event_fields, &e);
	/* The list repeats why. */
	return r == OK ? tray_sync(tx, &e, false, tray_listed(&e)) : r;
}
