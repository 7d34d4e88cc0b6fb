/*
 * outcome.c: what becomes of an accepted message: queue, fate, callbacks.
 *
 * Contracts in outcome.h.  Order of the reasons: application not that of the
 * number's location (silence), number not ours or not in service (44xx), script, magic, expiry (4360), delivered.
 */
#include "outcome.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callbacks.h"
#include "json.h"
#include "numbers/estate.h"
#include "numbers/stock.h"
#include "util.h"

static double
capacity(const struct account *a)
{
	return a->capacity > 0 ? a->capacity : a->rate * 900;
}

static double
queued(const struct account *a)
{
	double left = (double)(a->busy_until - now_us()) / 1e6 * a->rate;

	return left > 0 ? left : 0;
}

bool
outcome_room(struct account *a, int segments)
{
	return a->rate <= 0 || queued(a) + segments <= capacity(a) + 1e-6;
}

char *
outcome_queue_text(struct account *a)
{
	double rate = a == NULL || a->rate <= 0 ? 1 : a->rate;
	double size = a == NULL || capacity(a) <= 0 ? 900 : capacity(a);

	return x_fmt("The SMS queue for your account is full and cannot "
	    "accept more messages right now. Your allowed rate is %.0f "
	    "messages per minute. The capacity of this queue is %.0f messages "
	    "(%.0f minutes). Reduce your message sending rate, or contact "
	    "support to increase your allowed rate.", rate * 60, size,
	    size / rate / 60);
}

void
outcome_id(struct sim *sim, char out[64], bool *uuid)
{
	char r[40], ms[24];
	long n = ledger_counter(sim, N_ACCEPTED) +
	    ledger_counter(sim, N_INBOUND);

	*uuid = sim->set.ids >= 2 || (sim->set.ids < 1 && n % 2 == 1);
	if (*uuid) {
		random_text(r, 32, true);
		snprintf(out, 64, "%.8s-%.4s-4%.3s-a%.3s-%.12s", r, r + 8,
		    r + 13, r + 17, r + 20);
		return;
	}
	random_text(r, 15, false);
	snprintf(ms, sizeof(ms), "%lld", (long long)(now_us() / 1000));
	snprintf(out, 64, "%s%s", ms, r);
}

static const char *
describe(int code)
{
	static const struct { int code; const char *text; } list[] = {
		{ 4360, "message-not-sent-expiration-date-passed" },
		{ 4403, "rejected-forbidden-from-number" },
		{ 4405, "rejected-unallocated-from-number" },
		{ 4432, "forbidden to country" },
		{ 4470, "rejected-spam-detected" },
		{ 4476, "blocked-unregistered" },
		{ 4700, "invalid-service-type" },
		{ 4702, "destination-subscriber-unavailable" },
		{ 4720, "invalid-destination-address" },
		{ 4721, "destination-tn-deactivated" },
		{ 4750, "destination-rejected-message" },
		{ 4770, "destination-spam-detected" },
		{ 4775, "destination-rejected-due-to-user-opt-out" },
		{ 4795, "tfn-not-verified" },
		{ 5600, "destination-carrier-queue-full" },
		{ 5620, "destination-app-error" },
		{ 9902, "delivery-receipt-expired" },
	};
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i].code == code)
			return list[i].text;
	return "unknown-error";
}

/* The code that a text "fail NNNN" or a number +1999555NNNN asks for. */
static int
magic_code(const struct message *m)
{
	long long v;

	if (m->text != NULL && strncmp(m->text, "fail ", 5) == 0 &&
	    parse_ll(m->text + 5, 1000, 9999, &v) == 0)
		return (int)v;
	if (strncmp(m->to[0], "+1999555", 8) == 0 &&
	    parse_ll(m->to[0] + 8, 4000, 9999, &v) == 0)
		return (int)v;
	return 0;
}

static void
fail(struct message *m, int code)
{
	m->status = "FAILED";
	m->code = code;
}

/* Why nothing may be sent from the number, or 0. */
static int
sender_code(struct sim *sim, const struct message *m, const struct number *n)
{
	const struct location *l;

	if (n == NULL || !n->enabled || !same(n->account, m->account) ||
	    !n->sms || (n->location == NULL && n->application != NULL &&
	    !same(n->application, m->application)))
		return 4403;
	l = estate_location(sim, m->account, NULL, n->location);
	if (l != NULL && (!l->sms || (m->nmedia > 0 && !l->mms)))
		return 4403;
	if (!same(stock_status(n), "Inservice"))
		return n->status == TN_INACCOUNT ? 4405 : 4403;
	if (sim->set.check_campaigns > 0 && stock_toll_free(n->tn))
		return same(n->verification, "VERIFIED") ? 0 : 4795;
	if (sim->set.check_campaigns > 0 && n->campaign == NULL)
		return 4476;
	return 0;
}

