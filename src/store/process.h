/*
 * process.h: which process is which, beyond the number that is used again.
 */
#ifndef SPOKE_PROCESS_H
#define SPOKE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct process {
	pid_t pid;
	uint64_t start;	 /* clock ticks since boot, 0: not known */
	uint64_t pid_ns; /* inode of the pid namespace, 0: not known */
};

/* This process.  Needs /proc for all but the pid. */
void process_self(struct process *);

/* Sends SIGKILL when pid and start time are still those; true when it was sent. */
bool process_kill(const struct process *);

/* Stopped by a signal or a debugger, and still the same process. */
bool process_stopped(const struct process *);

/*
 * Stopped by a signal, with nobody sitting there: not under a debugger, and not spokectl, which a
 * person stops by Ctrl-Z.  *runs grows each time its first thread gets a processor, so that two
 * looks can tell whether it went on in between.
 */
bool process_halted(const struct process *, uint64_t *runs);

/* The kernel's boot id, or "" without /proc. */
void process_boot(char *id, size_t size);

#endif
