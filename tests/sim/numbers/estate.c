/*
 * estate.c: what an account has set up: sites, locations, orders.
 *
 * Contracts in estate.h.
 */
#include "numbers/estate.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "numbers/stock.h"
#include "util.h"

const char *const address_names[ADDRESS_PARTS] = { "HouseNumber",
    "HouseSuffix", "StreetName", "StreetSuffix", "City", "StateCode", "Zip",
    "Country", "AddressType" };

struct site *
estate_site(struct sim *sim, const char *account, const char *id)
{
	struct site *s = sim->estate->sites;

	while (s != NULL && (!same(s->account, account) || !same(s->id, id)))
		s = s->next;
	return s;
}

struct location *
estate_location(struct sim *sim, const char *account, const char *site,
    const char *id)
{
	struct location *l = sim->estate->locations;

	while (l != NULL && (!same(l->account, account) || !same(l->id, id) ||
	    (site != NULL && !same(l->site, site))))
		l = l->next;
	return l;
}

struct location *
estate_default(struct sim *sim, const struct site *s)
{
	struct location *l = sim->estate->locations;

	while (l != NULL && (!l->is_default || !same(l->site, s->id) ||
	    !same(l->account, s->account)))
		l = l->next;
	return l;
}

struct tn_order *
estate_order(struct sim *sim, const char *account, enum order_kind kind,
    const char *id)
{
	struct tn_order *o = sim->estate->orders;

	while (o != NULL && (o->kind != kind || !same(o->account, account) ||
	    !same(o->id, id)))
		o = o->next;
	return o;
}

struct site *
estate_add_site(struct sim *sim, const char *account, const char *id,
    const char *name)
{
	struct site **end = &sim->estate->sites, *s = x_alloc(sizeof(*s));

	while (*end != NULL)
		end = &(*end)->next;
	*end = s;
	s->id = id != NULL ? x_dup(id) : x_fmt("%ld", sim->estate->next_site++);
	s->account = x_dup(account);
	s->name = x_dup(name);
	return s;
}

struct location *
estate_add_location(struct sim *sim, const struct site *site, const char *id,
    const char *name)
{
	struct location **end = &sim->estate->locations;
	struct location *l = x_alloc(sizeof(*l));

	while (*end != NULL)
		end = &(*end)->next;
	*end = l;
	l->id = id != NULL ? x_dup(id) :
	    x_fmt("%ld", sim->estate->next_location++);
	l->site = x_dup(site->id);
	l->account = x_dup(site->account);
	l->name = x_dup(name);
	return l;
}

struct tn_order *
estate_draft_order(const char *account, enum order_kind kind)
{
	struct tn_order *o = x_alloc(sizeof(*o));

	o->kind = kind;
	o->account = x_dup(account);
	o->id = estate_guid();
	o->status = "RECEIVED";
	o->created = o->modified = now_us();
	o->errors = json_object_new_array();
	return o;
}

void
estate_keep_order(struct sim *sim, struct tn_order *o)
{
	static const char *const names[] = { "orders", "disconnects",
	    "tnoptions" };
	struct tn_order **end = &sim->estate->orders;

	while (*end != NULL)
		end = &(*end)->next;
	*end = o;
	estate_count(sim->estate->made, names[o->kind]);
}

static void
site_free(struct site *s)
{
	int i;

	for (i = 0; i < ADDRESS_PARTS; i++)
		free(s->address[i]);
	free(s->id);
	free(s->account);
	free(s->name);
	free(s->description);
	free(s->customer);
	free(s);
}

static void
location_free(struct location *l)
{
	free(l->id);
	free(l->site);
	free(l->account);
	free(l->name);
	free(l->description);
	free(l->a2p);
	free(l->application);
	free(l);
}

static void
tns_free(struct tns *t)
{
	long i;

	for (i = 0; i < t->n; i++)
		free(t->at[i]);
	free(t->at);
}

void
tns_add(struct tns *t, const char *tn)
{
	if ((t->n & (t->n - 1)) == 0)
		t->at = x_realloc(t->at,
		    (t->n == 0 ? 1 : (size_t)t->n * 2) * sizeof(char *));
	t->at[t->n++] = x_dup(tn);
}

