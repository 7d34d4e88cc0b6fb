/*
 * store_events.c: the promises of events.h: duplicates, events, tray, early receipts.
 */
#include "base/clock.h"
#include "org/message.h"
#include "store/counters.h"
#include "store/events.h"
#include "store_try.h"

#define ORG 5

static struct arena *arena;

static struct stored_event
fresh(struct tx *tx, const char *raw)
{
	struct stored_event e = {.org = ORG,
	    .received = tx_now(tx),
	    .type = "message-sent",
	    .raw = raw,
	    .effect = "none"};
	char id[MESSAGE_ID];

	message_id_new(tx_now(tx), id);
	e.id = arena_str(arena, id);
	return e;
}

static enum result
duplicates(struct tx *tx, void *arg)
{
	unsigned char key[32] = {1};
	size_t removed, sum = 0;
	int i;

	(void)arg;
	is_int(seen_add(tx, ORG, key), OK, "a key is new");
	is_int(seen_add(tx, ORG, key), EXISTS, "then it was seen");
	is_int(seen_add(tx, ORG + 1, key), OK, "by this organization only");
	for (i = 0; i < 50; i++) {
		key[1] = (unsigned char)i;
		key[0] = 2;
		(void)seen_add(tx, ORG, key);
	}
	is_int(seen_expire(tx, ORG, tx_now(tx) - 1000, 100, &removed, NULL), OK, "expiring older ones");
	is_int(removed, 0, "removes none of these");
	for (i = 0; i < 6; i++) {
		is_int(
		    seen_expire(tx, ORG, tx_now(tx) + 1, 10, &removed, NULL), OK, "expiring ten by ten");
		sum += removed;
	}
	is_int(sum, 51, "removes all");
	is_int(
	    seen_add(tx, ORG + 1, (unsigned char[32]){1}), EXISTS, "but no other organization's");
	return OK;
}

/* A sweep goes on where it stopped, also when most entries stay. */
static enum result
sweeping(struct tx *tx, void *arg)
{
	unsigned char key[32] = {0};
	size_t removed, i, rounds = 0, sum = 0;

	(void)arg;
	for (i = 0; i < 40; i++) {
		key[0] = (unsigned char)i;
		(void)seen_add(tx, 77, key);
	}
	while (rounds < 5) {
		is_int(
		    seen_expire(tx, 77, tx_now(tx), 10, &removed, NULL), OK, "looking at ten that stay");
		sum += removed;
		rounds++;
	}
	is_int(sum, 0, "none is old");
	is_int(seen_expire(tx, 77, tx_now(tx) + 1, 15, &removed, NULL), OK, "the next look");
	ok(removed >= 10, "does not begin before the place where the last one stopped");
	return OK;
}

static enum result
events(struct tx *tx, void *arg)
{
	struct stored_event e = fresh(tx, "{\"a\":1}"), f, *list;
	size_t n, i;

	(void)arg;
	e.service_id = "bw";
	is_int(events_put(tx, &e), OK, "an event is put");
	is_int(events_get(tx, ORG, e.id, arena, &f), OK, "and read");
	is_str(f.raw, "{\"a\":1}", "as it came");
	is_int(events_get(tx, ORG + 1, e.id, arena, &f), NOT_FOUND, "not by another organization");
	is_int(events_get(tx, ORG, "x", arena, &f), NOT_FOUND, "nor under no id");
	f = e;
	f.raw = "{\"b\":2}";
	is_int(events_put(tx, &f), EXISTS, "another event does not take its place");
	is_int(tray_count(tx, ORG, 10, &n), OK, "the tray");
	is_int(n, 0, "is empty");
	e.tray = "Nobody knows what this is.";
	is_int(events_put(tx, &e), OK, "the same event may change");
	ok(tray_count(tx, ORG, 10, &n) == OK && n == 1, "now it needs a look");
	for (i = 0; i < 5; i++) {
		f = fresh(tx, "{}");
		f.tray = i % 2 == 0 ? "Odd." : NULL;
		is_int(events_put(tx, &f), OK, "more events");
	}
	is_int(events_list(tx, ORG, NULL, 4, arena, &list, &n), OK, "the list");
	ok(n == 4 && strcmp(list[0].id, list[1].id) > 0 && strcmp(list[2].id, list[3].id) > 0,
	    "begins with the newest");
	is_int(events_list(tx, ORG, list[3].id, 10, arena, &list, &n), OK, "and goes on");
	ok(n == 2 && strcmp(list[1].id, e.id) == 0, "to the oldest");
	is_int(tray_list(tx, ORG, NULL, 10, arena, &list, &n), OK, "the tray");
	ok(n == 4 && strcmp(list[3].id, e.id) == 0, "has only what needs a look, newest first");
	ok(tray_count(tx, ORG, 3, &n) == OK && n == 3, "counting ends where asked");
	is_int(tray_done(tx, ORG, e.id, "ann@example.org", "::1"), OK, "a person deals with one");
	is_int(tray_done(tx, ORG, e.id, "ann@example.org", "::1"), OK, "twice does no harm");
	is_int(
	    tray_done(tx, ORG, "0000000000000001", "ann@example.org", "::1"), NOT_FOUND, "no such event");
	ok(tray_count(tx, ORG, 10, &n) == OK && n == 3, "then it leaves the tray");
	ok(events_get(tx, ORG, e.id, arena, &f) == OK && f.tray_done != 0 && f.tray != NULL,
	    "and is still known");
	return OK;
}

