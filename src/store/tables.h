/*
 * tables.h: the databases of the store and what their keys are.
 *
 * The order of this list is the order in which a transaction takes them, so
 * that two transactions never wait for each other in a circle.  Keys are
 * binary and sort: u32 and u64 are big-endian; "org" is the organization's
 * number (u32); text ends with a NUL where something follows it.  Values are JSON objects
 * unless said otherwise.
 */
#ifndef SPOKE_TABLES_H
#define SPOKE_TABLES_H

#define STORE_TABLES(T) \
	/* id            file            key -> value */ \
	T(META,         "meta")         /* name -> singleton */ \
	T(ORGS,         "orgs")         /* org -> organization */ \
	T(SECRETS,      "secrets")      /* org, field -> sealed value */ \
	T(USERS,        "users")        /* e-mail, lower case -> user with roles */ \
	T(SESSIONS,     "sessions")     /* sha256 of the cookie -> session */ \
	T(TOKENS,       "tokens")       /* sha256 of the token -> API token */ \
	T(ORG_TOKENS,   "org_tokens")   /* org, token id -> sha256 of the token */ \
	T(THROTTLE,     "throttle")     /* kind, name -> failed sign-ins */ \
	T(IDEMPOTENCY,  "idempotency")  /* org, token id, sha256 of the caller's key -> first answer */ \
	T(SEEN,         "seen")         /* org, sha256 of (message id, type, to) -> when */ \
	T(EVENTS,       "events")       /* org, event id -> event as received */ \
	T(TRAY,         "tray")         /* org, 0, event id -> why it needs a look; org, 1, body hash -> its event */ \
	T(CONTACTS,     "contacts")     /* org, E.164 -> contact; org, 1, 'o' or 'h', E.164 -> opted out, held */ \
	T(FORGOTTEN,    "forgotten")    /* org, HMAC-SHA256 of an E.164 -> its opt-out (forgotten.c) */ \
	T(HOLDERS,      "holders")      /* org, our number, what, E.164 or day: who knows us by it (figures.c) */ \
	T(MEDIA,        "media")        /* org, message id, place (u8) -> attachment */ \
	T(MEDIA_DUE,    "media_due")    /* org, due, message id, place -> nothing: to be fetched */ \
	T(MEDIA_GONE,   "media_gone")   /* org, message id, place -> nothing: the file is to go */ \
	T(MESSAGES,     "messages")     /* org, message id -> message */ \
	T(BY_CONTACT,   "by_contact")   /* org, E.164, message id -> nothing */ \
	T(BY_SERVICE,   "by_service")   /* Bandwidth's message id, org -> our message id; 'e', event -> nothing */ \
	T(BY_STATE,     "by_state")     /* org, state, message id -> nothing (states that need somebody) */ \
	T(PAIRS,        "pairs")        /* org, own number, contact -> message in flight or unknown */ \
	T(QUEUE,        "queue")        /* class, org, due, message id -> nothing: to be sent, or looked for */ \
	T(NUMBERS,      "numbers")      /* org, E.164 -> number */ \
	T(NUMBER_OWNER, "number_owner") /* E.164 -> org */ \
	T(NUMBER_TURN,  "number_turn")  /* org, area, day, last use, E.164 -> nothing; org, 2^32-1, E.164 -> turn */ \
	T(NUMBER_STATES, "number_states") /* org, state -> how many numbers */ \
	T(NUMBER_DAYS,  "number_days")  /* org, E.164, day -> what its messages did */ \
	T(JOBS,         "jobs")         /* job id -> job */ \
	T(JOBS_DUE,     "jobs_due")     /* due, job id -> nothing */ \
	T(JOBS_LAST,    "jobs_last")    /* org, kind -> id of the newest job */ \
	T(COUNTERS,     "counters")     /* org, name, day -> number */ \
	T(NUMBER_JOBS,  "number_jobs")  /* org, job id -> nothing: orders and releases */ \
	T(AUDIT,        "audit")        /* org, time, sequence -> who did what */ \
	T(CHANGES,      "changes")      /* org, sequence -> message id, in the order of commits */ \
	T(CHANGE_SEQ,   "change_seq")   /* org -> last sequence; taken late, held shortly */ \
	T(QUEUE_SIZE,   "queue_size")   /* org -> how much its queue holds (queue_size.c); taken last */

enum table {
#define T(id, file) T_##id,
	STORE_TABLES(T)
#undef T
	T_COUNT
};

#endif
