/*
 * texting_config.c: settings are saved whole or not at all, secrets are sealed
 * and bound to what they were entered for.
 */
#include "store/jobs.h"
#include "store/secrets.h"
#include "texting/config.h"
#include "texting_kit.h"

static struct config_input in;

static void
fresh(void)
{
	static const struct config_input none;

	in = none;
}

static struct config_view view;

static enum result
tx_view(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return config_view(&kit_app, tx, k->org, kit_arena, &view);
}

static const struct config_view *
look(uint32_t org)
{
	struct kit k = {.org = org};

	is_int(kit_run(tx_view, &k), OK, "the settings can be looked at");
	return &view;
}

static struct buf opened = BUF_INIT(1000);

static enum result
tx_secret(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	buf_reset(&opened);
	return secret_get(tx, &kit_settings, k->org, k->a, &opened);
}

static const char *
secret(uint32_t org, const char *field)
{
	struct kit k = {.org = org, .a = field};

	return kit_run(tx_secret, &k) == OK ? buf_str(&opened) : NULL;
}

static enum result
tx_token(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return secret_put(tx, &kit_settings, k->org, "token", "t", 1);
}

static enum result
save(uint32_t org, const char **job)
{
	return config_save(&kit_app, org, &in, "ann@example.org", "::1", job);
}

/* ---- checking ----------------------------------------------------------------------- */

static void
test_check(void)
{
	static const struct {
		enum config_field f;
		const char *value;
		const char *want; /* as it is afterwards; NULL: a fault */
	} cases[] = {
	    {CONFIG_ACCOUNT_ID, " 9900902\n", "9900902"},
	    {CONFIG_ACCOUNT_ID, "990 09 02", "9900902"},
	    {CONFIG_ACCOUNT_ID,
		"\xC2\xA0"
		"9900902\xE2\x80\x8B",
		"9900902"},
	    {CONFIG_ACCOUNT_ID, "99009o2", NULL},
	    {CONFIG_ACCOUNT_ID, "123456789012345678901", NULL},
	    {CONFIG_ACCOUNT_ID, "-1", NULL},
	    {CONFIG_SITE_ID, "12345", "12345"},
	    {CONFIG_SITE_ID, "12a", NULL},
	    {CONFIG_SIP_PEER_ID, "1/2", NULL},
	    {CONFIG_APPLICATION_ID, " 93de2206-9669-4e07-948d-329f4b722ee2 ",
		"93de2206-9669-4e07-948d-329f4b722ee2"},
	    {CONFIG_APPLICATION_ID, "93DE2206-9669-4E07-948D-329F4B722EE2",
		"93DE2206-9669-4E07-948D-329F4B722EE2"},
	    {CONFIG_APPLICATION_ID, "93de2206-9669-4e07-948d-329f4b722ee", NULL},
	    {CONFIG_APPLICATION_ID, "not a guid", NULL},
	    {CONFIG_USER_NAME, " client-id ", "client-id"},
	    {CONFIG_USER_NAME, "client id", NULL},
	    {CONFIG_USER_NAME, "client\x01", NULL},
	    {CONFIG_PASSWORD, "pass word:\xC3\xA9!", "pass word:\xC3\xA9!"},
	    {CONFIG_PASSWORD, "password ", NULL},
	    {CONFIG_PASSWORD, "\tpassword", NULL},
	    {CONFIG_PASSWORD, "pass\nword", NULL},
	    {CONFIG_STATE_CODE, " nc ", "NC"},
	    {CONFIG_STATE_CODE, "N1", NULL},
	    {CONFIG_STATE_CODE, "North Carolina", NULL},
	    {CONFIG_ZIP, "27606-1234", "27606-1234"},
	    {CONFIG_ZIP, "27606;", NULL},
	    {CONFIG_CITY, "Raleigh\x7f", NULL},
	    {CONFIG_CITY, "  San Jos\xC3\xA9 ", "San Jos\xC3\xA9"},
	};
	char long_[300];
	size_t i;
	int n;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		fresh();
		in.value[cases[i].f] = cases[i].value;
		n = config_check(&in, kit_arena);
		is_int(n, cases[i].want == NULL, "%s \"%s\" is %s", config_field_name(cases[i].f),
		    cases[i].value, cases[i].want == NULL ? "refused" : "taken");
		if (cases[i].want != NULL)
			is_str(in.value[cases[i].f], cases[i].want, "as \"%s\"", cases[i].want);
		else
			ok(in.fault[cases[i].f] != NULL, "with a sentence");
	}
	memset(long_, 'x', sizeof long_);
	long_[256] = '\0';
	fresh();
	in.value[CONFIG_PASSWORD] = long_;
	is_int(config_check(&in, kit_arena), 1, "a password of 256 characters is refused");
	long_[255] = '\0';
	is_int(config_check(&in, kit_arena), 0, "one of 255 is taken");
	fresh();
	is_int(config_check(&in, kit_arena), 0, "what was not sent is no fault");
	is_str(config_field_name(CONFIG_ACCOUNT_ID), "accountId", "fields have the form's names");
	is_str(config_field_label(CONFIG_SITE_ID), "Sub-account ID (site)", "and labels");
}

