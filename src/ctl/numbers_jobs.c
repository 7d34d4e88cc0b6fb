/*
 * numbers_jobs.c: spokectl numbers sync, search, job and jobs: what Bandwidth is asked, and how
 * that goes.  The worker asks; these queue and wait.
 */
#include <stdio.h>
#include <string.h>

#include "base/phone.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "ctl/job.h"
#include "ctl/numbers.h"
#include "store/wake.h"

#define SEARCH_WAIT 60 /* seconds: a search is for looking at */
#define SHOWN 20       /* numbers of a list in a sentence */

/* ---- what is wanted ---------------------------------------------------- */

int
ctl_want(struct ctl *ctl, bool order, struct number_want *w)
{
	struct want_fault fault;
	int i, ways;

	*w = (struct number_want){.area = ctl_option(ctl, "area"),
	    .state = ctl_option(ctl, "state"),
	    .city = ctl_option(ctl, "city"),
	    .zip = ctl_option(ctl, "zip"),
	    .pattern = ctl_option(ctl, "toll-free")};
	for (i = 1; i < ctl->nargs; i++)
		w->numbers = text_list_add(ctl->arena, w->numbers, ctl->args[i]);
	ways = (w->area != NULL) + (w->state != NULL || w->city != NULL) + (w->zip != NULL) +
	       (w->pattern != NULL) + (w->numbers.count > 0);
	if (ways != 1)
		return ctl_fail(EXIT_USAGE,
		    "say one of %s--area CODE, --state ST, --city CITY --state ST, --zip ZIP and "
		    "--toll-free '8**'",
		    order ? "the numbers themselves, " : "");
	w->kind = w->area != NULL      ? WANT_AREA
		  : w->city != NULL    ? WANT_CITY
		  : w->state != NULL   ? WANT_STATE
		  : w->zip != NULL     ? WANT_ZIP
		  : w->pattern != NULL ? WANT_TOLL_FREE
				       : WANT_NUMBERS;
	if (!ctl_number(ctl, "quantity", 1, INVENTORY_FOUND_MAX, order ? 1 : 10, &w->quantity))
		return EXIT_USAGE;
	if (inventory_want_check(&ctl->app, w, order, ctl->arena, &fault) != 0)
		return ctl_fail(EXIT_USAGE, "%s: %s", fault.field, fault.message);
	return 0;
}

/* ---- showing a job ------------------------------------------------------- */

static json *
list_json(const struct text_list *list)
{
	json *array = json_array_new();
	size_t i;

	for (i = 0; i < list->count; i++)
		json_add_text(array, list->items[i]);
	return array;
}

static json *
found_json(const struct inventory_job *d)
{
	json *array = json_array_new(), *one;
	size_t i;

	for (i = 0; i < d->found.count; i++) {
		one = json_object_new();
		json_put_text(one, "number", d->found.items[i]);
		json_put_text(one, "where", i < d->where.count ? d->where.items[i] : NULL);
		json_add(array, one);
	}
	return array;
}

/* The job with what its kind knows. */
static json *
show_json(const struct job *job, const struct inventory_job *d)
{
	json *out = ctl_job_json(job);

	if (strcmp(job->kind, INVENTORY_SEARCH) == 0) {
		json_put(out, "found", found_json(d));
		return out;
	}
	if (strncmp(job->kind, INVENTORY_SYNC, strlen(INVENTORY_SYNC)) == 0) {
		json_put_int(out, "listed", d->listed);
		json_put_int(out, "same", d->same);
		json_put_int(out, "added", d->added);
		json_put_int(out, "ready", d->ready);
		json_put_int(out, "gone", d->gone);
		json_put_int(out, "moved", d->moved);
		json_put_int(out, "others", d->others);
		json_put(out, "changes", list_json(&d->changes));
		return out;
	}
	json_put_text(out, "bandwidth_status", d->status);
	json_put_text(out, "bandwidth_words", d->words);
	json_put_text(out, "bandwidth_order", d->order_id);
	json_put_text(out, "our_id", d->our_id);
	json_put(out, "numbers", list_json(&d->numbers));
	json_put(out, "got", list_json(&d->got));
	json_put(out, "not_got", list_json(&d->not_got));
	json_put_int(out, "contacts_moved", d->contacts_moved);
	json_put_int(out, "contacts_forgotten", d->contacts_forgotten);
	return out;
}

static void
print_list(const char *what, const struct text_list *list)
{
	size_t i;

	for (i = 0; i < list->count && i < SHOWN; i++)
		ctl_print("%s%s", i == 0 ? what : ", ", list->items[i]);
	if (list->count > SHOWN)
		ctl_print(" and %zu more", list->count - SHOWN);
	if (list->count > 0)
		ctl_print("\n");
}

static void
print_detail(const struct job *job, const struct inventory_job *d)
{
	bool release = strcmp(job->kind, INVENTORY_RELEASE) == 0;
	size_t i;

	for (i = 0; i < d->found.count; i++)
		ctl_print(
		    "%s  %s\n", d->found.items[i], i < d->where.count ? d->where.items[i] : "");
	for (i = 0; i < d->changes.count; i++)
		ctl_print("%s\n", d->changes.items[i]);
	if (d->status != NULL)
		ctl_print("Bandwidth says: %s%s%s\n", d->status, d->words != NULL ? ", " : "",
		    d->words != NULL ? d->words : "");
	print_list(release ? "Given back: " : "Came: ", &d->got);
	print_list(release ? "Not given back: " : "Did not come: ", &d->not_got);
	print_list("Belong to another organization here: ", &d->foreign);
}

