/*
 * orders.h: orders in the Numbers API (numbers.h): buying numbers, releasing them
 * ("disconnects"), and setting their options ("tnoptions").
 *
 * Buying costs money and a repeated POST buys again: nothing at Bandwidth makes it idempotent.
 * So each order carries the program's own ID.  When the answer to a POST is NUMBERS_UNKNOWN,
 * list the orders with that ID before anything else.
 */
#ifndef SPOKE_ORDERS_H
#define SPOKE_ORDERS_H

#include "bandwidth/numbers.h"
#include "bandwidth/page.h"
#include "bandwidth/stock.h"
#include "org/record.h"

struct http_request;

enum order_kind { ORDER_PURCHASE, ORDER_DISCONNECT, ORDER_OPTIONS };

#define ORDER_NUMBERS_MAX 5000
#define ORDER_OWN_ID_MAX 40

/* Can it be an order's own ID: 1 to 40 ASCII letters, digits, dashes, blanks? */
bool order_own_id_valid(const char *);

/* ---- making ---------------------------------------------------------- */

struct purchase {
	const char *name;   /* for people at Bandwidth's console; cut at 50 characters */
	const char *own_id; /* ours: CustomerOrderId */
	const char *site_id, *peer_id;
	bool partial;			    /* fewer than asked for will do */
	bool back_order;		    /* Bandwidth may go on looking, for days */
	struct text_list numbers;	    /* these, E.164; or, when empty, */
	const struct number_search *search; /* any that fit */
};
/*
 * POST /orders.  -1, with nothing filled in, when it has more than ORDER_NUMBERS_MAX numbers,
 * neither numbers nor a good search, or an own ID that is not valid.
 */
int purchase_request(
    struct http_request *, struct arena *, const struct numbers_account *, const struct purchase *);

/* POST /disconnects: gives numbers back.  -1 as above, or without numbers. */
int disconnect_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *name, const char *own_id, const struct text_list *numbers);

struct options {
	const char *own_id;
	struct text_list numbers;
	enum { OPTION_SMS_KEEP, OPTION_SMS_ON, OPTION_SMS_OFF } sms;
	const char *campaign_id; /* 10DLC campaign they shall belong to, or NULL */
};
/* POST /tnoptions: sets options of numbers.  -1 as above. */
int options_request(
    struct http_request *, struct arena *, const struct numbers_account *, const struct options *);

/* ---- asking what became of one --------------------------------------- */

/* GET /orders/{id}, /disconnects/{id} or /tnoptions/{id}. */
void order_request(struct http_request *, struct arena *, const struct numbers_account *,
    enum order_kind, const char *order_id);

enum order_state {
	ORDER_RECEIVED,
	ORDER_PROCESSING,
	ORDER_BACKORDERED,
	ORDER_COMPLETE, /* final */
	ORDER_PARTIAL,	/* final */
	ORDER_FAILED,	/* final */
	ORDER_OTHER	/* a word this program does not know: go on asking */
};
const char *order_state_name(enum order_state);
bool order_state_final(enum order_state);

struct order_answer {
	struct numbers_head head; /* also FINE for an order that failed: its errors are here */
	const char *id;		  /* of a new one never NULL when FINE; else NULL when not said */
	const char *own_id;
	enum order_state state;
	const char *state_word; /* Bandwidth's own, or NULL */
	/* E.164: bought, or disconnected; options: those asked for.  When there are fewer than
	 * completed_count, some could not be read. */
	struct text_list numbers;
	struct text_list failed;	       /* E.164: those that Bandwidth names as failed */
	int64_t completed_count, failed_count; /* -1 when not said */
	const char *summary;		       /* "1 number ordered in (919)" */
};
/* Answer to making one: FINE only with its ID; write that down before anything else. */
void order_created_read(
    const struct http_answer *, struct arena *, enum order_kind, struct order_answer *);
/* Answer to asking for one: FINE only with its state. */
void order_read(const struct http_answer *, struct arena *, enum order_kind, struct order_answer *);

/* ---- finding one whose answer was lost ------------------------------- */

/*
 * GET /orders, /disconnects or /tnoptions, the newest 1,000 of one page.  own_id narrows the
 * list, but not that of disconnects: there Bandwidth does not offer it.
 */
void order_list_request(struct http_request *, struct arena *, const struct numbers_account *,
    enum order_kind, const char *own_id, const struct page *);
struct order_item {
	const char *id;
	const char *own_id; /* NULL: the list does not say; order_request does */
	enum order_state state;
	int64_t created; /* wall ms; 0: not said, or not readable */
	int64_t count;	 /* of numbers; -1 when not said */
};
/*
 * NOT_FOUND (in Bandwidth's own XML; any other 404 is UNKNOWN here) and an empty list mean the
 * same: there is none.  An item whose own_id is NULL is ours only when order_request has
 * confirmed it.
 */
struct order_list_answer {
	struct numbers_head head;
	const struct order_item *items;
	size_t count;
	const char *next;
};
void order_list_read(
    const struct http_answer *, struct arena *, const struct page *, struct order_list_answer *);

#endif
