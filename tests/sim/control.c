/*
 * control.c: the control API under /_sim/, for tests and for people.
 *
 * Shows and changes what the other files keep; needs no credentials, because
 * only loopback is bound.  The README lists every address.
 */
#include "control.h"

#include <stdlib.h>
#include <string.h>

#include "callbacks.h"
#include "inbound.h"
#include "json.h"
#include "ledger.h"
#include "media.h"
#include "numbers/control_numbers.h"
#include "numbers/estate.h"
#include "numbers/fulfil.h"
#include "server.h"
#include "text.h"
#include "token.h"
#include "world.h"

/* The value of a query parameter, owned, or NULL. */
static char *
parameter(struct call *c, const char *name)
{
	const char *p = c->req->query;
	size_t n = strlen(name), len;
	char *v;

	for (; p != NULL && *p != '\0'; p += len + (p[len] == '&')) {
		len = strcspn(p, "&");
		if (len <= n || strncmp(p, name, n) != 0 || p[n] != '=')
			continue;
		v = x_ndup(p + n + 1, len - n - 1);
		if (text_unescape(v, true, false) == 0)
			return v;
		free(v);
		return NULL;
	}
	return NULL;
}

static long
number_parameter(struct call *c, const char *name, long dflt)
{
	char *v = parameter(c, name);
	long long n = dflt;

	if (v != NULL)
		parse_ll(v, 0, 1000000000, &n);
	free(v);
	return (long)n;
}

/* Counters with what is pending and connected; lock held. */
static json_object *
counters(struct sim *sim)
{
	json_object *o = ledger_counters(sim);
	long a, b, d;

	callbacks_counts(sim, &a, &b);
	put_int(o, "pending", a);
	put_int(o, "held", b);
	server_counts(sim, &a, &b, &d);
	put_int(o, "connections", a);
	put_int(o, "connections_most", b);
	put_int(o, "connections_all", d);
	return o;
}

static void
get_counters(struct call *c)
{
	json_object *o;

	pthread_mutex_lock(&c->sim->lock);
	o = counters(c->sim);
	pthread_mutex_unlock(&c->sim->lock);
	answer_json(c->res, 200, o);
}

static void
get_ledger(struct call *c)
{
	static const char *const names[] = { "tokens", "messages", "requests",
	    "callbacks" };
	char *kind = parameter(c, "kind"), *tag = parameter(c, "tag");
	long since = number_parameter(c, "since", 0);
	long limit = number_parameter(c, "limit", 1000000000);
	int k = 0;

	while (k < KINDS && !same(kind, names[k]))
		k++;
	if (kind != NULL && k == KINDS) {
		answer_error(c->res, 400, "unknown-kind", kind);
	} else {
		answer_text(c->res, 200, "application/json", "");
		pthread_mutex_lock(&c->sim->lock);
		ledger_show(c->sim, (enum kind)k, since, tag, limit,
		    &c->res->body);
		pthread_mutex_unlock(&c->sim->lock);
	}
	free(kind);
	free(tag);
}

/* True once every counter named in the query has its number; lock held. */
static bool
reached(struct call *c)
{
	json_object *o = counters(c->sim);
	bool ok = true;
	char *v;

	if (number_parameter(c, "messages", -1) >
	    ledger_counter(c->sim, N_ACCEPTED))
		ok = false;
	json_object_object_foreach(o, key, have) {
		v = parameter(c, key);
		if (v != NULL && strtol(v, NULL, 10) >
		    json_object_get_int64(have))
			ok = false;
		free(v);
	}
	if (number_parameter(c, "idle", 0) > 0 &&
	    json_num(o, "pending", 0) > 0)
		ok = false;
	json_object_put(o);
	return ok;
}

static void
get_wait(struct call *c)
{
	int64_t until = now_us() + (int64_t)number_parameter(c, "timeout_ms",
	    10000) * 1000;
	struct timespec ts;
	json_object *o;
	bool ok;

	ts.tv_sec = until / 1000000;
	ts.tv_nsec = until % 1000000 * 1000;
	pthread_mutex_lock(&c->sim->lock);
	while (!(ok = reached(c)) && now_us() < until && !c->sim->stopping)
		pthread_cond_timedwait(&c->sim->changed, &c->sim->lock, &ts);
	o = counters(c->sim);
	pthread_mutex_unlock(&c->sim->lock);
	put_flag(o, "ok", ok);
	answer_json(c->res, ok ? 200 : 408, o);
}

static void
show(struct call *c, json_object *(*what)(struct sim *))
{
	json_object *o;

	pthread_mutex_lock(&c->sim->lock);
	o = what(c->sim);
	pthread_mutex_unlock(&c->sim->lock);
	answer_json(c->res, 200, o);
}

