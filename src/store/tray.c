/*
 * tray.c: events that a person should look at, and bodies that were no events.
 *
 * Table: TRAY (besides EVENTS).  Two kinds of entries: (org, 0, event id) lists
 * what needs a look; (org, 1, SHA-256 of a body) -> {"event", "done"} remembers
 * a body, so that Bandwidth's repetitions of it do not pile up.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/parse.h"
#include "org/message.h"
#include "store/audit.h"
#include "store/counters.h"
#include "store/events_private.h"

#define LISTED 0
#define BODY 1
#define BODIES_MAX 200
#define BODY_TYPE "unreadable"

struct body_note {
	const char *event;
	int64_t done;
};

static const struct field body_fields[] = {
    FIELD(struct body_note, FIELD_TEXT, event),
    FIELD(struct body_note, FIELD_INT, done),
    FIELD_END,
};

static void
tray_prefix(struct key *k, uint32_t org, uint8_t what)
{
	key_org(k, org);
	key_u8(k, what);
}

/* ---- the list ------------------------------------------------------------------------ */

bool
tray_listed(const struct stored_event *e)
{
	return e->tray != NULL && e->tray_done == 0;
}

enum result
tray_sync(struct tx *tx, const struct stored_event *e, bool was, bool is)
{
	struct key k;
	enum result r;

	if (was == is)
		return OK;
	tray_prefix(&k, (uint32_t)e->org, LISTED);
	key_id(&k, e->id);
	if (is)
		return kv_put(tx, T_TRAY, &k, e->tray, strlen(e->tray));
	r = kv_del(tx, T_TRAY, &k);
	return r == NOT_FOUND ? OK : r;
}

enum result
tray_list(struct tx *tx, uint32_t org, const char *before, size_t max, struct arena *a,
    struct stored_event **list, size_t *count)
{
	struct rec_list l = REC_LIST(a, struct stored_event);
	struct key prefix, from;
	struct bytes key;
	struct cursor *c;
	bool cut;
	enum result r = OK;

	tray_prefix(&prefix, org, LISTED);
	cut = key_before(&from, &prefix, before);
	c = cursor_open(tx, T_TRAY, &prefix, cut ? &from : NULL, true);
	while (l.count < max && (r = cursor_next(c, &key, NULL)) == OK) {
		if (events_get(tx, org, key_last_id(&key, a), a, rec_list_add(&l)) != OK)
			rec_list_drop(&l);
	}
	cursor_close(c);
	*list = l.items;
	*count = l.count;
	return r == NOT_FOUND ? OK : r;
}

