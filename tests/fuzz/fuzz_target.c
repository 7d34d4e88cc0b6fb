/*
 * fuzz_target.c: what a web server hands over of a stranger's request: the address, however it is
 * told, the chain of proxies, credentials, content type.
 *
 * The input is lines "NAME=value", as an environment.
 */
#include "base/arena.h"
#include "base/parse.h"
#include "base/settings.h"
#include "fuzz.h"
#include "http/authorization.h"
#include "http/client.h"
#include "http/environment.h"
#include "http/request.h"
#include "http/target.h"

#define LINES 64

static const char **
read_lines(char *text, struct arena *a)
{
	const char **envp = arena_alloc(a, (LINES + 1) * sizeof *envp);
	size_t n = 0;

	while (n < LINES && *text != '\0') {
		char *end = strchr(text, '\n');
		envp[n++] = text;
		if (end == NULL)
			break;
		*end = '\0';
		text = end + 1;
	}
	return envp;
}

static void
check_target(const struct environment *env, struct arena *a)
{
	static const char *const bases[] = {"", "/texting", "/a/b"};
	char *path = NULL, *query = NULL;

	if (target_read(env, a, &path, &query) != 0)
		return;
	MUST(path[0] == '/' && query != NULL);
	MUST(strstr(path, "//") == NULL && strstr(path, "/../") == NULL &&
	     strstr(path, "/./") == NULL);
	MUST(text_valid(path, strlen(path), false));
	for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
		const char *below = target_below(path, bases[i]);
		MUST(below == NULL || below[0] == '/');
		if (below != NULL && path[strlen(bases[i])] != '\0')
			MUST(below == path + strlen(bases[i]));
	}
}

static void
check_client(const struct environment *env, struct arena *a)
{
	const char *stranger = client_address(env->remote_addr, env->forwarded_for, "", a);
	const char *alone = client_address(env->remote_addr, NULL, "192.0.2.7", a);
	const char *told = client_address(env->remote_addr, env->forwarded_for, "192.0.2.7 ::1", a);

	/* Whoever is not trusted cannot change what is thought of them. */
	MUST(strcmp(stranger, alone) == 0);
	MUST(strlen(told) < 64 && strpbrk(told, " ,;\r\n") == NULL);
	MUST(strlen(client_network(told, a)) < 64);
	if (strcmp(alone, "192.0.2.7") != 0 && strcmp(alone, "::1") != 0)
		MUST(strcmp(told, alone) == 0);
}

static void
check_credentials(const struct environment *env, struct arena *a)
{
	struct basic basic = {NULL, NULL, 0, 0};

	if (authorization_basic(env->authorization, a, &basic) == 0) {
		MUST(memchr(basic.user, ':', basic.user_len) == NULL);
		MUST(basic.user_len + basic.password_len < strlen(env->authorization));
		MUST(authorization_bearer(env->authorization, a) == NULL);
	}
}

static void
check_request(const struct environment *env, struct arena *a)
{
	struct settings settings = {.trusted_proxies = "192.0.2.7"};
	struct request request;

	settings.base_url.path = arena_str(a, "/texting");
	request_start(&request, env, &settings, a);
	MUST(strlen(request.id) == 12 && strlen(request.user_agent) <= 200);
	MUST(text_valid(request.user_agent, strlen(request.user_agent), false));
	MUST(strpbrk(request.content_type, "; \tABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL);
	MUST(request.session == NULL && request.token == NULL && request.role == ROLE_NONE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct environment env;

	environment_read(read_lines(arena_dup(a, data, size), a), &env);
	check_target(&env, a);
	check_client(&env, a);
	check_credentials(&env, a);
	check_request(&env, a);
	arena_free(a);
	return 0;
}
