/*
 * world.c: who exists: accounts, applications, numbers, credentials.
 *
 * The configuration object is the same for the command line and for
 * /_sim/config.  Contracts in world.h.
 */
#include "world.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "numbers/place.h"
#include "numbers/stock.h"
#include "text.h"
#include "util.h"

struct setting {
	const char *name;
	size_t at;
	double dflt, min, max;
};

#define AT(f) offsetof(struct settings, f)
static const struct setting settings[] = {
	{ "receipt_delay_ms", AT(receipt_delay_ms), 100, 0, 1e9 },
	{ "latency_ms", AT(latency_ms), 0, 0, 600000 },
	{ "latency_jitter_ms", AT(latency_jitter_ms), 0, 0, 600000 },
	{ "list_lag_ms", AT(list_lag_ms), 0, 0, 1e9 },
	{ "list_limit", AT(list_limit), 3500, 0, 1e9 },
	{ "token_seconds", AT(token_seconds), 3600, 0, 1e6 },
	{ "ids", AT(ids), 0, 0, 2 },
	{ "magic", AT(magic), 1, 0, 1 },
	{ "idle_timeout_ms", AT(idle_timeout_ms), 60000, 10, 1e7 },
	{ "callback_connections", AT(callback_connections), 8, 1, 64 },
	{ "callback_timeout_ms", AT(callback_timeout_ms), 10000, 10, 600000 },
	{ "retry_base_ms", AT(retry_base_ms), 1000, 1, 1e8 },
	{ "retry_cap_ms", AT(retry_cap_ms), 3600000, 1, 1e9 },
	{ "retry_window_ms", AT(retry_window_ms), 86400000, 0, 1e9 },
	{ "retry_factor", AT(retry_factor), 1, 1e-6, 1000 },
	{ "batch_size", AT(batch_size), 1, 1, 1000 },
	{ "shuffle_ms", AT(shuffle_ms), 0, 0, 600000 },
	{ "ledger_max", AT(ledger_max), 200000, 1, 1e8 },
	{ "order_ms", AT(order_ms), 100, 0, 1e9 },
	{ "inservice_ms", AT(inservice_ms), 100, 0, 1e9 },
	{ "backorder_ms", AT(backorder_ms), 60000, 0, 1e9 },
	{ "orders_lag_ms", AT(orders_lag_ms), 0, 0, 1e9 },
	{ "paging", AT(paging), 0, 0, 2 },
	{ "ten_digits", AT(ten_digits), 0, 0, 2 },
	{ "nothing_found", AT(nothing_found), 0, 0, 2 },
	{ "name_max", AT(name_max), 50, 1, 1000 },
	{ "address_required", AT(address_required), 0, 0, 1 },
	{ "check_campaigns", AT(check_campaigns), 0, 0, 1 },
	{ "clock_skew_s", AT(clock_skew_s), 0, -1e9, 1e9 },
};
#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

static const struct { const char *name; unsigned bit; } types[] = {
	{ "message-sending", CB_SENDING },
	{ "message-sent", CB_SENT },
	{ "message-delivered", CB_DELIVERED },
	{ "message-failed", CB_FAILED },
};

#define TYPES (sizeof(types) / sizeof(types[0]))

unsigned
callback_bit(const char *name)
{
	size_t i;

	for (i = 0; i < TYPES; i++)
		if (same(types[i].name, name))
			return types[i].bit;
	return 0;
}

const char *
callback_name(int at, unsigned *bit)
{
	if (at < 0 || (size_t)at >= TYPES)
		return NULL;
	*bit = types[at].bit;
	return types[at].name;
}

static double *
setting_at(struct settings *s, size_t i)
{
	return (double *)(void *)((char *)s + settings[i].at);
}

void
settings_default(struct settings *s)
{
	size_t i;

	for (i = 0; i < SETTINGS; i++)
		*setting_at(s, i) = settings[i].dflt;
}

