/*
 * texting_setup.c: "Check my setup": from facts to steps.  In a world where all is well one
 * thing is broken at a time, and exactly its step is wrong, with its sentence and action.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "texting/setup.h"
#include "tap.h"

#define NOW INT64_C(1795300000000) /* 22 November 2026 */
#define URL "https://texting.example.org/bandwidth/1"
#define APP "93de2206-9669-4e07-948d-329f4b722ee2"

struct world {
	struct settings settings;
	struct pipeline pipeline;
	struct config_view config;
	struct setup_facts facts;
	struct setup_input in;
	struct setup_result steps[SETUP_STEPS];
	char print[CALLBACK_PRINT];
};

static struct arena *arena;
static const struct setup_answer yes = {SETUP_YES, NULL}, no = {SETUP_NO, NULL},
				 unreachable = {SETUP_UNREACHABLE, "no connection"},
				 forbidden = {SETUP_FORBIDDEN, "Access is denied"},
				 refused = {SETUP_REFUSED, "Client authentication failed"};

/* All is well. */
static void
right(struct world *w)
{
	struct setup_facts *f = &w->facts;
	struct organization *o = &w->config.org;

	memset(w, 0, sizeof *w);
	w->settings.base_url =
	    (struct url){.text = (char[]){"https://texting.example.org"}, .https = true};
	w->settings.base_url.text = arena_str(arena, "https://texting.example.org");
	w->settings.session_secret = "a-very-long-session-secret-0123456789";
	w->settings.default_service = "bandwidth";
	w->pipeline.on[0] = pipeline_at(0);
	*o = (struct organization){.id = 1,
	    .account_id = "9900000",
	    .user_name = "client",
	    .site_id = "743",
	    .sip_peer_id = "518824",
	    .application_id = APP,
	    .config_version = 3};
	callback_print(&w->settings, 1, w->print);
	w->config.has_password = w->config.has_number = true;
	w->config.callback_url = URL;
	w->config.marks.accepted = NOW - CLOCK_HOUR;
	w->config.marks.accepted_what = "message-delivered";
	w->config.marks.accepted_print = w->print;
	f->version = 4;
	f->token = f->account = f->site = f->location = f->sms = f->mms = yes;
	f->application = f->assigned = f->numbers = f->campaign = f->tollfree = yes;
	f->cred_kind = "oauth2";
	f->in_url = f->out_url = URL;
	f->in_user = f->out_user = CALLBACK_USER;
	f->assigned_app = APP;
	f->numbers_there = f->local_count = 3;
	f->address = ADDRESS_OURS;
	f->address_url = URL;
	f->clock_asked = NOW - CLOCK_MINUTE;
	f->disk_asked = true;
	f->disk_free = (int64_t)5 << 30;
	w->in = (struct setup_input){.settings = &w->settings,
	    .pipeline = &w->pipeline,
	    .config = &w->config,
	    .facts = &w->facts,
	    .checked = NOW - CLOCK_MINUTE,
	    .now = NOW};
}

/* Names of the steps in a state, with blanks between. */
static const char *
in_state(struct world *w, enum setup_state state)
{
	const char *list = "";
	int i;

	setup_judge(&w->in, arena, w->steps);
	for (i = 0; i < SETUP_STEPS; i++)
		if (w->steps[i].state == state)
			list = arena_fmt(
			    arena, "%s%s%s", list, *list != '\0' ? " " : "", w->steps[i].name);
	return list;
}

/* ---- one at a time ---------------------------------------------------------------------- */

