/*
 * applications.c: messaging applications, and which location uses which (applications.h).
 */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "bandwidth/applications.h"
#include "bandwidth/iris.h"
#include "bandwidth/words.h"

#define NAME_MAX 100
#define CREDENTIAL_MAX 100
#define TYPE_MAX 50
#define TYPES_MAX 20

static const char service_type[] = "Messaging-V2";
static const char *callback_types[] = {"message-delivered", "message-failed", "message-sending"};
const struct text_list application_callback_types = {
    callback_types, sizeof(callback_types) / sizeof(callback_types[0])};

bool
application_is_messaging(const struct application *a)
{
	return a->service_type != NULL && strncasecmp(a->service_type, "Messaging", 9) == 0;
}

/* ---- reading --------------------------------------------------------- */

static struct text_list
read_types(const struct xml *list, struct arena *arena)
{
	struct text_list out = {NULL, 0};
	const struct xml *e = xml_child(list, "CallbackType");

	for (; e != NULL && out.count < TYPES_MAX; e = xml_next(e, "CallbackType"))
		if (*e->text != '\0')
			out = text_list_add(arena, out, words_clean(arena, e->text, TYPE_MAX));
	return out;
}

/* Addresses and users as the current fields have them; where there are none of these, the one
 * older field of each stands for both directions. */
static void
read_callbacks(const struct xml *e, struct arena *arena, struct application *out)
{
	out->inbound_url = iris_text(e, "InboundCallbackUrl", arena, IRIS_ADDRESS_MAX);
	out->outbound_url = iris_text(e, "OutboundCallbackUrl", arena, IRIS_ADDRESS_MAX);
	if (out->inbound_url == NULL && out->outbound_url == NULL)
		out->inbound_url = out->outbound_url =
		    iris_text(e, "MsgCallbackUrl", arena, IRIS_ADDRESS_MAX);
	out->inbound_user =
	    iris_text(xml_child(e, "InboundCallbackCreds"), "UserId", arena, CREDENTIAL_MAX);
	out->outbound_user =
	    iris_text(xml_child(e, "OutboundCallbackCreds"), "UserId", arena, CREDENTIAL_MAX);
	if (out->inbound_user == NULL && out->outbound_user == NULL) {
		const struct xml *old = xml_child(e, "MsgCallbackCreds");

		out->inbound_user = out->outbound_user =
		    iris_text(old != NULL ? old : xml_child(e, "CallbackCreds"), "UserId", arena,
			CREDENTIAL_MAX);
	}
}

static bool
read_application(const struct xml *e, struct arena *arena, struct application *out)
{
	out->id = iris_id(e, "ApplicationId", arena);
	out->service_type = iris_text(e, "ServiceType", arena, TYPE_MAX);
	out->name = iris_text(e, "AppName", arena, IRIS_TEXT_MAX);
	read_callbacks(e, arena, out);
	out->callback_types = read_types(xml_child(e, "RequestedCallbackTypes"), arena);
	return out->id != NULL;
}

void
applications_read(
    const struct http_answer *answer, struct arena *arena, struct applications_answer *out)
{
	struct iris_document document;
	const struct xml *list, *e;
	struct application *items;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	list =
	    iris_list(&out->head, &document, "ApplicationProvisioningResponse", "ApplicationList");
	items = arena_alloc(arena, (iris_count(list, "Application") + 1) * sizeof(*items));
	for (e = xml_child(list, "Application"); e != NULL; e = xml_next(e, "Application"))
		if (!read_application(e, arena, &items[out->count++]))
			iris_unreadable(&out->head, "An application in the list has no ID");
	out->items = items;
	iris_done(&document);
}

void
application_read(
    const struct http_answer *answer, struct arena *arena, struct application_answer *out)
{
	struct iris_document document;
	bool there;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	there = read_application(xml_find(document.xml, "Application"), arena, &out->application);
	if (answer->status == 201 && !there) {
		out->application.id = iris_location_id(answer, arena);
		there = out->application.id != NULL;
	}
	if (iris_success(&out->head, &document) && there)
		iris_accept(&out->head, &document);
	else if (out->head.outcome == NUMBERS_FINE &&
		 (answer->status == 201 || document.body != IRIS_BODY_NONE))
		iris_unreadable(&out->head, "Bandwidth's answer names no application");
	iris_done(&document);
}

/* ---- asking ---------------------------------------------------------- */

void
applications_request(
    struct http_request *r, struct arena *arena, const struct numbers_account *account)
{
	iris_get_list(r, IRIS_URL(arena, account, "applications"));
}

void
application_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *application_id)
{
	iris_get(r, IRIS_URL(arena, account, "applications", application_id));
}

static void
put_credentials(struct xml_writer *w, const char *name, const char *user, const char *password)
{
	if (user == NULL && password == NULL)
		return;
	xml_open(w, name);
	xml_put(w, "UserId", user, CREDENTIAL_MAX);
	xml_put(w, "Password", password, CREDENTIAL_MAX);
	xml_close(w);
}

