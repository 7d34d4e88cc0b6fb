/*
 * texting/provision.h: setting an organization up at Bandwidth, as far as it is asked for, seen
 * and confirmed by people; the work is the worker's (worker/provision.h).
 *
 * Two kinds of jobs (store/jobs.h), with their steps for people (org/progress.h):
 *
 * "provision": uses and checks what was entered (sub-account, location, application) and makes
 * what is missing.  Queued by config_save, by the page's button and by spokectl.
 * Steps: credentials, site, location, sms, mms, application, assignment.
 *
 * "repair-application": gives the organization's application today's callback addresses, user
 * and password, whatever it had; nothing else is touched.  For the case that BASE_URL or
 * SESSION_SECRET changed.  One step: application.
 *
 * Neither overwrites what serves somebody else without being told to: it ends "failed" with a
 * question in its detail, {"ask": {"what": …, "value": …}}, and a new "provision" that carries
 * the same what and value goes past that point:
 *
 *	"callbacks"	the application entered calls another address (value: that address)
 *	"assignment"	the location has another application (value: its ID)
 */
#ifndef SPOKE_TEXTING_PROVISION_H
#define SPOKE_TEXTING_PROVISION_H

#include "store/jobs.h"
#include "texting/app.h"

#define PROVISION_JOB "provision"
#define REPAIR_JOB "repair-application"
#define PROVISION_JOB_ID 17

/* What a finished job asks; what is NULL when it asks nothing.  Texts live in the arena. */
struct provision_question {
	const char *what, *value;
};
void provision_question(const struct job *, struct arena *, struct provision_question *);
/* It as a question for people, with what saying yes does; and the words of a button for it. */
const char *provision_question_text(const struct provision_question *, struct arena *);
const char *provision_question_yes(const struct provision_question *);

/*
 * Queues "provision", unless one waits, and notes who asked.  yes: NULL, or the question that
 * the person said yes to, which must be the one that the last job asks: else REFUSED (things
 * have changed; look again).  job gets the id.  Flushed; the caller wakes the worker.  NOT_FOUND:
 * no such organization.
 */
enum result provision_ask(const struct app *, uint32_t org, const struct provision_question *yes,
    const char *who, const char *from, char job[PROVISION_JOB_ID]);
/* The same within a transaction of the caller's, without a word in the audit. */
enum result provision_add(struct tx *, uint32_t org, const char *who, const char **job);

/* Queues "repair-application" in the same way. */
enum result repair_ask(const struct app *, uint32_t org, const char *who, const char *from,
    char job[PROVISION_JOB_ID]);

/*
 * Why no application may be made or changed so that it calls this installation: BASE_URL is not
 * https, or names this machine.  NULL when it may.  In a rehearsal (REHEARSAL=yes) whose Numbers
 * API is on this machine as well, BASE_URL may be there too: what is made is made in a
 * simulation, and nobody outside is told an address that he cannot reach.
 */
const char *provision_base_fault(const struct settings *);

#endif
