/*
 * order_read.c: what became of an order, and the lists of orders (orders.h).
 *
 * Here it is decided whether numbers are bought again: "there is none" is said only when it is
 * Bandwidth that says so.
 */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/clock.h"
#include "bandwidth/iris.h"
#include "bandwidth/order_parts.h"
#include "bandwidth/orders.h"

#define WORD_MAX 40
#define LIST_PAGE 1000

const char *
order_state_name(enum order_state state)
{
	static const char *const names[] = {"received", "processing", "backordered", "complete",
	    "partial", "failed", "in another state"};

	return names[state <= ORDER_OTHER ? state : ORDER_OTHER];
}

bool
order_state_final(enum order_state state)
{
	return state == ORDER_COMPLETE || state == ORDER_PARTIAL || state == ORDER_FAILED;
}

static enum order_state
state_of(const char *word)
{
	static const struct {
		const char *word;
		enum order_state state;
	} words[] = {{"RECEIVED", ORDER_RECEIVED}, {"PROCESSING", ORDER_PROCESSING},
	    {"BACKORDERED", ORDER_BACKORDERED}, {"COMPLETE", ORDER_COMPLETE},
	    {"COMPLETED", ORDER_COMPLETE}, {"PARTIAL", ORDER_PARTIAL}, {"FAILED", ORDER_FAILED}};
	size_t i;

	for (i = 0; word != NULL && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(word, words[i].word) == 0)
			return words[i].state;
	return ORDER_OTHER;
}

void
order_request(struct http_request *r, struct arena *arena, const struct numbers_account *account,
    enum order_kind kind, const char *order_id)
{
	iris_get_list(r, IRIS_URL(arena, account, order_words[kind].path, order_id));
}

/* ---- one order ------------------------------------------------------- */

/* An order's state, wherever it stands. */
static const char *
find_state(const struct xml *root, struct arena *arena)
{
	const char *word = iris_text(root, "OrderStatus", arena, WORD_MAX);

	if (word == NULL)
		word = iris_text(root, "ProcessingStatus", arena, WORD_MAX);
	if (word == NULL)
		word = iris_text(
		    xml_child(root, "TnOptionOrder"), "ProcessingStatus", arena, WORD_MAX);
	return word;
}

/* The numbers of the errors, for kinds of orders that name the failed ones only there. */
static struct text_list
failed_of_errors(const struct numbers_head *head, struct arena *arena)
{
	struct text_list list = {arena_alloc(arena, (head->error_count + 1) * sizeof(char *)), 0};
	size_t i;

	for (i = 0; i < head->error_count; i++)
		if (head->errors[i].number != NULL)
			list.items[list.count++] = head->errors[i].number;
	return list;
}

static void
read_order(
    const struct xml *root, struct arena *arena, enum order_kind kind, struct order_answer *out)
{
	const struct xml *order = xml_find(root, order_words[kind].element);

	out->id = iris_id(order, "id", arena);
	if (out->id == NULL)
		out->id = iris_id(order, "OrderId", arena);
	out->own_id = iris_text(order, "CustomerOrderId", arena, IRIS_TEXT_MAX);
	out->state_word = find_state(root, arena);
	out->state = state_of(out->state_word);
	out->numbers = iris_below(xml_find(root, order_words[kind].done), arena);
	out->failed = iris_below(xml_find(root, "FailedNumbers"), arena);
	if (out->failed.count == 0)
		out->failed = failed_of_errors(&out->head, arena);
	out->completed_count = iris_int(root, "CompletedQuantity");
	out->failed_count = iris_int(root, "FailedQuantity");
	out->summary = iris_text(root, "Summary", arena, IRIS_TEXT_MAX);
}

/* A refusal by a page of some server in between is none. */
static void
doubt(struct numbers_head *head, const struct iris_document *document)
{
	if (document->body == IRIS_BODY_FOREIGN &&
	    (head->outcome == NUMBERS_REFUSED || head->outcome == NUMBERS_NOT_FOUND ||
		head->outcome == NUMBERS_EXISTS))
		head->outcome = NUMBERS_UNKNOWN;
}

