/*
 * texting_inventory.c: the promises of inventory.h that need no Bandwidth: one order for a form,
 * what a release means, and how a daily limit of new contacts holds texts.
 */
#include "texting/inventory.h"
#include "texting_kit.h"

static void
ready(struct organization *o)
{
	o->site_id = "70001";
	o->sip_peer_id = "80001";
}

static void
limited(struct organization *o)
{
	o->new_contacts_max = 1;
}

static void
unlimited(struct organization *o)
{
	o->new_contacts_max = 0;
}

static struct text_list
list_of(const char *number)
{
	struct text_list none = {NULL, 0};

	return text_list_add(kit_arena, none, number);
}

/* ---- orders ------------------------------------------------------------------- */

static void
test_orders(void)
{
	struct number_want want = {.kind = WANT_AREA, .area = " 919 ", .quantity = 2};
	struct order_input in = {.partial = true};
	struct inventory_answer first, again;
	struct want_fault fault;
	char once[INVENTORY_ID];

	inventory_once(once);
	is_int(inventory_want_check(&kit_app, &want, true, kit_arena, &fault), 0, "a wish");
	in.want = want;
	in.once = once;
	is_int(inventory_order(&kit_app, kit_one, &in, "ann", "local", &first), REFUSED,
	    "without a location nothing is ordered");
	ok(strstr(first.why, "location") != NULL, "and why is told");
	(void)kit_org(kit_one, ready);
	is_int(inventory_order(&kit_app, kit_one, &in, "ann", "local", &first), OK, "an order");
	is_int(inventory_order(&kit_app, kit_one, &in, "ann", "local", &again), OK, "sent again");
	is_str(again.job, first.job, "is the same");
	in.want.quantity = 3;
	is_int(inventory_order(&kit_app, kit_one, &in, "ann", "local", &again), REFUSED,
	    "another one with the same form is not taken");
	in.once = "0000000000000001";
	is_int(inventory_order(&kit_app, kit_one, &in, "ann", "local", &again), REFUSED,
	    "nor one with a form from long ago");
	inventory_once(once);
	in.once = once;
	in.want.quantity = kit_settings.order_numbers_max + 1;
	is_int(inventory_order(&kit_app, kit_one, &in, "ann", "local", &again), REFUSED,
	    "nor one of more numbers than the installation allows");
}

/* A key of the caller's own instead of a form's id. */
static void
test_keys(void)
{
	struct order_input in = {.want = {.kind = WANT_AREA, .area = "919", .quantity = 1}};
	struct inventory_answer first, again;
	char once[INVENTORY_ID];

	inventory_once(once);
	in.once = once;
	is_int(inventory_order(&kit_app, kit_one, &in, "ann", "local", &first), OK, "by a form");
	ok(!first.again, "for the first time");
	in.key = once;
	is_int(inventory_order(&kit_app, kit_one, &in, "ann", "local", &first), OK, "by a key");
	ok(!first.again, "that looks like the form's id: another order");
	is_int(inventory_order(&kit_app, kit_one, &in, "ben", "local", &again), OK, "the key again");
	ok(again.again, "is known");
	is_str(again.job, first.job, "as the same order");
	in.want.area = "984";
	is_int(inventory_order(&kit_app, kit_one, &in, "ann", "local", &again), REFUSED,
	    "for something else it is not taken");
	ok(!again.again && strstr(again.why, "key") != NULL, "and why is told");
	in.key = "a\nb";
	is_int(inventory_order(&kit_app, kit_one, &in, "ann", "local", &again), REFUSED,
	    "nor one with control characters");
}

