/*
 * progress.h: how far a job has come, step by step, for the people who wait for it.
 *
 * A job keeps its steps in its detail (store/jobs.h), as the member "steps"; the worker sets
 * them, pages (handlers/job_part.h) and spokectl (ctl.h) show them.  All steps are there from
 * the beginning, so that people see what is still to come.
 */
#ifndef SPOKE_PROGRESS_H
#define SPOKE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"

enum progress_state {
	PROGRESS_WAITING, /* its turn has not come */
	PROGRESS_RUNNING,
	PROGRESS_DONE,
	PROGRESS_FAILED,
	PROGRESS_SKIPPED /* not needed, or not possible; the sentence says why */
};

struct progress_step {
	const char *key;  /* what the kind calls it: "site" */
	const char *name; /* for people: "Sub-account" */
	enum progress_state state;
	const char *sentence; /* what was found or made, or what is wrong and what to do; or NULL */
	const char *words;    /* Bandwidth's own words, or NULL */
	int64_t since;	      /* wall time of the last change of state, 0 none */
};

#define PROGRESS_STEPS 24
struct progress {
	struct progress_step steps[PROGRESS_STEPS];
	size_t count;
};

/* The steps of a detail, in order; texts live in the arena.  None when there are none. */
void progress_read(const json *detail, struct arena *, struct progress *);
/* Puts them into the detail, in place of those that were there. */
void progress_write(json *detail, const struct progress *);

/* The step of that key, or NULL. */
struct progress_step *progress_find(struct progress *, const char *key);
/* Adds one that waits; past PROGRESS_STEPS it is a mistake of ours (panic). */
void progress_add(struct progress *, const char *key, const char *name);
/*
 * In a detail: sets the state of the step of that key (which must be there), its sentence and
 * words (NULL: none) and, when the state is another one than before, its time.
 */
void progress_set(json *detail, const char *key, enum progress_state, const char *sentence,
    const char *words, int64_t now);

/* The step under way or the first that waits; NULL when none is left. */
const struct progress_step *progress_current(const struct progress *);
/* "Waiting", "Working on it", "Done", "Failed", "Skipped"; and as in JSON: "waiting", … */
const char *progress_word(enum progress_state);
const char *progress_state_name(enum progress_state);

#endif
