/*
 * bandwidth_published.c: every answer about sub-accounts, locations and applications that
 * Bandwidth publishes as an example is read as what it says (numbers: bandwidth_stock.c,
 * orders: bandwidth_orders.c, errors: bandwidth_numbers.c); so are 10DLC and toll-free.
 */
#include "bandwidth/applications.h"
#include "bandwidth/campaigns.h"
#include "bandwidth/features.h"
#include "bandwidth/sites.h"
#include "numbers_kit.h"

#define FINE(head, what) is_str(numbers_outcome_name((head).outcome), "fine", what)

static void
sites(void)
{
	struct http_answer a = published(200, "v2spec-sites-list-200-example");
	struct sites_answer list;
	struct created_answer made;
	struct site_answer one;

	sites_read(&a, arena, &list);
	FINE(list.head, "a list of sub-accounts");
	is_int(list.count, 2, "has both");
	is_str(list.items[0].id, "399", "the first one's ID");
	is_str(list.items[0].name, "SiteName", "its name");
	is_str(list.items[0].description, "NewSite", "its description");
	is_str(list.items[1].id, "403", "the second one's ID");
	a = whole(200, "<SitesResponse><Sites><Site><Id>1</Id></Site></Sites></SitesResponse>");
	sites_read(&a, arena, &list);
	ok(list.head.outcome == NUMBERS_FINE && list.count == 1, "one is a list of one");
	a = whole(200, "<SitesResponse><Sites/></SitesResponse>");
	sites_read(&a, arena, &list);
	ok(list.head.outcome == NUMBERS_FINE && list.count == 0, "none is a list of none");
	a = whole(200, "<SitesResponse/>");
	sites_read(&a, arena, &list);
	ok(list.head.outcome == NUMBERS_FINE && list.count == 0, "so is one that is left out");
	a = whole(200, "<SitesResponse><Sites><Site><Name>x</Name></Site></Sites></SitesResponse>");
	sites_read(&a, arena, &list);
	is_int(list.head.outcome, NUMBERS_UNKNOWN, "one without ID makes the list unreadable");

	a = published(201, "v2spec-sites-create-201-example");
	created_read(&a, arena, &made);
	FINE(made.head, "a sub-account that was made");
	is_str(made.id, "3013", "with its ID");
	site_read(&a, arena, &one);
	ok(one.head.outcome == NUMBERS_FINE && strcmp(one.site.name, "Raleigh") == 0,
	    "one sub-account is read alone");
	a = published(409, "v2spec-sites-create-409-example");
	created_read(&a, arena, &made);
	ok(made.head.outcome == NUMBERS_EXISTS && made.id == NULL, "a refused one has no ID");
}

static void
peers(void)
{
	struct http_answer a = published(200, "v2spec-sippeers-list-200-example");
	struct peers_answer list;
	struct created_answer made;
	struct peer_answer one;

	peers_read(&a, arena, &list);
	FINE(list.head, "a list of locations");
	is_int(list.count, 1, "has one");
	is_str(list.items[0].id, "304985", "its ID");
	is_str(list.items[0].name, "CNAM-TEST-778", "its name");
	ok(!list.items[0].is_default, "which is not the default");
	a = whole(200, "<SipPeerResponse><SipPeer><PeerId>5</PeerId><PeerName>x</PeerName>"
		       "<IsDefaultPeer>true</IsDefaultPeer></SipPeer></SipPeerResponse>");
	peer_read(&a, arena, &one);
	ok(one.head.outcome == NUMBERS_FINE && one.peer.is_default, "one location alone");

	a = whole(201, "");
	a.location = "https://x/api/v2/accounts/1/sites/2/sippeers/500709";
	created_read(&a, arena, &made);
	FINE(made.head, "a location that was made, its ID in the Location header");
	is_str(made.id, "500709", "that ID");
	a.location = NULL;
	created_read(&a, arena, &made);
	is_int(made.head.outcome, NUMBERS_UNKNOWN, "without the header it may have been made");
	a = published(409, "v2spec-sippeers-create-409-example");
	created_read(&a, arena, &made);
	is_int(made.head.code, NUMBERS_CODE_ADDRESS, "a bad address is known as one");
}

