/*
 * agenda.h: when there is something to do for which organization: replies, other texts, looks
 * for unknown texts, attachments.
 *
 * The store has it (QUEUE, MEDIA_DUE), in the order of organizations.  Here it is remembered, so
 * that neither a turn nor a wake costs a look at all of them: whoever queues something names the
 * organization (store/wake.h), and that one is looked up again.  What nobody announced, as when
 * a process was killed before it could, is found by going through the store's queues every few
 * seconds, a piece at a time.
 */
#ifndef SPOKE_AGENDA_H
#define SPOKE_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/messages.h"

struct sender;
struct worker;

enum agenda_kind {
	AGENDA_REPLIES = QUEUE_REPLIES,
	AGENDA_TEXTS = QUEUE_TEXTS,
	AGENDA_LOOKS = QUEUE_LOOKS,
	AGENDA_MEDIA,
	AGENDA_KINDS
};

/* Together, and apart from the rest of a sender, because they are walked through at every turn. */
struct agenda_entry {
	struct sender *sender;
	/* Monotonic: when it is to be tried; INT64_MAX: nothing is there. */
	int64_t next[AGENDA_KINDS];
	bool stale; /* to be looked up in the next turn */
};

struct agenda {
	struct agenda_entry *entries; /* of all senders */
	size_t count, room;
	size_t stale; /* of them */

	/* Going through the store: behind this kind and organization. */
	int kind;
	uint32_t org;
	bool quick;    /* without pauses */
	bool again;    /* and once more from the front */
	int64_t piece; /* monotonic: the next piece */
};

void agenda_init(struct worker *);
void agenda_free(struct worker *);

/* A place for a new sender, which learns it; with nothing to do so far. */
void agenda_add(struct worker *, struct sender *);

/* Something of this organization changed: when is it due now? */
void agenda_look(struct worker *, uint32_t org);
/* The same, in the next turn, once however often it is said. */
void agenda_look_soon(struct worker *, uint32_t org);
/* Something of any: goes through the store in the next turns. */
void agenda_look_all(struct worker *);
/* Goes through all of it at once. */
void agenda_read(struct worker *);

/* Looks up those, and a piece of the rest; true when the next should follow at once. */
bool agenda_turn(struct worker *);
/* Is everything known that was there when agenda_look_all was called? */
bool agenda_known(const struct worker *);
/* Wall time of the next piece. */
int64_t agenda_next(const struct worker *);

/* Moves one: it is tried again then (monotonic). */
void agenda_set(struct sender *, enum agenda_kind, int64_t next);
int64_t agenda_get(const struct sender *, enum agenda_kind);
/* A time of the one clock as one of the other; INT64_MAX stays what it is, what is over is now. */
int64_t agenda_wall(int64_t mono);
int64_t agenda_mono(int64_t wall);

#endif
