/*
 * store_forgotten.c: the promises of forgotten.h and of contacts.h about people who asked to be
 * forgotten: the opt-out outlives them without their number, with every secret that follows, and
 * where it can't be looked up nobody unknown counts as willing.
 */
#include "base/crypto.h"
#include "base/settings.h"
#include "store/contacts.h"
#include "store/figures.h"
#include "store/forgotten.h"
#include "store/secrets.h"
#include "store_try.h"

#define ANN "+19195550123"
#define BEN "+19195550124"
#define CAT "+19195550125"
#define DAN "+19195550126"
#define OUR "+19195550100"

static struct arena *arena;
static const struct settings first = {.session_secret = "the first secret"};
static const struct settings rotated = {
    .session_secret = "the second secret", .session_secret_previous = "the first secret"};
static const struct settings second = {.session_secret = "the second secret"};
static const struct settings other = {.session_secret = "quite another"};

static void
reopen(const struct settings *s)
{
	store_close(try_store);
	try_settings = s;
	try_attach(false);
}

/* ---- one at a time -------------------------------------------------------------------- */

struct one {
	uint32_t org;
	const char *number;
	struct contact c;
	enum result r;
	void (*edit)(struct contact *);
};

static enum result
get(struct tx *tx, void *arg)
{
	struct one *o = arg;

	memset(&o->c, 0xff, sizeof o->c); /* whatever was there before */
	o->r = contacts_get(tx, o->org, o->number, true, arena, &o->c);
	if (o->edit == NULL)
		return OK;
	o->edit(&o->c);
	return contacts_put(tx, &o->c);
}

/* The contact as it is, changed first when edit is given. */
static struct one
look(uint32_t org, const char *number, void (*edit)(struct contact *))
{
	struct one o = {.org = org, .number = number, .edit = edit};

	if (store_run(try_store, get, &o) != OK)
		ok(false, "contact %s can't be looked at", number);
	return o;
}

static enum result
record(struct tx *tx, void *arg)
{
	struct one *o = arg;
	struct bytes value;
	struct key k;

	key_start(&k);
	key_u32(&k, o->org);
	key_text(&k, o->number);
	o->r = kv_get(tx, T_CONTACTS, &k, false, &value);
	return OK;
}

static bool
has_record(uint32_t org, const char *number)
{
	struct one o = {.org = org, .number = number};

	return store_read(try_store, record, &o) == OK && o.r == OK;
}

static enum result
forget(struct tx *tx, void *arg)
{
	struct one *o = arg;

	o->r = contacts_forget(tx, o->org, o->number);
	return o->r;
}

static enum result
prepare(struct tx *tx, void *arg)
{
	(void)arg;
	return forgotten_prepare(tx);
}

static void
is_forgotten(uint32_t org, const char *number, const char *cause, int64_t since, const char *what)
{
	struct one o = look(org, number, NULL);

	ok(o.r == OK && o.c.forgotten && o.c.opted_out && !o.c.held && !o.c.unsure, "%s: opted out",
	    what);
	is_str(o.c.opt_out_cause, cause, "%s: by the cause there was", what);
	is_int(o.c.opt_out_at, since, "%s: since then", what);
	ok(o.c.user_number == NULL && o.c.carrier == NULL && o.c.last_in == 0,
	    "%s: nothing else is known", what);
	is_str(o.c.number, number, "%s: but whom was asked for", what);
	ok(!has_record(org, number), "%s: without a record", what);
}

/* ---- forgetting -------------------------------------------------------------------------- */

static enum result
fill(struct tx *tx, void *arg)
{
	struct contact ann = {.org = 1,
	    .number = ANN,
	    .user_number = OUR,
	    .carrier = "AT&T",
	    .opted_out = true,
	    .opt_out_cause = "word",
	    .opt_out_detail = "STOP",
	    .opt_out_at = 77,
	    .last_in = tx_now(tx)};
	struct contact ben = {.org = 1,
	    .number = BEN,
	    .user_number = OUR,
	    .held = true,
	    .held_why = "stop it",
	    .last_in = tx_now(tx)};
	enum result r = contacts_put(tx, &ann);

	(void)arg;
	return r == OK ? contacts_put(tx, &ben) : r;
}

struct seen {
	size_t opted_out, held, any;
	int64_t holders, wrote;
	char hex[SHA256_HEX]; /* of the one entry */
	char value[200];
};

