/*
 * worker/jobs.h: carrying out jobs (store/jobs.h): which function does which kind, and what
 * they tell the store.
 *
 * A job that the worker dies over is done again from its beginning; so every kind bears
 * that.
 */
#ifndef SPOKE_WORKER_JOBS_H
#define SPOKE_WORKER_JOBS_H

#include <stdint.h>

struct job;
struct worker;

/* Starts what is due, as long as not too much is under way. */
void jobs_turn(struct worker *);

/*
 * Queues a job of the worker's own, unless one of its kind waits for the organization; due
 * 0: now.
 */
void jobs_ask(struct worker *, uint32_t org, const char *kind, int64_t due);

/* ---- for the kinds --------------------------------------------------- */

/* What it is doing, for people who wait for it. */
void job_step(struct worker *, const char *id, const char *step);
/* It is over: "done" or "failed", with a sentence. */
void job_end(struct worker *, const char *id, const char *state, const char *result);
/* It is to be tried again at a wall time. */
void job_again(struct worker *, const char *id, int64_t due, const char *step);

/*
 * How a kind begins: the job lives only during the call.  What it begins ends in one
 * job_end or job_again; w->jobs counts those under way.
 */
typedef void (*job_fn)(struct worker *, const struct job *);

#endif
