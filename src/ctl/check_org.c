/*
 * check_org.c: has an organization's setup checked by the worker, and prints the steps
 * (check_org.h).
 */
#include "ctl/check_org.h"

#include <string.h>

#include "base/clock.h"
#include "base/phone.h"
#include "ctl/ctl.h"
#include "ctl/job.h"
#include "store/store.h"
#include "store/wake.h"
#include "texting/setup.h"
#include "texting/trial.h"

#define LOOK_EVERY 200 /* ms */

struct org_check {
	struct ctl *ctl;
	const struct check_request *ask;
	const char *job;
	struct setup_view view;

	struct submission text;
	struct submit_fault fault;
	const char *message;
	struct trial trial;
	struct trial_result steps[TRIAL_STEPS];
};

/* ---- the check ------------------------------------------------------------------------- */

static enum result
ask_check(struct tx *tx, void *arg)
{
	struct org_check *c = arg;
	const char *job = NULL;
	enum result r = setup_ask(tx, c->ask->org, ctl_who(c->ctl), &job);

	c->job = arena_str(c->ctl->arena, job);
	return r;
}

static enum result
read_check(struct tx *tx, void *arg)
{
	struct org_check *c = arg;

	return setup_read(&c->ctl->app, tx, c->ask->org, c->ctl->arena, &c->view);
}

static int
run_check(struct org_check *c)
{
	struct ctl *ctl = c->ctl;
	struct job job;
	enum result r = ctl_commit(ctl, ask_check, c);

	if (r == OK) {
		wake_worker(&ctl->settings, ctl->app.store, c->ask->org);
		r = ctl_job_wait(ctl, c->job, c->ask->wait, &job);
	}
	if (r == OK)
		r = store_read(ctl->app.store, read_check, c);
	return r == OK ? 0 : ctl_result(r, "organization");
}

/* ---- the test text ----------------------------------------------------------------------- */

static enum result
queue_text(struct tx *tx, void *arg)
{
	struct org_check *c = arg;
	struct message *list = NULL;
	size_t n = 0;
	enum result r =
	    submit_queue(&c->ctl->app, tx, &c->text, c->ctl->arena, &list, &n, &c->fault);

	if (r == OK)
		r = trial_note(tx, c->ask->org, list[0].id);
	if (r == OK)
		c->message = list[0].id;
	return r;
}

static enum result
read_text(struct tx *tx, void *arg)
{
	struct org_check *c = arg;

	return trial_read(tx, c->ask->org, c->ctl->arena, &c->trial);
}

static void
print_steps(const struct trial_result *before, const struct trial_result *now)
{
	int i;

	for (i = 0; i < TRIAL_STEPS; i++) {
		if (now[i].state == before[i].state || now[i].state == SETUP_UNKNOWN)
			continue;
		ctl_print("  %-10s %s: %s%s%s\n", now[i].name, setup_state_name(now[i].state),
		    now[i].sentence, now[i].action != NULL ? " " : "",
		    now[i].action != NULL ? now[i].action : "");
	}
}

/* Looks until nothing more will happen, the phone has answered, or the time is over. */
static void
follow_text(struct org_check *c)
{
	struct trial_result before[TRIAL_STEPS] = {0};
	int64_t end = clock_mono() + c->ask->wait * CLOCK_SECOND;
	int i;

	for (i = 0; i < TRIAL_STEPS; i++)
		before[i].state = SETUP_UNKNOWN;
	for (;;) {
		if (store_read(c->ctl->app.store, read_text, c) != OK)
			return;
		trial_judge(&c->trial, clock_now(), c->ctl->arena, c->steps);
		if (!c->ctl->json)
			print_steps(before, c->steps);
		memcpy(before, c->steps, sizeof before);
		if (trial_settled(&c->trial, clock_now()) || clock_mono() >= end ||
		    ctl_interrupted())
			return;
		clock_sleep(LOOK_EVERY);
	}
}

static int
send_text(struct org_check *c)
{
	struct ctl *ctl = c->ctl;
	enum result r;

	trial_submission(&c->text, ctl->arena, &c->view.config.org, ctl_who(ctl));
	c->text.to = text_list_add(ctl->arena, c->text.to, c->ask->text);
	if (submit_check(&c->text, ctl->arena, &c->fault) != 0)
		return ctl_fail(EXIT_USAGE, "--text: %s", c->fault.message);
	r = ctl_commit(ctl, queue_text, c);
	if (r == REFUSED)
		return ctl_fail(EXIT_FAILED, "--text: %s", c->fault.message);
	if (r != OK)
		return ctl_result(r, "organization");
	wake_worker(&ctl->settings, ctl->app.store, c->ask->org);
	if (!ctl->json)
		ctl_print("\nTest text to %s:\n", c->text.to.items[0]);
	follow_text(c);
	return 0;
}

