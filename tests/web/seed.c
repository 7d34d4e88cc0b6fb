/*
 * seed.c: a world to look at: four organizations with texts in every state, made with the store's own verbs for
 * the browser tests.  Made-up times are relative to now.
 *
 *   1  all is well: credentials confirmed, conversations, things that need a look, enough to page through
 *   2  fresh: nothing entered, nothing sent
 *   3  trouble and hostile data: refused credentials, paused, a name and texts made to break a page
 *   4  moved: texts that were waiting then are held; of the oldest texts the words are gone
 *
 * owner@example.org is OWNER of all, admin@example.org ADMIN of 1.  Printed are the tokens of two
 * sessions of the owner's that began half an hour ago, so that passwords are asked for again, and
 * the id of a search for numbers.  "seed live" makes only organizations and people.  The settings come from the environment or SPOKE_CONF.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/segments.h"
#include "base/settings.h"
#include "org/organization.h"
#include "seed_check.h"
#include "seed_held.h"
#include "seed_media.h"
#include "seed_numbers.h"
#include "store/contacts.h"
#include "store/counters.h"
#include "store/events.h"
#include "store/messages.h"
#include "store/meta.h"
#include "store/numbers.h"
#include "store/orgs.h"
#include "store/people.h"
#include "store/secrets.h"
#include "store/store.h"

#define PASSWORD "correct horse battery staple"
#define HOSTILE_NAME                                                                                \
	"<b>Local 1199</b> \"&amp;\" Firefighters', Librarians' and Tenants' Coalition of Greater " \
	"\xd8\xa7\xd8\xaa\xd8\xad\xd8\xa7\xd8\xaf \xd7\x90\xd7\x99\xd7\x92\xd7\x95\xd7\x93 Durham"
#define HOSTILE_TEXT                                                                                                   \
	"<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> \"'>&amp; "             \
	"\xd7\x9e\xd7\x94 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9e\xd7\x9a? \xe2\x80\xaegnp.exe "                              \
	"Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaftsvorsitzendenstellvertreter" \
	"WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"

struct seed {
	struct settings settings;
	struct arena *arena;
	struct store *store;
	const char *hash;	 /* of PASSWORD */
	const char *sessions[2]; /* tokens */
	const char *search;	 /* id of a search for numbers */
	int64_t now;
};

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "seed: %s: %s\n", what, why);
	return 1;
}

/* ---- texts ------------------------------------------------------------------- */

struct sample {
	bool out;
	enum message_state state;
	int minutes; /* ago */
	const char *contact;
	const char *text;
};

#define VOTE \
	"it's Ann from Neighbours for Durham. Early voting ends Saturday. Do you have a plan to vote?"
#define MEETING \
	"it's Ann from Neighbours for Durham. The meeting moved to 7 pm at the library. Can you still make it?"

static const struct sample samples[] = {
    {false, STATE_RECEIVED, 60 * 50, "+19195550148", "stop texting me please"},
    {false, STATE_RECEIVED, 60 * 40, "+447700900123", HOSTILE_TEXT},
    {true, STATE_CANCELLED, 60 * 30, "+19195550149", "Hi Alex, " MEETING},
    {true, STATE_DELIVERED, 320, "+19195550144",
	"Hi Max, " MEETING "\n\nWe'll have coffee, and somebody to look after the children."},
    {true, STATE_FAILED, 130, "+19195550147", "Hi Pat, " VOTE},
    {true, STATE_HELD, 95, "+19195550146", "Hi Jo, " VOTE},
    {true, STATE_UNKNOWN, 12, "+19195550145", "Hi Kim, " VOTE},
    {false, STATE_RECEIVED, 5, "+19195550144",
	"Yes, count me in \xf0\x9f\x98\x8a Can I bring a friend?"},
    {true, STATE_SENT, 3, "+19195550144", "Of course! See you both there."},
    {true, STATE_QUEUED, 1, "+19195550142", "Hi Sam, " MEETING},
};

