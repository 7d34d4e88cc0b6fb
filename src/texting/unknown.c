/*
 * unknown.c: messages of which nobody knows whether Bandwidth took them.
 *
 * They are looked for in Bandwidth's own list, after 10 s, 1, 5, 15 and 60
 * minutes.  A text is never posted again because it was not found, unless the
 * owner has said so (UNKNOWN_RESEND): the list can be late, a second text
 * can't be taken back.
 */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/phone.h"
#include "store/contacts.h"
#include "store/messages.h"
#include "store/meta.h"
#include "store/orgs.h"
#include "store/store.h"
#include "texting/limit.h"
#include "texting/outbox.h"
#include "texting/receipt.h"
#include "texting/receive.h"
#include "texting/settle.h"

static const int64_t look_after[] = {
    10 * CLOCK_SECOND,
    CLOCK_MINUTE,
    5 * CLOCK_MINUTE,
    15 * CLOCK_MINUTE,
    60 * CLOCK_MINUTE,
};
#define LOOKS ((int64_t)(sizeof look_after / sizeof look_after[0]))
/* A listed message this far from the POST can be the one. */
#define NEAR (2 * CLOCK_MINUTE)
/* When Bandwidth could not be asked. */
#define ASK_AGAIN (30 * CLOCK_SECOND)
/* And for so long. */
#define ASK_FOR CLOCK_DAY
/* Two looks for one message are at least so far apart, however late they are. */
#define LOOK_APART (10 * CLOCK_SECOND)

int64_t
outbox_look_due(int64_t posted, int64_t looks)
{
	return looks >= 0 && looks < LOOKS ? posted + look_after[looks] : 0;
}

/* ---- whose look is due ----------------------------------------------------------- */

struct scan {
	uint32_t org;
	int64_t now, due;
	struct arena *arena;
	struct message *found;
};

/* The first entry that names a message; one that can't be read must not hide the others. */
static enum result
scan(struct tx *tx, void *arg)
{
	struct scan *s = arg;
	struct queue_entry e;
	enum result r = queue_first(tx, QUEUE_LOOKS, s->org, INT64_MAX, NULL, &e);

	s->due = INT64_MAX;
	while (r == OK) {
		if (e.due > s->now) {
			s->due = e.due;
			return NOT_FOUND;
		}
		r = messages_get(tx, s->org, e.id, false, s->arena, s->found);
		if (r == OK && message_state(s->found) == STATE_UNKNOWN)
			return OK;
		if (r == OK || r == NOT_FOUND || r == DAMAGED)
			r = queue_first(tx, QUEUE_LOOKS, s->org, INT64_MAX, &e, &e);
	}
	return r;
}

enum result
outbox_unknown_due(const struct app *app, uint32_t org, int64_t now, struct arena *arena,
    struct message *m, int64_t *due)
{
	struct scan s = {.org = org, .now = now, .arena = arena, .found = m};
	enum result r = store_read(app->store, scan, &s);

	*due = s.due;
	return r;
}

/* ---- binding ----------------------------------------------------------------------- */

struct resolving {
	const struct app *app;
	uint32_t org;
	const char *id;
	const char *account; /* whose list it is, NULL: there is none */
	const struct listed *listed;
	size_t count;
	const char *number; /* the contact's */
	struct arena *arena;
	struct organization organization;
};

/* The same telephone number, however it is written? */
static bool
same_number(const char *listed, const char *ours)
{
	char number[PHONE_MAX];
	const char *why;

	if (listed == NULL || ours == NULL)
		return false;
	if (strcmp(listed, ours) == 0)
		return true;
	return phone_normalize(listed, number, &why) == 0 && strcmp(number, ours) == 0;
}

static bool
same_recipient(const struct listed *l, const struct message *m)
{
	size_t i;

	if (m->group.count == 0)
		return same_number(l->to, m->contact_number);
	for (i = 0; i < m->group.count; i++) {
		if (same_number(l->to, m->group.items[i]))
			return true;
	}
	return false;
}

