/*
 * setup.h: "Check my setup": what was found out about an organization's way to Bandwidth
 * and back, and what that means, step by step.
 *
 * The job "check" (worker/check.h) asks Bandwidth and this installation's own address, and
 * keeps what it learns, fact by fact, in the job's detail.  Here facts become steps: fine,
 * wrong or unknown, a sentence, and one action.  The page and spokectl show the same ones.
 * A step that rests on another that failed is unknown, not wrong, so that what is shown as
 * wrong is what is to be mended.
 */
#ifndef SPOKE_SETUP_H
#define SPOKE_SETUP_H

#include "texting/config.h"

#define SETUP_JOB "check"

/* ---- facts --------------------------------------------------------------------------- */

/* How a question ended.  state NULL: it was not asked (yet). */
struct setup_answer {
	const char *state; /* one of SETUP_YES … */
	const char *words; /* Bandwidth's or the transport's; NULL if none */
};
#define SETUP_YES "yes"			/* it is there, on, accepted */
#define SETUP_NO "no"			/* certain: it is not */
#define SETUP_REFUSED "refused"		/* 401 */
#define SETUP_FORBIDDEN "forbidden"	/* 403: the credentials may not ask */
#define SETUP_UNREACHABLE "unreachable" /* anything else: nothing was learned */

/* How the call of our own callback address ended: setup_facts.address. */
#define ADDRESS_OURS "ours"		/* 200, by this program, with this data */
#define ADDRESS_OTHER_DATA "other"	/* 200, by this program, with another DATA_DIR */
#define ADDRESS_STRANGER "stranger"	/* 2xx by something else */
#define ADDRESS_HIDDEN "hidden"		/* 401: no Authorization header reached the program */
#define ADDRESS_PASSWORD "password"	/* 401: the program uses another secret or address */
#define ADDRESS_GUARDED "guarded"	/* 401 or 403 by something in front of the program */
#define ADDRESS_REDIRECT "redirect"	/* 3xx; words: where to */
#define ADDRESS_ABSENT "absent"		/* 404, 405 */
#define ADDRESS_ERROR "error"		/* any other status; words: which */
#define ADDRESS_NAME "name"		/* the host name is not known */
#define ADDRESS_CONNECTION "connect"	/* nobody answers there */
#define ADDRESS_TIME "time"		/* no answer in time */
#define ADDRESS_CERTIFICATE "untrusted" /* the certificate is not trusted */
#define ADDRESS_EXPIRED "expired"	/* the certificate is out of date */
#define ADDRESS_HOST "host"		/* the certificate is for another host */
#define ADDRESS_TLS "tls"		/* no encrypted connection came about */
#define ADDRESS_FAULT "fault"		/* anything else of the transport's */

/* At most so many numbers are named; the counts count all. */
#define SETUP_NAMED 5

struct setup_facts {
	int64_t version; /* 1 + the config_version that was asked about; 0: there are no facts */

	struct setup_answer token; /* are the credentials accepted? */
	const char *cred_kind;	   /* "oauth2", "basic" */
	bool express;		   /* a trial account */
	bool has_accounts;	   /* the token says which accounts it is for */
	struct text_list accounts, roles;
	struct setup_answer account; /* does messaging let this account in? */

	struct setup_answer site, location, sms, mms;
	const char *site_name, *location_name;

	struct setup_answer application;
	const char *app_name, *app_type, *in_url, *in_user, *out_url, *out_user;
	struct setup_answer assigned; /* has the location an application? */
	const char *assigned_app;     /* which */

	struct setup_answer numbers;	  /* the list of the location's numbers was read */
	int64_t numbers_there;		  /* numbers of the location */
	int64_t numbers_lost;		  /* ours in service that are not there */
	struct text_list numbers_lost_at; /* some of them */
	int64_t numbers_new;		  /* there, but not ours */

