/*
 * bandwidth_orders.c: what became of an order: the promise that money is not spent twice,
 * because "it was not ordered" is said only when that is certain.
 */
#include "bandwidth/orders.h"
#include "numbers_kit.h"

#define FINE(head, what) is_str(numbers_outcome_name((head).outcome), "fine", what)

static const struct page first = {NULL, 0};

static struct order_answer
made(struct http_answer a, enum order_kind kind)
{
	struct order_answer o;

	order_created_read(&a, arena, kind, &o);
	return o;
}

static struct order_answer
asked(struct http_answer a, enum order_kind kind)
{
	struct order_answer o;

	order_read(&a, arena, kind, &o);
	return o;
}

static void
purchases(void)
{
	struct order_answer o =
	    made(published(201, "v2spec-orders-create-201-example"), ORDER_PURCHASE);

	FINE(o.head, "an order");
	is_str(o.id, "34adcd9f-2c4a-4631-9dae-d1f318ed57bc", "its ID");
	is_str(o.own_id, "123456789", "our ID");
	is_int(o.state, ORDER_RECEIVED, "without a state it is received");
	ok(!order_state_final(o.state), "which is not final");
	o = made(published(400, "v2spec-orders-create-400-example"), ORDER_PURCHASE);
	ok(o.head.outcome == NUMBERS_REFUSED && o.head.code == NUMBERS_CODE_BAD_SITE &&
		o.id == NULL,
	    "a refused order");

	o = asked(published(200, "v2spec-orders-get-200-example"), ORDER_PURCHASE);
	FINE(o.head, "an order that is complete");
	ok(o.state == ORDER_COMPLETE && order_state_final(o.state), "and final");
	is_str(o.own_id, "123456789", "our ID");
	ok(o.numbers.count == 1 && strcmp(o.numbers.items[0], "+18042105666") == 0,
	    "the number bought");
	ok(o.completed_count == 1 && o.failed_count == 0, "the counts");
	o = asked(published(200, "v2spec-orders-update-200-example"), ORDER_PURCHASE);
	is_int(o.head.outcome, NUMBERS_UNKNOWN, "an answer without a state says nothing");
}

static void
partly(void)
{
	static const char partial[] =
	    "<OrderResponse><CompletedQuantity>1</CompletedQuantity>"
	    "<ErrorList><Error><Code>5005</Code><Description>Taken</Description>"
	    "<TelephoneNumber>9194464168</TelephoneNumber></Error></ErrorList>"
	    "<FailedNumbers><FullNumber>9194464167</FullNumber></FailedNumbers>"
	    "<Order><Name>Test</Name><SiteId>1234</SiteId></Order><OrderStatus>PARTIAL</OrderStatus>"
	    "<CompletedNumbers><TelephoneNumber><FullNumber>9194464166</FullNumber></TelephoneNumber>"
	    "<TelephoneNumber>9194464165</TelephoneNumber></CompletedNumbers>"
	    "<Summary>2 numbers ordered in (919)</Summary><FailedQuantity>1</FailedQuantity>"
	    "</OrderResponse>";
	struct order_answer o = asked(whole(200, partial), ORDER_PURCHASE);

	FINE(o.head, "a partial order has errors, and is read");
	is_int(o.state, ORDER_PARTIAL, "its state");
	ok(o.numbers.count == 2 && strcmp(o.numbers.items[0], "+19194464166") == 0 &&
		strcmp(o.numbers.items[1], "+19194464165") == 0,
	    "numbers in both shapes");
	ok(o.failed.count == 1 && strcmp(o.failed.items[0], "+19194464167") == 0,
	    "those that failed");
	ok(o.head.code == NUMBERS_CODE_UNAVAILABLE && strcmp(o.head.words, "Taken") == 0,
	    "and why");
	is_str(o.summary, "2 numbers ordered in (919)", "in Bandwidth's words");
	o = asked(whole(200, replaced(replaced(partial, "<FailedNumbers>", "<X>"),
				 "</FailedNumbers>", "</X>")),
	    ORDER_PURCHASE);
	ok(o.failed.count == 1 && strcmp(o.failed.items[0], "+19194464168") == 0,
	    "else those that the errors name");
	o = asked(whole(200, replaced(partial, ">PARTIAL<", ">FAILED<")), ORDER_PURCHASE);
	ok(o.head.outcome == NUMBERS_FINE && o.state == ORDER_FAILED, "a failed one is read too");
	o = asked(whole(400, replaced(partial, ">PARTIAL<", ">FAILED<")), ORDER_PURCHASE);
	is_int(o.head.outcome, NUMBERS_REFUSED, "but not out of a 400");
}

