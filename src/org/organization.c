/*
 * organization.c: what an organization still lacks, and how Bandwidth proves
 * itself when it calls.
 */
#include "org/organization.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/settings.h"

const struct field organization_fields[] = {
    FIELD(struct organization, FIELD_INT, id),
    FIELD(struct organization, FIELD_TEXT, name),
    FIELD(struct organization, FIELD_INT, created),
    FIELD(struct organization, FIELD_TEXT, service),
    FIELD(struct organization, FIELD_BOOL, paused),
    FIELD(struct organization, FIELD_TEXT, paused_why),
    FIELD(struct organization, FIELD_INT, paused_limit),
    FIELD(struct organization, FIELD_TEXT, paused_token),
    FIELD(struct organization, FIELD_TEXT, paused_by),
    FIELD(struct organization, FIELD_INT, paused_at),
    FIELD(struct organization, FIELD_INT, daily_segments),
    FIELD(struct organization, FIELD_TEXT, account_id),
    FIELD(struct organization, FIELD_TEXT, user_name),
    FIELD(struct organization, FIELD_TEXT, site_id),
    FIELD(struct organization, FIELD_TEXT, sip_peer_id),
    FIELD(struct organization, FIELD_TEXT, application_id),
    FIELD(struct organization, FIELD_TEXT, house_number),
    FIELD(struct organization, FIELD_TEXT, street_name),
    FIELD(struct organization, FIELD_TEXT, city),
    FIELD(struct organization, FIELD_TEXT, state_code),
    FIELD(struct organization, FIELD_TEXT, zip),
    FIELD(struct organization, FIELD_TEXT, country),
    FIELD(struct organization, FIELD_TEXT, site_confirmed),
    FIELD(struct organization, FIELD_TEXT, sip_peer_confirmed),
    FIELD(struct organization, FIELD_TEXT, application_confirmed),
    FIELD(struct organization, FIELD_INT, site_posted),
    FIELD(struct organization, FIELD_INT, sip_peer_posted),
    FIELD(struct organization, FIELD_INT, application_posted),
    FIELD(struct organization, FIELD_INT, config_saved),
    FIELD(struct organization, FIELD_INT, config_version),
    FIELD(struct organization, FIELD_TEXT, cred_kind),
    FIELD(struct organization, FIELD_TEXT, cred_state),
    FIELD(struct organization, FIELD_TEXT, cred_words),
    FIELD(struct organization, FIELD_TEXT, cred_url),
    FIELD(struct organization, FIELD_INT, cred_checked),
    FIELD(struct organization, FIELD_TEXT, account_state),
    FIELD(struct organization, FIELD_BOOL, prefer_area),
    FIELD(struct organization, FIELD_INT, new_contacts_max),
    FIELD(struct organization, FIELD_BOOL, help_reply),
    FIELD(struct organization, FIELD_TEXT, help_text),
    FIELD(struct organization, FIELD_BOOL, stop_reply),
    FIELD(struct organization, FIELD_TEXT, stop_text),
    FIELD_END,
};

/* ---- what is missing --------------------------------------------------------- */

static const struct {
	unsigned bit;
	const char *text;
} missing_texts[] = {
    {MISSING_SERVICE, "This organization does not text through Bandwidth. Set its service, or "
		      "DEFAULT_SERVICE, to bandwidth."},
    {MISSING_ACCOUNT, "The Bandwidth account ID is missing. Enter it under Bandwidth Config."},
    {MISSING_USER, "The client ID (older accounts: API username) is missing. Enter it under "
		   "Bandwidth Config."},
    {MISSING_PASSWORD, "The client secret (older accounts: API password) is missing. Enter it "
		       "under Bandwidth Config."},
    {MISSING_APPLICATION, "There is no application at Bandwidth yet. SAVE CREDENTIALS makes "
			  "one; or enter the ID of yours under Bandwidth Config, Advanced."},
    {MISSING_NUMBER, "There is no number in service to text from. Get one, or bring in those that "
		     "Bandwidth has for you, on the Numbers page."},
    {MISSING_CONFIRMATION, "Bandwidth has not confirmed the credentials yet. Save them again, "
			   "or wait: they are checked again by themselves."},
    {MISSING_CALLBACK, "Bandwidth has not called back yet. Text one of your numbers to try it. An "
		       "application that was not set up from here needs the callback URL, user and "
		       "callback password."},
};

static bool
blank(const char *s)
{
	return s == NULL || *s == '\0';
}

