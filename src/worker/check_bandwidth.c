/*
 * check_bandwidth.c: what a check asks about account, sub-account, location, features and
 * application (check.h).  Each question stands alone; all are asked at once.
 */
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/settings.h"
#include "bandwidth/applications.h"
#include "bandwidth/features.h"
#include "bandwidth/messaging.h"
#include "bandwidth/sites.h"
#include "worker/check_private.h"
#include "worker/worker.h"

static bool
blank(const char *s)
{
	return s == NULL || *s == '\0';
}

/* ---- the account --------------------------------------------------------------------------- */

static void
account_came(struct check *c, const struct http_answer *answer)
{
	struct setup_answer *a = &c->facts.account;
	struct list_answer list;
	bool basic = strcmp(c->facts.cred_kind, "basic") == 0;

	list_read(answer, c->arena, &list);
	/* A 400 would be about the question; the credentials passed. */
	if (list.outcome == LIST_READ || list.status == 400) {
		check_set(c, a, SETUP_YES, NULL);
		if (basic) {
			check_set(c, &c->facts.token, SETUP_YES, NULL);
			check_bandwidth(c);
		}
	} else if (list.outcome == LIST_UNAUTHORIZED && basic) {
		return; /* neither API credentials nor an API user: token says "refused" */
	} else if (list.outcome == LIST_UNAUTHORIZED) {
		check_set(c, a, list.status == 401 ? SETUP_REFUSED : SETUP_FORBIDDEN, list.words);
	} else {
		check_set(c, a, SETUP_UNREACHABLE, list.words);
		if (basic)
			check_set(c, &c->facts.token, SETUP_UNREACHABLE, list.words);
	}
}

/* One harmless question to the messaging interface: what was sent within the last minute? */
void
check_account(struct check *c)
{
	struct list_query q = {
	    .since = clock_now() - CLOCK_MINUTE, .until = clock_now(), .limit = 1};
	struct buf url = BUF_INIT(8000);
	struct http_request r = {.method = HTTP_GET};

	buf_adds(
	    &url, messages_url(c->arena, c->w->app->settings->messaging_url, c->org.account_id));
	list_query_add(&url, &q);
	r.url = buf_str(&url);
	check_send(c, &r, account_came);
	buf_free(&url);
}

/* ---- sub-account and location ---------------------------------------------------------------- */

static void
site_came(struct check *c, const struct http_answer *answer)
{
	struct site_answer s;

	site_read(answer, c->arena, &s);
	check_answer(c, &c->facts.site, &s.head, false);
	if (s.head.outcome == NUMBERS_FINE)
		c->facts.site_name = check_text(c, s.site.name);
}

static void
location_came(struct check *c, const struct http_answer *answer)
{
	struct peer_answer p;

	peer_read(answer, c->arena, &p);
	check_answer(c, &c->facts.location, &p.head, false);
	if (p.head.outcome == NUMBERS_FINE)
		c->facts.location_name = check_text(c, p.peer.name);
}

static void
sms_came(struct check *c, const struct http_answer *answer)
{
	struct sms_answer s;

	sms_read(answer, c->arena, &s);
	check_answer(c, &c->facts.sms, &s.head, false);
	if (s.head.outcome == NUMBERS_FINE && !sms_feature_works(&s.sms))
		check_set(c, &c->facts.sms, SETUP_NO,
		    "SMS is on at the location, but not over HTTP or not for the United States and "
		    "Canada (zone 1).");
}

static void
mms_came(struct check *c, const struct http_answer *answer)
{
	struct mms_answer m;

	mms_read(answer, c->arena, &m);
	check_answer(c, &c->facts.mms, &m.head, false);
	if (m.head.outcome == NUMBERS_FINE && !m.works)
		check_set(
		    c, &c->facts.mms, SETUP_NO, "MMS is on at the location, but not over HTTP.");
}

static void
assignment_came(struct check *c, const struct http_answer *answer)
{
	struct assignment_answer a;

	assignment_read(answer, c->arena, &a);
	check_answer(c, &c->facts.assigned, &a.head, false);
	if (a.head.outcome == NUMBERS_FINE)
		c->facts.assigned_app = check_text(c, a.application_id);
}

static void
ask_location(struct check *c)
{
	const char *site = c->org.site_id, *peer = c->org.sip_peer_id;
	struct http_request r;

	site_request(&r, c->arena, &c->account, site);
	r.authorization = NULL;
	check_send(c, &r, site_came);
	if (blank(peer))
		return;
	peer_request(&r, c->arena, &c->account, site, peer);
	r.authorization = NULL;
	check_send(c, &r, location_came);
	sms_request(&r, c->arena, &c->account, site, peer);
	r.authorization = NULL;
	check_send(c, &r, sms_came);
	mms_request(&r, c->arena, &c->account, site, peer);
	r.authorization = NULL;
	check_send(c, &r, mms_came);
	assignment_request(&r, c->arena, &c->account, site, peer);
	r.authorization = NULL;
	check_send(c, &r, assignment_came);
}

/* ---- the application ---------------------------------------------------------------------------- */

static void
application_came(struct check *c, const struct http_answer *answer)
{
	struct application_answer a;
	struct setup_facts *f = &c->facts;

	application_read(answer, c->arena, &a);
	check_answer(c, &f->application, &a.head, false);
	if (a.head.outcome != NUMBERS_FINE)
		return;
	f->app_name = check_text(c, a.application.name);
	f->app_type = check_text(c, a.application.service_type);
	if (!application_is_messaging(&a.application)) {
		check_set(c, &f->application, SETUP_NO, NULL);
		return;
	}
	f->in_url = check_text(c, a.application.inbound_url);
	f->in_user = check_text(c, a.application.inbound_user);
	f->out_url = check_text(c, a.application.outbound_url);
	f->out_user = check_text(c, a.application.outbound_user);
}

void
check_bandwidth(struct check *c)
{
	struct http_request r;

	if (!blank(c->org.application_id)) {
		application_request(&r, c->arena, &c->account, c->org.application_id);
		r.authorization = NULL;
		check_send(c, &r, application_came);
	}
	if (!blank(c->org.site_id))
		ask_location(c);
	if (!blank(c->org.site_id) && !blank(c->org.sip_peer_id))
		check_numbers(c); /* and then their registration */
	else
		check_registration(c);
}
