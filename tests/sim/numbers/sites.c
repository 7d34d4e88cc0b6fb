/*
 * sites.c: sites, which Bandwidth's pages call sub-accounts.
 *
 * The address is optional, as current accounts have it, unless the setting
 * address_required says otherwise; given, it must be whole.  Two sites may
 * have one name: nothing published forbids it, so a client that asks twice
 * gets two.
 */
#include "numbers/errors.h"
#include "numbers/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

struct site *
request_site(struct request *r)
{
	struct site *s = estate_site(r->sim, r->account, r->arg[0]);

	if (s == NULL)
		request_fail(r, 12016, r->arg[0]);
	return s;
}

static void
write_address(struct buf *b, const struct site *s)
{
	int i;

	if (!s->has_address)
		return;
	xml_open(b, "Address");
	for (i = 0; i < ADDRESS_PARTS; i++)
		xml_leaf(b, address_names[i], s->address[i]);
	xml_close(b, "Address");
}

static void
write_site(struct buf *b, const struct site *s)
{
	xml_head(b);
	xml_open(b, "SiteResponse");
	xml_open(b, "Site");
	xml_leaf(b, "Id", s->id);
	xml_leaf(b, "Name", s->name);
	xml_leaf(b, "Description", s->description);
	xml_leaf(b, "CustomerName", s->customer);
	write_address(b, s);
	xml_close(b, "Site");
	xml_close(b, "SiteResponse");
}

void
sites_list(struct request *r)
{
	const struct site *s = r->sim->estate->sites;
	struct buf b = { 0 };

	xml_head(&b);
	xml_open(&b, "SitesResponse");
	xml_open(&b, "Sites");
	for (; s != NULL; s = s->next) {
		if (!same(s->account, r->account))
			continue;
		xml_open(&b, "Site");
		xml_leaf(&b, "Id", s->id);
		xml_leaf(&b, "Name", s->name);
		xml_leaf(&b, "Description", s->description);
		xml_close(&b, "Site");
	}
	xml_close(&b, "Sites");
	xml_close(&b, "SitesResponse");
	request_answer(r, 200, &b);
}

void
sites_get(struct request *r)
{
	const struct site *s = request_site(r);
	struct buf b = { 0 };

	if (s == NULL)
		return;
	write_site(&b, s);
	request_answer(r, 200, &b);
}

static bool
is_state(const char *s)
{
	static const char states[] = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL "
	    "IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND "
	    "OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY ";
	const char *at = strlen(s) == 2 ? strstr(states, s) : NULL;

	return at != NULL && at[2] == ' ' &&
	    (at == states || at[-1] == ' ');
}

static bool
is_zip(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n == 5 && (s[5] == '\0' || (s[5] == '-' && strlen(s) == 10 &&
	    strspn(s + 6, "0123456789") == 4));
}

/* The published 409: what to write instead, and what was written. */
static void
answer_geocode(struct request *r, const struct site *s)
{
	char *text = error_description(12112, NULL);
	struct buf b = { 0 };

	xml_head(&b);
	xml_open(&b, "SiteResponse");
	xml_open(&b, "ResponseStatus");
	xml_int(&b, "ErrorCode", 12112);
	xml_leaf(&b, "Description", text);
	xml_close(&b, "ResponseStatus");
	xml_open(&b, "AddressErrorDescription");
	xml_leaf(&b, "AddressInconsistencies", "Some adjustments are required "
	    "to allow the address to pass geocoding:\nSpecified value - "
	    "Street Name : \"PENNSYLVANIO\" Valid value - \"PENNSYLVANIA\"");
	xml_open(&b, "RecommendedAddress");
	xml_leaf(&b, "AddressLine1", "1600 PENNSYLVANIA AVE NW");
	xml_leaf(&b, "HouseNumber", s->address[A_HOUSE]);
	xml_leaf(&b, "StreetName", "PENNSYLVANIA");
	xml_leaf(&b, "City", s->address[A_CITY]);
	xml_leaf(&b, "StateCode", s->address[A_STATE]);
	xml_leaf(&b, "Zip", s->address[A_ZIP]);
	xml_leaf(&b, "Country", "US");
	xml_close(&b, "RecommendedAddress");
	xml_close(&b, "AddressErrorDescription");
	xml_open(&b, "Site");
	xml_leaf(&b, "Name", s->name);
	write_address(&b, s);
	xml_close(&b, "Site");
	xml_close(&b, "SiteResponse");
	request_answer(r, 409, &b);
	free(text);
}

/* Checks the address; false after an answer. */
static bool
good_address(struct request *r, const struct site *s)
{
	static const int needed[] = { A_HOUSE, A_STREET, A_CITY, A_STATE,
	    A_ZIP };
	char *const *a = s->address;
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (a[needed[i]] == NULL || a[needed[i]][0] == '\0') {
			request_fail(r, 1003, address_names[needed[i]]);
			return false;
		}
	if (!is_state(a[A_STATE]))
		request_fail(r, 12024, a[A_STATE]);
	else if (!is_zip(a[A_ZIP]) || (a[A_TYPE] != NULL &&
	    !same(a[A_TYPE], "Billing") && !same(a[A_TYPE], "Service")))
		request_fail(r, 12113, NULL);
	else if (same(a[A_STREET], "PENNSYLVANIO"))
		answer_geocode(r, s);
	else
		return true;
	return false;
}

/* Reads the body into the site. */
static void
take(struct site *s, xmlNode *body)
{
	xmlNode *address = xml_at(body, "Address");
	int i;

	s->name = xml_text(body, "Name");
	s->description = xml_text(body, "Description");
	s->customer = xml_text(body, "CustomerName");
	s->has_address = address != NULL;
	for (i = 0; i < ADDRESS_PARTS && address != NULL; i++)
		s->address[i] = xml_text(address, address_names[i]);
	if (address != NULL && s->address[A_TYPE] == NULL)
		s->address[A_TYPE] = x_dup("Service");
}

static bool
good(struct request *r, const struct site *s)
{
	if (s->name == NULL || s->name[0] == '\0')
		request_fail(r, 1003, "Name");
	else if (text_utf16(s->name) > (size_t)r->sim->set.name_max)
		request_refuse(r, 400, "Site name is too long");
	else if (!s->has_address && r->sim->set.address_required > 0)
		request_fail(r, 1003, "Address");
	else
		return !s->has_address || good_address(r, s);
	return false;
}

static void
forget(struct site *s)
{
	int i;

	free(s->name);
	free(s->description);
	free(s->customer);
	for (i = 0; i < ADDRESS_PARTS; i++)
		free(s->address[i]);
}

void
sites_create(struct request *r)
{
	struct site wish = { 0 }, *s, *next;
	struct buf b = { 0 };
	char *id, *account;

	take(&wish, r->body);
	if (!good(r, &wish)) {
		forget(&wish);
		return;
	}
	s = estate_add_site(r->sim, r->account, NULL, NULL);
	next = s->next;
	id = s->id;
	account = s->account;
	*s = wish;
	s->next = next;
	s->id = id;
	s->account = account;
	estate_count(r->sim->estate->made, "sites");
	request_location(r, "sites", s->id);
	write_site(&b, s);
	request_answer(r, 201, &b);
}
