/*
 * bandwidth_requests.c: what is sent to the Numbers API: addresses in which no part becomes
 * another, and bodies as Bandwidth publishes them.
 */
#include "bandwidth/applications.h"
#include "bandwidth/campaigns.h"
#include "bandwidth/features.h"
#include "bandwidth/orders.h"
#include "bandwidth/sites.h"
#include "bandwidth/stock.h"
#include "numbers_kit.h"

#define BASE "https://api.bandwidth.com/api/v2"
#define ACCOUNT BASE "/accounts/9900012"
#define PEER ACCOUNT "/sites/2/sippeers/3"
#define MESSAGING PEER "/products/messaging"

static const struct numbers_account account = {BASE, "9900012"};
static struct http_request r;

static void
sites(void)
{
	static const struct site_address address = {
	    "900", "Main Campus Dr", "RALEIGH", "NC", "27606", NULL};

	sites_request(&r, arena, &account);
	is_request(&r, HTTP_GET, ACCOUNT "/sites", NULL, "sub-accounts");
	site_request(&r, arena, &account, "12");
	is_request(&r, HTTP_GET, ACCOUNT "/sites/12", NULL, "a sub-account");
	site_create_request(&r, arena, &account, "SetupTest", NULL, &address);
	is_request(&r, HTTP_POST, ACCOUNT "/sites",
	    "<Site><Name>SetupTest</Name><Address><HouseNumber>900</HouseNumber>"
	    "<StreetName>Main Campus Dr</StreetName><City>RALEIGH</City><StateCode>NC</StateCode>"
	    "<Zip>27606</Zip><AddressType>Billing</AddressType></Address></Site>",
	    "making one, with the billing address");
	site_create_request(&r, arena, &account, "A & <B> \"C\" 'D' \x02", "x", NULL);
	is_request(&r, HTTP_POST, ACCOUNT "/sites",
	    "<Site><Name>A &amp; &lt;B&gt; \"C\" 'D'</Name><Description>x</Description></Site>",
	    "making one with a wild name, without address");
	peers_request(&r, arena, &account, "2");
	is_request(&r, HTTP_GET, ACCOUNT "/sites/2/sippeers", NULL, "locations");
	peer_request(&r, arena, &account, "2", "3");
	is_request(&r, HTTP_GET, PEER, NULL, "a location");
	peer_create_request(&r, arena, &account, "2", "My Peer", true);
	is_request(&r, HTTP_POST, ACCOUNT "/sites/2/sippeers",
	    "<SipPeer><PeerName>My Peer</PeerName><IsDefaultPeer>true</IsDefaultPeer></SipPeer>",
	    "making one");
}

static void
features(void)
{
	struct sms_feature sms = sms_feature_wanted;
	int zone;

	sms_request(&r, arena, &account, "2", "3");
	is_request(&r, HTTP_GET, MESSAGING "/features/sms", NULL, "SMS");
	mms_request(&r, arena, &account, "2", "3");
	is_request(&r, HTTP_GET, MESSAGING "/features/mms", NULL, "MMS");
	sms_set_request(&r, arena, &account, "2", "3", &sms, false);
	is_request(&r, HTTP_POST, MESSAGING "/features/sms",
	    "<SipPeerSmsFeature><SipPeerSmsFeatureSettings><TollFree>true</TollFree>"
	    "<ShortCode>false</ShortCode><Protocol>HTTP</Protocol><Zone1>true</Zone1>"
	    "<Zone2>false</Zone2><Zone3>false</Zone3><Zone4>false</Zone4><Zone5>false</Zone5>"
	    "</SipPeerSmsFeatureSettings><HttpSettings/></SipPeerSmsFeature>",
	    "SMS as we want it");
	sms.short_code = true;
	for (zone = 0; zone < FEATURE_ZONES; zone++)
		sms.zones[zone] = true;
	sms_set_request(&r, arena, &account, "2", "3", &sms, true);
	is_request(&r, HTTP_PUT, MESSAGING "/features/sms", fixture("docs-sms-feature-http-req"),
	    "SMS as published, when it exists");
	mms_set_request(&r, arena, &account, "2", "3", false);
	is_request(&r, HTTP_POST, MESSAGING "/features/mms", fixture("docs-mms-feature-http-req"),
	    "MMS as published");
	mms_set_request(&r, arena, &account, "2", "3", true);
	is_request(&r, HTTP_PUT, MESSAGING "/features/mms", fixture("docs-mms-feature-http-req"),
	    "MMS when it exists");
}