static char *
apply_settings(struct sim *sim, json_object *o)
{
	size_t i;

	json_object_object_foreach(o, key, v) {
		double d = json_num(o, key, -1);

		(void)v;
		for (i = 0; i < SETTINGS; i++)
			if (same(key, settings[i].name))
				break;
		if (i == SETTINGS)
			return x_fmt("unknown setting %s", key);
		if (d < settings[i].min || d > settings[i].max)
			return x_fmt("%s: from %g to %g", key,
			    settings[i].min, settings[i].max);
		*setting_at(&sim->set, i) = d;
	}
	return NULL;
}

/* Replaces *where when the member is there; null empties it. */
static void
take(json_object *o, const char *key, char **where)
{
	if (json_object_object_get_ex(o, key, NULL))
		x_set(where, json_text(o, key, NULL));
}

static char *
apply_account(struct sim *sim, json_object *o)
{
	const char *id = json_text(o, "id", NULL);
	struct account *a;

	if (id == NULL)
		return x_dup("an account needs an id (text)");
	a = world_account(sim, id);
	if (a == NULL) {
		a = x_alloc(sizeof(*a));
		a->id = x_dup(id);
		a->messaging = true;
		a->http_messaging = true;
		a->next = sim->world->accounts;
		sim->world->accounts = a;
	}
	a->messaging = json_flag(o, "messaging", a->messaging);
	a->provisioned = json_flag(o, "provisioned", a->provisioned);
	a->http_messaging = json_flag(o, "http_messaging", a->http_messaging);
	a->rate = json_num(o, "rate", a->rate);
	a->capacity = json_num(o, "capacity", a->capacity);
	if (json_get(o, "rate") != NULL || json_get(o, "capacity") != NULL)
		a->busy_until = 0;
	take(o, "carrier", &a->carrier);
	return NULL;
}

/* Joins an array of texts with line ends, as client.accounts has them. */
static char *
joined(json_object *list)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		buf_fmt(&b, "%s%s", i == 0 ? "" : "\n", json_object_get_string(
		    json_object_array_get_idx(list, i)));
	return buf_take(&b);
}

static void
take_list(json_object *o, const char *key, char **where)
{
	json_object *v = json_get(o, key);

	if (!json_object_is_type(v, json_type_array))
		return;
	free(*where);
	*where = joined(v);
}

static char *
apply_client(struct sim *sim, json_object *o, bool oauth)
{
	const char *name = json_text(o, oauth ? "id" : "user", NULL);
	struct client *c;

	if (name == NULL)
		return x_dup(oauth ? "a client needs an id" :
		    "an API user needs a user");
	c = world_client(sim, oauth, name);
	if (c == NULL) {
		c = x_alloc(sizeof(*c));
		c->oauth = oauth;
		c->name = x_dup(name);
		c->secret = x_dup("");
		c->accounts = x_dup("");
		c->roles = x_dup("Messaging\nNumbers\n"
		    "Campaign Management\nTFV");
		c->next = sim->world->clients;
		sim->world->clients = c;
	}
	take(o, oauth ? "secret" : "password", &c->secret);
	take_list(o, "accounts", &c->accounts);
	take_list(o, "roles", &c->roles);
	c->express = json_flag(o, "express", c->express);
	c->disabled = json_flag(o, "disabled", c->disabled);
	return NULL;
}

static char *
apply_types(struct application *a, json_object *list)
{
	unsigned bit;
	size_t i;

	a->types = 0;
	for (i = 0; i < json_object_array_length(list); i++) {
		const char *s = json_object_get_string(
		    json_object_array_get_idx(list, i));

		bit = callback_bit(s);
		if (bit == 0)
			return x_fmt("unknown callback type %s", s);
		a->types |= bit;
	}
	return NULL;
}

