/*
 * disconnects.c: numbers given back.
 */
#include "numbers/orders.h"

#include <stdlib.h>

#include "numbers/errors.h"
#include "numbers/fulfil.h"
#include "numbers/handlers.h"
#include "numbers/stock.h"

#define TYPE "DisconnectTelephoneNumberOrderType"

static void
write_list(struct request *r, struct buf *b, const char *name,
    const struct tns *t)
{
	long i;

	xml_open(b, name);
	for (i = 0; i < t->n; i++)
		xml_leaf(b, "TelephoneNumber",
		    stock_written(r->sim, t->at[i]));
	xml_close(b, name);
}

static void
write_request(struct request *r, struct buf *b, const struct tn_order *o,
    bool taken)
{
	xml_open(b, "orderRequest");
	xml_leaf(b, "CustomerOrderId", o->customer_id);
	xml_leaf(b, "Name", o->name);
	xml_leaf(b, "id", taken ? o->id : NULL);
	xml_stamp(b, "OrderCreateDate", o->created);
	xml_open(b, TYPE);
	xml_leaf(b, "DisconnectMode", "normal");
	xml_leaf(b, "Protected", "UNCHANGED");
	write_list(r, b, "TelephoneNumberList", &o->wanted);
	xml_close(b, TYPE);
	xml_close(b, "orderRequest");
}

static void
refuse(struct request *r, struct tn_order *o, int code)
{
	char *text = error_description(code, NULL);
	struct buf b = { 0 };

	fulfil_error(o, code, text, NULL);
	xml_head(&b);
	xml_open(&b, r->way->wrapper);
	order_errors(&b, o);
	write_request(r, &b, o, false);
	xml_close(&b, r->way->wrapper);
	request_answer(r, error_status(code), &b);
	free(text);
}

void
disconnects_create(struct request *r)
{
	struct tn_order *o = estate_draft_order(r->account, ORDER_DISCONNECT);
	xmlNode *list = xml_at(r->body, TYPE "/TelephoneNumberList");
	bool good = order_numbers(&o->wanted, list);
	struct buf b = { 0 };
	int code = 0;

	o->customer_id = xml_text(r->body, "CustomerOrderId");
	o->name = xml_text(r->body, "Name");
	o->user = x_dup(r->call->who);
	o->quantity = o->wanted.n;
	if (o->wanted.n == 0)
		code = 5001;
	else if (!good)
		code = 5070;
	else if (!order_good_customer_id(o->customer_id))
		code = 5052;
	if (code != 0) {
		refuse(r, o, code);
		estate_drop_order(o);
		return;
	}
	estate_keep_order(r->sim, o);
	fulfil_begin(r->sim, o, &r->call->act);
	request_location(r, "disconnects", o->id);
	xml_head(&b);
	xml_open(&b, r->way->wrapper);
	write_request(r, &b, o, true);
	xml_leaf(&b, "OrderStatus", o->status);
	xml_close(&b, r->way->wrapper);
	request_answer(r, 201, &b);
}

void
disconnects_get(struct request *r)
{
	const struct tn_order *o = estate_order(r->sim, r->account,
	    ORDER_DISCONNECT, r->arg[0]);
	struct buf b = { 0 };

	if (o == NULL) {
		request_fail(r, 5061, NULL);
		return;
	}
	xml_head(&b);
	xml_open(&b, r->way->wrapper);
	order_errors(&b, o);
	if (o->done.n > 0)
		write_list(r, &b, "DisconnectedTelephoneNumberList", &o->done);
	write_request(r, &b, o, true);
	xml_leaf(&b, "OrderStatus", o->status);
	xml_close(&b, r->way->wrapper);
	request_answer(r, 200, &b);
}
