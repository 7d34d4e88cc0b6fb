/*
 * numbers.c: the Numbers API (XML): one request, its way to a handler.
 *
 * Address, method, type, size, XML, root element; then the handler, with the
 * orders brought up to the present first.  Contracts in numbers.h.
 */
#include "numbers/numbers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "numbers/errors.h"
#include "numbers/fulfil.h"
#include "numbers/handlers.h"
#include "text.h"
#include "world.h"

#define BODY_MAX (1024 * 1024)
#define SITE "sites/{}"
#define PEER SITE "/sippeers/{}"
#define FEATURE PEER "/products/messaging/features"

static const struct resource resources[] = {
	{ "GET", "sites", "sites", "SitesResponse", SHAPE_STATUS, NULL,
	    sites_list },
	{ "POST", "sites", "sites", "SiteResponse", SHAPE_STATUS, "Site",
	    sites_create },
	{ "GET", SITE, "sites", "SiteResponse", SHAPE_STATUS, NULL,
	    sites_get },
	{ "GET", SITE "/sippeers", "sippeers", "TNSipPeersResponse",
	    SHAPE_STATUS, NULL, locations_list },
	{ "POST", SITE "/sippeers", "sippeers", "SipPeerResponse",
	    SHAPE_STATUS, "SipPeer", locations_create },
	{ "GET", PEER, "sippeers", "SipPeerResponse", SHAPE_STATUS, NULL,
	    locations_get },
	{ "PUT", PEER, "sippeers", "SipPeerResponse", SHAPE_STATUS, "SipPeer",
	    locations_put },
	{ "GET", FEATURE "/sms", "sms", "SipPeerSmsFeatureResponse",
	    SHAPE_STATUS, NULL, sms_get },
	{ "POST", FEATURE "/sms", "sms", "SipPeerSmsFeatureResponse",
	    SHAPE_STATUS, "SipPeerSmsFeature", sms_post },
	{ "PUT", FEATURE "/sms", "sms", "SipPeerSmsFeatureResponse",
	    SHAPE_STATUS, "SipPeerSmsFeature", sms_put },
	{ "DELETE", FEATURE "/sms", "sms", "SipPeerSmsFeatureResponse",
	    SHAPE_STATUS, NULL, sms_delete },
	{ "GET", FEATURE "/mms", "mms", "MmsFeatureResponse", SHAPE_STATUS,
	    NULL, mms_get },
	{ "POST", FEATURE "/mms", "mms", "MmsFeatureResponse", SHAPE_STATUS,
	    "MmsFeature", mms_post },
	{ "PUT", FEATURE "/mms", "mms", "MmsFeatureResponse", SHAPE_STATUS,
	    "MmsFeature", mms_put },
	{ "DELETE", FEATURE "/mms", "mms", "MmsFeatureResponse", SHAPE_STATUS,
	    NULL, mms_delete },
	{ "GET", PEER "/products/messaging/applicationSettings",
	    "applicationSettings", "ApplicationsSettingsResponse",
	    SHAPE_STATUS, NULL, settings_get },
	{ "PUT", PEER "/products/messaging/applicationSettings",
	    "applicationSettings", "ApplicationsSettingsResponse",
	    SHAPE_STATUS, "ApplicationsSettings", settings_put },
	{ "GET", PEER "/tns", "tns", "SipPeerTelephoneNumbersResponse",
	    SHAPE_STATUS, NULL, tns_of_location },
	{ "GET", PEER "/totaltns", "totaltns",
	    "SipPeerTelephoneNumbersCountResponse", SHAPE_STATUS, NULL,
	    tns_total },
	{ "GET", "applications", "applications",
	    "ApplicationProvisioningResponse", SHAPE_STATUS, NULL,
	    applications_list },
	{ "POST", "applications", "applications",
	    "ApplicationProvisioningResponse", SHAPE_STATUS, "Application",
	    applications_create },
	{ "GET", "applications/{}", "applications",
	    "ApplicationProvisioningResponse", SHAPE_STATUS, NULL,
	    applications_get },
	{ "PUT", "applications/{}", "applications",
	    "ApplicationProvisioningResponse", SHAPE_STATUS, "Application",
	    applications_put },
	{ "PATCH", "applications/{}", "applications",
	    "ApplicationProvisioningResponse", SHAPE_STATUS, "Application",
	    applications_patch },
	{ "DELETE", "applications/{}", "applications",
	    "ApplicationProvisioningResponse", SHAPE_STATUS, NULL,
	    applications_delete },
	{ "GET", "applications/{}/associatedsippeers", "associatedsippeers",
	    "AssociatedSipPeersResponse", SHAPE_STATUS, NULL,
	    applications_locations },
	{ "GET", "tns", "tns", "TelephoneNumbersResponse", SHAPE_STATUS, NULL,
	    tns_of_account },
	{ "GET", "tns/{}/tndetails", "tns", "TelephoneNumberResponse",
	    SHAPE_STATUS, NULL, tns_details },
	{ "GET", "inserviceNumbers", "inserviceNumbers", "TNs", SHAPE_STATUS,
	    NULL, tns_in_service },
	{ "GET", "inserviceNumbers/{}", "inserviceNumbers", "TNs",
	    SHAPE_STATUS, NULL, tns_one_in_service },
	{ "GET", "availableNumbers", "availableNumbers", "SearchResult",
	    SHAPE_SEARCH, NULL, search_numbers },
	{ "GET", "orders", "orders", "ResponseSelectWrapper", SHAPE_STATUS,
	    NULL, orders_list },
	{ "POST", "orders", "orders", "OrderResponse", SHAPE_LIST, "Order",
	    orders_create },
	{ "GET", "orders/{}", "orders", "OrderResponse", SHAPE_LIST, NULL,
	    orders_get },
	{ "PUT", "orders/{}", "orders", "OrderResponse", SHAPE_LIST, "Order",
	    orders_put },
	{ "GET", "orders/{}/tns", "orders", "OrderResponse", SHAPE_LIST, NULL,
	    orders_tns },
	{ "GET", "disconnects", "disconnects", "ResponseSelectWrapper",
	    SHAPE_STATUS, NULL, disconnects_list },
	{ "POST", "disconnects", "disconnects",
	    "DisconnectTelephoneNumberOrderResponse", SHAPE_LIST,
	    "DisconnectTelephoneNumberOrder", disconnects_create },
	{ "GET", "disconnects/{}", "disconnects",
	    "DisconnectTelephoneNumberOrderResponse", SHAPE_LIST, NULL,
	    disconnects_get },
	{ "GET", "tnoptions", "tnoptions", "TnOptionOrderReportResponse",
	    SHAPE_STATUS, NULL, options_list },
	{ "POST", "tnoptions", "tnoptions", "TnOptionOrderResponse",
	    SHAPE_STATUS, "TnOptionOrder", options_create },
	{ "GET", "tnoptions/{}", "tnoptions", "TnOptionOrderReportResponse",
	    SHAPE_STATUS, NULL, options_get },
	{ "GET", "tendlc/phoneNumbers", "tendlc", "", SHAPE_JSON, NULL,
	    vetting_tendlc_list },
	{ "GET", "tendlc/phoneNumbers/{}", "tendlc", "", SHAPE_JSON, NULL,
	    vetting_tendlc },
	{ "GET", "phoneNumbers/{}/tollFreeVerification",
	    "tollFreeVerification", "", SHAPE_JSON, NULL,
	    vetting_toll_free },
};
#define RESOURCES (sizeof(resources) / sizeof(resources[0]))

