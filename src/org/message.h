/*
 * message.h: a message, its states and which state may follow which.
 */
#ifndef SPOKE_MESSAGE_H
#define SPOKE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "org/record.h"

enum message_state {
	STATE_RECEIVED,		/* in; the only state of inbound ones */
	STATE_QUEUED,		/* waits for the worker */
	STATE_HELD,		/* waits for a person: held_why says why */
	STATE_SENDING,		/* claimed; a POST may be under way */
	STATE_UNKNOWN,		/* nobody knows whether Bandwidth took it */
	STATE_SENT,		/* Bandwidth took it (202, or sending/sent event) */
	STATE_DELIVERED,	/* final */
	STATE_FAILED,		/* final */
	STATE_CANCELLED,	/* final: taken back before it was sent */
	STATE_COUNT
};

/* "received", "queued", … as the API and the store write them; -1 for no such word (or NULL).
 * Of STATE_COUNT, which a damaged record has, the name and words are "?". */
const char *state_name(enum message_state);
int state_parse(const char *, enum message_state *);
/* For people: "Waiting for Bandwidth", "Delivered", … and one sentence. */
const char *state_words(enum message_state);
const char *state_sentence(enum message_state);
bool state_final(enum message_state);
/* One sentence for what a message waits for, as held_why names it (texting/outbox.h); a word that
 * is not known is its own sentence, and NULL waits for a person. */
const char *held_words(const char *why);
/*
 * May a message go from one state to another?  The lattice: queued <-> held,
 * queued -> sending, sending -> queued (known not sent), unknown, sent; anything that was posted
 * -> delivered | failed; queued, held -> failed, cancelled; unknown -> queued only by a person's
 * decision (or UNKNOWN_RESEND); final states never change, except failed -> delivered is refused
 * too.
 * Also: unknown -> sent (found at Bandwidth); sending -> held (known not sent, and a person must
 * act, as
 * with refused credentials); queued, held -> sent, delivered: Bandwidth speaks of a message that we
 * think
 * was not posted, as after a restored backup or a resend by a person, and it must not go out again.
 * Every
 * state follows itself: then only other fields change.
 */
bool state_may_follow(enum message_state from, enum message_state to);

struct message {
	int64_t org;
	const char *id;			/* 16 lower-case hex digits, time-ordered */
	bool out;			/* direction */
	const char *state;		/* state_name() */
	const char *contact_number;	/* the person; of a group the first recipient */
	const char *user_number;	/* ours; NULL until the pipeline has chosen */
	const char *asked_from;		/* number the caller asked for, or NULL */
	/* group MMS: all recipients (out) or all numbers but ours (in) */
	struct text_list group;
	/* "+1919… delivered", "+1919… 4720": receipts of recipients */
	struct text_list group_final;
	const char *text;
	struct text_list media;		/* URLs */
	int64_t segments;
	const char *service_id;		/* Bandwidth's id */
	int64_t error_code;		/* Bandwidth's, or 0 */
	/* name of our own reason ("no-number", "opted-out", "expired", "http-400", …), or NULL */
	const char *error;
	const char *error_meaning;	/* for a person */
	const char *error_who;		/* "admin", "texter", "bandwidth", "nobody" */
	/* "deadline", "contact-held", … listed in texting/outbox.h */
	const char *held_why;
	const char *reference;		/* caller's own id */
	const char *token;		/* id of the API token that asked, or NULL */
	/* who asked: e-mail, "spokectl", "auto-stop", "auto-help" */
	const char *by;
	bool reply;			/* answers somebody: goes first, priority high */
	int64_t created;
	int64_t updated;
	int64_t due;			/* not before */
	int64_t send_before;		/* deadline, never 0 for outbound */
	int64_t attempts;		/* POSTs begun */
	int64_t posted;			/* when the last POST began; 0: none, or queued again */
	int64_t posted_before;		/* the same, before it was queued again by decision */
	const char *account; /* Bandwidth's, that the last POST went to; NULL: none did */
	int64_t sent;			/* 202 */
	int64_t finished;
	int64_t looks;			/* how often an unknown one was looked for */
	int64_t seq;			/* place in the organization's order of commits */
	const char *event;		/* id of the event that brought it (in) */
	int64_t text_removed;		/* when text and media went, after RETAIN_TEXT_DAYS */
	int64_t media_removed;		/* when what came in with it went, after RETAIN_MEDIA_DAYS */
};
extern const struct field message_fields[];

/* STATE_COUNT when the record holds no such word. */
enum message_state message_state(const struct message *);
void message_set_state(struct message *, enum message_state);
/* Did its last POST go to that account (NULL: none)?  What an older version posted did not store
 * which it was, and counts as each account's. */
bool message_posted_to(const struct message *, const char *account);
/* In doubt, and posted to an account that the organization has left: nobody can look for it. */
bool message_elsewhere(const struct message *);
/* Segments that count against limits and pace: a group's for each recipient. */
int64_t message_cost(const struct message *);

/*
 * What is not there any more, and because of which setting: "The words were removed after 1500
 * days (RETAIN_TEXT_DAYS)."; NULL when nothing was removed.
 */
#define MESSAGE_GONE 80
const char *message_text_gone(const struct message *, char out[MESSAGE_GONE]);
const char *message_media_gone(const struct message *, char out[MESSAGE_GONE]);

/* "12|0192f0c1a2b3c4d5": what travels in Bandwidth's tag. */
#define MESSAGE_ID 17
#define TAG_MAX 64
void tag_write(uint32_t org, const char *id, char out[TAG_MAX]);
/* -1 unless it is exactly that form. */
int tag_parse(const char *tag, uint32_t *org, char id[MESSAGE_ID]);
bool message_id_valid(const char *);

/* A new id: 44 bits of milliseconds, 20 random bits.  Ids that a thread makes within a millisecond
 * differ and
 * rise; those of other threads can be equal (one in 2^20): the store says EXISTS then. */
void message_id_new(int64_t now, char out[MESSAGE_ID]);

/* A valid id as the number that stands in keys, back, and the time within it. */
uint64_t message_id_number(const char *id);
void message_id_text(uint64_t number, char out[MESSAGE_ID]);
int64_t message_id_time(const char *id);

#endif
