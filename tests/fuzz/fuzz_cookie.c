/*
 * fuzz_cookie.c: the Cookie header.
 */
#include "base/arena.h"
#include "base/settings.h"
#include "fuzz.h"
#include "http/cookie.h"
#include "http/response.h"

/*
 * What was found stands in the header behind the name, and goes no further than the next
 * semicolon.
 */
static void
check_get(const char *header, const char *name, struct arena *a)
{
	const char *value = cookie_get(header, name, a);

	MUST(value == NULL || strchr(value, ';') == NULL);
	MUST(value == NULL || strstr(header, arena_fmt(a, "%s=%s", name, value)) != NULL);
}

/* The session's token, and the header that sets it again. */
static void
check_session(const char *header, const struct settings *settings, struct arena *a)
{
	const char *token = session_cookie(header, settings, a);
	struct response response;

	if (token == NULL)
		return;
	MUST(session_token_valid(token) && strlen(token) == SESSION_TOKEN);
	response_init(&response);
	session_cookie_set(&response, settings, token);
	const char *line = buf_str(&response.headers);
	MUST(strncmp(line, "Set-Cookie: ", 12) == 0 && strstr(line, token) != NULL);
	MUST(strchr(line, '\n') == line + response.headers.len - 1);
	const char *again = arena_dup(a, line + 12, response.headers.len - 14);
	MUST(strcmp(session_cookie(again, settings, a), token) == 0);
	response_free(&response);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const char *header = arena_dup(a, data, size);
	struct settings settings = {.data_dir = NULL};

	settings.base_url.path = arena_str(a, "");
	check_get(header, "spoke", a);
	check_get(header, "__Host-spoke", a);
	check_session(header, &settings, a);
	settings.base_url.https = true;
	check_session(header, &settings, a);
	settings.base_url.path = arena_str(a, "/texting");
	check_session(header, &settings, a);
	arena_free(a);
	return 0;
}
