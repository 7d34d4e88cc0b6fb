/*
 * search.c: numbers that can be ordered.  What is found is not reserved.
 *
 * Neighbouring areas are included unless LCA=false.  Nothing found: the
 * setting nothing_found picks one of the three ways that are documented.
 */
#include "numbers/handlers.h"

#include <stdlib.h>

#include "numbers/criteria.h"
#include "numbers/stock.h"

static void
read_criteria(struct request *r, struct criteria *c)
{
	struct call *q = r->call;
	char *lca = request_parameter(q, "LCA");
	char *ends = request_parameter(q, "endsIn");

	c->area_code = request_parameter(q, "areaCode");
	c->npanxx = request_parameter(q, "npaNxx");
	c->npanxxx = request_parameter(q, "npaNxxx");
	c->rate_center = request_parameter(q, "rateCenter");
	c->state = request_parameter(q, "state");
	c->city = request_parameter(q, "city");
	c->zip = request_parameter(q, "zip");
	c->lata = request_parameter(q, "lata");
	c->pattern = request_parameter(q, "tollFreeWildCardPattern");
	c->vanity = request_parameter(q, "tollFreeVanity");
	c->local_vanity = request_parameter(q, "localVanity");
	c->near = !same(lca, "false");
	c->ends_in = same(ends, "true");
	free(lca);
	free(ends);
}

static void
write_detail(struct request *r, struct buf *b, const struct number *n)
{
	xml_open(b, "TelephoneNumberDetail");
	xml_leaf(b, "CountryCodeA3", "USA");
	xml_leaf(b, "PhoneNumberType", stock_toll_free(n->tn) ? "TOLL_FREE" :
	    "GEOGRAPHIC");
	xml_leaf(b, "City", n->city);
	xml_leaf(b, "LATA", n->lata);
	xml_leaf(b, "RateCenter", n->rate_center);
	xml_leaf(b, "State", n->state);
	xml_leaf(b, "FullNumber", stock_written(r->sim, n->tn));
	xml_int(b, "Tier", 0);
	xml_int(b, "VendorId", 49);
	xml_leaf(b, "VendorName", "Bandwidth CLEC");
	xml_close(b, "TelephoneNumberDetail");
}

static void
answer_nothing(struct request *r, const char *list)
{
	struct buf b = { 0 };
	int how = (int)r->sim->set.nothing_found;

	if (how == 2) {
		request_empty(r, 200);
		return;
	}
	xml_head(&b);
	xml_open(&b, "SearchResult");
	xml_int(&b, "ResultCount", 0);
	if (how == 0)
		buf_fmt(&b, "<%s/>", list);
	xml_close(&b, "SearchResult");
	request_answer(r, 200, &b);
}

static void
answer(struct request *r, struct number **found, long n, bool details)
{
	const char *list = details ? "TelephoneNumberDetailList" :
	    "TelephoneNumberList";
	struct buf b = { 0 };
	long i;

	if (n == 0) {
		answer_nothing(r, list);
		return;
	}
	xml_head(&b);
	xml_open(&b, "SearchResult");
	xml_int(&b, "ResultCount", n);
	xml_open(&b, list);
	for (i = 0; i < n; i++)
		if (details)
			write_detail(r, &b, found[i]);
		else
			xml_leaf(&b, "TelephoneNumber",
			    stock_written(r->sim, found[i]->tn));
	xml_close(&b, list);
	xml_close(&b, "SearchResult");
	request_answer(r, 200, &b);
}

static bool
good_order(const char *s)
{
	return s == NULL || same(s, "fullNumber") || same(s, "npaNxxx") ||
	    same(s, "npaNxx") || same(s, "areaCode");
}

void
search_numbers(struct request *r)
{
	char *quantity = request_parameter(r->call, "quantity");
	char *detail = request_parameter(r->call, "enableTNDetail");
	char *order = request_parameter(r->call, "orderBy");
	struct criteria c = { 0 };
	struct stock_query q = { .for_sale = &c };
	struct number **found;
	long long most = 5000;
	long n;
	int wrong;

	read_criteria(r, &c);
	wrong = criteria_check(&c);
	if (wrong == 0 && quantity != NULL &&
	    parse_ll(quantity, 1, 5000, &most) != 0)
		wrong = 4010;
	if (wrong == 0 && !good_order(order))
		wrong = 4020;
	if (wrong != 0) {
		request_fail(r, wrong, NULL);
	} else {
		found = stock_find(r->sim, &q, &n);
		answer(r, found, n < most ? n : (long)most,
		    same(detail, "true"));
		free(found);
	}
	criteria_free(&c);
	free(quantity);
	free(detail);
	free(order);
}
