/*
 * forget.c: spokectl forget: a person asks to be forgotten.  The worker does it; this queues and,
 * with --wait, looks on.
 */
#include <string.h>

#include "base/phone.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "ctl/job.h"
#include "store/forgotten.h"
#include "store/wake.h"
#include "texting/forget.h"

static json *
show_json(const struct job *job, const struct forget_job *d)
{
	json *out = ctl_job_json(job), *list = json_array_new();
	size_t i;

	json_put_int(out, "texts", d->texts);
	json_put_int(out, "groups", d->groups);
	json_put_int(out, "events", d->events);
	json_put_int(out, "hidden", d->hidden);
	json_put_int(out, "since", d->since);
	json_put_int(out, "mentions", d->mentions);
	for (i = 0; i < d->mentioned.count; i++)
		json_add_text(list, d->mentioned.items[i]);
	json_put(out, "mentioned", list);
	return out;
}

static void
print_job(const struct job *job, const struct forget_job *d, uint32_t org)
{
	size_t i;

	if (!job_over(job)) {
		ctl_print("Under way: %s. They are not texted any more.\n"
			  "To look again: spokectl forget %u --job %s --wait 60\n",
		    job->step != NULL ? job->step : job->state, org, job->id);
		return;
	}
	ctl_print("%s\n", job->result != NULL ? job->result : job->state);
	for (i = 0; i < d->mentioned.count; i++)
		ctl_print("%s: spokectl message %u %s\n", i == 0 ? "Named by" : "        ", org,
		    d->mentioned.items[i]);
}

/* Waits for it, and says how it stands. */
static int
show(struct ctl *ctl, uint32_t org, const char *id, int64_t wait)
{
	struct forget_job d;
	struct job job;
	enum result r = ctl_job_wait(ctl, id, wait, &job);
	json *detail;

	if (r == OK && (job.org != org || job.kind == NULL || strcmp(job.kind, FORGET_JOB) != 0))
		r = NOT_FOUND;
	if (r != OK)
		return ctl_result(r, "job");
	detail = job_detail(&job);
	forget_read(detail, ctl->arena, &d);
	json_free(detail);
	if (ctl->json)
		ctl_say(ctl, show_json(&job, &d), "%s", "");
	else
		print_job(&job, &d, org);
	return strcmp(job.state, "failed") == 0 || (wait > 0 && !job_over(&job)) ? EXIT_FAILED
										 : EXIT_DONE;
}

struct counting {
	uint32_t org;
	size_t count;
};

static enum result
count_forgotten(struct tx *tx, void *arg)
{
	struct counting *k = arg;

	return forgotten_count(tx, k->org, SIZE_MAX, &k->count);
}

/* How many there are is all that can be told. */
static int
show_count(struct ctl *ctl, uint32_t org)
{
	struct counting k = {.org = org};
	enum result r = store_read(ctl->app.store, count_forgotten, &k);
	json *out;

	if (r != OK)
		return ctl_result(r, "store");
	out = json_object_new();
	json_put_int(out, "forgotten", (int64_t)k.count);
	return ctl_say(ctl, out, "%zu %s asked to be forgotten. Their numbers are not kept.",
	    k.count, k.count == 1 ? "person" : "people");
}

int
cmd_forget(struct ctl *ctl)
{
	const char *id = ctl_option(ctl, "job"), *entered = ctl->args[1], *why;
	struct forget_answer answer;
	char number[PHONE_MAX], shown[PHONE_MAX];
	int64_t wait;
	uint32_t org;
	enum result r;
	int code;

	if (!ctl_org(ctl, 0, &org) || !ctl_number(ctl, "wait", 0, 3600, 0, &wait))
		return EXIT_USAGE;
	if (id != NULL && ctl->nargs == 2)
		return ctl_fail(EXIT_USAGE, "say the number to forget, or --job ID to look again");
	if (id != NULL)
		return show(ctl, org, id, wait);
	if (ctl->nargs == 1)
		return show_count(ctl, org);
	if (!phone_is_short_code(entered) && phone_normalize(entered, number, &why) != 0)
		return ctl_fail(EXIT_USAGE, "%s: %s", entered, why);
	if (phone_is_short_code(entered))
		memcpy(number, entered, strlen(entered) + 1);
	code = ctl_confirm(ctl,
	    arena_fmt(ctl->arena,
		"All texts with %s and what else is known of them here goes for good, and they are "
		"not texted again. Backups made before, and Bandwidth's own records, are not "
		"reached.",
		phone_display(number, shown)),
	    arena_fmt(ctl->arena, "forget %s", number));
	if (code != 0)
		return code;
	r = forget_ask(&ctl->app, org, number, ctl_who(ctl), "local", &answer);
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "%s", answer.why);
	if (r != OK)
		return ctl_result(r, "organization");
	wake_worker(&ctl->settings, ctl->app.store, org);
	return show(ctl, org, arena_str(ctl->arena, answer.job), wait);
}
