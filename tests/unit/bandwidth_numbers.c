/*
 * bandwidth_numbers.c: what an answer of the Numbers API means: the promise that only what is
 * certain is called done or not done, in all the shapes of Bandwidth's errors.
 */
#include "bandwidth/applications.h"
#include "bandwidth/features.h"
#include "bandwidth/iris.h"
#include "bandwidth/orders.h"
#include "bandwidth/sites.h"
#include "bandwidth/stock.h"
#include "numbers_kit.h"

static struct numbers_head
head_of(struct http_answer a)
{
	struct iris_document document;
	struct numbers_head head;

	iris_open(&a, arena, &head, &document);
	iris_done(&document);
	return head;
}

static void
is_head(struct numbers_head h, enum numbers_outcome outcome, int code, const char *words,
    const char *what)
{
	is_str(numbers_outcome_name(h.outcome), numbers_outcome_name(outcome), "%s", what);
	is_int(h.code, code, "%s: its code", what);
	is_str(h.words, words, "%s: its words", what);
}

static void
statuses(void)
{
	static const struct {
		int status;
		enum numbers_outcome empty, html;
	} all[] = {{200, NUMBERS_FINE, NUMBERS_UNKNOWN}, {201, NUMBERS_FINE, NUMBERS_UNKNOWN},
	    {204, NUMBERS_FINE, NUMBERS_UNKNOWN}, {301, NUMBERS_UNKNOWN, NUMBERS_UNKNOWN},
	    {307, NUMBERS_UNKNOWN, NUMBERS_UNKNOWN}, {400, NUMBERS_REFUSED, NUMBERS_REFUSED},
	    {401, NUMBERS_UNAUTHORIZED, NUMBERS_UNAUTHORIZED},
	    {403, NUMBERS_FORBIDDEN, NUMBERS_FORBIDDEN},
	    {404, NUMBERS_NOT_FOUND, NUMBERS_NOT_FOUND}, {408, NUMBERS_UNKNOWN, NUMBERS_UNKNOWN},
	    {409, NUMBERS_EXISTS, NUMBERS_EXISTS}, {415, NUMBERS_REFUSED, NUMBERS_REFUSED},
	    {429, NUMBERS_BUSY, NUMBERS_BUSY}, {500, NUMBERS_UNKNOWN, NUMBERS_UNKNOWN},
	    {502, NUMBERS_UNKNOWN, NUMBERS_UNKNOWN}, {503, NUMBERS_UNKNOWN, NUMBERS_UNKNOWN}};
	static const char page[] =
	    "<!DOCTYPE html><html><head><title>Bad</title></head><body>Bad<br></body></html>";
	static const char strict[] = "<html><body><p>Bad</p></body></html>";
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		is_int(head_of(whole(all[i].status, "")).outcome, all[i].empty, "%d, empty",
		    all[i].status);
		is_int(head_of(whole(all[i].status, page)).outcome, all[i].html,
		    "%d with a page in HTML", all[i].status);
		is_int(head_of(whole(all[i].status, strict)).outcome, all[i].html,
		    "%d with a page in XHTML", all[i].status);
	}
	is_str(head_of(whole(403, "")).words, "HTTP 403 with an empty body",
	    "an empty 403 has words nevertheless");
	is_str(head_of(whole(200, strict)).words,
	    "Bandwidth's answer could not be read: it is a page in HTML", "a page is called one");
	is_str(head_of(whole(200, "<a>")).words,
	    "Bandwidth's answer could not be read: it is not well-formed XML", "a cut one is too");
	is_int(head_of(whole(200, "{\"a\":")).outcome, NUMBERS_UNKNOWN, "so is cut JSON");
	is_str(head_of(whole(200, "<a/>")).words, "", "fine has no words");
}

