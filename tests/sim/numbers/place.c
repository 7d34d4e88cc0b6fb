/*
 * place.c: sites and locations that are simply there, for worlds of tests.
 *
 * Contracts in place.h.
 */
#include "numbers/place.h"

#include <stdlib.h>

#include "json.h"
#include "numbers/estate.h"
#include "util.h"
#include "world.h"

/* The account named, or the only one. */
static const char *
account_of(struct sim *sim, json_object *o)
{
	const struct account *a = sim->world->accounts;
	const char *dflt = a != NULL && a->next == NULL ? a->id : NULL;

	return json_text(o, "account", dflt);
}

char *
place_site(struct sim *sim, json_object *o)
{
	const char *id = json_text(o, "id", NULL);
	const char *account = account_of(sim, o);
	struct site *s;

	if (id == NULL || account == NULL)
		return x_dup("a site needs an id and an account");
	s = estate_site(sim, account, id);
	if (s == NULL)
		s = estate_add_site(sim, account, id,
		    json_text(o, "name", "Site"));
	else if (json_text(o, "name", NULL) != NULL)
		x_set(&s->name, json_text(o, "name", NULL));
	return NULL;
}

char *
place_location(struct sim *sim, json_object *o)
{
	const char *id = json_text(o, "id", NULL);
	const char *account = account_of(sim, o);
	const char *site = json_text(o, "site", NULL);
	struct location *l;
	struct site *s;

	if (id == NULL || account == NULL)
		return x_dup("a location needs an id and an account");
	l = estate_location(sim, account, NULL, id);
	if (l == NULL) {
		s = estate_site(sim, account, site);
		if (s == NULL)
			return x_fmt("location %s: no site %s", id,
			    site == NULL ? "given" : site);
		l = estate_add_location(sim, s, id, "Location");
		l->toll_free = l->short_code = l->zone[0] = true;
		l->is_default = estate_default(sim, s) == NULL;
		l->sms = l->mms = true;
	}
	if (json_text(o, "name", NULL) != NULL)
		x_set(&l->name, json_text(o, "name", NULL));
	l->is_default = json_flag(o, "default", l->is_default);
	l->sms = json_flag(o, "sms", l->sms);
	l->mms = json_flag(o, "mms", l->mms);
	if (json_object_object_get_ex(o, "application", NULL))
		x_set(&l->application, json_text(o, "application", NULL));
	return NULL;
}

/* Changes through world_apply, with the id under the name it has there. */
static char *
change(struct sim *sim, json_object *o, const char *kind, const char *id)
{
	json_object *all = json_object_new_object();
	json_object *list = json_object_new_array();
	char *why;

	json_object_object_del(o, "site");
	json_object_object_del(o, "location");
	put_text(o, "id", id);
	json_object_array_add(list, json_object_get(o));
	json_object_object_add(all, kind, list);
	why = world_apply(sim, all);
	json_object_put(all);
	return why;
}

static char *
break_application(struct sim *sim, json_object *o, const char *id)
{
	struct application *a = world_application(sim, id);
	char *copy = x_dup(id), *why = NULL;

	if (a == NULL)
		why = x_fmt("no application %s", id);
	else if (json_flag(o, "delete", false))
		world_drop_application(sim, a);
	else
		why = change(sim, o, "applications", copy);
	free(copy);
	return why;
}

char *
place_break(struct sim *sim, json_object *o)
{
	const char *account = account_of(sim, o);
	char *site = x_dup(json_text(o, "site", NULL));
	char *location = x_dup(json_text(o, "location", NULL));
	bool drop = json_flag(o, "delete", false);
	struct location *l = estate_location(sim, account, NULL, location);
	struct site *s = estate_site(sim, account, site);
	char *why = NULL;

	if (l != NULL && drop)
		estate_remove_location(sim, l);
	else if (l != NULL)
		why = change(sim, o, "locations", location);
	else if (s != NULL && location == NULL && drop)
		estate_remove_site(sim, s);
	else if (s != NULL && location == NULL)
		why = change(sim, o, "sites", site);
	else if (site != NULL || location != NULL)
		why = x_fmt("account %s has no %s %s", account == NULL ?
		    "(name it)" : account, location != NULL ? "location" :
		    "site", location != NULL ? location : site);
	else if (json_text(o, "application", NULL) != NULL)
		why = break_application(sim, o,
		    json_text(o, "application", NULL));
	else
		why = x_dup("name a site, location or application");
	free(site);
	free(location);
	return why;
}
