/*
 * job.h: waiting for a job in spokectl: its steps as they change, and how it ended.
 */
#ifndef SPOKE_CTL_JOB_H
#define SPOKE_CTL_JOB_H

#include <stdint.h>

#include "base/json.h"
#include "base/result.h"
#include "store/jobs.h"

struct ctl;

/*
 * Waits until the job is over, a signal came or the seconds (0: none, one look only) have
 * passed; meanwhile prints, unless --json, a line for each step that changes:
 * "  done     Sub-account: made, ID 12345", or of a job without steps what it does.  *out
 * lives in ctl->arena.  The result of the last look: OK, NOT_FOUND, …
 */
enum result ctl_job_wait(struct ctl *, const char *id, int64_t seconds, struct job *out);

/* {"id", "kind", "state", "step", "result", "created", "finished", "steps": [{"key", "name",
 * "state", "sentence", "words", "since"}]}; the caller's. */
json *ctl_job_json(const struct job *);

#endif