static void
states(void)
{
	static const struct {
		const char *word;
		enum order_state state;
		bool final;
	} all[] = {{"RECEIVED", ORDER_RECEIVED, false}, {"PROCESSING", ORDER_PROCESSING, false},
	    {"BACKORDERED", ORDER_BACKORDERED, false}, {"COMPLETE", ORDER_COMPLETE, true},
	    {"COMPLETED", ORDER_COMPLETE, true}, {"complete", ORDER_COMPLETE, true},
	    {"PARTIAL", ORDER_PARTIAL, true}, {"FAILED", ORDER_FAILED, true},
	    {"CLOSED", ORDER_OTHER, false}};
	struct order_answer o;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		o = asked(
		    whole(200, arena_fmt(arena,
				   "<OrderResponse><OrderStatus>%s</OrderStatus></OrderResponse>",
				   all[i].word)),
		    ORDER_PURCHASE);
		ok(o.head.outcome == NUMBERS_FINE && o.state == all[i].state &&
			order_state_final(o.state) == all[i].final,
		    "%s", all[i].word);
		is_str(o.state_word, all[i].word, "%s: in Bandwidth's word", all[i].word);
	}
}

static void
disconnects(void)
{
	struct order_answer o =
	    made(published(201, "v2spec-disconnects-create-201-example"), ORDER_DISCONNECT);

	FINE(o.head, "a release");
	is_str(o.id, "ba05e04b-192a-47cb-b182-b1bf6cfef0d7", "its ID");
	is_str(o.own_id, "My OrderId", "our ID");
	ok(o.state == ORDER_RECEIVED && o.numbers.count == 0, "received, nothing released yet");
	o = asked(published(200, "v2spec-disconnects-get-200-example"), ORDER_DISCONNECT);
	ok(o.head.outcome == NUMBERS_FINE && o.state == ORDER_COMPLETE, "a release is complete");
	ok(o.numbers.count == 1 && strcmp(o.numbers.items[0], "+19194392566") == 0,
	    "the number released");
	o = made(published(400, "v2spec-disconnects-create-400-example"), ORDER_DISCONNECT);
	is_int(o.head.outcome, NUMBERS_REFUSED, "a refused release");
}

static void
options(void)
{
	struct order_answer o =
	    made(published(201, "v2spec-tnoptions-create-201-example"), ORDER_OPTIONS);

	FINE(o.head, "an order of options");
	is_str(o.id, "ddbdc72e-dc27-490c-904e-d0c11291b095", "its ID");
	ok(o.state == ORDER_RECEIVED && o.numbers.count == 2, "received, for two numbers");
	o = asked(published(200, "v2spec-tnoptions-get-200-example"), ORDER_OPTIONS);
	ok(o.head.outcome == NUMBERS_FINE && o.state == ORDER_COMPLETE && o.numbers.count == 3,
	    "one that is complete, with a warning");
	o = asked(published(404, "v2spec-tnoptions-get-404-example"), ORDER_OPTIONS);
	is_int(o.head.outcome, NUMBERS_NOT_FOUND, "one that does not exist");
}

/* What happens to the answer of a purchase decides whether it is made again. */
static void
doubts(void)
{
	static const char page[] = "<html><body><h1>Bad Request</h1></body></html>";
	struct http_answer a;
	struct order_answer o;

	is_int(made(whole(201, ""), ORDER_PURCHASE).head.outcome, NUMBERS_UNKNOWN,
	    "201 without an ID: it may have been ordered");
	is_int(made(whole(200, "<OrderResponse/>"), ORDER_PURCHASE).head.outcome, NUMBERS_UNKNOWN,
	    "so may it be with an empty element");
	a = whole(201, "<OrderRes");
	is_int(made(a, ORDER_PURCHASE).head.outcome, NUMBERS_UNKNOWN, "a cut body");
	a.location = "https://x/api/v2/accounts/1/orders/34adcd9f-2c4a";
	o = made(a, ORDER_PURCHASE);
	ok(o.head.outcome == NUMBERS_FINE && strcmp(o.id, "34adcd9f-2c4a") == 0,
	    "but the Location header is enough");
	a.reach = HTTP_BEGUN;
	is_int(made(a, ORDER_PURCHASE).head.outcome, NUMBERS_UNKNOWN,
	    "though not of an answer that broke off");
	is_int(made(whole(500, ""), ORDER_PURCHASE).head.outcome, NUMBERS_UNKNOWN, "a 500");
	is_int(made(whole(400, page), ORDER_PURCHASE).head.outcome, NUMBERS_UNKNOWN,
	    "a 400 in HTML is not Bandwidth's");
	is_int(made(whole(404, page), ORDER_PURCHASE).head.outcome, NUMBERS_UNKNOWN, "nor a 404");
	is_int(made(whole(400, ""), ORDER_PURCHASE).head.outcome, NUMBERS_REFUSED, "an empty 400");
	is_int(made(whole(429, ""), ORDER_PURCHASE).head.outcome, NUMBERS_BUSY, "429");
	o = made(whole(200, "<OrderResponse><ErrorList><Error><Code>5020</Code><Description>No "
			    "default</Description></Error></ErrorList></OrderResponse>"),
	    ORDER_PURCHASE);
	ok(o.head.outcome == NUMBERS_REFUSED && o.head.code == NUMBERS_CODE_NO_DEFAULT,
	    "a refusal within a 200");
	o = made(whole(201, "<OrderResponse><ErrorList><Error><Code>5019</Code><Description>Pending"
			    "</Description></Error></ErrorList><Order><id>a-1</id></Order>"
			    "</OrderResponse>"),
	    ORDER_PURCHASE);
	ok(o.head.outcome == NUMBERS_FINE && strcmp(o.id, "a-1") == 0,
	    "an order with an ID exists, whatever errors it has");
}