static char *
apply_application(struct sim *sim, json_object *o)
{
	static const char *const way[2] = { "outbound_", "inbound_" };
	const char *id = json_text(o, "id", NULL);
	struct application *a;
	char key[40];
	int i;

	if (id == NULL || !text_is_guid(id))
		return x_dup("an application needs an id, a GUID");
	a = world_application(sim, id);
	if (a == NULL)
		a = world_add_application(sim, NULL, id);
	take(o, "account", &a->account);
	take(o, "name", &a->name);
	a->assigned = json_flag(o, "assigned", a->assigned);
	a->challenge = json_flag(o, "challenge", a->challenge);
	for (i = 0; i < 2; i++) {
		take(o, "callback_url", &a->url[i]);
		take(o, "callback_user", &a->user[i]);
		take(o, "callback_password", &a->password[i]);
		snprintf(key, sizeof(key), "%scallback_url", way[i]);
		take(o, key, &a->url[i]);
		snprintf(key, sizeof(key), "%scallback_user", way[i]);
		take(o, key, &a->user[i]);
		snprintf(key, sizeof(key), "%scallback_password", way[i]);
		take(o, key, &a->password[i]);
	}
	if (json_object_is_type(json_get(o, "callback_types"),
	    json_type_array))
		return apply_types(a, json_get(o, "callback_types"));
	return NULL;
}

static char *
apply_oauth(struct sim *sim, json_object *o)
{
	return apply_client(sim, o, true);
}

static char *
apply_user(struct sim *sim, json_object *o)
{
	return apply_client(sim, o, false);
}

/* In the order in which they need each other, whatever JSON's order is. */
static const struct {
	const char *name;
	char *(*apply)(struct sim *, json_object *);
} kinds[] = {
	{ "accounts", apply_account }, { "clients", apply_oauth },
	{ "users", apply_user }, { "applications", apply_application },
	{ "sites", place_site }, { "locations", place_location },
	{ "numbers", stock_apply },
};
#define KINDS_OF_WORLD (sizeof(kinds) / sizeof(kinds[0]))

/* A member of the configuration that is not known. */
static char *
check_members(json_object *o)
{
	size_t i;

	json_object_object_foreach(o, key, v) {
		(void)v;
		for (i = 0; i < KINDS_OF_WORLD && !same(key, kinds[i].name);
		    i++)
			continue;
		if (i == KINDS_OF_WORLD && !same(key, "settings"))
			return x_fmt("unknown member %s", key);
	}
	return NULL;
}

char *
world_apply(struct sim *sim, json_object *o)
{
	json_object *list;
	char *why;
	size_t i, k;

	if (!json_object_is_type(o, json_type_object))
		return x_dup("a JSON object is needed");
	why = check_members(o);
	if (why == NULL && json_object_object_get_ex(o, "settings", &list))
		why = json_object_is_type(list, json_type_object) ?
		    apply_settings(sim, list) : x_dup("settings is an object");
	for (k = 0; k < KINDS_OF_WORLD && why == NULL; k++) {
		if (!json_object_object_get_ex(o, kinds[k].name, &list))
			continue;
		if (!json_object_is_type(list, json_type_array))
			return x_fmt("%s must be an array", kinds[k].name);
		for (i = 0; i < json_object_array_length(list) &&
		    why == NULL; i++)
			why = kinds[k].apply(sim,
			    json_object_array_get_idx(list, i));
	}
	return why;
}

struct account *
world_account(struct sim *sim, const char *id)
{
	struct account *a = sim->world->accounts;

	while (a != NULL && !same(a->id, id))
		a = a->next;
	return a;
}

struct application *
world_application(struct sim *sim, const char *id)
{
	struct application *a = sim->world->applications;

	while (a != NULL && !same(a->id, id))
		a = a->next;
	return a;
}

struct client *
world_client(struct sim *sim, bool oauth, const char *name)
{
	struct client *c = sim->world->clients;

	while (c != NULL && (c->oauth != oauth || !same(c->name, name)))
		c = c->next;
	return c;
}

/* True if the line stands among the lines. */
static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	const char *p;

	for (p = list; n > 0 && (p = strstr(p, word)) != NULL; p += n)
		if ((p == list || p[-1] == '\n') &&
		    (p[n] == '\0' || p[n] == '\n'))
			return true;
	return false;
}

bool
client_has(const struct client *c, const char *account)
{
	return has_word(c->accounts, account);
}

bool
client_may(const struct client *c, const char *role)
{
	return has_word(c->roles, role);
}
