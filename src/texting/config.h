/*
 * texting/config.h: an organization's Bandwidth settings: checked, saved, checked with
 * Bandwidth; the same for the page and spokectl.
 */
#ifndef SPOKE_TEXTING_CONFIG_H
#define SPOKE_TEXTING_CONFIG_H

#include "store/counters.h"
#include "store/jobs.h"
#include "texting/app.h"

/* The form's fields, in its order. */
enum config_field {
	CONFIG_ACCOUNT_ID,
	CONFIG_USER_NAME,
	CONFIG_PASSWORD,
	CONFIG_SITE_ID,
	CONFIG_SIP_PEER_ID,
	CONFIG_APPLICATION_ID,
	CONFIG_HOUSE_NUMBER,
	CONFIG_STREET_NAME,
	CONFIG_CITY,
	CONFIG_STATE_CODE,
	CONFIG_ZIP,
	CONFIG_COUNTRY,
	CONFIG_FIELDS
};
/* "accountId", … as posted; label for people ("Account ID", "Sub-account ID (site)", …). */
const char *config_field_name(enum config_field);
const char *config_field_label(enum config_field);

#define CONFIG_JOB 17
struct config_input {
	/* NULL: not sent, keep; "": clear (password "": keep). */
	const char *value[CONFIG_FIELDS];
	/* Set by config_check and config_save: a sentence, or NULL. */
	const char *fault[CONFIG_FIELDS];
	char job[CONFIG_JOB]; /* set by config_save: id of the job */
};
/*
 * Trims blanks (pasted IDs lose all of theirs), validates each by what it is; returns the
 * number of faults. The password is never trimmed: blanks at its ends are a fault.
 */
int config_check(struct config_input *, struct arena *);
/*
 * Saves, seals the password, counts the version, sets cred_state "unchecked" when anything
 * about the credentials changed (account, user, password), queues the jobs "credentials" and,
 * once there are credentials, "provision" (provision.h), writes the audit (names of fields,
 * never values of secrets), forgets the stored token ("token"). A new user name or account
 * without a password entered is REFUSED with fault[CONFIG_PASSWORD] set (credentials are bound
 * to what they were entered for); so is an address of which parts would be missing, with their
 * faults.  Clearing user name or account forgets the password too. *job_id points into the input.  Flushed before it
 * returns.
 */
enum result config_save(const struct app *, uint32_t org, struct config_input *, const char *who,
    const char *from, const char **job_id);

/*
 * The addresses that credentials entered now belong to ("messaging-url token-url"), as
 * config_save writes them to cred_url; and whether an organization's were entered for the
 * addresses of today (or cred_url is not set).  Where they were not, nothing is sent.
 */
const char *config_cred_url(struct arena *, const struct settings *);
bool config_cred_here(const struct app *, const struct organization *);

/*
 * What keeps everything of an organization's from being posted, as held_why says it:
 * "paused", "service", "not-configured", "credentials" (refused), "other-address" (entered
 * for other addresses); NULL: nothing.
 */
const char *config_hold(const struct app *, const struct organization *);
bool config_can_send(const struct app *, const struct organization *);

/* Everything the settings page and `spokectl settings show` tell, without secrets. */
struct config_view {
	struct organization org;
	bool has_password;
	bool has_number;
	struct callback_mark marks;
	unsigned missing;     /* enum missing bits */
	struct job job;	      /* last credentials job; id NULL if none */
	struct job provision; /* last job "provision" (provision.h); id NULL if none */
	const char *callback_url;
	char callback_password[CALLBACK_PASSWORD];
	const char *sending_held; /* whole installation held (moved, restored), or NULL */
};
enum result config_view(
    const struct app *, struct tx *, uint32_t org, struct arena *, struct config_view *);

#endif