/* Delivered; the answer is up to whoever holds the phone. */
static bool
text_went_well(const struct org_check *c)
{
	return c->steps[TRIAL_DELIVERED].state == SETUP_FINE;
}

/* ---- output -------------------------------------------------------------------------------- */

static json *
steps_json(const struct setup_view *v)
{
	json *list = json_array_new(), *item;
	int i;

	for (i = 0; i < SETUP_STEPS; i++) {
		item = json_object_new();
		json_put_text(item, "step", v->steps[i].name);
		json_put_text(item, "title", v->steps[i].title);
		json_put_text(item, "state", setup_state_name(v->steps[i].state));
		json_put_text(item, "sentence", v->steps[i].sentence);
		json_put_text(item, "action", v->steps[i].action);
		json_put_bool(item, "repair", v->steps[i].repair);
		json_add(list, item);
	}
	return list;
}

static json *
text_json(const struct org_check *c)
{
	json *out = json_object_new(), *list = json_array_new(), *item;
	int i;

	for (i = 0; i < TRIAL_STEPS; i++) {
		item = json_object_new();
		json_put_text(item, "step", c->steps[i].name);
		json_put_text(item, "state", setup_state_name(c->steps[i].state));
		json_put_text(item, "sentence", c->steps[i].sentence);
		json_put_text(item, "action", c->steps[i].action);
		json_put_int(item, "time", c->steps[i].time);
		json_add(list, item);
	}
	json_put_text(out, "message", c->message);
	json_put(out, "steps", list);
	return out;
}

static void
print_json(struct org_check *c, json *rows)
{
	json *out = json_object_new();

	json_put(out, "checks", rows);
	json_put_int(out, "organization", c->ask->org);
	json_put_int(out, "checked", c->view.running ? 0 : c->view.job.finished);
	json_put_int(out, "wrong", (int64_t)c->view.wrong);
	json_put_int(out, "unknown", (int64_t)c->view.unknown);
	json_put(out, "steps", steps_json(&c->view));
	if (c->message != NULL)
		json_put(out, "text", text_json(c));
	ctl_say(c->ctl, out, "%s", "");
}

static void
print_tables(struct org_check *c, json *rows)
{
	static const struct ctl_column what[] = {
	    {"WHAT", "what", false}, {"STATE", "state", false}, {"", "sentence", false}};
	static const struct ctl_column step[] = {
	    {"STEP", "step", false}, {"STATE", "state", false}, {"", "sentence", false}};
	const struct setup_result *s = c->view.steps;
	int i;

	ctl_table(c->ctl, "checks", rows, NULL, what, 3, "");
	ctl_print("\n");
	ctl_table(c->ctl, "steps", steps_json(&c->view), NULL, step, 3, "");
	ctl_print("\n%zu wrong, %zu could not be found out.\n", c->view.wrong, c->view.unknown);
	for (i = 0; i < SETUP_STEPS; i++)
		if (s[i].state != SETUP_FINE && s[i].action != NULL)
			ctl_print("  %s: %s\n", s[i].name, s[i].action);
}

/* What a script wants to know. */
static int
exit_status(const struct org_check *c, bool bad)
{
	const struct config_view *v = &c->view.config;

	if (v->missing & (MISSING_ACCOUNT | MISSING_USER | MISSING_PASSWORD))
		return EXIT_NOT_CONFIGURED;
	if (bad || c->view.running || c->view.wrong > 0 || c->view.unknown > 0)
		return EXIT_FAILED;
	return c->message != NULL && !text_went_well(c) ? EXIT_FAILED : EXIT_DONE;
}

int
check_organization(struct ctl *ctl, const struct check_request *ask, json *rows, bool bad)
{
	struct org_check c = {.ctl = ctl, .ask = ask};
	char number[PHONE_MAX];
	const char *why;
	int code;

	if (ask->text != NULL && phone_normalize(ask->text, number, &why) != 0)
		code = ctl_fail(EXIT_USAGE, "--text: %s", why);
	else
		code = run_check(&c);
	if (code == 0 && !ctl->json) {
		print_tables(&c, rows);
		rows = NULL;
	}
	if (code == 0 && ask->text != NULL)
		code = send_text(&c);
	if (code == 0 && ctl->json) {
		print_json(&c, rows);
		rows = NULL;
	}
	json_free(rows);
	return code != 0 ? code : exit_status(&c, bad);
}
