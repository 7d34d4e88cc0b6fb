/*
 * vetting.c: what registries think of a number: 10DLC and toll-free.
 *
 * JSON, beside the XML.  A number has a campaign or a verification by
 * /_sim/config or by a TN option order.
 */
#include "numbers/handlers.h"

#include <stdlib.h>

#include "json.h"
#include "numbers/stock.h"

static void
not_found(struct request *r)
{
	answer_error(r->call->res, 404, "Not Found",
	    "Cannot find the requested resource.");
}

static const struct number *
own(struct request *r)
{
	const struct number *n = world_number(r->sim, r->arg[0]);

	return n != NULL && same(n->account, r->account) ? n : NULL;
}

static json_object *
campaign_of(const struct number *n)
{
	json_object *one = json_object_new_object();

	put_text(one, "phoneNumber", n->tn);
	put_text(one, "campaignId", n->campaign);
	put_text(one, "brandId", "BSIM001");
	put_text(one, "status", n->verification == NULL ? "SUCCESS" :
	    n->verification);
	return one;
}

static bool
is_registered(const struct number *n)
{
	return n->campaign != NULL && !stock_toll_free(n->tn);
}

static void
answer_data(struct request *r, json_object *list)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "data", list);
	answer_json(r->call->res, 200, o);
}

void
vetting_tendlc(struct request *r)
{
	json_object *list = json_object_new_array();
	const struct number *n = own(r);

	if (n == NULL || !is_registered(n)) {
		json_object_put(list);
		not_found(r);
		return;
	}
	json_object_array_add(list, campaign_of(n));
	answer_data(r, list);
}

/* A whole number of the query, or what stands for it. */
static long
count_of(struct request *r, const char *name, long dflt)
{
	char *s = request_parameter(r->call, name);
	long long n = dflt;

	if (s != NULL)
		parse_ll(s, 0, 1000000, &n);
	free(s);
	return (long)n;
}

void
vetting_tendlc_list(struct request *r)
{
	long limit = count_of(r, "limit", 50), at = 0, n, i;
	long offset = count_of(r, "offset", 0);
	struct stock_query q = { .account = r->account };
	json_object *list = json_object_new_array();
	struct number **all = stock_find(r->sim, &q, &n);

	for (i = 0; i < n; i++)
		if (is_registered(all[i]) && at++ >= offset &&
		    at <= offset + limit)
			json_object_array_add(list, campaign_of(all[i]));
	free(all);
	answer_data(r, list);
}

void
vetting_toll_free(struct request *r)
{
	const struct number *n = own(r);
	json_object *o;

	if (n == NULL || !stock_toll_free(n->tn)) {
		not_found(r);
		return;
	}
	o = json_object_new_object();
	put_text(o, "phoneNumber", n->tn);
	put_text(o, "status", n->verification == NULL ? "UNVERIFIED" :
	    n->verification);
	put_text(o, "internalTicketNumber",
	    "acde070d-8c4c-4f0d-9d8a-162843c10333");
	put_text(o, "declineReasonDescription", NULL);
	put_text(o, "denialStatusCode", NULL);
	put_flag(o, "resubmitAllowed", true);
	put_flag(o, "blocked", false);
	answer_json(r->call->res, 200, o);
}
