/*
 * texting_kit.h: an installation in a temporary directory for the tests of texting/ and
 * managers/: a store, two organizations that can send, and short words for what
 * happens to them.
 */
#ifndef SPOKE_TEXTING_KIT_H
#define SPOKE_TEXTING_KIT_H

#include "base/clock.h"
#include "base/json.h"
#include "org/message.h"
#include "store/audit.h"
#include "store/contacts.h"
#include "store/counters.h"
#include "store/events.h"
#include "store/messages.h"
#include "store/numbers.h"
#include "store/orgs.h"
#include "store_try.h"
#include "texting/optout.h"
#include "texting/outbox.h"
#include "texting/receive.h"
#include "texting/submit.h"

#define UNUSED __attribute__((unused))

#define OUR "+19195550100"
#define OUR2 "+19195550101"
#define TOLL_FREE "+18885550100"
#define ANN "+19195550123"
#define BEN "+19195550124"
#define CAT "+19195550125"

static struct settings kit_settings;
static struct pipeline kit_pipeline;
static struct app kit_app;
static struct arena *kit_arena;
static uint32_t kit_one, kit_two; /* organizations */

/* ---- transactions, one thing each ------------------------------------------------- */

/* What a transaction of the kit needs and finds. */
struct kit {
	uint32_t org;
	const char *a, *b;
	int64_t n;
	struct organization o;
	struct contact c;
	struct message m;
	struct submission s;
	struct submit_fault fault;
	struct message *list;
	size_t count;
	void (*edit)(struct message *);
	void (*edit_org)(struct organization *);
	void (*edit_contact)(struct contact *);
	const char *why;
};

static UNUSED enum result
kit_run(tx_fn fn, struct kit *k)
{
	return store_run(try_store, fn, k);
}

static enum result
kit_tx_org(struct tx *tx, void *arg)
{
	struct kit *k = arg;
	enum result r;

	k->o = (struct organization){.name = k->a,
	    .account_id = "9900902",
	    .user_name = "client",
	    .application_id = "93de2206-9669-4e07-948d-329f4b722ee2",
	    .cred_kind = "oauth2",
	    .cred_state = "confirmed"};
	r = orgs_create(tx, &k->o);
	k->org = (uint32_t)k->o.id;
	return r;
}

static enum result
kit_tx_number(struct tx *tx, void *arg)
{
	struct kit *k = arg;
	struct number n = {.org = k->org, .number = k->a, .state = k->b, .added = tx_now(tx)};
	struct number old;
	uint32_t owner;
	enum result r = numbers_get(tx, k->org, k->a, true, tx_arena(tx), &old);

	if (r == NOT_FOUND)
		return numbers_add(tx, &n, &owner);
	if (r != OK)
		return r;
	old.state = k->b;
	return numbers_put(tx, &old);
}

/* Adds one of our numbers, or changes its state. */
static UNUSED void
kit_number(uint32_t org, const char *number, const char *state)
{
	struct kit k = {.org = org, .a = number, .b = state};

	if (kit_run(kit_tx_number, &k) != OK)
		printf("Bail out! number %s\n", number);
}

static enum result
kit_tx_edit_org(struct tx *tx, void *arg)
{
	struct kit *k = arg;
	enum result r = orgs_get(tx, k->org, true, kit_arena, &k->o);

	if (r != OK || k->edit_org == NULL)
		return r;
	k->edit_org(&k->o);
	return orgs_put(tx, &k->o);
}

/* Reads an organization, changing it first when edit is given. */
static UNUSED struct organization
kit_org(uint32_t org, void (*edit)(struct organization *))
{
	struct kit k = {.org = org, .edit_org = edit};

	if (kit_run(kit_tx_edit_org, &k) != OK)
		printf("# organization %u can't be read\n", (unsigned)org);
	return k.o;
}

static enum result
kit_tx_contact(struct tx *tx, void *arg)
{
	struct kit *k = arg;
	enum result r = contacts_get(tx, k->org, k->a, true, kit_arena, &k->c);

	if (r == NOT_FOUND)
		r = OK;
	if (r != OK || k->edit_contact == NULL)
		return r;
	k->edit_contact(&k->c);
	return contacts_put(tx, &k->c);
}

static UNUSED struct contact
kit_contact(uint32_t org, const char *number, void (*edit)(struct contact *))
{
	struct kit k = {.org = org, .a = number, .edit_contact = edit};

	if (kit_run(kit_tx_contact, &k) != OK)
		printf("# contact %s can't be read\n", number);
	return k.c;
}

static enum result
kit_tx_message(struct tx *tx, void *arg)
{
	struct kit *k = arg;
	struct message old;
	enum result r = messages_get(tx, k->org, k->a, true, kit_arena, &old);

	k->m = old;
	if (r != OK || k->edit == NULL)
		return r;
	k->edit(&k->m);
	return messages_put(tx, &old, &k->m);
}

/* Reads a message, changing it first when edit is given; state NULL when there is none. */
static UNUSED struct message
kit_message(uint32_t org, const char *id, void (*edit)(struct message *))
{
	struct kit k = {.org = org, .a = id, .edit = edit};

	if (id == NULL || kit_run(kit_tx_message, &k) != OK)
		k.m = (struct message){.state = NULL};
	return k.m;
}

/* ---- sending ------------------------------------------------------------------------- */