/* {"ok":true}, or 400 with the complaint, which is freed. */
static void
verdict(struct call *c, char *why)
{
	json_object *o;

	if (why != NULL) {
		answer_error(c->res, 400, "control", why);
		free(why);
		return;
	}
	o = json_object_new_object();
	put_flag(o, "ok", true);
	answer_json(c->res, 200, o);
}

static void
post_config(struct call *c)
{
	char *why;

	pthread_mutex_lock(&c->sim->lock);
	why = world_apply(c->sim, c->json);
	pthread_mutex_unlock(&c->sim->lock);
	verdict(c, why);
}

static void
post_faults(struct call *c)
{
	char *why;

	pthread_mutex_lock(&c->sim->lock);
	why = faults_add(c->sim, c->json);
	pthread_mutex_unlock(&c->sim->lock);
	verdict(c, why);
}

static void
post_clear(struct call *c)
{
	pthread_mutex_lock(&c->sim->lock);
	faults_clear(c->sim);
	pthread_mutex_unlock(&c->sim->lock);
	verdict(c, NULL);
}

/* Forgets what happened and the script; who exists and settings stay. */
static void
post_reset(struct call *c)
{
	struct account *a;

	pthread_mutex_lock(&c->sim->lock);
	ledger_clear(c->sim);
	faults_clear(c->sim);
	callbacks_clear(c->sim);
	media_clear(c->sim);
	estate_forget(c->sim);
	for (a = c->sim->world->accounts; a != NULL; a = a->next) {
		a->busy_until = 0;
		a->list_count = 0;
	}
	pthread_mutex_unlock(&c->sim->lock);
	verdict(c, NULL);
}

static void
post_release(struct call *c)
{
	const char *order = json_text(c->json, "order", "same");
	enum order how = same(order, "reverse") ? ORDER_REVERSE :
	    same(order, "random") ? ORDER_RANDOM : ORDER_SAME;
	json_object *o = json_object_new_object();
	long n;

	pthread_mutex_lock(&c->sim->lock);
	n = callbacks_release(c->sim, json_text(c->json, "hold", NULL), how,
	    json_flag(c->json, "batch", false));
	pthread_mutex_unlock(&c->sim->lock);
	put_int(o, "released", n);
	answer_json(c->res, 200, o);
}

static void
post_hurry(struct call *c)
{
	pthread_mutex_lock(&c->sim->lock);
	callbacks_hurry(c->sim);
	fulfil_hurry(c->sim);
	pthread_mutex_unlock(&c->sim->lock);
	verdict(c, NULL);
}

static void
post_expire(struct call *c)
{
	token_expire(c->sim, NULL);
	verdict(c, NULL);
}

static void
post_refuse(struct call *c)
{
	pthread_mutex_lock(&c->sim->lock);
	server_refuse(c->sim, json_num(c->json, "ms", 1000),
	    json_flag(c->json, "drop", false));
	pthread_mutex_unlock(&c->sim->lock);
	verdict(c, NULL);
}

static void
inject(struct call *c, json_object *(*how)(struct sim *, json_object *,
    char **))
{
	char *why = NULL;
	json_object *o = how(c->sim, c->json, &why);

	if (o == NULL)
		verdict(c, why);
	else
		answer_json(c->res, 200, o);
}

static void
post_inbound(struct call *c)
{
	inject(c, inbound_message);
}

static void
post_callback(struct call *c)
{
	inject(c, inbound_raw);
}

static void
get_config(struct call *c)
{
	show(c, world_show);
}

static void
get_faults(struct call *c)
{
	show(c, faults_show);
}

static void
get_duplicates(struct call *c)
{
	show(c, ledger_duplicates);
}

static const struct { const char *method, *name; handler handle; } table[] = {
	{ "GET", "ledger", get_ledger },
	{ "GET", "counters", get_counters },
	{ "GET", "wait", get_wait },
	{ "GET", "config", get_config },
	{ "GET", "faults", get_faults },
	{ "GET", "duplicates", get_duplicates },
	{ "POST", "config", post_config },
	{ "POST", "faults", post_faults },
	{ "POST", "faults/clear", post_clear },
	{ "POST", "reset", post_reset },
	{ "POST", "inbound", post_inbound },
	{ "POST", "callback", post_callback },
	{ "POST", "release", post_release },
	{ "POST", "hurry", post_hurry },
	{ "POST", "expire", post_expire },
	{ "POST", "refuse", post_refuse },
};

static void
dispatch(struct call *c)
{
	size_t i;

	if (c->req->body_n > 0 && c->json == NULL) {
		answer_error(c->res, 400, "control", "malformed JSON");
		return;
	}
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (same(table[i].method, c->req->method) &&
		    same(table[i].name, c->rest)) {
			table[i].handle(c);
			return;
		}
	if (control_numbers(c))
		return;
	answer_error(c->res, 404, "control", "no such address; see README");
}

void
control_get(struct call *c)
{
	dispatch(c);
}

void
control_post(struct call *c)
{
	dispatch(c);
}
