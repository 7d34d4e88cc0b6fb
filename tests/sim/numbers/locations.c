/*
 * locations.c: SIP peers, which Bandwidth's pages call locations.
 *
 * A new one's id stands in the Location header alone, as published.  One
 * default for each site: the first must be it, a second is refused.
 */
#include "numbers/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

struct location *
request_peer(struct request *r)
{
	struct location *l;
	char *text;

	if (request_site(r) == NULL)
		return NULL;
	l = estate_location(r->sim, r->account, r->arg[0], r->arg[1]);
	if (l == NULL) {
		text = x_fmt("'%s' account '%s' and site '%s'", r->arg[1],
		    r->account, r->arg[0]);
		request_fail(r, 13563, text);
		free(text);
	}
	return l;
}

static void
write_peer(struct buf *b, const struct location *l)
{
	xml_open(b, "SipPeer");
	xml_leaf(b, "PeerId", l->id);
	xml_leaf(b, "PeerName", l->name);
	xml_leaf(b, "Description", l->description);
	xml_truth(b, "IsDefaultPeer", l->is_default);
	buf_str(b, "<VoiceHosts/><VoiceHostGroups/><TerminationHosts/>"
	    "<OriginationRoutePlan/>");
	xml_open(b, "CallingName");
	xml_truth(b, "Display", false);
	xml_truth(b, "Enforced", false);
	xml_close(b, "CallingName");
	xml_close(b, "SipPeer");
}

void
locations_list(struct request *r)
{
	const struct location *l = r->sim->estate->locations;
	struct buf b = { 0 };

	if (request_site(r) == NULL)
		return;
	xml_head(&b);
	xml_open(&b, "TNSipPeersResponse");
	xml_open(&b, "SipPeers");
	for (; l != NULL; l = l->next)
		if (same(l->account, r->account) && same(l->site, r->arg[0]))
			write_peer(&b, l);
	xml_close(&b, "SipPeers");
	xml_close(&b, "TNSipPeersResponse");
	request_answer(r, 200, &b);
}

static void
answer_one(struct request *r, const struct location *l)
{
	struct buf b = { 0 };

	xml_head(&b);
	xml_open(&b, "SipPeerResponse");
	write_peer(&b, l);
	xml_close(&b, "SipPeerResponse");
	request_answer(r, 200, &b);
}

void
locations_get(struct request *r)
{
	const struct location *l = request_peer(r);

	if (l != NULL)
		answer_one(r, l);
}

/* Letters, digits, blank, dash and underscore; one of each name to a site. */
static bool
good_name(struct request *r, const char *name, const struct location *self)
{
	const struct location *l = r->sim->estate->locations;

	if (name == NULL || name[0] == '\0') {
		request_fail(r, 1003, "PeerName");
		return false;
	}
	if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789 _-") != strlen(name) ||
	    strlen(name) > (size_t)r->sim->set.name_max) {
		request_refuse(r, 400, "PeerName is invalid");
		return false;
	}
	for (; l != NULL; l = l->next)
		if (l != self && same(l->account, r->account) &&
		    same(l->site, r->arg[0]) && same(l->name, name)) {
			request_refuse(r, 409,
			    "Sip Peer with such name already exists");
			return false;
		}
	return true;
}

static bool
good_default(struct request *r, const struct site *s, bool wish,
    const struct location *self)
{
	const struct location *now = estate_default(r->sim, s);

	if (!wish && (now == NULL || now == self)) {
		request_fail(r, 13522, NULL);
		return false;
	}
	if (wish && now != NULL && now != self) {
		request_refuse(r, 400,
		    "Each Site can have only 1 default SIP Peer");
		return false;
	}
	return true;
}

void
locations_create(struct request *r)
{
	struct site *s = request_site(r);
	bool bad = false, wish;
	struct location *l;
	char *name, *kind;

	if (s == NULL)
		return;
	name = xml_text(r->body, "PeerName");
	wish = xml_flag(r->body, "IsDefaultPeer", false, &bad);
	if (bad) {
		request_refuse(r, 400, "IsDefaultPeer must be a boolean");
	} else if (good_name(r, name, NULL) &&
	    good_default(r, s, wish, NULL)) {
		l = estate_add_location(r->sim, s, NULL, name);
		l->description = xml_text(r->body, "Description");
		l->is_default = wish;
		estate_count(r->sim->estate->made, "locations");
		kind = x_fmt("sites/%s/sippeers", s->id);
		request_location(r, kind, l->id);
		free(kind);
		request_empty(r, 201);
	}
	free(name);
}

void
locations_put(struct request *r)
{
	struct location *l = request_peer(r);
	bool bad = false, wish;
	struct site *s;
	char *name;

	if (l == NULL)
		return;
	s = estate_site(r->sim, r->account, l->site);
	name = xml_text(r->body, "PeerName");
	wish = xml_flag(r->body, "IsDefaultPeer", false, &bad);
	if (bad) {
		request_refuse(r, 400, "IsDefaultPeer must be a boolean");
	} else if (good_name(r, name, l) && good_default(r, s, wish, l)) {
		x_set(&l->name, name);
		l->is_default = wish;
		answer_one(r, l);
	}
	free(name);
}