/* True if the path has the form; fills arg with what the {} took. */
static bool
fits(const char *form, const char *path, char *arg[3])
{
	size_t n, at = 0;

	for (; *form != '\0'; form++) {
		if (*form != '{') {
			if (*form != *path++)
				return false;
			continue;
		}
		n = strcspn(path, "/");
		if (n == 0)
			return false;
		free(arg[at]);
		arg[at++] = x_ndup(path, n);
		path += n;
		form++;
	}
	return *path == '\0';
}

/* The path below the account; /tns stands beside the accounts. */
static const char *
path_of(const struct call *c)
{
	const char *p = c->req->path + strlen("/api/v2/");

	if (strncmp(p, "accounts/", 9) != 0)
		return p;
	p += 9;
	return p + strcspn(p, "/") + 1;
}

static const struct resource *
find(const struct call *c, char *arg[3], struct buf *allowed)
{
	const struct resource *way = NULL;
	size_t i;

	for (i = 0; i < RESOURCES && way == NULL; i++) {
		if (!fits(resources[i].path, path_of(c), arg))
			continue;
		buf_fmt(allowed, "%s%s", allowed->n == 0 ? "" : ", ",
		    resources[i].method);
		if (same(resources[i].method, c->req->method))
			way = &resources[i];
	}
	for (i = 0; i < 3 && way != NULL; i++)
		if (arg[i] != NULL && text_unescape(arg[i], false, true) != 0)
			x_set(&arg[i], "");
	return way;
}

char *
request_parameter(const struct call *c, const char *name)
{
	const char *p = c->req->query;
	size_t n = strlen(name), len;
	char *v = NULL;

	for (; p != NULL && *p != '\0'; p += len + (p[len] == '&')) {
		len = strcspn(p, "&");
		if (len <= n || strncmp(p, name, n) != 0 || p[n] != '=')
			continue;
		free(v);
		v = x_ndup(p + n + 1, len - n - 1);
		if (text_unescape(v, true, false) != 0)
			x_set(&v, "");
	}
	return v;
}

