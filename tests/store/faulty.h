/*
 * faulty.h: an engine that fails when it is told to.
 *
 * faulty_engine.c is linked into a program with -Wl,--wrap=db_env_create,--wrap=db_create.  It
 * counts what the program asks of Berkeley DB and lets one call fail, or all from one on, before
 * the engine sees them.  SPOKE_FAULTS names a file of the size of the board, which the program and
 * its test both map; without it nothing fails.
 */
#ifndef SPOKE_TESTS_FAULTY_H
#define SPOKE_TESTS_FAULTY_H

#include <stdatomic.h>
#include <stdint.h>

/* What is counted. */
enum {
	FAULTY_BEGIN = 1,
	FAULTY_END = 2, /* commit and abort */
	FAULTY_GET = 4,
	FAULTY_PUT = 8,
	FAULTY_DEL = 16,
	FAULTY_WALK = 32, /* a cursor: opening, moving, closing */
	FAULTY_FLUSH = 64,
	FAULTY_TEND = 128, /* checkpoint and removal of logs */
	FAULTY_OPEN = 256  /* environment and tables */
};
#define FAULTY_KV (FAULTY_BEGIN | FAULTY_END | FAULTY_GET | FAULTY_PUT | FAULTY_DEL | FAULTY_WALK)

struct faulty {
	_Atomic int32_t which; /* of the above, or'ed; 0: nothing is counted */
	_Atomic int32_t at; /* the call that fails, from 1; negative: that one and all after it */
	_Atomic int32_t error; /* what it fails with */
	_Atomic int32_t calls; /* counted so far */
	_Atomic int32_t hits;  /* failed so far */
	_Atomic int32_t every; /* not 0: with at, each call so many further on fails too … */
	_Atomic int32_t most;  /* … until so many have */
};

/* The board of this process, made by faulty_begin or found by SPOKE_FAULTS. */
extern struct faulty *faulty_board;

/* From now on the at-th call of those fails with the error; at 0: none does. */
void faulty_begin(int32_t which, int32_t at, int32_t error);
/* Nothing fails any more; how many calls did. */
int32_t faulty_end(void);

#endif
