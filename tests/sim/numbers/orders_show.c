/*
 * orders_show.c: orders read back, listed, and a backorder closed.
 *
 * The list shows an order only after the setting orders_lag_ms, and has no
 * CustomerOrderId in it: the published example has none, only the filter.
 */
#include "numbers/orders.h"

#include <stdlib.h>
#include <strings.h>

#include "json.h"
#include "numbers/fulfil.h"
#include "numbers/handlers.h"
#include "numbers/pages.h"
#include "numbers/stock.h"

/* The order of the path, or NULL after an answer. */
static struct tn_order *
named(struct request *r)
{
	struct tn_order *o = estate_order(r->sim, r->account, ORDER_NEW,
	    r->arg[0]);

	if (o == NULL)
		request_fail(r, 5061, NULL);
	return o;
}

static void
write_numbers(struct request *r, struct buf *b, const char *name,
    const struct tns *t, bool details)
{
	const struct number *n;
	long i;

	if (t->n == 0)
		return;
	xml_open(b, name);
	for (i = 0; i < t->n; i++) {
		n = world_number(r->sim, t->at[i]);
		xml_open(b, "TelephoneNumber");
		if (details && n != NULL) {
			xml_leaf(b, "City", n->city);
			xml_leaf(b, "LATA", n->lata);
			xml_leaf(b, "RateCenter", n->rate_center);
			xml_leaf(b, "State", n->state);
			xml_int(b, "Tier", 0);
			xml_leaf(b, "VendorName", "Bandwidth CLEC");
		}
		xml_leaf(b, "FullNumber", stock_written(r->sim, t->at[i]));
		xml_close(b, "TelephoneNumber");
	}
	xml_close(b, name);
}

void
orders_get(struct request *r)
{
	const struct tn_order *o = named(r);
	char *detail, *summary;
	struct buf b = { 0 };

	if (o == NULL)
		return;
	detail = request_parameter(r->call, "tndetail");
	summary = x_fmt("%ld number%s ordered", o->done.n,
	    o->done.n == 1 ? "" : "s");
	xml_head(&b);
	xml_open(&b, "OrderResponse");
	xml_int(&b, "CompletedQuantity", o->done.n);
	xml_leaf(&b, "CreatedByUser", o->user);
	order_errors(&b, o);
	if (o->final && o->quantity > o->done.n)
		write_numbers(r, &b, "FailedNumbers", &o->failed, false);
	xml_stamp(&b, "LastModifiedDate", o->modified);
	xml_stamp(&b, "OrderCompleteDate", o->completed);
	order_write(&b, o, false);
	xml_leaf(&b, "OrderStatus", o->status);
	write_numbers(r, &b, "CompletedNumbers", &o->done,
	    same(detail, "true"));
	if (o->final)
		xml_leaf(&b, "Summary", summary);
	xml_int(&b, "FailedQuantity", o->final ? o->quantity - o->done.n : 0);
	xml_close(&b, "OrderResponse");
	request_answer(r, 200, &b);
	free(detail);
	free(summary);
}

void
orders_tns(struct request *r)
{
	const struct tn_order *o = named(r);
	struct buf b = { 0 };
	long i;

	if (o == NULL)
		return;
	xml_head(&b);
	xml_open(&b, "TelephoneNumbers");
	xml_int(&b, "Count", o->done.n);
	for (i = 0; i < o->done.n; i++)
		xml_leaf(&b, "TelephoneNumber",
		    stock_written(r->sim, o->done.at[i]));
	xml_close(&b, "TelephoneNumbers");
	request_answer(r, 200, &b);
}

void
orders_put(struct request *r)
{
	struct tn_order *o = named(r);
	bool bad = false, close;
	struct buf b = { 0 };
	char *name, *id;

	if (o == NULL)
		return;
	close = xml_flag(r->body, "CloseOrder", false, &bad);
	name = xml_text(r->body, "Name");
	id = xml_text(r->body, "CustomerOrderId");
	if (!order_good_customer_id(id)) {
		request_fail(r, 5052, NULL);
	} else if (close && !same(o->status, "BACKORDERED")) {
		request_fail(r, 5060, NULL);
	} else {
		if (name != NULL)
			x_set(&o->name, name);
		if (id != NULL)
			x_set(&o->customer_id, id);
		if (close)
			fulfil_close(o);
		xml_head(&b);
		buf_str(&b, "<OrderResponse/>");
		request_answer(r, 200, &b);
	}
	free(name);
	free(id);
}

