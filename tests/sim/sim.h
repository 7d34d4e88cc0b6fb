/*
 * sim.h: the one structure that all floors of the simulator share.
 *
 * Everything in it is guarded by one lock; functions marked "lock held" in
 * the headers want it taken by the caller.  main.c makes it, route.c and
 * callbacks.c work on it, control.c shows and changes it.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Numbers that can be changed while the simulator runs; table in world.c. */
struct settings {
	double receipt_delay_ms;	/* send to delivery receipt */
	double latency_ms;		/* every answer of the API */
	double latency_jitter_ms;
	double list_lag_ms;		/* until GET /messages shows a message */
	double list_limit;		/* GET /messages in 5 minutes, per account */
	double token_seconds;		/* expires_in */
	double ids;			/* 0 both formats in turn, 1 old, 2 UUID */
	double magic;			/* texts and numbers that script outcomes */
	double idle_timeout_ms;		/* keep-alive */
	double callback_connections;	/* in parallel */
	double callback_timeout_ms;
	double retry_base_ms;		/* 1, 2, 4, ... times this */
	double retry_cap_ms;
	double retry_window_ms;		/* then the callback is dropped */
	double retry_factor;		/* multiplies the three above */
	double batch_size;		/* due events of one URL in one array */
	double shuffle_ms;		/* random delay of every event */
	double ledger_max;		/* records of each kind that are kept */
	double order_ms;		/* RECEIVED to the end, PROCESSING half way */
	double inservice_ms;		/* COMPLETE to Inservice */
	double backorder_ms;		/* until a backorder is filled */
	double orders_lag_ms;		/* until GET /orders shows an order */
	double paging;			/* 0 ordinal, 1 opaque, 2 no links */
	double ten_digits;		/* 0 E.164, 1 ten digits, 2 either */
	double nothing_found;		/* 0 empty list, 1 no list, 2 no body */
	double name_max;		/* of a site or location */
	double address_required;	/* of a site */
	double check_campaigns;		/* 4476 and 4795 for the unregistered */
	double clock_skew_s;		/* its clock, in the Date of its answers */
};

struct world;
struct ledger;
struct callbacks;
struct faults;
struct media;
struct server;
struct token;
struct estate;

struct sim {
	pthread_mutex_t lock;
	pthread_cond_t changed;		/* something was recorded */
	struct settings set;
	struct world *world;		/* accounts, applications, numbers */
	struct estate *estate;		/* sites, locations, orders */
	struct ledger *ledger;		/* what was asked and answered */
	struct callbacks *callbacks;	/* what is still to be called back */
	struct faults *faults;		/* the script */
	struct media *media;
	struct token *tokens;		/* issued and not yet forgotten */
	struct server *server;
	int stop_fd;			/* readable once the end is near */
	bool stopping;
	char base_url[80];		/* http://127.0.0.1:PORT */
};

/* Sleeps; returns early, and false, when the simulator is to stop. */
bool sim_sleep(struct sim *, double ms);

#endif
