/*
 * inventory.h: an organization's own numbers as people handle them: look at them, search for
 * new ones, order, drain, release, sync with Bandwidth; the same for pages and spokectl.
 *
 * Whatever needs Bandwidth is a job (store/jobs.h) that the worker carries out; these functions
 * check what was asked for, store it, and hand back the job's id.  They are flushed before they
 * return.  The caller wakes the worker.  A job's detail is read with inventory_read.
 *
 * What holds for orders and releases: what is wanted is stored before Bandwidth is asked;
 * Bandwidth's own id is stored the moment it is known; a request whose answer was lost is
 * looked up by our id at Bandwidth and never made again.
 */
#ifndef SPOKE_INVENTORY_H
#define SPOKE_INVENTORY_H

#include "org/message.h"
#include "org/number.h"
#include "store/figures.h"
#include "store/jobs.h"
#include "store/numbers.h"
#include "texting/app.h"

/* Kinds of jobs.  The daily sync is a kind of its own, so that a sync which a person asks for is
 * not taken for one that waits for its time. */
#define INVENTORY_SYNC "numbers-sync"
#define INVENTORY_SYNC_DAILY "numbers-sync-daily"
#define INVENTORY_SEARCH "numbers-search"
#define INVENTORY_ORDER "numbers-order"
#define INVENTORY_RELEASE "numbers-release"

#define INVENTORY_ID MESSAGE_ID	  /* bytes of a job's or a form's id, with the NUL */
#define INVENTORY_FOUND_MAX 200	  /* numbers that a search keeps */
#define INVENTORY_CHANGES_MAX 200 /* changes of a sync that are listed one by one */
#define INVENTORY_RELEASE_MAX 100 /* numbers in one release */

/* ---- looking --------------------------------------------------------- */

struct own_number {
	struct number number;
	struct number_figures figures;
	char area[4]; /* "919", or "" */
};

struct inventory_filter {
	const char *state; /* NULL: all */
	const char *area;  /* NULL: all; three digits */
	const char *after; /* go on behind this number; NULL: from the first */
	size_t limit;
};
/*
 * In the order of numbers.  *next is what to put into `after` for more, NULL at the end.  Work for
 * those that are handed over, whatever the filter.
 */
enum result inventory_list(struct tx *, uint32_t org, const struct inventory_filter *,
    struct arena *, struct own_number **, size_t *count, const char **next);
/* One of them; NOT_FOUND. */
enum result inventory_number(
    struct tx *, uint32_t org, const char *number, struct arena *, struct own_number *);
/* numbers_totals (store/numbers.h) says how many are in each state. */

/* ---- what is wanted -------------------------------------------------- */

enum want_kind {
	WANT_AREA,	/* area: three digits */
	WANT_STATE,	/* state: two letters */
	WANT_CITY,	/* city and state */
	WANT_ZIP,	/* zip: five digits */
	WANT_TOLL_FREE, /* pattern: "8**" (any), "83*", …; "" and NULL are any */
	WANT_NUMBERS	/* numbers: these very ones; an order only */
};
const char *want_name(enum want_kind); /* "area", "state", "city", "zip", "toll-free", "numbers" */
int want_parse(const char *name, enum want_kind *); /* -1: no such word */

struct number_want {
	enum want_kind kind;
	const char *area, *state, *city, *zip, *pattern;
	struct text_list numbers;
	int64_t quantity; /* with WANT_NUMBERS set by the check */
};
struct want_fault {
	const char *field;   /* "area", "state", "city", "zip", "pattern", "numbers", "quantity" */
	const char *message; /* sentence */
};
/*
 * Trims and normalizes in place (arena): states in capitals, numbers as E.164 without
 * repetitions.  order: for an order, which has at most ORDER_NUMBERS_MAX (settings); a search
 * has at most INVENTORY_FOUND_MAX.  -1 with the first fault.
 */
int inventory_want_check(
    const struct app *, struct number_want *, bool order, struct arena *, struct want_fault *);
/* "5 numbers with area code 919", "2 toll-free numbers (8**)", for people. */
const char *inventory_want_words(const struct number_want *, struct arena *);

/* ---- asking for it --------------------------------------------------- */

/* The id of a dialog, made when it is shown; a form that comes twice with it is one order.
 * It holds for a day: an older form is refused, because nobody would know any more. */
void inventory_once(char out[INVENTORY_ID]);

/*
 * All of these: OK with the job's id (where there is a job); REFUSED with a sentence in why;
 * NOT_FOUND: no such organization.  The audit says who.
 */
struct inventory_answer {
	char job[INVENTORY_ID];
	char why[240];
	bool again; /* the same was asked for before: that job, nothing more */
};

/* Compares with Bandwidth; one that waits already is taken. */
enum result inventory_sync(
    const struct app *, uint32_t org, const char *who, const char *from, struct inventory_answer *);

/* What could be ordered now; nothing is reserved, and nothing costs. */
enum result inventory_search(const struct app *, uint32_t org, const struct number_want *,
    const char *who, const char *from, struct inventory_answer *);