static struct xml_writer *
write_application(const struct application *a)
{
	struct xml_writer *w = xml_writer_new();
	size_t i;

	xml_open(w, "Application");
	xml_put(w, "ServiceType", service_type, TYPE_MAX);
	xml_put(w, "AppName", a->name, NAME_MAX);
	xml_put(w, "InboundCallbackUrl", a->inbound_url, IRIS_ADDRESS_MAX);
	xml_put(w, "OutboundCallbackUrl", a->outbound_url, IRIS_ADDRESS_MAX);
	put_credentials(w, "InboundCallbackCreds", a->inbound_user, a->inbound_password);
	put_credentials(w, "OutboundCallbackCreds", a->outbound_user, a->outbound_password);
	if (a->callback_types.count > 0) {
		xml_open(w, "RequestedCallbackTypes");
		for (i = 0; i < a->callback_types.count; i++)
			xml_put(w, "CallbackType", a->callback_types.items[i], TYPE_MAX);
		xml_close(w);
	}
	xml_close(w);
	return w;
}

void
application_create_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const struct application *a)
{
	iris_send(
	    r, arena, HTTP_POST, IRIS_URL(arena, account, "applications"), write_application(a));
}

void
application_change_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *application_id, const struct application *a)
{
	iris_send(r, arena, HTTP_PATCH, IRIS_URL(arena, account, "applications", application_id),
	    write_application(a));
}

void
application_replace_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *application_id, const struct application *a)
{
	iris_send(r, arena, HTTP_PUT, IRIS_URL(arena, account, "applications", application_id),
	    write_application(a));
}

/* ---- which location uses which --------------------------------------- */

static const char *
assignment_url(struct arena *arena, const struct numbers_account *account, const char *site_id,
    const char *peer_id)
{
	return IRIS_URL(arena, account, "sites", site_id, "sippeers", peer_id, "products",
	    "messaging", "applicationSettings");
}

void
assignment_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *site_id, const char *peer_id)
{
	iris_get(r, assignment_url(arena, account, site_id, peer_id));
}

void
assignment_set_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *site_id, const char *peer_id,
    const char *application_id)
{
	struct xml_writer *w = xml_writer_new();

	if (application_id == NULL) {
		xml_put(w, "ApplicationsSettings", "REMOVE", TYPE_MAX);
	} else {
		xml_open(w, "ApplicationsSettings");
		xml_put(w, "HttpMessagingV2AppId", application_id, CREDENTIAL_MAX);
		xml_close(w);
	}
	iris_send(r, arena, HTTP_PUT, assignment_url(arena, account, site_id, peer_id), w);
}

void
assignment_read(
    const struct http_answer *answer, struct arena *arena, struct assignment_answer *out)
{
	struct iris_document document;
	const struct xml *e;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	e = xml_find(document.xml, "ApplicationsSettings");
	out->application_id = iris_id(e, "HttpMessagingV2AppId", arena);
	if (out->head.outcome == NUMBERS_FINE && document.body != IRIS_BODY_NONE &&
	    (!xml_is(document.xml, "ApplicationsSettingsResponse") ||
		(out->application_id == NULL && xml_text(e, "HttpMessagingV2AppId") != NULL)))
		iris_unreadable(&out->head, "Bandwidth's answer has no application settings");
	iris_done(&document);
}

void
assigned_peers_request(struct http_request *r, struct arena *arena,
    const struct numbers_account *account, const char *application_id)
{
	iris_get_list(
	    r, IRIS_URL(arena, account, "applications", application_id, "associatedsippeers"));
}

static bool
read_assigned(const struct xml *e, struct arena *arena, struct assigned_peer *out)
{
	out->site_id = iris_id(e, "SiteId", arena);
	out->site_name = iris_text(e, "SiteName", arena, IRIS_TEXT_MAX);
	out->peer_id = iris_id(e, "PeerId", arena);
	out->peer_name = iris_text(e, "PeerName", arena, IRIS_TEXT_MAX);
	return out->peer_id != NULL;
}

void
assigned_peers_read(
    const struct http_answer *answer, struct arena *arena, struct assigned_peers_answer *out)
{
	static const char name[] = "AssociatedSipPeer";
	struct iris_document document;
	const struct xml *list, *e;
	struct assigned_peer *items;

	memset(out, 0, sizeof(*out));
	iris_open(answer, arena, &out->head, &document);
	list = iris_list(&out->head, &document, "AssociatedSipPeersResponse", "AssociatedSipPeers");
	items = arena_alloc(arena, (iris_count(list, name) + 1) * sizeof(*items));
	for (e = xml_child(list, name); e != NULL; e = xml_next(e, name))
		if (!read_assigned(e, arena, &items[out->count++]))
			iris_unreadable(&out->head, "A location in the list has no ID");
	out->items = items;
	iris_done(&document);
}
