/*
 * orders.c: making orders: buying, releasing, options (orders.h).
 */
#include <string.h>

#include "base/arena.h"
#include "base/phone.h"
#include "bandwidth/iris.h"
#include "bandwidth/order_parts.h"
#include "bandwidth/orders.h"

#define NAME_MAX 50
#define VALUE_MAX 100

const struct order_words order_words[] = {
    [ORDER_PURCHASE] = {"orders", "Order", "CompletedNumbers"},
    [ORDER_DISCONNECT] = {"disconnects", "orderRequest", "DisconnectedTelephoneNumberList"},
    [ORDER_OPTIONS] = {"tnoptions", "TnOptionOrder", "TnOptionGroups"},
};

bool
order_own_id_valid(const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0, i;

	for (i = 0; i < n; i++) {
		bool letter = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z');

		if (!letter && (s[i] < '0' || s[i] > '9') && s[i] != '-' && s[i] != ' ')
			return false;
	}
	return n > 0 && n <= ORDER_OWN_ID_MAX;
}

static bool
numbers_valid(const struct text_list *list)
{
	size_t i;

	for (i = 0; i < list->count && i <= ORDER_NUMBERS_MAX; i++)
		if (!phone_is_e164(list->items[i]))
			return false;
	return list->count > 0 && list->count <= ORDER_NUMBERS_MAX;
}

static void
put_numbers(struct xml_writer *w, const char *name, const struct text_list *list)
{
	size_t i;

	xml_open(w, name);
	for (i = 0; i < list->count; i++)
		xml_put(w, "TelephoneNumber", list->items[i], PHONE_MAX);
	xml_close(w);
}

static void
put_search(struct xml_writer *w, const struct number_search *s)
{
	static const char *const names[] = {"AreaCodeSearchAndOrderType", "StateSearchAndOrderType",
	    "CitySearchAndOrderType", "ZIPSearchAndOrderType",
	    "TollFreeWildCharSearchAndOrderType"};

	xml_open(w, names[s->kind]);
	switch (s->kind) {
	case SEARCH_AREA_CODE:
		xml_put(w, "AreaCode", s->area_code, VALUE_MAX);
		break;
	case SEARCH_CITY:
		xml_put(w, "City", s->city, VALUE_MAX);
		xml_put(w, "State", s->state, VALUE_MAX);
		break;
	case SEARCH_STATE:
		xml_put(w, "State", s->state, VALUE_MAX);
		break;
	case SEARCH_ZIP:
		xml_put(w, "Zip", s->zip, VALUE_MAX);
		break;
	case SEARCH_TOLL_FREE:
		xml_put(w, "TollFreeWildCardPattern", s->pattern, VALUE_MAX);
		break;
	}
	xml_put_int(w, "Quantity", s->quantity);
	xml_close(w);
}

int
purchase_request(struct http_request *r, struct arena *arena, const struct numbers_account *account,
    const struct purchase *p)
{
	struct xml_writer *w;

	if (!order_own_id_valid(p->own_id) ||
	    (p->numbers.count > 0 ? !numbers_valid(&p->numbers)
				  : p->search == NULL || search_wrong(p->search) != NULL))
		return -1;
	w = xml_writer_new();
	xml_open(w, "Order");
	xml_put(w, "Name", p->name, NAME_MAX);
	xml_put(w, "CustomerOrderId", p->own_id, ORDER_OWN_ID_MAX);
	xml_put(w, "SiteId", p->site_id, VALUE_MAX);
	xml_put(w, "PeerId", p->peer_id, VALUE_MAX);
	xml_put_bool(w, "PartialAllowed", p->partial);
	xml_put_bool(w, "BackOrderRequested", p->back_order);
	if (p->numbers.count > 0) {
		/* Without this element round the list the answer is a 500. */
		xml_open(w, "ExistingTelephoneNumberOrderType");
		put_numbers(w, "TelephoneNumberList", &p->numbers);
		xml_close(w);
	} else {
		put_search(w, p->search);
	}
	xml_close(w);
	iris_send(r, arena, HTTP_POST, IRIS_URL(arena, account, "orders"), w);
	return 0;
}

int
disconnect_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *name, const char *own_id,
    const struct text_list *numbers)
{
	struct xml_writer *w;

	if (!order_own_id_valid(own_id) || !numbers_valid(numbers))
		return -1;
	w = xml_writer_new();
	xml_open(w, "DisconnectTelephoneNumberOrder");
	xml_put(w, "Name", name, NAME_MAX);
	xml_put(w, "CustomerOrderId", own_id, ORDER_OWN_ID_MAX);
	/* Without this element round the list it is error 5001. */
	xml_open(w, "DisconnectTelephoneNumberOrderType");
	put_numbers(w, "TelephoneNumberList", numbers);
	xml_close(w);
	xml_close(w);
	iris_send(r, arena, HTTP_POST, IRIS_URL(arena, account, "disconnects"), w);
	return 0;
}

static void
put_campaign(struct xml_writer *w, const char *campaign_id)
{
	xml_open(w, "A2pSettings");
	xml_put(w, "Action", "asSpecified", VALUE_MAX);
	xml_put(w, "CampaignId", campaign_id, VALUE_MAX);
	xml_put(w, "MessageClass", "M", VALUE_MAX);
	xml_close(w);
}

int
options_request(struct http_request *r, struct arena *arena, const struct numbers_account *account,
    const struct options *o)
{
	struct xml_writer *w;

	if (!order_own_id_valid(o->own_id) || !numbers_valid(&o->numbers))
		return -1;
	w = xml_writer_new();
	xml_open(w, "TnOptionOrder");
	xml_put(w, "CustomerOrderId", o->own_id, ORDER_OWN_ID_MAX);
	xml_open(w, "TnOptionGroups");
	xml_open(w, "TnOptionGroup");
	if (o->sms != OPTION_SMS_KEEP)
		xml_put(w, "Sms", o->sms == OPTION_SMS_ON ? "on" : "off", VALUE_MAX);
	if (o->campaign_id != NULL)
		put_campaign(w, o->campaign_id);
	put_numbers(w, "TelephoneNumbers", &o->numbers);
	xml_close(w);
	xml_close(w);
	xml_close(w);
	iris_send(r, arena, HTTP_POST, IRIS_URL(arena, account, "tnoptions"), w);
	return 0;
}
