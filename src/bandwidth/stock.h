/*
 * stock.h: telephone numbers in the Numbers API (numbers.h): those of a location, those of the
 * account, one in detail, and those that can be bought.
 */
#ifndef SPOKE_STOCK_H
#define SPOKE_STOCK_H

#include "bandwidth/numbers.h"
#include "bandwidth/page.h"

struct http_request;

/* ---- numbers that are there ------------------------------------------ */

struct stock_number {
	const char *number; /* E.164 */
	const char *status; /* "Inservice", "InAccount" (not live yet), "Aging" (released), … */
	const char *city, *state, *rate_center;
	const char *account_id;
	const char *site_id, *site_name, *peer_id, *peer_name; /* of number_read only */
	enum { SMS_NOT_SAID, SMS_ON, SMS_OFF } sms;
};
/*
 * A list of numbers with one that cannot be read is NUMBERS_UNKNOWN as a whole: what is not seen
 * must not look gone.
 */
struct numbers_answer {
	struct numbers_head head;
	const struct stock_number *items;
	size_t count;
	const char *next; /* NULL: this was the last page */
	int64_t total;	  /* of all pages, when the list says so; else -1 */
};

/*
 * GET …/sippeers/{id}/tns: the numbers of a location, 5,000 a page at most.  attributes: also
 * whether SMS is on for each (slower); else only the number.
 */
#define STOCK_PEER_PAGE 5000
void peer_numbers_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *site_id, const char *peer_id, const struct page *, bool attributes);
/*
 * GET /tns?accountId=…: the numbers of the whole account, 2,500 a page at most (else error
 * 1006).  status: one of those above, or NULL for all.  Needs a role: without it 403, empty.
 */
#define STOCK_ACCOUNT_PAGE 2500
void account_numbers_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *status, const struct page *);
/* Answer of both; give it the page that was asked for. */
void numbers_read(
    const struct http_answer *, struct arena *, const struct page *, struct numbers_answer *);

/* GET …/sippeers/{id}/totaltns: how many there are; a list that has fewer is not whole. */
void peer_total_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *site_id, const char *peer_id);
struct total_answer {
	struct numbers_head head;
	int64_t total;
};
void total_read(const struct http_answer *, struct arena *, struct total_answer *);

/* GET /tns/{number}/tndetails: whose it is, where it is, its status; for a number that has left
 * its location. */
void number_request(
    struct http_request *, struct arena *, const struct numbers_account *, const char *number);
struct number_answer {
	struct numbers_head head;
	struct stock_number number;
};
void number_read(const struct http_answer *, struct arena *, struct number_answer *);

/* ---- what can be bought ---------------------------------------------- */

enum search_kind { SEARCH_AREA_CODE, SEARCH_STATE, SEARCH_CITY, SEARCH_ZIP, SEARCH_TOLL_FREE };
/* What is looked for, or ordered (orders.h).  Members of other kinds are not looked at. */
struct number_search {
	enum search_kind kind;
	const char *area_code; /* "919" */
	const char *state;     /* "NC"; of a city too */
	const char *city;
	const char *zip;     /* "27606" */
	const char *pattern; /* toll-free: "8**" any, "83*", "833" */
	int quantity;	     /* 1 to SEARCH_MAX */
};
#define SEARCH_MAX 5000
/* What is wrong with it, as a sentence for a person, or NULL.  Asked before a search or an
 * order, so that it is not Bandwidth's error codes that explain a typing mistake. */
const char *search_wrong(const struct number_search *);

/*
 * GET /availableNumbers, with details, and without the neighbouring areas that Bandwidth adds
 * unless told not to.  What is found is not reserved.
 */
void search_request(struct http_request *, struct arena *, const struct numbers_account *,
    const struct number_search *);
/* Nothing found is FINE with a count of 0.  next is NULL, total Bandwidth's count; what cannot be
 * read is left out. */
void search_read(const struct http_answer *, struct arena *, struct numbers_answer *);

#endif
