/*
 * world_show.c: the configuration written out, made and thrown away.
 *
 * The other half of world.c; contracts in world.h.
 */
#include "world.h"

#include <stdlib.h>

#include "json.h"
#include "numbers/stock.h"
#include "util.h"

static json_object *
show_account(const struct account *a)
{
	json_object *o = json_object_new_object();
	double left = (double)(a->busy_until - now_us()) / 1e6 * a->rate;

	put_text(o, "id", a->id);
	put_flag(o, "messaging", a->messaging);
	put_flag(o, "provisioned", a->provisioned);
	json_object_object_add(o, "rate", json_object_new_double(a->rate));
	json_object_object_add(o, "capacity",
	    json_object_new_double(a->capacity));
	put_int(o, "queued_segments", left > 0 ? (int64_t)(left + 0.5) : 0);
	put_text(o, "carrier", a->carrier);
	return o;
}

static json_object *
show_client(const struct client *c)
{
	json_object *o = json_object_new_object();

	put_text(o, c->oauth ? "id" : "user", c->name);
	put_text(o, "accounts", c->accounts);
	put_text(o, "roles", c->roles);
	put_flag(o, "express", c->express);
	put_flag(o, "disabled", c->disabled);
	return o;
}

static json_object *
show_application(const struct application *a)
{
	json_object *o = json_object_new_object();

	put_text(o, "id", a->id);
	put_text(o, "account", a->account);
	put_text(o, "name", a->name);
	put_flag(o, "assigned", a->assigned);
	put_flag(o, "challenge", a->challenge);
	put_text(o, "outbound_callback_url", a->url[0]);
	put_text(o, "outbound_callback_user", a->user[0]);
	put_text(o, "inbound_callback_url", a->url[1]);
	put_text(o, "inbound_callback_user", a->user[1]);
	return o;
}

json_object *
world_show(struct sim *sim)
{
	json_object *o = json_object_new_object(), *l[5];
	static const char *const names[] = { "accounts", "clients", "users",
	    "applications", "numbers" };
	const struct application *p;
	const struct account *a;
	const struct client *c;
	const struct number *n;
	int i;

	for (i = 0; i < 5; i++) {
		l[i] = json_object_new_array();
		json_object_object_add(o, names[i], l[i]);
	}
	for (a = sim->world->accounts; a != NULL; a = a->next)
		json_object_array_add(l[0], show_account(a));
	for (c = sim->world->clients; c != NULL; c = c->next)
		json_object_array_add(l[c->oauth ? 1 : 2], show_client(c));
	for (p = sim->world->applications; p != NULL; p = p->next)
		json_object_array_add(l[3], show_application(p));
	for (n = sim->world->numbers; n != NULL; n = n->next)
		json_object_array_add(l[4], stock_show(n));
	return o;
}

struct world *
world_new(void)
{
	return x_alloc(sizeof(struct world));
}

void
application_free(struct application *a)
{
	int i;

	for (i = 0; i < 2; i++) {
		free(a->url[i]);
		free(a->user[i]);
		free(a->password[i]);
	}
	free(a->id);
	free(a->account);
	free(a->name);
	free(a);
}

struct application *
world_add_application(struct sim *sim, const char *account, const char *id)
{
	struct application **end = &sim->world->applications;
	struct application *a = x_alloc(sizeof(*a));

	a->id = x_dup(id);
	a->account = x_dup(account);
	a->assigned = true;
	a->types = CB_DELIVERED | CB_FAILED;
	a->next = *end;
	*end = a;
	return a;
}

void
world_drop_application(struct sim *sim, struct application *a)
{
	struct application **at = &sim->world->applications;

	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	application_free(a);
}

static void
client_free(struct client *c)
{
	free(c->name);
	free(c->secret);
	free(c->accounts);
	free(c->roles);
	free(c);
}

void
world_free(struct world *w)
{
	void *next;

	if (w == NULL)
		return;
	for (; w->accounts != NULL; w->accounts = next) {
		next = w->accounts->next;
		free(w->accounts->id);
		free(w->accounts->carrier);
		free(w->accounts);
	}
	for (; w->clients != NULL; w->clients = next) {
		next = w->clients->next;
		client_free(w->clients);
	}
	for (; w->applications != NULL; w->applications = next) {
		next = w->applications->next;
		application_free(w->applications);
	}
	stock_free(w);
	free(w);
}
