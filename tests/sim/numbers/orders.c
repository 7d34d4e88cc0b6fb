/*
 * orders.c: POST /orders, judged.
 *
 * An order that is well formed is taken, and fulfil.c finds out over time
 * what becomes of it.  Ordering twice buys twice: nothing is idempotent.
 */
#include "numbers/orders.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "numbers/criteria.h"
#include "numbers/errors.h"
#include "numbers/fulfil.h"
#include "numbers/handlers.h"
#include "text.h"

struct type {
	const char *name;
	const char *needs[2];	/* elements, besides Quantity */
	bool specific;		/* cannot be backordered */
};

static const struct type types[] = {
	{ "ExistingTelephoneNumberOrderType", { NULL, NULL }, true },
	{ "AreaCodeSearchAndOrderType", { "AreaCode", NULL }, false },
	{ "NPANXXSearchAndOrderType", { "NpaNxx", NULL }, true },
	{ "RateCenterSearchAndOrderType", { "RateCenter", "State" }, false },
	{ "StateSearchAndOrderType", { "State", NULL }, false },
	{ "CitySearchAndOrderType", { "City", "State" }, false },
	{ "ZIPSearchAndOrderType", { "Zip", NULL }, false },
	{ "LATASearchAndOrderType", { "Lata", NULL }, false },
	{ "TollFreeWildCharSearchAndOrderType",
	    { "TollFreeWildCardPattern", NULL }, false },
	{ "TollFreeVanitySearchAndOrderType", { "TollFreeVanity", NULL },
	    true },
	{ "CombinedSearchAndOrderType", { NULL, NULL }, false },
};
#define TYPES (sizeof(types) / sizeof(types[0]))

/* An order under judgement: what is wrong with it, and with what. */
struct judgement {
	struct request *r;
	struct tn_order *o;
	xmlNode *node;		/* the OrderType element */
	const struct type *type;
	int code;
	char *what;
};

static bool
wrong(struct judgement *j, int code, const char *what)
{
	j->code = code;
	x_set(&j->what, what);
	return false;
}

