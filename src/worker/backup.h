/*
 * worker/backup.h: the job "backup": a copy of the store into BACKUP_DIR.
 *
 * It takes as long as the disk needs, so it is done by a process of its own: the worker executes
 * its program with --backup JOB, in which nothing talks to Bandwidth.
 */
#ifndef SPOKE_WORKER_BACKUP_H
#define SPOKE_WORKER_BACKUP_H

#include "store/backup.h"

struct job;
struct settings;
struct store;
struct worker;

#define BACKUP_JOB "backup"

void backup_begin(struct worker *, const struct job *);

/* Takes the end of those that were begun. */
void backup_reap(void);

struct backup_process {
	const struct settings *settings;
	const char *job;
	struct store *(*open)(void *arg); /* NULL when it can't be opened now */
	void *arg;
};
/* What that process does; 0, or 1 when there is no good backup. */
int backup_work(const struct backup_process *);

#endif
