/*
 * decide.c: spokectl cancel and decide: what becomes of texts that have not gone out, or of which
 * nobody knows.  The rules stand in texting/outbox.h.
 */
#include <string.h>

#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "ctl/job.h"
#include "store/store.h"
#include "store/wake.h"
#include "texting/held.h"
#include "texting/outbox.h"

int
cmd_cancel(struct ctl *ctl)
{
	const char *why = NULL;
	size_t count = 1, some = 0;
	bool more = false;
	uint32_t org;
	enum result r;
	json *out;

	if (!ctl_org(ctl, 0, &org))
		return EXIT_USAGE;
	if (ctl_flag(ctl, "all") == (ctl->nargs == 2))
		return ctl_fail(EXIT_USAGE, "say which message, or --all");
	if (!ctl_flag(ctl, "all")) {
		r = outbox_cancel(&ctl->app, org, ctl->args[1], ctl_who(ctl), "local", &why);
	} else {
		count = 0;
		do {
			r = outbox_cancel_all(&ctl->app, org, ctl_who(ctl), "local", &some, &more);
			count += some;
		} while (r == OK && more && some > 0);
	}
	if (r == OK)
		r = store_flush(ctl->app.store);
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "%s", why);
	if (r != OK)
		return ctl_result(r, "message");
	out = json_object_new();
	json_put_int(out, "cancelled", (int64_t)count);
	return ctl_say(ctl, out, "Cancelled: %zu.", count);
}

/* ---- one decision about all that are held for a reason -------------------------- */

struct bulk {
	struct ctl *ctl;
	uint32_t org;
	const struct held_kind *kind;
	enum outbox_decision decision;
	struct held_survey survey;
	int64_t wait;
};

static enum result
read_survey(struct tx *tx, void *arg)
{
	struct bulk *b = arg;

	return held_survey(tx, b->org, b->ctl->arena, &b->survey);
}

static const char *
known_reasons(struct ctl *ctl)
{
	const struct held_kind *k;
	const char *list = "";
	size_t i;

	for (i = 0; (k = held_kind_at(i)) != NULL; i++)
		list = arena_fmt(ctl->arena, "%s%s%s", list, i > 0 ? ", " : "", k->why);
	return list;
}

static int
bulk_arguments(struct ctl *ctl, struct bulk *b)
{
	b->ctl = ctl;
	b->kind = held_kind(ctl_option(ctl, "held"));
	if (!ctl_org(ctl, 0, &b->org) || !ctl_number(ctl, "wait", 0, 3600, 0, &b->wait))
		return EXIT_USAGE;
	if (b->kind == NULL)
		return ctl_fail(EXIT_USAGE, "--held takes one of %s", known_reasons(ctl));
	if (ctl->nargs != 2 ||
	    (strcmp(ctl->args[1], "send") != 0 && strcmp(ctl->args[1], "give-up") != 0))
		return ctl_fail(EXIT_USAGE, "with --held say send or give-up, and no message");
	b->decision = strcmp(ctl->args[1], "send") == 0 ? DECIDE_SEND : DECIDE_GIVE_UP;
	if (b->decision == DECIDE_SEND && !b->kind->may_send)
		return ctl_fail(EXIT_USAGE,
		    "texts that are held as \"%s\" are sent one by one: spokectl decide %u ID send",
		    b->kind->why, (unsigned)b->org);
	return 0;
}

/* Is it meant?  0 or a status. */
static int
bulk_confirm(struct bulk *b, const struct held_group *g)
{
	struct arena *a = b->ctl->arena;
	const char *count = held_count(&b->survey, g, a);
	const char *said =
	    b->decision == DECIDE_SEND
		? "Say this only if the old installation was stopped before the copy "
		  "was made: otherwise people get these texts twice."
		: "They are never sent. This can't be undone.";

	return ctl_confirm(b->ctl,
	    arena_fmt(a, "%s held as \"%s\": %s are to be %s. %s", count, b->kind->why,
		b->survey.more ? "all of them" : "these",
		b->decision == DECIDE_SEND ? "sent" : "given up", said),
	    arena_fmt(a, "%s %s", b->decision == DECIDE_SEND ? "send" : "give up",
		b->survey.more ? "all" : count));
}

static json *
bulk_json(const struct bulk *b, const struct job *job, const struct held_work *w)
{
	json *out = job != NULL ? ctl_job_json(job) : json_object_new();

	json_put_text(out, "held", b->kind->why);
	json_put_text(out, "decision", b->ctl->args[1]);
	json_put_int(out, "done", w->done);
	json_put_int(out, "dropped", w->dropped);
	json_put_int(out, "left", w->left);
	return out;
}

