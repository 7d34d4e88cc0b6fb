/*
 * settings.c: spokectl settings: the same fields, checks and saving as the settings page.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "ctl/job.h"
#include "store/store.h"
#include "store/wake.h"
#include "texting/config.h"

struct view {
	struct ctl *ctl;
	uint32_t org;
	struct config_view view;
};

static enum result
read_view(struct tx *tx, void *arg)
{
	struct view *v = arg;

	return config_view(&v->ctl->app, tx, v->org, v->ctl->arena, &v->view);
}

static const char *
field_value(const struct organization *o, enum config_field f)
{
	switch (f) {
	case CONFIG_ACCOUNT_ID:
		return o->account_id;
	case CONFIG_USER_NAME:
		return o->user_name;
	case CONFIG_SITE_ID:
		return o->site_id;
	case CONFIG_SIP_PEER_ID:
		return o->sip_peer_id;
	case CONFIG_APPLICATION_ID:
		return o->application_id;
	case CONFIG_HOUSE_NUMBER:
		return o->house_number;
	case CONFIG_STREET_NAME:
		return o->street_name;
	case CONFIG_CITY:
		return o->city;
	case CONFIG_STATE_CODE:
		return o->state_code;
	case CONFIG_ZIP:
		return o->zip;
	case CONFIG_COUNTRY:
		return o->country;
	case CONFIG_PASSWORD:
	case CONFIG_FIELDS:
		break;
	}
	return NULL;
}

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* The IDs that Bandwidth has confirmed as they are stored now. */
static json *
confirmed_json(const struct organization *o)
{
	json *list = json_array_new();

	if (same(o->site_id, o->site_confirmed))
		json_add_text(list, config_field_name(CONFIG_SITE_ID));
	if (same(o->sip_peer_id, o->sip_peer_confirmed))
		json_add_text(list, config_field_name(CONFIG_SIP_PEER_ID));
	if (same(o->application_id, o->application_confirmed))
		json_add_text(list, config_field_name(CONFIG_APPLICATION_ID));
	return list;
}

static json *
view_json(const struct config_view *v)
{
	json *out = json_object_new(), *config = json_object_new(), *missing = json_array_new();
	int f;
	unsigned bit;

	for (f = 0; f < CONFIG_FIELDS; f++)
		if (f != CONFIG_PASSWORD)
			json_put_text(config, config_field_name(f), field_value(&v->org, f));
	for (bit = 1; bit <= MISSING_CALLBACK; bit <<= 1)
		if (v->missing & bit)
			json_add_text(missing, missing_text(bit));
	json_put_int(out, "organization", v->org.id);
	json_put_text(out, "name", v->org.name);
	json_put_bool(out, "paused", v->org.paused);
	json_put(out, "config", config);
	json_put_bool(out, "password_saved", v->has_password);
	json_put_text(out, "credentials", v->org.cred_state);
	json_put_text(out, "credentials_kind", v->org.cred_kind);
	json_put_text(out, "credentials_words", v->org.cred_words);
	json_put_text(out, "callback_url", v->callback_url);
	json_put_int(out, "callback_accepted", v->marks.accepted);
	json_put_int(out, "callback_refused", v->marks.refused);
	json_put_text(out, "callback_refused_why", v->marks.refused_why);
	json_put_text(out, "sending_held", v->sending_held);
	json_put(out, "confirmed", confirmed_json(&v->org));
	json_put(out, "setup", v->provision.id != NULL ? ctl_job_json(&v->provision) : NULL);
	json_put(out, "missing", missing);
	return out;
}

static const char *
time_words(struct ctl *ctl, int64_t when)
{
	char text[CLOCK_TEXT];

	return when == 0 ? "never" : arena_str(ctl->arena, clock_text(when, text));
}

static void
view_print(struct ctl *ctl, const struct config_view *v)
{
	const char *value;
	unsigned bit;
	int f;

	ctl_print("Organization %lld: %s%s\n\n", (long long)v->org.id, v->org.name,
	    v->org.paused ? " (SENDING IS PAUSED)" : "");
	for (f = 0; f < CONFIG_FIELDS; f++) {
		value = f == CONFIG_PASSWORD ? (v->has_password ? "(saved)" : NULL)
					     : field_value(&v->org, f);
		ctl_print("  %-14s %s\n", config_field_name(f), value != NULL ? value : "-");
	}
	ctl_print("\nCredentials:   %s%s%s\n",
	    v->org.cred_state != NULL ? v->org.cred_state : "not entered",
	    v->org.cred_kind != NULL ? ", " : "", v->org.cred_kind != NULL ? v->org.cred_kind : "");
	if (v->org.cred_words != NULL)
		ctl_print("               %s\n", v->org.cred_words);
	if (v->provision.id != NULL)
		ctl_print("Setting up:    %s%s%s\n", v->provision.state,
		    v->provision.result != NULL ? ": " : "",
		    v->provision.result != NULL ? v->provision.result : "");
	ctl_print("Callback URL:  %s\n", v->callback_url);
	ctl_print("Last accepted: %s\n", time_words(ctl, v->marks.accepted));
	ctl_print("Last refused:  %s%s%s\n", time_words(ctl, v->marks.refused),
	    v->marks.refused_why != NULL ? ": " : "",
	    v->marks.refused_why != NULL ? v->marks.refused_why : "");
	if (v->sending_held != NULL)
		ctl_print("\nSENDING IS HELD: %s\n", v->sending_held);
	ctl_print(
	    "\n%s\n", v->missing == 0 ? "Nothing is missing: texting can work." : "Still missing:");
	for (bit = 1; bit <= MISSING_CALLBACK; bit <<= 1)
		if (v->missing & bit)
			ctl_print("  - %s\n", missing_text(bit));
}

