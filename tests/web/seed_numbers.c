/*
 * seed_numbers.c: numbers in every state, and the jobs about them, for the browser tests.
 *
 * Organization 1 has a page and more of them; 3 has one whose record says hostile things.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "seed_numbers.h"
#include "store/contacts.h"
#include "store/figures.h"
#include "store/jobs.h"
#include "store/rec.h"
#include "store/numbers.h"
#include "texting/inventory.h"

struct sample {
	const char *number, *state, *why;
	int contacts, out, delivered, failed;
};

static const struct sample samples[] = {
    {"+12525550107", NUMBER_IN_SERVICE, NULL, 3, 12, 11, 1},
    {"+19195550100", NUMBER_IN_SERVICE, NULL, 14, 31, 30, 1},
    {"+19195550101", NUMBER_IN_SERVICE, NULL, 0, 0, 0, 0},
    {"+19195550102", NUMBER_DRAINING, NULL, 5, 2, 2, 0},
    {"+19195550103", NUMBER_NOT_READY, NULL, 0, 0, 0, 0},
    {"+19195550104", NUMBER_RELEASING, NULL, 0, 0, 0, 0},
    {"+19195550105", NUMBER_RELEASED, NULL, 0, 0, 0, 0},
    {"+19195550106", NUMBER_MOVED, "Bandwidth lists it at location 678902 now.", 0, 0, 0, 0},
    {"+19195550108", NUMBER_GONE, NULL, 0, 0, 0, 0},
    {"+18335550109", NUMBER_IN_SERVICE, NULL, 2, 4, 1, 3},
};

static enum result
count(struct tx *tx, uint32_t org, const struct sample *s)
{
	enum result r = OK;

	for (int i = 0; r == OK && i < s->out; i++)
		r = figures_count(tx, org, s->number, FIGURE_OUT);
	for (int i = 0; r == OK && i < s->delivered; i++)
		r = figures_count(tx, org, s->number, FIGURE_DELIVERED);
	for (int i = 0; r == OK && i < s->failed; i++)
		r = figures_count(tx, org, s->number, FIGURE_FAILED);
	return r;
}

static enum result
know(struct tx *tx, struct arena *a, uint32_t org, const struct sample *s, int serial)
{
	struct contact c;
	enum result r = OK;

	for (int i = 0; r == OK && i < s->contacts; i++) {
		r = contacts_get(
		    tx, org, arena_fmt(a, "+1919444%02d%02d", serial, i), false, a, &c);
		if (r != OK && r != NOT_FOUND)
			return r;
		c.user_number = s->number;
		c.sticky_since = tx_now(tx);
		c.last_in = i % 3 == 0 ? tx_now(tx) : 0;
		r = contacts_put(tx, &c);
	}
	return r;
}

static enum result
put_number(struct tx *tx, uint32_t org, const char *number, const char *state, const char *why)
{
	const struct number n = {.org = org,
	    .number = number,
	    .state = state,
	    .state_why = why,
	    .added = tx_now(tx) - 30 * CLOCK_DAY,
	    .state_since = tx_now(tx) - 3 * CLOCK_DAY};
	uint32_t owner = 0;
	enum result r = numbers_add(tx, &n, &owner);

	return r == EXISTS ? OK : r;
}

/* A job with its end and what it knows. */
static enum result
put_job(struct tx *tx, struct arena *a, struct job *job, const struct inventory_job *detail)
{
	struct job end = *job;
	struct key k;
	enum result r;

	job->org = 1;
	job->due = tx_now(tx) + 30 * CLOCK_DAY;
	job->by = "owner@example.org";
	r = jobs_add(tx, job, false);
	if (r != OK)
		return r;
	job->state = end.state;
	job->started = tx_now(tx) - 4 * CLOCK_MINUTE;
	job->finished = job_over(job) ? tx_now(tx) - 3 * CLOCK_MINUTE : 0;
	inventory_write(job, detail, a);
	r = jobs_put(tx, job);
	if (r != OK || detail->our_id == NULL)
		return r;
	/* Orders and releases are listed. */
	key_org(&k, 1);
	key_id(&k, job->id);
	return kv_put(tx, T_NUMBER_JOBS, &k, "", 0);
}

