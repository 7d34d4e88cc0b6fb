/*
 * pipeline.h: service managers, in the one order in which they run.
 *
 * A service manager decides something about a message that goes out, or learns from what
 * comes back. All of them stand in one static table (pipeline.c); SERVICE_MANAGERS says
 * which are on.  Each hook sees what those before it decided and may decide what they left
 * open: the first to set user_number wins. Hooks run inside the caller's transaction.
 */
#ifndef SPOKE_PIPELINE_H
#define SPOKE_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "org/contact.h"
#include "org/message.h"
#include "org/organization.h"
#include "store/kv.h"

struct buf;

/* draft.wait: every number has had its new contacts for today (UTC). */
#define DRAFT_NUMBER_LIMIT "number-limit"

/* A message about to be posted. */
struct draft {
	const struct organization *org;
	const struct message *message;
	struct contact *contact; /* may be changed; the caller stores it */
	bool contact_changed;
	const char *user_number;   /* NULL: still open */
	const char *decided_by;	   /* name of the manager that set it */
	const char *error;	   /* set: the message fails: "no-number" … */
	const char *error_meaning; /* with it: a sentence for a person */
	const char *error_who;
	const char *wait;    /* set, with no number: the message waits, and this is its held_why */
	struct arena *arena; /* for what the hook hands back */
};

/*
 * A message was claimed with its number, Bandwidth took it, delivered it or could not; or
 * a reply came in.  The message is as it will be stored; contact is the person concerned
 * (of a group's receipt the recipient it is about).
 */
struct report {
	const struct organization *org;
	const struct message *message;
	struct contact *contact; /* may be changed; the caller stores it */
	bool contact_changed;
	bool new_contact; /* claimed: the person knew us by no number before */
	struct arena *arena;
};

struct service_manager {
	const char *name; /* as in SERVICE_MANAGERS */
	const char *display_name;
	const char *description;
	enum result (*on_message_send)(struct tx *, struct draft *);
	enum result (*on_message_sent)(struct tx *, struct report *); /* 202 */
	enum result (*on_delivery_report)(struct tx *, struct report *);
	enum result (*on_incoming_message)(struct tx *, struct report *);
	enum result (*on_fully_configured)(struct tx *, const struct organization *);
	/* The number is decided and the attempt begins, in the same transaction as on_message_send.
	 * */
	enum result (*on_message_claimed)(struct tx *, struct report *);
};

#define PIPELINE_MAX 16
struct pipeline {
	const struct service_manager *on[PIPELINE_MAX]; /* NULL-terminated, in table order */
};

/*
 * Reads SERVICE_MANAGERS ("sticky-sender,numpicker-basic"; blanks round the commas do not
 * matter).  -1 with a sentence a line in problems, each naming the fix: an unknown name
 * (lists the known ones), a repeated name, an order that differs from the table's (prints
 * the right line), and the service "bandwidth" without sticky-sender or numpicker-basic.
 */
int pipeline_read(const char *service_managers, const char *default_service, struct pipeline *,
    struct buf *problems);

/*
 * Run the hooks in order.  OK unless the store failed.  pipeline_message_send keeps the
 * first number that was set (also one set by the caller) and ends with the first error.
 */
enum result pipeline_message_send(const struct pipeline *, struct tx *, struct draft *);
enum result pipeline_message_claimed(const struct pipeline *, struct tx *, struct report *);
enum result pipeline_message_sent(const struct pipeline *, struct tx *, struct report *);
enum result pipeline_delivery_report(const struct pipeline *, struct tx *, struct report *);
enum result pipeline_incoming_message(const struct pipeline *, struct tx *, struct report *);
enum result pipeline_fully_configured(
    const struct pipeline *, struct tx *, const struct organization *);

/* The table, for lists on pages and in help: manager i or NULL. */
const struct service_manager *pipeline_at(size_t i);

#endif
