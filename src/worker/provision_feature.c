/*
 * provision_feature.c: the steps "sms" and "mms" (provision_run.h): the location must take and
 * send texts over HTTP, first SMS, then MMS.  Both are looked at first; what is there and
 * works is left as it is.
 */
#include <string.h>

#include "base/arena.h"
#include "bandwidth/client.h"
#include "bandwidth/features.h"
#include "worker/provision_run.h"

static bool
over_http(const char *protocol)
{
	return protocol == NULL || strcmp(protocol, "HTTP") == 0;
}

/* ---- SMS ------------------------------------------------------------------------------ */

static void
sms_set(struct run *r, const struct http_answer *http)
{
	struct numbers_head head;

	feature_set_read(http, r->arena, &head);
	if (head.outcome == NUMBERS_FINE)
		run_done(r, r->sms_exists ? "Switched on for the United States and Canada."
					  : "Switched on.");
	else
		run_trouble(r, "SMS could not be switched on for the location.", &head);
}

static void
set_sms(struct run *r, const struct sms_feature *f)
{
	struct http_request request;

	run_doing(r, "Switching SMS on for the location.");
	sms_set_request(
	    &request, r->arena, &r->account, r->org.site_id, r->org.sip_peer_id, f, r->sms_exists);
	run_ask(r, &request, sms_set);
}

static void
sms_came(struct run *r, const struct http_answer *http)
{
	struct sms_answer a;

	sms_read(http, r->arena, &a);
	r->sms_exists = a.head.outcome == NUMBERS_FINE;
	if (a.head.outcome == NUMBERS_NOT_FOUND) {
		set_sms(r, &sms_feature_wanted);
	} else if (a.head.outcome != NUMBERS_FINE) {
		run_trouble(r, "It could not be seen whether SMS is on.", &a.head);
	} else if (sms_feature_works(&a.sms)) {
		run_done(r, a.sms.toll_free
				? "It is on."
				: "It is on, but not for toll-free numbers of this location.");
	} else if (!over_http(a.sms.protocol)) {
		run_fail(r,
		    arena_fmt(r->arena,
			"The location sends its texts over %s, not over HTTP, so this program can't use it. "
			"Enter no location ID to have one made, and save again.",
			a.sms.protocol),
		    NULL);
	} else {
		a.sms.zones[0] = true; /* the rest stays as somebody set it */
		set_sms(r, &a.sms);
	}
}

void
step_sms(struct run *r)
{
	struct http_request request;

	run_doing(r, "Looking whether SMS is on for the location.");
	sms_request(&request, r->arena, &r->account, r->org.site_id, r->org.sip_peer_id);
	run_ask(r, &request, sms_came);
}

/* ---- MMS ------------------------------------------------------------------------------- */

static void
mms_set(struct run *r, const struct http_answer *http)
{
	struct numbers_head head;

	feature_set_read(http, r->arena, &head);
	if (head.outcome == NUMBERS_FINE)
		run_done(r, "Switched on.");
	else
		run_trouble(r,
		    "MMS could not be switched on for the location; texts without pictures go all the same.",
		    &head);
}

static void
mms_came(struct run *r, const struct http_answer *http)
{
	struct mms_answer a;
	struct http_request request;

	mms_read(http, r->arena, &a);
	if (a.head.outcome == NUMBERS_NOT_FOUND) {
		run_doing(r, "Switching MMS on for the location.");
		mms_set_request(
		    &request, r->arena, &r->account, r->org.site_id, r->org.sip_peer_id, false);
		run_ask(r, &request, mms_set);
	} else if (a.head.outcome != NUMBERS_FINE) {
		run_trouble(r, "It could not be seen whether MMS is on.", &a.head);
	} else if (a.works) {
		run_done(r, "It is on.");
	} else {
		run_fail(r,
		    arena_fmt(r->arena,
			"The location sends pictures over %s, not over HTTP, so this program can't send any "
			"from it. Texts without pictures go all the same.",
			a.protocol != NULL ? a.protocol : "another way"),
		    NULL);
	}
}

void
step_mms(struct run *r)
{
	struct http_request request;

	run_doing(r, "Looking whether MMS is on for the location.");
	mms_request(&request, r->arena, &r->account, r->org.site_id, r->org.sip_peer_id);
	run_ask(r, &request, mms_came);
}