/* Counts the entries with a prefix, up to max. */
static enum result
count_entries(struct tx *tx, const struct key *prefix, size_t max, size_t *count)
{
	struct cursor *c = cursor_open(tx, T_TRAY, prefix, NULL, false);
	struct bytes key;
	enum result r = OK;

	*count = 0;
	while (*count < max && (r = cursor_next(c, &key, NULL)) == OK)
		(*count)++;
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

enum result
tray_count(struct tx *tx, uint32_t org, size_t max, size_t *count)
{
	struct key prefix;

	tray_prefix(&prefix, org, LISTED);
	return count_entries(tx, &prefix, max, count);
}

/* ---- bodies -------------------------------------------------------------------------- */

static void
body_key(struct key *k, uint32_t org, const void *body, size_t n)
{
	unsigned char hash[SHA256_BYTES];

	crypto_sha256(body, n, hash);
	tray_prefix(k, org, BODY);
	key_bytes(k, hash, sizeof hash);
}

/* From an event's raw text the bytes it stands for, as far as they can be had again. */
enum result
tray_body_done(struct tx *tx, const struct stored_event *e)
{
	struct buf body = BUF_INIT((size_t)4 * 1024 * 1024);
	struct body_note note = {e->id, tx_now(tx)};
	struct bytes value;
	struct key k;
	enum result r;

	if (e->type == NULL || strcmp(e->type, BODY_TYPE) != 0 || e->raw == NULL)
		return OK;
	if (e->base64)
		(void)base64_decode(e->raw, strlen(e->raw), &body);
	else
		buf_adds(&body, e->raw);
	body_key(&k, (uint32_t)e->org, buf_str(&body), body.len);
	buf_free(&body);
	r = kv_get(tx, T_TRAY, &k, true, &value);
	if (r != OK)
		return r == NOT_FOUND ? OK : r;
	return rec_put(tx, T_TRAY, &k, body_fields, &note);
}

enum result
tray_done(struct tx *tx, uint32_t org, const char *id, const char *who, const char *from)
{
	struct audit note = {
	    .org = org, .who = who, .from = from, .what = "tray.done", .detail = id};
	struct stored_event e;
	enum result r;

	r = events_get(tx, org, id, tx_arena(tx), &e);
	if (r != OK)
		return r;
	if (!tray_listed(&e))
		return OK;
	e.tray_done = tx_now(tx);
	r = events_put(tx, &e);
	if (r == OK)
		r = tray_body_done(tx, &e);
	return r == OK ? audit_add(tx, &note) : r;
}

/* Forgets the bodies that were dealt with; *left how many remain. */
static enum result
forget_done(struct tx *tx, const struct key *prefix, size_t *left)
{
	struct cursor *c = cursor_open(tx, T_TRAY, prefix, NULL, false);
	struct bytes key, value;
	struct body_note note;
	enum result r;

	*left = 0;
	cursor_for_update(c);
	while ((r = cursor_next(c, &key, &value)) == OK) {
		if (rec_read(T_TRAY, &value, body_fields, tx_arena(tx), &note) == OK &&
		    note.done == 0)
			(*left)++;
		else
			(void)cursor_del(c); /* a failure shows at the next step */
	}
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

/* REFUSED (counted) when no more bodies may be kept. */
static enum result
make_room(struct tx *tx, uint32_t org)
{
	struct key prefix;
	size_t count;
	enum result r;

	tray_prefix(&prefix, org, BODY);
	r = count_entries(tx, &prefix, BODIES_MAX, &count);
	if (r == OK && count >= BODIES_MAX)
		r = forget_done(tx, &prefix, &count);
	if (r != OK || count < BODIES_MAX)
		return r;
	r = counter_add(tx, org, "tray-full", clock_day(tx_now(tx)), 1, NULL);
	return r == OK ? REFUSED : r;
}

/* Text that a record can hold?  A control character would need six bytes for one. */
static bool
is_plain(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if ((unsigned char)p[i] < ' ' && strchr("\t\n\r", p[i]) == NULL)
			return false;
	}
	return memchr(p, '\0', n) == NULL && utf8_valid(p, n);
}

/* The body as text that a record can hold. */
static const char *
body_text(struct arena *a, const void *body, size_t n, bool *base64)
{
	struct buf text = BUF_INIT((size_t)6 * 1024 * 1024);
	const char *s;

	*base64 = !is_plain(body, n);
	if (*base64)
		base64_add(&text, body, n);
	else
		buf_add(&text, body, n);
	s = arena_str(a, buf_str(&text));
	buf_free(&text);
	return s;
}

enum result
tray_put_body(
    struct tx *tx, uint32_t org, const void *body, size_t n, const char *why, const char *request)
{
	struct stored_event e = {.org = org,
	    .received = tx_now(tx),
	    .type = BODY_TYPE,
	    .effect = "tray",
	    .tray = why,
	    .request = request};
	char id[MESSAGE_ID];
	struct body_note note = {id, 0};
	struct bytes value;
	struct key k;
	enum result r;

	body_key(&k, org, body, n);
	r = kv_get(tx, T_TRAY, &k, true, &value);
	if (r != NOT_FOUND)
		return r == OK ? EXISTS : r;
	r = make_room(tx, org);
	if (r != OK)
		return r;
	message_id_new(tx_now(tx), id);
	e.id = id;
	e.raw = body_text(tx_arena(tx), body, n, &e.base64);
	r = events_put(tx, &e);
	return r == OK ? rec_put(tx, T_TRAY, &k, body_fields, &note) : r;
}
