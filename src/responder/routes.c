/*
 * routes.c: the table of addresses.  A reviewer who wants to know who may do what reads this and
 * access.c.
 */
#include "responder/route.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)
#define FORM_LIMIT (64 * KIB)
#define ITEM_MAX 128
#define PLACE_MAX 255

/* clang-format off */
static const struct route routes[] = {
    {METHOD_GET, "/", WHO_ANYONE, CSRF_NONE, BODY_NONE, 0, handle_home},
    {METHOD_GET, "/healthz", WHO_ANYONE, CSRF_NONE, BODY_NONE, 0, handle_health},
    {METHOD_GET, "/static/{item}", WHO_ANYONE, CSRF_NONE, BODY_NONE, 0, handle_static},

    /*
     * Authenticated before its body is read; its content type is not asked for, so that no event
     * is lost over it.
     */
    {METHOD_POST, "/bandwidth/{org}", WHO_BANDWIDTH, CSRF_NONE, BODY_ANY, 4 * MIB, handle_callback},

    {METHOD_POST, "/api/orgs/{org}/messages", WHO_TOKEN_SEND, CSRF_NONE, BODY_JSON, 1 * MIB, handle_message_create},
    {METHOD_GET, "/api/orgs/{org}/messages", WHO_TOKEN_READ, CSRF_NONE, BODY_NONE, 0, handle_message_list},
    {METHOD_GET, "/api/orgs/{org}/messages/{item}", WHO_TOKEN_READ, CSRF_NONE, BODY_NONE, 0, handle_message_get},
    {METHOD_GET, "/api/orgs/{org}/messages/{item}/media/{place}", WHO_TOKEN_READ, CSRF_NONE, BODY_NONE, 0,
	handle_media},
    {METHOD_DELETE, "/api/orgs/{org}/messages/{item}", WHO_TOKEN_SEND, CSRF_NONE, BODY_NONE, 0, handle_message_delete},
    {METHOD_GET, "/api/orgs/{org}/queue", WHO_TOKEN_READ, CSRF_NONE, BODY_NONE, 0, handle_queue},

    {METHOD_GET, "/login", WHO_VISITOR, CSRF_NONE, BODY_NONE, 0, handle_sign_in_form},
    {METHOD_POST, "/login", WHO_VISITOR, CSRF_ORIGIN, BODY_FORM, FORM_LIMIT, handle_sign_in},
    {METHOD_POST, "/logout", WHO_SIGNED_IN, CSRF_TOKEN, BODY_FORM, FORM_LIMIT, handle_sign_out},

    {METHOD_GET, "/admin", WHO_SIGNED_IN, CSRF_NONE, BODY_NONE, 0, handle_home},
    {METHOD_GET, "/admin/{org}", WHO_ADMIN, CSRF_NONE, BODY_NONE, 0, handle_home},
    {METHOD_GET, "/admin/{org}/settings", WHO_ADMIN, CSRF_NONE, BODY_NONE, 0, handle_settings},
    {METHOD_POST, "/admin/{org}/settings", WHO_OWNER, CSRF_TOKEN, BODY_FORM, FORM_LIMIT, handle_settings_save},
    {METHOD_GET, "/admin/{org}/check", WHO_ADMIN, CSRF_NONE, BODY_NONE, 0, handle_check},
    {METHOD_POST, "/admin/{org}/check", WHO_OWNER, CSRF_TOKEN, BODY_FORM, FORM_LIMIT, handle_check_action},
    {METHOD_GET, "/admin/{org}/messages", WHO_ADMIN, CSRF_NONE, BODY_NONE, 0, handle_messages_page},
    {METHOD_POST, "/admin/{org}/messages", WHO_OWNER, CSRF_TOKEN, BODY_FORM, FORM_LIMIT, handle_messages_send},
    {METHOD_GET, "/admin/{org}/messages/{item}", WHO_ADMIN, CSRF_NONE, BODY_NONE, 0, handle_message_page},
    {METHOD_GET, "/admin/{org}/messages/{item}/media/{place}", WHO_ADMIN, CSRF_NONE, BODY_NONE, 0, handle_media},
    {METHOD_POST, "/admin/{org}/messages/{item}", WHO_OWNER, CSRF_TOKEN, BODY_FORM, FORM_LIMIT, handle_message_action},
    {METHOD_GET, "/admin/{org}/forget", WHO_OWNER, CSRF_NONE, BODY_NONE, 0, handle_forget},
    {METHOD_POST, "/admin/{org}/forget", WHO_OWNER, CSRF_TOKEN, BODY_FORM, FORM_LIMIT, handle_forget_action},
    {METHOD_GET, "/admin/{org}/data", WHO_ADMIN, CSRF_NONE, BODY_NONE, 0, handle_data},
    {METHOD_POST, "/admin/{org}/data", WHO_OWNER, CSRF_TOKEN, BODY_FORM, FORM_LIMIT, handle_data_action},
    {METHOD_GET, "/admin/{org}/look", WHO_ADMIN, CSRF_NONE, BODY_NONE, 0, handle_look},
    {METHOD_POST, "/admin/{org}/look", WHO_OWNER, CSRF_TOKEN, BODY_FORM, FORM_LIMIT, handle_look_action},
    {METHOD_GET, "/admin/{org}/held", WHO_ADMIN, CSRF_NONE, BODY_NONE, 0, handle_held},
    {METHOD_POST, "/admin/{org}/held", WHO_OWNER, CSRF_TOKEN, BODY_FORM, FORM_LIMIT, handle_held_action},
    {METHOD_GET, "/admin/{org}/numbers", WHO_ADMIN, CSRF_NONE, BODY_NONE, 0, handle_numbers},
    {METHOD_POST, "/admin/{org}/numbers", WHO_OWNER, CSRF_TOKEN, BODY_FORM, FORM_LIMIT, handle_numbers_change},
    {METHOD_GET, "/admin/{org}/buy", WHO_OWNER, CSRF_NONE, BODY_NONE, 0, handle_buy},
    {METHOD_POST, "/admin/{org}/buy", WHO_OWNER, CSRF_TOKEN, BODY_FORM, FORM_LIMIT, handle_buy_change},
    {METHOD_GET, "/admin/{org}/jobs/{item}", WHO_ADMIN, CSRF_NONE, BODY_NONE, 0, handle_job},
    {METHOD_POST, "/admin/{org}/pause", WHO_OWNER, CSRF_TOKEN, BODY_FORM, FORM_LIMIT, handle_pause},
};
/* clang-format on */
#define ROUTES (sizeof routes / sizeof routes[0])