static void
set_times(const struct seed *s, struct message *m, enum message_state state)
{
	m->updated = m->created + 4 * CLOCK_SECOND;
	m->due = m->created;
	if (!m->out)
		return;
	m->by = "owner@example.org";
	m->send_before = m->created + 12 * CLOCK_HOUR;
	if (state == STATE_QUEUED) {
		m->due = s->now + CLOCK_DAY / 2;
		m->send_before = s->now + CLOCK_DAY;
	}
	if (state == STATE_QUEUED || state == STATE_HELD || state == STATE_CANCELLED)
		return;
	m->user_number = "+19195550100";
	m->attempts = 1;
	m->posted = m->created + CLOCK_SECOND;
	if (state == STATE_SENT || state == STATE_DELIVERED)
		m->sent = m->posted + CLOCK_SECOND / 4;
	if (state_final(state))
		m->finished = m->posted + 3 * CLOCK_SECOND;
}

static void
set_reasons(struct message *m, enum message_state state)
{
	if (state == STATE_HELD)
		m->held_why = "deadline";
	if (state == STATE_UNKNOWN)
		m->looks = 2;
	if (state != STATE_FAILED)
		return;
	m->error_code = 4720;
	m->error_meaning =
	    "This number can't receive texts (often a landline). We won't text it again.";
	m->error_who = "nobody";
}

static enum result
put_text(struct seed *s, struct tx *tx, uint32_t org, const struct sample *t)
{
	char id[MESSAGE_ID];
	struct message m = {
	    .org = org,
	    .out = t->out,
	    .contact_number = t->contact,
	    .text = t->text,
	    .segments = segments_count(t->text, strlen(t->text)).count,
	    .created = s->now - t->minutes * CLOCK_MINUTE,
	};

	message_id_new(m.created, id);
	m.id = arena_str(s->arena, id);
	message_set_state(&m, t->state);
	set_times(s, &m, t->state);
	set_reasons(&m, t->state);
	if (!m.out)
		m.user_number = "+19195550100";
	if (m.sent)
		m.service_id = arena_fmt(s->arena, "1476%sxo7watq5px6", id);
	return messages_put(tx, NULL, &m);
}

static enum result
put_texts(struct seed *s, struct tx *tx)
{
	enum result r = OK;

	for (int i = 70; r == OK && i > 0; i--) {
		const struct sample old = {true, STATE_DELIVERED, 60 * 24 * i,
		    arena_fmt(s->arena, "+1919555%04d", 2000 + i), "Hello, " VOTE};
		r = put_text(s, tx, 1, &old);
	}
	for (size_t i = 0; r == OK && i < sizeof samples / sizeof samples[0]; i++)
		r = put_text(s, tx, 1, &samples[i]);
	for (size_t i = 0; r == OK && i < sizeof samples / sizeof samples[0]; i++) {
		struct sample hostile = samples[i];
		hostile.text = HOSTILE_TEXT;
		r = put_text(s, tx, 3, &hostile);
	}
	return r;
}

/* ---- what needs a look ------------------------------------------------------------ */

static enum result
put_event(struct seed *s, struct tx *tx, uint32_t org, const char *type, const char *raw,
    const char *tray)
{
	char id[MESSAGE_ID];
	struct stored_event e = {.org = org,
	    .received = s->now - 33 * CLOCK_MINUTE,
	    .type = type,
	    .raw = raw,
	    .effect = "tray",
	    .tray = tray,
	    .request = "0123456789ab"};

	message_id_new(e.received, id);
	e.id = arena_str(s->arena, id);
	return events_put(tx, &e);
}

static enum result
put_look(struct seed *s, struct tx *tx, uint32_t org, const char *words)
{
	struct contact c;
	enum result r = contacts_get(tx, org, "+19195550148", true, s->arena, &c);

	if (r != OK && r != NOT_FOUND)
		return r;
	c.held = true;
	c.held_why = words;
	c.held_at = s->now - 50 * CLOCK_HOUR;
	r = contacts_put(tx, &c);
	if (r == OK)
		r = put_event(s, tx, org, "message-read",
		    "{\"time\":\"2026-11-23T18:00:00.123Z\",\"type\":\"message-read\",\"to\":\"+19195550144\","
		    "\"message\":{\"id\":\"14762070468292kw2fuqty55yp2b2\",\"text\":\"</pre><script>1</script>\"}}",
		    "This version does not know the type message-read.");
	return r == OK ? put_event(s, tx, org, NULL, HOSTILE_TEXT, "The event has no type.") : r;
}