static void
features(void)
{
	struct http_answer a = published(201, "v2spec-features-sms-201-example");
	struct sms_answer sms;
	struct numbers_head head;
	struct mms_answer mms;

	sms_read(&a, arena, &sms);
	FINE(sms.head, "SMS of a location");
	is_str(sms.sms.protocol, "SMPP", "its protocol");
	ok(sms.sms.toll_free && sms.sms.short_code, "toll-free and short codes");
	ok(sms.sms.zones[0] && sms.sms.zones[4], "its zones");
	is_str(sms.sms.a2p_long_code, "DefaultOff", "A2P");
	is_str(sms.sms.a2p_campaign_id, "SomeCampaignId", "its campaign");
	is_str(sms.sms.a2p_message_class, "SomeMessageClass", "its class");
	ok(!sms_feature_works(&sms.sms), "SMPP is not for us");
	ok(sms_feature_works(&sms_feature_wanted), "what we want works");
	a = whole(404, "");
	sms_read(&a, arena, &sms);
	is_int(sms.head.outcome, NUMBERS_NOT_FOUND, "404: SMS is off");
	a = whole(200, "");
	sms_read(&a, arena, &sms);
	is_int(sms.head.outcome, NUMBERS_UNKNOWN, "an empty answer says nothing");
	feature_set_read(&a, arena, &head);
	FINE(head, "but to a change it is enough");
	a = published(400, "v2spec-features-mms-400-example");
	feature_set_read(&a, arena, &head);
	is_int(head.code, 13606, "unless it was refused");

	a = published(201, "v2spec-features-mms-201-example");
	mms_read(&a, arena, &mms);
	FINE(mms.head, "MMS of a location");
	ok(strcmp(mms.protocol, "MM4") == 0 && !mms.works, "over MM4, which is not for us");
	a = whole(200, "<MmsFeatureResponse><MmsFeature><MmsSettings><protocol>HTTP</protocol>"
		       "</MmsSettings><Protocols><HTTP><HttpSettings><proxyPeerId>5</proxyPeerId>"
		       "</HttpSettings></HTTP></Protocols></MmsFeature></MmsFeatureResponse>");
	mms_read(&a, arena, &mms);
	ok(mms.head.outcome == NUMBERS_FINE && mms.works,
	    "over HTTP, in the lower case of another example");
}

static void
applications(void)
{
	struct http_answer a = published(200, "v2spec-applications-list-200-example");
	struct applications_answer list;
	struct application_answer one;

	applications_read(&a, arena, &list);
	FINE(list.head, "a list of applications");
	is_int(list.count, 2, "has both");
	is_str(list.items[0].id, "2cfcb382-161c-46d4-8c67-87ca09a72c85", "the first one's ID");
	ok(application_is_messaging(&list.items[0]), "which is for messaging");
	is_str(list.items[0].inbound_url, "http://a.com", "its address for texts");
	ok(list.items[0].outbound_url == NULL, "and none for receipts");
	ok(!application_is_messaging(&list.items[1]), "the second is for voice");

	a = published(201, "v2spec-applications-create-201-messaging");
	application_read(&a, arena, &one);
	FINE(one.head, "an application");
	is_str(one.application.id, "d4d1b41d-4c05-47d0-838a-34e4f14e4e3e", "its ID");
	is_str(one.application.name, "EBVICs", "its name");
	is_str(one.application.inbound_url, "https://example.com", "its address for texts");
	is_str(one.application.outbound_url, "https://example2.com", "for receipts");
	is_str(one.application.inbound_user, "15jPWZmXdm", "its user for texts");
	is_str(one.application.outbound_user, "15jPWZmXdm", "for receipts");
	ok(one.application.callback_types.count == 3 &&
		text_list_has(&one.application.callback_types, "message-failed"),
	    "the receipts it asks for");
	a = whole(200,
	    "<ApplicationProvisioningResponse><Application>"
	    "<ApplicationId>1-2</ApplicationId><MsgCallbackUrl>https://o/</MsgCallbackUrl>"
	    "<CallbackCreds><UserId>u</UserId></CallbackCreds>"
	    "</Application></ApplicationProvisioningResponse>");
	application_read(&a, arena, &one);
	is_str(one.application.outbound_url, "https://o/", "the older field is for both");
	is_str(one.application.outbound_user, "u", "the older user too");
	a = whole(200, "");
	application_read(&a, arena, &one);
	ok(one.head.outcome == NUMBERS_FINE && one.application.id == NULL,
	    "an empty answer to a change is fine");
	a = whole(201, "");
	application_read(&a, arena, &one);
	is_int(one.head.outcome, NUMBERS_UNKNOWN, "to the making of one it is not");
	a.location = "/accounts/1/applications/ab-12";
	application_read(&a, arena, &one);
	ok(one.head.outcome == NUMBERS_FINE && strcmp(one.application.id, "ab-12") == 0,
	    "unless the Location header names it");
}

