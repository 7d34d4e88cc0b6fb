/*
 * applications.h: messaging applications (callback addresses) and which location uses which, in
 * the Numbers API (numbers.h).
 *
 * A location without an application loses texts silently: Bandwidth answers 202 and delivers
 * nothing.  Sometimes the link is seen only from the location's side: ask both.
 */
#ifndef SPOKE_APPLICATIONS_H
#define SPOKE_APPLICATIONS_H

#include "bandwidth/numbers.h"
#include "org/record.h"

struct http_request;

/* Of what is written, a NULL or empty member is left out. */
struct application {
	const char *id;		  /* not written */
	const char *service_type; /* read only: "Messaging-V2", "Voice-V2"; sent is Messaging-V2 */
	const char *name;
	const char *inbound_url, *outbound_url; /* texts that come in; receipts */
	const char *inbound_user, *outbound_user;
	const char *inbound_password, *outbound_password; /* written only: never echoed */
	struct text_list callback_types; /* receipts asked for: "message-delivered", … */
};
bool application_is_messaging(const struct application *);
/* The receipts this program asks for: delivered, failed, sending. */
extern const struct text_list application_callback_types;

struct applications_answer {
	struct numbers_head head;
	const struct application *items;
	size_t count;
};
/* GET /applications: of every kind. */
void applications_request(struct http_request *, struct arena *, const struct numbers_account *);
void applications_read(const struct http_answer *, struct arena *, struct applications_answer *);

/* GET /applications/{id}. */
void application_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *application_id);
/* POST /applications; not idempotent: look before. */
void application_create_request(struct http_request *, struct arena *,
    const struct numbers_account *, const struct application *);
/* PATCH /applications/{id}: what is given is changed, the rest stays. */
void application_change_request(struct http_request *, struct arena *,
    const struct numbers_account *, const char *application_id, const struct application *);
/* PUT /applications/{id}: replaces everything; credentials left out are lost. */
void application_replace_request(struct http_request *, struct arena *,
    const struct numbers_account *, const char *application_id, const struct application *);

struct application_answer {
	struct numbers_head head;
	struct application application; /* FINE: with an ID, from the Location header if need be */
};
/*
 * Answer of these four.  After PATCH or PUT an empty body is FINE too; the application then has
 * no ID.
 */
void application_read(const struct http_answer *, struct arena *, struct application_answer *);

/* ---- which location uses which --------------------------------------- */

/* GET …/sippeers/{id}/products/messaging/applicationSettings. */
void assignment_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *site_id, const char *peer_id);
/* PUT the same: the location's one messaging application from now on; NULL: none. */
void assignment_set_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *site_id, const char *peer_id, const char *application_id);
struct assignment_answer {
	struct numbers_head head;
	const char *application_id; /* NULL: the location has none; after PUT: not said */
};
/* Answer of both. */
void assignment_read(const struct http_answer *, struct arena *, struct assignment_answer *);

struct assigned_peer {
	const char *site_id, *site_name, *peer_id, *peer_name;
};
struct assigned_peers_answer {
	struct numbers_head head;
	const struct assigned_peer *items;
	size_t count;
};
/* GET /applications/{id}/associatedsippeers. */
void assigned_peers_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *application_id);
void assigned_peers_read(
    const struct http_answer *, struct arena *, struct assigned_peers_answer *);

#endif
