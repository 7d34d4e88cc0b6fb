/*
 * receive.c: the events of one callback, each stored and applied exactly once.
 *
 * In a batch all events are first checked against what was seen, then applied,
 * then stored: so that transactions of the same kind take the tables in one
 * order, and the page on which the newest events lie is held shortest.
 */
#include "texting/receive.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/phone.h"
#include "org/contact.h"
#include "store/counters.h"
#include "store/events.h"
#include "store/orgs.h"
#include "store/store.h"
#include "texting/effect.h"

struct item {
	struct event event;
	struct effect effect;
	bool duplicate;
};

struct batch {
	const struct app *app;
	uint32_t org;
	json *const *events;
	const char *const *raw;
	const size_t *rawlen;
	size_t first, count; /* of this transaction, count at most RECEIVE_STEP */
	bool previous;
	char print[CALLBACK_PRINT];
	const char *request;
	struct receive_result result; /* of this transaction */
};

/* Ids that several threads make within a millisecond can meet; the transaction is tried again then.
 * */
#define ID_TRIES 4

/* More than a callback may have. */
#define RAW_MAX ((size_t)8 * 1024 * 1024)

/* As few events as Bandwidth sends nearly always go to disk together with other callbacks'. */
#define FEW 4

/* ---- the three passes ------------------------------------------------------------ */

static enum result
check_seen(struct tx *tx, struct batch *b, struct item *item, size_t i)
{
	unsigned char key[32];
	enum result r;

	event_read(b->events[i], tx_arena(tx), &item->event);
	event_key(&item->event, b->raw[i], b->rawlen[i], key);
	r = seen_add(tx, b->org, key);
	if (r != EXISTS)
		return r;
	item->duplicate = true;
	b->result.duplicates++;
	return OK;
}

static enum result
apply(struct tx *tx, const struct batch *b, struct item *item, const struct organization *org)
{
	char id[MESSAGE_ID];
	enum result r;

	message_id_new(tx_now(tx), id);
	item->effect = (struct effect){.app = b->app,
	    .org = org,
	    .event = &item->event,
	    .id = arena_str(tx_arena(tx), id),
	    .what = "none"};
	r = event_inbound(&item->event) ? inbound_effect(tx, &item->effect)
					: receipt_effect(tx, &item->effect);
	if (r != DAMAGED && r != REFUSED)
		return r;
	/* Trying again would not help: keep it for a person instead of having it sent for a day. */
	log_error("event %s could not be applied", item->effect.id);
	item->effect.what = "tray";
	item->effect.tray = "It could not be applied: a record that it concerns can't be read or "
			    "changed. The log says which.";
	return OK;
}

/* As it was received, but for the numbers of people who asked to be forgotten. */
static const char *
raw_kept(struct arena *a, const struct item *item, const char *raw, size_t n)
{
	const struct effect *e = &item->effect;
	struct buf text = BUF_INIT(RAW_MAX);
	const char *kept = arena_dup(a, raw, n);
	size_t i;

	if (e->forgotten) {
		buf_adds(&text, "{\"type\":");
		json_write_text(&text, item->event.type_text, strlen(item->event.type_text));
		buf_adds(&text, ",\"to\":\"" CONTACT_FORGOTTEN "\"}");
		kept = arena_str(a, buf_str(&text));
	}
	for (i = 0; !e->forgotten && i < e->hide.count; i++) {
		buf_reset(&text);
		(void)phone_hide(kept, strlen(kept), e->hide.items[i], CONTACT_FORGOTTEN, &text);
		kept = arena_str(a, buf_str(&text));
	}
	buf_free(&text);
	return kept;
}

static enum result
keep(struct tx *tx, struct batch *b, const struct item *item, size_t i)
{
	const struct effect *e = &item->effect;
	struct stored_event stored = {.org = b->org,
	    .id = e->id,
	    .received = tx_now(tx),
	    .type = item->event.type_text,
	    .raw = raw_kept(tx_arena(tx), item, b->raw[i], b->rawlen[i]),
	    .effect = e->what,
	    .message = e->message,
	    .tray = e->tray,
	    .service_id = e->forgotten ? NULL : item->event.message_id,
	    .request = b->request};
	enum result r = events_put(tx, &stored);

	if (r == OK && e->orphan)
		r = orphans_put(tx, b->org, item->event.message_id, e->id);
	b->result.stored++;
	b->result.tray += e->tray != NULL;
	b->result.wake = b->result.wake || e->wake;
	return r;
}

/* ---- the transaction ---------------------------------------------------------------- */

static enum result
receive(struct tx *tx, void *arg)
{
	static const struct receive_result nothing;
	struct batch *b = arg;
	struct organization org;
	struct item *items = arena_alloc(tx_arena(tx), b->count * sizeof *items);
	size_t i;
	enum result r = orgs_get(tx, b->org, false, tx_arena(tx), &org);

	b->result = nothing;
	if (r != OK)
		return r;
	for (i = 0; r == OK && i < b->count; i++)
		r = check_seen(tx, b, &items[i], b->first + i);
	for (i = 0; r == OK && i < b->count; i++) {
		if (!items[i].duplicate)
			r = apply(tx, b, &items[i], &org);
	}
	for (i = 0; r == OK && i < b->count; i++) {
		if (!items[i].duplicate)
			r = keep(tx, b, &items[i], b->first + i);
	}
	if (r == OK && b->first == 0)
		r = callback_accepted(tx, b->org,
		    b->count > 0 && items[0].event.type_text != NULL ? items[0].event.type_text
								     : "(no type)",
		    b->previous, b->print);
	return r == NOT_FOUND ? FAILED : r;
}

static void
add(struct receive_result *sum, const struct receive_result *more)
{
	sum->stored += more->stored;
	sum->duplicates += more->duplicates;
	sum->tray += more->tray;
	sum->wake = sum->wake || more->wake;
}

enum result
receive_events(const struct app *app, uint32_t org, json *const *events, const char *const *raw,
    const size_t *rawlen, size_t count, bool previous, const char *request,
    struct receive_result *result)
{
	static const struct receive_result nothing;
	struct batch b = {.app = app,
	    .org = org,
	    .events = events,
	    .raw = raw,
	    .rawlen = rawlen,
	    .previous = previous,
	    .request = request};
	enum result r;
	int i;

	*result = nothing;
	callback_print(app->settings, org, b.print);
	do {
		b.count = count - b.first < RECEIVE_STEP ? count - b.first : RECEIVE_STEP;
		r = EXISTS;
		for (i = 0; r == EXISTS && i < ID_TRIES; i++)
			r = b.count <= FEW ? store_run_durably(app->store, receive, &b)
					   : store_run(app->store, receive, &b);
		if (r == OK)
			add(result, &b.result);
		b.first += b.count;
	} while (r == OK && b.first < count);
	return r == EXISTS ? FAILED : r;
}