/* What was read of a location is written back unchanged. */
static void
features_back(void)
{
	struct http_answer a = published(201, "v2spec-features-sms-201-example");
	struct sms_answer before, after;

	sms_read(&a, arena, &before);
	sms_set_request(&r, arena, &account, "2", "3", &before.sms, true);
	a = whole(200, r.body);
	sms_read(&a, arena, &after);
	ok(after.head.outcome == NUMBERS_FINE &&
		strcmp(before.sms.a2p_campaign_id, after.sms.a2p_campaign_id) == 0 &&
		strcmp(before.sms.a2p_long_code, after.sms.a2p_long_code) == 0 &&
		memcmp(before.sms.zones, after.sms.zones, sizeof(before.sms.zones)) == 0,
	    "SMS settings survive being read and written");
}

static void
applications(void)
{
	struct application app = {.name = "EBVICs",
	    .inbound_url = "https://example.com",
	    .outbound_url = "https://example2.com",
	    .inbound_user = "15jPWZmXdm",
	    .inbound_password = "xxv3jPsPR2",
	    .outbound_user = "15jPWZmXdm",
	    .outbound_password = "xxv3jPsPR2",
	    .callback_types = application_callback_types};
	const struct application moved = {.inbound_url = "https://n/?a=1&b=2"};
	const char *body = replaced(
	    fixture("v2spec-applications-create-req-messaging"), ">Messaging<", ">Messaging-V2<");

	applications_request(&r, arena, &account);
	is_request(&r, HTTP_GET, ACCOUNT "/applications", NULL, "applications");
	application_request(&r, arena, &account, "a-1");
	is_request(&r, HTTP_GET, ACCOUNT "/applications/a-1", NULL, "an application");
	application_create_request(&r, arena, &account, &app);
	is_request(&r, HTTP_POST, ACCOUNT "/applications", body, "making one as published");
	application_replace_request(&r, arena, &account, "a-1", &app);
	is_request(&r, HTTP_PUT, ACCOUNT "/applications/a-1", body, "replacing one");
	application_change_request(&r, arena, &account, "a-1", &moved);
	is_request(&r, HTTP_PATCH, ACCOUNT "/applications/a-1",
	    "<Application><ServiceType>Messaging-V2</ServiceType>"
	    "<InboundCallbackUrl>https://n/?a=1&amp;b=2</InboundCallbackUrl></Application>",
	    "changing one thing only");
	assignment_request(&r, arena, &account, "2", "3");
	is_request(
	    &r, HTTP_GET, MESSAGING "/applicationSettings", NULL, "a location's application");
	assignment_set_request(
	    &r, arena, &account, "2", "3", "c3b0f805-06ab-4d36-8bf4-8baff7623398");
	is_request(&r, HTTP_PUT, MESSAGING "/applicationSettings",
	    fixture("v2spec-applicationSettings-req-Update"), "setting it as published");
	assignment_set_request(&r, arena, &account, "2", "3", NULL);
	is_request(&r, HTTP_PUT, MESSAGING "/applicationSettings",
	    fixture("v2spec-applicationSettings-req-Delete"), "taking it away as published");
	assigned_peers_request(&r, arena, &account, "a-1");
	is_request(&r, HTTP_GET, ACCOUNT "/applications/a-1/associatedsippeers", NULL,
	    "an application's locations");
}