int
cmd_settings_show(struct ctl *ctl)
{
	struct view v = {.ctl = ctl};
	enum result r;

	if (!ctl_org(ctl, 0, &v.org))
		return EXIT_USAGE;
	if ((r = store_read(ctl->app.store, read_view, &v)) != OK)
		return ctl_result(r, "organization");
	if (ctl->json)
		return ctl_say(ctl, view_json(&v.view), "%s", "");
	view_print(ctl, &v.view);
	return EXIT_DONE;
}

/* Reads FIELD=VALUE arguments into the input. */
static int
take_fields(struct ctl *ctl, struct config_input *input)
{
	const char *eq;
	size_t n;
	int i, f;

	for (i = 1; i < ctl->nargs; i++) {
		eq = strchr(ctl->args[i], '=');
		n = eq != NULL ? (size_t)(eq - ctl->args[i]) : 0;
		for (f = 0; f < CONFIG_FIELDS && n > 0; f++)
			if (strlen(config_field_name(f)) == n &&
			    strncmp(ctl->args[i], config_field_name(f), n) == 0)
				break;
		if (n == 0 || f == CONFIG_FIELDS)
			return ctl_fail(EXIT_USAGE,
			    "\"%s\" is not FIELD=VALUE with a field of the settings page",
			    ctl->args[i]);
		if (f == CONFIG_PASSWORD)
			return ctl_fail(
			    EXIT_USAGE, "the password comes from standard input: --password-stdin");
		input->value[f] = eq + 1;
	}
	if (ctl_flag(ctl, "password-stdin") && (input->value[CONFIG_PASSWORD] = ctl_secret(
						    ctl, "Client secret or API password")) == NULL)
		return EXIT_USAGE;
	return 0;
}

static int
report_faults(const struct config_input *input, int code)
{
	int f;

	for (f = 0; f < CONFIG_FIELDS; f++)
		if (input->fault[f] != NULL)
			ctl_fail(code, "%s: %s", config_field_name(f), input->fault[f]);
	return code;
}

/* Waits until Bandwidth has been asked about the credentials, or the time is over. */
static void
wait_for_check(struct ctl *ctl, struct view *v, int64_t seconds)
{
	int64_t end = clock_mono() + seconds * CLOCK_SECOND;

	while (store_read(ctl->app.store, read_view, v) == OK && clock_mono() < end &&
	       !ctl_interrupted() && v->view.job.id != NULL &&
	       strcmp(v->view.job.state, "done") != 0 && strcmp(v->view.job.state, "failed") != 0)
		clock_sleep(100);
}

int
cmd_settings_set(struct ctl *ctl)
{
	struct config_input input = {0};
	struct view v = {.ctl = ctl};
	const char *job;
	int64_t wait;
	enum result r;
	int code;

	if (!ctl_org(ctl, 0, &v.org) || !ctl_number(ctl, "wait", 0, 3600, 0, &wait))
		return EXIT_USAGE;
	if ((code = take_fields(ctl, &input)) != 0)
		return code;
	if (config_check(&input, ctl->arena) > 0)
		return report_faults(&input, EXIT_USAGE);
	r = config_save(&ctl->app, v.org, &input, ctl_who(ctl), "local", &job);
	if (r == REFUSED)
		return report_faults(&input, EXIT_FAILED);
	if (r == OK)
		r = store_flush(ctl->app.store);
	if (r != OK)
		return ctl_result(r, "organization");
	wake_worker(&ctl->settings, ctl->app.store, v.org);
	if (wait > 0)
		wait_for_check(ctl, &v, wait);
	else
		store_read(ctl->app.store, read_view, &v);
	if (wait > 0 &&
	    (v.view.org.cred_state == NULL || strcmp(v.view.org.cred_state, "confirmed") != 0)) {
		ctl_say(ctl, view_json(&v.view),
		    "Saved, but Bandwidth has not confirmed the credentials: %s",
		    v.view.org.cred_words != NULL   ? v.view.org.cred_words
		    : v.view.org.cred_state != NULL ? v.view.org.cred_state
						    : "nothing was entered");
		return EXIT_FAILED;
	}
	return ctl_say(ctl, view_json(&v.view), "Saved.%s%s",
	    wait > 0 ? " Bandwidth has confirmed the credentials." : "",
	    v.view.provision.id != NULL && !job_over(&v.view.provision)
		? "\nWhat is missing at Bandwidth is being made: spokectl provision shows it with --wait."
		: "");
}
