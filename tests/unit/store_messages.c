/*
 * store_messages.c: the promises of messages.h: records, indexes, lists, queue.
 */
#include <pthread.h>

#include "org/message.h"
#include "store/messages.h"
#include "store_try.h"

#define ORG 7
#define CONTACT "+19195550123"
#define OURS "+19195550100"

static struct arena *arena; /* outlives the transactions */

/* A new outbound message, queued. */
static struct message
fresh(struct tx *tx, const char *contact)
{
	struct message m = {.org = ORG, .out = true, .state = "queued", .contact_number = contact};
	char id[MESSAGE_ID];

	message_id_new(tx_now(tx), id);
	m.id = arena_str(arena, id);
	m.send_before = tx_now(tx) + 1000000;
	return m;
}

/* Reads the message, changes its state and puts it. */
static enum result
move(struct tx *tx, const char *id, enum message_state s)
{
	struct message old, now;
	enum result r = messages_get(tx, ORG, id, true, tx_arena(tx), &old);

	if (r != OK)
		return r;
	now = old;
	message_set_state(&now, s);
	return messages_put(tx, &old, &now);
}

static size_t
count_of(struct tx *tx, enum message_state s)
{
	size_t n = 0;

	is_int(messages_count(tx, ORG, s, 1000, &n), OK, "%s ones are counted", state_name(s));
	return n;
}

static bool
queued(struct tx *tx, int class_, const char *id)
{
	struct queue_entry e;

	return queue_first(tx, class_, ORG, INT64_MAX, NULL, &e) == OK && strcmp(e.id, id) == 0;
}

/* ---- one message -------------------------------------------------------------- */

static enum result
life(struct tx *tx, void *arg)
{
	struct message m = fresh(tx, CONTACT), old, now;
	const char *id;
	struct queue_entry e;

	(void)arg;
	is_int(messages_put(tx, NULL, &m), OK, "a new message is put");
	is_int(m.seq, 1, "it is the first of its organization");
	ok(m.created == tx_now(tx) && m.updated == tx_now(tx), "its times are set");
	is_int(messages_put(tx, NULL, &m), EXISTS, "its id is taken then");
	is_int(messages_get(tx, ORG + 1, m.id, false, arena, &now), NOT_FOUND,
	    "another organization does not see it");
	is_int(
	    messages_get(tx, ORG, "nonsense", false, arena, &now), NOT_FOUND, "no id, no message");
	ok(queued(tx, 1, m.id), "it stands in the queue");
	is_int(count_of(tx, STATE_QUEUED), 1, "and among the queued ones");
	ok(queue_next_org(tx, 1, 0, &e) == OK && e.org == ORG,
	    "its organization has something queued");
	is_int(queue_next_org(tx, 1, ORG, &e), NOT_FOUND, "no other one has");

	is_int(messages_get(tx, ORG, m.id, true, arena, &old), OK, "it is read");
	now = old;
	now.user_number = OURS;
	message_set_state(&now, STATE_SENDING);
	is_int(messages_put(tx, &old, &now), OK, "it is claimed");
	is_int(now.seq, 2, "which is a new place in the order");
	ok(!queued(tx, 1, m.id), "it left the queue");
	is_int(count_of(tx, STATE_QUEUED), 0, "it is not among the queued ones");
	is_int(count_of(tx, STATE_SENDING), 1, "but among those being sent");
	ok(pair_open(tx, ORG, OURS, CONTACT, arena, &id) == OK && strcmp(id, m.id) == 0,
	    "its pair is open");
	is_int(move(tx, m.id, STATE_UNKNOWN), OK, "it becomes unknown");
	ok(queued(tx, QUEUE_LOOKS, m.id), "it is among those that are looked for");
	is_int(messages_get(tx, ORG, m.id, true, arena, &old), OK, "it is read");
	now = old;
	now.held_why = "unknown-open";
	is_int(messages_put(tx, &old, &now), OK, "it was looked for in vain");
	ok(!queued(tx, QUEUE_LOOKS, m.id), "it is no longer among them");
	is_int(pair_open(tx, ORG, OURS, CONTACT, arena, &id), OK, "its pair stays open");
	is_int(move(tx, m.id, STATE_CANCELLED), REFUSED, "it can't be cancelled now");
	is_int(messages_get(tx, ORG, m.id, true, arena, &old), OK, "it is read");
	is_str(old.state, "unknown", "a refused change leaves it as it was");
	now = old;
	now.service_id = "bw-1";
	message_set_state(&now, STATE_SENT);
	is_int(messages_put(tx, &old, &now), OK, "it was found at Bandwidth");
	is_int(pair_open(tx, ORG, OURS, CONTACT, arena, &id), NOT_FOUND, "its pair is free");
	is_int(count_of(tx, STATE_UNKNOWN), 0, "nobody has to look for it");
	ok(messages_by_service(tx, ORG, "bw-1", arena, &id) == OK && strcmp(id, m.id) == 0,
	    "Bandwidth's id leads to it");
	is_int(messages_by_service(tx, ORG + 1, "bw-1", arena, &id), NOT_FOUND,
	    "but not from another organization");
	is_int(move(tx, m.id, STATE_DELIVERED), OK, "it is delivered");
	is_int(move(tx, m.id, STATE_FAILED), REFUSED, "and that is final");
	is_int(move(tx, m.id, STATE_SENT), REFUSED, "a late receipt changes nothing");
	return OK;
}

