/*
 * store_verify.c: the promises of verify.h: a whole store is found whole, and each kind of
 * damage to each index, record and count is found and named.
 */
#include "org/message.h"
#include "org/people.h"
#include "store/contacts.h"
#include "base/settings.h"
#include "store/events.h"
#include "store/forgotten.h"
#include "store/jobs.h"
#include "store/media.h"
#include "store/messages.h"
#include "store/numbers.h"
#include "store/orgs.h"
#include "store/people.h"
#include "store/rec.h"
#include "store/verify.h"
#include "store_try.h"

#define ANN "+19195550123"
#define BOB "+19195550124"
#define OURS "+19195550100"

static char said[100][400];
static size_t count;

static void
say(void *arg, const char *sentence)
{
	(void)arg;
	if (count < 100)
		(void)snprintf(said[count], sizeof said[0], "%s", sentence);
	count++;
}

/* How many disagreements there are. */
static size_t
look(void)
{
	struct verify v = {.say = say};

	count = 0;
	if (verify_meaning(try_store, &v) != OK)
		return 9999;
	return v.faults;
}

/* ---- a store with something of everything ------------------------------------------- */

static enum result
put_message(struct tx *tx, const char *contact, enum message_state state, const char *service)
{
	struct message m = {.org = 1,
	    .out = state != STATE_RECEIVED,
	    .contact_number = contact,
	    .user_number = OURS,
	    .text = "Hello",
	    .service_id = service,
	    .send_before = 1,
	    .due = 5};
	char id[MESSAGE_ID];

	message_id_new(tx_now(tx), id);
	m.id = arena_str(tx_arena(tx), id);
	message_set_state(&m, state);
	if (state == STATE_RECEIVED) {
		bool waiting;
		enum result r;

		m.media = text_list_add(tx_arena(tx), m.media, "https://example.org/cat.png");
		r = media_add(tx, &m, 10, &waiting);
		if (r != OK)
			return r;
	}
	return messages_put(tx, NULL, &m);
}

static enum result
put_people(struct tx *tx)
{
	struct user u = {.email = "ana@example.org", .password = "$scrypt$x"};
	struct token t = {.org = 1, .id = "1f2e3d4c", .may_send = true};
	struct contact ann = {.org = 1, .number = ANN, .user_number = OURS, .last_in = tx_now(tx)};
	struct contact bob = {.org = 1,
	    .number = BOB,
	    .user_number = OURS,
	    .opted_out = true,
	    .opt_out_cause = "word",
	    .held = true};
	enum result r = users_put(tx, &u);

	if (r == OK)
		r = tokens_put(tx, "spk_text", &t);
	if (r == OK)
		r = contacts_put(tx, &ann);
	return r == OK ? contacts_put(tx, &bob) : r;
}

static enum result
put_forgotten(struct tx *tx)
{
	const struct forgotten f = {"word", 5};
	enum result r = forgotten_prepare(tx);

	return r == OK ? forgotten_put(tx, 1, "+19195550125", &f) : r;
}

static enum result
put_events(struct tx *tx)
{
	struct stored_event e = {.org = 1, .received = tx_now(tx), .raw = "{}", .tray = "unknown"};
	unsigned char key[32] = {1};
	char id[MESSAGE_ID];
	enum result r = seen_add(tx, 1, key);

	message_id_new(tx_now(tx), id);
	e.id = id;
	if (r == OK)
		r = events_put(tx, &e);
	if (r == OK)
		r = orphans_put(tx, 1, "bw-orphan", id);
	return r == OK ? tray_put_body(tx, 1, "no json", 7, "not JSON", "r1") : r;
}