/* Near the POST?  Of one that was queued again meanwhile: the POST before that. */
static bool
same_time(const struct listed *l, const struct message *m)
{
	int64_t posted = m->posted != 0 ? m->posted : m->posted_before;

	return l->time - posted <= NEAR && l->time - posted >= -NEAR;
}

/* Can this be the message? */
static bool
agrees(const struct listed *l, const struct message *m)
{
	const char *kind = message_is_mms(m) ? "mms" : "sms";

	return l->service_id != NULL && *l->service_id != '\0' && l->direction != NULL &&
	       strcasecmp(l->direction, "outbound") == 0 && l->kind != NULL &&
	       strcasecmp(l->kind, kind) == 0 && l->segments == m->segments && same_time(l, m) &&
	       same_number(l->from, m->user_number) && same_recipient(l, m);
}

/* The one candidate that is bound to nothing else; NULL if there is none or more than one. */
static enum result
candidate(
    struct tx *tx, const struct resolving *v, const struct message *m, const struct listed **found)
{
	const char *other;
	size_t i, n = 0;
	enum result r;

	*found = NULL;
	for (i = 0; i < v->count; i++) {
		if (!agrees(&v->listed[i], m))
			continue;
		/* The same one twice: two pages that overlap, or a group's recipients. */
		if (*found != NULL && strcmp((*found)->service_id, v->listed[i].service_id) == 0)
			continue;
		r = messages_by_service(tx, v->org, v->listed[i].service_id, tx_arena(tx), &other);
		if (r == OK && strcmp(other, m->id) != 0)
			continue;
		if (r != OK && r != NOT_FOUND)
			return r;
		*found = &v->listed[i];
		n++;
	}
	if (n != 1)
		*found = NULL;
	return OK;
}

/* What the list says of its fate, as a receipt would. */
static enum event_type
fate(const struct listed *l)
{
	if (l->status != NULL && strcasecmp(l->status, "delivered") == 0)
		return EVENT_DELIVERED;
	if (l->status != NULL && l->error_code > 0 &&
	    (strcasecmp(l->status, "failed") == 0 || strcasecmp(l->status, "undelivered") == 0))
		return EVENT_FAILED;
	return EVENT_SENT;
}

static enum result
bind_to(struct tx *tx, struct resolving *v, const struct message *old, const struct listed *l)
{
	struct receipt receipt = {
	    .type = EVENT_SENT, .to = v->number, .service_id = l->service_id, .tagged = true};
	struct message now;
	bool changed;
	enum result r = receipt_apply(tx, v->app, old, &receipt, &changed);

	if (r != OK)
		return r;
	log_info("message %s: found at Bandwidth", old->id);
	r = receive_orphans(v->app, tx, v->org, l->service_id);
	/* Of a group the list tells about one recipient only; its receipts tell about all. */
	if (r != OK || old->group.count > 0 || fate(l) == EVENT_SENT)
		return r;
	r = messages_get(tx, v->org, v->id, true, tx_arena(tx), &now);
	if (r != OK)
		return r;
	receipt.type = fate(l);
	receipt.code = l->error_code;
	receipt.time = l->time;
	r = receipt_apply(tx, v->app, &now, &receipt, &changed);
	/* The message is settled; what its person's ruined record can't take must not undo that. */
	return r == DAMAGED ? OK : r;
}

/* ---- not found ----------------------------------------------------------------------- */

/* Once by itself: a person may get it twice, but not as often as answers are lost.  Never what
 * was posted before the data was copied: the former installation may have done so. */
static enum result
may_resend(struct tx *tx, const struct resolving *v, const struct message *m, bool *may)
{
	int64_t copied = 0;
	enum result r = OK;

	*may = v->app->settings->unknown_resend && m->posted_before == 0;
	if (*may)
		r = meta_copied(tx, &copied);
	*may = *may && (copied == 0 || m->posted > copied);
	return r;
}