static enum result
refusals(struct tx *tx, void *arg)
{
	struct message m = fresh(tx, CONTACT), now;

	(void)arg;
	m.state = "nonsense";
	is_int(messages_put(tx, NULL, &m), REFUSED, "a state that is none is refused");
	m.state = "received";
	is_int(messages_put(tx, NULL, &m), REFUSED, "an outbound message was never received");
	m.out = false;
	m.state = "queued";
	is_int(messages_put(tx, NULL, &m), REFUSED, "an inbound one is not queued");
	m.state = "received";
	now = m;
	now.id = "x";
	is_int(messages_put(tx, NULL, &now), FAILED, "an id that is none fails");
	now = m;
	now.org = 0;
	is_int(messages_put(tx, NULL, &now), FAILED, "so does no organization");
	is_int(messages_put(tx, NULL, &m), OK, "an inbound message is put");
	is_int(count_of(tx, STATE_RECEIVED), 0, "nobody has to look after it");
	return OK;
}

/* Ids of Bandwidth's may be of any length and look. */
static enum result
long_ids(struct tx *tx, void *arg)
{
	static const size_t lengths[] = {1, 29, 199, 200, 201, 500, 1024};
	struct message m;
	char sid[1100];
	const char *id;
	size_t i;

	(void)arg;
	for (i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		memset(sid, 'q', sizeof sid);
		sid[lengths[i]] = '\0';
		m = fresh(tx, CONTACT);
		m.state = "sent";
		m.service_id = sid;
		is_int(messages_put(tx, NULL, &m), OK, "an id of %zu bytes is kept", lengths[i]);
		ok(messages_by_service(tx, ORG, sid, arena, &id) == OK && strcmp(id, m.id) == 0,
		    "and found");
		sid[0] = 'p';
		is_int(
		    messages_by_service(tx, ORG, sid, arena, &id), NOT_FOUND, "and not mistaken");
	}
	return OK;
}

/* A group's copies for two numbers of ours may share Bandwidth's id: neither is lost. */
static enum result
shared_service_id(struct tx *tx, void *arg)
{
	struct message one = fresh(tx, CONTACT), two = fresh(tx, CONTACT);
	const char *id;

	(void)arg;
	one.out = two.out = false;
	one.state = two.state = "received";
	one.service_id = two.service_id = "shared";
	is_int(messages_put(tx, NULL, &one), OK, "the first copy is put");
	is_int(messages_put(tx, NULL, &two), OK, "the second too");
	ok(messages_by_service(tx, ORG, "shared", arena, &id) == OK && strcmp(id, one.id) == 0,
	    "the id leads to the first");
	return OK;
}

