/*
 * target.c: the request's path, from whichever variable of the web server's tells it.
 */
#include "http/target.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/url.h"
#include "http/environment.h"

#define TARGET_MAX ((size_t)64 * 1024)

/*
 * SCRIPT_NAME and PATH_INFO come decoded: they are encoded again, so that one parser judges both
 * ways.
 */
static int
from_script(const struct environment *env, struct arena *arena, char **path, char **query)
{
	struct buf target = BUF_INIT(TARGET_MAX);
	const char *parts[2] = {env->script_name, env->path_info};
	for (size_t i = 0; i < 2; i++) {
		for (const char *p = parts[i]; p != NULL && *p != '\0'; p++) {
			if (*p == '/')
				buf_addc(&target, '/');
			else
				url_escape(&target, p, 1);
		}
	}
	if (target.len == 0)
		buf_addc(&target, '/');
	char *none = NULL;
	int rc = target.failed ? -1 : url_target(buf_str(&target), arena, path, &none);
	*query = arena_str(arena, env->query_string != NULL ? env->query_string : "");
	buf_free(&target);
	return rc;
}

int
target_read(const struct environment *env, struct arena *arena, char **path, char **query)
{
	if (env->request_uri != NULL && env->request_uri[0] == '/')
		return url_target(env->request_uri, arena, path, query);
	return from_script(env, arena, path, query);
}

const char *
target_below(const char *path, const char *base_path)
{
	size_t n = strlen(base_path);
	if (strncmp(path, base_path, n) != 0)
		return NULL;
	if (path[n] == '\0')
		return "/";
	return path[n] == '/' ? path + n : NULL;
}
