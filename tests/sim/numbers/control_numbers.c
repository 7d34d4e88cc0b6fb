/*
 * control_numbers.c: the part of the control API that is about numbers.
 *
 * Empty accounts, numbers for sale, numbers that go or move on Bandwidth's
 * side, things that break, and what was made.  README lists the addresses.
 */
#include "numbers/control_numbers.h"

#include <stdlib.h>

#include "json.h"
#include "numbers/fulfil.h"
#include "numbers/numbers.h"
#include "numbers/place.h"
#include "numbers/shown.h"
#include "numbers/stock.h"
#include "world.h"

typedef char *(*changer)(struct sim *, json_object *);

/* An array of one text. */
static json_object *
only(const char *s)
{
	json_object *list = json_object_new_array();

	json_object_array_add(list, json_object_new_string(s));
	return list;
}

static json_object *
in_array(json_object *o)
{
	json_object *list = json_object_new_array();

	json_object_array_add(list, o);
	return list;
}

/* An account with credentials and nothing else. */
static char *
make_account(struct sim *sim, json_object *o)
{
	const char *id = json_text(o, "id", "9900001");
	json_object *all = json_object_new_object();
	json_object *account = json_object_new_object();
	json_object *client = json_object_new_object();
	json_object *roles = json_get(o, "roles");
	char *why;

	put_text(account, "id", id);
	put_flag(account, "provisioned", true);
	put_flag(account, "messaging", json_flag(o, "messaging", true));
	put_flag(account, "http_messaging",
	    json_flag(o, "http_messaging", true));
	put_text(client, "id", json_text(o, "client", "fresh"));
	put_text(client, "secret", json_text(o, "secret", "hush"));
	put_flag(client, "express", json_flag(o, "express", false));
	json_object_object_add(client, "accounts", only(id));
	if (roles != NULL)
		json_object_object_add(client, "roles",
		    json_object_get(roles));
	json_object_object_add(all, "accounts", in_array(account));
	json_object_object_add(all, "clients", in_array(client));
	why = world_apply(sim, all);
	json_object_put(all);
	return why;
}

static char *
hurry(struct sim *sim, json_object *o)
{
	(void)o;
	fulfil_hurry(sim);
	return NULL;
}

static void
get_numbers(struct call *c)
{
	char *account = request_parameter(c, "account");
	json_object *o;

	pthread_mutex_lock(&c->sim->lock);
	fulfil_all(c->sim);
	o = shown_estate(c->sim, account);
	pthread_mutex_unlock(&c->sim->lock);
	answer_json(c->res, 200, o);
	free(account);
}

static void
get_tns(struct call *c)
{
	char *account = request_parameter(c, "account");
	char *location = request_parameter(c, "location");
	char *status = request_parameter(c, "status");
	struct stock_query q = { .account = account, .location = location,
	    .status = status };
	json_object *o = json_object_new_object();
	json_object *list = json_object_new_array();
	struct number **found;
	long n, i;

	pthread_mutex_lock(&c->sim->lock);
	fulfil_all(c->sim);
	found = stock_find(c->sim, &q, &n);
	for (i = 0; i < n; i++)
		json_object_array_add(list, stock_show(found[i]));
	pthread_mutex_unlock(&c->sim->lock);
	json_object_object_add(o, "numbers", list);
	answer_json(c->res, 200, o);
	free(found);
	free(account);
	free(location);
	free(status);
}

static const struct { const char *name; changer change; } changes[] = {
	{ "account", make_account },
	{ "stock", stock_offer },
	{ "numbers", stock_apply },
	{ "numbers/remove", stock_remove },
	{ "break", place_break },
	{ "orders/hurry", hurry },
};

bool
control_numbers(struct call *c)
{
	json_object *o;
	size_t i;
	char *why;

	if (same(c->req->method, "GET")) {
		if (same(c->rest, "numbers"))
			get_numbers(c);
		else if (same(c->rest, "tns"))
			get_tns(c);
		else
			return false;
		return true;
	}
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (same(changes[i].name, c->rest))
			break;
	if (i == sizeof(changes) / sizeof(changes[0]))
		return false;
	pthread_mutex_lock(&c->sim->lock);
	fulfil_all(c->sim);
	why = changes[i].change(c->sim, c->json);
	pthread_mutex_unlock(&c->sim->lock);
	if (why != NULL) {
		answer_error(c->res, 400, "control", why);
		free(why);
	} else {
		o = json_object_new_object();
		put_flag(o, "ok", true);
		answer_json(c->res, 200, o);
	}
	return true;
}
