/*
 * numpicker_basic.c: of the numbers in service the one with the least recent
 * use, when no manager before this one knew better.
 *
 * The organization may prefer the contact's own area code, and may limit how many new
 * contacts a number is given in a day.  Constant work however many numbers there are: the
 * store keeps them in order.
 */
#include "managers/numpicker_basic.h"

#include "base/phone.h"
#include "store/numbers.h"

static void
fail(struct draft *d)
{
	d->error = "no-number";
	d->error_meaning = "The organization has no number in service to text from. Add or buy a "
			   "number, or put one back in service, then send it again.";
	d->error_who = "admin";
}

static enum result
pick(struct tx *tx, struct draft *d)
{
	struct number_pick want = {.new_max = d->org->new_contacts_max};
	char area[4];
	enum result r;

	if (d->user_number != NULL)
		return OK;
	if (d->org->prefer_area)
		want.area = phone_area(d->message->contact_number, area);
	r = numbers_pick(tx, (uint32_t)d->org->id, &want, d->arena, &d->user_number);
	if (r != NOT_FOUND && r != REFUSED)
		return r;
	d->user_number = NULL;
	if (r == REFUSED)
		d->wait = DRAFT_NUMBER_LIMIT;
	else
		fail(d);
	return OK;
}

/* Counted when the attempt begins: a pick alone may still come to nothing. */
static enum result
claimed(struct tx *tx, struct report *p)
{
	if (!p->new_contact)
		return OK;
	return numbers_new_contact(
	    tx, (uint32_t)p->org->id, p->message->user_number, p->org->new_contacts_max);
}

const struct service_manager numpicker_basic = {
    .name = "numpicker-basic",
    .display_name = "Number picker",
    .description = "Gives a person who knows none of the organization's numbers the one that was "
		   "used least recently.",
    .on_message_send = pick,
    .on_message_claimed = claimed,
};
