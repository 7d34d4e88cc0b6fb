/*
 * trial.h: a test text to a person's own phone, and its round trip: queued, handed to Bandwidth,
 * taken, delivered, answered.
 *
 * It is a text like any other (texting/submit.h): it counts, costs, and goes the same way.
 * META remembers the last one of each organization.
 */
#ifndef SPOKE_TRIAL_H
#define SPOKE_TRIAL_H

#include "org/message.h"
#include "texting/setup.h"
#include "texting/submit.h"

/* Fills in the submission of a test text: its words; the caller adds who it is to and from. */
void trial_submission(
    struct submission *, struct arena *, const struct organization *, const char *by);

/* Remembers a queued message as the organization's last test text. */
enum result trial_note(struct tx *, uint32_t org, const char *message_id);

struct trial {
	struct message message;
	struct message reply; /* the first text from that phone since; id NULL: none yet */
	const char *paused;   /* why nothing is sent now, a sentence, or NULL */
};
/* The last test text; NOT_FOUND if there is none. */
enum result trial_read(struct tx *, uint32_t org, struct arena *, struct trial *);

enum trial_step { TRIAL_QUEUED, TRIAL_TAKEN, TRIAL_DELIVERED, TRIAL_ANSWERED, TRIAL_STEPS };

struct trial_result {
	const char *name, *title;
	enum setup_state state; /* ASKING: it is this step's turn; UNKNOWN: not its turn yet */
	const char *sentence;
	const char *action; /* or NULL */
	int64_t time;	    /* when that was reached, 0: not */
};
/* Pure.  Texts live in the arena. */
void trial_judge(
    const struct trial *, int64_t now, struct arena *, struct trial_result[TRIAL_STEPS]);
/* Will nothing more happen by itself?  (A phone's owner may still answer.) */
bool trial_settled(const struct trial *, int64_t now);

#endif