int
ctl_numbers_job(struct ctl *ctl, uint32_t org, const char *id, int64_t wait)
{
	struct inventory_job detail;
	struct job job;
	enum result r = ctl_job_wait(ctl, id, wait, &job);
	bool failed;

	if (r == OK && (job.org != org || strncmp(job.kind, "numbers-", 8) != 0))
		r = NOT_FOUND;
	if (r != OK)
		return ctl_result(r, "job");
	inventory_read(&job, ctl->arena, &detail);
	failed = strcmp(job.state, "failed") == 0;
	if (ctl->json) {
		ctl_say(ctl, show_json(&job, &detail), "%s", "");
	} else {
		print_detail(&job, &detail);
		if (job_over(&job))
			ctl_print("%s\n", job.result != NULL ? job.result : job.state);
		else
			ctl_print(
			    "Under way: %s. To look again: spokectl numbers job %u %s --wait 60\n",
			    job.step != NULL ? job.step : job.state, org, job.id);
	}
	/* Who waited and did not see the end has not got what they asked for. */
	return failed || (wait > 0 && !job_over(&job)) ? EXIT_FAILED : EXIT_DONE;
}

int
ctl_numbers_asked(struct ctl *ctl, uint32_t org, enum result r,
    const struct inventory_answer *answer, int64_t wait)
{
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "%s", answer->why);
	if (r != OK)
		return ctl_result(r, "organization");
	wake_worker(&ctl->settings, ctl->app.store, org);
	if (answer->again)
		fprintf(stderr, "spokectl: this was asked for before; nothing more is ordered\n");
	return ctl_numbers_job(ctl, org, arena_str(ctl->arena, answer->job), wait);
}

/* ---- commands -------------------------------------------------------------- */

int
cmd_numbers_sync(struct ctl *ctl)
{
	struct inventory_answer answer = {.why = ""};
	int64_t wait;
	uint32_t org;
	enum result r;

	if (!ctl_org(ctl, 0, &org) || !ctl_number(ctl, "wait", 0, 3600, 0, &wait))
		return EXIT_USAGE;
	r = inventory_sync(&ctl->app, org, ctl_who(ctl), "local", &answer);
	return ctl_numbers_asked(ctl, org, r, &answer, wait);
}

int
cmd_numbers_search(struct ctl *ctl)
{
	struct inventory_answer answer = {.why = ""};
	struct number_want want;
	int64_t wait;
	uint32_t org;
	enum result r;
	int code;

	if (!ctl_org(ctl, 0, &org) || !ctl_number(ctl, "wait", 0, 3600, SEARCH_WAIT, &wait))
		return EXIT_USAGE;
	if ((code = ctl_want(ctl, false, &want)) != 0)
		return code;
	r = inventory_search(&ctl->app, org, &want, ctl_who(ctl), "local", &answer);
	return ctl_numbers_asked(ctl, org, r, &answer, wait);
}

int
cmd_numbers_job(struct ctl *ctl)
{
	int64_t wait;
	uint32_t org;

	if (!ctl_org(ctl, 0, &org) || !ctl_number(ctl, "wait", 0, 3600, 0, &wait))
		return EXIT_USAGE;
	return ctl_numbers_job(ctl, org, ctl->args[1], wait);
}

struct list_jobs {
	struct arena *arena;
	uint32_t org;
	const char *before;
	size_t limit;
	struct job *list;
	size_t count;
};

static enum result
list_jobs(struct tx *tx, void *arg)
{
	struct list_jobs *l = arg;

	return inventory_jobs(tx, l->org, l->before, l->limit, l->arena, &l->list, &l->count);
}

static json *
job_row(struct ctl *ctl, const struct job *job)
{
	struct inventory_job d;
	json *row = json_object_new();

	inventory_read(job, ctl->arena, &d);
	json_put_text(row, "id", job->id);
	json_put_text(row, "kind", strcmp(job->kind, INVENTORY_ORDER) == 0 ? "order" : "release");
	json_put_text(row, "state", job->state);
	json_put_text(row, "bandwidth_status", d.status);
	json_put_int(row, "created", job->created);
	json_put_text(row, "by", job->by);
	json_put_text(row, "what", job_over(job) ? job->result : job->step);
	return row;
}

int
cmd_numbers_jobs(struct ctl *ctl)
{
	static const struct ctl_column columns[] = {{"ID", "id", false}, {"KIND", "kind", false},
	    {"STATE", "state", false}, {"BANDWIDTH", "bandwidth_status", false},
	    {"ASKED", "created", true}, {"WHAT", "what", false}};
	struct list_jobs l = {.arena = ctl->arena, .before = ctl_option(ctl, "cursor")};
	int64_t limit;
	json *rows;
	enum result r;
	size_t i;

	if (!ctl_org(ctl, 0, &l.org) || !ctl_number(ctl, "limit", 1, 1000, 50, &limit))
		return EXIT_USAGE;
	if (l.before != NULL && !message_id_valid(l.before))
		return ctl_fail(EXIT_USAGE, "--cursor takes what the page before printed");
	l.limit = (size_t)limit;
	if ((r = store_read(ctl->app.store, list_jobs, &l)) != OK)
		return ctl_result(r, "jobs");
	rows = json_array_new();
	for (i = 0; i < l.count; i++)
		json_add(rows, job_row(ctl, &l.list[i]));
	return ctl_table(ctl, "jobs", rows, l.count == l.limit ? l.list[l.count - 1].id : NULL,
	    columns, 6, "Nothing was ordered or released.");
}