static struct order_list_answer
listed(struct http_answer a)
{
	struct order_list_answer list;

	order_list_read(&a, arena, &first, &list);
	return list;
}

#define LIST(more)                                                                        \
	"<ResponseSelectWrapper><ListOrderIdUserIdDate><TotalCount>1</TotalCount><Links>" \
	"<first><!-- Link --></first><next><!-- Link --></next></Links>" more             \
	"</ListOrderIdUserIdDate></ResponseSelectWrapper>"

static void
lists(void)
{
	struct order_list_answer list;

	list = listed(whole(200,
	    LIST("<OrderIdUserIdDate><CountOfTNs>1</CountOfTNs><OrderDate>2013-12-20T06</OrderDate>"
		 "<orderId>c5d8d076-345c-45d7-87b3-803a35cca89b</orderId>"
		 "<OrderStatus>COMPLETE</OrderStatus></OrderIdUserIdDate>")));
	FINE(list.head, "a list of orders");
	ok(list.count == 1 && list.next == NULL, "one is a list of one; comments are no link");
	is_str(list.items[0].id, "c5d8d076-345c-45d7-87b3-803a35cca89b", "its ID");
	ok(list.items[0].own_id == NULL && list.items[0].created == 0,
	    "what is not said is absent");
	is_int(list.items[0].state, ORDER_COMPLETE, "its state");
	list = listed(whole(
	    200, LIST("<OrderIdUserIdDate><CountOfTNs>2</CountOfTNs>"
		      "<OrderDate>2014-01-10T17-34-15.797Z</OrderDate><OrderId>6d7da966</OrderId>"
		      "<CustomerOrderId>job-7</CustomerOrderId><OrderStatus>FAILED</OrderStatus>"
		      "</OrderIdUserIdDate><OrderIdUserIdDate><OrderId>x</OrderId>"
		      "<OrderDate>2026-11-23T21:00:00.5Z</OrderDate></OrderIdUserIdDate>")));
	is_str(list.items[0].own_id, "job-7", "our ID, where the list has it");
	is_int(list.items[0].created, 1389375255797, "dates with dashes");
	is_int(list.items[1].created, 1795467600500, "and with colons");
	ok(list.items[0].count == 2 && list.items[1].count == -1, "the counts");
	list = listed(whole(200,
	    "<TnOptionOrderReportResponse><TnOptionOrders><TotalCount>1</TotalCount>"
	    "<TnOptionOrderSummary><CountOfTNs>2</CountOfTNs><OrderStatus>FAILED</OrderStatus>"
	    "<OrderId>ddbdc72e</OrderId></TnOptionOrderSummary></TnOptionOrders>"
	    "</TnOptionOrderReportResponse>"));
	ok(list.head.outcome == NUMBERS_FINE && list.count == 1 &&
		strcmp(list.items[0].id, "ddbdc72e") == 0,
	    "a list of options");
	list = listed(whole(200, LIST("")));
	ok(list.head.outcome == NUMBERS_FINE && list.count == 0, "there is none");
	list = listed(whole(404, "<Links><first>  Link description  </first></Links>"));
	is_int(list.head.outcome, NUMBERS_NOT_FOUND, "there is none, said by a 404 in XML");
	is_int(listed(whole(404, "")).head.outcome, NUMBERS_UNKNOWN, "an empty 404 proves nothing");
	is_int(listed(whole(404, "<html><body/></html>")).head.outcome, NUMBERS_UNKNOWN,
	    "nor does one in HTML");
	is_int(listed(whole(404, "{\"status\":404,\"error\":\"Not Found\"}")).head.outcome,
	    NUMBERS_UNKNOWN, "nor one of a wrong path");
	is_int(listed(whole(200, "")).head.outcome, NUMBERS_UNKNOWN, "nor an empty 200");
	is_int(
	    listed(whole(200, "<Other/>")).head.outcome, NUMBERS_UNKNOWN, "nor another document");
	list = listed(whole(200, LIST("<OrderIdUserIdDate><OrderStatus>FAILED</OrderStatus>"
				      "</OrderIdUserIdDate>")));
	is_int(list.head.outcome, NUMBERS_UNKNOWN, "nor a list with an order without ID");
}

int
main(void)
{
	arena = arena_new();
	purchases();
	partly();
	states();
	disconnects();
	options();
	doubts();
	lists();
	arena_free(arena);
	return done_testing();
}