void
order_created_read(const struct http_answer *answer, struct arena *arena, enum order_kind kind,
    struct order_answer *out)
{
	struct iris_document document;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	read_order(document.xml, arena, kind, out);
	doubt(&out->head, &document);
	if (out->id == NULL && iris_success(&out->head, &document))
		out->id = iris_location_id(answer, arena);
	if (out->state_word == NULL)
		out->state = ORDER_RECEIVED;
	if (iris_success(&out->head, &document) && out->id != NULL)
		iris_accept(&out->head, &document);
	else if (out->head.outcome == NUMBERS_FINE)
		iris_unreadable(&out->head, "Bandwidth did not say under which ID it was ordered");
	iris_done(&document);
}

void
order_read(const struct http_answer *answer, struct arena *arena, enum order_kind kind,
    struct order_answer *out)
{
	struct iris_document document;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	read_order(document.xml, arena, kind, out);
	doubt(&out->head, &document);
	if (out->state_word != NULL)
		iris_accept(&out->head, &document);
	else if (out->head.outcome == NUMBERS_FINE)
		iris_unreadable(&out->head, "Bandwidth did not say what became of the order");
	iris_done(&document);
}

/* ---- lists ----------------------------------------------------------- */

void
order_list_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, enum order_kind kind, const char *own_id,
    const struct page *page)
{
	const char *url = IRIS_URL(arena, account, order_words[kind].path);

	if (kind != ORDER_DISCONNECT)
		url = iris_query(arena, url, "customerOrderId", own_id);
	iris_get_list(r, page_query(arena, url, page, LIST_PAGE));
}

/* RFC 3339, or with dashes in the time as some of Bandwidth's lists have it; 0 if neither. */
static int64_t
read_time(const struct xml *e, const char *name, struct arena *arena)
{
	const char *text = iris_text(e, name, arena, WORD_MAX);
	int64_t when = 0;
	char *copy, *p;

	if (text == NULL || clock_parse(text, &when) == 0)
		return when;
	copy = arena_str(arena, text);
	p = strchr(copy, 'T');
	while (p != NULL && (p = strchr(p, '-')) != NULL)
		*p = ':';
	return clock_parse(copy, &when) == 0 ? when : 0;
}

static bool
read_item(const struct xml *e, struct arena *arena, struct order_item *out)
{
	out->id = iris_id(e, "OrderId", arena);
	out->own_id = iris_text(e, "CustomerOrderId", arena, IRIS_TEXT_MAX);
	out->state = state_of(iris_text(e, "OrderStatus", arena, WORD_MAX));
	out->created = read_time(e, "OrderDate", arena);
	out->count = iris_int(e, "CountOfTNs");
	return out->id != NULL;
}

void
order_list_read(const struct http_answer *answer, struct arena *arena, const struct page *page,
    struct order_list_answer *out)
{
	const char *root = "ResponseSelectWrapper", *within = "ListOrderIdUserIdDate";
	const char *name = "OrderIdUserIdDate";
	struct iris_document document;
	const struct xml *list, *e;
	struct order_item *items;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	if (out->head.outcome == NUMBERS_NOT_FOUND && document.body != IRIS_BODY_XML)
		out->head.outcome = NUMBERS_UNKNOWN;
	if (xml_is(document.xml, "TnOptionOrderReportResponse")) {
		root = "TnOptionOrderReportResponse";
		within = "TnOptionOrders";
		name = "TnOptionOrderSummary";
	}
	list = iris_list(&out->head, &document, root, within);
	items = arena_alloc(arena, (iris_count(list, name) + 1) * sizeof(*items));
	for (e = xml_child(list, name); e != NULL; e = xml_next(e, name))
		if (!read_item(e, arena, &items[out->count++]))
			iris_unreadable(&out->head, "An order in the list has no ID");
	out->items = items;
	if (out->head.outcome == NUMBERS_FINE &&
	    page_next(document.xml, arena, page, LIST_PAGE, out->count, &out->next) != 0)
		iris_unreadable(&out->head, "The link to the next page could not be read");
	iris_done(&document);
}
