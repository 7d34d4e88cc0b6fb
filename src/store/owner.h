/*
 * store/owner.h: a program that opens a data directory runs as the directory's owner.
 *
 * One run as root leaves files that the web server's user cannot open, which takes the service
 * down.  So spokectl and the worker, started as root, become the owner first.
 */
#ifndef SPOKE_OWNER_H
#define SPOKE_OWNER_H

#include "base/result.h"

struct buf;

/*
 * Called before anything in dir is opened or made, and before any thread is started.  OK:
 * this process now is the owner (root gives itself up for good: groups, group, user), or
 * was already.  NOT_FOUND: there is no such directory. REFUSED: somebody else's.  FAILED:
 * the change of user failed.  Other than OK, why has a sentence that says what to do, and
 * the caller ends.
 */
enum result owner_become(const char *dir, struct buf *why);

#endif
