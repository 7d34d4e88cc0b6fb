/*
 * features.h: SMS and MMS of a location in the Numbers API (numbers.h).
 *
 * SMS comes first: MMS before SMS is a 400.  What is there already is changed with PUT, not
 * made again: ask first.
 */
#ifndef SPOKE_FEATURES_H
#define SPOKE_FEATURES_H

#include "bandwidth/numbers.h"

struct http_request;

#define FEATURE_ZONES 5 /* 1: United States and Canada */

/* SMS settings of a location; what was read can be written back, changed. */
struct sms_feature {
	const char *protocol; /* "HTTP" (ours), "SMPP" */
	bool toll_free, short_code;
	bool zones[FEATURE_ZONES];
	/* "On", "Off" (each for all its numbers), "DefaultOff"; NULL: not said */
	const char *a2p_long_code;
	const char *a2p_message_class, *a2p_campaign_id;
};
/* What this program wants: HTTP, toll-free, zone 1. */
extern const struct sms_feature sms_feature_wanted;
/* Texts can be sent and received with it: HTTP and zone 1? */
bool sms_feature_works(const struct sms_feature *);

struct sms_answer {
	struct numbers_head head; /* NOT_FOUND: SMS is off */
	struct sms_feature sms;
};
/* GET …/products/messaging/features/sms. */
void sms_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *site_id, const char *peer_id);
/* The same path: PUT when exists, else POST. */
void sms_set_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *site_id, const char *peer_id, const struct sms_feature *, bool exists);
/* Answer of GET, and of the others where it has the settings; an empty one is UNKNOWN. */
void sms_read(const struct http_answer *, struct arena *, struct sms_answer *);

struct mms_answer {
	struct numbers_head head; /* NOT_FOUND: MMS is off */
	const char *protocol;	  /* "HTTP" (ours), "MM4" */
	bool works;		  /* over HTTP */
};
/* GET …/products/messaging/features/mms. */
void mms_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *site_id, const char *peer_id);
/* MMS over HTTP: PUT when exists, else POST. */
void mms_set_request(struct http_request *, struct arena *, const struct numbers_account *,
    const char *site_id, const char *peer_id, bool exists);
/* Answer of GET, and of the others where it has the settings; an empty one is UNKNOWN. */
void mms_read(const struct http_answer *, struct arena *, struct mms_answer *);

/* Answer of POST and PUT of either: FINE also when it is empty, as that of a PUT may be. */
void feature_set_read(const struct http_answer *, struct arena *, struct numbers_head *);

#endif
