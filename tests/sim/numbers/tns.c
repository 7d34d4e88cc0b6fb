/*
 * tns.c: which numbers an account or a location has.
 */
#include "numbers/handlers.h"

#include <stdlib.h>

#include "numbers/pages.h"
#include "numbers/stock.h"

static const char *
id_of(const void *list, long at)
{
	struct number *const *n = list;

	return n[at]->tn;
}

static void
write_one(struct request *r, struct buf *b, const struct number *n, bool all)
{
	xml_open(b, "SipPeerTelephoneNumber");
	xml_leaf(b, "FullNumber", stock_written(r->sim, n->tn));
	if (all) {
		xml_truth(b, "CallingNameDisplay", false);
		xml_open(b, "MessagingSettings");
		xml_truth(b, "SmsEnabled", n->sms);
		xml_leaf(b, "CampaignId", n->campaign);
		xml_close(b, "MessagingSettings");
	}
	xml_close(b, "SipPeerTelephoneNumber");
}

void
tns_of_location(struct request *r)
{
	const struct location *l = request_peer(r);
	struct stock_query q = { .account = r->account };
	char *attributes;
	struct number **list;
	struct buf b = { 0 };
	struct page p;
	long n, i;

	if (l == NULL)
		return;
	q.location = l->id;
	list = stock_find(r->sim, &q, &n);
	if (page_read(r, &p, 5000, 5000, n, id_of, list) == 0) {
		attributes = request_parameter(r->call, "includeAttributes");
		xml_head(&b);
		xml_open(&b, "SipPeerTelephoneNumbersResponse");
		page_links(r, &b, &p, n, id_of, list);
		xml_open(&b, "SipPeerTelephoneNumbers");
		for (i = p.first; i < p.end; i++)
			write_one(r, &b, list[i], !same(attributes, "false"));
		xml_close(&b, "SipPeerTelephoneNumbers");
		xml_close(&b, "SipPeerTelephoneNumbersResponse");
		request_answer(r, 200, &b);
		free(attributes);
	}
	free(list);
}

void
tns_total(struct request *r)
{
	const struct location *l = request_peer(r);
	struct stock_query q = { .account = r->account };
	struct buf b = { 0 };
	long n;

	if (l == NULL)
		return;
	q.location = l->id;
	free(stock_find(r->sim, &q, &n));
	xml_head(&b);
	xml_open(&b, "SipPeerTelephoneNumbersCountResponse");
	xml_open(&b, "SipPeerTelephoneNumbersCount");
	xml_int(&b, "SipPeerTelephoneNumbersCount", n);
	xml_int(&b, "CnamTelephoneNumbersCount", 0);
	xml_close(&b, "SipPeerTelephoneNumbersCount");
	xml_close(&b, "SipPeerTelephoneNumbersCountResponse");
	request_answer(r, 200, &b);
}

static void
write_facts(struct request *r, struct buf *b, const struct number *n)
{
	xml_leaf(b, "City", n->city);
	xml_leaf(b, "Lata", n->lata);
	xml_leaf(b, "State", n->state);
	xml_leaf(b, "FullNumber", stock_written(r->sim, n->tn));
	xml_int(b, "Tier", 0);
	xml_int(b, "VendorId", 49);
	xml_leaf(b, "VendorName", "Bandwidth CLEC");
	xml_leaf(b, "RateCenter", n->rate_center);
	xml_leaf(b, "Status", stock_status(n));
	xml_leaf(b, "AccountId", n->account);
	xml_stamp(b, "LastModified", n->changed);
}

/* As E.164, whichever of the two ways it was asked for in; owned. */
static char *
wanted_number(struct request *r)
{
	char *s = request_parameter(r->call, "fullNumber"), *out;

	if (s == NULL || *s == '+')
		return s;
	out = x_fmt("+%s", *s == ' ' ? s + 1 : s);
	free(s);
	return out;
}

void
tns_of_account(struct request *r)
{
	char *status = request_parameter(r->call, "status");
	char *number = wanted_number(r);
	struct stock_query q = { .account = r->account, .status = status,
	    .number = number };
	struct number **list;
	struct buf b = { 0 };
	struct page p;
	long n, i;

	list = stock_find(r->sim, &q, &n);
	if (page_read(r, &p, 500, 2500, n, id_of, list) == 0) {
		xml_head(&b);
		xml_open(&b, "TelephoneNumbersResponse");
		xml_int(&b, "TelephoneNumberCount", n);
		page_links(r, &b, &p, n, id_of, list);
		xml_open(&b, "TelephoneNumbers");
		for (i = p.first; i < p.end; i++) {
			xml_open(&b, "TelephoneNumber");
			write_facts(r, &b, list[i]);
			xml_close(&b, "TelephoneNumber");
		}
		xml_close(&b, "TelephoneNumbers");
		xml_close(&b, "TelephoneNumbersResponse");
		request_answer(r, 200, &b);
	}
	free(list);
	free(status);
	free(number);
}

/* Site and SipPeer of a number that is on a location. */
static void
write_place(struct request *r, struct buf *b, const struct number *n)
{
	const struct location *l = estate_location(r->sim, n->account, NULL,
	    n->location);
	const struct site *s;

	if (l == NULL)
		return;
	s = estate_site(r->sim, l->account, l->site);
	xml_open(b, "Site");
	xml_leaf(b, "Id", s->id);
	xml_leaf(b, "Name", s->name);
	xml_close(b, "Site");
	xml_open(b, "SipPeer");
	xml_leaf(b, "PeerId", l->id);
	xml_leaf(b, "PeerName", l->name);
	xml_close(b, "SipPeer");
}

void
tns_details(struct request *r)
{
	const struct number *n = world_number(r->sim, r->arg[0]);
	struct buf b = { 0 };

	if (n == NULL || !same(n->account, r->account)) {
		request_refuse(r, 404, "The resource does not exist");
		return;
	}
	xml_head(&b);
	xml_open(&b, "TelephoneNumberResponse");
	xml_open(&b, "TelephoneNumberDetails");
	write_facts(r, &b, n);
	write_place(r, &b, n);
	xml_close(&b, "TelephoneNumberDetails");
	xml_close(&b, "TelephoneNumberResponse");
	request_answer(r, 200, &b);
}

void
tns_in_service(struct request *r)
{
	struct stock_query q = { .account = r->account,
	    .status = "Inservice" };
	struct number **list;
	struct buf b = { 0 };
	struct page p;
	long n, i;

	list = stock_find(r->sim, &q, &n);
	if (n == 0) {
		request_empty(r, 204);
	} else if (page_read(r, &p, 500, 2500, n, id_of, list) == 0) {
		xml_head(&b);
		xml_open(&b, "TNs");
		xml_int(&b, "TotalCount", n);
		page_links(r, &b, &p, n, id_of, list);
		xml_open(&b, "TelephoneNumbers");
		xml_int(&b, "Count", p.end - p.first);
		for (i = p.first; i < p.end; i++)
			xml_leaf(&b, "TelephoneNumber",
			    stock_written(r->sim, list[i]->tn));
		xml_close(&b, "TelephoneNumbers");
		xml_close(&b, "TNs");
		request_answer(r, 200, &b);
	}
	free(list);
}

void
tns_one_in_service(struct request *r)
{
	const struct number *n = world_number(r->sim, r->arg[0]);

	request_empty(r, n != NULL && same(n->account, r->account) &&
	    same(stock_status(n), "Inservice") ? 200 : 404);
}
