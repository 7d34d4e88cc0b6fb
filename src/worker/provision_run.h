/*
 * provision_run.h: one run of "provision" or "repair-application", between its parts:
 * provision.c (beginning, order of the steps), provision_run.c (asking, going on, ends),
 * provision_keep.c (what is stored), and the steps: provision_place.c (sub-account and location),
 * provision_known.c (where these lie already), provision_feature.c (SMS and MMS),
 * provision_application.c, provision_assignment.c.
 *
 * A step begins in its step_fn, asks with run_ask, goes on in the function given there, and
 * ends in exactly one of run_done, run_skip, run_fail, run_trouble, run_question or run_later.
 */
#ifndef SPOKE_PROVISION_RUN_H
#define SPOKE_PROVISION_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bandwidth/numbers.h"
#include "org/organization.h"
#include "org/progress.h"
#include "texting/provision.h"

struct arena;
struct http_answer;
struct http_request;
struct run;
struct worker;

typedef void (*step_fn)(struct run *);
typedef void (*run_fn)(struct run *, const struct http_answer *);

struct step_kind {
	const char *key, *name;
	step_fn begin;
	bool may_fail; /* the others go on without it */
};

/* The three things at Bandwidth that have an ID in the settings. */
enum part { PART_NONE, PART_SITE, PART_PEER, PART_APPLICATION };

struct run {
	struct run *next; /* of the worker's */
	struct worker *w;
	struct arena *arena;
	const char *job;
	const struct step_kind *steps;
	size_t count, step;	 /* the one under way */
	struct organization org; /* as stored last */
	int64_t version;	 /* config_version that the run is about */
	struct numbers_account account;
	const char *held; /* why nothing leaves this installation (moved, copied), or NULL */
	const char *mark; /* what the names of our things end in */
	struct provision_question yes;
	const char *number; /* one of the organization's in service, E.164, or NULL */
	int failures;	    /* in a row, as the job remembers */
	run_fn then;
	enum part making;   /* is being made, or just was tried to be */
	enum part not_made; /* it certainly was not: to be written down with what comes next */
	bool again;	    /* the step looks a second time */
	bool has_default;   /* the sub-account has a default location */
	bool sms_exists;
	const char *without; /* name of a step that failed, and the others went on; or NULL */
};

/* ---- for the steps (provision_run.c) ------------------------------------- */

/* Asks; then goes on there.  Without an answer of Bandwidth's the run ends or is put off. */
void run_ask(struct run *, const struct http_request *, run_fn then);
/* What it is doing, for people. */
void run_doing(struct run *, const char *what);

/* The step is done: the next one. */
void run_done(struct run *, const char *sentence);
/* It cannot be done now, and the rest goes on. */
void run_skip(struct run *, const char *why);
/* It failed, and so the run (unless the step may fail): what is wrong and what to do. */
void run_fail(struct run *, const char *sentence, const char *words);
/*
 * An answer that is not what was hoped for: put off when another time may help, else failed, with
 * `what` ("The sub-account could not be made."), the advice for the code, and Bandwidth's words.
 */
void run_trouble(struct run *, const char *what, const struct numbers_head *);
/* Tries the step again later: after that many ms, or when 0 as the failures in a row say. */
void run_later(struct run *, const char *why, int64_t after);
/* Ends the run for now: its job is due again then. */
void run_put_off(struct run *, int64_t due, const char *doing);
/* All steps are behind us. */
void run_complete(struct run *);
/* Ends with a question (texting/provision.h). */
void run_question(struct run *, const char *sentence, const char *what, const char *value);
/* Was this question answered with yes? */
bool run_said_yes(const struct run *, const char *what, const char *value);

/* The name for what we make, at most 50 characters, and whether a name is one of ours. */
const char *run_name(const struct run *);
bool run_is_ours(const struct run *, const char *name);

/*
 * May it be made now?  Not while an earlier try could still turn out to have worked: then the run
 * is put off, and false.  Writes down that it is being made.
 */
bool run_may_make(struct run *, enum part);
/*
 * What came of making it, unless it was made: nothing for certain, and then true; else the run is
 * put off, to look for it.
 */
bool run_not_made(struct run *, const struct numbers_head *);
/* It has this ID: remembered, and the step done. */
void run_has(struct run *, enum part, const char *id, const char *sentence);
/* The same without ending the step; false when the run is over because of it. */
bool run_found(struct run *, enum part, const char *id);
/* As run_has, for a sub-account with the location in it that is used. */
void run_has_place(struct run *, const char *site, const char *peer, const char *sentence);
/* As run_has, for the application, which has today's callback addresses, user and password too. */
void run_has_callbacks(struct run *, const char *id, const char *sentence);

/* ---- what is stored (provision_keep.c) -------------------------------- */

enum keep { KEEP_NOTHING, KEEP_POSTED, KEEP_NOT_POSTED, KEEP_ID };

struct note {
	/* A step's state; key NULL: none. */
	const char *key;
	enum progress_state state;
	const char *sentence, *words;
	const char *begins; /* key of the step that runs from now on, or NULL */
	const char *doing;  /* job.step, or NULL */
	int failures;	    /* in a row from now on */
	struct provision_question ask;

	enum keep keep;
	enum part part;
	const char *id;
	const char *peer;   /* with the ID of a site: the location in it, or NULL */
	bool callbacks_set; /* today's, at application `id` */
};

enum noted {
	NOTED,	       /* stored and flushed */
	NOTED_CHANGED, /* the same, but the settings are others now: the run is over */
	NOTED_NOT      /* the store would not take it */
};
/*
 * Stores it in one transaction, and renews run->org.  An ID is stored only where none, or the
 * same, stands, and only for the account it was made in.
 */
enum noted run_note(struct run *, const struct note *);

/*
 * Reads organization, mark and job, and makes the steps of a job that has none (or others' ones:
 * of earlier settings).  Sets run->step to the first that is not over.  false: the store failed.
 */
bool run_read(struct run *);

struct part_fields {
	const char **id, **confirmed;
	int64_t *posted;
};
struct part_fields part_of(struct organization *, enum part);

/* ---- the steps -------------------------------------------------------- */

void step_site(struct run *);	      /* provision_place.c */
void run_unknown_place(struct run *); /* Bandwidth can't tell: ours of an earlier run, or new */
void run_ask_place(struct run *);     /* provision_known.c */
void step_location(struct run *);
void step_sms(struct run *); /* provision_feature.c */
void step_mms(struct run *);
void step_application(struct run *); /* provision_application.c */
void step_repair(struct run *);
void step_assignment(struct run *); /* provision_assignment.c */

#endif