static enum result
bodies(struct tx *tx, void *arg)
{
	struct stored_event *list;
	char body[20];
	int64_t refused;
	size_t n, i, kept = 0;
	enum result r;

	(void)arg;
	is_int(tray_put_body(tx, 6, "{oops", 5, "It is no JSON.", "req1"), OK, "a body is kept");
	is_int(tray_put_body(tx, 6, "{oops", 5, "It is no JSON.", "req2"), EXISTS, "once");
	is_int(tray_put_body(tx, 6, "\xFF\x00\x01", 3, "It is no text.", "req3"), OK,
	    "also when it is no text");
	is_int(tray_list(tx, 6, NULL, 10, arena, &list, &n), OK, "both need a look");
	is_int(n, 2, "that is two");
	is_str(list[1].raw, "{oops", "as it came");
	ok(list[0].base64 && strcmp(list[0].raw, "/wAB") == 0, "or in base64");
	is_str(list[1].request, "req1", "with its request");
	is_int(tray_done(tx, 6, list[1].id, "ann@example.org", "::1"), OK, "one is dealt with");
	is_int(tray_done(tx, 6, list[0].id, "ann@example.org", "::1"), OK, "the other too");
	is_int(tray_put_body(tx, 6, "{oops", 5, "It is no JSON.", "req4"), EXISTS,
	    "its repetitions do not come back");
	is_int(tray_put_body(tx, 6, "\xFF\x00\x01", 3, "It is no text.", "req5"), EXISTS,
	    "nor the other's");
	for (i = 0; i < 250; i++) {
		(void)snprintf(body, sizeof body, "body %zu", i);
		r = tray_put_body(tx, 6, body, strlen(body), "It is no JSON.", "req");
		if (r == OK)
			kept++;
		else if (r != REFUSED)
			break;
	}
	is_int(kept, 200, "two hundred are kept");
	ok(counter_get(tx, 6, "tray-full", clock_day(tx_now(tx)), &refused) == OK && refused == 50,
	    "the others are counted");
	is_int(tray_put_body(tx, 8, "{oops", 5, "It is no JSON.", "req"), OK,
	    "another organization has a tray of its own");
	return OK;
}

static enum result
orphans(struct tx *tx, void *arg)
{
	struct stored_event e = fresh(tx, "{}"), f = fresh(tx, "{ }");
	struct text_list list;
	char sid[501];

	(void)arg;
	memset(sid, 's', sizeof sid);
	sid[500] = '\0';
	is_int(orphans_put(tx, ORG, sid, e.id), OK, "a receipt comes early");
	is_int(orphans_put(tx, ORG, sid, f.id), OK, "and another");
	is_int(orphans_take(tx, ORG + 1, sid, arena, &list), OK, "another organization");
	is_int(list.count, 0, "does not find them");
	is_int(orphans_take(tx, ORG, sid, arena, &list), OK, "the answer to the send");
	ok(list.count == 2 && text_list_has(&list, e.id) && text_list_has(&list, f.id),
	    "finds both");
	ok(orphans_take(tx, ORG, sid, arena, &list) == OK && list.count == 0, "once");
	return OK;
}

int
main(void)
{
	arena = arena_new();
	try_open();
	try_run(duplicates, NULL);
	try_run(sweeping, NULL);
	try_run(events, NULL);
	try_run(bodies, NULL);
	try_run(orphans, NULL);
	try_close();
	arena_free(arena);
	return done_testing();
}