/* ---- organizations ------------------------------------------------------------------ */

static enum result
put_number(struct tx *tx, uint32_t org, const char *number, int64_t now)
{
	const struct number own = {
	    .org = org, .number = number, .state = "in-service", .added = now};
	uint32_t owner = 0;

	return numbers_add(tx, &own, &owner);
}

static void
fill_config(const struct seed *s, struct organization *o)
{
	o->account_id = "9900902";
	o->user_name = "CLI-6a1f2b3c4d5e";
	o->site_id = "12345";
	o->sip_peer_id = "678901";
	o->application_id = "93de2206-9669-4e07-948d-329f4b722ee2";
	o->house_number = "212";
	o->street_name = "W Main St";
	o->city = "Durham";
	o->state_code = "NC";
	o->zip = "27701";
	o->country = "US";
	o->config_saved = s->now - 90 * CLOCK_MINUTE;
	o->config_version = 1;
	o->cred_state = "confirmed";
	o->cred_kind = "oauth2";
	o->cred_checked = s->now - 89 * CLOCK_MINUTE;
	o->account_state = "confirmed";
	o->stop_reply = true;
	o->help_reply = true;
}

static void
spoil(const struct seed *s, struct organization *o)
{
	o->cred_state = "refused";
	o->account_state = NULL;
	o->cred_words = HOSTILE_TEXT;
	o->paused = true;
	o->paused_why = "person";
	o->paused_by = "owner@example.org";
	o->paused_at = s->now - CLOCK_HOUR;
}

static enum result
make_org(struct seed *s, struct tx *tx, const char *name, bool configured, bool trouble)
{
	struct organization o = {.name = name, .created = s->now - 30 * CLOCK_DAY};
	enum result r;

	if (configured)
		fill_config(s, &o);
	if (trouble)
		spoil(s, &o);
	r = orgs_create(tx, &o);
	if (r == OK && configured)
		r = secret_put(tx, &s->settings, (uint32_t)o.id, "password", "sesame-1", 8);
	return r;
}

static enum result
make_user(struct seed *s, struct tx *tx, const char *email, uint32_t last, enum role role)
{
	struct user user = {
	    .email = email, .password = s->hash, .created = s->now, .password_set = s->now};

	for (uint32_t org = 1; org <= last; org++)
		user_set_role(&user, org, role, s->arena);
	return users_put(tx, &user);
}

/* Somebody who signed in a while ago. */
static enum result
make_session(struct seed *s, struct tx *tx, const char **out)
{
	unsigned char random[32];
	struct buf token = BUF_INIT(64);
	const struct session session = {.email = "owner@example.org",
	    .created = s->now - CLOCK_HOUR / 2,
	    .last_seen = s->now,
	    .csrf = "0123456789012345678901234567890123456789abc",
	    .address = "127.0.0.1",
	    .agent = "",
	    .confirmed = s->now - CLOCK_HOUR / 2};

	crypto_random(random, sizeof random);
	base64url_add(&token, random, sizeof random);
	*out = arena_str(s->arena, buf_str(&token));
	buf_free(&token);
	return sessions_put(tx, *out, &session);
}

static enum result
make_world(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	enum result r;

	s->now = tx_now(tx);
	r = make_org(s, tx, "Neighbours for Durham", true, false);
	if (r == OK)
		r = make_org(s, tx, "New Group", false, false);
	if (r == OK)
		r = make_org(s, tx, HOSTILE_NAME, true, true);
	if (r == OK)
		r = make_org(s, tx, "Riders of Durham", true, false);
	if (r == OK)
		r = make_user(s, tx, "owner@example.org", 4, ROLE_OWNER);
	if (r == OK)
		r = make_user(s, tx, "admin@example.org", 1, ROLE_ADMIN);
	for (size_t i = 0; r == OK && i < sizeof s->sessions / sizeof s->sessions[0]; i++)
		r = make_session(s, tx, &s->sessions[i]);
	return r;
}