static enum result
see(struct tx *tx, void *arg)
{
	struct seen *s = arg;
	struct bytes key, value;
	struct number_figures f;
	struct contact *list;
	struct cursor *c;
	enum result r = contacts_list(tx, 1, 'o', NULL, 100, tx_arena(tx), &list, &s->opted_out);

	if (r == OK)
		r = contacts_list(tx, 1, 'h', NULL, 100, tx_arena(tx), &list, &s->held);
	if (r == OK)
		r = figures_get(tx, 1, OUR, &f);
	s->holders = f.contacts;
	s->wrote = f.wrote_week;
	s->any = 0;
	c = cursor_open(tx, T_FORGOTTEN, NULL, NULL, false);
	while (cursor_next(c, &key, &value) == OK) {
		s->any++;
		hex_text((const char *)key.p + 4, 32, s->hex);
		(void)snprintf(
		    s->value, sizeof s->value, "%.*s", (int)value.n, (const char *)value.p);
	}
	cursor_close(c);
	return r;
}

static struct seen
seen(void)
{
	struct seen s = {0};

	is_int(store_read(try_store, see, &s), OK, "the store is looked at");
	return s;
}

static enum result
hash_of_ann(struct tx *tx, void *arg)
{
	unsigned char hash[SHA256_BYTES];
	struct buf key = BUF_INIT(100);
	enum result r = secret_get(tx, &first, 0, "forgotten", &key);

	is_int(key.len, 32, "the key has 32 bytes");
	crypto_hmac(key.data, key.len, ANN, strlen(ANN), NULL, 0, hash);
	hex_text(hash, sizeof hash, arg);
	buf_free(&key);
	return r;
}

static void
forgetting(void)
{
	struct one ann = {.org = 1, .number = ANN}, ben = {.org = 1, .number = BEN},
		   cat = {.org = 1, .number = CAT};
	char hex[SHA256_HEX] = "";
	struct seen s;

	try_run(fill, NULL);
	is_int(look(1, DAN, NULL).r, NOT_FOUND, "who is not known");
	log_set_level((enum log_level)-1); /* it says so, loudly */
	is_int(store_run(try_store, forget, &ann), DAMAGED, "nobody is forgotten without a key");
	log_set_level(LOG_ERROR);
	ok(has_record(1, ANN), "and nothing is lost over it");
	/* What was tried in vain is tried again after a while; another process at once. */
	reopen(&first);
	try_run(prepare, NULL);
	try_run(forget, &ann);
	is_forgotten(1, ANN, "word", 77, "forgotten");
	s = seen();
	is_int(s.any, 1, "there is one entry");
	is_str(s.value, "{\"cause\":\"word\",\"since\":77}", "which says why and since when");
	try_run(hash_of_ann, hex);
	is_str(s.hex, hex, "under HMAC-SHA256 of the number, by the sealed key");
	try_run(prepare, NULL);
	is_forgotten(1, ANN, "word", 77, "the key is made once");
	is_int(s.opted_out, 0, "she is on no list");
	is_int(s.holders, 1, "she does not know us by our number any more");
	is_int(s.wrote, 1, "nor wrote this week");
	is_int(look(1, DAN, NULL).r, NOT_FOUND, "others are not known still");
	is_int(look(2, ANN, NULL).r, NOT_FOUND, "another organization forgot nobody");

	try_run(forget, &ben);
	s = seen();
	is_int(s.held, 0, "who is held is off that list");
	is_int(s.holders, 0, "nobody is left");
	is_str(look(1, BEN, NULL).c.opt_out_cause, "person", "who was not opted out is now");
	try_run(forget, &cat);
	is_str(look(1, CAT, NULL).c.opt_out_cause, "person", "so is who was not known");
	try_run(forget, &ann);
	is_forgotten(1, ANN, "word", 77, "forgotten twice");
	is_int(seen().any, 3, "each of them once");
}

/* ---- what others do with such a contact ----------------------------------------------------- */

static void
learn(struct contact *c)
{
	c->user_number = OUR;
	c->carrier = "Verizon";
}

static void
by_code(struct contact *c)
{
	c->opt_out_cause = "code";
}

static void
take_back(struct contact *c)
{
	c->opted_out = false;
	c->opt_out_cause = NULL;
	c->opt_out_at = 0;
}

static void
write_again(struct contact *c)
{
	c->renewed = true;
	c->user_number = OUR;
	c->last_in = 99;
}