static void
stock(void)
{
	const struct page page = {NULL, 0}, small = {"+12012082912", 100}, large = {"2", 9000};

	peer_numbers_request(&r, arena, &account, "2", "3", &page, false);
	is_request(&r, HTTP_GET, PEER "/tns?page=1&size=5000&includeAttributes=false", NULL,
	    "a location's numbers");
	ok(r.answer_max == XML_BYTES_MAX && r.budget > 0, "a long list has room and time");
	peer_numbers_request(&r, arena, &account, "2", "3", &small, true);
	is_str(r.url, PEER "/tns?page=%2B12012082912&size=100&includeAttributes=true",
	    "an opaque page");
	account_numbers_request(&r, arena, &account, "Inservice,InAccount", &large);
	is_str(r.url, BASE "/tns?accountId=9900012&status=Inservice%2CInAccount&page=2&size=2500",
	    "an account's numbers, at most 2,500 of them");
	account_numbers_request(&r, arena, &account, NULL, &page);
	is_str(r.url, BASE "/tns?accountId=9900012&page=1&size=2500", "of any status");
	peer_total_request(&r, arena, &account, "2", "3");
	is_str(r.url, PEER "/totaltns", "how many there are");
	number_request(&r, arena, &account, "+19195551234");
	is_str(r.url, BASE "/tns/%2B19195551234/tndetails", "a number in detail");
	campaign_number_request(&r, arena, &account, "+19195551234");
	is_str(r.url, ACCOUNT "/tendlc/phoneNumbers/%2B19195551234", "its campaign");
	ok(r.accept == NULL, "in JSON");
	campaign_numbers_request(&r, arena, &account, 250);
	is_str(r.url, ACCOUNT "/tendlc/phoneNumbers?limit=250&offset=250", "all campaigns");
	toll_free_request(&r, arena, &account, "+18005551234");
	is_str(
	    r.url, ACCOUNT "/phoneNumbers/%2B18005551234/tollFreeVerification", "its verification");
}

/* Each kind of search, asked for and ordered as published. */
static void
searches(void)
{
	static const struct {
		struct number_search search;
		const char *query, *example, *name;
	} all[] = {{{.kind = SEARCH_AREA_CODE, .area_code = "435", .quantity = 1},
		       "areaCode=435&quantity=1&enableTNDetail=true&LCA=false",
		       "AreaCodeSearchAndOrderType_NANPA", "Area Code Order"},
	    {{.kind = SEARCH_STATE, .state = "NC", .quantity = 1},
		"state=NC&quantity=1&enableTNDetail=true&LCA=false",
		"StateSearchAndOrderType_NANPA", "Area Code Order"},
	    {{.kind = SEARCH_CITY, .city = "RALEIGH", .state = "NC", .quantity = 1},
		"city=RALEIGH&state=NC&quantity=1&enableTNDetail=true&LCA=false",
		"CitySearchAndOrderType_NANPA", "Area Code Order"},
	    {{.kind = SEARCH_ZIP, .zip = "27606", .quantity = 1},
		"zip=27606&quantity=1&enableTNDetail=true&LCA=false", "ZIPSearchAndOrderType_NANPA",
		"Area Code Order"},
	    {{.kind = SEARCH_TOLL_FREE, .pattern = "8**", .quantity = 1},
		"tollFreeWildCardPattern=8%2A%2A&quantity=1&enableTNDetail=true",
		"TollFreeWildCharSearchAndOrderType_NANPA", "Area Code Order"}};
	struct purchase p = {.own_id = "123456789", .site_id = "743", .partial = true};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		search_request(&r, arena, &account, &all[i].search);
		is_str(r.url, arena_fmt(arena, ACCOUNT "/availableNumbers?%s", all[i].query),
		    "search: %s", all[i].example);
		p.search = &all[i].search;
		p.name = all[i].name;
		is_int(purchase_request(&r, arena, &account, &p), 0, "order: %s", all[i].example);
		is_request(&r, HTTP_POST, ACCOUNT "/orders",
		    fixture(arena_fmt(arena, "v2spec-orders-create-req-%s", all[i].example)),
		    all[i].example);
	}
}

