/*
 * home.c: the way in: from / to the organizations of whoever is signed in, and straight on if
 * there is one.
 */
#include "handlers/handlers.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "base/settings.h"
#include "http/page.h"
#include "http/parts.h"
#include "store/orgs.h"
#include "store/people.h"

#define LIST_MAX 500

struct entry {
	uint32_t org;
	const char *name;
	enum role role;
};

struct list {
	const struct request *request;
	struct entry *entries;
	size_t count;
};

/* "12 OWNER" begins with the organization's number. */
static uint32_t
org_of(const char *role)
{
	uint64_t org = 0;
	if (parse_u64(role, strcspn(role, " "), 1, UINT32_MAX, &org) != 0)
		return 0;
	return (uint32_t)org;
}

static enum result
read_list(struct tx *tx, void *arg)
{
	struct list *list = arg;
	struct arena *arena = list->request->arena;
	struct user user;
	list->count = 0;
	enum result r = users_get(tx, list->request->session->email, false, arena, &user);
	if (r != OK)
		return r;
	size_t most = user.roles.count < LIST_MAX ? user.roles.count : LIST_MAX;
	list->entries = arena_alloc(arena, (most + 1) * sizeof *list->entries);
	for (size_t i = 0; i < most; i++) {
		struct organization org;
		struct entry entry = {.org = org_of(user.roles.items[i])};
		entry.role = entry.org != 0 ? user_role(&user, entry.org) : ROLE_NONE;
		if (entry.role == ROLE_NONE)
			continue;
		r = orgs_get(tx, entry.org, false, arena, &org);
		if (r == NOT_FOUND)
			continue;
		if (r != OK)
			return r;
		entry.name = org.name;
		list->entries[list->count++] = entry;
	}
	return OK;
}

static const char *
messages_path(struct arena *arena, uint32_t org)
{
	return arena_fmt(arena, "/admin/%" PRIu32 "/messages", org);
}

static void
write_list(const struct app *app, const struct request *request, struct response *response,
    const struct list *list)
{
	struct buf *out = &response->body;
	const struct page page = {.title = "Your organizations"};
	page_begin(app->settings, request, response, &page);
	html_raw(out, "<h1>Your organizations</h1>\n");
	if (list->count == 0)
		html_raw(out,
		    "<p>You don't belong to an organization yet. Once an owner has added you, "
		    "it appears here. Ask whoever runs this installation.</p>\n");
	else
		html_raw(out, "<ul>\n");
	for (size_t i = 0; i < list->count; i++) {
		const struct entry *entry = &list->entries[i];
		html_raw(out, "<li><a");
		html_url_attr(out, "href",
		    page_path(app->settings, request, messages_path(request->arena, entry->org)));
		html_raw(out, " dir=\"auto\">");
		html_text(out, entry->name);
		html_raw(out, entry->role == ROLE_OWNER
				  ? "</a> <span class=\"soft\">You are an owner</span></li>\n"
				  : "</a></li>\n");
	}
	if (list->count > 0)
		html_raw(out, "</ul>\n");
	page_end(response);
}

void
handle_home(const struct app *app, struct request *request, struct response *response)
{
	const char *base = app->settings->base_url.text;
	if (request->org != 0) {
		response_redirect(response, base, messages_path(request->arena, request->org));
		return;
	}
	if (request->session == NULL) {
		response_redirect(response, base, "/admin");
		return;
	}
	struct list list = {.request = request};
	enum result r = store_read(app->store, read_list, &list);
	if (r != OK)
		response_failed(request, response, r);
	else if (list.count == 1)
		response_redirect(
		    response, base, messages_path(request->arena, list.entries[0].org));
	else
		write_list(app, request, response, &list);
}
