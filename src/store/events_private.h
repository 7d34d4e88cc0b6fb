/*
 * events_private.h: what events.c and tray.c share.
 */
#ifndef SPOKE_STORE_EVENTS_PRIVATE_H
#define SPOKE_STORE_EVENTS_PRIVATE_H

#include "store/events.h"
#include "store/rec.h"

/* Key of an event; the id must be valid. */
void event_record_key(struct key *, uint32_t org, const char *id);

/* The place just before an id in a list of ids with this prefix; false: no id was given. */
bool key_before(struct key *from, const struct key *prefix, const char *before);

/* Does an event belong on the list of what needs a look? */
bool tray_listed(const struct stored_event *);

/* Makes its entry there be there or not. */
enum result tray_sync(struct tx *, const struct stored_event *, bool was, bool is);

/* Of a body that could not be parsed: remembers that it was dealt with; of other events nothing. */
enum result tray_body_done(struct tx *, const struct stored_event *);

#endif