static enum result
fill(struct tx *tx, void *arg)
{
	struct organization org = {.name = "Tenants United"};
	struct number n = {.org = 1, .number = OURS}, gone = {.org = 1, .number = "+19195550101"};
	struct job waits = {.org = 1, .kind = "credentials"}, over = {.org = 1, .kind = "reseal"};
	uint32_t owner;
	enum result r = orgs_create(tx, &org);

	(void)arg;
	if (r == OK)
		r = put_people(tx);
	if (r == OK)
		r = put_forgotten(tx);
	if (r == OK)
		r = put_events(tx);
	if (r == OK)
		r = numbers_add(tx, &n, &owner);
	if (r == OK)
		r = numbers_add(tx, &gone, &owner);
	if (r == OK)
		r = numbers_remove(tx, 1, "+19195550101");
	if (r == OK)
		r = jobs_add(tx, &waits, false);
	if (r == OK)
		r = jobs_add(tx, &over, false);
	over.state = "done";
	if (r == OK)
		r = jobs_put(tx, &over);
	if (r == OK)
		r = put_message(tx, ANN, STATE_QUEUED, NULL);
	if (r == OK)
		r = put_message(tx, ANN, STATE_RECEIVED, "bw-in");
	if (r == OK)
		r = put_message(tx, ANN, STATE_UNKNOWN, NULL);
	return r == OK ? put_message(tx, BOB, STATE_DELIVERED, "bw-out") : r;
}

/* ---- damage ------------------------------------------------------------------------- */

enum how { DROP, EXTRA, SPOIL, SWAP };