static void
reaches(void)
{
	struct http_answer a = {.reach = HTTP_NOT_BEGUN, .body = "", .fault = "No route to host"};
	struct numbers_head h = head_of(a);

	is_head(h, NUMBERS_NOT_SENT, 0, "No route to host", "not a byte left");
	a.reach = HTTP_BEGUN;
	is_head(head_of(a), NUMBERS_UNKNOWN, 0, "No route to host", "the answer was lost");
	a = whole(201, "<SiteResponse><Site><Id>1</Id></Site></SiteResponse>");
	a.reach = HTTP_BEGUN;
	a.fault = "cut";
	is_head(head_of(a), NUMBERS_UNKNOWN, 0, "HTTP 201, cut", "a part of one is none");
	a = whole(429, "");
	a.retry_after = 7000;
	h = head_of(a);
	ok(h.outcome == NUMBERS_BUSY && h.retry_after == 7000, "429 says how long");
}

#define ERROR_LIST(more)                                                                     \
	"<OrderResponse><ErrorList><Error><Code>5005</Code><Description>Taken</Description>" \
	"<TelephoneNumber>9195551234</TelephoneNumber></Error>" more                         \
	"</ErrorList><Order/></OrderResponse>"

static void
shapes(void)
{
	struct numbers_head h;

	h = head_of(whole(400, "<XResponse><ResponseStatus><ErrorCode>13609</ErrorCode>"
			       "<Description>No HTTP</Description></ResponseStatus></XResponse>"));
	is_head(h, NUMBERS_REFUSED, NUMBERS_CODE_NO_HTTP, "No HTTP", "ResponseStatus");
	h = head_of(whole(200, "<XResponse><ResponseStatus><ErrorCode>1003</ErrorCode>"
			       "<Description>Bad</Description></ResponseStatus></XResponse>"));
	is_head(h, NUMBERS_REFUSED, 1003, "Bad", "ResponseStatus within a 200");
	h = head_of(whole(200, "<XResponse><ResponseStatus><ErrorCode>0</ErrorCode>"
			       "<Description>OK</Description></ResponseStatus></XResponse>"));
	is_int(h.outcome, NUMBERS_FINE, "code 0 within a 200 is fine");
	h = head_of(whole(400, ERROR_LIST("")));
	is_head(h, NUMBERS_REFUSED, NUMBERS_CODE_UNAVAILABLE, "Taken", "ErrorList with one");
	ok(h.error_count == 1 && h.errors[0].code == 5005, "one error is a list of one");
	is_str(h.errors[0].number, "+19195551234", "ten digits become E.164");
	h = head_of(whole(
	    400, ERROR_LIST("<Error><Code>5076</Code><Description>Not yours</Description>"
			    "<TelephoneNumber>+19195551235</TelephoneNumber></Error>"
			    "<Error><Code>5076</Code><Description>Not yours</Description>"
			    "<TelephoneNumbers><TelephoneNumber>19195551236</TelephoneNumber>"
			    "<TelephoneNumber><FullNumber>9195551237</FullNumber></TelephoneNumber>"
			    "</TelephoneNumbers></Error>")));
	is_head(h, NUMBERS_REFUSED, 5005, "Taken; Not yours", "ErrorList with several");
	is_int(h.error_count, 4, "one error for each number");
	is_str(h.errors[1].number, "+19195551235", "E.164 stays");
	is_str(h.errors[2].number, "+19195551236", "eleven digits too");
	is_str(h.errors[3].number, "+19195551237", "and one more level down");
	h = head_of(whole(200, "<SearchResult><Error><Code>4010</Code><Description>Null"
			       "</Description></Error></SearchResult>"));
	is_head(h, NUMBERS_REFUSED, 4010, "Null", "Error of the search, within a 200");
	h = head_of(whole(400, "<R><Errors><Code>1</Code><Description>a</Description></Errors>"
			       "<Errors><Code>2</Code><Description>b</Description></Errors></R>"));
	is_head(h, NUMBERS_REFUSED, 1, "a; b", "Errors, the older shape");
	is_int(h.error_count, 2, "both of them");
	h = head_of(whole(400, "<R><Errors><Error><Code>3</Code><Description>c</Description>"
			       "</Error></Errors></R>"));
	is_head(h, NUMBERS_REFUSED, 3, "c", "Error within Errors");
	h = head_of(
	    whole(200, "<R><ResultCode>7</ResultCode><ResultMessage>no</ResultMessage></R>"));
	is_head(h, NUMBERS_REFUSED, 7, "no", "ResultCode, the oldest shape");
	h = head_of(
	    whole(200, "<R><ResultCode>0</ResultCode><ResultMessage>y</ResultMessage></R>"));
	is_head(h, NUMBERS_FINE, 0, "", "ResultCode 0 is fine");
	h = head_of(whole(500, "<R><ErrorList><Error><Code>5001</Code><Description>x"
			       "</Description></Error></ErrorList></R>"));
	is_head(h, NUMBERS_UNKNOWN, 5001, "x", "an error with a 500 is not certain");
	h = head_of(whole(200, "<R><ErrorList/><Errors/></R>"));
	is_head(h, NUMBERS_FINE, 0, "", "empty lists of errors are fine");
	h = head_of(whole(400, "<R><ErrorList><Error><Code>1</Code><Code>2</Code>"
			       "<Description>a</Description><Description>b</Description></Error>"
			       "</ErrorList></R>"));
	is_head(h, NUMBERS_REFUSED, 1, "a", "of repeated elements the first counts");
	h = head_of(
	    whole(200, "<R><ResponseStatus><ErrorCode>15511</ErrorCode></ResponseStatus></R>"));
	is_head(h, NUMBERS_REFUSED, 15511, "error 15511, without a description",
	    "an error without a description has words nevertheless");
}

