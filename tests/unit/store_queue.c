/*
 * store_queue.c: how much is queued: the sums that messages_put keeps are those of the queue itself
 * whatever happens to messages, and a store from before gets them.
 */
#include "org/message.h"
#include "org/organization.h"
#include "store/messages.h"
#include "store/meta.h"
#include "store/orgs.h"
#include "store/verify.h"
#include "store_try.h"

#define MANY 450 /* more than two pieces of an upgrade */
#define STEPS 600

static struct arena *arena;
static const char *ids[STEPS];
static size_t count;
static unsigned long long seed = 20261123;

static unsigned
chance(unsigned n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)((seed >> 33) % n);
}

static struct message
fresh(struct tx *tx, uint32_t org, bool reply, int64_t segments)
{
	struct message m = {.org = org,
	    .out = true,
	    .contact_number = "+19195550123",
	    .reply = reply,
	    .segments = segments,
	    .send_before = tx_now(tx) + 1000000};
	char id[MESSAGE_ID];

	message_id_new(tx_now(tx), id);
	m.id = arena_str(arena, id);
	message_set_state(&m, STATE_QUEUED);
	return m;
}

static void
holds(struct tx *tx, uint32_t org, int64_t replies, int64_t reply_segments, int64_t others,
    int64_t other_segments, const char *what)
{
	struct queue_size s = {0};
	enum result r = queue_size(tx, org, &s);

	ok(r == OK && s.org == org && s.replies == replies && s.reply_segments == reply_segments &&
		s.others == others && s.other_segments == other_segments,
	    "%s: %lld replies of %lld, %lld others of %lld", what, (long long)s.replies,
	    (long long)s.reply_segments, (long long)s.others, (long long)s.other_segments);
}

/* ---- one after the other ------------------------------------------------------------ */

static enum result
move(struct tx *tx, struct message *m, enum message_state s)
{
	struct message old;
	enum result r = messages_get(tx, (uint32_t)m->org, m->id, true, arena, &old);

	if (r != OK)
		return r;
	*m = old;
	message_set_state(m, s);
	return messages_put(tx, &old, m);
}

static enum result
life(struct tx *tx, void *arg)
{
	struct message one = fresh(tx, 7, false, 3), reply = fresh(tx, 7, true, 0), old;
	struct message group = fresh(tx, 9, false, 2), in = {.org = 7, .contact_number = "+1919"};
	struct queue_entry e;
	struct queue_size s;

	(void)arg;
	holds(tx, 7, 0, 0, 0, 0, "nothing");
	is_int(queue_size_next(tx, 0, &s), NOT_FOUND, "nobody has anything queued");
	group.group = text_list_add(arena, group.group, "+19195550124");
	group.group = text_list_add(arena, group.group, "+19195550125");
	reply.due = tx_now(tx) + 5000;
	is_int(messages_put(tx, NULL, &one), OK, "a text");
	is_int(messages_put(tx, NULL, &reply), OK, "a reply");
	is_int(messages_put(tx, NULL, &group), OK, "a group");
	in.id = arena_str(arena, "0192f0c1a2b3c4d5");
	message_set_state(&in, STATE_RECEIVED);
	is_int(messages_put(tx, NULL, &in), OK, "one that came in");
	holds(tx, 7, 1, 1, 1, 3, "one of each");
	holds(tx, 9, 0, 0, 1, 4, "a group counts for each recipient");
	ok(queue_size_next(tx, 0, &s) == OK && s.org == 7, "the first organization");
	ok(queue_size_next(tx, 7, &s) == OK && s.org == 9, "the next");
	is_int(queue_size_next(tx, 9, &s), NOT_FOUND, "and no more");
	ok(queue_last(tx, 0, 7, &e) == OK && e.due == reply.due, "the last that is due, by class");
	is_int(queue_last(tx, 0, 9, &e), NOT_FOUND, "if there is any");
	is_int(messages_get(tx, 7, reply.id, true, arena, &old), OK, "it is read");
	reply = old;
	reply.due += 1000;
	is_int(messages_put(tx, &old, &reply), OK, "it waits for longer");
	holds(tx, 7, 1, 1, 1, 3, "as before");
	is_int(move(tx, &reply, STATE_HELD), OK, "it is held");
	holds(tx, 7, 0, 0, 1, 3, "which is not queued");
	is_int(move(tx, &reply, STATE_QUEUED), OK, "and let go");
	is_int(move(tx, &one, STATE_SENDING), OK, "the other one is claimed");
	holds(tx, 7, 1, 1, 0, 0, "one is left");
	is_int(move(tx, &reply, STATE_CANCELLED), OK, "it is taken back");
	is_int(queue_size_next(tx, 0, &s), OK, "there is one");
	is_int(s.org, 9, "who has something, and no record of who has not");
	return OK;
}