static void
b_client(struct world *w)
{
	w->config.org.user_name = NULL;
}
static void
b_refused(struct world *w)
{
	w->facts = (struct setup_facts){.version = 4,
	    .token = refused,
	    .address = ADDRESS_OURS,
	    .address_url = URL,
	    .disk_asked = true,
	    .disk_free = (int64_t)5 << 30};
}
static void
b_basic(struct world *w)
{
	w->facts.cred_kind = "basic";
}
static void
b_elsewhere(struct world *w)
{
	w->settings.messaging_url = w->settings.token_url = "https://b.example";
	w->config.org.cred_url = "https://a.example https://a.example";
}
static void
b_roles(struct world *w)
{
	w->facts.site = w->facts.location = w->facts.sms = w->facts.mms = forbidden;
	w->facts.application = w->facts.assigned = w->facts.numbers = forbidden;
}
static void
b_other_account(struct world *w)
{
	w->facts.has_accounts = true;
	w->facts.accounts = text_list_add(arena, w->facts.accounts, "9900001");
}
static void
b_messaging(struct world *w)
{
	w->facts.account = forbidden;
}
static void
b_trial(struct world *w)
{
	w->facts.express = true;
}
static void
b_site(struct world *w)
{
	w->facts.site = w->facts.location = w->facts.sms = w->facts.mms = no;
	w->facts.assigned = w->facts.numbers = no;
}
static void
b_no_site(struct world *w)
{
	w->config.org.site_id = NULL;
}
static void
b_location(struct world *w)
{
	w->facts.location = w->facts.sms = w->facts.mms = no;
	w->facts.assigned = w->facts.numbers = no;
}
static void
b_sms(struct world *w)
{
	w->facts.sms = w->facts.mms = no;
}
static void
b_mms(struct world *w)
{
	w->facts.mms = no;
}
static void
b_application(struct world *w)
{
	w->facts.application = no;
	w->facts.in_url = w->facts.out_url = NULL;
}
static void
b_in_url(struct world *w)
{
	w->facts.in_url = "https://old.example.org/bandwidth/1";
}
static void
b_out_url(struct world *w)
{
	w->facts.out_url = NULL;
}
static void
b_previous_url(struct world *w)
{
	w->settings.base_url_previous[0].text = arena_str(arena, "https://old.example.org");
	w->settings.base_url_previous_count = 1;
	w->facts.out_url = "https://old.example.org/bandwidth/1";
}
static void
b_user(struct world *w)
{
	w->facts.out_user = "someone";
}
static void
b_secret(struct world *w)
{
	w->settings.session_secret = "another-very-long-session-secret-0123";
}
static void
b_wrong_password(struct world *w)
{
	w->config.marks.accepted = 0;
	w->config.marks.accepted_print = NULL;
	w->config.marks.refused = NOW - CLOCK_MINUTE;
	w->config.marks.refused_why = CALLBACK_WRONG;
}
static void
b_assigned(struct world *w)
{
	w->facts.assigned_app = NULL;
}
static void
b_assigned_other(struct world *w)
{
	w->facts.assigned_app = "11111111-9669-4e07-948d-329f4b722ee2";
}
static void
b_numbers(struct world *w)
{
	w->facts.numbers_lost = 7;
	w->facts.numbers_lost_at = text_list_add(arena, w->facts.numbers_lost_at, "+19195550100");
}
static void
b_no_number(struct world *w)
{
	w->config.has_number = false;
	w->facts.numbers_new = 3;
}
static void
b_campaign(struct world *w)
{
	w->facts.local_bad = 1;
	w->facts.local_bad_at = text_list_add(arena, w->facts.local_bad_at, "+19195550100");
}
static void
b_pending(struct world *w)
{
	w->facts.local_pending = 2;
}
static void
b_tollfree(struct world *w)
{
	w->facts.tollfree_count = w->facts.tollfree_asked = w->facts.tollfree_bad = 1;
	w->facts.tollfree_bad_at =
	    text_list_add(arena, w->facts.tollfree_bad_at, "+18005550100 (PENDING)");
}
static void
b_http(struct world *w)
{
	w->settings.base_url.https = false;
}
static void
b_hidden(struct world *w)
{
	w->facts.address = ADDRESS_HIDDEN;
}
static void
b_redirect(struct world *w)
{
	w->facts.address = ADDRESS_REDIRECT;
	w->facts.address_words = "https://www.example.org/";
}
static void
b_certificate(struct world *w)
{
	w->facts.address = ADDRESS_EXPIRED;
}
static void
b_host(struct world *w)
{
	w->facts.address = ADDRESS_HOST;
}
static void
b_connection(struct world *w)
{
	w->facts.address = ADDRESS_CONNECTION;
	w->config.marks.accepted = NOW - 2 * CLOCK_DAY;
}
static void
b_callback(struct world *w)
{
	w->config.marks.refused = NOW - CLOCK_MINUTE;
	w->config.marks.refused_why = "no Authorization header arrived";
}
static void
b_paused(struct world *w)
{
	w->config.org.paused = true;
}
static void
b_service(struct world *w)
{
	w->config.missing = MISSING_SERVICE;
}
static void
b_worker(struct world *w)
{
	w->in.asked = NOW - 2 * CLOCK_MINUTE;
}
static void
b_clock(struct world *w)
{
	w->facts.clock_ahead = -10 * CLOCK_MINUTE;
}
static void
b_full(struct world *w)
{
	w->facts.disk_free = 1 << 20;
}
static void
b_disk(struct world *w)
{
	w->facts.disk_fault = "Input/output error";
}
static void
b_slow(struct world *w)
{
	w->facts.disk_sync = 4 * CLOCK_SECOND;
}

