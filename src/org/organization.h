/*
 * organization.h: an organization, its Bandwidth settings and what is known of them.
 */
#ifndef SPOKE_ORGANIZATION_H
#define SPOKE_ORGANIZATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "org/record.h"

struct settings;

/* All texts may be NULL (not set); times are wall milliseconds, 0 = never. */
struct organization {
	int64_t id;		/* 1 .. 4294967295 */
	const char *name;
	int64_t created;
	const char *service;	/* overrides DEFAULT_SERVICE when set */

	/* PAUSE SENDING and the daily limit. */
	bool paused;
	/* "person", "daily-limit" (the organization's), "token-limit" (a token's), "restored" */
	const char *paused_why;
	const char *paused_by;	/* e-mail or "spokectl" */
	int64_t paused_at;
	int64_t paused_limit;	/* the segments a day that were reached, 0 none */
	const char *paused_token; /* id of the token whose limit it was, or NULL */
	int64_t daily_segments;	/* 0: the installation's DAILY_SEGMENTS */

	/* "Bandwidth Config", as the form names them. */
	const char *account_id;
	/* API username or OAuth2 client ID; the password is a sealed secret */
	const char *user_name;
	const char *site_id;	/* sub-account */
	const char *sip_peer_id; /* location */
	const char *application_id;
	const char *house_number, *street_name, *city, *state_code, *zip, *country;
	/*
	 * The IDs that Bandwidth has confirmed for this account (the same text as above, else it has
	 * not said anything about those), and when something was last asked to be made there whose
	 * answer is not known (worker/provision.h); 0 if there is nothing of the kind.
	 */
	const char *site_confirmed, *sip_peer_confirmed, *application_confirmed;
	int64_t site_posted, sip_peer_posted, application_posted;
	int64_t config_saved;	/* when SAVE CREDENTIALS last succeeded */
	int64_t config_version;	/* counts saves: a check speaks of one version only */

	/* What Bandwidth said of the credentials (worker/credentials.c). */
	const char *cred_kind;	/* NULL not known yet, "oauth2", "basic" */
	/* NULL nothing entered, "unchecked", "confirmed", "refused", "unreachable" */
	const char *cred_state;
	const char *cred_words;	/* Bandwidth's own words when refused */
	const char *cred_url;	/* messaging + token address they were entered for */
	int64_t cred_checked;
	const char *account_state;	/* NULL unchecked, "confirmed", "refused" */

	/* How numpicker-basic picks a number for a new contact. */
	bool prefer_area;	/* one with the contact's area code, if there is one */
	int64_t new_contacts_max; /* for each number and UTC day; 0: no limit */

	/* Automatic answers; texts NULL: the ready ones (stopwords.h). */
	bool help_reply;
	const char *help_text;
	bool stop_reply;
	const char *stop_text;
};

extern const struct field organization_fields[];

/* What is still missing before texting works: a bit for each, in the order in which a person mends
 * them. */
enum missing {
	MISSING_SERVICE = 1 << 0,	/* its service is not bandwidth */
	MISSING_ACCOUNT = 1 << 1,
	MISSING_USER = 1 << 2,
	MISSING_PASSWORD = 1 << 3,
	MISSING_APPLICATION = 1 << 4,
	MISSING_NUMBER = 1 << 5,
	MISSING_CONFIRMATION = 1 << 6,	/* Bandwidth has not confirmed the credentials */
	MISSING_CALLBACK = 1 << 7	/* no callback accepted yet */
};
unsigned organization_missing(const struct organization *, const struct settings *,
    bool has_password, bool has_number, bool had_callback);
/* One sentence for a bit: what is missing and what to do. */
const char *missing_text(unsigned bit);

/* "https://base/bandwidth/12" in the arena; the address that Bandwidth calls. */
struct arena;
const char *callback_url(struct arena *, const char *base_url, uint32_t org);

/*
 * The callback password: base64(HMAC-SHA256(key secret, message base_url followed
 * by the organization's number in decimal)); 44 characters.  Same as Spoke's, so that an
 * application made for Spoke goes on working.
 */
#define CALLBACK_PASSWORD 45
#define CALLBACK_USER "bandwidth.com"
void callback_password(const char *secret, const char *base_url, uint32_t org,
    char out[CALLBACK_PASSWORD]);

/*
 * Tells callback passwords apart without telling them: the first 16 hex digits of the
 * password's SHA-256.
 */
#define CALLBACK_PRINT 17
void callback_print(const struct settings *, uint32_t org, char out[CALLBACK_PRINT]);

/*
 * How we call our own callback address to see whether Bandwidth could: as Bandwidth does, but
 * with this User-Agent, so that a refusal is not noted as one of Bandwidth's, and with the body
 * {"check": "ID of the job"}, which stores nothing.  The answer says whether the job is in the
 * data of whoever answered, and without an Authorization header 401 has that code.
 */
#define CALLBACK_CHECK_AGENT "spoke-bandwidth check"
#define CALLBACK_CHECK "check"
#define CALLBACK_NO_HEADER "no_authorization"

/* Why a callback was refused, when its user ID or password was the reason. */
#define CALLBACK_WRONG "the callback user ID or password is wrong"

/*
 * Are these credentials right for the organization?  Tries every accepted secret
 * with every accepted base address, in constant time each; *previous tells that an older
 * address or secret matched.  1 yes, 0 no.
 */
int callback_check(const struct settings *, uint32_t org, const char *user, size_t userlen,
    const char *password, size_t passwordlen, bool *previous);

#endif
