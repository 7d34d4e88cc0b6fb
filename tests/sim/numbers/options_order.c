/*
 * options_order.c: options of numbers: SMS and the 10DLC campaign.
 *
 * POST /tnoptions takes groups; each says what to set for which numbers.
 * Contract of options_apply in options_order.h.
 */
#include "numbers/options_order.h"

#include <stdlib.h>
#include <strings.h>

#include "json.h"
#include "numbers/errors.h"
#include "numbers/fulfil.h"
#include "numbers/handlers.h"
#include "numbers/orders.h"
#include "numbers/stock.h"
#include "util.h"

static bool
is_one_of(const char *s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcasecmp(s, *list) == 0)
			return true;
	return false;
}

/* Reads one group into JSON; 0, or the code of what is wrong. */
static int
take_group(xmlNode *node, json_object *groups, char **what)
{
	static const char *const sms[] = { "on", "off", "systemdefault", NULL };
	static const char *const actions[] = { "asSpecified", "unchanged",
	    "systemDefault", "off", NULL };
	static const char *const parts[] = { "Sms", "A2pSettings/Action",
	    "A2pSettings/CampaignId", "A2pSettings/MessageClass" };
	static const char *const names[] = { "sms", "action", "campaign",
	    "class" };
	json_object *o = json_object_new_object();
	json_object *list = json_object_new_array();
	struct tns t = { 0 };
	bool good = order_numbers(&t, xml_at(node, "TelephoneNumbers"));
	const char *action;
	char *s;
	long i;
	int set = 0;

	for (i = 0; i < 4; i++) {
		s = xml_text(node, parts[i]);
		if (s != NULL) {
			put_text(o, names[i], s);
			set++;
		}
		free(s);
	}
	for (i = 0; i < t.n; i++) {
		json_object_array_add(list, json_object_new_string(t.at[i]));
		free(t.at[i]);
	}
	free(t.at);
	json_object_object_add(o, "numbers", list);
	json_object_array_add(groups, o);
	action = json_text(o, "action", NULL);
	x_set(what, json_text(o, "sms", ""));
	if (t.n == 0)
		return 5001;
	if (!good)
		return 5070;
	if (json_text(o, "sms", NULL) != NULL && !is_one_of(*what, sms))
		return 5113;
	if (xml_at(node, "A2pSettings") != NULL && (action == NULL ||
	    !is_one_of(action, actions)))
		return 5138;
	if (same(action, "asSpecified") &&
	    json_text(o, "campaign", NULL) == NULL)
		return 5002;
	return set == 0 ? 5115 : 0;
}

static void
write_order(struct request *r, struct buf *b, const struct tn_order *o)
{
	xml_open(b, "TnOptionOrder");
	xml_stamp(b, "OrderCreateDate", o->created);
	xml_leaf(b, "AccountId", r->account);
	xml_leaf(b, "CreatedByUser", o->user);
	xml_leaf(b, "CustomerOrderId", o->customer_id);
	xml_leaf(b, "OrderId", o->id);
	xml_stamp(b, "LastModifiedDate", o->modified);
	xml_leaf(b, "ProcessingStatus", o->status);
	buf_str(b, o->type_xml);
	if (json_object_array_length(o->errors) == 0)
		buf_str(b, "<ErrorList/>");
	else
		order_errors(b, o);
	xml_close(b, "TnOptionOrder");
}

/* Reads all groups; 0, or the code of what is wrong. */
static int
take_groups(struct request *r, struct tn_order *o, char **what)
{
	xmlNode *all = xml_at(r->body, "TnOptionGroups"), *one;
	int code = 0;

	if (all == NULL)
		return 5001;
	o->type_xml = xml_copy(all);
	o->groups = json_object_new_array();
	for (one = xml_named(all->children, "TnOptionGroup"); one != NULL &&
	    code == 0; one = xml_named(one->next, "TnOptionGroup"))
		code = take_group(one, o->groups, what);
	return code == 0 && json_object_array_length(o->groups) == 0 ? 5001 :
	    code;
}

void
options_create(struct request *r)
{
	struct tn_order *o = estate_draft_order(r->account, ORDER_OPTIONS);
	struct buf b = { 0 };
	char *what = NULL;
	int code = take_groups(r, o, &what);

	o->customer_id = xml_text(r->body, "CustomerOrderId");
	o->user = x_dup(r->call->who);
	if (code == 0 && !order_good_customer_id(o->customer_id))
		code = 5052;
	if (code != 0) {
		request_fail(r, code, code == 5002 ? "CampaignId is required" :
		    what);
		estate_drop_order(o);
	} else {
		estate_keep_order(r->sim, o);
		fulfil_begin(r->sim, o, &r->call->act);
		request_location(r, "tnoptions", o->id);
		xml_head(&b);
		xml_open(&b, "TnOptionOrderResponse");
		write_order(r, &b, o);
		xml_close(&b, "TnOptionOrderResponse");
		request_answer(r, 201, &b);
	}
	free(what);
}

void
options_get(struct request *r)
{
	const struct tn_order *o = estate_order(r->sim, r->account,
	    ORDER_OPTIONS, r->arg[0]);
	struct buf b = { 0 };

	if (o == NULL) {
		request_refuse(r, 404, "The resource does not exist");
		return;
	}
	xml_head(&b);
	write_order(r, &b, o);
	request_answer(r, 200, &b);
}

/* Sets one number's options; 0, or the code of why not. */
static int
set_one(struct tn_order *o, struct number *n, json_object *group)
{
	const char *sms = json_text(group, "sms", NULL);
	const char *action = json_text(group, "action", NULL);

	if (n == NULL || !same(n->account, o->account))
		return 5076;
	if (!same(stock_status(n), "Inservice"))
		return 5074;
	if (same(action, "asSpecified") && !n->sms &&
	    (sms == NULL || strcasecmp(sms, "on") != 0))
		return 5132;
	if (sms != NULL)
		n->sms = strcasecmp(sms, "off") != 0;
	if (same(action, "asSpecified"))
		x_set(&n->campaign, json_text(group, "campaign", NULL));
	else if (same(action, "off"))
		x_set(&n->campaign, NULL);
	n->changed = o->done_at;
	return 0;
}

void
options_apply(struct sim *sim, struct tn_order *o)
{
	size_t g, i, groups = json_object_array_length(o->groups);
	json_object *group, *list;
	const char *tn;
	char *text;
	int code;

	for (g = 0; g < groups; g++) {
		group = json_object_array_get_idx(o->groups, g);
		list = json_get(group, "numbers");
		for (i = 0; i < json_object_array_length(list); i++) {
			tn = json_object_get_string(
			    json_object_array_get_idx(list, i));
			code = same(o->forced, "failed") ? 5012 :
			    set_one(o, world_number(sim, tn), group);
			tns_add(code == 0 ? &o->done : &o->failed, tn);
			if (code == 0)
				continue;
			text = error_description(code, NULL);
			fulfil_error(o, code, text, tn);
			free(text);
		}
	}
}
