/*
 * messages.c: POST .../messages, judged as the specification has it.
 *
 * Content type, JSON, fields (check.c), room in the queue; then 202 and
 * outcome.c decides the rest.  Contracts in messages.h.
 */
#include "messages.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "check.h"
#include "json.h"
#include "ledger.h"
#include "outcome.h"
#include "text.h"
#include "world.h"

/* application/json, with at most a charset of UTF-8. */
static bool
is_json_type(const char *s)
{
	static const char json[] = "application/json";
	size_t n = sizeof(json) - 1;

	if (s == NULL || strncasecmp(s, json, n) != 0)
		return false;
	s += n;
	s += strspn(s, " \t");
	if (*s == '\0')
		return true;
	if (*s++ != ';')
		return false;
	s += strspn(s, " \t");
	return strcasecmp(s, "charset=utf-8") == 0 ||
	    strcasecmp(s, "charset=\"utf-8\"") == 0;
}

/* Whether the client takes JSON as an answer. */
static bool
accepts_json(const char *s)
{
	return s == NULL || *s == '\0' || strstr(s, "*/*") != NULL ||
	    strcasestr(s, "application/json") != NULL ||
	    strcasestr(s, "application/*") != NULL;
}

static void
refuse_fields(struct call *c, json_object *errors)
{
	json_object *o = json_object_new_object();

	put_text(o, "type", "request-validation");
	put_text(o, "description", "Your request could not be accepted");
	json_object_object_add(o, "fieldErrors", json_object_get(errors));
	answer_json(c->res, 400, o);
}

/* A message out of a request that was found valid. */
static struct message *
make_message(struct call *c, bool *uuid)
{
	json_object *o = c->json, *v = json_get(o, "to");
	struct message *m = x_alloc(sizeof(*m));
	const char *when = json_text(o, "expiration", NULL);
	char id[64];
	int i;

	outcome_id(c->sim, id, uuid);
	m->id = x_dup(id);
	m->account = x_dup(c->account);
	m->application = x_dup(json_text(o, "applicationId", NULL));
	m->from = x_dup(json_text(o, "from", NULL));
	m->text = x_dup(json_text(o, "text", NULL));
	m->tag = x_dup(json_text(o, "tag", NULL));
	m->priority = x_dup(json_text(o, "priority", NULL));
	m->nto = (int)json_object_array_length(v);
	m->to = x_alloc((size_t)m->nto * sizeof(char *));
	for (i = 0; i < m->nto; i++)
		m->to[i] = x_dup(json_object_get_string(
		    json_object_array_get_idx(v, (size_t)i)));
	v = json_get(o, "media");
	if (v != NULL && json_object_array_length(v) > 0) {
		m->media = json_dump(v);
		m->nmedia = (int)json_object_array_length(v);
	}
	/* Pictures or several recipients make it an MMS, which is one. */
	m->segments = m->nmedia > 0 || m->nto > 1 ? 1 :
	    text_segments(m->text == NULL ? "" : m->text);
	if (when != NULL)
		text_time(when, &m->expires, NULL);
	m->time = now_us();
	return m;
}

/* The answer as published: in its order, optional members as sent. */
static void
answer_202(struct call *c, const struct message *m, bool uuid)
{
	static const char *const echoed[] = { "to", "from", "text", "media",
	    "tag", "priority", "expiration" };
	json_object *o = json_object_new_object(), *v;
	char t[40];
	size_t i;

	stamp(t, m->time, uuid ? 6 : 3);
	put_text(o, "id", m->id);
	put_text(o, "owner", m->from);
	put_text(o, "applicationId", m->application);
	put_text(o, "time", t);
	put_int(o, "segmentCount", m->segments);
	put_text(o, "direction", "out");
	for (i = 0; i < sizeof(echoed) / sizeof(echoed[0]); i++)
		if (json_object_object_get_ex(c->json, echoed[i], &v))
			json_object_object_add(o, echoed[i],
			    json_object_get(v));
	answer_json(c->res, 202, o);
}