bool
order_good_customer_id(const char *s)
{
	return s == NULL || (strlen(s) <= 40 && strspn(s,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789 -") == strlen(s));
}

bool
order_numbers(struct tns *out, xmlNode *list)
{
	xmlNode *one = list == NULL ? NULL : list->children;
	bool good = true;
	char *s;

	while ((one = xml_named(one, "TelephoneNumber")) != NULL) {
		s = xml_text(one, "");
		good = good && text_is_e164(s);
		tns_add(out, s);
		free(s);
		one = one->next;
	}
	return good;
}

/* Finds the one OrderType; a list outside of it breaks the server. */
static bool
find_type(struct judgement *j)
{
	xmlNode *at;
	size_t i;
	int found = 0;

	for (i = 0; i < TYPES; i++) {
		at = xml_at(j->r->body, types[i].name);
		if (at == NULL)
			continue;
		found++;
		j->node = at;
		j->type = &types[i];
	}
	if (found == 1)
		return true;
	return wrong(j, found == 0 && xml_at(j->r->body,
	    "TelephoneNumberList") != NULL ? -500 : 5087, NULL);
}

static bool
good_place(struct judgement *j)
{
	struct tn_order *o = j->o;
	struct sim *sim = j->r->sim;
	const struct location *l;
	struct site *s;

	if (o->site == NULL || *o->site == '\0')
		return wrong(j, 5022, NULL);
	s = estate_site(sim, j->r->account, o->site);
	if (s == NULL)
		return wrong(j, 5016, NULL);
	if (o->location != NULL && estate_location(sim, j->r->account, s->id,
	    o->location) == NULL)
		return wrong(j, 5023, NULL);
	if (o->location != NULL)
		return true;
	l = estate_default(sim, s);
	if (l == NULL)
		return wrong(j, 5020, NULL);
	o->location = x_dup(l->id);
	return true;
}

static bool
good_names(struct judgement *j)
{
	const struct tn_order *o = j->o;

	if (!order_good_customer_id(o->customer_id))
		return wrong(j, 5052, NULL);
	if (o->name != NULL && text_utf16(o->name) > 50)
		return wrong(j, 5002, "The order name is too long. Max length "
		    "is 50 characters.");
	return true;
}

/* Numbers by name: none twice, all of them E.164. */
static bool
good_list(struct judgement *j)
{
	struct tns *t = &j->o->wanted;
	long i, k;

	if (!order_numbers(t, xml_at(j->node, "TelephoneNumberList")))
		return wrong(j, 5070, NULL);
	if (t->n == 0)
		return wrong(j, 5001, NULL);
	for (i = 0; i < t->n; i++)
		for (k = 0; k < i; k++)
			if (same(t->at[i], t->at[k]))
				return wrong(j, 5093, NULL);
	j->o->quantity = t->n;
	return true;
}

static void
take_criteria(struct judgement *j)
{
	struct criteria *c = &j->o->by;
	bool bad = false;

	c->area_code = xml_text(j->node, "AreaCode");
	c->npanxx = xml_text(j->node, "NpaNxx");
	c->npanxxx = xml_text(j->node, "NpaNxxX");
	c->rate_center = xml_text(j->node, "RateCenter");
	c->state = xml_text(j->node, "State");
	c->city = xml_text(j->node, "City");
	c->zip = xml_text(j->node, "Zip");
	c->lata = xml_text(j->node, "Lata");
	c->pattern = xml_text(j->node, "TollFreeWildCardPattern");
	c->vanity = xml_text(j->node, "TollFreeVanity");
	c->local_vanity = xml_text(j->node, "LocalVanity");
	c->near = xml_flag(j->node, "EnableLCA", true, &bad);
	c->ends_in = xml_flag(j->node, "EndsIn", false, &bad);
}

/* What an order's search complains of, in the words of a search. */
static bool
good_search(struct judgement *j)
{
	char *n = xml_text(j->node, "Quantity"), *text;
	long long quantity = 0;
	bool good = n != NULL && parse_ll(n, 1, 5000, &quantity) == 0;
	size_t i;
	int code;

	if (!good && n == NULL)
		code = same(j->type->name, "AreaCodeSearchAndOrderType") ?
		    5198 : 5009;
	else
		code = parse_ll(n, 1, 1000000, &quantity) == 0 ? 5215 : 5009;
	free(n);
	if (!good)
		return wrong(j, code, "");
	j->o->quantity = (long)quantity;
	take_criteria(j);
	for (i = 0; i < 2 && j->type->needs[i] != NULL; i++)
		if (xml_at(j->node, j->type->needs[i]) == NULL)
			return wrong(j, i == 0 && same(j->type->name,
			    "AreaCodeSearchAndOrderType") ? 5198 : i == 0 &&
			    same(j->type->name,
			    "TollFreeVanitySearchAndOrderType") ? 5199 : 5224,
			    j->type->needs[i]);
	code = criteria_check(&j->o->by);
	if (code == 0)
		return true;
	text = error_description(code, NULL);
	wrong(j, 5002, text);
	free(text);
	return false;
}

static bool
good_backorder(struct judgement *j)
{
	const struct tn_order *o = j->o;

	if (o->backorder && (j->type->specific || o->by.npanxx != NULL ||
	    o->by.npanxxx != NULL || o->by.local_vanity != NULL))
		return wrong(j, 5522, NULL);
	return true;
}

static bool
judge(struct judgement *j)
{
	struct tn_order *o = j->o;
	bool bad = false;

	o->partial = xml_flag(j->r->body, "PartialAllowed", true, &bad);
	if (bad)
		return wrong(j, 5217, NULL);
	o->backorder = xml_flag(j->r->body, "BackOrderRequested", false, &bad);
	if (bad)
		return wrong(j, 5002,
		    "The BackOrderRequested value submitted is invalid.");
	if (!find_type(j))
		return false;
	o->type = x_dup(j->type->name);
	o->type_xml = xml_copy(j->node);
	return good_names(j) && good_place(j) &&
	    (same(j->type->name, "ExistingTelephoneNumberOrderType") ?
	    good_list(j) : good_search(j)) && good_backorder(j);
}

void
order_errors(struct buf *b, const struct tn_order *o)
{
	json_object *e;
	size_t i;

	if (json_object_array_length(o->errors) == 0)
		return;
	xml_open(b, "ErrorList");
	for (i = 0; i < json_object_array_length(o->errors); i++) {
		e = json_object_array_get_idx(o->errors, i);
		xml_open(b, "Error");
		xml_int(b, "Code", (long long)json_num(e, "code", 0));
		xml_leaf(b, "Description", json_text(e, "description", ""));
		xml_leaf(b, "TelephoneNumber", json_text(e, "tn", NULL));
		xml_close(b, "Error");
	}
	xml_close(b, "ErrorList");
}

void
order_write(struct buf *b, const struct tn_order *o, bool with_id)
{
	xml_open(b, "Order");
	xml_leaf(b, "CustomerOrderId", o->customer_id);
	xml_leaf(b, "id", with_id ? o->id : NULL);
	xml_leaf(b, "Name", o->name);
	xml_stamp(b, "OrderCreateDate", o->created);
	xml_leaf(b, "PeerId", o->location);
	xml_truth(b, "BackOrderRequested", o->backorder);
	if (o->type_xml != NULL)
		buf_str(b, o->type_xml);
	xml_truth(b, "PartialAllowed", o->partial);
	xml_leaf(b, "SiteId", o->site);
	xml_close(b, "Order");
}

static void
refuse(struct request *r, const struct judgement *j)
{
	char *text = error_description(j->code, j->what);
	struct buf b = { 0 };

	if (j->code == -500) {
		numbers_published(r->call, 500);
		free(text);
		return;
	}
	fulfil_error(j->o, j->code, text, NULL);
	xml_head(&b);
	xml_open(&b, "OrderResponse");
	order_errors(&b, j->o);
	order_write(&b, j->o, false);
	xml_close(&b, "OrderResponse");
	request_answer(r, error_status(j->code), &b);
	free(text);
}

void
orders_create(struct request *r)
{
	struct judgement j = { .r = r };
	struct buf b = { 0 };

	j.o = estate_draft_order(r->account, ORDER_NEW);
	j.o->customer_id = xml_text(r->body, "CustomerOrderId");
	j.o->name = xml_text(r->body, "Name");
	j.o->site = xml_text(r->body, "SiteId");
	j.o->location = xml_text(r->body, "PeerId");
	j.o->user = x_dup(r->call->who);
	if (!judge(&j)) {
		refuse(r, &j);
		estate_drop_order(j.o);
	} else {
		estate_keep_order(r->sim, j.o);
		fulfil_begin(r->sim, j.o, &r->call->act);
		request_location(r, "orders", j.o->id);
		xml_head(&b);
		xml_open(&b, "OrderResponse");
		order_write(&b, j.o, true);
		xml_leaf(&b, "OrderStatus", j.o->status);
		xml_close(&b, "OrderResponse");
		request_answer(r, 201, &b);
	}
	free(j.what);
}
