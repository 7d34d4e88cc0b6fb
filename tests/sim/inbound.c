/*
 * inbound.c: messages that come from telephones, and raw callbacks.
 *
 * Makes message-received events, one for each own number among the
 * recipients, each with an id of its own as the documentation has it for
 * groups.  Contracts in inbound.h.
 */
#include "inbound.h"

#include <stdlib.h>
#include <string.h>

#include "callbacks.h"
#include "json.h"
#include "ledger.h"
#include "media.h"
#include "numbers/estate.h"
#include "outcome.h"
#include "text.h"
#include "util.h"
#include "world.h"

/* Stores bytes given as {"name","content_type","text" or "base64"}. */
static char *
store_file(struct sim *sim, const struct message *m, size_t at, json_object *o)
{
	const char *text = json_text(o, "text", "");
	const char *b64 = json_text(o, "base64", NULL);
	char *id = x_fmt("%s/%zu/%s", m->id, at, json_text(o, "name", "file"));
	char *bytes, *url;
	size_t n = strlen(text);

	bytes = b64 == NULL ? x_dup(text) : b64_decode(b64, &n);
	if (bytes != NULL)
		media_store(sim, m->account, id, json_text(o, "content_type",
		    "application/octet-stream"), bytes, n);
	url = x_fmt("%s/api/v2/users/%s/media/%s", sim->base_url, m->account,
	    id);
	free(bytes);
	free(id);
	return url;
}

/* Sets the message's media from URLs and files. */
static void
take_media(struct sim *sim, struct message *m, json_object *list)
{
	json_object *urls, *v;
	char *url;
	size_t i;

	if (!json_object_is_type(list, json_type_array))
		return;
	urls = json_object_new_array();
	m->nmedia = (int)json_object_array_length(list);
	for (i = 0; i < json_object_array_length(list); i++) {
		v = json_object_array_get_idx(list, i);
		if (json_object_is_type(v, json_type_object)) {
			url = store_file(sim, m, i, v);
			json_object_array_add(urls,
			    json_object_new_string(url));
			free(url);
		} else {
			json_object_array_add(urls, json_object_get(v));
		}
	}
	m->media = json_dump(urls);
	json_object_put(urls);
}

/* The recipients: a text or an array of texts. */
static void
take_to(struct message *m, json_object *to)
{
	bool many = json_object_is_type(to, json_type_array);
	int i;

	m->nto = many ? (int)json_object_array_length(to) : 1;
	m->to = x_alloc(((size_t)m->nto + 1) * sizeof(char *));
	for (i = 0; i < m->nto; i++)
		m->to[i] = x_dup(json_object_get_string(many ?
		    json_object_array_get_idx(to, (size_t)i) : to));
}

static struct message *
make_message(struct sim *sim, json_object *o, const struct application *app)
{
	struct message *m = x_alloc(sizeof(*m));
	char id[64];
	bool uuid;

	outcome_id(sim, id, &uuid);
	m->id = x_dup(json_text(o, "id", id));
	m->inbound = true;
	m->account = x_dup(app->account);
	m->application = x_dup(app->id);
	m->from = x_dup(json_text(o, "from", NULL));
	m->text = x_dup(json_text(o, "text", ""));
	m->tag = x_dup(json_text(o, "tag", NULL));
	m->time = now_us();
	m->status = "RECEIVED";
	take_to(m, json_get(o, "to"));
	take_media(sim, m, json_get(o, "media"));
	m->segments = m->nmedia > 0 || m->nto > 1 ? 1 :
	    text_segments(m->text);
	return m;
}

/* Makes and sends one copy, for the number owner; gives the event's id. */
static long
one_copy(struct sim *sim, json_object *o, const struct application *app,
    const char *owner, json_object *ids)
{
	struct message *m = make_message(sim, o, app);
	struct event *e;

	e = event_new(app->id, true, outcome_event(sim, m, "message-received",
	    "Incoming message received", owner, now_us()));
	e->type = x_dup("message-received");
	e->to = x_dup(owner);
	e->from = x_dup(m->from);
	e->tag = x_dup(m->tag);
	e->message = x_dup(m->id);
	e->hold = x_dup(json_text(o, "hold", NULL));
	json_object_array_add(ids, json_object_new_string(m->id));
	ledger_keep(sim, m);
	ledger_count(sim, N_INBOUND, 1);
	return callbacks_add(sim, e, now_us() +
	    (int64_t)(json_num(o, "delay_ms", 0) * 1000));
}

