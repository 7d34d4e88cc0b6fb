/*
 * credentials.h: the job "credentials": which kind of credentials was entered, and what
 * Bandwidth says of them.
 *
 * Bandwidth is asked for a token first (API credentials, OAuth2); if it knows no such
 * client, one harmless question is asked with user and password (API users, which Bandwidth
 * switches off on 2 December 2026).  With what was taken, the messaging interface is asked
 * whether it lets this account in.  "Could not be reached" is never "refused", and a result
 * is stored only for the settings that were asked about.
 */
#ifndef SPOKE_CREDENTIALS_H
#define SPOKE_CREDENTIALS_H

#include <stdint.h>

struct job;
struct worker;

/*
 * The same, repeated by the worker itself.  A kind of its own, so that a check which a
 * person asks for is not taken for one that waits for its time.
 */
#define CREDENTIALS_AGAIN "credentials-again"

void credentials_begin(struct worker *, const struct job *);

/*
 * A POST was refused with renewed credentials of that config_version: the organization's
 * are "refused" from now on, with Bandwidth's words, which holds its queue.
 */
void credentials_refused(struct worker *, uint32_t org, int64_t version, const char *words);

#endif
