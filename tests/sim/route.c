/*
 * route.c: which handler answers, after credentials and script had their say.
 *
 * Order for every request: path, method, script (before anything is done),
 * credentials, handler, script (what becomes of the answer).  Contracts in
 * route.h.
 */
#include "route.h"

#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "ledger.h"
#include "list.h"
#include "media.h"
#include "messages.h"
#include "numbers/numbers.h"
#include "text.h"
#include "token.h"

struct route {
	const char *method;
	const char *path;	/* {} stands for the account, * for the rest */
	const char *where;	/* as faults name it; NULL: control API */
	bool auth;
	handler handle;
	const char *role;	/* what the credentials must have; NULL: any */
};

#define USERS "/api/v2/users/{}"
#define ACCOUNTS "/api/v2/accounts/{}"

static const struct route routes[] = {
	{ "POST", "/api/v1/oauth2/token", "token", false, token_issue, NULL },
	{ "POST", USERS "/messages", "messages", true, messages_create, NULL },
	{ "GET", USERS "/messages", "list", true, list_messages, NULL },
	{ "GET", USERS "/media", "media", true, media_list, NULL },
	{ "GET", USERS "/media/*", "media", true, media_get, NULL },
	{ "PUT", USERS "/media/*", "media", true, media_put, NULL },
	{ "DELETE", USERS "/media/*", "media", true, media_delete, NULL },
	{ "GET", ACCOUNTS "/tendlc/*", "numbers", true, numbers_handle,
	    "Campaign Management" },
	{ "GET", ACCOUNTS "/phoneNumbers/*", "numbers", true, numbers_handle,
	    "TFV" },
	{ "GET", ACCOUNTS "/*", "numbers", true, numbers_handle, "Numbers" },
	{ "POST", ACCOUNTS "/*", "numbers", true, numbers_handle, "Numbers" },
	{ "PUT", ACCOUNTS "/*", "numbers", true, numbers_handle, "Numbers" },
	{ "PATCH", ACCOUNTS "/*", "numbers", true, numbers_handle, "Numbers" },
	{ "DELETE", ACCOUNTS "/*", "numbers", true, numbers_handle,
	    "Numbers" },
	{ "GET", "/api/v2/tns", "numbers", true, numbers_handle, "Numbers" },
	{ "GET", "/api/v2/tns/*", "numbers", true, numbers_handle, "Numbers" },
	{ "GET", "/_sim/*", NULL, false, control_get, NULL },
	{ "POST", "/_sim/*", NULL, false, control_post, NULL },
};
#define ROUTES (sizeof(routes) / sizeof(routes[0]))