static bool
is(const char *s, const char *word)
{
	return s != NULL && strcmp(s, word) == 0;
}

unsigned
organization_missing(const struct organization *o, const struct settings *s, bool has_password,
    bool has_number, bool had_callback)
{
	unsigned missing = 0;

	if (!is(blank(o->service) ? s->default_service : o->service, "bandwidth"))
		missing |= MISSING_SERVICE;
	if (blank(o->account_id))
		missing |= MISSING_ACCOUNT;
	if (blank(o->user_name))
		missing |= MISSING_USER;
	if (!has_password)
		missing |= MISSING_PASSWORD;
	if (blank(o->application_id))
		missing |= MISSING_APPLICATION;
	if (!has_number)
		missing |= MISSING_NUMBER;
	if (!is(o->cred_state, "confirmed") || is(o->account_state, "refused"))
		missing |= MISSING_CONFIRMATION;
	if (!had_callback)
		missing |= MISSING_CALLBACK;
	return missing;
}

const char *
missing_text(unsigned bit)
{
	size_t i;

	for (i = 0; i < sizeof missing_texts / sizeof missing_texts[0]; i++) {
		if (missing_texts[i].bit == bit)
			return missing_texts[i].text;
	}
	return "Something is missing that this version does not know.";
}

/* ---- callbacks --------------------------------------------------------------- */

const char *
callback_url(struct arena *a, const char *base_url, uint32_t org)
{
	return arena_fmt(a, "%s/bandwidth/%lu", base_url, (unsigned long)org);
}

void
callback_password(
    const char *secret, const char *base_url, uint32_t org, char out[CALLBACK_PASSWORD])
{
	unsigned char mac[SHA256_BYTES];
	struct buf text = BUF_INIT(CALLBACK_PASSWORD);
	char number[16];
	int n;

	n = snprintf(number, sizeof number, "%lu", (unsigned long)org);
	crypto_hmac(secret, strlen(secret), base_url, strlen(base_url), number, (size_t)n, mac);
	base64_add(&text, mac, sizeof mac);
	if (text.failed || text.len != CALLBACK_PASSWORD - 1)
		log_panic("callback_password: %zu characters", text.len);
	memcpy(out, text.data, CALLBACK_PASSWORD);
	buf_free(&text);
	crypto_wipe(mac, sizeof mac);
}

void
callback_print(const struct settings *s, uint32_t org, char out[CALLBACK_PRINT])
{
	char password[CALLBACK_PASSWORD], hex[SHA256_HEX];
	unsigned char hash[SHA256_BYTES];

	callback_password(s->session_secret, s->base_url.text, org, password);
	crypto_sha256(password, strlen(password), hash);
	hex_text(hash, sizeof hash, hex);
	memcpy(out, hex, CALLBACK_PRINT - 1);
	out[CALLBACK_PRINT - 1] = '\0';
	crypto_wipe(password, sizeof password);
}

/* What came, against what one secret and one base address would give. */
struct attempt {
	uint32_t org;
	const char *password;
	size_t passwordlen;
};

static bool
password_matches(const struct attempt *t, const char *secret, const char *base_url)
{
	char right[CALLBACK_PASSWORD];
	bool same;

	callback_password(secret, base_url, t->org, right);
	same = crypto_equal(right, CALLBACK_PASSWORD - 1, t->password, t->passwordlen);
	crypto_wipe(right, sizeof right);
	return same;
}

/* Tries one secret with every base address: bit 0, the address of today fits; bit 1, an older one.
 * */
static unsigned
try_secret(const struct settings *s, const struct attempt *t, const char *secret)
{
	unsigned found = 0;
	size_t i;

	if (blank(secret))
		return 0;
	found |= password_matches(t, secret, s->base_url.text) ? 1U : 0U;
	for (i = 0; i < s->base_url_previous_count; i++)
		found |= password_matches(t, secret, s->base_url_previous[i].text) ? 2U : 0U;
	return found;
}

int
callback_check(const struct settings *s, uint32_t org, const char *user, size_t userlen,
    const char *password, size_t passwordlen, bool *previous)
{
	const struct attempt t = {org, password, passwordlen};
	bool user_right = crypto_equal(CALLBACK_USER, strlen(CALLBACK_USER), user, userlen);
	unsigned now = try_secret(s, &t, s->session_secret);
	unsigned before = try_secret(s, &t, s->session_secret_previous);

	*previous = (now & 1) == 0;
	return user_right && (now | before) != 0 ? 1 : 0;
}
