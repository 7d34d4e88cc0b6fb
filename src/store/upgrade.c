/*
 * upgrade.c: the steps from an older store to today's (upgrade.h).
 *
 * A new step goes to the end; it is resumable and does nothing the second time.
 */
#include <stddef.h>

#include "store/format.h"
#include "store/messages.h"
#include "store/numbers.h"
#include "store/upgrade.h"

static enum result (*const steps[FORMAT_STEPS])(struct store *) = {
    numbers_upgrade, /* turns, totals and figures of the numbers */
    looks_upgrade,   /* unknown texts in the queue */
    queue_upgrade,   /* how much is queued */
};

enum result
upgrade_run(struct store *st)
{
	enum result r = OK;

	for (size_t i = 0; r == OK && i < FORMAT_STEPS; i++)
		r = steps[i](st);
	return r;
}
