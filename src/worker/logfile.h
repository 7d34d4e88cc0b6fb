/*
 * logfile.h: DATA_DIR/worker.log, where a worker that has no standard error of its own
 * writes its lines.
 */
#ifndef SPOKE_LOGFILE_H
#define SPOKE_LOGFILE_H

#include <sys/types.h>

#define LOGFILE_MAX ((off_t)1024 * 1024) /* then it becomes worker.log.1 and a new one begins */

/* From now on descriptor 2 is the file (0600); 0, or -1 (logged). */
int logfile_use(const char *dir);

/* Begins a new file if it is used and has grown too long. */
void logfile_tend(const char *dir);

#endif
