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

#include "base/json.h"
#include "store/kv.h"

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

/*
 * Changes a job, and whatever must agree with it, in one transaction, and makes that durable
 * before it returns: fn (run like any transaction, perhaps more than once) gets the job and
 * its detail (store/jobs.h) as they are now, changes either, writes other records as it
 * likes, and returns OK to have all of it stored; anything else stores nothing and is returned.
 * What fn puts into the job lives in tx_arena or longer.  It also renews the job's lease: a
 * kind that works for long calls this at least every few minutes.
 */
typedef enum result (*job_change_fn)(struct tx *, struct job *, json *detail, void *arg);
enum result job_change(struct worker *, const char *id, job_change_fn, void *arg);

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
