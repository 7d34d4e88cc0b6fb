/*
 * org/media.h: a picture or file that came with a text: what became of it.
 *
 * Bandwidth keeps it for 48 hours (api.md 2.4), so the worker fetches it at once; it is then
 * a file of ours.  Its kind is what its bytes are (media_type.h), never what somebody says.
 */
#ifndef SPOKE_ORG_MEDIA_H
#define SPOKE_ORG_MEDIA_H

#include "base/clock.h"
#include "base/json.h"
#include "org/record.h"

#define MEDIA_KEPT (48 * CLOCK_HOUR) /* how long Bandwidth has it */
#define MEDIA_PLACES 200	     /* of a message's attachments, those that get a record */

struct media {
	int64_t org;
	const char *message; /* our message's id */
	int64_t place;	     /* its place in message.media, from 0 */
	const char *url;     /* as received */
	const char *state;   /* "waiting", "stored", "failed" */
	/* Of a failed one: "foreign", "other-account", "too-many", "too-large", "expired". */
	const char *why;
	const char *words;  /* what went wrong at the last try, a sentence, or NULL */
	int64_t size;	    /* bytes */
	const char *sha256; /* of the bytes, hex */
	const char *type;   /* "image/png", … by the bytes; NULL: none that is shown */
	int64_t created, due, tries, finished;
};
extern const struct field media_fields[];

bool media_waiting(const struct media *);
bool media_stored(const struct media *);

/* One sentence for a person: that it is being fetched, or why it is not there; of a stored
 * one NULL. */
const char *media_sentence(const struct media *);

/*
 * {"place", "state", "type", "size", "sha256", "url", "why", "meaning"}, null where there is
 * nothing; url is where it is served, NULL when it is not.  The caller frees it.
 */
json *media_json(const struct media *, const char *url);

#endif