/* Accepts or answers 429; gives the first terminal callback; lock held. */
static long
accept_message(struct call *c)
{
	struct account *a = world_account(c->sim, c->account);
	struct message *m;
	bool uuid;
	long event;

	m = make_message(c, &uuid);
	if (!outcome_room(a, m->segments * m->nto)) {
		message_free(m);
		return -1;
	}
	m->unlisted = c->act.unlisted;
	ledger_keep(c->sim, m);
	event = outcome_plan(c->sim, m, &c->act);
	ledger_count(c->sim, N_ACCEPTED, 1);
	ledger_count(c->sim, N_SEGMENTS, m->segments * m->nto);
	c->message_id = x_dup(m->id);
	answer_202(c, m, uuid);
	return event;
}

/* Waits until the callback had its first answer: it overtakes the 202. */
static void
wait_for(struct sim *sim, long event)
{
	int i;

	for (i = 0; i < 1000; i++) {
		pthread_mutex_lock(&sim->lock);
		if (ledger_answer(sim, event) >= 0)
			i = 1000;
		pthread_mutex_unlock(&sim->lock);
		if (i < 1000 && !sim_sleep(sim, 10))
			return;
	}
}

static void
judge(struct call *c)
{
	json_object *errors;
	long event = 0;
	bool good;

	pthread_mutex_lock(&c->sim->lock);
	errors = check_message(c->sim, c->account, c->json);
	good = json_object_array_length(errors) == 0;
	if (good)
		event = accept_message(c);
	pthread_mutex_unlock(&c->sim->lock);
	if (!good)
		refuse_fields(c, errors);
	else if (event < 0)
		answer_published(c, "messages", 429);
	else if (event > 0 && c->act.early)
		wait_for(c->sim, event);
	json_object_put(errors);
}

void
messages_create(struct call *c)
{
	if (!is_json_type(http_header(c->req, "Content-Type")))
		answer_published(c, "messages", 415);
	else if (!accepts_json(http_header(c->req, "Accept")))
		answer_published(c, "messages", 406);
	else if (!json_object_is_type(c->json, json_type_object))
		answer_error(c->res, 400, "request-validation",
		    "The request body could not be read as a JSON object");
	else
		judge(c);
}

/* The record as it is known so far. */
static json_object *
describe(struct call *c)
{
	json_object *o = json_object_new_object(), *v;

	put_time(o, "time", c->began);
	put_text(o, "account", c->account);
	put_text(o, "who", c->who);
	put_text(o, "content_type", http_header(c->req, "Content-Type"));
	put_text(o, "tag", json_text(c->json, "tag", NULL));
	put_text(o, "from", json_text(c->json, "from", NULL));
	v = json_get(c->json, "to");
	json_object_object_add(o, "to", json_object_get(v));
	if (json_object_is_type(c->json, json_type_object)) {
		json_object_object_add(o, "body", json_object_get(c->json));
		json_object_object_add(o, "unknown_fields",
		    check_unknown(c->json));
	} else {
		put_text(o, "raw", text_is_utf8(c->req->body, c->req->body_n) ?
		    c->req->body : "not UTF-8");
	}
	put_text(o, "fault", c->act.name);
	return o;
}

void
messages_begin(struct call *c)
{
	json_object *o = describe(c);

	put_int(o, "status", 0);
	pthread_mutex_lock(&c->sim->lock);
	c->seq = ledger_add(c->sim, K_MESSAGES,
	    json_text(c->json, "tag", NULL), o);
	ledger_count(c->sim, N_POSTS, 1);
	pthread_mutex_unlock(&c->sim->lock);
	json_object_put(o);
}

void
messages_end(struct call *c)
{
	static const char *const cuts[] = { NULL, "head", "read", "accepted",
	    "answer" };
	json_object *o = describe(c), *answer;
	const char *why;

	put_int(o, "status", c->res->status);
	put_text(o, "cut", cuts[c->res->cut]);
	put_time(o, "decided", now_us());
	answer = json_read(c->res->body.p, c->res->body.n, &why);
	put_flag(o, "accepted", c->message_id != NULL);
	put_text(o, "id", c->message_id);
	json_object_object_add(o, "answer", answer);
	pthread_mutex_lock(&c->sim->lock);
	put_int(o, "seq", c->seq);
	ledger_update(c->sim, K_MESSAGES, c->seq, o);
	if (c->res->status >= 400)
		ledger_count(c->sim, N_REFUSED, 1);
	pthread_mutex_unlock(&c->sim->lock);
	json_object_put(o);
}
