/*
 * forget.h: a person asks to be forgotten, for one organization.
 *
 * forget_ask replaces their contact by an opt-out without a number (store/forgotten.h) and takes
 * back what waits for them, in one transaction: from then on they are not texted, whatever becomes
 * of the rest, and whoever writes again is a new contact.  The rest is a job (worker/forget.c) of
 * many small transactions, which looks for what was there until then:
 *
 *	texts of both directions with attachments and all index entries,
 *	events as they were received, also those that could not be understood,
 *	answers of the API, jobs and the audit, in which the number is written over.
 *
 * In a group's text the others' record stays, with CONTACT_FORGOTTEN in place of the number: what
 * was written to the others, and when, is theirs too, and their receipts still find it.  What the
 * person wrote to a group goes whole.  What somebody else wrote of the number in a text stays, and
 * is counted.  Figures stay: they name nobody.
 *
 * A text that is being sent or is in doubt can't go yet: the job waits for it.
 */
#ifndef SPOKE_FORGET_H
#define SPOKE_FORGET_H

#include "org/message.h"
#include "store/jobs.h"
#include "store/mentions.h"
#include "texting/app.h"

#define FORGET_JOB "forget"

struct forget_answer {
	char job[MESSAGE_ID];
	char why[400];
};
/*
 * number: E.164 or a short code.  OK with the job's id; the one under way when it is asked for
 * again.  REFUSED with a sentence in why; NOT_FOUND: no such organization.  The audit names who,
 * and not the number.
 */
enum result forget_ask(const struct app *, uint32_t org, const char *number, const char *who,
    const char *from, struct forget_answer *);

/* Is the newest such job about this number, and not over? */
bool forget_under_way(struct tx *, uint32_t org, const char *number, struct arena *, struct job *);
/*
 * Somebody decided about a text that was in doubt: a job that waits for that is due now.  Within
 * the transaction that decides.
 */
enum result forget_decided(struct tx *, uint32_t org);

/* ---- the job ----------------------------------------------------------- */

#define FORGET_MENTIONED 20 /* texts of others that are named */

/* Its detail, besides the steps that people see. */
struct forget_job {
	const char *number; /* gone when it is over */
	const char *phase;  /* name of a phase; NULL: the first */
	const char *at;	    /* how far it is in it */
	const char *wait;   /* where to begin again, because of a text that could not go yet */
	int64_t texts;	    /* removed */
	int64_t groups;	    /* others' texts in which the number was written over */
	int64_t events;	    /* removed */
	int64_t hidden;	    /* other records in which it was written over */
	int64_t since;	    /* texts that came in after it was asked for, and stay */
	int64_t mentions;   /* others' texts that speak of the number */
	int64_t unreadable; /* texts that name it and can't be read */
	struct text_list mentioned; /* the ids of the first of them */
};
void forget_read(const json *detail, struct arena *, struct forget_job *);
void forget_write(json *detail, const struct forget_job *);
/* What came of it, for the job's last sentence. */
const char *forget_words(const struct forget_job *, struct arena *);
/* What came of a phase, or NULL. */
const char *forget_step_words(const char *phase, const struct forget_job *, struct arena *);

/* A piece of it: forget_find in a reading transaction, then forget_apply in a writing one. */
struct forget_piece {
	const struct app *app;
	uint32_t org;
	const char *job; /* id */
	int64_t cut;	 /* when it was asked for: what the person wrote since stays */
	struct arena *arena;
	struct forget_job d; /* as it is stored */

	/* Found. */
	struct message *list; /* of the phase "messages" */
	struct bytes *keys;   /* of the others */
	size_t count;
	const char *next; /* where the phase goes on; NULL: this is its last piece */

	/* Applied. */
	bool again; /* from the first phase */
	bool sending, doubt,
	    decide; /* why a text could not go: being sent, in doubt, for a person */
};

struct forget_phase {
	const char *name;
	const char *title; /* of the step that people see */
	enum result (*find)(struct tx *, struct forget_piece *);
	enum result (*apply)(struct tx *, struct forget_piece *); /* changes d */
};
/* The phases in their order; NULL behind the last.  Those with the same title are one step. */
const struct forget_phase *forget_phase_at(size_t i);

#endif
