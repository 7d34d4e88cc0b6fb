/*
 * config.c: saves the Bandwidth settings of an organization and shows them
 * again, without secrets.
 *
 * Credentials are bound to what they were entered for: account, user and the
 * addresses of Bandwidth.  Whoever changes one of these enters the secret
 * again, so that nobody who may change settings can have a stored secret sent
 * elsewhere.
 */
#include "texting/config.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "store/audit.h"
#include "store/meta.h"
#include "store/numbers.h"
#include "store/orgs.h"
#include "store/secrets.h"
#include "store/store.h"
#include "texting/provision.h"

static bool
blank(const char *s)
{
	return s == NULL || *s == '\0';
}

static bool
same(const char *a, const char *b)
{
	if (blank(a) || blank(b))
		return blank(a) && blank(b);
	return strcmp(a, b) == 0;
}

/* ---- where credentials belong ------------------------------------------------------ */

const char *
config_cred_url(struct arena *a, const struct settings *s)
{
	return arena_fmt(a, "%s %s", s->messaging_url == NULL ? "" : s->messaging_url,
	    s->token_url == NULL ? "" : s->token_url);
}

bool
config_cred_here(const struct app *app, const struct organization *o)
{
	const char *m = app->settings->messaging_url, *t = app->settings->token_url;
	size_t n = m == NULL ? 0 : strlen(m);

	if (o->cred_url == NULL || m == NULL || t == NULL)
		return true;
	return strncmp(o->cred_url, m, n) == 0 && o->cred_url[n] == ' ' &&
	       strcmp(o->cred_url + n + 1, t) == 0;
}

const char *
config_hold(const struct app *app, const struct organization *o)
{
	const char *service = blank(o->service) ? app->settings->default_service : o->service;

	if (o->paused)
		return "paused";
	if (!same(service, "bandwidth"))
		return "service";
	if (blank(o->cred_state) || blank(o->account_id) || blank(o->user_name) ||
	    blank(o->application_id))
		return "not-configured";
	if (strcmp(o->cred_state, "refused") == 0)
		return "credentials";
	return config_cred_here(app, o) ? NULL : "other-address";
}

bool
config_can_send(const struct app *app, const struct organization *o)
{
	return config_hold(app, o) == NULL;
}

/* ---- saving -------------------------------------------------------------------------- */

struct saving {
	const struct app *app;
	uint32_t org;
	struct config_input *in;
	const char *who, *from;

	struct tx *tx;
	struct organization o;
	struct buf changed; /* names of changed fields, for the audit */
	bool credentials;   /* account, user or password changed */
};

/* Where a field lives in the record; NULL for the password, which does not. */
static const char **
place(struct organization *o, enum config_field f)
{
	switch (f) {
	case CONFIG_ACCOUNT_ID:
		return &o->account_id;
	case CONFIG_USER_NAME:
		return &o->user_name;
	case CONFIG_SITE_ID:
		return &o->site_id;
	case CONFIG_SIP_PEER_ID:
		return &o->sip_peer_id;
	case CONFIG_APPLICATION_ID:
		return &o->application_id;
	case CONFIG_HOUSE_NUMBER:
		return &o->house_number;
	case CONFIG_STREET_NAME:
		return &o->street_name;
	case CONFIG_CITY:
		return &o->city;
	case CONFIG_STATE_CODE:
		return &o->state_code;
	case CONFIG_ZIP:
		return &o->zip;
	case CONFIG_COUNTRY:
		return &o->country;
	case CONFIG_PASSWORD:
	case CONFIG_FIELDS:
		break;
	}
	return NULL;
}

static void
note_change(struct saving *s, enum config_field f)
{
	buf_addf(&s->changed, "%s%s", s->changed.len > 0 ? ", " : "", config_field_name(f));
}

/* Takes over what was sent and differs. */
static void
merge(struct saving *s)
{
	const char **where;
	int f;

	for (f = 0; f < CONFIG_FIELDS; f++) {
		where = place(&s->o, (enum config_field)f);
		if (where == NULL || s->in->value[f] == NULL || same(*where, s->in->value[f]))
			continue;
		*where = blank(s->in->value[f]) ? NULL : s->in->value[f];
		note_change(s, (enum config_field)f);
		if (f == CONFIG_ACCOUNT_ID || f == CONFIG_USER_NAME)
			s->credentials = true;
	}
	if (!blank(s->in->value[CONFIG_PASSWORD])) {
		note_change(s, CONFIG_PASSWORD);
		s->credentials = true;
	}
}

static bool
has_credentials(const struct saving *s)
{
	return !blank(s->o.account_id) && !blank(s->o.user_name);
}

static enum result
check_credentials(struct saving *s)
{
	if (!s->credentials || !has_credentials(s) || !blank(s->in->value[CONFIG_PASSWORD]))
		return OK;
	s->in->fault[CONFIG_PASSWORD] = "The account or the client ID is new: enter the client "
					"secret that belongs to it.";
	return REFUSED;
}

