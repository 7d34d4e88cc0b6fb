/*
 * ctl.c: what the commands share: arguments, the store, and what a result of it means.
 */
#include "ctl/ctl.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "store/orgs.h"
#include "store/store.h"

/* ---- arguments ------------------------------------------------------- */

const char *
ctl_nth(const struct ctl *ctl, const char *name, int n)
{
	int i;

	for (i = 0; i < ctl->noptions; i++)
		if (strcmp(ctl->options[i].name, name) == 0 && n-- == 0)
			return ctl->options[i].value;
	return NULL;
}

const char *
ctl_option(const struct ctl *ctl, const char *name)
{
	return ctl_nth(ctl, name, 0);
}

bool
ctl_flag(const struct ctl *ctl, const char *name)
{
	return ctl_option(ctl, name) != NULL;
}

bool
ctl_org(struct ctl *ctl, int i, uint32_t *org)
{
	const char *s = i < 0 ? ctl_option(ctl, "org") : ctl->args[i];
	uint64_t n;

	if (s == NULL) {
		ctl_fail(
		    EXIT_USAGE, "say which organization: --org N (spokectl org list shows them)");
		return false;
	}
	if (parse_u64(s, strlen(s), 0, UINT32_MAX, &n) != 0) {
		ctl_fail(EXIT_USAGE,
		    "\"%s\" is not an organization's number (spokectl org list shows them)", s);
		return false;
	}
	*org = (uint32_t)n;
	return true;
}

bool
ctl_number(struct ctl *ctl, const char *name, int64_t min, int64_t max, int64_t def, int64_t *out)
{
	const char *s = ctl_option(ctl, name);

	*out = def;
	if (s == NULL || parse_i64(s, strlen(s), min, max, out) == 0)
		return true;
	ctl_fail(EXIT_USAGE, "--%s needs a number from %lld to %lld", name, (long long)min,
	    (long long)max);
	return false;
}

/* ---- the store ------------------------------------------------------- */

/* The store must be let go of at once: nobody knows whether what was begun is done. */
static void
leave(void *arg, const char *why)
{
	static const char text[] =
	    "spokectl: had to let go of the store before the end. Look whether it was "
	    "done, and try again.\n";

	(void)arg;
	(void)why;
	ctl_restore_terminal();
	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit(EXIT_FAILED);
	_exit(EXIT_FAILED);
}

struct store_options
ctl_store_options(const struct ctl *ctl, bool create)
{
	return (struct store_options){.dir = ctl->settings.data_dir,
	    .settings = &ctl->settings,
	    .cache_bytes = ctl->settings.cache_bytes,
	    .stall_seconds = ctl->settings.store_stall_s,
	    .create = create,
	    .leave = leave};
}

struct look_for_org {
	struct arena *arena;
	uint32_t org;
};

static enum result
look_for_org(struct tx *tx, void *arg)
{
	struct look_for_org *l = arg;
	struct organization org;

	return orgs_get(tx, l->org, false, l->arena, &org);
}

int
ctl_org_there(struct ctl *ctl, uint32_t org)
{
	struct look_for_org l = {ctl->arena, org};
	enum result r = org == 0 ? NOT_FOUND : store_read(ctl->app.store, look_for_org, &l);

	if (r == NOT_FOUND)
		return ctl_fail(EXIT_NOT_FOUND,
		    "there is no organization %u (spokectl org list shows them)", org);
	return ctl_result(r, "organization");
}

enum result
ctl_commit(struct ctl *ctl, tx_fn fn, void *arg)
{
	enum result r = store_run(ctl->app.store, fn, arg);

	return r == OK ? store_flush(ctl->app.store) : r;
}

/* ---- failing --------------------------------------------------------- */

int
ctl_result(enum result r, const char *what)
{
	switch (r) {
	case OK:
		return EXIT_DONE;
	case NOT_FOUND:
		return ctl_fail(EXIT_NOT_FOUND, "%s: not found", what);
	case EXISTS:
		return ctl_fail(EXIT_FAILED, "%s: is there already", what);
	case BUSY:
		return ctl_fail(EXIT_FAILED,
		    "%s: the store is busy or recovering. Try again in a moment.", what);
	case DAMAGED:
		return ctl_fail(
		    EXIT_FAILED, "%s: the record is damaged; the lines above say which", what);
	default:
		return ctl_fail(EXIT_FAILED, "%s: failed; the lines above say why", what);
	}
}

const char *
ctl_who(struct ctl *ctl)
{
	const char *login = getenv("SUDO_USER");

	if (login == NULL || *login == '\0' || !text_valid(login, strlen(login), false))
		return "spokectl";
	return arena_fmt(ctl->arena, "spokectl (%.64s)", login);
}