/* True if the path has the route's form; fills account and rest. */
static bool
fits(const char *form, const char *path, char account[32], const char **rest)
{
	size_t n;

	*rest = NULL;
	for (; *form != '\0'; form++) {
		if (*form == '*') {
			*rest = path;
			return *path != '\0';
		}
		if (form[0] == '{') {
			n = strcspn(path, "/");
			if (n == 0 || n >= 32)
				return false;
			memcpy(account, path, n);
			account[n] = '\0';
			path += n;
			form++;
		} else if (*form != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

/* The route, or NULL; *path_known tells 405 from 404. */
static const struct route *
find(struct call *c, bool *path_known)
{
	size_t i;

	*path_known = false;
	for (i = 0; i < ROUTES; i++) {
		if (!fits(routes[i].path, c->req->path, c->account, &c->rest))
			continue;
		*path_known = true;
		if (same(routes[i].method, c->req->method))
			return &routes[i];
	}
	return NULL;
}

int
route_head(struct sim *sim, const struct http_req *q, struct http_res *r)
{
	struct call c = { .sim = sim, .req = q, .res = r };
	struct keys k = { .path = q->target, .method = q->method };
	const struct route *way;
	bool known, cut = false;

	way = find(&c, &known);
	if (way == NULL || way->where == NULL)
		return 0;
	pthread_mutex_lock(&sim->lock);
	if (faults_take(sim, way->where, true, &k, &c.act)) {
		ledger_count(sim, N_CUT, 1);
		r->cut = CUT_HEAD;
		r->reset = c.act.reset;
		cut = true;
	}
	pthread_mutex_unlock(&sim->lock);
	sim_sleep(sim, c.act.delay_ms);
	action_free(&c.act);
	return cut ? -1 : 0;
}

/* Finds the script's entry for the request, with the keys of its body. */
static void
take_fault(struct call *c, const struct route *way)
{
	struct keys k = { .path = c->req->target,
	    .method = c->req->method };
	json_object *to = json_get(c->json, "to");

	k.from = json_text(c->json, "from", NULL);
	k.text = json_text(c->json, "text", NULL);
	k.tag = json_text(c->json, "tag", NULL);
	if (same(way->where, "numbers"))
		k.text = c->req->body;
	k.to = to == NULL ? NULL : json_object_to_json_string_ext(to,
	    JSON_C_TO_STRING_PLAIN);
	pthread_mutex_lock(&c->sim->lock);
	faults_take(c->sim, way->where, false, &k, &c->act);
	pthread_mutex_unlock(&c->sim->lock);
}

/* Puts the script's own body and headers into the answer. */
static void
override(struct call *c)
{
	struct http_res *r = c->res;

	if (c->act.body != NULL) {
		buf_free(&r->body);
		buf_str(&r->body, c->act.body);
	}
	if (c->act.content_type != NULL) {
		r->type_owned = x_dup(c->act.content_type);
		r->type = r->type_owned;
	}
	if (c->act.headers != NULL)
		buf_str(&r->headers, c->act.headers);
	if (c->act.empty) {
		buf_free(&r->body);
		r->type = NULL;
	}
}

/* What the other kinds of request leave in the ledger. */
static void
note_request(struct call *c, const char *where)
{
	json_object *o;

	bool token = same(where, "token");

	if (same(where, "messages"))
		return;		/* messages.c keeps a better record */
	o = json_object_new_object();
	put_time(o, "time", c->began);
	put_text(o, "where", where);
	put_text(o, "method", c->req->method);
	put_text(o, "target", c->req->target);
	put_text(o, "who", c->who);
	if (same(where, "numbers") && c->req->body_n > 0)
		put_text(o, "body", text_is_utf8(c->req->body, c->req->body_n) ?
		    c->req->body : "not UTF-8");
	put_int(o, "status", c->res->status);
	put_text(o, "fault", c->act.name);
	pthread_mutex_lock(&c->sim->lock);
	ledger_add(c->sim, token ? K_TOKENS : K_REQUESTS, NULL, o);
	ledger_count(c->sim, token ? N_TOKEN_REQUESTS :
	    same(where, "list") ? N_LISTS :
	    same(where, "media") ? N_MEDIA :
	    same(where, "numbers") ? N_NUMBERS : N_UNKNOWN, 1);
	pthread_mutex_unlock(&c->sim->lock);
	json_object_put(o);
}

static double
latency(struct sim *sim)
{
	double ms;

	pthread_mutex_lock(&sim->lock);
	ms = sim->set.latency_ms;
	if (sim->set.latency_jitter_ms >= 1)
		ms += (double)(now_us() % (int64_t)sim->set.latency_jitter_ms);
	pthread_mutex_unlock(&sim->lock);
	return ms;
}

/* /tns names its account in the query, and else means the token's own. */
static void
account_of_query(struct call *c)
{
	char *id = request_parameter(c, "accountId");

	if (id != NULL && strlen(id) < sizeof(c->account))
		memcpy(c->account, id, strlen(id) + 1);
	free(id);
}

/* Credentials, handler, then what the script wants of the answer. */
static void
perform(struct call *c, const struct route *way)
{
	int bad;

	if (same(way->where, "numbers") && c->account[0] == '\0')
		account_of_query(c);
	bad = way->auth ? token_check(c, way->role) : 0;

	if (bad != 0) {
		answer_published(c, way->where, bad);
		return;
	}
	/* The Numbers API counts even what the script answers for it. */
	if (c->act.status != 0 && !same(way->where, "numbers"))
		answer_published(c, way->where, c->act.status);
	else
		way->handle(c);
	if (c->act.late_status != 0) {
		buf_free(&c->res->headers);
		answer_published(c, way->where, c->act.late_status);
	}
	if (c->act.active)
		override(c);
	if (c->act.doctype != NULL)
		numbers_doctype(c, c->act.doctype);
}

static void
scripted(struct call *c, const struct route *way)
{
	struct http_res *r = c->res;

	take_fault(c, way);
	sim_sleep(c->sim, latency(c->sim) + c->act.delay_ms);
	r->reset = c->act.reset;
	if (c->act.expire_token)
		token_expire(c->sim, c->req);
	if (c->act.cut == CUT_READ) {
		r->cut = CUT_READ;
		r->status = 0;
	}
	if (same(way->where, "messages"))
		messages_begin(c);
	if (r->cut == CUT_NONE)
		perform(c, way);
	r->stall_ms = c->act.stall_ms;
	r->unsized = c->act.unsized;
	r->cut = c->act.cut;
	if (same(way->where, "messages"))
		messages_end(c);
	note_request(c, way->where);
	sim_sleep(c->sim, c->act.answer_delay_ms);
	if (r->cut != CUT_NONE) {
		pthread_mutex_lock(&c->sim->lock);
		ledger_count(c->sim, N_CUT, 1);
		pthread_mutex_unlock(&c->sim->lock);
	}
}

void
route_body(struct sim *sim, const struct http_req *q, struct http_res *r)
{
	struct call c = { .sim = sim, .req = q, .res = r };
	const struct route *way;
	const char *why;
	bool known;

	c.began = now_us();
	way = find(&c, &known);
	if (way == NULL) {
		answer_published(&c, "", known ? 405 : 404);
		note_request(&c, "unknown");
		return;
	}
	if (q->body_n > 0 && !same(way->where, "media") &&
	    !same(way->where, "token"))
		c.json = json_read(q->body, q->body_n, &why);
	if (way->where == NULL)
		way->handle(&c);
	else
		scripted(&c, way);
	json_object_put(c.json);
	free(c.who);
	free(c.message_id);
	action_free(&c.act);
}
