/*
 * store_records.c: the promises of the smaller record files: organizations,
 * contacts, counters, callbacks, audit, repeated requests.
 */
#include "store/audit.h"
#include "store/contacts.h"
#include "store/counters.h"
#include "store/idempotency.h"
#include "store/orgs.h"
#include "store_try.h"

static struct arena *arena;

static enum result
orgs(struct tx *tx, void *arg)
{
	struct organization o = {.name = "One"}, p, *list;
	size_t n;
	int i;

	(void)arg;
	is_int(orgs_get(tx, 1, false, arena, &p), NOT_FOUND, "there is no organization");
	is_int(orgs_create(tx, &o), OK, "one is created");
	is_int(o.id, 1, "it has the first number");
	ok(o.created == tx_now(tx), "and a time");
	for (i = 2; i <= 5; i++) {
		o = (struct organization){.name = "More"};
		ok(orgs_create(tx, &o) == OK && o.id == i, "then number %d", i);
	}
	is_int(orgs_get(tx, 1, true, arena, &p), OK, "it is read");
	p.account_id = "9900902";
	p.paused = true;
	is_int(orgs_put(tx, &p), OK, "and changed");
	ok(orgs_get(tx, 1, false, arena, &p) == OK && p.paused &&
		strcmp(p.account_id, "9900902") == 0,
	    "and is as changed");
	is_int(orgs_list(tx, 0, 3, arena, &list, &n), OK, "the first page");
	ok(n == 3 && list[0].id == 1 && list[2].id == 3, "has three in order");
	is_int(orgs_list(tx, 3, 3, arena, &list, &n), OK, "the second");
	ok(n == 2 && list[1].id == 5, "has the rest");
	ok(orgs_list(tx, UINT32_MAX, 3, arena, &list, &n) == OK && n == 0,
	    "behind the last is nothing");
	return OK;
}

/* One record that can't be read, and the last number that there is. */
static enum result
orgs_odd(struct tx *tx, void *arg)
{
	struct organization o = {.name = "Too many"}, *list;
	struct key k;
	size_t n;

	(void)arg;
	key_start(&k);
	key_u32(&k, 2);
	is_int(kv_put(tx, T_ORGS, &k, "no json", 7), OK, "a record is ruined");
	is_int(orgs_list(tx, 0, 10, arena, &list, &n), OK, "the list");
	ok(n == 4 && list[0].id == 1 && list[1].id == 3, "has the others");
	key_start(&k);
	key_text(&k, "last-org");
	is_int(kv_put(tx, T_META, &k, "4294967295", 10), OK, "no number is left");
	is_int(orgs_create(tx, &o), FAILED, "then no organization is made");
	is_int(kv_put(tx, T_META, &k, "many", 4), OK, "nor when the last one can't be read");
	is_int(orgs_create(tx, &o), DAMAGED, "which is told of");
	return FAILED; /* as if nothing had been */
}