/* The address as it would be stored is whole or absent. */
static enum result
check_address(struct saving *s)
{
	bool any = false;
	enum result r = OK;
	int f;

	for (f = CONFIG_HOUSE_NUMBER; f < CONFIG_COUNTRY; f++)
		any = any || !blank(*place(&s->o, (enum config_field)f));
	for (f = CONFIG_HOUSE_NUMBER; any && f <= CONFIG_COUNTRY; f++) {
		if (!blank(*place(&s->o, (enum config_field)f)))
			continue;
		s->in->fault[f] = "This is missing: an address is needed whole, or not at all.";
		r = REFUSED;
	}
	return r;
}

/* Seals the new secret, or forgets one whose account or user is gone; the token goes with it. */
static enum result
put_secrets(struct saving *s)
{
	const char *password = s->in->value[CONFIG_PASSWORD];
	enum result r;

	if (!s->credentials)
		return OK;
	r = secret_del(s->tx, s->org, "token");
	if (r != OK && r != NOT_FOUND)
		return r;
	if (!blank(password))
		return secret_put(
		    s->tx, s->app->settings, s->org, "password", password, strlen(password));
	r = secret_del(s->tx, s->org, "password");
	return r == NOT_FOUND ? OK : r;
}

/* Whatever Bandwidth said, it said of other credentials. */
static void
forget_verdict(struct saving *s)
{
	struct organization *o = &s->o;

	if (!s->credentials)
		return;
	o->cred_kind = NULL;
	o->cred_state = has_credentials(s) ? "unchecked" : NULL;
	o->cred_words = NULL;
	o->cred_checked = 0;
	o->account_state = NULL;
	o->site_confirmed = o->sip_peer_confirmed = o->application_confirmed = NULL;
	o->cred_url =
	    has_credentials(s) ? config_cred_url(tx_arena(s->tx), s->app->settings) : NULL;
}

static enum result
put_job(struct saving *s)
{
	struct job job = {.org = s->org,
	    .kind = "credentials",
	    .state = "waiting",
	    .step = "Waiting for the worker",
	    .created = tx_now(s->tx),
	    .due = tx_now(s->tx),
	    .by = s->who};
	const char *id = NULL;
	enum result r = jobs_add(s->tx, &job, true);

	if (r == OK && job.id != NULL)
		(void)snprintf(s->in->job, sizeof s->in->job, "%s", job.id);
	if (r == OK && has_credentials(s))
		r = provision_add(s->tx, s->org, s->who, &id);
	return r;
}

static enum result
put_audit(struct saving *s)
{
	const struct audit a = {.org = s->org,
	    .time = tx_now(s->tx),
	    .who = s->who,
	    .from = s->from,
	    .what = "settings.save",
	    .detail = s->changed.len > 0 ? buf_str(&s->changed) : "nothing changed"};

	return audit_add(s->tx, &a);
}

static enum result
save(struct tx *tx, void *arg)
{
	struct saving *s = arg;
	enum result r;

	s->tx = tx;
	s->credentials = false;
	buf_reset(&s->changed);
	r = orgs_get(tx, s->org, true, tx_arena(tx), &s->o);
	if (r != OK)
		return r;
	merge(s);
	r = check_credentials(s);
	if (check_address(s) != OK || r != OK)
		return REFUSED;
	forget_verdict(s);
	s->o.config_saved = tx_now(tx);
	s->o.config_version++;
	r = orgs_put(tx, &s->o);
	if (r == OK)
		r = put_secrets(s);
	if (r == OK)
		r = put_job(s);
	return r == OK ? put_audit(s) : r;
}

enum result
config_save(const struct app *app, uint32_t org, struct config_input *in, const char *who,
    const char *from, const char **job_id)
{
	struct saving s = {
	    .app = app, .org = org, .in = in, .who = who, .from = from, .changed = BUF_INIT(1024)};
	enum result r;

	in->job[0] = '\0';
	r = store_run(app->store, save, &s);
	if (r == OK)
		r = store_flush(app->store);
	*job_id = r == OK ? in->job : NULL;
	buf_free(&s.changed);
	return r;
}

/* ---- showing ---------------------------------------------------------------------------- */

enum result
config_view(
    const struct app *app, struct tx *tx, uint32_t org, struct arena *a, struct config_view *v)
{
	static const struct config_view none;
	const struct settings *s = app->settings;
	enum result r;

	*v = none;
	r = meta_sending_held(tx, a, &v->sending_held);
	if (r == OK)
		r = orgs_get(tx, org, false, a, &v->org);
	if (r == OK)
		r = secret_has(tx, org, "password", &v->has_password);
	if (r == OK)
		r = numbers_any(tx, org, &v->has_number);
	if (r == OK)
		r = jobs_last(tx, org, "credentials", a, &v->job);
	if (r == NOT_FOUND && v->org.id != 0) {
		v->job.id = NULL;
		r = OK;
	}
	if (r == OK)
		r = jobs_last(tx, org, PROVISION_JOB, a, &v->provision);
	if (r == NOT_FOUND && v->org.id != 0) {
		v->provision.id = NULL;
		r = OK;
	}
	if (r == OK)
		r = callback_mark_get(tx, org, a, &v->marks);
	if (r == NOT_FOUND && v->org.id != 0)
		r = OK;
	if (r != OK)
		return r;
	v->missing =
	    organization_missing(&v->org, s, v->has_password, v->has_number, v->marks.accepted > 0);
	v->callback_url = callback_url(a, s->base_url.text, org);
	callback_password(s->session_secret, s->base_url.text, org, v->callback_password);
	return OK;
}