static void
mistakes(void)
{
	static const struct {
		struct number_search search;
		bool good;
	} all[] = {{{.kind = SEARCH_AREA_CODE, .area_code = "919", .quantity = 1}, true},
	    {{.kind = SEARCH_AREA_CODE, .area_code = "919", .quantity = 0}, false},
	    {{.kind = SEARCH_AREA_CODE, .area_code = "919", .quantity = 5001}, false},
	    {{.kind = SEARCH_AREA_CODE, .area_code = "91", .quantity = 1}, false},
	    {{.kind = SEARCH_AREA_CODE, .area_code = "119", .quantity = 1}, false},
	    {{.kind = SEARCH_AREA_CODE, .area_code = NULL, .quantity = 1}, false},
	    {{.kind = SEARCH_STATE, .state = "nc", .quantity = 1}, false},
	    {{.kind = SEARCH_STATE, .state = NULL, .quantity = 1}, false},
	    {{.kind = SEARCH_CITY, .city = "RALEIGH", .quantity = 1}, false},
	    {{.kind = SEARCH_CITY, .state = "NC", .quantity = 1}, false},
	    {{.kind = SEARCH_CITY, .city = "\xff", .state = "NC", .quantity = 1}, false},
	    {{.kind = SEARCH_ZIP, .zip = "2760", .quantity = 1}, false},
	    {{.kind = SEARCH_TOLL_FREE, .pattern = "83*", .quantity = 1}, true},
	    {{.kind = SEARCH_TOLL_FREE, .pattern = "833", .quantity = 1}, true},
	    {{.kind = SEARCH_TOLL_FREE, .pattern = "8*3", .quantity = 1}, false},
	    {{.kind = SEARCH_TOLL_FREE, .pattern = "***", .quantity = 1}, false},
	    {{.kind = SEARCH_TOLL_FREE, .pattern = "8", .quantity = 1}, false}};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		ok((search_wrong(&all[i].search) == NULL) == all[i].good, "search %zu is %s", i,
		    all[i].good ? "right" : "wrong");
	ok(order_own_id_valid("job-12 b") && order_own_id_valid("a"), "our ID");
	ok(!order_own_id_valid(NULL) && !order_own_id_valid("") && !order_own_id_valid("a_b") &&
		!order_own_id_valid("01234567890123456789012345678901234567890"),
	    "what Bandwidth would refuse as one");
}

static void
orders(void)
{
	const char *these[] = {"+19193752369", "+19193752720", "+19193752648"};
	const char *gone[] = {"+14158714245", "+14352154439", "+14352154466"};
	const char *wrong[] = {"9193752369"};
	const struct text_list list = {these, 3}, released = {gone, 3}, bad = {wrong, 1};
	const struct text_list none = {these, 0};
	struct purchase p = {.name = "Existing Number Order",
	    .own_id = "123456789",
	    .site_id = "743",
	    .peer_id = "9",
	    .numbers = list};
	struct options o = {.own_id = "o-1", .numbers = {these, 1}, .campaign_id = "CA3XKE1"};
	const char *body = fixture("v2spec-orders-create-req-ExistingTelephoneNumberOrderType");

	/* The example has reservations, which we don't make; we say what shall happen to the rest. */
	body = replaced(body, "<ReservationId>[GUID]</ReservationId>", "");
	body = arena_fmt(arena,
	    "%.*s</ExistingTelephoneNumberOrderType><SiteId>743</SiteId>"
	    "<PeerId>9</PeerId><PartialAllowed>false</PartialAllowed>"
	    "<BackOrderRequested>false</BackOrderRequested></Order>",
	    (int)(strstr(body, "<ReservationIdList>") - body), body);
	is_int(purchase_request(&r, arena, &account, &p), 0, "an order of these numbers");
	is_request(&r, HTTP_POST, ACCOUNT "/orders", body, "these numbers");
	body = replaced(fixture("v2spec-disconnects-create-req-example"),
	    "<Protected>UNCHANGED</Protected>", "");
	is_int(
	    disconnect_request(&r, arena, &account, NULL, "My OrderId", &released), 0, "a release");
	is_request(&r, HTTP_POST, ACCOUNT "/disconnects", body, "a release as published");
	is_int(options_request(&r, arena, &account, &o), 0, "options");
	is_request(&r, HTTP_POST, ACCOUNT "/tnoptions",
	    "<TnOptionOrder><CustomerOrderId>o-1</CustomerOrderId><TnOptionGroups><TnOptionGroup>"
	    "<A2pSettings><Action>asSpecified</Action><CampaignId>CA3XKE1</CampaignId>"
	    "<MessageClass>M</MessageClass></A2pSettings><TelephoneNumbers>"
	    "<TelephoneNumber>+19193752369</TelephoneNumber></TelephoneNumbers></TnOptionGroup>"
	    "</TnOptionGroups></TnOptionOrder>",
	    "a campaign");
	o.campaign_id = NULL;
	o.sms = OPTION_SMS_ON;
	options_request(&r, arena, &account, &o);
	ok(strstr(r.body, "<TnOptionGroup><Sms>on</Sms><TelephoneNumbers>") != NULL, "SMS on");

	p.numbers = bad;
	is_int(purchase_request(&r, arena, &account, &p), -1, "what is no number is not ordered");
	p.numbers = none;
	is_int(purchase_request(&r, arena, &account, &p), -1, "nothing is not ordered");
	p.numbers = list;
	p.own_id = "a/b";
	is_int(purchase_request(&r, arena, &account, &p), -1, "nor anything without our ID");
	is_int(disconnect_request(&r, arena, &account, NULL, "x", &none), -1, "nor released");
	is_int(options_request(&r, arena, &account, &(struct options){.own_id = "x"}), -1,
	    "nor changed");
}

