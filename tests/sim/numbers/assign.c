/*
 * assign.c: which application a location's messages go to.
 *
 * Without it a message is accepted and lost.  A location has one
 * application; an application may serve many locations.
 */
#include "numbers/handlers.h"

#include <stdlib.h>

#include "text.h"

static void
answer(struct request *r, const struct location *l)
{
	struct buf b = { 0 };

	xml_head(&b);
	xml_open(&b, "ApplicationsSettingsResponse");
	xml_open(&b, "ApplicationsSettings");
	xml_leaf(&b, "HttpMessagingV2AppId", l->application);
	xml_close(&b, "ApplicationsSettings");
	xml_close(&b, "ApplicationsSettingsResponse");
	request_answer(r, 200, &b);
}

void
settings_get(struct request *r)
{
	const struct location *l = request_peer(r);

	if (l != NULL)
		answer(r, l);
}

void
settings_put(struct request *r)
{
	struct location *l = request_peer(r);
	struct application *a;
	char *id, *all;

	if (l == NULL)
		return;
	id = xml_text(r->body, "HttpMessagingV2AppId");
	all = xml_text(r->body, "");
	a = world_application(r->sim, id);
	if (id == NULL && same(all, "REMOVE")) {
		x_set(&l->application, NULL);
		answer(r, l);
	} else if (id == NULL || id[0] == '\0') {
		request_fail(r, 1003, "HttpMessagingV2AppId");
	} else if (a == NULL || !same(a->account, r->account)) {
		request_fail(r, 13629, id);
	} else if (!l->sms) {
		request_fail(r, 5166, NULL);
	} else {
		x_set(&l->application, id);
		estate_count(r->sim->estate->made, "applicationSettings");
		answer(r, l);
	}
	free(id);
	free(all);
}

void
applications_locations(struct request *r)
{
	const struct application *a = world_application(r->sim, r->arg[0]);
	const struct location *l = r->sim->estate->locations;
	const struct site *s;
	struct buf b = { 0 };

	if (a == NULL || !same(a->account, r->account)) {
		request_fail(r, 13629, r->arg[0]);
		return;
	}
	xml_head(&b);
	xml_open(&b, "AssociatedSipPeersResponse");
	xml_open(&b, "AssociatedSipPeers");
	for (; l != NULL; l = l->next) {
		if (!same(l->account, r->account) ||
		    !same(l->application, a->id))
			continue;
		s = estate_site(r->sim, r->account, l->site);
		xml_open(&b, "AssociatedSipPeer");
		xml_leaf(&b, "SiteId", l->site);
		xml_leaf(&b, "SiteName", s->name);
		xml_leaf(&b, "PeerId", l->id);
		xml_leaf(&b, "PeerName", l->name);
		xml_close(&b, "AssociatedSipPeer");
	}
	xml_close(&b, "AssociatedSipPeers");
	xml_close(&b, "AssociatedSipPeersResponse");
	request_answer(r, 200, &b);
}