static const struct damage {
	enum table table;
	const char *with; /* the first entry whose value has this; NULL: any, "": nothing */
	enum how how;	  /* removed; one like it added; made unreadable; from made to */
	const char *from, *to;
	const char *expect; /* in one of the sentences */
} damages[] = {
    {T_ORGS, NULL, SPOIL, NULL, NULL, "the record of organization 1 can't be read"},
    {T_ORGS, NULL, SWAP, "\"id\":1", "\"id\":2", "the record under organization 1 is another's"},
    {T_ORGS, NULL, DROP, NULL, NULL, "belongs to organization 1, which is not there"},
    {T_META, "1", SWAP, "1", "0", "the last number that was given is 0"},
    {T_USERS, NULL, SWAP, "ana@", "eve@", "stands under another address"},
    {T_TOKENS, NULL, DROP, NULL, NULL, "lists API token 1f2e3d4c, which is not there"},
    {T_ORG_TOKENS, NULL, DROP, NULL, NULL, "API token 1f2e3d4c of organization 1 is missing"},
    {T_SEEN, NULL, SPOIL, NULL, NULL, "no key of a duplicate"},
    {T_EVENTS, "unknown", SPOIL, NULL, NULL, "the record of event"},
    {T_EVENTS, "unknown", DROP, NULL, NULL, "needs a look names event"},
    {T_EVENTS, "unknown", SWAP, "\"tray\"", "\"tr_y\"", "dealt with, but still on the list"},
    {T_EVENTS, "unknown", DROP, NULL, NULL, "the index of Bandwidth's ids names event"},
    {T_TRAY, "unknown", DROP, NULL, NULL, "needs a look, but is missing from the list"},
    {T_CONTACTS, ANN, SPOIL, NULL, NULL, "the record of contact " ANN},
    {T_CONTACTS, BOB, DROP, NULL, NULL, "names " BOB " of organization 1, who is not there"},
    {T_CONTACTS, BOB, SWAP, "\"opted_out\":true", "\"opted_0ut\":true", "as opted out"},
    {T_CONTACTS, BOB, SWAP, "\"held\":true", "\"h3ld\":true", "as held"},
    {T_CONTACTS, "", DROP, NULL, NULL, "is held, but is missing from the list"},
    {T_CONTACTS, ANN, SWAP, "0100", "0177", "knows us by +19195550177, but is missing"},
    {T_CONTACTS, ANN, SWAP, "last_in", "last_1n", "counts those who wrote"},
    {T_FORGOTTEN, NULL, SPOIL, NULL, NULL, "the record of somebody who asked to be forgotten"},
    {T_FORGOTTEN, NULL, SWAP, "word", "w0rd", "for no cause that there is (w0rd)"},
    {T_SECRETS, NULL, DROP, NULL, NULL, "the key is missing by which somebody of organization 1"},
    {T_HOLDERS, "", DROP, NULL, NULL, "is missing from that number's list"},
    {T_HOLDERS, "", EXTRA, NULL, NULL, "who does not know us by it"},
    {T_HOLDERS, "2", SWAP, "2", "7", "counts 7 contacts, but has 2"},
    {T_MESSAGES, "queued", SPOIL, NULL, NULL, "the record of message"},
    {T_MESSAGES, "queued", SWAP, "\"queued\"", "\"qu3u3d\"",
	"in a state that it can't be in (out, qu3u3d)"},
    {T_MESSAGES, "queued", SWAP, "\"queued\"", "\"failed\"", "the queue has message"},
    {T_MESSAGES, "\"unknown\"", SWAP, "\"unknown\"", "\"unknown\",\"held_why\":\"unknown-open\"",
	"the queue has message"},
    {T_MESSAGES, "received", SWAP, "\"received\"", "\"sent\"",
	"in a state that it can't be in (in, sent)"},
    {T_MESSAGES, "delivered", DROP, NULL, NULL, "which is not there"},
    {T_MESSAGES, "delivered", SWAP, "bw-out", "bw-0ut",
	"missing from the index of Bandwidth's ids"},
    {T_BY_CONTACT, NULL, DROP, NULL, NULL, "missing from the list of its contact"},
    {T_BY_CONTACT, NULL, EXTRA, NULL, NULL, "the list of its contact names message"},
    {T_BY_SERVICE, NULL, DROP, NULL, NULL, "missing from the index of Bandwidth's ids"},
    {T_BY_SERVICE, "", EXTRA, NULL, NULL, "the index of Bandwidth's ids names event"},
    {T_BY_STATE, NULL, DROP, NULL, NULL, "missing from the list of its state"},
    {T_BY_STATE, NULL, EXTRA, NULL, NULL, "the list of its state names message"},
    {T_PAIRS, NULL, DROP, NULL, NULL, "missing from the list of open pairs"},
    {T_PAIRS, NULL, EXTRA, NULL, NULL, "the list of open pairs has message"},
    {T_QUEUE, NULL, DROP, NULL, NULL, "(queued) is missing from the queue"},
    {T_QUEUE, NULL, EXTRA, NULL, NULL, "the queue names message"},
    {T_CHANGES, NULL, DROP, NULL, NULL, "missing from the order of changes"},
    {T_CHANGES, NULL, EXTRA, NULL, NULL, "where it does not belong"},
    {T_QUEUE_SIZE, NULL, DROP, NULL, NULL, "queued, but counts 0 of 0"},
    {T_QUEUE_SIZE, NULL, SPOIL, NULL, NULL, "queue_size: the record of organization 1 can't be"},
    {T_QUEUE_SIZE, NULL, SWAP, "\"others\":1", "\"others\":7", "queued, but counts 7 of 1"},
    {T_QUEUE_SIZE, NULL, SWAP, "segments\":1", "segments\":3", "queued, but counts 1 of 3"},
    {T_QUEUE_SIZE, NULL, EXTRA, NULL, NULL, "or is another's"},
    {T_CHANGE_SEQ, NULL, SWAP, "4", "3", "counts 3 changes, but the last one has number 4"},
    {T_NUMBERS, OURS, SPOIL, NULL, NULL, "the record of number " OURS},
    {T_NUMBERS, OURS, SWAP, "in-service", "1n-service", "in no state that there is"},
    {T_NUMBERS, OURS, SWAP, "in-service", "not-ready", "is not in service, but has its turn"},
    {T_NUMBERS, OURS, SWAP, "in-service", "draining", "numbers that are draining, but counts 0"},
    {T_NUMBER_OWNER, NULL, DROP, NULL, NULL, "does not say whose it is"},
    {T_NUMBER_OWNER, NULL, SWAP, "1", "2", "gives number " OURS " to organization 2"},
    {T_NUMBER_OWNER, NULL, EXTRA, NULL, NULL, "which does not have it"},
    {T_NUMBER_TURN, "{", DROP, NULL, NULL, "in service, but does not have its turn"},
    {T_NUMBER_TURN, "", DROP, NULL, NULL, "in service, but does not have its turn"},
    {T_NUMBER_TURN, "{", EXTRA, NULL, NULL, "has a turn, but is not in service"},
    {T_NUMBER_TURN, "", EXTRA, NULL, NULL, "has a place, but no turn"},
    {T_NUMBERS, OURS, SWAP, "\"org\":1", "\"org\":2", "of organization 1 is another's"},
    {T_NUMBER_STATES, "1", SPOIL, NULL, NULL, "a total of organization 1 can't be read"},
    {T_NUMBER_STATES, "1", SWAP, "1", "5", "but counts 5"},
    {T_NUMBER_STATES, "", DROP, NULL, NULL, "but is missing from the list of those"},
    {T_NUMBER_STATES, "", EXTRA, NULL, NULL, "which it is not"},
    {T_MEDIA, "waiting", SPOIL, NULL, NULL, "the record of attachment 0 of message"},
    {T_MEDIA, "waiting", SWAP, "waiting", "stored", "is stored, but its file is missing"},
    {T_MEDIA, "waiting", SWAP, "waiting", "w4iting", "in no state that there is (w4iting)"},
    {T_MEDIA, NULL, EXTRA, NULL, NULL, "is another's"},
    {T_MEDIA_DUE, NULL, DROP, NULL, NULL, "waits, but is missing from the list"},
    {T_MEDIA_DUE, NULL, EXTRA, NULL, NULL, "that does not wait"},
    {T_JOBS, "waiting", SPOIL, NULL, NULL, "the record of job"},
    {T_JOBS, "waiting", SWAP, "waiting", "w4iting", "in no state that there is (w4iting)"},
    {T_JOBS, "waiting", DROP, NULL, NULL, "which is not due then"},
    {T_JOBS_DUE, NULL, DROP, NULL, NULL, "missing from the list of what is due"},
    {T_JOBS_DUE, NULL, EXTRA, NULL, NULL, "which is not due then"},
    {T_JOBS_LAST, NULL, SPOIL, NULL, NULL, "which it is not"},
};