/* The application: the one named, else that of the first own number. */
static struct application *
pick_application(struct sim *sim, json_object *o, json_object *to)
{
	const char *id = json_text(o, "application", NULL);
	bool many = json_object_is_type(to, json_type_array);
	size_t i, count = many ? json_object_array_length(to) : 1;
	struct application *a;
	struct number *n;

	if (id != NULL)
		return world_application(sim, id);
	for (i = 0; i < count; i++) {
		n = world_number(sim, json_object_get_string(many ?
		    json_object_array_get_idx(to, i) : to));
		a = n == NULL ? NULL : estate_receiver(sim, n);
		if (a != NULL)
			return a;
	}
	return NULL;
}

/* One copy for each own recipient number; if none is, for the first. */
static void
all_copies(struct sim *sim, json_object *o, const struct application *app,
    json_object *ids, json_object *events)
{
	json_object *to = json_get(o, "to");
	bool many = json_object_is_type(to, json_type_array);
	size_t i, count = many ? json_object_array_length(to) : 1;
	const char *tn;
	struct number *n;
	long made = 0;

	for (i = 0; i < count; i++) {
		tn = json_object_get_string(many ?
		    json_object_array_get_idx(to, i) : to);
		n = world_number(sim, tn);
		if (n == NULL || !same(n->account, app->account))
			continue;
		json_object_array_add(events, json_object_new_int64(
		    one_copy(sim, o, app, tn, ids)));
		made++;
	}
	if (made == 0)
		json_object_array_add(events, json_object_new_int64(
		    one_copy(sim, o, app, json_object_get_string(many ?
		    json_object_array_get_idx(to, 0) : to), ids)));
}

/* Waits for the first answers to the events and adds them to the result. */
static void
wait_answers(struct sim *sim, json_object *o, json_object *result)
{
	json_object *events = json_get(result, "events");
	json_object *list = json_object_new_array();
	int64_t until = now_us() + (int64_t)(json_num(o, "wait_ms", 0) * 1000);
	size_t i;
	int status = 0;

	for (i = 0; i < json_object_array_length(events); i++) {
		do {
			pthread_mutex_lock(&sim->lock);
			status = ledger_answer(sim, json_object_get_int64(
			    json_object_array_get_idx(events, i)));
			pthread_mutex_unlock(&sim->lock);
		} while (status < 0 && now_us() < until && sim_sleep(sim, 5));
		json_object_array_add(list, json_object_new_int(status));
	}
	json_object_object_add(result, "status", list);
}

json_object *
inbound_message(struct sim *sim, json_object *o, char **why)
{
	json_object *to = json_get(o, "to"), *result = NULL, *ids, *events;
	long i, times = (long)json_num(o, "times", 1);
	struct application *app;

	if (json_text(o, "from", NULL) == NULL || to == NULL ||
	    (json_object_is_type(to, json_type_array) &&
	    json_object_array_length(to) == 0)) {
		*why = x_dup("from and to are needed");
		return NULL;
	}
	pthread_mutex_lock(&sim->lock);
	app = pick_application(sim, o, to);
	if (app == NULL || app->account == NULL) {
		*why = x_dup("no application: name one, or use an own number");
	} else {
		result = json_object_new_object();
		ids = json_object_new_array();
		events = json_object_new_array();
		json_object_object_add(result, "ids", ids);
		json_object_object_add(result, "events", events);
		for (i = 0; i < times; i++)
			all_copies(sim, o, app, ids, events);
	}
	pthread_mutex_unlock(&sim->lock);
	if (result != NULL)
		wait_answers(sim, o, result);
	return result;
}

json_object *
inbound_raw(struct sim *sim, json_object *o, char **why)
{
	const char *app = json_text(o, "application", NULL);
	json_object *body = json_get(o, "body"), *result, *events;
	struct event *e;

	if (body == NULL || (app == NULL && json_text(o, "url", NULL) ==
	    NULL)) {
		*why = x_dup("body, and application or url, are needed");
		return NULL;
	}
	e = event_new(app, json_flag(o, "inbound", true),
	    json_object_is_type(body, json_type_string) ?
	    x_dup(json_object_get_string(body)) : json_dump(body));
	e->raw = true;
	e->url = x_dup(json_text(o, "url", NULL));
	e->content_type = x_dup(json_text(o, "content_type", NULL));
	e->type = x_dup("raw");
	e->tag = x_dup(json_text(o, "tag", NULL));
	result = json_object_new_object();
	events = json_object_new_array();
	json_object_object_add(result, "events", events);
	pthread_mutex_lock(&sim->lock);
	json_object_array_add(events, json_object_new_int64(
	    callbacks_add(sim, e, now_us())));
	pthread_mutex_unlock(&sim->lock);
	wait_answers(sim, o, result);
	return result;
}
