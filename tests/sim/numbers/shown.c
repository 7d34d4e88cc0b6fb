/*
 * shown.c: what was made through the Numbers API, for a test to judge.
 *
 * Contract in shown.h.
 */
#include "numbers/shown.h"

#include "json.h"
#include "numbers/estate.h"
#include "numbers/stock.h"
#include "util.h"
#include "world.h"

static json_object *
show_site(const struct site *s)
{
	json_object *o = json_object_new_object();
	json_object *address = json_object_new_object();
	int i;

	put_text(o, "id", s->id);
	put_text(o, "account", s->account);
	put_text(o, "name", s->name);
	put_text(o, "description", s->description);
	for (i = 0; i < ADDRESS_PARTS && s->has_address; i++)
		if (s->address[i] != NULL)
			put_text(address, address_names[i], s->address[i]);
	json_object_object_add(o, "address", address);
	return o;
}

static json_object *
show_location(struct sim *sim, const struct location *l)
{
	json_object *o = json_object_new_object();
	const struct number *n;
	long count = 0;

	for (n = sim->world->numbers; n != NULL; n = n->next)
		count += same(n->account, l->account) &&
		    same(n->location, l->id);
	put_text(o, "id", l->id);
	put_text(o, "account", l->account);
	put_text(o, "site", l->site);
	put_text(o, "name", l->name);
	put_flag(o, "default", l->is_default);
	put_flag(o, "sms", l->sms);
	put_flag(o, "mms", l->mms);
	put_text(o, "application", l->application);
	put_int(o, "numbers", count);
	return o;
}

static json_object *
show_application(struct sim *sim, const struct application *a)
{
	static const char *const way[2] = { "outbound", "inbound" };
	json_object *o = json_object_new_object();
	json_object *types = json_object_new_array();
	const char *name;
	unsigned bit;
	char *key;
	int i;

	put_text(o, "id", a->id);
	put_text(o, "account", a->account);
	put_text(o, "name", a->name);
	put_flag(o, "assigned", estate_assigned(sim, a->account, a->id));
	for (i = 0; i < 2; i++) {
		key = x_fmt("%s_callback_url", way[i]);
		put_text(o, key, a->url[i]);
		x_set(&key, NULL);
		key = x_fmt("%s_callback_user", way[i]);
		put_text(o, key, a->user[i]);
		x_set(&key, NULL);
		key = x_fmt("%s_callback_password", way[i]);
		put_text(o, key, a->password[i]);
		x_set(&key, NULL);
	}
	for (i = 0; (name = callback_name(i, &bit)) != NULL; i++)
		if ((a->types & bit) != 0)
			json_object_array_add(types,
			    json_object_new_string(name));
	json_object_object_add(o, "callback_types", types);
	return o;
}

static json_object *
show_tns(const struct tns *t)
{
	json_object *list = json_object_new_array();
	long i;

	for (i = 0; i < t->n; i++)
		json_object_array_add(list, json_object_new_string(t->at[i]));
	return list;
}

static json_object *
show_order(const struct tn_order *t)
{
	json_object *o = json_object_new_object();

	put_text(o, "id", t->id);
	put_text(o, "account", t->account);
	put_text(o, "customer_order_id", t->customer_id);
	put_text(o, "name", t->name);
	put_text(o, "site", t->site);
	put_text(o, "location", t->location);
	put_text(o, "type", t->type);
	put_int(o, "quantity", t->quantity);
	put_flag(o, "partial", t->partial);
	put_flag(o, "backorder", t->backorder);
	put_text(o, "status", t->status);
	put_time(o, "created", t->created);
	put_time(o, "completed", t->completed);
	json_object_object_add(o, "wanted", show_tns(&t->wanted));
	json_object_object_add(o, "done", show_tns(&t->done));
	json_object_object_add(o, "failed", show_tns(&t->failed));
	json_object_object_add(o, "errors", json_object_get(t->errors));
	json_object_object_add(o, "groups", json_object_get(t->groups));
	return o;
}

static bool
of(const char *account, const char *have)
{
	return account == NULL || same(account, have);
}

/* How many numbers there are in each state. */
static json_object *
count_numbers(struct sim *sim, const char *account)
{
	json_object *o = json_object_new_object();
	const struct number *n;

	for (n = sim->world->numbers; n != NULL; n = n->next)
		if (of(account, n->account))
			estate_count(o, stock_status(n));
	return o;
}

static json_object *
list_in(json_object *o, const char *name)
{
	json_object *list = json_object_new_array();

	json_object_object_add(o, name, list);
	return list;
}

json_object *
shown_estate(struct sim *sim, const char *account)
{
	json_object *o = json_object_new_object(), *list, *orders[3];
	const struct estate *e = sim->estate;
	const struct application *a;
	const struct location *l;
	const struct tn_order *t;
	const struct site *s;

	list = list_in(o, "sites");
	for (s = e->sites; s != NULL; s = s->next)
		if (of(account, s->account))
			json_object_array_add(list, show_site(s));
	list = list_in(o, "locations");
	for (l = e->locations; l != NULL; l = l->next)
		if (of(account, l->account))
			json_object_array_add(list, show_location(sim, l));
	list = list_in(o, "applications");
	for (a = sim->world->applications; a != NULL; a = a->next)
		if (of(account, a->account))
			json_object_array_add(list, show_application(sim, a));
	orders[ORDER_NEW] = list_in(o, "orders");
	orders[ORDER_DISCONNECT] = list_in(o, "disconnects");
	orders[ORDER_OPTIONS] = list_in(o, "tnoptions");
	for (t = e->orders; t != NULL; t = t->next)
		if (of(account, t->account))
			json_object_array_add(orders[t->kind], show_order(t));
	json_object_object_add(o, "posts", json_object_get(e->posts));
	json_object_object_add(o, "made", json_object_get(e->made));
	json_object_object_add(o, "numbers", count_numbers(sim, account));
	return o;
}