static void
assignments(void)
{
	struct http_answer a = published(200, "v2spec-applicationSettings-200-example");
	struct assignment_answer one;
	struct assigned_peers_answer list;

	assignment_read(&a, arena, &one);
	FINE(one.head, "a location's application");
	is_str(one.application_id, "c3b0f805-06ab-4d36-8bf4-8baff7623398", "its ID");
	a = whole(200, "<ApplicationsSettingsResponse/>");
	assignment_read(&a, arena, &one);
	ok(one.head.outcome == NUMBERS_FINE && one.application_id == NULL, "or it has none");
	a = whole(200, "<Other/>");
	assignment_read(&a, arena, &one);
	is_int(one.head.outcome, NUMBERS_UNKNOWN, "another document says nothing");
	a = whole(200,
	    "<AssociatedSipPeersResponse><AssociatedSipPeers><AssociatedSipPeer><SiteId>482</SiteId>"
	    "<SiteName>site_e867f</SiteName><PeerId>500018</PeerId><PeerName>sippeer-e867f</PeerName>"
	    "</AssociatedSipPeer></AssociatedSipPeers></AssociatedSipPeersResponse>");
	assigned_peers_read(&a, arena, &list);
	FINE(list.head, "an application's locations");
	ok(list.count == 1 && strcmp(list.items[0].peer_id, "500018") == 0 &&
		strcmp(list.items[0].site_id, "482") == 0,
	    "one, with its sub-account");
}

static void
campaigns(void)
{
	struct campaign_numbers_answer list;
	struct toll_free_answer free_one;
	struct http_answer a;

	a = whole(200, "{\"data\":[{\"phoneNumber\":\"+19195551234\",\"status\":\"SUCCESS\","
		       "\"campaignId\":\"CA3XKE1\",\"brandId\":\"B1\"},"
		       "{\"phoneNumber\":\"9195551235\",\"status\":\"PROCESSING\"}]}");
	campaign_numbers_read(&a, arena, &list);
	FINE(list.head, "numbers and their 10DLC campaigns");
	ok(list.count == 2 && strcmp(list.items[0].campaign_id, "CA3XKE1") == 0 &&
		strcmp(list.items[0].status, "SUCCESS") == 0,
	    "the first is on one");
	ok(list.items[1].campaign_id == NULL && strcmp(list.items[1].number, "+19195551235") == 0,
	    "the second is not");
	a = whole(200, "{\"data\":{\"phoneNumber\":\"+19195551234\",\"status\":\"FAILURE\"}}");
	campaign_numbers_read(&a, arena, &list);
	ok(list.head.outcome == NUMBERS_FINE && list.count == 1, "one number alone");
	a = whole(200, "{\"data\":[]}");
	campaign_numbers_read(&a, arena, &list);
	ok(list.head.outcome == NUMBERS_FINE && list.count == 0, "none");
	a = whole(200, "{}");
	campaign_numbers_read(&a, arena, &list);
	is_int(list.head.outcome, NUMBERS_UNKNOWN, "no list at all");

	a = whole(200,
	    "{\"phoneNumber\":\"+18005551234\",\"status\":\"UNVERIFIED\","
	    "\"declineReasonDescription\":\"Invalid Information\",\"denialStatusCode\":511,"
	    "\"resubmitAllowed\":true,\"blocked\":true,\"blockedReason\":\"x\"}");
	toll_free_read(&a, arena, &free_one);
	FINE(free_one.head, "a toll-free verification");
	is_str(free_one.status, "UNVERIFIED", "its status");
	is_str(free_one.reason, "Invalid Information", "why");
	ok(free_one.blocked && free_one.resubmit_allowed, "blocked, and may be asked for again");
	a = whole(404, "{\"type\":\"not-found\",\"description\":\"No verification\"}");
	toll_free_read(&a, arena, &free_one);
	is_int(free_one.head.outcome, NUMBERS_NOT_FOUND, "none was asked for");
}

int
main(void)
{
	arena = arena_new();
	sites();
	peers();
	features();
	applications();
	assignments();
	campaigns();
	arena_free(arena);
	return done_testing();
}
