/*
 * gate.h: who is attached to the store, and whether its shared memory can be trusted.
 *
 * The file DATA_DIR/gate is mapped by every attached process.  Each has a slot
 * in it and holds a lock on the slot's byte; the kernel lets go of the lock
 * when the process ends in whatever way, so a used slot with a free lock is a process that died
 * inside.  The gate knows nothing of the engine; src/store/README has the reasons.
 */
#ifndef SPOKE_GATE_H
#define SPOKE_GATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/result.h"

struct buf;
struct gate;

#define GATE_FILE "gate"
#define GATE_SLOTS 1024
#define GATE_STALLS 3

struct gate_slot {
	_Atomic uint32_t pid; /* 0: free */
	uint32_t claims;      /* how often it was taken */
	uint64_t start;	      /* start time of the process, /proc/PID/stat field 22 */
	uint64_t pid_ns;      /* inode of its pid namespace: pids mean nothing in another */
};

/* The file as it lies on disk.  What does not match is not trusted. */
struct gate_page {
	char magic[16];
	uint32_t size; /* of this struct */
	/*
	 * Even: the shared memory is good.  Odd: poisoned, everybody must leave and the next
	 * opener recovers.  Only ever grows.  Waited on as a futex.
	 */
	_Atomic uint32_t epoch;
	char boot[48];	   /* boot id of the kernel under which it was made good */
	uint64_t dev, ino; /* of the data directory */
	uint64_t shape;	   /* parameters of the engine's regions */
	uint64_t cache;	   /* size of its cache */
	uint64_t left_as;  /* what the files were like when the last one left; 0: not known */
	_Atomic int64_t clock; /* clock_base of everybody; 0: the machine's clock is gone by */
	_Atomic int64_t stalls[GATE_STALLS]; /* when operations stalled, seconds since boot */
	struct gate_slot slots[GATE_SLOTS];
	struct gate_slot keeper; /* who holds the mutex */
};

/* Offsets of the lock bytes, beyond all contents. */
enum {
	GATE_LOCK_MUTEX = 1 << 20,
	GATE_LOCK_TEND,
	GATE_LOCK_LOGS,
	GATE_LOCK_SLOT0 = GATE_LOCK_MUTEX + 16
};

struct gate_options {
	const char *dir;
	uint64_t shape, cache;
	bool recover;	  /* even when all is well */
	int64_t deadline; /* monotonic ms: BUSY after it */
	int64_t grace;	  /* ms after which those who do not leave are killed */
};

/*
 * Opens the gate (makes the file when it is missing) and takes its mutex.  *recover is set when
 * the caller must recover the store before it goes on, and then nobody else is attached.
 * *why_recover says the reason.  Errors: BUSY, FAILED, with a sentence in why.
 */
enum result gate_open(
    const struct gate_options *, struct gate **, const char **why_recover, struct buf *why);

/* The store was recovered: the shared memory is good from now on. */
void gate_recovered(struct gate *);

/*
 * Were the files copied, or put here in another way, since they were last used?  Then pages
 * may be older than the last checkpoint in the log, and recovery must go through all of it.
 */
bool gate_is_copy(const struct gate *);

/* Do other files lie here than those that the last one left, in the same directory? */
bool gate_is_replaced(const struct gate *);

/* Takes a slot; nobody else passes before gate_let_pass.  BUSY when all slots are taken. */
enum result gate_attach(struct gate *, struct buf *why);

/* Lets go of the mutex. */
void gate_let_pass(struct gate *);

/* Leaves in order, after the engine was closed, and frees.  Without a slot it only closes. */
void gate_close(struct gate *);

/*
 * Closes without leaving in order: what was being done stays undone, and the next opener recovers.
 */
void gate_abandon(struct gate *);

/* Makes everybody leave.  True for the one who did it first. */
bool gate_poison(struct gate *);

/* True when this process must leave. */
bool gate_poisoned(const struct gate *);

/*
 * Sleeps until the gate is poisoned, gate_nudge is called for this process, or until ms
 * are over (-1: no limit).
 */
void gate_wait(struct gate *, int64_t ms);
void gate_nudge(struct gate *);

/* Looks over the slots: true when an attached process died. */
bool gate_somebody_died(const struct gate *);

/* The pid of an attached process that is stopped (SIGSTOP, a debugger), or 0. */
pid_t gate_somebody_stopped(const struct gate *);

/* Who was seen stopped, and since when; zero at first. */
struct gate_halted {
	pid_t pid;
	uint64_t start, runs;
	int64_t since; /* monotonic ms */
	bool said;
};

/*
 * Looks at the two attached processes that come next, so that each is looked at by two others
 * however many there are.  One that has not gone on for patience ms since it was first seen
 * stopped is killed, and everybody leaves; whoever can't be killed is logged once.
 * True while there is one whose patience runs: look again soon.
 */
bool gate_end_halted(struct gate *, struct gate_halted *, int64_t patience);

/*
 * Records a stall; true when it is one of GATE_STALLS within ten minutes, and the watchdog
 * should rather wait.
 */
bool gate_stalls_often(struct gate *);

/* What clock_use was told for all attached, since the machine was started; 0: nothing. */
int64_t gate_clock(const struct gate *);
void gate_set_clock(struct gate *, int64_t base);

/* Try-locks: 0, or -1 when somebody has it.  Shared between processes, not threads. */
int gate_trylock(struct gate *, int byte);
void gate_unlock(struct gate *, int byte);

/* Keeps logs from being removed while the returned descriptor is open; -1: failed. */
int gate_hold_logs(const char *dir);

/* gate_clock of a directory that need not be joined; 0 also when that is of no use here. */
int64_t gate_clock_in(const char *dir);

/* The size of the cache that the store was last opened with, or 0. */
uint64_t gate_cache(const char *dir);

/* Number of processes attached, this one included. */
int gate_count(const struct gate *);

#endif
