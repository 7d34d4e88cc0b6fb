/*
 * environment.c: picks the variables of a request out of what the web server sent.
 */
#include "http/environment.h"

#include <stddef.h>
#include <string.h>

struct variable {
	const char *name;
	size_t offset;
};

#define V(name, member)                                    \
	{                                                  \
		name, offsetof(struct environment, member) \
	}

/* A later line for the same member counts only when the earlier one found nothing. */
static const struct variable variables[] = {
    V("REQUEST_METHOD", method),
    V("REQUEST_URI", request_uri),
    V("SCRIPT_NAME", script_name),
    V("PATH_INFO", path_info),
    V("QUERY_STRING", query_string),
    V("CONTENT_TYPE", content_type),
    V("CONTENT_LENGTH", content_length),
    V("REMOTE_ADDR", remote_addr),
    V("HTTP_X_FORWARDED_FOR", forwarded_for),
    V("HTTP_AUTHORIZATION", authorization),
    V("REDIRECT_HTTP_AUTHORIZATION", authorization),
    V("HTTP_X_API_KEY", api_key),
    V("HTTP_IDEMPOTENCY_KEY", idempotency_key),
    V("HTTP_RANGE", range),
    V("HTTP_IF_RANGE", if_range),
    V("HTTP_COOKIE", cookie),
    V("HTTP_ORIGIN", origin),
    V("HTTP_REFERER", referer),
    V("HTTP_ACCEPT", accept),
    V("HTTP_USER_AGENT", user_agent),
};
#define VARIABLES (sizeof variables / sizeof variables[0])

/* Which variable is this "NAME=value"?  VARIABLES if none; *value points behind the "=". */
static size_t
find(const char *entry, const char **value)
{
	const char *eq = strchr(entry, '=');
	if (eq == NULL)
		return VARIABLES;
	*value = eq + 1;
	size_t n = (size_t)(eq - entry);
	for (size_t i = 0; i < VARIABLES; i++) {
		if (strlen(variables[i].name) == n && memcmp(variables[i].name, entry, n) == 0)
			return i;
	}
	return VARIABLES;
}

void
environment_read(const char *const *envp, struct environment *env)
{
	const char *found[VARIABLES] = {NULL};
	for (; envp != NULL && *envp != NULL; envp++) {
		const char *value = NULL;
		size_t i = find(*envp, &value);
		if (i < VARIABLES && found[i] == NULL)
			found[i] = value;
	}
	*env = (struct environment){0};
	for (size_t i = 0; i < VARIABLES; i++) {
		const char **member = (const char **)(void *)((char *)env + variables[i].offset);
		if (*member == NULL || **member == '\0')
			*member = found[i] != NULL ? found[i] : *member;
	}
	if (env->content_length != NULL && env->content_length[0] == '\0')
		env->content_length = NULL;
	if (env->authorization != NULL && env->authorization[0] == '\0')
		env->authorization = NULL;
}
