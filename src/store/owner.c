/*
 * owner.c: becoming the owner of the data directory (owner.h), for programs that root may
 * start. It stands at the very beginning of main; it opens nothing.
 */
#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "store/owner.h"

/* Gives up root for good; -1 with errno. */
static int
give_up_root(uid_t uid, gid_t gid)
{
	if (setgroups(1, &gid) != 0 || setgid(gid) != 0 || setuid(uid) != 0)
		return -1;
	if (setuid(0) == 0) { /* it must not be possible any more */
		errno = EPERM;
		return -1;
	}
	return 0;
}

enum result
owner_become(const char *dir, struct buf *why)
{
	struct stat st;

	if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)) {
		buf_addf(why,
		    "There is no data directory %s. If this is a new installation, run "
		    "\"spokectl init\"; if it had one, put it back or restore the backup.",
		    dir);
		return NOT_FOUND;
	}
	if (geteuid() == st.st_uid)
		return OK;
	if (geteuid() != 0) {
		buf_addf(why,
		    "The data directory %s belongs to user %lu, and this is user %lu. Run it as "
		    "that user, or as root, which then becomes that user.",
		    dir, (unsigned long)st.st_uid, (unsigned long)geteuid());
		return REFUSED;
	}
	if (give_up_root(st.st_uid, st.st_gid) != 0) {
		buf_addf(why, "Could not become user %lu, the owner of %s: %s.",
		    (unsigned long)st.st_uid, dir, log_errno(errno));
		return FAILED;
	}
	return OK;
}