static bool
has(const struct bytes *value, const char *with)
{
	if (with == NULL)
		return true;
	if (*with == '\0')
		return value->n == 0;
	return memmem(value->p, value->n, with, strlen(with)) != NULL;
}

static enum result
swap(struct tx *tx, const struct damage *d, const struct key *k, const struct bytes *value)
{
	struct buf text = BUF_INIT(100000);
	const char *p = value->p, *at = memmem(p, value->n, d->from, strlen(d->from));
	enum result r = NOT_FOUND;

	if (at != NULL) {
		buf_add(&text, p, (size_t)(at - p));
		buf_adds(&text, d->to);
		at += strlen(d->from);
		buf_add(&text, at, value->n - (size_t)(at - p));
		r = kv_put(tx, d->table, k, text.data, text.len);
	}
	buf_free(&text);
	return r;
}

struct doing {
	const struct damage *d;
	struct key key;
	unsigned char old[4000];
	size_t n;
};

static enum result
do_damage(struct tx *tx, void *arg)
{
	struct doing *o = arg;
	const struct damage *d = o->d;
	struct cursor *c = cursor_open(tx, d->table, NULL, NULL, false);
	struct bytes key, value;
	struct key k;
	enum result r;

	while ((r = cursor_next(c, &key, &value)) == OK && !has(&value, d->with))
		;
	cursor_close(c);
	if (r != OK || value.n > sizeof o->old)
		return r == OK ? FAILED : r;
	key_start(&k);
	key_bytes(&k, key.p, key.n);
	o->key = k;
	memcpy(o->old, value.p, value.n);
	o->n = value.n;
	switch (d->how) {
	case DROP:
		return kv_del(tx, d->table, &k);
	case SPOIL:
		return kv_put(tx, d->table, &k, "{\"no", 4);
	case SWAP:
		return swap(tx, d, &k, &value);
	case EXTRA:
		break;
	}
	/* The last character before a NUL, or the last byte: another number, id or place. */
	k.b[k.n - (k.b[k.n - 1] == 0 ? 2 : 1)] ^= 0x40;
	o->key = k;
	return kv_put_new(tx, d->table, &k, value.p, value.n);
}

static enum result
mend(struct tx *tx, void *arg)
{
	struct doing *o = arg;

	if (o->d->how == EXTRA)
		return kv_del(tx, o->d->table, &o->key);
	return kv_put(tx, o->d->table, &o->key, o->old, o->n);
}

static bool
was_said(const char *expect)
{
	for (size_t i = 0; i < count && i < 100; i++)
		if (strstr(said[i], expect) != NULL)
			return true;
	return false;
}