static const char *
id_of(const void *list, long at)
{
	struct tn_order *const *o = list;

	return o[at]->id;
}

/* The account's orders that are asked for, newest first. */
static struct tn_order **
collect(struct request *r, enum order_kind kind, long *count)
{
	char *customer = request_parameter(r->call, "customerOrderId");
	char *status = request_parameter(r->call, "status");
	int64_t until = now_us() - (int64_t)(r->sim->set.orders_lag_ms * 1000);
	struct tn_order **list = NULL, *o;
	long n = 0, i;

	/* Of disconnects nothing but the status is published as a filter. */
	if (kind == ORDER_DISCONNECT)
		x_set(&customer, NULL);
	for (o = r->sim->estate->orders; o != NULL; o = o->next) {
		if (o->kind != kind || !same(o->account, r->account) ||
		    o->created > until ||
		    (customer != NULL && !same(customer, o->customer_id)) ||
		    (status != NULL && strcasecmp(status, o->status) != 0))
			continue;
		list = x_realloc(list, ((size_t)n + 1) * sizeof(*list));
		list[n++] = o;
	}
	for (i = 0; i < n / 2; i++) {
		o = list[i];
		list[i] = list[n - 1 - i];
		list[n - 1 - i] = o;
	}
	*count = n;
	free(customer);
	free(status);
	return list;
}

/* How each kind of list is written, as its own example has it. */
struct listing {
	const char *list, *item, *id, *type;
};

static void
write_item(struct buf *b, const struct listing *l, const struct tn_order *o)
{
	xml_open(b, l->item);
	xml_int(b, "CountOfTNs", o->kind == ORDER_NEW ? o->done.n :
	    o->kind == ORDER_DISCONNECT ? o->wanted.n :
	    o->done.n + o->failed.n);
	xml_stamp(b, "lastModifiedDate", o->modified);
	xml_stamp(b, "OrderDate", o->created);
	xml_leaf(b, l->id, o->id);
	xml_leaf(b, "OrderType", l->type);
	xml_leaf(b, "OrderStatus", o->status);
	xml_leaf(b, "userId", o->user);
	xml_close(b, l->item);
}

static void
answer_list(struct request *r, enum order_kind kind, const struct listing *l)
{
	struct tn_order **list;
	struct buf b = { 0 };
	struct page p;
	long n, i;

	list = collect(r, kind, &n);
	if (kind == ORDER_DISCONNECT && n == 0) {
		request_refuse(r, 404, "No disconnect orders are present");
	} else if (page_read(r, &p, 500, 1000, n, id_of, list) == 0) {
		xml_head(&b);
		xml_open(&b, r->way->wrapper);
		xml_open(&b, l->list);
		xml_int(&b, "TotalCount", n);
		page_links(r, &b, &p, n, id_of, list);
		for (i = p.first; i < p.end; i++)
			write_item(&b, l, list[i]);
		xml_close(&b, l->list);
		xml_close(&b, r->way->wrapper);
		request_answer(r, 200, &b);
	}
	free(list);
}

void
orders_list(struct request *r)
{
	static const struct listing l = { "ListOrderIdUserIdDate",
	    "OrderIdUserIdDate", "orderId", NULL };

	answer_list(r, ORDER_NEW, &l);
}

void
disconnects_list(struct request *r)
{
	static const struct listing l = { "ListOrderIdUserIdDate",
	    "OrderIdUserIdDate", "OrderId", "disconnect" };

	answer_list(r, ORDER_DISCONNECT, &l);
}

void
options_list(struct request *r)
{
	static const struct listing l = { "TnOptionOrders",
	    "TnOptionOrderSummary", "OrderId", "tn_option" };

	answer_list(r, ORDER_OPTIONS, &l);
}