static void
json_shapes(void)
{
	is_head(head_of(whole(400, "{\"error\":{\"code\":4010,\"description\":\"Null\"}}")),
	    NUMBERS_REFUSED, 4010, "Null", "JSON of the search");
	is_head(head_of(whole(403, "{\"type\":\"forbidden\",\"description\":\"No TFV role\"}")),
	    NUMBERS_FORBIDDEN, 0, "No TFV role", "JSON with a type");
	is_head(head_of(whole(403, "{\"errors\":[{\"code\":\"12055\",\"description\":\"Off\"}]}")),
	    NUMBERS_FORBIDDEN, 12055, "Off", "JSON with a list");
	is_head(head_of(whole(404, "{\"status\":404,\"error\":\"Not Found\",\"path\":\"/x\"}")),
	    NUMBERS_NOT_FOUND, 0, "Not Found", "JSON of a wrong path");
	is_head(head_of(whole(200, "{\"error\":{\"code\":1,\"description\":\"x\"}}")),
	    NUMBERS_REFUSED, 1, "x", "an error in JSON within a 200");
}

/* All published errors. */
static void
published_errors(void)
{
	is_head(head_of(published(400, "v2spec-sites-create-400-example")), NUMBERS_REFUSED, 1003,
	    "Address is required", "sites 400");
	is_head(head_of(published(409, "v2spec-sites-create-409-example")), NUMBERS_EXISTS,
	    NUMBERS_CODE_ADDRESS,
	    "The verifiable address closest to the submitted access is included below. Please use "
	    "that street address or another valid street address in your next request: "
	    "1600 PENNSYLVANIA AVE NW, WASHINGTON, DC 20006",
	    "sites 409 names the better address");
	is_head(head_of(published(400, "v2spec-sippeers-create-400-example")), NUMBERS_REFUSED,
	    13582, "Enforce option is missing", "sippeers 400");
	is_int(head_of(published(409, "v2spec-sippeers-create-409-example")).outcome,
	    NUMBERS_EXISTS, "sippeers 409");
	is_head(head_of(published(503, "v2spec-sippeers-create-503-example")), NUMBERS_UNKNOWN,
	    13566, "Our E911 service is unavaliable", "sippeers 503");
	is_head(head_of(published(400, "v2spec-features-sms-400-example")), NUMBERS_REFUSED,
	    NUMBERS_CODE_NO_HTTP,
	    "Can't create sip peer http protocol sms feature without account level http settings.",
	    "sms 400");
	is_head(head_of(published(403, "v2spec-features-sms-403-example")), NUMBERS_FORBIDDEN,
	    13674,
	    "Configuring subnet values larger than /20 requires Bandwidth staff intervention",
	    "sms 403");
	is_head(head_of(published(400, "v2spec-features-mms-400-example")), NUMBERS_REFUSED, 13606,
	    "Messaging feature may have only one protocol assigned.", "mms 400");
	is_head(head_of(published(400, "v2spec-availableNumbers-400-example")), NUMBERS_REFUSED,
	    4010,
	    "One of more required search parameters are null or empty, please refer to the api "
	    "documentation",
	    "availableNumbers 400");
	is_head(head_of(published(400, "v2spec-tns-400-example")), NUMBERS_REFUSED, 15511,
	    "The NPA_NXX '9192384' is invalid", "tns 400");
	is_head(head_of(published(400, "v2spec-orders-create-400-example")), NUMBERS_REFUSED,
	    NUMBERS_CODE_BAD_SITE, "The SiteId submitted is invalid.", "orders 400");
	is_head(head_of(published(400, "v2spec-disconnects-create-400-example")), NUMBERS_REFUSED,
	    54321, "Some error description", "disconnects 400");
	is_head(head_of(published(400, "v2spec-tnoptions-create-400-example")), NUMBERS_REFUSED,
	    5081, "Number Format 'wrong' is invalid.", "tnoptions 400");
	is_head(head_of(published(409, "v2spec-tnoptions-create-409-example")), NUMBERS_EXISTS,
	    5200, "Origination route plan is not enabled for the account.", "tnoptions 409");
	is_head(head_of(published(404, "v2spec-tnoptions-get-404-example")), NUMBERS_NOT_FOUND, 0,
	    "The resource does not exist", "tnoptions 404, without a code");
}

