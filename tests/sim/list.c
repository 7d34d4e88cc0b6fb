/*
 * list.c: GET .../messages, metadata only.
 *
 * One row for each message and recipient, newest first unless asked
 * otherwise; no text, no tag, as published.  Contract in list.h.
 */
#include "list.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "ledger.h"
#include "query.h"
#include "world.h"

struct row {
	const struct message *m;
	const char *to;
	const char *status;
};

static const char *
status_now(const struct message *m, int64_t now)
{
	if (m->inbound)
		return "RECEIVED";
	if (same(m->status, "ACCEPTED"))
		return "ACCEPTED";
	if (now < m->send_at)
		return "QUEUED";
	return now < m->done_at ? "SENT" : m->status;
}

static const char *
type_of(const struct message *m)
{
	return m->nmedia > 0 || m->nto > 1 ? "mms" : "sms";
}

static const char *
direction_of(const struct message *m)
{
	return m->inbound ? "INBOUND" : "OUTBOUND";
}

static int
code_of(const struct row *r)
{
	return same(r->status, "FAILED") ? r->m->code : 0;
}

static bool
number_fits(const struct numbers *l, const char *tn)
{
	int i;

	if (l->n == 0)
		return true;
	if (l->prefix)
		return strncmp(tn + (l->one[0][0] != '+' && *tn == '+'),
		    l->one[0], strlen(l->one[0])) == 0;
	for (i = 0; i < l->n; i++)
		if (same(l->one[i], tn))
			return true;
	return false;
}

static bool
text_fits(const char *want, const char *have)
{
	return want == NULL || same(want, have);
}

static bool
fits(struct call *c, const struct query *q, const struct row *r)
{
	const struct message *m = r->m;
	const struct account *a = world_account(c->sim, c->account);

	return q->other == NULL && text_fits(q->message_id, m->id) &&
	    number_fits(&q->source, m->from) &&
	    number_fits(&q->destination, r->to) &&
	    text_fits(q->status, r->status) &&
	    text_fits(q->direction, direction_of(m)) &&
	    text_fits(q->type, type_of(m)) &&
	    text_fits(q->carrier, a->carrier == NULL ? "other" : a->carrier) &&
	    (q->error_code < 0 || q->error_code == code_of(r)) &&
	    (q->from == 0 || m->time >= q->from) &&
	    (q->to == 0 || m->time <= q->to) &&
	    m->segments >= q->from_segments && m->segments <= q->to_segments;
}

static int
compare(const void *x, const void *y, void *arg)
{
	const struct query *q = arg;
	const struct row *a = x, *b = y;
	const char *f = q->sort == NULL ? "receiveTime" : q->sort;
	int c = 0;

	if (same(f, "sourceTn"))
		c = strcmp(a->m->from, b->m->from);
	else if (same(f, "destinationTn"))
		c = strcmp(a->to, b->to);
	else if (same(f, "messageStatus"))
		c = strcmp(a->status, b->status);
	else if (same(f, "messageDirection"))
		c = strcmp(direction_of(a->m), direction_of(b->m));
	else if (same(f, "messageType"))
		c = strcmp(type_of(a->m), type_of(b->m));
	else if (same(f, "segmentCount"))
		c = a->m->segments - b->m->segments;
	else if (same(f, "errorCode"))
		c = code_of(a) - code_of(b);
	if (c == 0)
		c = (a->m->time > b->m->time) - (a->m->time < b->m->time);
	return q->descending ? -c : c;
}

/* All rows that fit, sorted; *n of them. */
static struct row *
collect(struct call *c, const struct query *q, long *n)
{
	int64_t now = now_us();
	int64_t seen = now - (int64_t)(c->sim->set.list_lag_ms * 1000);
	struct message *m;
	struct row *rows = NULL, r;
	long i, cap = 0;
	int k;

	*n = 0;
	for (i = 0; (m = ledger_message(c->sim, i)) != NULL; i++) {
		if (m->unlisted || m->time > seen ||
		    !same(m->account, c->account))
			continue;
		for (k = 0; k < m->nto; k++) {
			r.m = m;
			r.to = m->to[k];
			r.status = status_now(m, now);
			if (!fits(c, q, &r))
				continue;
			if (*n == cap) {
				cap = cap * 2 + 64;
				rows = x_realloc(rows,
				    (size_t)cap * sizeof(*rows));
			}
			rows[(*n)++] = r;
		}
	}
	if (*n > 1)
		qsort_r(rows, (size_t)*n, sizeof(*rows), compare, (void *)q);
	return rows;
}

