/*
 * event.h: one event of a callback of Bandwidth's, typed; nothing is believed
 * that was not looked at.  Source: Bandwidth's messaging webhooks (types message-received,
 * message-sending, message-sent, message-delivered, message-failed, message-read).
 */
#ifndef SPOKE_EVENT_H
#define SPOKE_EVENT_H

#include <stddef.h>
#include <stdint.h>
#include "base/json.h"
#include "org/record.h"

enum event_type { EVENT_UNKNOWN, EVENT_RECEIVED, EVENT_SENDING, EVENT_SENT,
	EVENT_DELIVERED, EVENT_FAILED, EVENT_READ };

struct event {
	enum event_type type;
	const char *type_text;	/* as it came (cut at 64), or NULL */
	/* top level: the number this copy is for; E.164, or as it came (cut at 100) */
	const char *to;
	int64_t time;		/* 0 if absent or unreadable */
	const char *description;
	int64_t error_code;
	const char *carrier;
	/* message.… */
	const char *message_id;	/* any text up to 1,024 bytes; NULL if absent */
	const char *from;
	const char *owner;
	struct text_list message_to;
	const char *application_id;
	const char *direction;	/* "in", "out", or whatever it says; NULL if absent */
	const char *text;	/* NULs replaced; NULL if absent */
	const char *tag;
	/* only strings; a single string counts as a list of one; anything else is left out and
	 * noted */
	struct text_list media;
	int64_t segments;
	/* Why it cannot be applied as it is ("type is missing", "message.id is missing", …), or
	 * NULL. */
	const char *fault;
	/* What was left out although the event can be applied ("message.media holds …"), or NULL.
	 * */
	const char *note;
};

/* Arrays and objects within each other that a callback may have, and an event kept of one. */
#define EVENT_DEPTH 32

/* Never fails: whatever the value is (null, a number, {}), the event says in fault what is wrong
 * with it.
 * Also with a fault, every field that could be read is set, so that a STOP in it counts.
 * Numbers are taken for texts (ids, telephone numbers) and digits for numbers (codes); error_code
 * and segments
 * are 0 unless they lie between 0 and 999,999. */
void event_read(const json *value, struct arena *, struct event *);

/* Key of duplicates: message id, type, top-level to; events without an id are keyed by their raw
 * text. */
void event_key(const struct event *, const char *raw, size_t rawlen, unsigned char out[32]);

#endif
