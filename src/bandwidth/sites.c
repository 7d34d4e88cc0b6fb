/*
 * sites.c: sub-accounts and locations of the Numbers API (sites.h).
 */
#include <string.h>

#include "base/arena.h"
#include "bandwidth/iris.h"
#include "bandwidth/sites.h"

#define NAME_MAX 50
#define DESCRIPTION_MAX 200
#define ADDRESS_PART_MAX 100

/* ---- sub-accounts ---------------------------------------------------- */

void
sites_request(struct http_request *r, struct arena *arena, const struct numbers_account *account)
{
	iris_get_list(r, IRIS_URL(arena, account, "sites"));
}

static bool
read_site(const struct xml *e, struct arena *arena, struct site *out)
{
	out->id = iris_id(e, "Id", arena);
	out->name = iris_text(e, "Name", arena, IRIS_TEXT_MAX);
	out->description = iris_text(e, "Description", arena, IRIS_TEXT_MAX);
	return out->id != NULL;
}

void
sites_read(const struct http_answer *answer, struct arena *arena, struct sites_answer *out)
{
	struct iris_document document;
	const struct xml *list, *e;
	struct site *items;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	list = iris_list(&out->head, &document, "SitesResponse", "Sites");
	items = arena_alloc(arena, (iris_count(list, "Site") + 1) * sizeof(*items));
	for (e = xml_child(list, "Site"); e != NULL; e = xml_next(e, "Site"))
		if (!read_site(e, arena, &items[out->count++]))
			iris_unreadable(&out->head, "A sub-account in the list has no ID");
	out->items = items;
	iris_done(&document);
}

void
site_request(struct http_request *r, struct arena *arena, const struct numbers_account *account,
    const char *site_id)
{
	iris_get(r, IRIS_URL(arena, account, "sites", site_id));
}

void
site_read(const struct http_answer *answer, struct arena *arena, struct site_answer *out)
{
	struct iris_document document;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	if (out->head.outcome == NUMBERS_FINE &&
	    !read_site(xml_find(document.xml, "Site"), arena, &out->site))
		iris_unreadable(&out->head, "Bandwidth's answer is not a sub-account");
	iris_done(&document);
}

static void
put_address(struct xml_writer *w, const struct site_address *address)
{
	xml_open(w, "Address");
	xml_put(w, "HouseNumber", address->house_number, ADDRESS_PART_MAX);
	xml_put(w, "StreetName", address->street_name, ADDRESS_PART_MAX);
	xml_put(w, "City", address->city, ADDRESS_PART_MAX);
	xml_put(w, "StateCode", address->state_code, ADDRESS_PART_MAX);
	xml_put(w, "Zip", address->zip, ADDRESS_PART_MAX);
	xml_put(w, "Country", address->country, ADDRESS_PART_MAX);
	xml_put(w, "AddressType", "Billing", ADDRESS_PART_MAX);
	xml_close(w);
}

void
site_create_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *name, const char *description,
    const struct site_address *address)
{
	struct xml_writer *w = xml_writer_new();

	xml_open(w, "Site");
	xml_put(w, "Name", name, NAME_MAX);
	xml_put(w, "Description", description, DESCRIPTION_MAX);
	if (address != NULL)
		put_address(w, address);
	xml_close(w);
	iris_send(r, arena, HTTP_POST, IRIS_URL(arena, account, "sites"), w);
}

/* ---- locations ------------------------------------------------------- */

void
peers_request(struct http_request *r, struct arena *arena, const struct numbers_account *account,
    const char *site_id)
{
	iris_get_list(r, IRIS_URL(arena, account, "sites", site_id, "sippeers"));
}

static bool
read_peer(const struct xml *e, struct arena *arena, struct peer *out)
{
	out->id = iris_id(e, "PeerId", arena);
	out->name = iris_text(e, "PeerName", arena, IRIS_TEXT_MAX);
	out->is_default = iris_is_true(e, "IsDefaultPeer");
	return out->id != NULL;
}

void
peers_read(const struct http_answer *answer, struct arena *arena, struct peers_answer *out)
{
	struct iris_document document;
	const struct xml *list, *e;
	struct peer *items;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	list = iris_list(&out->head, &document, "TNSipPeersResponse", "SipPeers");
	items = arena_alloc(arena, (iris_count(list, "SipPeer") + 1) * sizeof(*items));
	for (e = xml_child(list, "SipPeer"); e != NULL; e = xml_next(e, "SipPeer"))
		if (!read_peer(e, arena, &items[out->count++]))
			iris_unreadable(&out->head, "A location in the list has no ID");
	out->items = items;
	iris_done(&document);
}

void
peer_request(struct http_request *r, struct arena *arena, const struct numbers_account *account,
    const char *site_id, const char *peer_id)
{
	iris_get(r, IRIS_URL(arena, account, "sites", site_id, "sippeers", peer_id));
}

void
peer_read(const struct http_answer *answer, struct arena *arena, struct peer_answer *out)
{
	struct iris_document document;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	if (out->head.outcome == NUMBERS_FINE &&
	    !read_peer(xml_find(document.xml, "SipPeer"), arena, &out->peer))
		iris_unreadable(&out->head, "Bandwidth's answer is not a location");
	iris_done(&document);
}

void
peer_create_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *site_id, const char *name, bool is_default)
{
	struct xml_writer *w = xml_writer_new();

	xml_open(w, "SipPeer");
	xml_put(w, "PeerName", name, NAME_MAX);
	xml_put_bool(w, "IsDefaultPeer", is_default);
	xml_close(w);
	iris_send(r, arena, HTTP_POST, IRIS_URL(arena, account, "sites", site_id, "sippeers"), w);
}

/* ---- what was made --------------------------------------------------- */

void
created_read(const struct http_answer *answer, struct arena *arena, struct created_answer *out)
{
	struct iris_document document;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	if (iris_success(&out->head, &document)) {
		out->id = iris_id(xml_find(document.xml, "Site"), "Id", arena);
		if (out->id == NULL)
			out->id = iris_id(xml_find(document.xml, "SipPeer"), "PeerId", arena);
		if (out->id == NULL)
			out->id = iris_location_id(answer, arena);
		if (out->id != NULL)
			iris_accept(&out->head, &document);
		else if (out->head.outcome == NUMBERS_FINE)
			iris_unreadable(
			    &out->head, "Bandwidth did not say under which ID it was made");
	}
	iris_done(&document);
}
