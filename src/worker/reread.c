/*
 * reread.c: looks at the settings file without reading it, until it is another one
 * (reread.h).
 */
#include "worker/reread.h"

#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/settings.h"
#include "managers/pipeline.h"

#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif

#define PROBLEMS_MAX 20000

void
reread_note(const struct settings *s, struct reread *r)
{
	struct stat st;

	memset(r, 0, sizeof(*r));
	if (s->conf_path == NULL || stat(s->conf_path, &st) != 0)
		return;
	r->device = (uint64_t)st.st_dev;
	r->inode = (uint64_t)st.st_ino;
	r->size = (int64_t)st.st_size;
	r->changed = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

static bool
usable(void)
{
	struct arena *a = arena_new();
	struct buf problems = BUF_INIT(PROBLEMS_MAX);
	struct settings s;
	struct pipeline p;
	bool good = settings_load(a, SYSCONFDIR, &s, &problems) == 0 &&
		    pipeline_read(s.service_managers, s.default_service, &p, &problems) == 0;

	if (!good)
		log_error("the settings file was changed, and cannot be used as it is now: %s",
		    buf_str(&problems));
	buf_free(&problems);
	arena_free(a);
	return good;
}

bool
reread_due(const struct settings *s, struct reread *r)
{
	struct reread now;

	reread_note(s, &now);
	if (now.inode == 0 || memcmp(&now, r, sizeof(now)) == 0)
		return false;
	*r = now;
	return usable();
}