static enum result
pairs(struct tx *tx, void *arg)
{
	struct message one = fresh(tx, "+19195550001"), two = fresh(tx, "+19195550001"), g, h;
	const char *id;

	(void)arg;
	one.user_number = two.user_number = OURS;
	one.state = two.state = "sending";
	is_int(messages_put(tx, NULL, &one), OK, "one is being sent");
	is_int(messages_put(tx, NULL, &two), REFUSED, "a second one for the pair is refused");
	two.user_number = "+19195550101";
	is_int(messages_put(tx, NULL, &two), OK, "from another number it is not");
	is_int(move(tx, one.id, STATE_QUEUED), OK, "the first was not sent after all");
	is_int(pair_open(tx, ORG, OURS, "+19195550001", arena, &id), NOT_FOUND, "its pair is free");
	is_int(pair_open(tx, ORG, "+19195550101", "+19195550001", arena, &id), OK,
	    "the other one's is not");
	is_int(move(tx, one.id, STATE_CANCELLED), OK, "it is cancelled");

	g = fresh(tx, "+19195550002");
	g.user_number = OURS;
	g.state = "sending";
	g.group = text_list_add(arena, g.group, "+19195550002");
	g.group = text_list_add(arena, g.group, "+19195550003");
	is_int(messages_put(tx, NULL, &g), OK, "a group is being sent to");
	is_int(pair_open(tx, ORG, OURS, "+19195550002", arena, &id), NOT_FOUND,
	    "its first member alone is free");
	h = fresh(tx, "+19195550003");
	h.group = text_list_add(arena, h.group, "+19195550003");
	h.group = text_list_add(arena, h.group, "+19195550002");
	ok(pair_open(tx, ORG, OURS, messages_pair_contact(&h, arena), arena, &id) == OK &&
		strcmp(id, g.id) == 0,
	    "the group is open, in whatever order it is named");
	return OK;
}

/* ---- the queue -------------------------------------------------------------------- */

static struct message
in_queue(struct tx *tx, uint32_t org, bool reply, int64_t due)
{
	struct message m = fresh(tx, CONTACT);

	m.org = org;
	m.reply = reply;
	m.due = due;
	is_int(messages_put(tx, NULL, &m), OK, "queued, due %lld", (long long)due);
	return m;
}

static enum result
queue_order(struct tx *tx, void *arg)
{
	struct message late = in_queue(tx, 20, false, 3000), early = in_queue(tx, 20, false, 1000);
	struct message same = in_queue(tx, 20, false, 1000), reply = in_queue(tx, 20, true, 2000);
	struct message other = in_queue(tx, 30, false, 500);
	struct queue_entry e, f;
	struct message old, now;

	(void)arg;
	is_int(queue_first(tx, 1, 20, 999, NULL, &e), NOT_FOUND, "nothing is due before its time");
	is_int(queue_first(tx, 1, 20, 1000, NULL, &e), OK, "at its time it is");
	is_str(e.id, early.id, "the earliest first");
	is_int(e.due, 1000, "with its time");
	is_int(queue_first(tx, 1, 20, 5000, &e, &f), OK, "behind it");
	is_str(f.id, same.id, "the next");
	is_int(queue_first(tx, 1, 20, 5000, &f, &e), OK, "behind that");
	is_str(e.id, late.id, "the last");
	is_int(queue_first(tx, 1, 20, 5000, &e, &f), NOT_FOUND, "behind the last there is none");
	is_int(queue_first(tx, 0, 20, 5000, NULL, &f), OK, "replies stand in a class of their own");
	is_str(f.id, reply.id, "there it is");
	ok(queue_next_org(tx, 1, ORG, &e) == OK && e.org == 20, "the next organization");
	ok(strcmp(e.id, early.id) == 0 && e.due == 1000, "with its first");
	ok(queue_next_org(tx, 1, 20, &e) == OK && e.org == 30, "and the next");
	is_int(queue_next_org(tx, 1, 30, &e), NOT_FOUND, "and no more");
	is_int(queue_next_org(tx, 1, UINT32_MAX, &e), NOT_FOUND, "none behind the last number");
	is_int(messages_get(tx, 30, other.id, true, arena, &old), OK, "it is read");
	now = old;
	now.due = 9000;
	is_int(messages_put(tx, &old, &now), OK, "and put off");
	ok(queue_first(tx, 1, 30, 9000, NULL, &e) == OK && e.due == 9000,
	    "it stands at its new time");
	is_int(queue_first(tx, 1, 30, 9000, &e, &f), NOT_FOUND, "and nowhere else");
	return OK;
}

