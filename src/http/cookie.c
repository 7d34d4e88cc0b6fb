/*
 * cookie.c: reads and sets the session's cookie; what the token is worth is access.c's business.
 */
#include "http/cookie.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/settings.h"
#include "http/response.h"

const char *
cookie_get(const char *header, const char *name, struct arena *arena)
{
	size_t namelen = strlen(name);
	for (const char *p = header; p != NULL && *p != '\0';) {
		p += strspn(p, " \t");
		size_t n = strcspn(p, ";");
		if (n > namelen && p[namelen] == '=' && memcmp(p, name, namelen) == 0) {
			const char *value = p + namelen + 1;
			size_t len = n - namelen - 1;
			while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
				len--;
			return arena_dup(arena, value, len);
		}
		p += n + (p[n] == ';');
	}
	return NULL;
}

const char *
session_cookie_name(const struct settings *settings)
{
	if (!settings->base_url.https)
		return "spoke";
	return settings->base_url.path[0] == '\0' ? "__Host-spoke" : "__Secure-spoke";
}

bool
session_token_valid(const char *token)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789-_";
	return token != NULL && strlen(token) == SESSION_TOKEN &&
	       strspn(token, alphabet) == SESSION_TOKEN;
}

const char *
session_cookie(const char *header, const struct settings *settings, struct arena *arena)
{
	const char *token = cookie_get(header, session_cookie_name(settings), arena);
	return session_token_valid(token) ? token : NULL;
}

void
session_cookie_set(struct response *response, const struct settings *settings, const char *token)
{
	struct buf line = BUF_INIT(2048);
	const char *path = settings->base_url.path;
	buf_addf(&line, "%s=%s; Path=%s; HttpOnly; SameSite=Lax%s%s", session_cookie_name(settings),
	    token != NULL ? token : "", path[0] != '\0' ? path : "/",
	    settings->base_url.https ? "; Secure" : "", token == NULL ? "; Max-Age=0" : "");
	response_header(response, "Set-Cookie", buf_str(&line));
	buf_wipe(&line);
}
