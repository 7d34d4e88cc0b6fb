/*
 * loop.h: the worker's wheel: what is due is begun, what ended is stored, and then it
 * sleeps until something happens.
 */
#ifndef SPOKE_LOOP_H
#define SPOKE_LOOP_H

#include <stdbool.h>

struct worker;

enum loop_end {
	LOOP_IDLE,    /* nothing is due soon; the lock may be released */
	LOOP_TOLD,    /* a signal said so; what was under way has ended */
	LOOP_CHANGED, /* so did the settings file: to be begun again with the new one */
	LOOP_LOST     /* the lock's file was replaced: another worker may run */
};

/*
 * wake and signals are descriptors that are readable when something was queued, and when a
 * signal came.
 */
enum loop_end loop_run(struct worker *, int wake, int signals, int lock);

/*
 * After the lock was released: has something come meanwhile that this worker should still
 * do?
 */
bool loop_more(struct worker *, int wake);

#endif