void
request_answer(struct request *r, int status, struct buf *b)
{
	answer_text(r->call->res, status, "application/xml", b->p);
	buf_free(b);
}

void
request_empty(struct request *r, int status)
{
	buf_free(&r->call->res->body);
	r->call->res->status = status;
	r->call->res->type = NULL;
}

void
request_location(struct request *r, const char *kind, const char *id)
{
	buf_fmt(&r->call->res->headers,
	    "Location: %s/api/v2/accounts/%s/%s/%s\r\n", r->sim->base_url,
	    r->account, kind, id);
}

static void
answer_wrong(struct call *c, const struct resource *way, int status, int code,
    const char *text)
{
	struct buf b = { 0 };

	error_write(&b, way, code, text);
	answer_text(c->res, status, "application/xml", b.p);
	buf_free(&b);
}

void
request_fail(struct request *r, int code, const char *what)
{
	char *text = error_description(code, what);

	answer_wrong(r->call, r->way, error_status(code), code, text);
	free(text);
}

void
request_refuse(struct request *r, int status, const char *text)
{
	answer_wrong(r->call, r->way, status, 0, text);
}

/* application/xml or text/xml, with at most a charset of UTF-8. */
static bool
is_xml_type(const char *s)
{
	size_t n;

	if (s == NULL)
		return false;
	n = strcspn(s, "; \t");
	if ((n != 15 || strncasecmp(s, "application/xml", n) != 0) &&
	    (n != 8 || strncasecmp(s, "text/xml", n) != 0))
		return false;
	s += n + strspn(s + n, " \t");
	if (*s == '\0')
		return true;
	s += strspn(s, "; \t");
	return strcasecmp(s, "charset=utf-8") == 0 ||
	    strcasecmp(s, "charset=\"utf-8\"") == 0;
}

static bool
accepts(const struct call *c, const char *subtype)
{
	const char *s = http_header(c->req, "Accept");

	return s == NULL || *s == '\0' || strstr(s, "*/*") != NULL ||
	    strcasestr(s, "application/*") != NULL ||
	    strcasestr(s, subtype) != NULL;
}

/* What is wrong with the request before anybody reads it, or 0. */
static int
judge(const struct call *c, const struct resource *way)
{
	if (!accepts(c, way->shape == SHAPE_JSON ? "/json" : "/xml"))
		return 406;
	if (way->root == NULL)
		return 0;
	if (c->req->body_n > BODY_MAX)
		return 413;
	return is_xml_type(http_header(c->req, "Content-Type")) ? 0 : 415;
}

/* Reads the body; 0, or -1 after an answer. */
static int
read_body(struct request *r)
{
	const struct http_req *q = r->call->req;

	if (r->way->root == NULL)
		return 0;
	r->doc = xml_read(q->body, q->body_n);
	if (r->doc != NULL)
		r->body = xml_named(xmlDocGetRootElement(r->doc),
		    r->way->root);
	if (r->body != NULL)
		return 0;
	request_refuse(r, 400, r->doc == NULL ?
	    "The request body could not be read as XML" :
	    "The request body is not what this resource takes");
	return -1;
}

static void
count(struct request *r)
{
	char *key;

	if (same(r->way->method, "GET"))
		return;
	key = x_fmt("%s %s", r->way->method, r->way->kind);
	estate_count(r->sim->estate->posts, key);
	free(key);
}

static void
perform(struct request *r)
{
	char *what;

	pthread_mutex_lock(&r->sim->lock);
	fulfil_all(r->sim);
	count(r);
	if (r->call->act.error != 0) {
		what = error_description(r->call->act.error, "");
		answer_wrong(r->call, r->way, r->call->act.status != 0 ?
		    r->call->act.status : error_status(r->call->act.error),
		    r->call->act.error, what);
		free(what);
	} else if (r->call->act.status != 0) {
		numbers_published(r->call, r->call->act.status);
	} else if (read_body(r) == 0) {
		r->way->handle(r);
	}
	pthread_mutex_unlock(&r->sim->lock);
}

void
numbers_handle(struct call *c)
{
	struct request r = { .call = c, .sim = c->sim, .account = c->account };
	struct buf allowed = { 0 };
	int i, bad;

	r.way = find(c, r.arg, &allowed);
	if (r.way == NULL) {
		if (allowed.n > 0)
			buf_fmt(&c->res->headers, "Allow: %s\r\n", allowed.p);
		numbers_published(c, allowed.n > 0 ? 405 : 404);
	} else if ((bad = judge(c, r.way)) != 0) {
		numbers_published(c, bad);
	} else {
		perform(&r);
	}
	buf_free(&allowed);
	for (i = 0; i < 3; i++)
		free(r.arg[i]);
	xmlFreeDoc(r.doc);
}
