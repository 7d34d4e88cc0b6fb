/*
 * estate.h: what an account has set up: sites, locations, orders.
 *
 * The memory of the Numbers API; applications and numbers themselves live in
 * world.h, because messages need them too.  Handlers change it, fulfil.c
 * moves the orders on, ledger.c shows it.  Every function: lock held.
 */
#ifndef SIM_NUMBERS_ESTATE_H
#define SIM_NUMBERS_ESTATE_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

#include "sim.h"
#include "world.h"

/* Parts of an address, in the order in which they are published. */
enum { A_HOUSE, A_SUFFIX, A_STREET, A_STREET_SUFFIX, A_CITY, A_STATE, A_ZIP,
	A_COUNTRY, A_TYPE, ADDRESS_PARTS };
extern const char *const address_names[ADDRESS_PARTS];

struct site {			/* Bandwidth's pages: sub-account */
	struct site *next;
	char *id, *account;
	char *name, *description, *customer;
	bool has_address;
	char *address[ADDRESS_PARTS];
};

struct location {		/* SipPeer */
	struct location *next;
	char *id, *site, *account;
	char *name, *description;
	bool is_default;
	bool sms, mms;
	bool toll_free, short_code, zone[5];
	char *a2p;		/* A2pLongCode, if it was given */
	char *application;	/* applicationSettings; NULL: none */
};

/* What numbers are looked for by: each NULL or to be met. */
struct criteria {
	char *area_code, *npanxx, *npanxxx, *rate_center, *state, *city;
	char *zip, *lata, *pattern, *vanity, *local_vanity;
	bool near;		/* LCA: neighbouring areas too */
	bool ends_in;
};

struct tns {			/* a list of numbers */
	char **at;
	long n;
};

enum order_kind { ORDER_NEW, ORDER_DISCONNECT, ORDER_OPTIONS };

struct tn_order {
	struct tn_order *next;
	enum order_kind kind;
	char *id, *account, *customer_id, *name, *user;
	char *site, *location;
	bool partial, backorder;
	char *type_xml;		/* the OrderType element, or all the groups */
	char *type;		/* its name */
	long quantity;
	struct criteria by;
	struct tns wanted;	/* numbers named in the order */
	json_object *groups;	/* ORDER_OPTIONS: what to set, for which */
	const char *status;	/* RECEIVED PROCESSING COMPLETE ... */
	bool final;
	int64_t created, modified, completed;
	int64_t processing_at, done_at;
	struct tns done, failed;
	json_object *errors;	/* [{code, description, tn}] */
	char *forced;		/* the script's: partial backordered failed */
	long taken;		/* the script's: numbers lost to another */
	double backorder_ms;
};

struct estate {
	struct site *sites;		/* oldest first, as all three */
	struct location *locations;
	struct tn_order *orders;
	json_object *posts;		/* requests that change: "POST sites" */
	json_object *made;		/* things made by the API: "sites" */
	long next_site, next_location;
};

struct site *estate_site(struct sim *, const char *account, const char *id);
struct location *estate_location(struct sim *, const char *account,
    const char *site, const char *id);	/* site may be NULL */
struct location *estate_default(struct sim *, const struct site *);
struct tn_order *estate_order(struct sim *, const char *account,
    enum order_kind, const char *id);

/* New, at the end of its list; id NULL: the next one. */
struct site *estate_add_site(struct sim *, const char *account,
    const char *id, const char *name);
struct location *estate_add_location(struct sim *, const struct site *,
    const char *id, const char *name);

/* An order not yet taken: then kept, or dropped. */
struct tn_order *estate_draft_order(const char *account, enum order_kind);
void estate_keep_order(struct sim *, struct tn_order *);
void estate_drop_order(struct tn_order *);

/* Takes it out; a site with its locations, a location's numbers are loose. */
void estate_remove_site(struct sim *, struct site *);
void estate_remove_location(struct sim *, struct location *);

/* True if some location of the account names the application. */
bool estate_assigned(struct sim *, const char *account, const char *app);

/*
 * Whether a message from the number reaches anybody: its location names the
 * application.  An account that was given as a finished world (no
 * provisioning, no location for the number) goes by application.assigned.
 */
bool estate_reaches(struct sim *, const char *account,
    const struct application *, const struct number *);

/* The application that gets messages to the number, or NULL. */
struct application *estate_receiver(struct sim *, const struct number *);

void estate_count(json_object *counts, const char *key);

/* An id in the form of a GUID, owned. */
char *estate_guid(void);

void tns_add(struct tns *, const char *tn);
void criteria_free(struct criteria *);

struct estate *estate_new(void);
void estate_free(struct sim *);

/* Forgets orders and counts; sites and locations stay. */
void estate_forget(struct sim *);

#endif