/* Decides status and code; true if callbacks are to be made. */
static bool
decide(struct sim *sim, struct message *m, const struct action *a)
{
	struct application *app = world_application(sim, m->application);
	struct number *n = world_number(sim, m->from);
	int magic = sim->set.magic > 0 ? magic_code(m) : 0, sender;

	m->status = "DELIVERED";
	m->code = 0;
	if (!estate_reaches(sim, m->account, app, n)) {
		m->status = "ACCEPTED";
		return false;
	}
	if ((sender = sender_code(sim, m, n)) != 0) {
		fail(m, sender);
	} else if (same(a->outcome, "silent")) {
		m->status = "SENT";
		return false;
	} else if (same(a->outcome, "failed") || a->code != 0) {
		fail(m, a->code != 0 ? a->code : 4720);
	} else if (magic != 0) {
		fail(m, magic);
	} else if (sim->set.magic > 0 && same(m->text, "no receipt")) {
		m->status = "SENT";
		return false;
	}
	if (m->expires != 0 && m->expires < m->send_at)
		fail(m, 4360);
	return !a->drop;
}

static json_object *
inner(const struct message *m, const char *owner, int64_t time)
{
	json_object *o = json_object_new_object();
	json_object *to = json_object_new_array();
	int i;

	for (i = 0; i < m->nto; i++)
		json_object_array_add(to, json_object_new_string(m->to[i]));
	put_text(o, "id", m->id);
	put_text(o, "owner", owner);
	put_text(o, "applicationId", m->application);
	put_time(o, "time", time);
	put_int(o, "segmentCount", m->segments);
	put_text(o, "direction", m->inbound ? "in" : "out");
	json_object_object_add(o, "to", to);
	put_text(o, "from", m->from);
	/* Bandwidth keeps no text of what was sent. */
	put_text(o, "text", m->inbound && m->text != NULL ? m->text : "");
	if (m->media != NULL)
		json_object_object_add(o, "media",
		    json_tokener_parse(m->media));
	if (m->tag != NULL)
		put_text(o, "tag", m->tag);
	if (m->priority != NULL)
		put_text(o, "priority", m->priority);
	return o;
}

char *
outcome_event(struct sim *sim, const struct message *m, const char *kind,
    const char *description, const char *to, int64_t time)
{
	struct account *a = world_account(sim, m->account);
	json_object *o = json_object_new_object();
	/* The published examples: the recipient owns what was delivered. */
	bool theirs = m->inbound || same(kind, "message-delivered");
	char *text;

	put_text(o, "type", kind);
	put_time(o, "time", time);
	put_text(o, "description", description);
	put_text(o, "to", to);
	if (same(kind, "message-failed"))
		put_int(o, "errorCode", m->code);
	if (a != NULL && a->carrier != NULL)
		put_text(o, "carrierName", a->carrier);
	json_object_object_add(o, "message",
	    inner(m, theirs ? to : m->from, m->inbound ? m->time : time));
	text = json_dump(o);
	json_object_put(o);
	return text;
}

/* Schedules one status event for one recipient; gives its id. */
static long
schedule(struct sim *sim, const struct message *m, const char *kind,
    const char *description, const char *to, int64_t at, const char *hold)
{
	struct event *e;

	e = event_new(m->application, false,
	    outcome_event(sim, m, kind, description, to, at));
	e->type = x_dup(kind);
	e->to = x_dup(to);
	e->from = x_dup(m->from);
	e->tag = x_dup(m->tag);
	e->message = x_dup(m->id);
	e->hold = x_dup(hold);
	return callbacks_add(sim, e, at);
}

/* All events for one recipient; gives the id of the first terminal one. */
static long
for_recipient(struct sim *sim, const struct message *m,
    const struct action *a, const char *to)
{
	unsigned types = world_application(sim, m->application)->types;
	bool failed = same(m->status, "FAILED");
	const char *kind = failed ? "message-failed" : "message-delivered";
	const char *text = failed ? describe(m->code) :
	    "Message delivered to handset.";
	int64_t middle = m->send_at + (m->done_at - m->send_at) / 2;
	long id = 0, n;
	int i;

	if (!failed && (types & CB_SENDING) != 0 && m->nmedia > 0)
		schedule(sim, m, "message-sending",
		    "Message is sending to carrier.", to, m->send_at, NULL);
	if (!failed && (types & CB_SENT) != 0)
		schedule(sim, m, "message-sent", "Message sent to carrier",
		    to, middle, NULL);
	if ((types & (failed ? CB_FAILED : CB_DELIVERED)) == 0)
		return 0;
	for (i = 0; i <= a->duplicate; i++) {
		n = schedule(sim, m, kind, text, to, m->done_at, a->hold);
		id = id == 0 ? n : id;
	}
	if (a->then_sending)
		schedule(sim, m, "message-sending",
		    "Message is sending to carrier.", to,
		    m->done_at + 50000, a->hold);
	return id;
}

long
outcome_plan(struct sim *sim, struct message *m, const struct action *a)
{
	struct account *acc = world_account(sim, m->account);
	double wait = a->receipt_ms >= 0 ? a->receipt_ms :
	    sim->set.receipt_delay_ms;
	int64_t now = now_us();
	long id = 0, n;
	int i;

	m->send_at = now;
	if (acc != NULL && acc->rate > 0) {
		if (acc->busy_until < now)
			acc->busy_until = now;
		m->send_at = acc->busy_until;
		acc->busy_until += (int64_t)(m->segments * m->nto * 1e6 /
		    acc->rate);
	}
	m->done_at = a->early ? now : m->send_at + (int64_t)(wait * 1000);
	if (!decide(sim, m, a))
		return 0;
	for (i = 0; i < m->nto; i++) {
		n = for_recipient(sim, m, a, m->to[i]);
		id = id == 0 ? n : id;
	}
	return id;
}
