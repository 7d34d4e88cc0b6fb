/*
 * store/events.h: events as received, the memory of duplicates, and the tray ("Needs a look").
 */
#ifndef SPOKE_STORE_EVENTS_H
#define SPOKE_STORE_EVENTS_H
#include "org/event.h"
#include "store/kv.h"

struct stored_event {
	int64_t org;
	const char *id; /* as message ids: 16 hex digits */
	int64_t received;
	const char *type;
	/* the event's JSON, or the body that could not be parsed (base64 when it is not UTF-8) */
	const char *raw;
	bool base64;
	/* what it did, in a word: "message", "state", "opt-out", "none", "tray" */
	const char *effect;
	const char *message;	/* our message's id, or NULL */
	const char *tray;	/* why it needs a look, a sentence, or NULL */
	int64_t tray_done;	/* when a person said it is dealt with */
	const char *service_id; /* Bandwidth's message id, or NULL */
	const char *request;	/* id of the request that brought it */
};
extern const struct field stored_event_fields[];

/* EXISTS when this key was seen for the organization (keys are kept for 30 days at least). */
enum result seen_add(struct tx *, uint32_t org, const unsigned char key[32]);
/* Looks at no more than max and goes on there the next time; *more: it has not come to the end.
 * removed and more may be NULL. */
enum result seen_expire(
    struct tx *, uint32_t org, int64_t before, size_t max, size_t *removed, bool *more);

/* Stores an event (and lists it in the tray when tray is set and tray_done is not).  Put again with
 * the same
 * received and
 * raw it is changed; another one under its id is EXISTS: take a new id and try again. */
enum result events_put(struct tx *, const struct stored_event *);
enum result events_get(
    struct tx *, uint32_t org, const char *id, struct arena *, struct stored_event *);
enum result events_list(struct tx *, uint32_t org, const char *before, size_t max, struct arena *,
    struct stored_event **, size_t *count);
enum result tray_list(struct tx *, uint32_t org, const char *before, size_t max, struct arena *,
    struct stored_event **, size_t *count);
enum result tray_count(struct tx *, uint32_t org, size_t max, size_t *count);
/* A person has dealt with it; from is the address they came from, for the audit. */
enum result tray_done(struct tx *, uint32_t org, const char *id, const char *who, const char *from);

/* A body that could not be parsed: kept once for each content (hash), at most 200 for an
 * organization;
 * EXISTS when it was there (also when it was dealt with meanwhile), REFUSED when the tray is full
 * (counted
 * under "tray-full" if the transaction is committed all the same, so answer OK from its function).
 * */
enum result tray_put_body(
    struct tx *, uint32_t org, const void *body, size_t n, const char *why, const char *request);

/* Removes an event with all that names it; what recognizes a body that comes again stays. */
enum result events_forget(struct tx *, uint32_t org, const char *id);
/* Writes CONTACT_FORGOTTEN over a number, wherever it stands in an event. */
enum result events_hide(struct tx *, uint32_t org, const char *id, const char *number);

/* Receipts for a Bandwidth id that no message has yet: found again when the answer to its send
 * arrives. */
enum result orphans_put(struct tx *, uint32_t org, const char *service_id, const char *event);
/* It is not to be found again. */
enum result orphans_drop(struct tx *, uint32_t org, const char *service_id, const char *event);
enum result orphans_take(
    struct tx *, uint32_t org, const char *service_id, struct arena *, struct text_list *events);
#endif
