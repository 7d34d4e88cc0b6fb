/*
 * search.c: numbers that can be bought (stock.h).
 */
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "bandwidth/iris.h"
#include "bandwidth/stock.h"
#include "bandwidth/stock_parts.h"

#define CITY_MAX 100

static bool
area_code_valid(const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0;

	return digits_valid(s, n, 3, 3) && s[0] >= '2';
}

static bool
state_valid(const char *s)
{
	return s != NULL && strlen(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' &&
	       s[1] <= 'Z';
}

static bool
city_valid(const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0;

	return n > 0 && text_valid(s, n, false) && utf8_length(s, n) <= CITY_MAX;
}

/* "8**", "83*", or three digits that begin with 8. */
static bool
pattern_valid(const char *s)
{
	if (s == NULL || strlen(s) != 3 || s[0] != '8')
		return false;
	if (s[1] == '*')
		return s[2] == '*';
	return digits_valid(s + 1, 1, 1, 1) && (s[2] == '*' || digits_valid(s + 2, 1, 1, 1));
}

const char *
search_wrong(const struct number_search *s)
{
	if (s->quantity < 1 || s->quantity > SEARCH_MAX)
		return "The quantity must be a number from 1 to 5,000.";
	switch (s->kind) {
	case SEARCH_AREA_CODE:
		return area_code_valid(s->area_code)
			   ? NULL
			   : "An area code has three digits, such as 919.";
	case SEARCH_STATE:
		return state_valid(s->state)
			   ? NULL
			   : "A state is given by its two capital letters, such as NC.";
	case SEARCH_CITY:
		if (!city_valid(s->city))
			return "The city is missing or too long.";
		return state_valid(s->state)
			   ? NULL
			   : "A city needs its state in two capital letters, such as NC.";
	case SEARCH_ZIP:
		return s->zip != NULL && digits_valid(s->zip, strlen(s->zip), 5, 5)
			   ? NULL
			   : "A ZIP code has five digits.";
	case SEARCH_TOLL_FREE:
		return pattern_valid(s->pattern)
			   ? NULL
			   : "A toll-free pattern is 8** for any, or such as 83* or 833.";
	}
	return "This cannot be searched for.";
}

void
search_request(struct http_request *r, struct arena *arena, const struct numbers_account *account,
    const struct number_search *s)
{
	const char *url = IRIS_URL(arena, account, "availableNumbers");

	switch (s->kind) {
	case SEARCH_AREA_CODE:
		url = iris_query(arena, url, "areaCode", s->area_code);
		break;
	case SEARCH_CITY:
		url = iris_query(arena, url, "city", s->city);
		url = iris_query(arena, url, "state", s->state);
		break;
	case SEARCH_STATE:
		url = iris_query(arena, url, "state", s->state);
		break;
	case SEARCH_ZIP:
		url = iris_query(arena, url, "zip", s->zip);
		break;
	case SEARCH_TOLL_FREE:
		url = iris_query(arena, url, "tollFreeWildCardPattern", s->pattern);
		break;
	}
	url = iris_query(arena, url, "quantity", arena_fmt(arena, "%d", s->quantity));
	url = iris_query(arena, url, "enableTNDetail", "true");
	/* Neighbouring areas are of the telephone plan's, which toll-free numbers have not. */
	if (s->kind != SEARCH_TOLL_FREE)
		url = iris_query(arena, url, "LCA", "false");
	iris_get_list(r, url);
}

void
search_read(const struct http_answer *answer, struct arena *arena, struct numbers_answer *out)
{
	static const char detail[] = "TelephoneNumberDetail", plain[] = "TelephoneNumber";
	struct iris_document document;
	const char *name = detail;
	const struct xml *list, *e;
	struct stock_number *items;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	list = xml_find(document.xml, "TelephoneNumberDetailList");
	if (list == NULL) {
		list = xml_find(document.xml, "TelephoneNumberList");
		name = plain;
	}
	if (out->head.outcome == NUMBERS_FINE && document.body != IRIS_BODY_NONE &&
	    !xml_is(document.xml, "SearchResult"))
		iris_unreadable(&out->head, "Bandwidth's answer is not a list of numbers");
	items = arena_alloc(arena, (iris_count(list, name) + 1) * sizeof(*items));
	for (e = xml_child(list, name); e != NULL; e = xml_next(e, name)) {
		stock_read_number(e, arena, &items[out->count]);
		out->count += items[out->count].number != NULL;
	}
	out->items = items;
	out->total = iris_int(document.xml, "ResultCount");
	if (out->total < 0)
		out->total = (int64_t)out->count;
	iris_done(&document);
}
