/*
 * wake_private.h: files of the data directory, as wake.c and holder.c use them.
 */
#ifndef SPOKE_WAKE_PRIVATE_H
#define SPOKE_WAKE_PRIVATE_H

#include <stdbool.h>

/* Opens a file of the data directory; -1 with errno. */
int wake_file(const char *dir, const char *name, int flags);

/*
 * Tries for the write lock on the whole file; 0, or -1 with errno (EAGAIN, EACCES: somebody
 * has it).
 */
int wake_try_lock(int fd);

/* Does a worker hold the lock that is stopped just now?  One that is started sees to it. */
bool worker_halted(const char *dir);

#endif
