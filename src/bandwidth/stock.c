/*
 * stock.c: the numbers of a location and of an account, and one in detail (stock.h).
 */
#include <string.h>

#include "base/arena.h"
#include "bandwidth/iris.h"
#include "bandwidth/stock.h"
#include "bandwidth/stock_parts.h"

#define WORD_MAX 40

/* ---- asking ---------------------------------------------------------- */

void
peer_numbers_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *site_id, const char *peer_id,
    const struct page *page, bool attributes)
{
	const char *url = IRIS_URL(arena, account, "sites", site_id, "sippeers", peer_id, "tns");

	url = page_query(arena, url, page, STOCK_PEER_PAGE);
	iris_get_list(
	    r, iris_query(arena, url, "includeAttributes", attributes ? "true" : "false"));
}

void
account_numbers_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *status, const struct page *page)
{
	static const char *const parts[] = {"tns"};
	const char *url = iris_url_beside(arena, account, parts, 1);

	url = iris_query(arena, url, "accountId", account->id);
	url = iris_query(arena, url, "status", status);
	iris_get_list(r, page_query(arena, url, page, STOCK_ACCOUNT_PAGE));
}

void
peer_total_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *site_id, const char *peer_id)
{
	iris_get(r, IRIS_URL(arena, account, "sites", site_id, "sippeers", peer_id, "totaltns"));
}

void
number_request(struct http_request *r, struct arena *arena, const struct numbers_account *account,
    const char *number)
{
	const char *parts[] = {"tns", number, "tndetails"};

	iris_get(r, iris_url_beside(arena, account, parts, 3));
}

/* ---- reading --------------------------------------------------------- */

void
stock_read_number(const struct xml *e, struct arena *arena, struct stock_number *out)
{
	const struct xml *settings = xml_child(e, "MessagingSettings");

	out->number = iris_number(e, arena);
	out->status = iris_text(e, "Status", arena, WORD_MAX);
	out->city = iris_text(e, "City", arena, IRIS_TEXT_MAX);
	out->state = iris_text(e, "State", arena, WORD_MAX);
	out->rate_center = iris_text(e, "RateCenter", arena, IRIS_TEXT_MAX);
	out->account_id = iris_id(e, "AccountId", arena);
	if (xml_text(settings, "SmsEnabled") != NULL)
		out->sms = iris_is_true(settings, "SmsEnabled") ? SMS_ON : SMS_OFF;
}

/* The list of numbers under either of its names, with the name and page size of its items. */
static const struct xml *
find_list(
    struct numbers_answer *out, const struct iris_document *document, const char **item, int *most)
{
	if (xml_is(document->xml, "TelephoneNumbersResponse")) {
		*item = "TelephoneNumber";
		*most = STOCK_ACCOUNT_PAGE;
		out->total = iris_int(document->xml, "TelephoneNumberCount");
		return iris_list(
		    &out->head, document, "TelephoneNumbersResponse", "TelephoneNumbers");
	}
	*item = "SipPeerTelephoneNumber";
	*most = STOCK_PEER_PAGE;
	return iris_list(
	    &out->head, document, "SipPeerTelephoneNumbersResponse", "SipPeerTelephoneNumbers");
}

void
numbers_read(const struct http_answer *answer, struct arena *arena, const struct page *page,
    struct numbers_answer *out)
{
	struct iris_document document;
	const struct xml *list, *e;
	struct stock_number *items;
	const char *name;
	int most;

	memset(out, 0, sizeof(*out));
	out->total = -1;
	iris_open(answer, arena, &out->head, &document);
	list = find_list(out, &document, &name, &most);
	items = arena_alloc(arena, (iris_count(list, name) + 1) * sizeof(*items));
	for (e = xml_child(list, name); e != NULL; e = xml_next(e, name)) {
		stock_read_number(e, arena, &items[out->count]);
		if (items[out->count++].number == NULL)
			iris_unreadable(&out->head, "The list has a number that is none");
	}
	out->items = items;
	if (out->head.outcome == NUMBERS_FINE &&
	    page_next(document.xml, arena, page, most, out->count, &out->next) != 0)
		iris_unreadable(&out->head, "The link to the next page could not be read");
	iris_done(&document);
}

void
total_read(const struct http_answer *answer, struct arena *arena, struct total_answer *out)
{
	static const char name[] = "SipPeerTelephoneNumbersCount";
	struct iris_document document;
	const struct xml *e;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	/* The count stands in an element of its own name. */
	e = xml_find(document.xml, name);
	out->total = iris_int(e, name);
	if (out->head.outcome == NUMBERS_FINE && out->total < 0)
		iris_unreadable(&out->head, "Bandwidth's answer is not a count");
	iris_done(&document);
}

void
number_read(const struct http_answer *answer, struct arena *arena, struct number_answer *out)
{
	struct iris_document document;
	const struct xml *e, *site, *peer;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	e = xml_find(document.xml, "TelephoneNumberDetails");
	if (e == NULL)
		e = xml_find(document.xml, "TelephoneNumberResponse");
	site = xml_child(e, "Site");
	peer = xml_child(e, "SipPeer");
	stock_read_number(e, arena, &out->number);
	out->number.site_id =
	    site != NULL ? iris_id(site, "Id", arena) : iris_id(e, "SiteId", arena);
	out->number.site_name = iris_text(site, "Name", arena, IRIS_TEXT_MAX);
	out->number.peer_id = iris_id(peer, "PeerId", arena);
	out->number.peer_name = iris_text(peer, "PeerName", arena, IRIS_TEXT_MAX);
	if (out->head.outcome == NUMBERS_FINE && out->number.number == NULL)
		iris_unreadable(&out->head, "Bandwidth's answer is not about a number");
	iris_done(&document);
}