/* ---- lists -------------------------------------------------------------------------- */

#define LIST_ORG 40
#define LIST_COUNT 30
static struct message listed[LIST_COUNT];

/* Thirty messages: every third one in, every second one with another contact. */
static enum result
fill(struct tx *tx, void *arg)
{
	struct message m;
	char id[MESSAGE_ID];
	int i;

	(void)arg;
	for (i = 0; i < LIST_COUNT; i++) {
		m = fresh(tx, i % 2 == 0 ? CONTACT : "+19195550199");
		message_id_new(1000000 + i * 1000, id);
		m.id = arena_str(arena, id);
		m.created = 1000000 + i * 1000;
		m.org = LIST_ORG;
		m.out = i % 3 != 0;
		m.state = !m.out ? "received" : i % 5 == 0 ? "queued" : "sent";
		if (messages_put(tx, NULL, &m) != OK)
			ok(false, "message %d is put", i);
		listed[i] = m;
	}
	return OK;
}

/* Walks through all pages; checks order, counts, and that the filter holds. */
static size_t
walk(struct tx *tx, struct message_filter f)
{
	struct message *list;
	const char *next = NULL, *last = "g";
	size_t n, i, sum = 0, pages = 0;

	f.org = LIST_ORG;
	do {
		f.before = next;
		if (messages_list(tx, &f, tx_arena(tx), &list, &n, &next) != OK || ++pages > 100)
			return 999;
		for (i = 0; i < n; i++) {
			if (strcmp(list[i].id, last) >= 0 ||
			    (f.contact != NULL && strcmp(list[i].contact_number, f.contact) != 0) ||
			    (f.state != NULL && strcmp(list[i].state, f.state) != 0) ||
			    list[i].created < f.since)
				return 998;
			last = list[i].id;
		}
		sum += n;
	} while (next != NULL);
	return sum;
}

