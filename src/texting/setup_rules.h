/*
 * setup_rules.h: the rules of setup.h, one for each step: those about what Bandwidth said
 * (setup_bandwidth.c, setup_callbacks.c) and those about this installation (setup_here.c).
 * Inside texting/ only.
 */
#ifndef SPOKE_SETUP_RULES_H
#define SPOKE_SETUP_RULES_H

#include "texting/setup.h"

struct setup_case {
	const struct setup_input *in;
	const struct setup_facts *facts; /* those that hold for today's settings */
	struct arena *arena;
	const struct setup_result *before; /* results of the steps above, by enum setup_step */
	bool asked;			   /* a check of today's settings has begun or ended */
};
typedef void (*setup_rule)(const struct setup_case *, struct setup_result *);

/* What a rule ends with; each sets state, sentence and action, and returns nothing. */
void setup_fine(struct setup_result *, const char *sentence);
void setup_wrong(
    struct setup_result *, const char *sentence, const char *action, const char *where);
void setup_unknown(struct setup_result *, const char *sentence, const char *action);

/*
 * True when the answer says yes or no; else the result says why it is not known.  what: the
 * thing asked about, for sentences: "the sub-account".
 */
bool setup_answered(const struct setup_case *, struct setup_result *, const struct setup_answer *,
    const char *what);
/*
 * True when the step above is fine; else the result is unknown, because it rests on it.
 */
bool setup_rests_on(const struct setup_case *, struct setup_result *, enum setup_step);

/* Does Bandwidth take the credentials, of whichever kind?  Else the result is unknown. */
bool setup_let_in(const struct setup_case *, struct setup_result *);
bool setup_yes(const struct setup_answer *);
bool setup_is(const char *, const char *word);
/* "just now", "5 minutes ago", "3 hours ago", "2 days ago". */
const char *setup_ago(const struct setup_case *, int64_t when);
/* "a, b, c"; "" for an empty list. */
const char *setup_list(struct arena *, const struct text_list *);

void setup_credentials(const struct setup_case *, struct setup_result *);
void setup_roles(const struct setup_case *, struct setup_result *);
void setup_account(const struct setup_case *, struct setup_result *);
void setup_site(const struct setup_case *, struct setup_result *);
void setup_location(const struct setup_case *, struct setup_result *);
void setup_sms(const struct setup_case *, struct setup_result *);
void setup_mms(const struct setup_case *, struct setup_result *);
void setup_numbers(const struct setup_case *, struct setup_result *);
void setup_registration(const struct setup_case *, struct setup_result *);

void setup_application(const struct setup_case *, struct setup_result *);
void setup_callback_in(const struct setup_case *, struct setup_result *);
void setup_callback_out(const struct setup_case *, struct setup_result *);
void setup_callback_user(const struct setup_case *, struct setup_result *);
void setup_callback_password(const struct setup_case *, struct setup_result *);
void setup_assigned(const struct setup_case *, struct setup_result *);
void setup_address(const struct setup_case *, struct setup_result *);
void setup_last_callback(const struct setup_case *, struct setup_result *);

void setup_sending(const struct setup_case *, struct setup_result *);
void setup_managers(const struct setup_case *, struct setup_result *);
void setup_worker(const struct setup_case *, struct setup_result *);
void setup_clock(const struct setup_case *, struct setup_result *);
void setup_disk(const struct setup_case *, struct setup_result *);

#endif
