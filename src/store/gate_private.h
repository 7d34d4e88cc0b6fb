/*
 * gate_private.h: an opened gate, as gate.c and slots.c share it.
 */
#ifndef SPOKE_GATE_PRIVATE_H
#define SPOKE_GATE_PRIVATE_H

#include "store/gate.h"
#include "store/process.h"

#define GATE_MAGIC "spoke-gate 1\n"

struct gate {
	int fd;	   /* the file, with our locks */
	int dirfd; /* the directory, with a lock while attached */
	struct gate_page *page;
	char *dir;
	uint64_t dev, ino, shape, cache;
	char boot[sizeof((struct gate_page *)0)->boot];
	struct process self;
	uint32_t epoch; /* when we attached */
	int slot;	/* -1: none */
	bool mutex;	/* held by us */
	bool copy;	/* it was not used here before */
	bool replaced;	/* other files than the last one left */
};

/* Sets or clears our lock on one byte: 0, or -1 with errno. */
int gate_byte(int fd, int how, off_t byte);

/* Somebody else holds a lock on one of n bytes. */
bool gate_locked(int fd, off_t from, off_t n);

/* What a slot says of a process; pid 0: nobody. */
struct process gate_process(const struct gate_slot *);

/*
 * Kills whoever holds the mutex once it has been stopped for patience ms; *h is zero when the
 * caller begins to wait for it.
 */
void gate_end_keeper(struct gate *, struct gate_halted *h, int64_t patience);

/* Wakes the watchdogs whose bits are in the set. */
void gate_wake(struct gate *, uint32_t bits);

#endif