static const struct {
	const char *what;
	void (*break_it)(struct world *);
	enum setup_step step;
	const char *sentence, *action; /* parts of them */
	bool repair;
} broken[] = {
    {"no client ID", b_client, SETUP_CREDENTIALS, "has not been entered", "Enter it", false},
    {"credentials refused", b_refused, SETUP_CREDENTIALS, "Client authentication failed",
	"Enter them again", false},
    {"an API user", b_basic, SETUP_CREDENTIALS, "switches off on 2 December 2026, in 11 days",
	"Make a client ID", false},
    {"entered for other addresses", b_elsewhere, SETUP_CREDENTIALS, "other addresses",
	"Enter the client secret again", false},
    {"a missing role", b_roles, SETUP_ROLES, "Access is denied", "roles", false},
    {"another account's credentials", b_other_account, SETUP_ACCOUNT, "They are for: 9900001",
	"Enter that account's ID", false},
    {"an account without messaging", b_messaging, SETUP_ACCOUNT, "Access is denied",
	"enable messaging", false},
    {"a trial account", b_trial, SETUP_ACCOUNT, "trial", "Ask Bandwidth", false},
    {"no such sub-account", b_site, SETUP_SITE, "no sub-account 743", "Sub-accounts", false},
    {"no sub-account entered", b_no_site, SETUP_SITE, "has not been entered", "Advanced", false},
    {"no such location", b_location, SETUP_LOCATION, "no location 518824", "enter it again", false},
    {"SMS off", b_sms, SETUP_SMS, "SMS is off", "switched on", false},
    {"MMS off", b_mms, SETUP_MMS, "MMS is off", "switched on", false},
    {"no such application", b_application, SETUP_APPLICATION, "no application " APP, "Applications",
	false},
    {"another callback URL", b_in_url, SETUP_CALLBACK_IN,
	"calls https://old.example.org/bandwidth/1 instead of " URL, "Repair", true},
    {"no callback URL", b_out_url, SETUP_CALLBACK_OUT, "no callback URL for delivery reports",
	"Repair", true},
    {"the previous callback URL", b_previous_url, SETUP_CALLBACK_OUT, "still calls the previous",
	"Repair", true},
    {"another callback user", b_user, SETUP_CALLBACK_USER, "\"someone\" instead of bandwidth.com",
	"Repair", true},
    {"a changed SESSION_SECRET", b_secret, SETUP_CALLBACK_PASSWORD, "SESSION_SECRET was changed",
	"Repair", true},
    {"a wrong callback password", b_wrong_password, SETUP_CALLBACK_PASSWORD,
	"a wrong callback user ID or password", "Repair", true},
    {"no application assigned", b_assigned, SETUP_ASSIGNED,
	"No application is assigned to the location. Without this Bandwidth accepts every text",
	"assigned", false},
    {"another one assigned", b_assigned_other, SETUP_ASSIGNED, "another application, 11111111",
	"assigned", false},
    {"numbers lost", b_numbers, SETUP_NUMBERS, "7 of the numbers used here are not at", "Sync",
	false},
    {"no number", b_no_number, SETUP_NUMBERS, "the location has 3", "Take over", false},
    {"no campaign", b_campaign, SETUP_REGISTRATION, "1 of 3 local numbers (+19195550100)",
	"campaign", false},
    {"a pending campaign", b_pending, SETUP_REGISTRATION, "Still being registered", "Wait", false},
    {"no verification", b_tollfree, SETUP_REGISTRATION, "+18005550100 (PENDING)", "verification",
	false},
    {"BASE_URL is not https", b_http, SETUP_ADDRESS, "only public https", "Set BASE_URL", false},
    {"a hidden Authorization", b_hidden, SETUP_ADDRESS, "the web server hides the Authorization",
	"CGIPassAuth On", false},
    {"a redirect", b_redirect, SETUP_ADDRESS, "leads elsewhere", "Set BASE_URL", false},
    {"an expired certificate", b_certificate, SETUP_ADDRESS, "has expired", "Renew", false},
    {"another host's certificate", b_host, SETUP_ADDRESS, "another host name", "certificate",
	false},
    {"nobody answers", b_connection, SETUP_ADDRESS, "nobody answers", "firewall", false},
    {"the last call refused", b_callback, SETUP_LAST_CALLBACK, "turned away", "Mend", false},
    {"paused", b_paused, SETUP_SENDING, "paused", "RESUME", false},
    {"another service", b_service, SETUP_MANAGERS, "not text through Bandwidth", "bandwidth",
	false},
    {"no worker", b_worker, SETUP_WORKER, "should have begun", "spokectl check", false},
    {"a wrong clock", b_clock, SETUP_CLOCK, "10 minutes behind", "timedatectl", false},
    {"a full disk", b_full, SETUP_DISK, "Only 1 MiB", "100 MiB", false},
    {"a failing disk", b_disk, SETUP_DISK, "Input/output error", "Make room", false},
    {"a slow disk", b_slow, SETUP_DISK, "took 4 s", "10 s", false},
};