static enum result
make_people(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	enum result r = put_look(s, tx, 1, "stop texting me please");

	return r == OK ? put_look(s, tx, 3, HOSTILE_TEXT) : r;
}

static enum result
make_texts(struct tx *tx, void *arg)
{
	return put_texts(arg, tx);
}

static enum result
make_numbers(struct tx *tx, void *arg)
{
	struct seed *s = arg;

	return seed_numbers(tx, s->arena, HOSTILE_TEXT, &s->search);
}

static enum result
make_checks(struct tx *tx, void *arg)
{
	struct seed *s = arg;

	return seed_check(tx, s->arena, HOSTILE_TEXT);
}

static enum result
make_media(struct tx *tx, void *arg)
{
	struct seed *s = arg;

	return seed_media(tx, s->arena, s->settings.data_dir, HOSTILE_TEXT, s->now);
}

static enum result
make_held(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	enum result r = put_number(tx, 4, "+19195550400", s->now);

	return r == OK ? seed_held(tx, s->arena, HOSTILE_TEXT, s->now) : r;
}

/* The data was moved, and somebody said that the former installation is stopped. */
static enum result
move(struct seed *s)
{
	enum result r = meta_mark_copy(s->store, "The data directory was elsewhere before.");

	return r == OK ? meta_release_sending(
			     s->store, &s->settings, "owner@example.org", "127.0.0.1", false)
		       : r;
}

static enum result
make_calls(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	enum result r = put_number(tx, 3, "+19195550300", s->now);

	if (r == OK)
		r = callback_accepted(tx, 1, "message-delivered", false, "0");
	if (r == OK)
		r = callback_refused(tx, 3, "the password is wrong", "203.0.113.9");
	return r == OK ? callback_accepted(tx, 3, "message-received", true, "0") : r;
}

/* With live only people and organizations: the rest is to happen. */
static int
make(struct seed *s, bool live)
{
	static const tx_fn parts[] = {make_world, make_people, make_texts, make_calls, make_numbers,
	    make_checks, make_media, make_held};
	size_t n = live ? 1 : sizeof parts / sizeof parts[0];
	struct buf hash = BUF_INIT(512);

	if (meta_init(s->store, &s->settings) != OK)
		return fail("store", "it could not be begun");
	crypto_password_hash(PASSWORD, strlen(PASSWORD), &hash, 1000);
	s->hash = arena_str(s->arena, buf_str(&hash));
	buf_free(&hash);
	for (size_t i = 0; i < n; i++) {
		enum result r = store_run(s->store, parts[i], s);
		if (r != OK)
			return fail("part", arena_fmt(s->arena, "%zu gave result %d", i, (int)r));
	}
	if ((!live && move(s) != OK) || store_flush(s->store) != OK)
		return fail("store", "it could not be flushed");
	printf("%s %s %s\n", s->sessions[0], s->sessions[1], live ? "" : s->search);
	return 0;
}

int
main(int argc, char **argv)
{
	struct seed s = {.arena = arena_new()};
	struct buf why = BUF_INIT(8192);
	struct store_options options;
	sigset_t set;
	int status;

	if (settings_load(s.arena, "/nonexistent", &s.settings, &why) != 0)
		return fail("settings", buf_str(&why));
	store_deferred_signals(&set);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	options = (struct store_options){.dir = s.settings.data_dir,
	    .settings = &s.settings,
	    .cache_bytes = s.settings.cache_bytes,
	    .stall_seconds = 30,
	    .create = true};
	if (store_open(&options, &s.store, &why) != OK)
		return fail("store", buf_str(&why));
	status = make(&s, argc > 1 && strcmp(argv[1], "live") == 0);
	store_close(s.store);
	buf_free(&why);
	arena_free(s.arena);
	return status;
}
