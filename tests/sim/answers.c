/*
 * answers.c: bodies of answers, the published errors above all.
 *
 * Texts are those of Bandwidth's documentation and OpenAPI file; where none
 * is published for a status, the shape {"type","description"} is kept.
 * Contracts in route.h.
 */
#include "route.h"

#include <stdlib.h>

#include "json.h"
#include "numbers/numbers.h"
#include "outcome.h"
#include "world.h"

const char *
route_reason(int status)
{
	static const struct { int status; const char *text; } list[] = {
		{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" },
		{ 204, "No Content" }, { 400, "Bad Request" },
		{ 401, "Unauthorized" }, { 403, "Forbidden" },
		{ 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" }, { 408, "Request Timeout" },
		{ 409, "Conflict" }, { 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 429, "Too Many Requests" }, { 500, "Internal Server Error" },
		{ 502, "Bad Gateway" }, { 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" }
	};
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i].status == status)
			return list[i].text;
	return "Unnamed";
}

void
answer_json(struct http_res *r, int status, json_object *o)
{
	char *text = json_dump(o);

	r->status = status;
	r->type = "application/json;charset=utf-8";
	buf_free(&r->body);
	buf_str(&r->body, text);
	free(text);
	json_object_put(o);
}

void
answer_text(struct http_res *r, int status, const char *type, const char *body)
{
	r->status = status;
	r->type = type;
	buf_free(&r->body);
	buf_str(&r->body, body);
}

void
answer_error(struct http_res *r, int status, const char *type,
    const char *description)
{
	json_object *o = json_object_new_object();

	put_text(o, "type", type);
	put_text(o, "description", description);
	answer_json(r, status, o);
}

/* Spring's own body for a path that leads nowhere: no type in it. */
static void
answer_404(struct call *c)
{
	json_object *o = json_object_new_object();
	char t[40], *when;

	stamp(t, now_us(), 3);
	when = x_fmt("%.23s+0000", t);
	put_text(o, "timestamp", when);
	put_int(o, "status", 404);
	put_text(o, "error", "Not Found");
	put_text(o, "message", "Not Found");
	put_text(o, "path", c->req->path);
	free(when);
	answer_json(c->res, 404, o);
}

static void
answer_405(struct call *c)
{
	char *s = x_fmt("Method '%s' not supported for this resource.",
	    c->req->method);

	answer_error(c->res, 405, "method-not-allowed", s);
	free(s);
}

static void
answer_415(struct call *c)
{
	const char *type = http_header(c->req, "Content-Type");
	char *s = x_fmt("Content type '%s' not supported. Please use "
	    "'application/json'", type == NULL ? "" : type);

	answer_error(c->res, 415, "unsupported-content-type", s);
	free(s);
}

static void
answer_429(struct call *c, const char *where)
{
	char *s;

	if (same(where, "list")) {
		buf_str(&c->res->headers, "Retry-After: 300\r\n");
		answer_error(c->res, 429, "rate_limit_exceeded", "Rate limit "
		    "exceeded. Wait for Retry-After time before sending "
		    "another request.");
	} else if (same(where, "messages")) {
		pthread_mutex_lock(&c->sim->lock);
		s = outcome_queue_text(world_account(c->sim, c->account));
		pthread_mutex_unlock(&c->sim->lock);
		answer_error(c->res, 429, "max-message-queue-size-exceeded",
		    s);
		free(s);
	} else if (same(where, "media")) {
		answer_error(c->res, 429, "rate-limit-exceeded", "You have "
		    "exceeded your rate limit for this endpoint. Please retry "
		    "later.");
	} else {
		/* The token endpoint may say nothing at all. */
		c->res->status = 429;
		c->res->type = NULL;
	}
}

static void
answer_token_error(struct call *c, int status)
{
	json_object *o = json_object_new_object();

	put_text(o, "error", status == 401 ? "invalid_client" :
	    status == 400 ? "invalid_request" : "server_error");
	put_text(o, "error_description", route_reason(status));
	answer_json(c->res, status, o);
}

void
answer_published(struct call *c, const char *where, int status)
{
	struct http_res *r = c->res;

	if (same(where, "numbers"))
		numbers_published(c, status);
	else if (status == 404 && !same(where, "media"))
		answer_404(c);
	else if (status == 429)
		answer_429(c, where);
	else if (same(where, "token"))
		answer_token_error(c, status);
	else if (status == 400)
		answer_error(r, 400, "request-validation",
		    "Your request could not be accepted");
	else if (status == 401)
		answer_error(r, 401, "unauthorized", "Authentication Failed");
	else if (status == 403)
		answer_error(r, 403, "forbidden", "Access Denied");
	else if (status == 404)
		answer_error(r, 404, "not-found", "Resource not found.");
	else if (status == 405)
		answer_405(c);
	else if (status == 406)
		answer_error(r, 406, "not-acceptable",
		    "Please accept 'application/json'");
	else if (status == 415)
		answer_415(c);
	else if (status == 500)
		answer_error(r, 500, "internal-server-error", "Internal "
		    "server error. No further information available");
	else if (status > 500)
		/* A proxy in front of the service has no JSON to give. */
		answer_text(r, status, "text/html", "<html><body><h1>The "
		    "service is unavailable</h1></body></html>\n");
	else
		answer_text(r, status, "application/json;charset=utf-8", "{}");
}

void
route_malformed(struct http_res *r)
{
	answer_error(r, 400, "request-validation", "Not an HTTP/1.1 request");
}