static void
one_at_a_time(void)
{
	const struct setup_result *r;
	struct world w;
	size_t i;

	for (i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		right(&w);
		broken[i].break_it(&w);
		is_str(in_state(&w, SETUP_WRONG), w.steps[broken[i].step].name,
		    "%s: exactly that step is wrong", broken[i].what);
		r = &w.steps[broken[i].step];
		ok(strstr(r->sentence, broken[i].sentence) != NULL, "its sentence says \"%s\": %s",
		    broken[i].sentence, r->sentence);
		ok(r->action != NULL && strstr(r->action, broken[i].action) != NULL,
		    "its action says \"%s\": %s", broken[i].action,
		    r->action != NULL ? r->action : "(none)");
		is_int(r->repair, broken[i].repair, "and whether it can be repaired from here");
	}
}

/* ---- the rest ------------------------------------------------------------------------------ */

static void
all_is_well(void)
{
	struct world w;

	right(&w);
	is_str(in_state(&w, SETUP_WRONG), "", "where all is well nothing is wrong");
	is_str(in_state(&w, SETUP_UNKNOWN), "", "and nothing unknown");
	w.facts.tollfree_count = w.facts.tollfree_asked = 2;
	is_str(in_state(&w, SETUP_UNKNOWN), "", "also with verified toll-free numbers");
	ok(strstr(w.steps[SETUP_REGISTRATION].sentence, "toll-free") != NULL, "which are named");
}

/* Bandwidth cannot be reached, at any step of the way: nothing is called wrong. */
static void
unreachable_is_not_wrong(void)
{
	struct world w;

	right(&w);
	w.facts = (struct setup_facts){.version = 4, .token = unreachable};
	is_str(in_state(&w, SETUP_WRONG), "", "no token: nothing is wrong");
	ok(strstr(w.steps[SETUP_CREDENTIALS].sentence, "could not be asked") != NULL,
	    "but unknown");
	right(&w);
	w.facts.account = w.facts.site = w.facts.location = w.facts.sms = unreachable;
	w.facts.mms = w.facts.application = w.facts.assigned = w.facts.numbers = unreachable;
	w.facts.campaign = w.facts.tollfree = unreachable;
	is_str(in_state(&w, SETUP_WRONG), "", "no answers: nothing is wrong");
	is_str(in_state(&w, SETUP_UNKNOWN),
	    "roles account sub-account location sms mms application callback-in callback-out "
	    "callback-user assigned numbers registration",
	    "but unknown");
	right(&w);
	w.facts.address = ADDRESS_CONNECTION;
	is_str(in_state(&w, SETUP_WRONG), "",
	    "an address that cannot be called from here, but was from outside, is not wrong");
}

