/*
 * texting_provision.c: when an application may be made for an address, and what is asked back.
 */
#include <string.h>

#include "base/arena.h"
#include "base/settings.h"
#include "org/number_errors.h"
#include "tap.h"
#include "texting/provision.h"

static struct arena *arena;

static struct settings
with(const char *base, bool rehearsal, const char *numbers)
{
	struct settings s = {.rehearsal = rehearsal, .numbers_url = numbers};
	const char *why;

	if (url_parse(base, arena, &s.base_url, &why) != 0)
		printf("# %s: %s\n", base, why);
	return s;
}

static void
addresses(void)
{
	static const char real[] = "https://api.bandwidth.com/api/v2";
	static const char here[] = "http://127.0.0.1:8080/api/v2";
	static const struct {
		const char *base;
		bool rehearsal;
		const char *numbers;
		bool may;
		const char *what;
	} cases[] = {
	    {"https://texting.example.org", false, real, true, "https and public"},
	    {"http://localhost:3000", false, real, false, "localhost"},
	    {"http://127.0.0.1", false, real, false, "a loopback address"},
	    {"https://localhost", false, real, false, "localhost with https"},
	    {"http://localhost", true, real, false,
		"localhost in a rehearsal with the real Bandwidth"},
	    {"http://localhost", false, here, false, "a Numbers API here, but no rehearsal"},
	    {"http://localhost", true, here, true, "a rehearsal with both on this machine"},
	    {"https://texting.example.org", true, here, true, "a rehearsal with a public address"},
	};
	struct settings s;
	const char *fault;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s = with(cases[i].base, cases[i].rehearsal, cases[i].numbers);
		fault = provision_base_fault(&s);
		ok((fault == NULL) == cases[i].may, "%s: %s", cases[i].what,
		    cases[i].may ? "may be called" : "gets no application");
		ok(fault == NULL || strstr(fault, "BASE_URL") != NULL,
		    "and the reason names the setting");
	}
}

static void
questions(void)
{
	static const char asks[] = "{\"ask\":{\"what\":\"assignment\",\"value\":\"app-1\"}}";
	struct job job = {.id = "0000000000000001", .state = "failed", .detail = asks};
	struct provision_question q;

	provision_question(&job, arena, &q);
	is_str(q.what, "assignment", "a job that ended with a question asks it");
	is_str(q.value, "app-1", "about that application");
	ok(strstr(provision_question_text(&q, arena), "app-1") != NULL, "which the question names");
	job.state = "running";
	provision_question(&job, arena, &q);
	ok(q.what == NULL, "one that still runs asks nothing");
	job.state = "failed";
	job.detail = "{\"ask\":{\"what\":\"money\",\"value\":\"all\"}}";
	provision_question(&job, arena, &q);
	ok(q.what == NULL && q.value == NULL, "nor what this version does not know");
	job.detail = NULL;
	provision_question(&job, arena, &q);
	ok(q.what == NULL, "nor one without a question");
}

static void
advice(void)
{
	static const int codes[] = {1003, 5005, 5016, 5018, 5020, 5022, 5023, 5076, 12112, 13609};
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		ok(number_error_advice(codes[i]) != NULL, "%d: what to do", codes[i]);
	ok(strstr(number_error_advice(13609), "only Bandwidth") != NULL,
	    "13609: who alone can help");
	ok(number_error_advice(4711) == NULL, "an unknown code has Bandwidth's words only");
	ok(strstr(number_status_advice(403), "role") != NULL, "403: a role");
	ok(number_status_advice(503) != NULL && number_status_advice(400) == NULL,
	    "of the others those that say something");
}

int
main(void)
{
	arena = arena_new();
	addresses();
	questions();
	advice();
	arena_free(arena);
	return tap_done();
}
