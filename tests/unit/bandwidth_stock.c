/*
 * bandwidth_stock.c: lists of numbers are read as what they say, page by page, and a list that
 * is not understood never makes numbers look gone.
 */
#include "bandwidth/stock.h"
#include "numbers_kit.h"

#define FINE(head, what) is_str(numbers_outcome_name((head).outcome), "fine", what)

static const struct page first = {NULL, 0};

static void
location_numbers(void)
{
	struct http_answer a = published(200, "v2spec-sippeer-tns-200-example");
	struct numbers_answer list;
	struct total_answer total;

	numbers_read(&a, arena, &first, &list);
	FINE(list.head, "the numbers of a location");
	is_int(list.count, 3, "three");
	is_str(list.items[0].number, "+12052160148", "the first");
	is_int(list.items[0].sms, SMS_ON, "with SMS");
	is_int(list.items[2].sms, SMS_NOT_SAID, "of the third it is not said");
	is_str(list.next, "2", "a link that cannot be read: the next page is the second");
	numbers_read(&a, arena, &(struct page){"+12012082912", 0}, &list);
	is_int(list.head.outcome, NUMBERS_UNKNOWN, "unless nobody knows which is next");
	a = whole(204, "");
	numbers_read(&a, arena, &first, &list);
	ok(list.head.outcome == NUMBERS_FINE && list.count == 0, "204: none");
	a = whole(200, "");
	numbers_read(&a, arena, &first, &list);
	is_int(list.head.outcome, NUMBERS_UNKNOWN, "an empty 200 does not make them gone");
	a = whole(200, "<Other/>");
	numbers_read(&a, arena, &first, &list);
	is_int(list.head.outcome, NUMBERS_UNKNOWN, "nor does another document");
	a = whole(200, "<SipPeerTelephoneNumbersCountResponse><SipPeerTelephoneNumbersCount>"
		       "<SipPeerTelephoneNumbersCount>10004</SipPeerTelephoneNumbersCount>"
		       "<CnamTelephoneNumbersCount>4</CnamTelephoneNumbersCount>"
		       "</SipPeerTelephoneNumbersCount></SipPeerTelephoneNumbersCountResponse>");
	total_read(&a, arena, &total);
	ok(total.head.outcome == NUMBERS_FINE && total.total == 10004, "how many there are");
}

static void
account_numbers(void)
{
	struct http_answer a = published(200, "v2spec-tns-200-example");
	struct numbers_answer list;
	struct number_answer one;

	numbers_read(&a, arena, &first, &list);
	FINE(list.head, "the numbers of an account");
	is_int(list.count, 5, "five");
	is_int(list.total, 5, "of five in all");
	is_str(list.items[0].number, "+19192381138", "the first");
	is_str(list.items[0].status, "Inservice", "its status");
	is_str(list.items[0].city, "CARY", "its city");
	is_str(list.items[0].state, "NC", "its state");
	is_str(list.items[0].account_id, "9900008", "its account");
	is_str(list.items[4].status, "Aging", "the last one's status");
	is_str(list.next, "+12012082912", "an opaque next page, its plus sign kept");
	a = whole(200,
	    "<TelephoneNumberResponse><TelephoneNumberDetails><City>JERSEY CITY</City>"
	    "<FullNumber>+12018981023</FullNumber><Status>Inservice</Status><AccountId>14</AccountId>"
	    "<Site><Id>479</Id><Name>site_9b08f</Name></Site><SipPeer><PeerId>500014</PeerId>"
	    "<PeerName>a2750fad-3</PeerName></SipPeer></TelephoneNumberDetails>"
	    "</TelephoneNumberResponse>");
	number_read(&a, arena, &one);
	FINE(one.head, "a number in detail");
	is_str(one.number.site_id, "479", "its sub-account");
	is_str(one.number.site_name, "site_9b08f", "by name");
	is_str(one.number.peer_id, "500014", "its location");
	is_str(one.number.peer_name, "a2750fad-3", "by name");
	a = whole(200, "<TelephoneNumberResponse><TelephoneNumber>2012035013</TelephoneNumber>"
		       "<Status>Available</Status><SiteId>2409</SiteId></TelephoneNumberResponse>");
	number_read(&a, arena, &one);
	is_str(one.number.number, "+12012035013", "the shorter form too");
	is_str(one.number.site_id, "2409", "with its sub-account");
}

/* size numbers of a page of a location, with or without links. */
static struct numbers_answer
page_of(const char *page, int size, int count, const char *links)
{
	struct page asked = {page, size};
	struct numbers_answer list;
	struct http_answer a;
	struct buf out = BUF_INIT(100000);
	int i;

	buf_addf(&out, "<SipPeerTelephoneNumbersResponse>%s<SipPeerTelephoneNumbers>", links);
	for (i = 0; i < count; i++)
		buf_addf(&out,
		    "<SipPeerTelephoneNumber><FullNumber>919555%04d</FullNumber>"
		    "</SipPeerTelephoneNumber>",
		    i);
	buf_adds(&out, "</SipPeerTelephoneNumbers></SipPeerTelephoneNumbersResponse>");
	a = whole(200, arena_str(arena, buf_str(&out)));
	buf_free(&out);
	numbers_read(&a, arena, &asked, &list);
	return list;
}

