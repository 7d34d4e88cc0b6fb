/*
 * task.h: a job about an organization's numbers while the worker is at it: what it knows, how it
 * asks Bandwidth, how it remembers, and how it works through long lists without holding up
 * the texts.  (A job about held texts uses the last of these, and remembers by itself: held.c.)
 *
 * What must outlive the worker stands in `d`, which task_store makes durable; everything
 * else is lost with a kill, and the job begins again from what is stored.
 */
#ifndef SPOKE_TASK_H
#define SPOKE_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "bandwidth/numbers.h"
#include "org/organization.h"
#include "store/kv.h"
#include "texting/inventory.h"
#include "worker/ask.h"

struct arena;
struct http_request;
struct job;
struct task;
struct worker;

/* What came of a question: worst is what may be concluded when there is no answer to read. */
struct task_answer {
	const struct http_answer *http; /* NULL unless an answer is to be read */
	enum numbers_outcome outcome;	/* without http: NOT_SENT, UNAUTHORIZED, BUSY, UNKNOWN */
	const char *words;		/* without http: a sentence */
	int64_t again;			/* ms until another try makes sense, 0 unknown */
	bool changed;			/* the settings were changed meanwhile: begin again */
};
typedef void (*task_done)(struct task *, const struct task_answer *);
/* Does a piece of work (some ms); true while there is more. */
typedef bool (*task_piece)(struct task *);

struct task {
	struct task *next; /* of those that work in pieces */
	struct worker *w;
	struct arena *arena; /* as long as the task */
	const char *job;     /* id */
	const char *kind;
	const char *by;
	uint32_t org;
	int64_t created;
	int64_t tries;
	struct organization o;	/* as it was at the beginning */
	struct inventory_job d; /* as it is stored */
	struct numbers_account account;
	task_done done;
	task_piece piece;
	void *own; /* the kind's; freed with */
	void (*own_free)(void *);
};

/*
 * NULL: there is nothing to begin with (the job was ended or put off).  An organization whose
 * account is another than the one that the job was asked for ends the job.
 */
struct task *task_begin(struct worker *, const struct job *);

/* ---- remembering ------------------------------------------------------- */

/*
 * Makes d durable, together with what fn (may be NULL) writes in the same transaction.  False:
 * it could not be, and the task is over (put off for some seconds): return at once.
 */
bool task_store(struct task *, tx_fn fn, void *arg);
/* Runs something else of the task's; the same. */
bool task_run(struct task *, tx_fn fn, void *arg);
void task_step(struct task *, const char *step);

/* ---- the end of a turn: exactly one of these, then the task is gone ------ */

void task_end(struct task *, bool good, const char *result);
void task_again(struct task *, int64_t wait, const char *step);
/* Puts it off by what an answer says, or by more with each try. */
void task_put_off(struct task *, int64_t again, const char *words);

/* ---- asking ---------------------------------------------------------------- */

/* Asks Bandwidth; done is called later, once. */
void task_ask(struct task *, const struct http_request *, task_done done);
/* The same for those who can't conclude from an answer themselves: what is certain, and words. */
enum numbers_outcome task_outcome(const struct task_answer *, const struct numbers_head *);
const char *task_words(const struct task_answer *, const struct numbers_head *);

/* ---- long work ---------------------------------------------------------------- */

/* Has the piece called once for each turn of the worker, until it returns false. */
void task_pieces(struct task *, task_piece);
void tasks_turn(struct worker *);
bool tasks_waiting(const struct worker *);
/* Drops them when the worker ends; their jobs go on with the next one. */
void tasks_abort(struct worker *);

#endif
