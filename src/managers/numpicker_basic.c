/*
 * numpicker_basic.c: of the numbers in service the one with the least recent
 * use, when no manager before this one knew better.
 *
 * Constant work however many numbers there are: the store keeps them in order.
 */
#include "managers/numpicker_basic.h"

#include "store/numbers.h"

static enum result
pick(struct tx *tx, struct draft *d)
{
	enum result r;

	if (d->user_number != NULL)
		return OK;
	r = numbers_pick(tx, (uint32_t)d->org->id, d->arena, &d->user_number);
	if (r != NOT_FOUND)
		return r;
	d->user_number = NULL;
	d->error = "no-number";
	d->error_meaning = "The organization has no number in service to text from. Add or buy a "
			   "number, or put one back in service, then send it again.";
	d->error_who = "admin";
	return OK;
}

const struct service_manager numpicker_basic = {
    .name = "numpicker-basic",
    .display_name = "Number picker",
    .description = "Gives a person who knows none of the organization's numbers the one that was "
		   "used least recently.",
    .on_message_send = pick,
};
