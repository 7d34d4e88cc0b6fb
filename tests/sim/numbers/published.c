/*
 * published.c: answers of the Numbers API that no handler gives.
 *
 * What credentials, the web server in front and the script answer with.
 * Contracts in numbers.h.
 */
#include "numbers/numbers.h"

#include <string.h>

#include "text.h"

/* Seconds since 1970 at which one may come back. */
static void
answer_429(struct call *c)
{
	double s = c->act.reset_s > 0 ? c->act.reset_s : 1;

	c->res->status = 429;
	c->res->type = NULL;
	buf_free(&c->res->body);
	buf_fmt(&c->res->headers, "X-RateLimit-Reset: %lld\r\n"
	    "Connection: close\r\n",
	    (long long)((double)now_us() / 1e6 + s + 0.999));
}

/* The name a resource would have for its answers: enough for an error. */
static const char *
wrapper_of(const struct call *c)
{
	const char *p = c->rest == NULL ? "" : c->rest;

	if (strstr(p, "/features/sms") != NULL)
		return "SipPeerSmsFeatureResponse";
	if (strstr(p, "/features/mms") != NULL)
		return "MmsFeatureResponse";
	if (strstr(p, "applicationSettings") != NULL)
		return "ApplicationsSettingsResponse";
	if (strstr(p, "/sippeers") != NULL)
		return "SipPeerResponse";
	if (strncmp(p, "sites", 5) == 0)
		return "SiteResponse";
	return strncmp(p, "applications", 12) == 0 ?
	    "ApplicationProvisioningResponse" : "ResponseSelectWrapper";
}

static void
answer_status(struct call *c, int status, const char *text)
{
	struct buf b = { 0 };

	xml_head(&b);
	xml_open(&b, wrapper_of(c));
	xml_open(&b, "ResponseStatus");
	xml_leaf(&b, "Description", text);
	xml_close(&b, "ResponseStatus");
	xml_close(&b, wrapper_of(c));
	answer_text(c->res, status, "application/xml", b.p);
	buf_free(&b);
}

void
numbers_published(struct call *c, int status)
{
	struct http_res *r = c->res;

	switch (status) {
	case 401:
		answer_text(r, 401, "text/html", "<html><body><h1>401 "
		    "Unauthorized</h1></body></html>\n");
		break;
	case 429:
		answer_429(c);
		break;
	case 400:
		answer_status(c, status, "The request is not valid");
		break;
	case 409:
		answer_status(c, status, "An object of this name already "
		    "exists");
		break;
	case 500:
		answer_status(c, status, "An internal error has occurred");
		break;
	default:
		if (status > 500) {
			answer_text(r, status, "text/html", "<html><body><h1>"
			    "The service is unavailable</h1></body></html>\n");
			break;
		}
		if (status < 300) {
			answer_text(r, status, "application/xml", "");
			break;
		}
		/* 403, 404, 405, 406, 413, 415: no body at all. */
		r->status = status;
		r->type = NULL;
		buf_free(&r->body);
	}
}

void
numbers_doctype(struct call *c, const char *how)
{
	static const char entity[] = "<!ENTITY e \"expanded\">";
	static const char external[] =
	    "<!ENTITY e SYSTEM \"file:///etc/passwd\">";
	static const char bomb[] = "<!ENTITY a \"0123456789\">"
	    "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
	    "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">"
	    "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">"
	    "<!ENTITY f \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\">"
	    "<!ENTITY e \"&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;\">";
	const char *inside = same(how, "external") ? external :
	    same(how, "bomb") ? bomb : entity;
	const char *text = c->res->body.p, *root, *end;
	struct buf b = { 0 };
	size_t n;

	root = text == NULL ? NULL : strstr(text, "?>");
	root = root == NULL ? NULL : strchr(root, '<');
	end = root == NULL ? NULL : strpbrk(root, "/>");
	if (end == NULL || *end != '>')
		return;
	n = (size_t)(root - text);
	buf_add(&b, text, n);
	buf_fmt(&b, "<!DOCTYPE %.*s [%s]>\n", (int)(end - root - 1), root + 1,
	    inside);
	buf_add(&b, root, (size_t)(end - root + 1));
	buf_str(&b, "<Note>&e;</Note>");
	buf_str(&b, end + 1);
	buf_free(&c->res->body);
	c->res->body = b;
}
