/*
 * job_part.h: how a job stands, on any page: its steps while it runs and after.
 *
 * A page that shows a job which is under way refreshes itself:
 *
 *	if (job_under_way(&job, now))
 *		page.refresh = frame_refresh(req, JOB_REFRESH);
 *
 * With page.typing set (the page has fields) only the script does, and waits while somebody
 * types; without, browsers without scripts do as well (meta refresh).
 */
#ifndef SPOKE_JOB_PART_H
#define SPOKE_JOB_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "store/jobs.h"

#define JOB_REFRESH 2 /* seconds */

/*
 * It runs, or waits for no longer than somebody looking at the page would: not for the worker
 * that never came, nor for another day.
 */
bool job_under_way(const struct job *, int64_t now);

/* Its steps: <ol class="steps">, each with icon, word, sentence, Bandwidth's words and time. */
void part_job_steps(struct buf *, const struct job *, int64_t now);

/*
 * A note with title, "Step 3 of 7: Location", what it is doing and since when, or how it ended
 * (job.result), with the steps in a list below.  title is a plain text: "Setting up at
 * Bandwidth".  Nothing when job->id is NULL.
 */
void part_job(struct buf *, const char *id, const char *title, const struct job *, int64_t now);

#endif
