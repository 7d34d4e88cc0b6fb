/*
 * features.c: SMS and MMS of a location (features.h).
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "bandwidth/features.h"
#include "bandwidth/iris.h"

#define VALUE_MAX 100

const struct sms_feature sms_feature_wanted = {
    .protocol = "HTTP", .toll_free = true, .zones = {true}};

static bool
is_http(const char *protocol)
{
	return protocol != NULL && strcasecmp(protocol, "HTTP") == 0;
}

bool
sms_feature_works(const struct sms_feature *sms)
{
	return is_http(sms->protocol) && sms->zones[0];
}

static const char *
feature_url(struct arena *arena, const struct numbers_account *account, const char *site_id,
    const char *peer_id, const char *feature)
{
	return IRIS_URL(arena, account, "sites", site_id, "sippeers", peer_id, "products",
	    "messaging", "features", feature);
}

/* "Zone1" to "Zone5". */
static const char *
zone_name(int zone, char out[8])
{
	snprintf(out, 8, "Zone%d", zone + 1);
	return out;
}

/* ---- SMS ------------------------------------------------------------- */

void
sms_request(struct http_request *r, struct arena *arena, const struct numbers_account *account,
    const char *site_id, const char *peer_id)
{
	iris_get(r, feature_url(arena, account, site_id, peer_id, "sms"));
}

void
sms_set_request(struct http_request *r, struct arena *arena, const struct numbers_account *account,
    const char *site_id, const char *peer_id, const struct sms_feature *sms, bool exists)
{
	struct xml_writer *w = xml_writer_new();
	char name[8];
	int zone;

	xml_open(w, "SipPeerSmsFeature");
	xml_open(w, "SipPeerSmsFeatureSettings");
	xml_put_bool(w, "TollFree", sms->toll_free);
	xml_put_bool(w, "ShortCode", sms->short_code);
	xml_put(w, "A2pLongCode", sms->a2p_long_code, VALUE_MAX);
	xml_put(w, "A2pMessageClass", sms->a2p_message_class, VALUE_MAX);
	xml_put(w, "A2pCampaignId", sms->a2p_campaign_id, VALUE_MAX);
	xml_put(w, "Protocol", sms->protocol, VALUE_MAX);
	for (zone = 0; zone < FEATURE_ZONES; zone++)
		xml_put_bool(w, zone_name(zone, name), sms->zones[zone]);
	xml_close(w);
	if (is_http(sms->protocol)) {
		xml_open(w, "HttpSettings");
		xml_close(w);
	}
	xml_close(w);
	iris_send(r, arena, exists ? HTTP_PUT : HTTP_POST,
	    feature_url(arena, account, site_id, peer_id, "sms"), w);
}

void
sms_read(const struct http_answer *answer, struct arena *arena, struct sms_answer *out)
{
	struct iris_document document;
	const struct xml *e;
	char name[8];
	int zone;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	e = xml_find(document.xml, "SipPeerSmsFeatureSettings");
	out->sms.protocol = iris_text(e, "Protocol", arena, VALUE_MAX);
	out->sms.toll_free = iris_is_true(e, "TollFree");
	out->sms.short_code = iris_is_true(e, "ShortCode");
	out->sms.a2p_long_code = iris_text(e, "A2pLongCode", arena, VALUE_MAX);
	out->sms.a2p_message_class = iris_text(e, "A2pMessageClass", arena, VALUE_MAX);
	out->sms.a2p_campaign_id = iris_text(e, "A2pCampaignId", arena, VALUE_MAX);
	for (zone = 0; zone < FEATURE_ZONES; zone++)
		out->sms.zones[zone] = iris_is_true(e, zone_name(zone, name));
	if (out->head.outcome == NUMBERS_FINE && e == NULL)
		iris_unreadable(&out->head, "Bandwidth's answer has no SMS settings");
	iris_done(&document);
}

/* ---- MMS ------------------------------------------------------------- */

void
mms_request(struct http_request *r, struct arena *arena, const struct numbers_account *account,
    const char *site_id, const char *peer_id)
{
	iris_get(r, feature_url(arena, account, site_id, peer_id, "mms"));
}

void
mms_set_request(struct http_request *r, struct arena *arena, const struct numbers_account *account,
    const char *site_id, const char *peer_id, bool exists)
{
	struct xml_writer *w = xml_writer_new();

	xml_open(w, "MmsFeature");
	xml_open(w, "MmsSettings");
	xml_put(w, "Protocol", "HTTP", VALUE_MAX);
	xml_close(w);
	xml_open(w, "Protocols");
	xml_open(w, "HTTP");
	xml_open(w, "HttpSettings");
	xml_close(w);
	xml_close(w);
	xml_close(w);
	xml_close(w);
	iris_send(r, arena, exists ? HTTP_PUT : HTTP_POST,
	    feature_url(arena, account, site_id, peer_id, "mms"), w);
}

void
mms_read(const struct http_answer *answer, struct arena *arena, struct mms_answer *out)
{
	struct iris_document document;
	const struct xml *e;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	e = xml_find(document.xml, "MmsSettings");
	out->protocol = iris_text(e, "Protocol", arena, VALUE_MAX);
	out->works = is_http(out->protocol);
	if (out->head.outcome == NUMBERS_FINE && e == NULL)
		iris_unreadable(&out->head, "Bandwidth's answer has no MMS settings");
	iris_done(&document);
}

/* ---- both ------------------------------------------------------------ */

void
feature_set_read(const struct http_answer *answer, struct arena *arena, struct numbers_head *head)
{
	struct iris_document document;

	iris_open(answer, arena, head, &document);
	iris_done(&document);
}
