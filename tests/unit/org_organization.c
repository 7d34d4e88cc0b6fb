/*
 * org_organization.c: the promises of organization.h.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/settings.h"
#include "org/organization.h"
#include "tap.h"

static void
passwords(void)
{
	char password[CALLBACK_PASSWORD];

	callback_password(
	    "a-very-long-session-secret-0123456789", "https://texting.example.org", 1, password);
	is_str(password, "w6PU740rI6vLPLHZo4g4qLzIq9rDfyMhYyEmyLufjz4=",
	    "the callback password is what Spoke computes");
	callback_password("s", "http://localhost:3000", 12, password);
	is_str(password, "0OGE676Nlbdnh4x7ggH8qUMnrQn5CSCYKFzLrlUA/qQ=", "and for another one");
}

static void
prints(void)
{
	struct settings s = {.session_secret = "s"};
	char one[CALLBACK_PRINT], other[CALLBACK_PRINT];

	s.base_url.text = (char[]){"http://localhost:3000"};
	callback_print(&s, 12, one);
	/* printf '%s' 0OGE676Nlbdnh4x7ggH8qUMnrQn5CSCYKFzLrlUA/qQ= | sha256sum */
	is_str(one, "c3526f42fca1b3ba", "a print is the beginning of the password's hash");
	s.session_secret = "t";
	callback_print(&s, 12, other);
	ok(strcmp(one, other) != 0, "and another for another secret");
}

static int
check(const struct settings *s, const char *user, const char *secret, const char *base,
    uint32_t for_org, bool *previous)
{
	char password[CALLBACK_PASSWORD];

	callback_password(secret, base, for_org, password);
	return callback_check(s, 7, user, strlen(user), password, strlen(password), previous);
}

static void
checking(void)
{
	struct settings s = {.session_secret = "now", .session_secret_previous = "before"};
	bool previous;

	s.base_url.text = (char[]){"https://a.example"};
	s.base_url_previous[0].text = (char[]){"https://b.example"};
	s.base_url_previous_count = 1;
	is_int(check(&s, "bandwidth.com", "now", "https://a.example", 7, &previous), 1,
	    "the password of today is right");
	ok(!previous, "and is of today");
	is_int(check(&s, "bandwidth.com", "before", "https://a.example", 7, &previous), 1,
	    "one of the previous secret too");
	ok(previous, "and is told apart");
	is_int(check(&s, "bandwidth.com", "now", "https://b.example", 7, &previous), 1,
	    "one of a previous address too");
	ok(previous, "and is told apart");
	is_int(check(&s, "bandwidth.com", "before", "https://b.example", 7, &previous), 1,
	    "one of both too");
	is_int(check(&s, "bandwidth.com", "now", "https://a.example", 8, &previous), 0,
	    "another organization's is wrong");
	is_int(check(&s, "bandwidth.com", "other", "https://a.example", 7, &previous), 0,
	    "another secret's is wrong");
	is_int(check(&s, "bandwidth.com", "now", "https://c.example", 7, &previous), 0,
	    "another address's is wrong");
	is_int(check(&s, "bandwidth.co", "now", "https://a.example", 7, &previous), 0,
	    "another user is wrong");
	is_int(callback_check(&s, 7, "bandwidth.com", 13, "", 0, &previous), 0,
	    "no password is wrong");
	s.session_secret_previous = NULL;
	is_int(check(&s, "bandwidth.com", "before", "https://a.example", 7, &previous), 0,
	    "without a previous secret it is wrong");
}

static void
missing(void)
{
	struct settings s = {.default_service = "bandwidth"};
	struct organization o = {.id = 1};
	unsigned bit;

	is_int(organization_missing(&o, &s, false, false, false),
	    MISSING_ACCOUNT | MISSING_USER | MISSING_PASSWORD | MISSING_APPLICATION |
		MISSING_NUMBER | MISSING_CONFIRMATION | MISSING_CALLBACK,
	    "a new organization lacks everything");
	o.account_id = "9900902";
	o.user_name = "u";
	o.application_id = "x";
	o.cred_state = "confirmed";
	is_int(organization_missing(&o, &s, true, true, true), 0, "one that has all lacks nothing");
	o.account_state = "refused";
	is_int(organization_missing(&o, &s, true, true, true), MISSING_CONFIRMATION,
	    "an account that was refused is not confirmed");
	o.account_state = NULL;
	o.service = "twilio";
	is_int(organization_missing(&o, &s, true, true, true), MISSING_SERVICE,
	    "its own service counts");
	o.service = "bandwidth";
	s.default_service = "twilio";
	is_int(organization_missing(&o, &s, true, true, true), 0, "over the default");
	o.account_id = "";
	is_int(organization_missing(&o, &s, true, true, true), MISSING_ACCOUNT,
	    "an empty text is missing too");
	for (bit = MISSING_SERVICE; bit <= MISSING_CALLBACK; bit <<= 1)
		ok(strlen(missing_text(bit)) > 20, "bit %u has a sentence", bit);
}

int
main(void)
{
	struct arena *a = arena_new();

	is_str(callback_url(a, "https://x.example/spoke", 12),
	    "https://x.example/spoke/bandwidth/12", "the callback URL");
	passwords();
	prints();
	checking();
	missing();
	arena_free(a);
	return done_testing();
}