static void
changing(void)
{
	struct one ann = {.org = 1, .number = ANN};
	struct one o = look(1, ANN, learn);

	is_int(o.r, OK, "who learns something of one that is forgotten");
	is_forgotten(1, ANN, "word", 77, "does not bring the record back");
	(void)look(1, ANN, by_code);
	is_forgotten(1, ANN, "code", 77, "a stronger cause is kept");
	(void)look(1, BEN, take_back);
	is_int(look(1, BEN, NULL).r, NOT_FOUND, "an opt-out taken back leaves nothing");
	is_int(seen().any, 2, "no hash either");
	(void)look(1, ANN, write_again);
	o = look(1, ANN, NULL);
	ok(o.r == OK && !o.c.forgotten && o.c.opted_out && o.c.last_in == 99,
	    "who writes again has a record, opted out as before");
	is_int(seen().any, 1, "and the hash is gone");
	is_int(seen().opted_out, 1, "it is on the list");
	try_run(forget, &ann);
	is_forgotten(1, ANN, "code", 77, "forgotten again");
}

/* ---- secrets -------------------------------------------------------------------------------- */

static enum result
reseal(struct tx *tx, void *arg)
{
	return secrets_reseal(tx, &rotated, 100, arg);
}

static void
rotating(void)
{
	size_t left = 1;

	reopen(&rotated);
	is_forgotten(1, ANN, "code", 77, "between two secrets");
	try_run(reseal, &left);
	is_int(left, 0, "all is sealed anew");
	reopen(&second);
	is_forgotten(1, ANN, "code", 77, "with the new secret alone");
	is_str(look(1, CAT, NULL).c.opt_out_cause, "person", "the others too");
}

struct trouble {
	uint32_t org;
	const char *why;
};

static enum result
trouble(struct tx *tx, void *arg)
{
	struct trouble *t = arg;

	return forgotten_trouble(tx, t->org, &t->why);
}

static void
is_closed(const char *what)
{
	struct one dan = {.org = 1, .number = DAN}, o = look(1, DAN, NULL);
	struct trouble t = {1, NULL}, none = {2, NULL};

	ok(o.r == OK && o.c.unsure && o.c.held && !o.c.opted_out && o.c.held_why != NULL,
	    "%s: who is not known is held", what);
	(void)look(1, DAN, learn);
	ok(!has_record(1, DAN), "%s: and gets no record by the way", what);
	o = look(1, ANN, NULL);
	ok(o.c.unsure && o.c.held, "%s: who was forgotten too", what);
	is_int(store_run(try_store, forget, &dan), DAMAGED, "%s: nobody can be forgotten", what);
	is_int(store_run(try_store, prepare, NULL), DAMAGED, "%s: no other key is made", what);
	is_int(
	    look(2, DAN, NULL).r, NOT_FOUND, "%s: an organization that forgot nobody works", what);
	ok(store_read(try_store, trouble, &t) == OK && t.why != NULL, "%s: it says why", what);
	ok(store_read(try_store, trouble, &none) == OK && none.why == NULL, "%s: where it matters",
	    what);
}

static void
known(struct contact *c)
{
	c->renewed = true;
	c->held = false;
	c->held_why = NULL;
	c->held_at = 0;
}

static enum result
lose_key(struct tx *tx, void *arg)
{
	(void)arg;
	return secret_del(tx, 0, "forgotten");
}

static void
closed(void)
{
	struct one o;

	log_set_level((enum log_level) - 1); /* it says so, loudly */
	reopen(&other);
	is_closed("another secret");
	reopen(NULL);
	is_closed("no settings");
	(void)look(1, BEN, known);
	o = look(1, BEN, NULL);
	ok(o.r == OK && !o.c.unsure && !o.c.held, "who has a record is known still");
	reopen(&second);
	is_forgotten(1, ANN, "code", 77, "the right secret again");
	o = look(1, BEN, NULL);
	ok(o.r == OK && !o.c.held, "the record counts");
	try_run(lose_key, NULL);
	is_forgotten(1, ANN, "code", 77, "who has the key goes on with it");
	reopen(&second);
	is_closed("no key");
	log_set_level(LOG_ERROR);
}

int
main(void)
{
	arena = arena_new();
	try_open(); /* without settings */
	forgetting();
	changing();
	rotating();
	closed();
	try_close();
	arena_free(arena);
	return done_testing();
}