static json_object *
show_row(struct call *c, const struct row *r)
{
	static const char *const absent[] = { "campaignClass", "campaignId",
	    "bwLatency", "carrierLatency", "callingNumberCountryA3",
	    "calledNumberCountryA3", "product", "location" };
	const struct account *a = world_account(c->sim, c->account);
	size_t i, length = r->m->text == NULL ? 0 : strlen(r->m->text);
	json_object *o = json_object_new_object();
	char t[40];

	stamp(t, r->m->time, 3);
	put_text(o, "messageId", r->m->id);
	put_text(o, "accountId", r->m->account);
	put_text(o, "sourceTn", r->m->from);
	put_text(o, "destinationTn", r->to);
	put_text(o, "messageStatus", r->status);
	put_text(o, "messageDirection", direction_of(r->m));
	put_text(o, "messageType", type_of(r->m));
	put_int(o, "segmentCount", r->m->segments);
	put_int(o, "errorCode", code_of(r));
	put_text(o, "receiveTime", t);
	put_text(o, "carrierName", a->carrier == NULL ? "other" : a->carrier);
	put_int(o, "messageSize", (int64_t)length + 9);
	put_int(o, "messageLength", (int64_t)length);
	put_int(o, "attachmentCount", r->m->nmedia);
	put_int(o, "recipientCount", r->m->nto);
	for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		put_text(o, absent[i], NULL);
	return o;
}

/* Adds the link and the token of the page that begins at offset. */
static void
put_page(struct call *c, json_object *info, const char *way, long offset)
{
	char *plain = x_fmt("at:%ld", offset);
	char *token = b64_encode(plain, strlen(plain), false);
	char *key = x_fmt("%sPage", way), *token_key;
	char *url;

	token_key = x_fmt("%sToken", key);
	url = x_fmt("%s%s?pageToken=%s", c->sim->base_url, c->req->path,
	    token);
	put_text(info, key, url);
	put_text(info, token_key, token);
	free(plain);
	free(token);
	free(key);
	free(token_key);
	free(url);
}

static void
answer_page(struct call *c, const struct query *q)
{
	json_object *o = json_object_new_object();
	json_object *info = json_object_new_object();
	json_object *list = json_object_new_array();
	struct row *rows;
	long n, i;

	rows = collect(c, q, &n);
	for (i = q->offset; i < n && i < q->offset + q->limit; i++)
		json_object_array_add(list, show_row(c, &rows[i]));
	if (q->offset > 0)
		put_page(c, info, "prev", q->offset > q->limit ?
		    q->offset - q->limit : 0);
	if (q->offset + q->limit < n)
		put_page(c, info, "next", q->offset + q->limit);
	put_int(o, "totalCount", n);
	json_object_object_add(o, "pageInfo", info);
	json_object_object_add(o, "messages", list);
	answer_json(c->res, 200, o);
	free(rows);
}

/* Counts the request; true once there were too many in five minutes. */
static bool
too_many(struct call *c)
{
	struct account *a = world_account(c->sim, c->account);
	int64_t now = now_us();

	if (now - a->list_window > (int64_t)300 * 1000000) {
		a->list_window = now;
		a->list_count = 0;
	}
	return ++a->list_count > c->sim->set.list_limit;
}

void
list_messages(struct call *c)
{
	struct query q;
	char *why;
	bool limited;

	why = query_read(c->req->query, &q);
	pthread_mutex_lock(&c->sim->lock);
	limited = too_many(c);
	if (!limited && why == NULL)
		answer_page(c, &q);
	pthread_mutex_unlock(&c->sim->lock);
	if (limited)
		answer_published(c, "list", 429);
	else if (why != NULL)
		answer_error(c->res, 400, "request-validation", why);
	free(why);
	query_free(&q);
}
