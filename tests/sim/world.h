/*
 * world.h: who exists: accounts, applications, numbers, credentials.
 *
 * Set by the command line and by /_sim/config through one function, read by
 * token.c, messages.c and callbacks.c.  Every function: lock held.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

#include "sim.h"

/* Callback types an application asked for. */
enum callback_type {
	CB_SENDING = 1,
	CB_SENT = 2,
	CB_DELIVERED = 4,
	CB_FAILED = 8
};

struct account {
	struct account *next;
	char *id;
	bool messaging;			/* may use the messaging API */
	bool provisioned;		/* goes by its sites and locations */
	bool http_messaging;		/* false: 13609 */
	double rate;			/* segments a second; 0: no limit */
	double capacity;		/* segments; 0: 900 times the rate */
	int64_t busy_until;		/* when the queue will be empty */
	char *carrier;			/* carrierName in events, if set */
	int64_t list_window;		/* start of the 5 minutes */
	int list_count;
};

struct client {				/* an OAuth2 client or an API user */
	struct client *next;
	bool oauth;
	char *name;
	char *secret;
	char *accounts;			/* one to a line, as the roles */
	char *roles;
	bool express;
	bool disabled;
};

struct application {
	struct application *next;
	char *id;
	char *account;
	bool assigned;			/* to a location, if there is none */
	bool challenge;			/* wait for the 401 before credentials */
	char *name;			/* AppName */
	unsigned types;			/* enum callback_type */
	char *url[2];			/* outbound status, inbound messages */
	char *user[2];
	char *password[2];
};

enum tn_status { TN_INSERVICE, TN_INACCOUNT, TN_AGING, TN_AVAILABLE };

struct number {
	struct number *next;
	struct number *chain;		/* in its slot of the table */
	char *tn;
	char *account;			/* NULL: for sale */
	char *application;		/* in a world without locations */
	char *location;			/* or NULL */
	bool enabled;
	bool sms;			/* not switched off for this number */
	enum tn_status status;
	int64_t live_at;		/* InAccount until then; 0: as it is */
	int64_t changed;
	char *campaign;			/* 10DLC */
	char *verification;		/* toll-free: VERIFIED PENDING ... */
	char *city, *state, *rate_center, *lata, *zip;
	char *near;			/* area code it is a neighbour of */
};

struct world {
	struct account *accounts;
	struct client *clients;
	struct application *applications;
	struct number *numbers;
	struct number **table;		/* all numbers, by hash; stock.c */
	size_t slots;
	long count;
};

/*
 * Adds or changes what the object names: accounts, clients, users,
 * applications, sites, locations, numbers (or {"first","count"} ranges),
 * settings.  Returns NULL, or an owned text that says what is wrong (what came before it has
 * been applied).
 */
char *world_apply(struct sim *, json_object *);

/* The same object back. */
json_object *world_show(struct sim *);

struct account *world_account(struct sim *, const char *id);
struct application *world_application(struct sim *, const char *id);
struct number *world_number(struct sim *, const char *tn);
struct client *world_client(struct sim *, bool oauth, const char *name);
bool client_has(const struct client *, const char *account);

/* True for a role of that name among the client's. */
bool client_may(const struct client *, const char *role);

/* The bit of a callback type, 0 if it is unknown; and back, NULL past the end. */
unsigned callback_bit(const char *name);
const char *callback_name(int at, unsigned *bit);

void application_free(struct application *);
struct application *world_add_application(struct sim *, const char *account,
    const char *id);
void world_drop_application(struct sim *, struct application *);

struct world *world_new(void);
void world_free(struct world *);
void settings_default(struct settings *);

#endif