struct order_input {
	struct number_want want;
	bool partial;	      /* fewer than asked for are welcome */
	bool backorder;	      /* wait, perhaps for days, for what is not there */
	const char *campaign; /* assign to this 10DLC campaign afterwards, or NULL */
	const char *once;     /* inventory_once of the dialog */
	const char *key;      /* instead of once: a word of the caller's, kept for 7 days */
};
#define INVENTORY_KEY_MAX 200 /* bytes of a key */
/*
 * Costs money.  The same once or key again: OK with the first job's id and again; with another
 * order: REFUSED.
 */
enum result inventory_order(const struct app *, uint32_t org, const struct order_input *,
    const char *who, const char *from, struct inventory_answer *);

/* ---- giving numbers back --------------------------------------------- */

struct release_preview {
	int64_t contacts; /* hold one of these numbers */
	int64_t wrote;	  /* of them wrote on one of the last seven UTC days, today included */
	int64_t out_today;
	int64_t left;	    /* numbers in service that stay */
	bool same_area;	    /* each of these has one with its area code among those that stay */
	const char *refuse; /* why it can't be done (not ours, last number, …), or NULL */
};
/* Constant work for each number. */
enum result inventory_release_preview(struct tx *, uint32_t org, const struct text_list *numbers,
    struct arena *, struct release_preview *);

/* No new contacts for these, or again (on false: back in service). */
enum result inventory_drain(const struct app *, uint32_t org, const struct text_list *numbers,
    bool on, const char *who, const char *from, struct inventory_answer *);

struct release_input {
	struct text_list numbers; /* 1 to INVENTORY_RELEASE_MAX */
	int64_t not_before;	  /* drains until then, wall ms; 0: at once */
	bool last;		  /* also when no number in service stays */
	const char *once;
};
/*
 * Drains now, then (not before not_before): contacts move once to a number with the same area
 * code, or are left to the pipeline; what is under way ends; Bandwidth is asked to disconnect.
 * Contacts move before that, so that no text ever goes out from a number that is being
 * disconnected.
 */
enum result inventory_release(const struct app *, uint32_t org, const struct release_input *,
    const char *who, const char *from, struct inventory_answer *);
/* Takes a release back while it drains: the numbers stay draining. REFUSED once contacts move. */
enum result inventory_release_cancel(const struct app *, uint32_t org, const char *job,
    const char *who, const char *from, struct inventory_answer *);

/* ---- what became of it ----------------------------------------------- */

/*
 * The detail of such a job (members that its kind does not have are NULL, 0, false, empty).
 * While it runs, job.step says what it does; at the end job.state ("done", "failed") and
 * job.result, a sentence.
 */
struct inventory_job {
	const char *phase; /* the engine's own; see the worker's files */

	/* What was wanted: want_name and its values. */
	const char *kind, *area, *state, *city, *zip, *pattern;
	struct text_list numbers; /* ordered ones, or those to release */
	int64_t quantity;
	bool partial, backorder;
	const char *campaign;

	/* Search: found[i] is "+19195550123", where[i] "RALEIGH, NC" or "". */
	struct text_list found, where;

	/* Order and release: ours and Bandwidth's id, Bandwidth's status and words. */
	const char *our_id, *order_id;
	const char *status; /* "RECEIVED", "PROCESSING", "BACKORDERED", "COMPLETE", "PARTIAL", … */
	const char *words;
	int64_t posted; /* when the request began, 0: not yet */
	int64_t looks;	/* for a request whose answer was lost */
	int64_t polls;
	struct text_list got;	  /* numbers that came, or were disconnected */
	struct text_list not_got; /* numbers that did not */
	struct text_list foreign; /* came, but belong to another organization here */
	const char *options_id, *options_status, *options_words; /* the campaign's order */

	/* Sync. */
	int64_t listed; /* at Bandwidth's location */
	int64_t same;	/* known, nothing changed */
	int64_t added;	/* new, or back */
	int64_t ready;	/* put in service since */
	int64_t gone, moved;
	int64_t others; /* belong to another organization of this installation */
	struct text_list
	    changes; /* "new +1919…", "gone +1919…", "moved +1919… …", "other +1919… 3" */

	/* Release. */
	int64_t not_before;
	bool last;
	int64_t contacts_moved;	    /* to a number with the same area code */
	int64_t contacts_forgotten; /* left to the pipeline */

	/* Where it was asked for: later settings do not divert it. */
	const char *account, *site, *peer;
};
extern const struct field inventory_fields[];
/* An empty one when the job has no detail or cannot be read. */
void inventory_read(const struct job *, struct arena *, struct inventory_job *);
/* Writes it into the job (text in the arena); the caller puts the job. */
void inventory_write(struct job *, const struct inventory_job *, struct arena *);

/* Orders and releases of an organization, newest first; before: a job's id, or NULL. */
enum result inventory_jobs(struct tx *, uint32_t org, const char *before, size_t max,
    struct arena *, struct job **, size_t *count);

/* ---- how numbers are picked ------------------------------------------ */

struct picker_settings {
	bool prefer_area;	  /* a number with the contact's area code, if there is one */
	int64_t new_contacts_max; /* for each number and UTC day; 0: no limit */
};
#define PICKER_NEW_MAX 100000
/* REFUSED when a value is out of range. organization.prefer_area, .new_contacts_max show them. */
enum result inventory_picker_save(const struct app *, uint32_t org, const struct picker_settings *,
    const char *who, const char *from);

#endif