static enum result
give_up_looking(
    struct tx *tx, const struct resolving *v, const struct message *old, struct message *m)
{
	bool may;
	enum result r = may_resend(tx, v, m, &may);

	if (r != OK)
		return r;
	if (!may) {
		m->held_why = "unknown-open";
		return settle(tx, old, m, STATE_UNKNOWN);
	}
	log_warn("message %s: not found at Bandwidth, it is sent again", m->id);
	m->held_why = NULL;
	m->looks = 0;
	m->posted_before = m->posted;
	m->posted = 0;
	m->service_id = NULL;
	m->due = tx_now(tx);
	r = settle(tx, old, m, STATE_QUEUED);
	return r == OK ? limit_count_more(tx, v->app, m, message_cost(m)) : r;
}

static enum result
not_found(struct tx *tx, const struct resolving *v, const struct message *old)
{
	struct message m = *old;
	int64_t now = tx_now(tx);

	if (!message_posted_to(&m, v->account)) {
		m.due = now + ASK_AGAIN;
		/* Bandwidth's list may never be had: somebody has to know. */
		if (!message_posted_to(&m, v->organization.account_id))
			m.held_why = "other-account";
		else if (now - m.posted > ASK_FOR)
			m.held_why = "unknown-open";
		return settle(tx, old, &m, STATE_UNKNOWN);
	}
	m.looks++;
	if (m.looks >= LOOKS)
		return give_up_looking(tx, v, old, &m);
	m.due = outbox_look_due(m.posted, m.looks);
	if (m.due < now + LOOK_APART)
		m.due = now + LOOK_APART;
	return settle(tx, old, &m, STATE_UNKNOWN);
}

/* ---- the transaction ------------------------------------------------------------------ */

static enum result
peek(struct tx *tx, void *arg)
{
	struct resolving *v = arg;
	struct message m;
	enum result r = messages_get(tx, v->org, v->id, false, tx_arena(tx), &m);

	if (r == OK)
		v->number = arena_str(v->arena, m.contact_number);
	return r;
}

/* Was it queued again while Bandwidth was asked?  Then what was found keeps it from going out. */
static bool
queued_again(const struct message *m)
{
	enum message_state s = message_state(m);

	return m->attempts > 0 && (s == STATE_QUEUED || s == STATE_HELD);
}

static enum result
resolve(struct tx *tx, void *arg)
{
	struct resolving *v = arg;
	const struct listed *found = NULL;
	struct contact contact;
	struct message old;
	enum result r;

	r = orgs_get(tx, v->org, false, tx_arena(tx), &v->organization);
	/* Locked first, as everywhere. */
	if (r == OK)
		r = contacts_get(tx, v->org, v->number, true, tx_arena(tx), &contact);
	if (r == OK || r == NOT_FOUND || r == DAMAGED)
		r = messages_get(tx, v->org, v->id, true, tx_arena(tx), &old);
	if (r != OK)
		return r;
	if (message_state(&old) != STATE_UNKNOWN && !queued_again(&old))
		return OK;
	if (message_posted_to(&old, v->account))
		r = candidate(tx, v, &old, &found);
	if (r != OK)
		return r;
	if (found != NULL)
		return bind_to(tx, v, &old, found);
	return message_state(&old) == STATE_UNKNOWN ? not_found(tx, v, &old) : OK;
}

enum result
outbox_unknown_resolve(const struct app *app, uint32_t org, const char *id, const char *account,
    const struct listed *listed, size_t count)
{
	struct resolving v = {
	    .app = app, .org = org, .id = id, .account = account, .listed = listed, .count = count};
	enum result r;

	v.arena = arena_new();
	r = store_read(app->store, peek, &v);
	if (r == OK)
		r = store_run(app->store, resolve, &v);
	if (r == OK)
		r = store_flush(app->store);
	arena_free(v.arena);
	return r;
}