static void
test_wants(void)
{
	struct number_want w = {
	    .kind = WANT_CITY, .city = " RALEIGH", .state = "nc", .quantity = 1};
	struct want_fault f;

	is_int(inventory_want_check(&kit_app, &w, true, kit_arena, &f), 0, "a city");
	is_str(w.state, "NC", "its state in capitals");
	is_str(inventory_want_words(&w, kit_arena), "1 number in RALEIGH, NC", "in words");
	w = (struct number_want){.kind = WANT_AREA, .area = "911", .quantity = 1};
	is_int(inventory_want_check(&kit_app, &w, true, kit_arena, &f), -1, "no area code");
	is_str(f.field, "area", "it is that field");
	w = (struct number_want){.kind = WANT_TOLL_FREE, .pattern = "", .quantity = 1};
	is_int(inventory_want_check(&kit_app, &w, true, kit_arena, &f), 0, "any toll-free number");
	is_str(w.pattern, "8**", "as Bandwidth writes it");
	w = (struct number_want){.kind = WANT_NUMBERS, .numbers = list_of("(919) 555-0123")};
	w.numbers = text_list_add(kit_arena, w.numbers, "+19195550123");
	is_int(inventory_want_check(&kit_app, &w, true, kit_arena, &f), 0, "chosen numbers");
	is_int(w.quantity, 1, "each counts once");
}

/* ---- releases -------------------------------------------------------------------- */

static void
test_releases(void)
{
	struct release_input in = {.numbers = list_of(OUR)};
	struct text_list drained = list_of(OUR);
	struct inventory_answer a;
	char once[INVENTORY_ID];

	inventory_once(once);
	in.once = once;
	is_int(inventory_release(&kit_app, kit_one, &in, "ann", "local", &a), REFUSED,
	    "the last number is not released by the way");
	kit_number(kit_one, OUR2, "in-service");
	is_int(inventory_release(&kit_app, kit_one, &in, "ann", "local", &a), OK,
	    "with another one it is");
	is_int(inventory_drain(&kit_app, kit_one, &drained, false, "ann", "local", &a), REFUSED,
	    "what is being released is not put back");
	is_str(kit_message(kit_one, kit_sent(kit_one, CAT, "svc-drain"), NULL).user_number, OUR2,
	    "a draining number gets no new contact");
	is_int(inventory_release(&kit_app, kit_two, &in, "ann", "local", &a), REFUSED,
	    "nobody releases another organization's number");
}

/* ---- the limit ----------------------------------------------------------------------- */

static void
deadline_tomorrow(struct message *m)
{
	m->send_before = clock_now() + 2 * CLOCK_DAY;
}

static void
test_limit(void)
{
	const char *id, *late;
	struct message m;
	struct claim c;

	(void)kit_org(kit_two, limited);
	kit_number(kit_two, "+17045550101", "in-service");
	ok(kit_sent(kit_two, ANN, "svc-limit-1") != NULL, "one new contact a day");
	id = kit_send(kit_two, BEN, "Hello");
	(void)kit_message(kit_two, id, deadline_tomorrow);
	is_int(kit_claim(kit_two, &c), CLAIM_LATER, "the second waits");
	m = kit_message(kit_two, id, NULL);
	is_str(m.state, "queued", "in the queue");
	is_str(m.held_why, "number-limit", "with its reason");
	ok(m.due > clock_now() && m.due <= clock_now() + 15 * CLOCK_MINUTE + CLOCK_SECOND,
	    "and looks again soon");
	ok(kit_sent(kit_two, ANN, "svc-limit-2") != NULL, "who has a number is not concerned");
	late = kit_send(kit_two, CAT, "Hello");
	(void)kit_claim(kit_two, &c);
	m = kit_message(kit_two, late, NULL);
	if (clock_day(m.send_before) == clock_day(m.created) ||
	    m.send_before <= (clock_day(m.created) + 1) * CLOCK_DAY)
		is_str(m.state, "held", "what would be too late tomorrow is for a person");
	else
		is_str(m.state, "queued", "what is in time tomorrow waits");
	is_str(m.held_why, "number-limit", "with the same reason");
	(void)kit_org(kit_two, unlimited);
	(void)kit_message(kit_two, id, due_now);
	is_int(kit_claim(kit_two, &c), CLAIM_POST, "without the limit it goes out");
	is_str(c.message.id, id, "that very text");
	is_str(c.message.user_number, "+17045550101", "from the number");
}

int
main(void)
{
	kit_open();
	kit_settings.order_numbers_max = 100;
	test_wants();
	test_orders();
	test_keys();
	test_releases();
	test_limit();
	kit_close();
	return done_testing();
}