static void
pages(void)
{
	const char *links;

	is_str(page_of(NULL, 3, 3, "").next, "2", "without links: a full first page has a second");
	is_str(page_of("7", 3, 3, "").next, "8", "a full seventh an eighth");
	ok(page_of("7", 3, 2, "").next == NULL, "a short one is the last");
	ok(page_of(NULL, 3, 0, "").next == NULL, "an empty one too");
	ok(page_of("+1x", 3, 3, "").next == NULL, "after an opaque page nothing is guessed");
	ok(page_of(NULL, 3, 3, "<Links><first>x</first></Links>").next == NULL,
	    "links without a next one: the last");
	links =
	    "<Links><next>Link=&lt;https://x/tns?page=2&amp;size=3&gt;;rel=\"next\";</next></Links>";
	is_str(page_of(NULL, 3, 1, links).next, "2", "a link counts, however short the page");
	links = "<Links><next>Link=&lt;https://x/tns?mypage=9&amp;size=3&amp;page=%2B1201&gt;;"
		"rel=\"next\";</next></Links>";
	is_str(page_of(NULL, 3, 1, links).next, "+1201", "it may be escaped, and come last");
	links = "<Links><next>Link=&lt;https://x/tns?page=&amp;size=3&gt;</next></Links>";
	is_str(page_of("4", 3, 1, links).next, "5", "a link without a page: the next number");
	is_int(page_of("x", 3, 1, links).head.outcome, NUMBERS_UNKNOWN, "or nothing is known");
	ok(page_of(NULL, 3, 3, "<Links><next/></Links>").next == NULL, "an empty link is none");
}

/* As many as a page may have, each with all that the published examples have, is within the
 * bounds of bytes and elements. */
static void
largest(const char *example, const char *item, int most)
{
	const char *text = fixture(example), *from, *to;
	struct numbers_answer list;
	struct http_answer a;
	struct buf out = BUF_INIT(XML_BYTES_MAX * 2);
	int i;

	from = strstr(text, arena_fmt(arena, "<%s>", item));
	to = strstr(from, arena_fmt(arena, "</%s>", item)) + strlen(item) + 3;
	buf_add(&out, text, (size_t)(from - text));
	for (i = 1; i < most; i++)
		buf_add(&out, from, (size_t)(to - from));
	buf_adds(&out, from);
	a = whole(200, arena_dup(arena, out.data, out.len));
	numbers_read(&a, arena, &first, &list);
	ok(list.head.outcome == NUMBERS_FINE && list.count >= (size_t)most, "%d of %s in %zu bytes",
	    most, example, a.length);
	ok(a.length < XML_BYTES_MAX / 2, "are half of what may be");
	buf_free(&out);
}

static void
searches(void)
{
	struct http_answer a = published(200, "v2spec-availableNumbers-200-NANPA_TN_Detail");
	struct numbers_answer list;

	search_read(&a, arena, &list);
	FINE(list.head, "numbers to be had, with details");
	is_int(list.count, 2, "two");
	is_str(list.items[0].number, "+19193716651", "the first");
	is_str(list.items[0].city, "CARY-RESEARCH TRIANGLE PARK", "its city");
	is_str(list.items[0].rate_center, "CARY-RTP", "its rate center");
	ok(list.next == NULL && list.total == 2, "in one page");
	a = published(200, "v2spec-availableNumbers-200-Other_TN_Detail");
	search_read(&a, arena, &list);
	is_str(list.items[1].number, "+31208908116", "of other countries too");
	a = published(200, "v2spec-availableNumbers-200-TN_Detail_Disabled");
	search_read(&a, arena, &list);
	ok(list.count == 2 && strcmp(list.items[1].number, "+14357095160") == 0,
	    "without details too");
	a = whole(200, "<SearchResult><ResultCount>1</ResultCount><TelephoneNumberList>"
		       "<TelephoneNumber>9192286710</TelephoneNumber></TelephoneNumberList>"
		       "</SearchResult>");
	search_read(&a, arena, &list);
	ok(list.count == 1 && strcmp(list.items[0].number, "+19192286710") == 0,
	    "one is a list of one, ten digits");
	a = whole(200, "<SearchResult><ResultCount>0</ResultCount></SearchResult>");
	search_read(&a, arena, &list);
	ok(list.head.outcome == NUMBERS_FINE && list.count == 0, "none: a count of 0");
	a = whole(200, "<SearchResult/>");
	search_read(&a, arena, &list);
	ok(list.head.outcome == NUMBERS_FINE && list.count == 0, "none: no list");
	a = whole(200, "");
	search_read(&a, arena, &list);
	ok(list.head.outcome == NUMBERS_FINE && list.count == 0, "none: no body");
	a = published(400, "v2spec-availableNumbers-400-example");
	search_read(&a, arena, &list);
	is_int(list.head.code, 4010, "a wrong search");
}

int
main(void)
{
	arena = arena_new();
	location_numbers();
	account_numbers();
	pages();
	largest("v2spec-sippeer-tns-200-example", "SipPeerTelephoneNumber", STOCK_PEER_PAGE);
	largest("v2spec-tns-200-example", "TelephoneNumber", STOCK_ACCOUNT_PAGE);
	searches();
	arena_free(arena);
	return done_testing();
}