static void
test_address(void)
{
	fresh();
	in.value[CONFIG_HOUSE_NUMBER] = in.value[CONFIG_STREET_NAME] = in.value[CONFIG_CITY] = "";
	in.value[CONFIG_STATE_CODE] = in.value[CONFIG_ZIP] = "";
	in.value[CONFIG_COUNTRY] = "USA";
	is_int(config_check(&in, kit_arena), 0, "a country alone is no address");
	in.value[CONFIG_CITY] = "Raleigh";
	is_int(config_check(&in, kit_arena), 4, "a city alone lacks four parts");
	ok(in.fault[CONFIG_STREET_NAME] != NULL && in.fault[CONFIG_CITY] == NULL,
	    "which have the faults");
	in.value[CONFIG_HOUSE_NUMBER] = "900";
	in.value[CONFIG_STREET_NAME] = "Main Campus Dr";
	in.value[CONFIG_STATE_CODE] = "NC";
	in.value[CONFIG_ZIP] = "27606";
	is_int(config_check(&in, kit_arena), 0, "a whole address is taken");
}

/* ---- saving ---------------------------------------------------------------------------- */

static enum result
tx_audit(struct tx *tx, void *arg)
{
	struct kit *k = arg;
	struct audit *list;
	size_t n;
	enum result r = audit_list(tx, k->org, INT64_MAX, 1, kit_arena, &list, &n);

	k->why = r == OK && n > 0 ? list[0].detail : NULL;
	return r;
}

static enum result
tx_empty(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	k->o = (struct organization){.name = "Fresh"};
	return orgs_create(tx, &k->o);
}

static void
verdict(struct organization *o)
{
	o->cred_state = "confirmed";
	o->cred_kind = "basic";
	o->account_state = "confirmed";
	o->cred_words = "old words";
}

static void
test_save(void)
{
	struct kit k = {.org = 0};
	const struct config_view *v;
	const char *job, *first;
	uint32_t org;

	is_int(kit_run(tx_empty, &k), OK, "a fresh organization");
	org = (uint32_t)k.o.id;
	v = look(org);
	ok((v->missing & MISSING_ACCOUNT) != 0 && (v->missing & MISSING_PASSWORD) != 0,
	    "lacks everything");
	ok(v->job.id == NULL, "has no job");
	is_str(v->callback_url,
	    arena_fmt(kit_arena, "https://texting.example.org/bandwidth/%u", (unsigned)org),
	    "knows its callback address");
	is_int(strlen(v->callback_password), 44, "and password");

	fresh();
	in.value[CONFIG_ACCOUNT_ID] = "9900902";
	in.value[CONFIG_USER_NAME] = "client";
	is_int(save(org, &job), REFUSED, "credentials without their secret are refused");
	ok(in.fault[CONFIG_PASSWORD] != NULL, "with a sentence at the secret");
	ok(kit_org(org, NULL).account_id == NULL, "and nothing is saved");

	in.value[CONFIG_PASSWORD] = "s3cret";
	in.value[CONFIG_APPLICATION_ID] = "93de2206-9669-4e07-948d-329f4b722ee2";
	is_int(save(org, &job), OK, "with it they are saved");
	ok(job != NULL && strlen(job) == 16, "and a check is queued");
	first = arena_str(kit_arena, job);
	v = look(org);
	is_str(v->org.account_id, "9900902", "the account is there");
	ok(v->has_password, "the secret too");
	is_str(secret(org, "password"), "s3cret", "sealed, and can be opened");
	is_str(v->org.cred_state, "unchecked", "nobody has confirmed it yet");
	is_str(v->org.cred_url,
	    "https://messaging.bandwidth.com/api/v2 https://api.bandwidth.com/api/v1/oauth2/token",
	    "it is bound to Bandwidth's addresses");
	is_int(v->org.config_version, 1, "this is the first version");
	is_str(v->job.kind, "credentials", "the job is to ask Bandwidth");
	k.org = org;
	(void)kit_run(tx_audit, &k);
	is_str(k.why, "accountId, userName, applicationId, password",
	    "the audit names the fields, not their values");

	is_int(save(org, &job), OK, "saved again");
	is_str(job, first, "the check that waits will do");
	is_int(look(org)->org.config_version, 2, "as a new version");
}

