/*
 * numbers_page.h: what the files of the numbers pages share.
 *
 *	GET  /admin/{org}/numbers	numbers.c: the list, its filters, the sync, the switches
 *	POST /admin/{org}/numbers	numbers_change.c: what its buttons do
 *	     do=ask-release, release	numbers_release.c: asks, with what would follow, and does it
 *	GET, POST /admin/{org}/buy	numbers_buy.c, numbers_order.c: search, choose, order
 *	GET  /admin/{org}/jobs/{item}	job_page.c: how one of these goes
 *
 * All that is asked of Bandwidth is a job: the form is answered with a redirect to its page.
 */
#ifndef SPOKE_NUMBERS_PAGE_H
#define SPOKE_NUMBERS_PAGE_H

#include "handlers/frame.h"
#include "texting/inventory.h"

#define NUMBERS_ON_PAGE 50
#define NUMBERS_STATES 8
#define NUMBERS_RECENT 5 /* orders and releases shown below the list */

struct numbers_page {
	const struct app *app;
	struct request *req;
	struct frame frame;

	/* What is looked at. */
	struct inventory_filter filter;
	const char *looked_for; /* one number, as E.164, or NULL */
	const char *entered;	/* area code or number as entered */
	const char *entered_fault;

	/* What was read. */
	struct own_number *list;
	size_t count;
	const char *next;
	int64_t totals[NUMBERS_STATES]; /* by number_state_at */
	int64_t total;
	struct job sync; /* the newest; id NULL: none */
	struct job *jobs;
	size_t jobs_count;

	/* What a form brought that cannot be done. */
	const char *fault; /* about the whole, for the banner */
	const char *by_hand, *by_hand_fault;
	const char *limit, *limit_fault;
};

/* Reads and shows the list; with a fault set the answer's status is 422. */
void numbers_show(struct numbers_page *, struct response *);

/* numbers_table.c: tabs of states, the field to look for one, the table with its buttons. */
void numbers_filters(const struct numbers_page *, struct buf *);
void numbers_table(const struct numbers_page *, struct buf *);
/* Icon and words of a state. */
void number_state_part(struct buf *, const char *state);

/*
 * The numbers that a form names: those in its field "numbers", separated by blanks, and a
 * ticked box for each whose name is the number itself.  What is no number is left out.
 */
struct text_list numbers_ticked(const struct request *);
/* numbers_release.c: the form with do=ask-release, and the one it shows, do=release. */
void numbers_ask_release(const struct app *, struct request *, struct response *);
void numbers_release(const struct app *, struct request *, struct response *);

/* numbers_buy.c: what the form of a search or an order says is wanted; its own fields only. */
void numbers_read_want(const struct request *, struct number_want *);
/* numbers_order.c: the forms with do=ask and do=order. */
void numbers_ask_order(const struct app *, struct request *, struct response *);
void numbers_order(const struct app *, struct request *, struct response *);

/* To the job's page; the worker is woken. */
void numbers_to_job(const struct app *, const struct request *, struct response *, const char *job);
/* "+19195550100 +19195550101", and " and 3 more" behind the first few, as people read them. */
void numbers_list_part(struct buf *, const struct text_list *, size_t most);

#endif