static enum result
lists(struct tx *tx, void *arg)
{
	struct message_filter f = {.org = LIST_ORG, .limit = 10};
	struct message *list;
	const char *next;
	size_t n;

	(void)arg;
	is_int(walk(tx, (struct message_filter){.limit = 200}), 30, "all at once");
	is_int(walk(tx, (struct message_filter){.limit = 7}), 30, "all, seven by seven");
	is_int(walk(tx, (struct message_filter){.limit = 1}), 30, "all, one by one");
	is_int(
	    walk(tx, (struct message_filter){.limit = 4, .contact = CONTACT}), 15, "a contact's");
	is_int(walk(tx, (struct message_filter){.limit = 4, .direction = 'i'}), 10, "those in");
	is_int(walk(tx, (struct message_filter){.limit = 4, .direction = 'o'}), 20, "those out");
	is_int(walk(tx, (struct message_filter){.limit = 2, .state = "queued"}), 4,
	    "the queued ones, by their index");
	is_int(walk(tx, (struct message_filter){.limit = 3, .state = "sent"}), 16,
	    "the sent ones, without one");
	is_int(walk(tx, (struct message_filter){.limit = 3, .state = "queued", .contact = CONTACT}),
	    2, "a contact's queued ones");
	is_int(
	    walk(tx, (struct message_filter){.limit = 3, .state = "nonsense"}), 0, "no such state");
	is_int(
	    walk(tx, (struct message_filter){.limit = 3, .since = 1020000}), 10, "the newest ten");
	is_int(walk(tx, (struct message_filter){.limit = 3, .contact = "+1"}), 0,
	    "a number is not taken for its beginning");
	is_int(messages_list(tx, &f, arena, &list, &n, &next), OK, "a page");
	is_str(list[0].id, listed[29].id, "begins with the newest");
	is_int(list[0].created, 1029000, "which is whole");
	is_str(next, listed[20].id, "the cursor is the last one's id");
	f.before = "0000000000000000";
	ok(messages_list(tx, &f, arena, &list, &n, &next) == OK && n == 0 && next == NULL,
	    "nothing is older than the beginning");
	f.before = "nonsense";
	ok(messages_list(tx, &f, arena, &list, &n, &next) == OK && n == 0,
	    "a cursor that is none finds nothing");
	f.before = NULL;
	f.limit = 0;
	ok(messages_list(tx, &f, arena, &list, &n, &next) == OK && n == 1, "no limit is one");
	return OK;
}

static enum result
conversations(struct tx *tx, void *arg)
{
	struct message *list;
	const char *next;
	size_t n;

	(void)arg;
	is_int(messages_conversations(tx, LIST_ORG, NULL, 10, arena, &list, &n, &next), OK,
	    "the latest conversations");
	ok(n == 2 && next == NULL, "are two, one for each contact");
	is_str(list[0].id, listed[29].id, "each shown by its newest message");
	is_str(list[1].id, listed[28].id, "the latest first");
	is_int(messages_conversations(tx, LIST_ORG, NULL, 1, arena, &list, &n, &next), OK,
	    "one by one");
	ok(n == 1 && next != NULL, "there is another page");
	is_int(messages_conversations(tx, LIST_ORG, next, 1, arena, &list, &n, &next), OK,
	    "behind it");
	ok(n == 1 && strcmp(list[0].id, listed[28].id) == 0, "is the other");
	return OK;
}

static enum result
by_state_lists(struct tx *tx, void *arg)
{
	const char **ids;
	size_t n;

	(void)arg;
	is_int(messages_in_state(tx, LIST_ORG, STATE_QUEUED, NULL, 3, arena, &ids, &n), OK,
	    "by state");
	is_int(n, 3, "as many as asked for");
	is_str(ids[0], listed[5].id, "oldest first");
	is_int(messages_in_state(tx, LIST_ORG, STATE_QUEUED, ids[2], 10, arena, &ids, &n), OK,
	    "and on behind an id");
	ok(n == 1 && strcmp(ids[0], listed[25].id) == 0, "to the end");
	is_int(messages_count(tx, LIST_ORG, STATE_QUEUED, 2, &n), OK, "counting");
	is_int(n, 2, "ends at the most that is asked for");
	return OK;
}

/* ---- the order of commits -------------------------------------------------------------- */

