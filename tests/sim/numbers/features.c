/*
 * features.c: SMS and then MMS switched on at a location, over HTTP.
 *
 * POST once, PUT afterwards.  What was posted twice is 400: the
 * specification lists 400 and 403 alone.  GET of MMS writes protocol and
 * proxyPeerId in lower case, as its published example does.
 */
#include "numbers/handlers.h"

#include <stdlib.h>

#include "numbers/stock.h"

static const char *const zones[5] = { "Zone1", "Zone2", "Zone3", "Zone4",
    "Zone5" };

static void
write_sms(struct request *r, int status, const struct location *l)
{
	struct buf b = { 0 };
	int i;

	xml_head(&b);
	xml_open(&b, "SipPeerSmsFeatureResponse");
	xml_open(&b, "SipPeerSmsFeature");
	xml_open(&b, "SipPeerSmsFeatureSettings");
	xml_truth(&b, "TollFree", l->toll_free);
	xml_truth(&b, "ShortCode", l->short_code);
	xml_leaf(&b, "A2pLongCode", l->a2p);
	xml_leaf(&b, "Protocol", "HTTP");
	for (i = 0; i < 5; i++)
		xml_truth(&b, zones[i], l->zone[i]);
	xml_close(&b, "SipPeerSmsFeatureSettings");
	xml_open(&b, "HttpSettings");
	xml_leaf(&b, "ProxyPeerId", l->id);
	xml_close(&b, "HttpSettings");
	xml_close(&b, "SipPeerSmsFeature");
	xml_close(&b, "SipPeerSmsFeatureResponse");
	request_answer(r, status, &b);
}

static bool
good_a2p(const char *s)
{
	static const char *const values[] = { "On", "Off", "ON", "OFF",
	    "DefaultOn", "DefaultOff" };
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (same(values[i], s))
			return true;
	return s == NULL;
}

/* Takes the settings of the body; false after an answer. */
static bool
take_sms(struct request *r, struct location *l)
{
	xmlNode *set = xml_at(r->body, "SipPeerSmsFeatureSettings");
	char *protocol = xml_text(set == NULL ? r->body : set, "Protocol");
	char *a2p = xml_text(set == NULL ? r->body : set, "A2pLongCode");
	const struct account *a = world_account(r->sim, r->account);
	struct location wish = *l;
	bool bad = set == NULL, ok = false;
	int i;

	if (set != NULL) {
		wish.toll_free = xml_flag(set, "TollFree", false, &bad);
		wish.short_code = xml_flag(set, "ShortCode", false, &bad);
		for (i = 0; i < 5; i++)
			wish.zone[i] = xml_flag(set, zones[i], false, &bad);
	}
	if (bad)
		request_refuse(r, 400, "SipPeerSmsFeatureSettings are invalid");
	else if (!same(protocol, "HTTP"))
		request_refuse(r, 400, protocol == NULL ?
		    "Protocol is required" : "Smpp hosts are required");
	else if (xml_at(r->body, "SmppHosts") != NULL)
		request_fail(r, 13606, NULL);
	else if (!wish.zone[0])
		request_refuse(r, 400, "Zone1 must be enabled");
	else if (!good_a2p(a2p))
		request_refuse(r, 400, "A2pLongCode value is invalid. Valid "
		    "values are: 'ON', 'OFF', 'DefaultOn', 'DefaultOff'.");
	else if (!a->http_messaging)
		request_fail(r, 13609, NULL);
	else
		ok = true;
	if (ok) {
		*l = wish;
		x_set(&l->a2p, a2p);
	}
	free(protocol);
	free(a2p);
	return ok;
}

void
sms_get(struct request *r)
{
	const struct location *l = request_peer(r);

	if (l != NULL && l->sms)
		write_sms(r, 200, l);
	else if (l != NULL)
		request_refuse(r, 404, "SMS settings do not exist");
}