static enum result
put_search(struct tx *tx, struct arena *a, const char **id)
{
	struct inventory_job d = {.kind = "area", .area = "919", .quantity = 20};
	struct job job = {.kind = INVENTORY_SEARCH,
	    .state = "done",
	    .result = "Bandwidth has 20 numbers with area code 919."};
	enum result r;

	for (int i = 0; i < 20; i++) {
		d.found = text_list_add(a, d.found, arena_fmt(a, "+1919777%04d", 1200 + i * 37));
		d.where = text_list_add(a, d.where, i % 3 == 0 ? "RALEIGH, NC" : "DURHAM, NC");
	}
	r = put_job(tx, a, &job, &d);
	*id = arena_str(a, job.id);
	return r;
}

static enum result
put_order(struct tx *tx, struct arena *a)
{
	struct inventory_job d = {.kind = "area",
	    .area = "919",
	    .quantity = 3,
	    .backorder = true,
	    .partial = true,
	    .our_id = "spoke-1-0192f0c1a2b3c4d5",
	    .order_id = "f3c2a1b0-1111-4222-8333-0123456789ab",
	    .status = "BACKORDERED",
	    .words = "5520: one or more telephone numbers have been backordered",
	    .posted = tx_now(tx) - 3 * CLOCK_MINUTE};
	struct job job = {.kind = INVENTORY_ORDER,
	    .state = "waiting",
	    .step = "Bandwidth waits for numbers; it is asked again in a while."};

	return put_job(tx, a, &job, &d);
}

static enum result
put_release(struct tx *tx, struct arena *a)
{
	struct inventory_job d = {
	    .not_before = tx_now(tx) + 4 * CLOCK_DAY, .our_id = "spoke-1-0192f0c1a2b3c4d6"};
	struct job job = {
	    .kind = INVENTORY_RELEASE, .state = "waiting", .step = "The numbers drain."};

	d.numbers = text_list_add(a, d.numbers, "+19195550102");
	return put_job(tx, a, &job, &d);
}

static enum result
put_sync(struct tx *tx, struct arena *a)
{
	struct inventory_job d = {.listed = 58, .same = 54, .added = 3, .gone = 1, .moved = 1};
	struct job job = {.kind = INVENTORY_SYNC,
	    .state = "done",
	    .result = "58 numbers at Bandwidth: 3 new, 1 gone, 1 moved."};

	d.changes = text_list_add(a, d.changes, "new +12525550107");
	d.changes = text_list_add(a, d.changes, "gone +19195550108");
	d.changes = text_list_add(a, d.changes, "moved +19195550106 to location 678902");
	return put_job(tx, a, &job, &d);
}

enum result
seed_numbers(struct tx *tx, struct arena *a, const char *hostile, const char **search)
{
	enum result r = OK;

	for (int i = 0; r == OK && i < (int)(sizeof samples / sizeof samples[0]); i++) {
		r = put_number(tx, 1, samples[i].number, samples[i].state, samples[i].why);
		if (r == OK)
			r = count(tx, 1, &samples[i]);
		if (r == OK)
			r = know(tx, a, 1, &samples[i], i);
	}
	for (int i = 0; r == OK && i < 60; i++)
		r = put_number(
		    tx, 1, arena_fmt(a, "+1984555%04d", 1000 + i), NUMBER_IN_SERVICE, NULL);
	if (r == OK)
		r = put_number(tx, 3, "+19195550301", NUMBER_DRAINING, hostile);
	if (r == OK)
		r = put_search(tx, a, search);
	if (r == OK)
		r = put_order(tx, a);
	if (r == OK)
		r = put_release(tx, a);
	return r == OK ? put_sync(tx, a) : r;
}
