/*
 * store/jobs.h: work for the worker that is not a queued message.
 */
#ifndef SPOKE_STORE_JOBS_H
#define SPOKE_STORE_JOBS_H
#include "base/json.h"
#include "org/record.h"
#include "store/kv.h"

struct job {
	const char *id; /* 16 hex digits */
	int64_t org;
	const char *kind;   /* "credentials" (ask Bandwidth what was entered), "reseal", … */
	const char *state;  /* "waiting", "running", "done", "failed" */
	const char *step;   /* what it is doing, for people */
	const char *result; /* sentence at the end */
	const char *detail; /* a JSON object of the kind's own, as text: see job_detail */
	int64_t created, due, started, finished, tries;
	const char *by;
};
extern const struct field job_fields[];

/*
 * detail: where a kind keeps what it must not forget between its steps: the ids that Bandwidth
 * gave, what was asked for and not yet answered, and the steps that people see
 * (org/progress.h).  It is changed in the job's own transaction, together with whatever
 * else must agree with it, and flushed before anything is done that rests on it.
 *
 * job_detail: as an object of the caller's (json_free); an empty one when there is none or it
 * cannot be read.  job_set_detail: puts it into the job, as text in the arena.
 */
json *job_detail(const struct job *);
void job_set_detail(struct job *, const json *, struct arena *);

/* Has it come to an end ("done" or "failed")? */
bool job_over(const struct job *);

/*
 * A job in state "running" comes due again, for whoever asks jobs_first, this long after its
 * started (or its due,
 * whichever is later): then it was abandoned.  A worker that has just taken the lock may ask for
 * them at once,
 * with now + JOB_LEASE; one that works longer puts the job with a later due now and then.
 */
#define JOB_LEASE (10 * 60 * INT64_C(1000))

/* Adds one: sets id (in tx_arena), state "waiting", created, and due unless set; when unique is
 * true and the newest of the same kind and org is waiting, returns that one's id instead, its
 * due brought forward if this one would be due earlier. */
enum result jobs_add(struct tx *, struct job *, bool unique);
enum result jobs_get(struct tx *, const char *id, bool for_update, struct arena *, struct job *);
enum result jobs_put(struct tx *, const struct job *); /* keeps JOBS_DUE right */
/*
 * The first that is due, waiting or abandoned; NOT_FOUND.  One that cannot be read is no
 * longer due from then on (logged; its record stays), if the transaction is committed.
 */
enum result jobs_first(struct tx *, int64_t now, struct arena *, struct job *);
enum result jobs_earliest(struct tx *, int64_t *due); /* INT64_MAX if there is none */
/* When the newest of those that wait or run was added, 0 if there is none; looks at all of them. */
enum result jobs_newest(struct tx *, int64_t *created);
/* The newest of a kind for an organization, however many there are; NOT_FOUND. */
enum result jobs_last(struct tx *, uint32_t org, const char *kind, struct arena *, struct job *);
/*
 * Every job in state "running" waits again and is due now; *count says how many.  Under the
 * worker's lock only, by a worker that has just taken it: whoever ran them is dead.
 */
enum result jobs_abandoned(struct tx *, size_t *count);
/* Removes what finished before a time; looks at no more than max. */
enum result jobs_expire(struct tx *, int64_t before, size_t max);
#endif