static enum result
contacts(struct tx *tx, void *arg)
{
	struct contact c, *list;
	char number[20];
	size_t n;
	int i;

	(void)arg;
	is_int(contacts_get(tx, 1, "+19195550123", true, arena, &c), NOT_FOUND, "nobody is known");
	ok(c.org == 1 && strcmp(c.number, "+19195550123") == 0 && !c.opted_out && c.carrier == NULL,
	    "but can be put as given");
	c.user_number = "+19195550100";
	is_int(contacts_put(tx, &c), OK, "is put");
	ok(contacts_get(tx, 1, "+19195550123", false, arena, &c) == OK &&
		strcmp(c.user_number, "+19195550100") == 0,
	    "and known");
	is_int(contacts_get(tx, 2, "+19195550123", false, arena, &c), NOT_FOUND,
	    "to this organization only");
	for (i = 0; i < 20; i++) {
		(void)snprintf(number, sizeof number, "+1919555%04d", i);
		(void)contacts_get(tx, 1, number, true, arena, &c);
		c.opted_out = i % 2 == 0;
		c.held = i % 5 == 0;
		(void)contacts_put(tx, &c);
	}
	is_int(contacts_list(tx, 1, 'o', NULL, 100, arena, &list, &n), OK, "those opted out");
	is_int(n, 10, "are all listed");
	is_str(list[1].number, "+19195550002", "in order");
	is_int(contacts_list(tx, 1, 'o', "+19195550002", 3, arena, &list, &n), OK,
	    "a page behind one");
	ok(n == 3 && strcmp(list[0].number, "+19195550004") == 0, "begins with the next");
	ok(contacts_list(tx, 1, 'h', NULL, 100, arena, &list, &n) == OK && n == 4, "those held");
	is_int(contacts_get(tx, 1, "+19195550000", true, arena, &c), OK, "one of them");
	c.opted_out = c.held = false;
	is_int(contacts_put(tx, &c), OK, "comes back");
	ok(contacts_list(tx, 1, 'o', NULL, 100, arena, &list, &n) == OK && n == 9,
	    "and is not listed");
	ok(contacts_list(tx, 1, 'h', NULL, 100, arena, &list, &n) == OK && n == 3, "in either");
	ok(contacts_list(tx, 2, 'o', NULL, 100, arena, &list, &n) == OK && n == 0,
	    "another organization's list is empty");
	return OK;
}

static enum result
counters(struct tx *tx, void *arg)
{
	int64_t v;

	(void)arg;
	ok(counter_get(tx, 1, "segments", 20000, &v) == OK && v == 0, "a counter begins at 0");
	ok(counter_add(tx, 1, "segments", 20000, 5, &v) == OK && v == 5, "and is added to");
	ok(counter_add(tx, 1, "segments", 20000, -2, &v) == OK && v == 3, "and taken from");
	is_int(counter_add(tx, 1, "segments", 20000, 1, NULL), OK, "without asking for the sum");
	ok(counter_get(tx, 1, "segments", 20000, &v) == OK && v == 4, "it is kept");
	ok(counter_get(tx, 1, "segments", 20001, &v) == OK && v == 0, "by day");
	ok(counter_get(tx, 1, "segments:1f2e3d4c", 20000, &v) == OK && v == 0, "by name");
	ok(counter_get(tx, 2, "segments", 20000, &v) == OK && v == 0, "and by organization");
	is_int(counter_add(tx, 1, "segments", 20000, INT64_MAX, &v), OK,
	    "more than there are numbers");
	is_int(v, INT64_MAX, "is the largest one");
	return OK;
}

static enum result
callbacks(struct tx *tx, void *arg)
{
	struct callback_mark m;

	(void)arg;
	ok(callback_mark_get(tx, 3, arena, &m) == OK && m.accepted == 0 && m.refused == 0,
	    "no callback came yet");
	is_int(callback_refused(tx, 3, "the password is wrong", "192.0.2.1"), OK, "one is refused");
	is_int(callback_refused(tx, 3, "the user is wrong", "192.0.2.2"), OK, "and another");
	is_int(callback_mark_get(tx, 3, arena, &m), OK, "the mark");
	ok(m.refused_count == 2 && strcmp(m.refused_why, "the user is wrong") == 0, "says so");
	is_int(callback_accepted(tx, 3, "message-received", false, "p1"), OK, "one is accepted");
	is_int(callback_accepted(tx, 3, "message-sent", false, "p1"), OK,
	    "and another in the same second");
	is_int(callback_mark_get(tx, 3, arena, &m), OK, "the mark");
	ok(m.refused_count == 0 && m.refused != 0 && m.accepted == tx_now(tx) &&
		strcmp(m.accepted_what, "message-received") == 0,
	    "counts refusals anew, and knows the first of the second");
	is_int(
	    callback_accepted(tx, 3, "message-sent", true, "p1"), OK, "one with an older address");
	ok(callback_mark_get(tx, 3, arena, &m) == OK && m.previous_count == 1 && m.previous != 0,
	    "is told apart, also in the same second");
	is_str(m.accepted_print, "p1", "with which password the last one of today's came");
	is_int(
	    callback_accepted(tx, 3, "message-sent", false, "p2"), OK, "one with a new password");
	is_int(callback_was_set(tx, 3, "app", "p2"), OK, "and it was set at Bandwidth");
	ok(callback_mark_get(tx, 3, arena, &m) == OK && strcmp(m.accepted_print, "p2") == 0 &&
		strcmp(m.set_print, "p2") == 0 && strcmp(m.set_app, "app") == 0 && m.set != 0,
	    "is noted, also in the same second");
	return OK;
}