static void
damage(const struct damage *d)
{
	static const char *const hows[] = {"removed", "added", "unreadable", "changed"};
	struct doing o = {.d = d};
	enum result r = store_run(try_store, do_damage, &o);

	if (r != OK) {
		ok(false, "table %d %s: %s: no such entry (%d)", (int)d->table, hows[d->how],
		    d->expect, (int)r);
		return;
	}
	ok(look() > 0 && was_said(d->expect), "table %d, %s: \"%s\"", (int)d->table, hows[d->how],
	    d->expect);
	for (size_t i = 0; !was_said(d->expect) && i < count && i < 100; i++)
		printf("# said: %s\n", said[i]);
	if (store_run(try_store, mend, &o) != OK || look() != 0)
		ok(false, "it could not be mended");
}

/* ---- entries that no program made ------------------------------------------------------- */

static enum result
put_odd(struct tx *tx, void *arg)
{
	struct doing *o = arg;

	return kv_put_new(tx, o->d->table, &o->key, "{}", 2);
}

static enum result
drop_odd(struct tx *tx, void *arg)
{
	struct doing *o = arg;

	return kv_del(tx, o->d->table, &o->key);
}

/* An entry is found by its key alone. */
static void
odd(enum table t, const struct key *k, const char *expect)
{
	const struct damage d = {.table = t, .how = EXTRA};
	struct doing o = {.d = &d, .key = *k};

	if (store_run(try_store, put_odd, &o) != OK) {
		ok(false, "table %d: an entry could not be added", (int)t);
		return;
	}
	ok(look() > 0 && was_said(expect), "table %d, a key of no program: \"%s\"", (int)t, expect);
	for (size_t i = 0; !was_said(expect) && i < count && i < 100; i++)
		printf("# said: %s\n", said[i]);
	if (store_run(try_store, drop_odd, &o) != OK || look() != 0)
		ok(false, "it could not be taken back");
}

static void
odd_keys(void)
{
	static const enum table tables[] = {T_ORGS, T_ORG_TOKENS, T_EVENTS, T_TRAY, T_CONTACTS,
	    T_HOLDERS, T_MEDIA, T_MEDIA_DUE, T_MESSAGES, T_BY_CONTACT, T_BY_STATE, T_PAIRS, T_QUEUE,
	    T_NUMBERS, T_NUMBER_TURN, T_NUMBER_STATES, T_JOBS_DUE, T_JOBS_LAST, T_NUMBER_JOBS,
	    T_CHANGES};
	struct key k;

	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		key_start(&k);
		key_bytes(&k, "\1\2", 2);
		odd(tables[i], &k, "has a key that means nothing");
	}
	key_org(&k, 1);
	key_u32(&k, UINT32_MAX);
	odd(T_NUMBER_TURN, &k, "has a key that means nothing");
	key_org(&k, 1);
	key_u32(&k, 0);
	key_u32(&k, 7);
	key_u64(&k, 7);
	key_text(&k, OURS);
	odd(T_NUMBER_TURN, &k, "stands in a place that is not its");
	key_org(&k, 9);
	key_id(&k, "0192f0c1a2b3c4d5");
	odd(T_NUMBER_JOBS, &k, "belongs to organization 9, which is not there");
}

static void
structure(void)
{
	struct verify v = {.say = say};
	char path[1200];
	FILE *f;

	is_int(store_settle(try_store), OK, "pages are written");
	store_close(try_store);
	count = 0;
	is_int(verify_structure(try_dir, &v), OK, "the engine looks at all pages");
	is_int(v.faults, 0, "they are in order");
	(void)snprintf(path, sizeof path, "%s/messages.db", try_dir);
	f = fopen(path, "r+");
	if (f != NULL && fseek(f, 4096 + 20, SEEK_SET) == 0)
		(void)fwrite("\xff\xff\xff\xff", 1, 4, f);
	if (f != NULL)
		(void)fclose(f);
	is_int(verify_structure(try_dir, &v), OK, "it looks again");
	ok(v.faults == 1 && was_said("messages: the engine finds its pages damaged"),
	    "and names the damaged one");
	try_attach(false);
}

int
main(void)
{
	const struct settings settings = {.session_secret = "a secret"};

	try_settings = &settings;
	try_open();
	is_int(look(), 0, "a new store is whole");
	try_run(fill, NULL);
	is_int(look(), 0, "and one with something of everything");
	for (size_t i = 0; i < count && i < 100; i++)
		printf("# said: %s\n", said[i]);
	for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++)
		damage(&damages[i]);
	odd_keys();
	structure();
	try_close();
	return done_testing();
}
