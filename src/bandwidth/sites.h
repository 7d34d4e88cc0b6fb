/*
 * sites.h: sub-accounts (sites) and their locations (SIP peers) in the Numbers API (numbers.h).
 */
#ifndef SPOKE_SITES_H
#define SPOKE_SITES_H

#include "bandwidth/numbers.h"

struct http_request;

/* ---- sub-accounts ---------------------------------------------------- */

struct site {
	const char *id, *name, *description;
};
struct sites_answer {
	struct numbers_head head;
	const struct site *items;
	size_t count;
};
/* GET /sites: all of them (Bandwidth has no pages here). */
void sites_request(struct http_request *, struct arena *, const struct numbers_account *);
void sites_read(const struct http_answer *, struct arena *, struct sites_answer *);

struct site_answer {
	struct numbers_head head;
	struct site site;
};
/* GET /sites/{id}. */
void site_request(
    struct http_request *, struct arena *, const struct numbers_account *, const char *site_id);
void site_read(const struct http_answer *, struct arena *, struct site_answer *);

/* A billing address in the United States or Canada; each part may be NULL. */
struct site_address {
	const char *house_number, *street_name, *city, *state_code, *zip, *country;
};
/*
 * POST /sites.  The name goes out as it is (numbers_name makes a good one).  Older accounts
 * want an address (error 1003), newer ones do without: NULL leaves it out.
 */
void site_create_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *name, const char *description, const struct site_address *);

/* ---- locations ------------------------------------------------------- */

struct peer {
	const char *id, *name;
	bool is_default; /* orders without a location go there */
};
struct peers_answer {
	struct numbers_head head;
	const struct peer *items;
	size_t count;
};
/* GET /sites/{id}/sippeers. */
void peers_request(
    struct http_request *, struct arena *, const struct numbers_account *, const char *site_id);
void peers_read(const struct http_answer *, struct arena *, struct peers_answer *);

struct peer_answer {
	struct numbers_head head;
	struct peer peer;
};
/* GET /sites/{id}/sippeers/{id}. */
void peer_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *site_id, const char *peer_id);
void peer_read(const struct http_answer *, struct arena *, struct peer_answer *);

/* POST /sites/{id}/sippeers. */
void peer_create_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *site_id, const char *name, bool is_default);

/* ---- what was made --------------------------------------------------- */

/* Answer of site_create and peer_create: FINE only with the new ID, which for a location stands
 * in the Location header alone. */
struct created_answer {
	struct numbers_head head;
	const char *id;
};
void created_read(const struct http_answer *, struct arena *, struct created_answer *);

#endif