static void
test_bound(void)
{
	const char *job;
	struct kit k = {.org = kit_one};

	fresh();
	in.value[CONFIG_PASSWORD] = "one";
	in.value[CONFIG_ACCOUNT_ID] = "1";
	is_int(save(kit_one, &job), OK, "credentials are saved");
	(void)kit_org(kit_one, verdict);
	(void)kit_run(tx_token, &k);
	fresh();
	in.value[CONFIG_SITE_ID] = "77";
	is_int(save(kit_one, &job), OK, "a sub-account needs no secret");
	is_str(kit_org(kit_one, NULL).cred_state, "confirmed", "and leaves the verdict");
	is_str(secret(kit_one, "token"), "t", "and the token");
	fresh();
	in.value[CONFIG_ACCOUNT_ID] = "2";
	is_int(save(kit_one, &job), REFUSED,
	    "another account does: the secret would be sent for somebody else's");
	is_str(kit_org(kit_one, NULL).account_id, "1", "nothing is changed");
	fresh();
	in.value[CONFIG_USER_NAME] = "mallory";
	is_int(save(kit_one, &job), REFUSED, "so does another user");
	fresh();
	in.value[CONFIG_ACCOUNT_ID] = "1";
	in.value[CONFIG_USER_NAME] = "client";
	in.value[CONFIG_PASSWORD] = "";
	is_int(save(kit_one, &job), OK, "the same ones with an empty secret keep it");
	is_str(secret(kit_one, "password"), "one", "as it is");
	fresh();
	in.value[CONFIG_PASSWORD] = "two";
	is_int(save(kit_one, &job), OK, "a new secret");
	is_str(secret(kit_one, "password"), "two", "takes the old one's place");
	ok(secret(kit_one, "token") == NULL, "and the token is forgotten");
	is_str(kit_org(kit_one, NULL).cred_state, "unchecked", "with the verdict");
	ok(kit_org(kit_one, NULL).cred_words == NULL &&
		kit_org(kit_one, NULL).account_state == NULL,
	    "and all words");
	fresh();
	in.value[CONFIG_USER_NAME] = "";
	is_int(save(kit_one, &job), OK, "a user that is cleared");
	ok(!look(kit_one)->has_password, "takes the secret along");
	ok(kit_org(kit_one, NULL).cred_state == NULL, "nothing is entered then");
	fresh();
	in.value[CONFIG_CITY] = "Raleigh";
	is_int(
	    save(kit_one, &job), REFUSED, "a part of an address is refused against what is stored");
	ok(in.fault[CONFIG_ZIP] != NULL && in.fault[CONFIG_CITY] == NULL, "naming what is missing");
	is_int(save(99, &job), NOT_FOUND, "an organization that there is not has no settings");
}

int
main(void)
{
	kit_open();
	test_check();
	test_address();
	test_save();
	test_bound();
	buf_free(&opened);
	kit_close();
	return done_testing();
}
