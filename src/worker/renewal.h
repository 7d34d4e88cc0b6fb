/*
 * renewal.h: how often tokens are fetched because one was refused.
 *
 * At most once a minute for a Bandwidth account, whichever worker and organization asks: the
 * store remembers.
 */
#ifndef SPOKE_RENEWAL_H
#define SPOKE_RENEWAL_H

#include <stdint.h>

#include "base/clock.h"

struct worker;

#define RENEWAL_GAP CLOCK_MINUTE

/*
 * Takes the account's turn: 0, and renew now; else so many ms are left until it can be taken.
 * A failing store does not keep anybody from renewing.
 */
int64_t renewal_take(struct worker *, const char *account);
/* The same, without taking it. */
int64_t renewal_wait(struct worker *, const char *account);

#endif