	struct setup_answer campaign; /* what Bandwidth says of 10DLC */
	int64_t local_count;	      /* ours in service that need a campaign */
	int64_t local_bad;	      /* of these on none, or failed */
	int64_t local_pending;	      /* being registered */
	struct text_list local_bad_at;
	struct setup_answer tollfree; /* what it says of toll-free verification */
	int64_t tollfree_count;
	int64_t tollfree_asked; /* so many of them were asked about */
	int64_t tollfree_bad;
	struct text_list tollfree_bad_at; /* "+18005550100 PENDING" */

	const char *address; /* ADDRESS_…; NULL: not called */
	const char *address_words;
	const char *address_url; /* what was called */
	int64_t address_took;	 /* ms */

	int64_t clock_asked; /* wall time when Bandwidth's Date came; 0: it did not */
	int64_t clock_ahead; /* ms that our clock is ahead of it */

	int64_t disk_free;	/* bytes */
	int64_t disk_sync;	/* ms that making a small file durable took */
	const char *disk_fault; /* why that failed, or NULL */
	bool disk_asked;
};

/* The facts in a job's detail, and back (absent or damaged: none; texts in the arena). */
void setup_facts_write(const struct setup_facts *, json *detail);
void setup_facts_read(const json *detail, struct arena *, struct setup_facts *);

/* ---- steps --------------------------------------------------------------------------- */

enum setup_step {
	SETUP_CREDENTIALS,
	SETUP_ROLES,
	SETUP_ACCOUNT,
	SETUP_SITE,
	SETUP_LOCATION,
	SETUP_SMS,
	SETUP_MMS,
	SETUP_APPLICATION,
	SETUP_CALLBACK_IN,
	SETUP_CALLBACK_OUT,
	SETUP_CALLBACK_USER,
	SETUP_CALLBACK_PASSWORD,
	SETUP_ASSIGNED,
	SETUP_NUMBERS,
	SETUP_REGISTRATION,
	SETUP_ADDRESS,
	SETUP_LAST_CALLBACK,
	SETUP_SENDING,
	SETUP_MANAGERS,
	SETUP_WORKER,
	SETUP_CLOCK,
	SETUP_DISK,
	SETUP_STEPS
};

enum setup_state {
	SETUP_FINE,
	SETUP_WRONG,
	SETUP_UNKNOWN,
	SETUP_ASKING /* unknown, and being found out */
};
const char *setup_state_name(enum setup_state); /* "fine", "wrong", "unknown", "asking" */

struct setup_result {
	const char *name;  /* "callback-in": for scripts */
	const char *title; /* "Callback for replies" */
	enum setup_state state;
	const char *sentence; /* never NULL */
	const char *action;   /* what to do, a sentence; NULL: nothing */
	const char *where;    /* page below /admin/N/ where that is done, or NULL */
	bool repair;	      /* the job "repair-application" (texting/provision.h) mends it */
	bool untold;	      /* unknown for good: Bandwidth does not tell; alarms nobody */
};

/* All that the rules look at. */
struct setup_input {
	const struct settings *settings;
	const struct pipeline *pipeline;
	const struct config_view *config;
	const struct setup_facts *facts;
	int64_t checked; /* when the last check ended, 0: there was none */
	int64_t asked;	 /* when the running one was asked for; 0: none runs */
	bool begun;	 /* the worker has begun it */
	bool worker;	 /* a worker is at work now */
	int64_t now;
};
/* Pure.  Texts are static, in the arena, or the input's. */
void setup_judge(const struct setup_input *, struct arena *, struct setup_result[SETUP_STEPS]);

/* ---- an organization's check ---------------------------------------------------------- */

struct setup_view {
	struct config_view config;
	struct job job; /* the last check; id NULL if there was none */
	struct setup_facts facts;
	bool running; /* asked for, and not yet over */
	struct setup_result steps[SETUP_STEPS];
	size_t wrong;	/* steps that are */
	size_t unknown; /* that could not be found out; those "untold" are not counted */
};
enum result setup_read(
    const struct app *, struct tx *, uint32_t org, struct arena *, struct setup_view *);

/* Queues a check (the one that waits or runs already, if there is one); its id in tx_arena. */
enum result setup_ask(struct tx *, uint32_t org, const char *by, const char **job_id);

#endif