static enum result
kit_tx_submit(struct tx *tx, void *arg)
{
	struct kit *k = arg;

	return submit_queue(&kit_app, tx, &k->s, kit_arena, &k->list, &k->count, &k->fault);
}

/* Checks and queues; what came of it in the result. */
static UNUSED enum result
kit_submit(struct kit *k)
{
	if (submit_check(&k->s, kit_arena, &k->fault) != 0)
		return REFUSED;
	return kit_run(kit_tx_submit, k);
}

/* Queues one text; its id. */
static UNUSED const char *
kit_send(uint32_t org, const char *to, const char *text)
{
	struct kit k = {.s = {.org = org, .to = {&to, 1}, .text = text, .by = "ann@example.org"}};

	if (kit_submit(&k) != OK || k.count != 1) {
		printf("# not queued: %s\n", k.fault.message == NULL ? "?" : k.fault.message);
		return NULL;
	}
	return k.list[0].id;
}

/* Claims from both classes, as a worker does, until there is a POST or nothing more.
 * Entries that must wait are passed by. */
static UNUSED enum claim_result
kit_claim(uint32_t org, struct claim *out)
{
	enum claim_result r = CLAIM_NONE, end = CLAIM_NONE;
	struct queue_entry after;
	bool has_after;
	int class_, tries;

	for (class_ = 0; class_ < 2; class_++) {
		has_after = false;
		for (tries = 0; tries < 50; tries++) {
			r = outbox_claim(
			    &kit_app, class_, org, 1000, kit_arena, out, &after, &has_after);
			if (r == CLAIM_POST || r == CLAIM_ERROR)
				return r;
			if (r == CLAIM_LATER)
				end = r;
			if (r == CLAIM_NONE || (r == CLAIM_LATER && !has_after))
				break;
		}
	}
	return end;
}

static UNUSED enum result
kit_finish(uint32_t org, const char *id, enum post_outcome outcome, const char *service_id)
{
	struct post_answer a = {.outcome = outcome,
	    .status = outcome == POST_ACCEPTED ? 202 : 400,
	    .service_id = service_id,
	    .words = "as the test says"};

	return outbox_finish(&kit_app, org, id, &a);
}

/* Claims one text of kit_one's, which must come; its claim. */
static UNUSED struct claim
kit_claimed(const char *id)
{
	struct claim c = {.tag = ""};

	if (kit_claim(kit_one, &c) != CLAIM_POST || strcmp(c.message.id, id) != 0)
		printf("# %s was not claimed\n", id);
	return c;
}

/* Queues one text, claims it and has it accepted; its id. */
static UNUSED const char *
kit_sent(uint32_t org, const char *to, const char *service_id)
{
	const char *id = kit_send(org, to, "Hello");
	struct claim c;

	if (kit_claim(org, &c) != CLAIM_POST || strcmp(c.message.id, id) != 0) {
		printf("# not claimed\n");
		return NULL;
	}
	(void)kit_finish(org, id, POST_ACCEPTED, service_id);
	return id;
}

static UNUSED const char *
kit_state(uint32_t org, const char *id)
{
	return kit_message(org, id, NULL).state;
}

/* A text to Ben of which the answer was lost. */
static UNUSED struct message
kit_lost(void)
{
	const char *id = kit_send(kit_one, BEN, "Hello");

	(void)kit_claimed(id);
	(void)kit_finish(kit_one, id, POST_UNKNOWN, NULL);
	return kit_message(kit_one, id, NULL);
}

/* ---- changes for kit_message, kit_contact and kit_org ---------------------------------------------- */

static UNUSED void
deadline_over(struct message *m)
{
	m->send_before = clock_now() - 1;
}

static UNUSED void
due_now(struct message *m)
{
	m->due = clock_now() - 1;
}

static UNUSED void
credentials_confirmed(struct organization *o)
{
	o->cred_state = "confirmed";
	o->cred_url = NULL;
}

static UNUSED void
forget_error(struct contact *c)
{
	c->last_error = 0;
}

/* ---- opening and closing ---------------------------------------------------------------- */

static uint32_t
kit_make_org(const char *name)
{
	struct kit k = {.a = name};

	if (kit_run(kit_tx_org, &k) != OK)
		printf("Bail out! no organization\n");
	return k.org;
}

/* Opens everything: organization kit_one with the number OUR, kit_two with none. */
static void
kit_open(void)
{
	struct buf why = BUF_INIT(1000);

	log_set_level(LOG_ERROR);
	try_settings = &kit_settings;
	try_open();
	kit_arena = arena_new();
	kit_settings.default_service = "bandwidth";
	kit_settings.daily_segments = 1000000;
	kit_settings.media_per_message = 20;
	kit_settings.messaging_url = "https://messaging.bandwidth.com/api/v2";
	kit_settings.token_url = "https://api.bandwidth.com/api/v1/oauth2/token";
	kit_settings.session_secret = "a-very-long-session-secret-0123456789";
	kit_settings.base_url.text = arena_str(kit_arena, "https://texting.example.org");
	if (pipeline_read("sticky-sender,numpicker-basic", "bandwidth", &kit_pipeline, &why) != 0)
		printf("Bail out! %s\n", buf_str(&why));
	buf_free(&why);
	kit_app = (struct app){&kit_settings, try_store, &kit_pipeline};
	kit_one = kit_make_org("One");
	kit_two = kit_make_org("Two");
	kit_number(kit_one, OUR, "in-service");
}

static void
kit_close(void)
{
	arena_free(kit_arena);
	try_close();
}

#endif
