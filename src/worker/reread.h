/*
 * reread.h: has the settings file been changed since this worker began?
 *
 * Web servers are restarted after a change, a worker is not: it would go on with the former
 * BASE_URL and SESSION_SECRET, and give Bandwidth's application a callback password that
 * nobody takes any more.
 */
#ifndef SPOKE_REREAD_H
#define SPOKE_REREAD_H

#include <stdbool.h>
#include <stdint.h>

struct settings;

/* What a file is known by; all 0 when there is none. */
struct reread {
	uint64_t device, inode;
	int64_t size, changed; /* ns */
};

/* The settings file as it is now. */
void reread_note(const struct settings *, struct reread *);

/*
 * True once it is another one and can be used.  One with faults is told in the log, once,
 * and not used: an edit that is half done must not stop anything.
 */
bool reread_due(const struct settings *, struct reread *);

#endif
