/*
 * provision.c: spokectl provision and repair-application: has the worker set an organization up at
 * Bandwidth (texting/provision.h), and shows how far it is.
 */
#include <string.h>

#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "ctl/job.h"
#include "store/wake.h"
#include "texting/provision.h"

struct last {
	struct ctl *ctl;
	uint32_t org;
	struct provision_question question;
};

/* What the last run asks. */
static enum result
read_question(struct tx *tx, void *arg)
{
	struct last *l = arg;
	struct job job;
	enum result r = jobs_last(tx, l->org, PROVISION_JOB, l->ctl->arena, &job);

	if (r == OK)
		provision_question(&job, l->ctl->arena, &l->question);
	return r == NOT_FOUND ? OK : r;
}

/* How it went; 0 only if it is done. */
static int
report(struct ctl *ctl, const struct job *job)
{
	struct provision_question q;
	bool failed = strcmp(job->state, "failed") == 0;

	provision_question(job, ctl->arena, &q);
	if (ctl->json) {
		ctl_say(ctl, ctl_job_json(job), "%s", "");
	} else if (!job_over(job)) {
		ctl_print("Queued%s%s\n", job->step != NULL ? ": " : ".",
		    job->step != NULL ? job->step : "");
	} else {
		ctl_print("%s: %s\n", failed ? "Not finished" : "Done",
		    job->result != NULL ? job->result : "");
		if (q.what != NULL)
			ctl_print("%s\nTo say yes: spokectl provision %lld --yes %s\n",
			    provision_question_text(&q, ctl->arena), (long long)job->org, q.what);
	}
	return failed ? EXIT_FAILED : EXIT_DONE;
}

/* Waits for a queued job if it was asked for. */
static int
follow(struct ctl *ctl, const char *id)
{
	struct job job;
	int64_t wait;
	enum result r;
	int code;

	if (!ctl_number(ctl, "wait", 0, 3600, 0, &wait))
		return EXIT_USAGE;
	wake_worker(&ctl->settings, ctl->app.store, 0);
	if ((r = ctl_job_wait(ctl, id, wait, &job)) != OK)
		return ctl_result(r, "job");
	code = report(ctl, &job);
	return wait > 0 && !job_over(&job) ? EXIT_FAILED : code;
}

int
cmd_provision(struct ctl *ctl)
{
	const char *yes = ctl_option(ctl, "yes");
	struct last last = {.ctl = ctl};
	char id[PROVISION_JOB_ID];
	enum result r;

	if (!ctl_org(ctl, 0, &last.org))
		return EXIT_USAGE;
	if (yes != NULL) {
		if ((r = store_read(ctl->app.store, read_question, &last)) != OK)
			return ctl_result(r, "organization");
		if (last.question.what == NULL || strcmp(last.question.what, yes) != 0)
			return ctl_fail(EXIT_FAILED, "the last run does not ask about \"%s\"", yes);
	}
	r = provision_ask(
	    &ctl->app, last.org, yes != NULL ? &last.question : NULL, ctl_who(ctl), "local", id);
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "what the last run asked has changed; look again");
	if (r != OK)
		return ctl_result(r, "organization");
	return follow(ctl, id);
}

int
cmd_repair_application(struct ctl *ctl)
{
	char id[PROVISION_JOB_ID];
	uint32_t org;
	enum result r;

	if (!ctl_org(ctl, 0, &org))
		return EXIT_USAGE;
	r = repair_ask(&ctl->app, org, ctl_who(ctl), "local", id);
	return r == OK ? follow(ctl, id) : ctl_result(r, "organization");
}