static enum result
audit(struct tx *tx, void *arg)
{
	struct audit a = {.org = 1, .who = "ann@example.org", .from = "192.0.2.1"}, *list;
	size_t n;
	int i;

	(void)arg;
	for (i = 0; i < 5; i++) {
		a.what = i == 4 ? "last" : "sign-in";
		a.time = 1000 + i / 2;
		is_int(audit_add(tx, &a), OK, "an entry, some in the same millisecond");
	}
	is_int(audit_list(tx, 1, 0, 10, arena, &list, &n), OK, "the log");
	ok(n == 5 && strcmp(list[0].what, "last") == 0, "has all, the newest first");
	is_int(audit_list(tx, 1, 1001, 10, arena, &list, &n), OK, "before a time");
	ok(n == 2 && list[0].time == 1000, "has only older ones");
	a.time = 0;
	is_int(audit_add(tx, &a), OK, "without a time");
	ok(audit_list(tx, 1, 0, 1, arena, &list, &n) == OK && list[0].time == tx_now(tx),
	    "it is now");
	ok(audit_list(tx, 2, 0, 10, arena, &list, &n) == OK && n == 0, "by organization");
	return OK;
}

static enum result
idempotency(struct tx *tx, void *arg)
{
	unsigned char body[32] = {1}, changed[32] = {2};
	const char *answer = NULL;
	int status = 0;

	(void)arg;
	is_int(idempotency_get(tx, 1, "tok", "k1", body, arena, &status, &answer), NOT_FOUND,
	    "a new key");
	is_int(idempotency_put(tx, 1, "tok", "k1", body, 202, "{\"messages\":[]}"), OK,
	    "gets an answer");
	is_int(idempotency_get(tx, 1, "tok", "k1", body, arena, &status, &answer), OK, "again");
	is_int(status, 202, "the same status");
	is_str(answer, "{\"messages\":[]}", "and the same answer");
	is_int(idempotency_get(tx, 1, "tok", "k1", changed, arena, &status, &answer), REFUSED,
	    "with another body it is refused");
	is_int(idempotency_get(tx, 1, "other", "k1", body, arena, &status, &answer), NOT_FOUND,
	    "another token's keys are its own");
	is_int(idempotency_get(tx, 2, "tok", "k1", body, arena, &status, &answer), NOT_FOUND,
	    "another organization's too");
	is_int(idempotency_get(tx, 1, NULL, "k1", body, arena, &status, &answer), NOT_FOUND,
	    "and those without a token");
	is_int(idempotency_expire(tx, tx_now(tx) - 1000, 100, NULL), OK, "expiring older ones");
	is_int(idempotency_get(tx, 1, "tok", "k1", body, arena, &status, &answer), OK, "keeps it");
	is_int(idempotency_expire(tx, tx_now(tx) + 1, 100, NULL), OK, "expiring it");
	is_int(idempotency_get(tx, 1, "tok", "k1", body, arena, &status, &answer), NOT_FOUND,
	    "forgets it");
	return OK;
}

int
main(void)
{
	arena = arena_new();
	try_open();
	try_run(orgs, NULL);
	is_int(store_run(try_store, orgs_odd, NULL), FAILED, "all of that is rolled back");
	try_run(contacts, NULL);
	try_run(counters, NULL);
	try_run(callbacks, NULL);
	try_run(audit, NULL);
	try_run(idempotency, NULL);
	try_close();
	arena_free(arena);
	return done_testing();
}