static const char *
location_id(const char *location)
{
	struct http_answer a = whole(201, "");

	a.location = location;
	return iris_location_id(&a, arena);
}

static void
ids(void)
{
	is_str(location_id("https://h/api/v2/accounts/1/sites/2/sippeers/500709"), "500709",
	    "the ID is the last part of the Location");
	is_str(location_id("/accounts/1/orders/34adcd9f-2c4a-4631-9dae-d1f318ed57bc/"),
	    "34adcd9f-2c4a-4631-9dae-d1f318ed57bc", "a slash at the end does not matter");
	is_str(location_id("https://h/x/12?a=b/c#d"), "12", "nor does a query");
	is_str(location_id("12"), "12", "a bare one is one");
	ok(location_id(NULL) == NULL && location_id("") == NULL && location_id("/") == NULL &&
		location_id("/a/..") == NULL && location_id("/a/b%2Fc") == NULL &&
		location_id("/a/%00") == NULL && location_id("/a/%zz") == NULL,
	    "what cannot be part of an address is no ID");
	is_str(iris_e164(arena, "9195551234"), "+19195551234", "ten digits");
	is_str(iris_e164(arena, "19195551234"), "+19195551234", "eleven digits");
	is_str(iris_e164(arena, "+31208908115"), "+31208908115", "E.164");
	ok(iris_e164(arena, NULL) == NULL && iris_e164(arena, "") == NULL &&
		iris_e164(arena, "919555123") == NULL && iris_e164(arena, "...") == NULL &&
		iris_e164(arena, "29195551234") == NULL && iris_e164(arena, "+1919555123x") == NULL,
	    "what is no number is none");
	is_str(numbers_name(arena, "  Voters' <Union> & Co. No_1-2  "), "Voters Union Co No_1-2",
	    "a name for Bandwidth");
	is_str(numbers_name(arena, "\xc3\x89\xe2\x82\xac!"), "Texting", "or one of ours");
	is_str(numbers_name(arena, NULL), "Texting", "when there is none");
	is_int(strlen(numbers_name(arena, "0123456789012345678901234567890123456789012345678901")),
	    50, "at most 50 characters");
	is_str(numbers_name(arena, "0123456789012345678901234567890123456789012345678 90"),
	    "0123456789012345678901234567890123456789012345678", "without a blank at the end");
}

int
main(void)
{
	arena = arena_new();
	statuses();
	reaches();
	shapes();
	json_shapes();
	published_errors();
	ids();
	arena_free(arena);
	return done_testing();
}
