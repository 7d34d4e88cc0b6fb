/*
 * settings_limit.c: the daily limit as it was posted: is it a number, and may it be saved?
 *
 * The limit is what a browser left open, or one in wrong hands, can cost in a day: whoever raises
 * it is asked for their password, as for credentials.  Storing it is settings.c's business.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/parse.h"
#include "base/settings.h"
#include "handlers/confirm.h"
#include "handlers/settings_page.h"
#include "store/orgs.h"
#include "store/store.h"

#define LIMIT_MAX 100000000

/* "10,000" and "10 000" are what people write. */
static const char *
plain_number(struct arena *arena, const char *text)
{
	char *out = arena_str(arena, text);
	size_t n = 0;

	for (const char *s = text; *s; s++)
		if (*s != ',' && *s != ' ')
			out[n++] = *s;
	out[n] = '\0';
	return out;
}

void
settings_limit_read(struct settings_page *p, const char *entered)
{
	const char *plain;
	uint64_t value;

	p->segments = 0;
	p->limit = NULL;
	if (!entered)
		return;
	plain = plain_number(p->req->arena, entered);
	if (parse_u64(plain, strlen(plain), 1, LIMIT_MAX, &value) == 0) {
		p->limit = plain;
		p->segments = (int64_t)value;
	} else {
		p->limit = entered;
		p->limit_fault = "Enter a whole number from 1 to 100,000,000, or nothing.";
	}
}

static enum result
read_organization(struct tx *tx, void *arg)
{
	struct settings_page *p = arg;

	return orgs_get(tx, p->req->org, false, p->req->arena, &p->frame.view.org);
}

enum result
settings_limit_allow(struct settings_page *p)
{
	int64_t own = p->app->settings->daily_segments, before;
	enum result result = store_read(p->app->store, read_organization, p);

	if (result != OK)
		return result;
	before = p->frame.view.org.daily_segments;
	if ((p->segments ? p->segments : own) <= (before ? before : own))
		return OK;
	return confirm_person(p->app, p->req, &p->own_fault);
}