static void
before_and_while(void)
{
	static const struct setup_facts none;
	struct world w;

	right(&w);
	w.facts = none;
	w.in.checked = 0;
	is_str(in_state(&w, SETUP_WRONG), "", "before the first check nothing is wrong");
	ok(strstr(w.steps[SETUP_SITE].sentence, "not been asked yet") != NULL, "and says so");
	w.in.asked = NOW - CLOCK_SECOND;
	w.in.begun = true;
	is_str(in_state(&w, SETUP_UNKNOWN), "", "while it runs nothing is unknown");
	is_str(in_state(&w, SETUP_ASKING),
	    "credentials roles account sub-account location sms mms application callback-in "
	    "callback-out callback-user assigned numbers registration address clock disk",
	    "it is being found out");
	right(&w);
	w.config.org.config_version = 4;
	is_str(in_state(&w, SETUP_WRONG), "", "what was asked about other settings");
	ok(strstr(w.steps[SETUP_SITE].sentence, "settings were changed") != NULL,
	    "says nothing about these");
}

static void
password(void)
{
	struct setup_result *r;
	struct world w;

	right(&w);
	r = &w.steps[SETUP_CALLBACK_PASSWORD];
	w.config.marks = (struct callback_mark){0};
	is_str(in_state(&w, SETUP_UNKNOWN), "callback-password last-callback",
	    "before the first call the password is unknown");
	w.config.marks.set = NOW;
	w.config.marks.set_print = w.print;
	w.config.marks.set_app = APP;
	in_state(&w, SETUP_UNKNOWN);
	is_int(r->state, SETUP_FINE, "unless it was set from here");
	w.config.marks.set_app = "another";
	in_state(&w, SETUP_UNKNOWN);
	is_int(r->state, SETUP_UNKNOWN, "at this very application");
	right(&w);
	b_wrong_password(&w);
	in_state(&w, SETUP_UNKNOWN);
	is_int(r->state, SETUP_WRONG, "a wrong one that came last is wrong");
	ok(r->repair, "and can be repaired");
	w.config.marks.set = NOW;
	w.config.marks.set_print = w.print;
	w.config.marks.set_app = APP;
	in_state(&w, SETUP_UNKNOWN);
	is_int(r->state, SETUP_FINE, "and is fine once it was");
	right(&w);
	w.config.marks.previous = w.config.marks.accepted;
	in_state(&w, SETUP_UNKNOWN);
	is_int(r->state, SETUP_WRONG, "a previous one that came last is wrong");
}

static void
untold(void)
{
	struct world w;

	right(&w);
	w.facts.campaign = forbidden;
	is_str(
	    in_state(&w, SETUP_UNKNOWN), "registration", "what Bandwidth does not tell is unknown");
	ok(w.steps[SETUP_REGISTRATION].untold, "for good");
	w.facts.campaign = unreachable;
	in_state(&w, SETUP_UNKNOWN);
	ok(!w.steps[SETUP_REGISTRATION].untold, "unless it could not be asked");
}

static void
through_the_job(void)
{
	struct world w;
	struct setup_facts back;
	json *detail = json_object_new();

	right(&w);
	b_campaign(&w);
	w.facts.clock_ahead = -5;
	setup_facts_write(&w.facts, detail);
	setup_facts_read(detail, arena, &back);
	ok(back.version == 4 && back.local_bad == 1 && back.local_bad_at.count == 1 &&
		back.clock_ahead == -5 && strcmp(back.in_url, URL) == 0 &&
		strcmp(back.token.state, SETUP_YES) == 0 && back.disk_asked,
	    "facts come back from a job's detail");
	json_put_text(detail, "facts", "none");
	setup_facts_read(detail, arena, &back);
	ok(back.version == 0 && back.in_url == NULL, "damaged ones are none");
	json_free(detail);
}

int
main(void)
{
	arena = arena_new();
	all_is_well();
	one_at_a_time();
	unreachable_is_not_wrong();
	before_and_while();
	password();
	untold();
	through_the_job();
	arena_free(arena);
	return done_testing();
}
