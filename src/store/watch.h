/*
 * watch.h: the watchdog's thread, which makes a process leave the store when
 * it can no longer be used.
 *
 * It never calls the engine, because whoever does may be frozen there for good
 * by a lock that a killed process held.  It sleeps while nothing happens.
 */
#ifndef SPOKE_WATCH_H
#define SPOKE_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct gate;
struct watch;

/* One thread's doings inside the engine: seq is odd while it is in there. */
struct op {
	_Atomic uint32_t seq;
	_Atomic bool patient; /* waits for the disk: only a stopped process makes it a stall */
	uint32_t seen;	      /* the rest belongs to the watchdog */
	uint32_t ticks;
	struct op *next;
};

/* How long an operation may take, in seconds; 0: the default. */
int watch_stall_seconds(int set);

/*
 * Starts the thread.  leave is called from it, once, and must not return
 * (NULL: _exit(75)).  Returns NULL when no thread could be started.
 */
struct watch *watch_start(
    struct gate *, int stall_seconds, void (*leave)(void *arg, const char *why), void *leave_arg);

/* Ends the thread and frees; every op must be out.  NULL allowed. */
void watch_stop(struct watch *);

/* True once this process is to leave; nothing new may enter the engine. */
bool watch_leaving(const struct watch *);

/* Nobody may go on as it is: poisons the gate, so that everybody leaves.  why: a literal. */
void watch_panic(struct watch *, const char *why);

/* Registers an op; it stays registered until watch_stop. */
void watch_add(struct watch *, struct op *);

/* Around every call of the engine. */
void watch_in(struct watch *, struct op *);
void watch_out(struct op *);

#endif