void
criteria_free(struct criteria *c)
{
	free(c->area_code);
	free(c->npanxx);
	free(c->npanxxx);
	free(c->rate_center);
	free(c->state);
	free(c->city);
	free(c->zip);
	free(c->lata);
	free(c->pattern);
	free(c->vanity);
	free(c->local_vanity);
}

void
estate_drop_order(struct tn_order *o)
{
	free(o->id);
	free(o->account);
	free(o->customer_id);
	free(o->name);
	free(o->user);
	free(o->site);
	free(o->location);
	free(o->type_xml);
	free(o->type);
	free(o->forced);
	criteria_free(&o->by);
	tns_free(&o->wanted);
	tns_free(&o->done);
	tns_free(&o->failed);
	json_object_put(o->groups);
	json_object_put(o->errors);
	free(o);
}

void
estate_remove_location(struct sim *sim, struct location *l)
{
	struct location **at = &sim->estate->locations;

	stock_loosen(sim, l->account, l->id);
	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	location_free(l);
}

void
estate_remove_site(struct sim *sim, struct site *s)
{
	struct location *l, *next;
	struct site **at = &sim->estate->sites;

	for (l = sim->estate->locations; l != NULL; l = next) {
		next = l->next;
		if (same(l->account, s->account) && same(l->site, s->id))
			estate_remove_location(sim, l);
	}
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	site_free(s);
}

bool
estate_assigned(struct sim *sim, const char *account, const char *app)
{
	const struct location *l = sim->estate->locations;

	while (l != NULL && (!same(l->account, account) ||
	    !same(l->application, app)))
		l = l->next;
	return l != NULL;
}

bool
estate_reaches(struct sim *sim, const char *account,
    const struct application *app, const struct number *n)
{
	const struct account *a = world_account(sim, account);
	const struct location *l;

	if (app == NULL)
		return false;
	if (n != NULL && n->location != NULL && same(n->account, account)) {
		l = estate_location(sim, account, NULL, n->location);
		return l != NULL && same(l->application, app->id);
	}
	if (a != NULL && a->provisioned)
		return estate_assigned(sim, account, app->id);
	return app->assigned;
}

struct application *
estate_receiver(struct sim *sim, const struct number *n)
{
	const struct account *a = world_account(sim, n->account);
	const struct location *l;
	struct application *app;

	if (n->location != NULL) {
		l = estate_location(sim, n->account, NULL, n->location);
		return l == NULL ? NULL :
		    world_application(sim, l->application);
	}
	if (n->application != NULL)
		return world_application(sim, n->application);
	if (a == NULL || a->provisioned)
		return NULL;
	for (app = sim->world->applications; app != NULL; app = app->next)
		if (same(app->account, n->account))
			return app;
	return NULL;
}

void
estate_count(json_object *counts, const char *key)
{
	put_int(counts, key, (int64_t)json_num(counts, key, 0) + 1);
}

char *
estate_guid(void)
{
	char r[33];

	random_text(r, 32, true);
	return x_fmt("%.8s-%.4s-4%.3s-a%.3s-%.12s", r, r + 8, r + 13, r + 17,
	    r + 20);
}

struct estate *
estate_new(void)
{
	struct estate *e = x_alloc(sizeof(*e));

	e->posts = json_object_new_object();
	e->made = json_object_new_object();
	e->next_site = 30130;
	e->next_location = 569230;
	return e;
}

void
estate_forget(struct sim *sim)
{
	struct estate *e = sim->estate;
	struct tn_order *o;

	while ((o = e->orders) != NULL) {
		e->orders = o->next;
		estate_drop_order(o);
	}
	json_object_put(e->posts);
	json_object_put(e->made);
	e->posts = json_object_new_object();
	e->made = json_object_new_object();
}

void
estate_free(struct sim *sim)
{
	struct estate *e = sim->estate;

	estate_forget(sim);
	while (e->sites != NULL)
		estate_remove_site(sim, e->sites);
	json_object_put(e->posts);
	json_object_put(e->made);
	free(e);
	sim->estate = NULL;
}
