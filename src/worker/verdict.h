/*
 * verdict.h: what a check of credentials found, in the organization's fields and in words.
 */
#ifndef SPOKE_VERDICT_H
#define SPOKE_VERDICT_H

#include <stdbool.h>

#include "org/record.h"
#include "texting/app.h"

struct arena;

struct verdict {
	bool good;
	const char *state;   /* cred_state */
	const char *kind;    /* cred_kind; NULL: leave it as it is */
	const char *words;   /* cred_words; NULL: none */
	const char *account; /* account_state; NULL: leave it as it is */
	const char *result;  /* a sentence for a person; never NULL */
};

void verdict_confirmed(struct verdict *, bool basic);
/* Neither API credentials nor an API user: what Bandwidth said to each. */
void verdict_unknown_user(
    struct verdict *, struct arena *, const char *as_client, const char *as_user);
/* The token was given, but the messaging interface refuses it. */
void verdict_no_messaging(struct verdict *, struct arena *, const char *account, const char *words);
void verdict_other_account(
    struct verdict *, struct arena *, const char *account, const struct text_list *accounts);
void verdict_trial(struct verdict *);
void verdict_elsewhere(struct verdict *);
void verdict_unreachable(struct verdict *, struct arena *, const char *words);
void verdict_post_refused(struct verdict *, struct arena *, const char *words);

/*
 * Stores it, if the organization's config_version is still that of asked (REFUSED
 * otherwise).  "unreachable" replaces only what says nothing about them: neither "confirmed"
 * nor "refused".  With "refused" the stored token goes.  When credentials are confirmed that
 * were not, the service managers are told. Flushed.
 */
enum result verdict_store(
    const struct app *, const struct organization *asked, const struct verdict *);

#endif