/* As many numbers as may be, and one more. */
static void
many(void)
{
	const char **items = arena_alloc(arena, (ORDER_NUMBERS_MAX + 1) * sizeof(*items));
	struct text_list list = {items, ORDER_NUMBERS_MAX};
	int i;

	for (i = 0; i <= ORDER_NUMBERS_MAX; i++)
		items[i] = "+19195551234";
	is_int(disconnect_request(&r, arena, &account, "n", "x", &list), 0, "5,000 in one order");
	ok(r.length > 200000 && r.length < 400000, "of %zu bytes", r.length);
	list.count++;
	is_int(disconnect_request(&r, arena, &account, "n", "x", &list), -1, "but not one more");
}

static void
asking(void)
{
	const struct page page = {NULL, 0};

	order_request(&r, arena, &account, ORDER_PURCHASE, "o-1");
	is_str(r.url, ACCOUNT "/orders/o-1", "an order");
	order_request(&r, arena, &account, ORDER_DISCONNECT, "o-1");
	is_str(r.url, ACCOUNT "/disconnects/o-1", "a release");
	order_request(&r, arena, &account, ORDER_OPTIONS, "o-1");
	is_str(r.url, ACCOUNT "/tnoptions/o-1", "an order of options");
	order_list_request(&r, arena, &account, ORDER_PURCHASE, "job 7", &page);
	is_str(r.url, ACCOUNT "/orders?customerOrderId=job%207&page=1&size=1000", "our orders");
	order_list_request(&r, arena, &account, ORDER_DISCONNECT, "job 7", &page);
	is_str(r.url, ACCOUNT "/disconnects?page=1&size=1000", "all releases");
}

/* No part of an address becomes another one, whatever an administrator typed. */
static void
addresses(void)
{
	const struct numbers_account odd = {BASE, "1/../2?x#y"};

	sites_request(&r, arena, &odd);
	is_str(r.url, BASE "/accounts/1%2F..%2F2%3Fx%23y/sites", "an odd account");
	site_request(&r, arena, &account, "..");
	is_str(r.url, ACCOUNT "/sites/-", "dots go nowhere");
	site_request(&r, arena, &account, "");
	is_str(r.url, ACCOUNT "/sites/-", "nor does nothing");
	peer_request(&r, arena, &account, NULL, "3");
	is_str(r.url, ACCOUNT "/sites/-/sippeers/3", "nor what is missing");
	site_request(&r, arena, &account, "a b\r\n%00\xc3\xa9");
	is_str(r.url, ACCOUNT "/sites/a%20b%0D%0A%2500%C3%A9", "everything odd is escaped");
}

int
main(void)
{
	arena = arena_new();
	sites();
	features();
	features_back();
	applications();
	stock();
	searches();
	mistakes();
	orders();
	many();
	asking();
	addresses();
	arena_free(arena);
	return done_testing();
}