void
sms_post(struct request *r)
{
	struct location *l = request_peer(r);

	if (l == NULL)
		return;
	if (l->sms) {
		request_refuse(r, 400, "SMS settings already exist");
	} else if (take_sms(r, l)) {
		l->sms = true;
		estate_count(r->sim->estate->made, "sms");
		write_sms(r, 201, l);
	}
}

void
sms_put(struct request *r)
{
	struct location *l = request_peer(r);

	if (l != NULL && !l->sms)
		request_refuse(r, 404, "SMS settings do not exist");
	else if (l != NULL && take_sms(r, l))
		write_sms(r, 200, l);
}

void
sms_delete(struct request *r)
{
	struct location *l = request_peer(r);
	struct stock_query q = { .account = r->account,
	    .location = l == NULL ? "" : l->id };
	struct number **list;
	long n;

	if (l == NULL)
		return;
	list = stock_find(r->sim, &q, &n);
	free(list);
	if (!l->sms) {
		request_refuse(r, 404, "SMS settings do not exist");
	} else if (l->mms) {
		request_refuse(r, 400, "SMS feature can't be removed because "
		    "MMS feature is present, remove it first.");
	} else if (n > 0) {
		request_fail(r, 13673, NULL);
	} else {
		l->sms = false;
		request_empty(r, 200);
	}
}

static void
write_mms(struct request *r, int status, const struct location *l)
{
	bool got = same(r->way->method, "GET");
	const char *protocol = got ? "protocol" : "Protocol";
	struct buf b = { 0 };

	xml_head(&b);
	xml_open(&b, "MmsFeatureResponse");
	xml_open(&b, "MmsFeature");
	xml_open(&b, "MmsSettings");
	xml_leaf(&b, protocol, "HTTP");
	xml_close(&b, "MmsSettings");
	xml_open(&b, "Protocols");
	xml_open(&b, "HTTP");
	xml_open(&b, "HttpSettings");
	xml_leaf(&b, got ? "proxyPeerId" : "ProxyPeerId", l->id);
	xml_close(&b, "HttpSettings");
	xml_close(&b, "HTTP");
	xml_close(&b, "Protocols");
	xml_close(&b, "MmsFeature");
	xml_close(&b, "MmsFeatureResponse");
	request_answer(r, status, &b);
}

/* True if the body asks for HTTP and nothing else; false after an answer. */
static bool
good_mms(struct request *r)
{
	char *protocol = xml_text(r->body, "MmsSettings/Protocol");
	bool http = xml_at(r->body, "Protocols/HTTP") != NULL, ok = false;

	if (http && xml_at(r->body, "Protocols/MM4") != NULL)
		request_fail(r, 13606, NULL);
	else if (!same(protocol, "HTTP") || !http)
		request_refuse(r, 400, "MmsSettings and Protocols must both "
		    "name HTTP");
	else
		ok = true;
	free(protocol);
	return ok;
}

void
mms_get(struct request *r)
{
	const struct location *l = request_peer(r);

	if (l != NULL && l->mms)
		write_mms(r, 200, l);
	else if (l != NULL)
		request_refuse(r, 404, "MMS settings were not found");
}

void
mms_post(struct request *r)
{
	struct location *l = request_peer(r);

	if (l == NULL)
		return;
	if (!l->sms) {
		request_refuse(r, 400, "MMS feature can't be created without "
		    "SMS feature");
	} else if (l->mms) {
		request_refuse(r, 400, "MMS settings already exist");
	} else if (good_mms(r)) {
		l->mms = true;
		estate_count(r->sim->estate->made, "mms");
		write_mms(r, 201, l);
	}
}

void
mms_put(struct request *r)
{
	struct location *l = request_peer(r);

	if (l != NULL && !l->mms)
		request_refuse(r, 404, "MMS settings were not found");
	else if (l != NULL && good_mms(r))
		request_empty(r, 200);
}

void
mms_delete(struct request *r)
{
	struct location *l = request_peer(r);

	if (l == NULL)
		return;
	if (!l->mms) {
		request_refuse(r, 404, "MMS settings were not found");
		return;
	}
	l->mms = false;
	request_empty(r, 200);
}