static enum result
changes(struct tx *tx, void *arg)
{
	struct message *list, old, now;
	int64_t next;
	size_t n;

	(void)arg;
	is_int(messages_changes(tx, LIST_ORG, 0, 10, arena, &list, &n, &next), OK, "changes");
	ok(n == 10 && next == 10, "ten, and the tenth is the last seen");
	is_str(list[0].id, listed[0].id, "in the order of commits");
	is_int(messages_get(tx, LIST_ORG, listed[25].id, true, arena, &old), OK, "a message");
	now = old;
	message_set_state(&now, STATE_HELD);
	is_int(messages_put(tx, &old, &now), OK, "is changed");
	is_int(messages_changes(tx, LIST_ORG, 10, 100, arena, &list, &n, &next), OK, "the rest");
	is_int(n, 20, "has each message once");
	is_str(list[19].id, listed[25].id, "the changed one at its latest change");
	is_str(list[19].state, "held", "as it is now");
	is_int(next, 31, "the last seen");
	is_int(messages_changes(tx, LIST_ORG, 31, 100, arena, &list, &n, &next), OK, "behind it");
	ok(n == 0 && next == 31, "is nothing, and the place is kept");
	return OK;
}

/* ---- many at once ------------------------------------------------------------------------ */

#define THREADS 8
#define ROUNDS 40
#define BATCH 5

/* A batch of new messages, of which one is changed again: several messages in one transaction. */
static enum result
batch(struct tx *tx, void *arg)
{
	struct message m, old;
	char id[MESSAGE_ID];
	enum result r = OK;
	int i;

	(void)arg;
	for (i = 0; r == OK && i < BATCH; i++) {
		m = (struct message){
		    .org = 50, .out = true, .state = "queued", .contact_number = CONTACT};
		message_id_new(tx_now(tx), id);
		m.id = id;
		r = messages_put(tx, NULL, &m);
	}
	if (r == OK) {
		old = m;
		message_set_state(&m, STATE_HELD);
		r = messages_put(tx, &old, &m);
	}
	return r;
}

static void *
writer(void *arg)
{
	size_t *done = arg;
	enum result r;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		do
			r = store_run(try_store, batch, NULL);
		while (r == EXISTS);
		*done += r == OK;
	}
	return NULL;
}

static enum result
in_step(struct tx *tx, void *arg)
{
	struct message *list;
	size_t n = 0, held = 0, waiting = 0, i;
	int64_t next;
	bool rising = true;

	(void)arg;
	is_int(
	    messages_count(tx, 50, STATE_QUEUED, 100000, &waiting), OK, "the queued are counted");
	is_int(messages_count(tx, 50, STATE_HELD, 100000, &held), OK, "and the held");
	is_int(waiting, THREADS * ROUNDS * (BATCH - 1), "none is missing from the index of states");
	is_int(held, THREADS * ROUNDS, "nor from the other");
	is_int(messages_changes(tx, 50, 0, 100000, arena, &list, &n, &next), OK, "their order");
	is_int(n, THREADS * ROUNDS * BATCH, "has each once");
	for (i = 1; i < n; i++)
		rising = rising && list[i].seq > list[i - 1].seq;
	ok(rising && next == THREADS * ROUNDS * (BATCH + 1), "and every place was given once");
	return OK;
}

static void
together(void)
{
	pthread_t threads[THREADS];
	size_t done[THREADS] = {0}, sum = 0;
	int i;

	for (i = 0; i < THREADS; i++)
		(void)pthread_create(&threads[i], NULL, writer, &done[i]);
	for (i = 0; i < THREADS; i++) {
		(void)pthread_join(threads[i], NULL);
		sum += done[i];
	}
	is_int(sum, THREADS * ROUNDS, "%d threads write batches, and none gives up", THREADS);
	try_run(in_step, NULL);
}

int
main(void)
{
	arena = arena_new();
	try_open();
	try_run(life, NULL);
	try_run(refusals, NULL);
	try_run(long_ids, NULL);
	try_run(shared_service_id, NULL);
	try_run(pairs, NULL);
	try_run(queue_order, NULL);
	try_run(fill, NULL);
	try_run(lists, NULL);
	is_int(
	    store_read(try_store, lists, NULL), OK, "lists can be read in a reading transaction");
	try_run(conversations, NULL);
	try_run(by_state_lists, NULL);
	try_run(changes, NULL);
	together();
	try_close();
	arena_free(arena);
	return done_testing();
}