static int
bulk_report(struct bulk *b, const char *id)
{
	struct held_work w;
	struct job job;
	enum result r = ctl_job_wait(b->ctl, id, b->wait, &job);

	if (r != OK)
		return ctl_result(r, "job");
	held_work_read(&job, b->ctl->arena, &w);
	if (b->ctl->json)
		ctl_say(b->ctl, bulk_json(b, &job, &w), "%s", "");
	else if (job_over(&job))
		ctl_print("%s\n", job.result != NULL ? job.result : job.state);
	else
		ctl_print("Under way: %s The same call again, with --wait, shows how it goes.\n",
		    job.step != NULL ? job.step : job.state);
	return strcmp(job.state, "failed") == 0 || (b->wait > 0 && !job_over(&job)) ? EXIT_FAILED
										    : EXIT_DONE;
}

struct last {
	uint32_t org;
	bool under_way;
};

static enum result
read_last(struct tx *tx, void *arg)
{
	struct last *l = arg;
	struct job job;
	enum result r = jobs_last(tx, l->org, HELD_JOB, tx_arena(tx), &job);

	l->under_way = r == OK && !job_over(&job);
	return r == NOT_FOUND ? OK : r;
}

static bool
under_way(struct ctl *ctl, uint32_t org)
{
	struct last l = {.org = org};

	return store_read(ctl->app.store, read_last, &l) == OK && l.under_way;
}

static int
decide_all(struct ctl *ctl)
{
	static const struct held_work nothing;
	const struct held_group *g = NULL;
	const char *refusal = NULL;
	char job[MESSAGE_ID];
	struct bulk b;
	enum result r;
	size_t i;
	int code = bulk_arguments(ctl, &b);

	if (code != 0)
		return code;
	if ((r = store_read(ctl->app.store, read_survey, &b)) != OK)
		return ctl_result(r, "organization");
	for (i = 0; g == NULL || g->kind != b.kind; i++)
		g = &b.survey.groups[i];
	/* Among more than were looked at there may be some; a job under way has its end to tell. */
	if (g->count == 0 && !b.survey.more && !under_way(ctl, b.org))
		return ctl_say(
		    ctl, bulk_json(&b, NULL, &nothing), "No text is held as \"%s\".", b.kind->why);
	if ((code = bulk_confirm(&b, g)) != 0)
		return code;
	r = held_ask(&ctl->app, b.org, b.kind->why, b.decision, b.survey.upto, ctl_who(ctl),
	    "local", job, &refusal);
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "%s", refusal);
	if (r != OK)
		return ctl_result(r, "organization");
	wake_worker(&ctl->settings, ctl->app.store, b.org);
	return bulk_report(&b, arena_str(ctl->arena, job));
}

/* ---- one ---------------------------------------------------------------------- */

int
cmd_decide(struct ctl *ctl)
{
	static const char *const words[] = {
	    [DECIDE_SEND] = "send", [DECIDE_WAS_SENT] = "was-sent", [DECIDE_GIVE_UP] = "give-up"};
	const char *why = NULL;
	uint32_t org;
	enum result r;
	int i;

	if (ctl_option(ctl, "held") != NULL)
		return decide_all(ctl);
	if (!ctl_org(ctl, 0, &org))
		return EXIT_USAGE;
	if (ctl->nargs != 3 || ctl_option(ctl, "wait") != NULL || ctl_flag(ctl, "yes"))
		return ctl_fail(EXIT_USAGE,
		    "say which message and what, or --held WHY; --yes and --wait belong to --held");
	for (i = 0; i < 3 && strcmp(ctl->args[2], words[i]) != 0; i++)
		;
	if (i == 3)
		return ctl_fail(EXIT_USAGE, "say send, was-sent or give-up");
	r = outbox_decide(
	    &ctl->app, org, ctl->args[1], (enum outbox_decision)i, ctl_who(ctl), "local", &why);
	if (r == OK)
		r = store_flush(ctl->app.store);
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "%s", why);
	if (r != OK)
		return ctl_result(r, "message");
	ctl->nargs = 2;
	i = cmd_message(ctl);
	/* Behind it: a text whose person is being forgotten goes as soon as it is decided about. */
	wake_worker(&ctl->settings, ctl->app.store, org);
	return i;
}