const struct route *
route_at(size_t i)
{
	return i < ROUTES ? &routes[i] : NULL;
}

/* One segment of the path against one of the pattern. */
static bool
segment_matches(const char *pattern, size_t patternlen, const char *segment, size_t n,
    struct arena *arena, struct route_match *match)
{
	if (patternlen == 5 && memcmp(pattern, "{org}", 5) == 0) {
		uint64_t org = 0;
		if (parse_u64(segment, n, 1, UINT32_MAX, &org) != 0)
			return false;
		match->org = (uint32_t)org;
		return true;
	}
	if (patternlen == 6 && memcmp(pattern, "{item}", 6) == 0) {
		if (n == 0 || n > ITEM_MAX)
			return false;
		match->item = arena_dup(arena, segment, n);
		return true;
	}
	if (patternlen == 7 && memcmp(pattern, "{place}", 7) == 0) {
		uint64_t place = 0;
		if (parse_u64(segment, n, 0, PLACE_MAX, &place) != 0)
			return false;
		match->place = (unsigned)place;
		return true;
	}
	return patternlen == n && memcmp(pattern, segment, n) == 0;
}

static bool
path_matches(const char *pattern, const char *path, struct arena *arena, struct route_match *match)
{
	while (*pattern == '/' && *path == '/') {
		pattern++;
		path++;
		size_t a = strcspn(pattern, "/");
		size_t b = strcspn(path, "/");
		if (!segment_matches(pattern, a, path, b, arena, match))
			return false;
		pattern += a;
		path += b;
	}
	return *pattern == '\0' && *path == '\0';
}

void
route_find(enum method method, const char *path, struct arena *arena, struct route_match *out)
{
	*out = (struct route_match){0};
	for (size_t i = 0; i < ROUTES; i++) {
		struct route_match match = {0};
		if (!path_matches(routes[i].pattern, path, arena, &match))
			continue;
		out->allow |= 1u << routes[i].method;
		if (routes[i].method == METHOD_GET)
			out->allow |= 1u << METHOD_HEAD;
		if (routes[i].method == method ||
		    (routes[i].method == METHOD_GET && method == METHOD_HEAD)) {
			out->route = &routes[i];
			out->org = match.org;
			out->item = match.item;
			out->place = match.place;
		}
	}
}
