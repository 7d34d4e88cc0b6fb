/*
 * request.c: makes a request of what the web server said: the part that no route decides.
 */
#include "http/request.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/parse.h"
#include "base/settings.h"
#include "http/client.h"
#include "http/environment.h"

static const struct {
	const char *name;
	enum method method;
} methods[] = {
    {"GET", METHOD_GET},
    {"HEAD", METHOD_HEAD},
    {"POST", METHOD_POST},
    {"DELETE", METHOD_DELETE},
    {"PUT", METHOD_PUT},
    {"OPTIONS", METHOD_OPTIONS},
};
#define METHODS (sizeof methods / sizeof methods[0])

const char *
method_name(enum method method)
{
	for (size_t i = 0; i < METHODS; i++) {
		if (methods[i].method == method)
			return methods[i].name;
	}
	return "OTHER";
}

static enum method
read_method(const char *name)
{
	for (size_t i = 0; name != NULL && i < METHODS; i++) {
		if (strcmp(methods[i].name, name) == 0)
			return methods[i].method;
	}
	return METHOD_OTHER;
}

/* "application/json; charset=utf-8" gives "application/json". */
static const char *
media_type(const char *header, struct arena *arena)
{
	if (header == NULL)
		return "";
	header += strspn(header, " \t");
	char *type = arena_dup(arena, header, strcspn(header, "; \t"));
	for (char *p = type; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return type;
}

/* The first bytes of a header that is only shown; anything unprintable becomes "?". */
static const char *
shown(const char *header, size_t max, struct arena *arena)
{
	if (header == NULL)
		return "";
	size_t n = strnlen(header, max);
	char *text = arena_dup(arena, header, n);
	for (char *p = text; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
			*p = '?';
	}
	return text;
}

void
request_start(struct request *request, const struct environment *env,
    const struct settings *settings, struct arena *arena)
{
	unsigned char id[6];
	char hex[2 * sizeof id + 1];
	crypto_random(id, sizeof id);
	hex_text(id, sizeof id, hex);

	*request = (struct request){0};
	request->arena = arena;
	request->id = arena_str(arena, hex);
	request->method = read_method(env->method);
	request->path = "/";
	request->base_path = settings != NULL ? settings->base_url.path : "";
	request->content_type = media_type(env->content_type, arena);
	request->body = "";
	request->client = client_address(env->remote_addr, env->forwarded_for,
	    settings != NULL ? settings->trusted_proxies : "", arena);
	request->user_agent = shown(env->user_agent, 200, arena);
	request->idempotency_key = env->idempotency_key;
	request->range = env->range;
	request->if_range = env->if_range;
	request->wants_html = env->accept != NULL && strstr(env->accept, "text/html") != NULL;
	request->authorization_seen = env->authorization != NULL;
}