/* ---- at random -------------------------------------------------------------------------- */

static enum result
step(struct tx *tx, void *arg)
{
	static const enum message_state next[] = {STATE_QUEUED, STATE_HELD, STATE_SENDING,
	    STATE_SENT, STATE_CANCELLED, STATE_FAILED, STATE_UNKNOWN};
	struct message m, old;
	enum result r;
	size_t before = count;

	(void)arg;
	for (int i = 0; i < 20; i++) {
		if (count == 0 || (count < STEPS && chance(3) == 0)) {
			m = fresh(tx, 1 + chance(3), chance(2) == 0, chance(4));
			if ((r = messages_put(tx, NULL, &m)) != OK)
				return r;
			ids[count++] = m.id;
			continue;
		}
		for (uint32_t org = 1, k = chance((unsigned)count); org <= 3; org++) {
			if (messages_get(tx, org, ids[k], true, tx_arena(tx), &old) != OK)
				continue;
			m = old;
			m.due += chance(1000);
			m.segments = chance(5);
			message_set_state(&m, next[chance(7)]);
			if (!state_may_follow(message_state(&old), message_state(&m)))
				continue;
			if ((r = messages_put(tx, &old, &m)) != OK)
				return r;
		}
	}
	if (chance(4) != 0)
		return OK;
	count = before; /* a transaction that is rolled back counts for nothing */
	return REFUSED;
}

static size_t
faults(void)
{
	struct verify v = {0};

	return verify_meaning(try_store, &v) == OK ? v.faults : 999;
}

/* ---- a store from before -------------------------------------------------------------------- */

static enum result
make_old(struct tx *tx, void *arg)
{
	struct organization o = {.name = "Tenants United"}, none = {.name = "Nobody"};
	struct message m;
	struct key k;
	enum result r = orgs_create(tx, &o);

	(void)arg;
	if (r == OK)
		r = orgs_create(tx, &none);
	for (int i = 0; r == OK && i < MANY; i++) {
		m = fresh(tx, (uint32_t)o.id, i % 3 == 0, 2);
		r = messages_put(tx, NULL, &m);
	}
	key_start(&k);
	key_u32(&k, (uint32_t)o.id);
	if (r == OK)
		r = kv_del(tx, T_QUEUE_SIZE, &k);
	return r == OK ? meta_put(tx, "queue-counted", NULL) : r;
}

static enum result
counted(struct tx *tx, void *arg)
{
	(void)arg;
	holds(tx, 1, MANY / 3, 2 * MANY / 3, MANY - MANY / 3, 2 * (MANY - MANY / 3), "counted");
	holds(tx, 2, 0, 0, 0, 0, "who has nothing");
	return OK;
}

int
main(void)
{
	arena = arena_new();
	try_open();
	try_run(life, NULL);
	try_close();

	try_open();
	for (int i = 0; i < STEPS / 10; i++)
		(void)store_run(try_store, step, NULL);
	/* The organizations are not there, and each message says so; nothing else is wrong. */
	is_int(faults(), count, "after %zu messages went their ways the sums agree", count);
	ok(count > STEPS / 10, "which were many");
	try_close();

	try_open();
	try_run(make_old, NULL);
	is_int(queue_upgrade(try_store), OK, "a store that did not count is upgraded");
	try_run(counted, NULL);
	is_int(queue_upgrade(try_store), OK, "again");
	try_run(counted, NULL);
	is_int(faults(), 0, "all agrees");
	try_close();
	arena_free(arena);
	return done_testing();
}
