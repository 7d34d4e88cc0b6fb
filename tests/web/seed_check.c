/*
 * seed_check.c: finished checks of two organizations, and a test text (seed_check.h).
 */
#include "seed_check.h"

#include "base/clock.h"
#include "store/messages.h"
#include "store/orgs.h"
#include "texting/setup.h"
#include "texting/trial.h"

static const struct setup_answer yes = {SETUP_YES, NULL};

static void
right(struct setup_facts *f, const struct organization *o, int64_t now)
{
	*f = (struct setup_facts){.version = o->config_version + 1,
	    .token = yes,
	    .cred_kind = "oauth2",
	    .account = yes,
	    .site = yes,
	    .location = yes,
	    .sms = yes,
	    .mms = yes,
	    .application = yes,
	    .assigned = yes,
	    .numbers = yes,
	    .campaign = yes,
	    .tollfree = yes,
	    .site_name = "Durham",
	    .location_name = "Texting",
	    .app_name = "Texting",
	    .in_user = CALLBACK_USER,
	    .out_user = CALLBACK_USER,
	    .in_url = "https://old.example.org/bandwidth/1",
	    .out_url = "https://old.example.org/bandwidth/1",
	    .assigned_app = o->application_id,
	    .clock_asked = now,
	    .disk_asked = true,
	    .disk_free = (int64_t)40 << 30,
	    .disk_sync = 3};
}

static void
wrong(struct setup_facts *f, struct arena *a, const char *hostile)
{
	f->site_name = f->app_name = f->in_url = f->out_user = f->assigned_app = hostile;
	f->mms = (struct setup_answer){SETUP_UNREACHABLE, hostile};
	f->roles = text_list_add(a, f->roles, hostile);
	f->numbers_lost = 7;
	f->numbers_lost_at = text_list_add(a, f->numbers_lost_at, "+19195550300");
	f->local_count = f->local_bad = 9;
	f->local_bad_at = text_list_add(a, f->local_bad_at, hostile);
	f->disk_fault = "No space left on device";
	f->clock_ahead = 3 * CLOCK_HOUR;
}

static enum result
put_check(struct tx *tx, struct arena *a, uint32_t org, const struct setup_facts *f)
{
	struct job job = {.org = org, .kind = SETUP_JOB, .by = "owner@example.org"};
	json *detail = json_object_new();
	enum result r;

	job.due = tx_now(tx) + 30 * CLOCK_DAY;
	r = jobs_add(tx, &job, false);
	job.state = "done";
	job.started = tx_now(tx) - 4 * CLOCK_MINUTE;
	job.finished = tx_now(tx) - 4 * CLOCK_MINUTE;
	setup_facts_write(f, detail);
	job_set_detail(&job, detail, a);
	json_free(detail);
	return r == OK ? jobs_put(tx, &job) : r;
}

/* Whichever text went out last stands for a test text. */
static enum result
put_trial(struct tx *tx, struct arena *a)
{
	const struct message_filter f = {.org = 1, .direction = 'o', .limit = 1};
	struct message *list = NULL;
	const char *next;
	size_t n = 0;
	enum result r = messages_list(tx, &f, a, &list, &n, &next);

	return r == OK && n > 0 ? trial_note(tx, 1, list[0].id) : r;
}

enum result
seed_check(struct tx *tx, struct arena *a, const char *hostile)
{
	struct organization o;
	struct setup_facts f;
	enum result r = orgs_get(tx, 1, false, a, &o);

	if (r == OK) {
		right(&f, &o, tx_now(tx));
		r = put_check(tx, a, 1, &f);
	}
	if (r == OK)
		r = orgs_get(tx, 3, false, a, &o);
	if (r == OK) {
		right(&f, &o, tx_now(tx));
		wrong(&f, a, hostile);
		r = put_check(tx, a, 3, &f);
	}
	return r == OK ? put_trial(tx, a) : r;
}
