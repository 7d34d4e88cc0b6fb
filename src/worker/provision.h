/*
 * worker/provision.h: the jobs "provision" and "repair-application" (texting/provision.h says what
 * they are): an organization's sub-account, location, SMS and MMS, application and its
 * assignment at Bandwidth.
 *
 * What makes them safe to kill at any point, and to start again:
 *
 * - Nothing is made before it was looked for.  What we make carries a name that ends in the
 *   installation's and the organization's mark ("Tenants United spoke-1-1f2e3d4c"), so that
 *   a later run finds its own and never takes somebody else's; an application is
 *   known by its callback addresses too.
 * - That something is about to be made is written down and flushed first (site_posted, …, of
 *   the organization).  When the answer is lost, or the worker dies, it is looked for again
 *   until as much time has passed as Bandwidth could still have been busy with it
 *   (PROVISION_SETTLE); only then is it made again.
 * - Every ID goes into the organization's settings and every step into the job in one
 *   transaction, flushed before the next step.  Settings that were entered meanwhile are
 *   never overwritten: such a run ends, and the one that the save has queued goes on.
 * - One run at a time for each organization.
 */
#ifndef SPOKE_PROVISION_H
#define SPOKE_PROVISION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct job;
struct worker;

/* The client's budget, and as much again for Bandwidth to show what it made. */
#define PROVISION_SETTLE CLOCK_MINUTE

void provision_begin(struct worker *, const struct job *);
void repair_begin(struct worker *, const struct job *);

/*
 * Bandwidth has said something about the organization's credentials: a run that waits for it
 * goes on; one that had failed because of them is asked for again when they are good now.
 */
void provision_heard(struct worker *, uint32_t org, bool good);

#endif
