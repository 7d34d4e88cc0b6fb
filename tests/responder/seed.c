/*
 * seed.c: a small world for the responder's tests, made with the store's own verbs.
 *
 *	seed		 makes the store, two organizations, users, tokens and numbers; prints them as JSON
 *	seed dump	 prints every record of the store (store_dump)
 *	seed die	 holds organization 1 inside a transaction and kills itself there
 *	seed messages N	 queues N messages for organization 1 and prints their ids
 *	seed job KIND	 adds a job for organization 1 and prints its id
 *	seed asks WHAT=VALUE  its last setting up at Bandwidth ended with that question
 *	seed ready RESULT  it is set up at Bandwidth, with that as the last run's result
 *	seed numbers N	 adds N numbers to organization 2, a hundred at once
 *	seed stale TOKEN lets an hour pass since that session's password was asked for
 *	seed retain WHAT removes the words ("text") or attachments ("media") of all that organization 1 has
 *
 * The settings come from the environment, as the responder's do.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/settings.h"
#include "org/organization.h"
#include "store/jobs.h"
#include "org/media_type.h"
#include "store/media.h"
#include "store/messages.h"
#include "store/meta.h"
#include "store/numbers.h"
#include "store/orgs.h"
#include "store/people.h"
#include "store/retain.h"
#include "store/store.h"

#define NUMBERS_AT_ONCE 100
#define PASSWORD "correct horse battery staple"

struct seed {
	struct settings settings;
	struct arena *arena;
	struct store *store;
	json *out;
	const char *hash;     /* of PASSWORD */
	size_t count;	      /* messages or numbers, made or to be made */
	const char *argument; /* of the command */
};

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "seed: %s: %s\n", what, why);
	return 1;
}

static const char *
secret(struct seed *s, const char *prefix)
{
	unsigned char random[32];
	struct buf text = BUF_INIT(128);
	crypto_random(random, sizeof random);
	buf_adds(&text, prefix);
	base64url_add(&text, random, sizeof random);
	const char *copy = arena_str(s->arena, buf_str(&text));
	buf_free(&text);
	return copy;
}

static enum result
put_user(
    struct seed *s, struct tx *tx, const char *email, uint32_t org, enum role role, bool disabled)
{
	struct user user = {.email = email,
	    .password = s->hash,
	    .created = tx_now(tx),
	    .password_set = tx_now(tx),
	    .disabled = disabled};
	if (org != 0)
		user_set_role(&user, org, role, s->arena);
	return users_put(tx, &user);
}

static enum result
put_token(struct seed *s, struct tx *tx, const char *name, uint32_t org, bool may_send,
    bool may_read, int64_t expires)
{
	static unsigned serial;
	struct token token = {.org = org,
	    .id = arena_fmt(s->arena, "%08x", ++serial),
	    .name = name,
	    .may_send = may_send,
	    .may_read = may_read,
	    .created = tx_now(tx),
	    .expires = expires,
	    .created_by = "seed"};
	const char *text = secret(s, "spk_");
	json_put_text(s->out, name, text);
	return tokens_put(tx, text, &token);
}

static enum result
make_org(struct seed *s, struct tx *tx, const char *name, const char *number)
{
	struct organization org = {.name = name, .created = tx_now(tx)};
	enum result r = orgs_create(tx, &org);
	if (r != OK)
		return r;
	struct number own = {
	    .org = org.id, .number = number, .state = "in-service", .added = tx_now(tx)};
	uint32_t owner = 0;
	r = numbers_add(tx, &own, &owner);
	char password[CALLBACK_PASSWORD];
	callback_password(
	    s->settings.session_secret, s->settings.base_url.text, (uint32_t)org.id, password);
	json_put_text(s->out, arena_fmt(s->arena, "callback_%lld", (long long)org.id), password);
	return r;
}

static enum result
make_users(struct seed *s, struct tx *tx)
{
	static const struct {
		const char *email;
		uint32_t org;
		enum role role;
		bool disabled;
	} users[] = {
	    {"owner@example.org", 1, ROLE_OWNER, false},
	    {"admin@example.org", 1, ROLE_ADMIN, false},
	    {"other@example.org", 2, ROLE_OWNER, false},
	    {"nobody@example.org", 0, ROLE_NONE, false},
	    {"former@example.org", 1, ROLE_OWNER, true},
	    {"throttled@example.org", 1, ROLE_OWNER, false},
	};
	enum result r = OK;
	for (size_t i = 0; r == OK && i < sizeof users / sizeof users[0]; i++)
		r = put_user(s, tx, users[i].email, users[i].org, users[i].role, users[i].disabled);
	return r;
}

static enum result
make_tokens(struct seed *s, struct tx *tx)
{
	enum result r = put_token(s, tx, "send", 1, true, false, 0);
	if (r == OK)
		r = put_token(s, tx, "read", 1, false, true, 0);
	if (r == OK)
		r = put_token(s, tx, "both", 1, true, true, 0);
	if (r == OK)
		r = put_token(s, tx, "foreign", 2, true, true, 0);
	if (r == OK)
		r = put_token(s, tx, "expired", 1, true, true, tx_now(tx) - CLOCK_DAY);
	return r;
}

static enum result
make_world(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	enum result r = make_org(s, tx, "Tenants United", "+19195550100");
	if (r == OK)
		r = make_org(s, tx, "Riders Alliance", "+19195550200");
	if (r == OK)
		r = make_users(s, tx);
	return r == OK ? make_tokens(s, tx) : r;
}

static enum result
make_messages(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	enum result r = OK;
	json *list = json_array_new();
	for (size_t i = 0; r == OK && i < s->count; i++) {
		char id[MESSAGE_ID];
		message_id_new(tx_now(tx), id);
		struct message m = {.org = 1,
		    .id = id,
		    .out = true,
		    .contact_number = arena_fmt(s->arena, "+1919555%04u", (unsigned)(1000 + i)),
		    .text = "Hello",
		    .segments = 1,
		    .created = tx_now(tx),
		    .due = tx_now(tx) + CLOCK_DAY,
		    .send_before = tx_now(tx) + 2 * CLOCK_DAY};
		message_set_state(&m, STATE_QUEUED);
		r = messages_put(tx, NULL, &m);
		json_add_text(list, id);
	}
	json_put(s->out, "messages", list);
	return r;
}

static enum result
make_job(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	struct job job = {.org = 1, .kind = s->argument, .by = "owner@example.org"};
	enum result r = jobs_add(tx, &job, false);
	json_put_text(s->out, "job", r == OK ? job.id : NULL);
	return r;
}

static enum result
make_question(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	const char *value = strchr(s->argument, '=');
	struct job job = {.org = 1, .kind = "provision", .by = "owner@example.org"};
	if (value == NULL)
		return REFUSED;
	enum result r = jobs_add(tx, &job, false);
	if (r != OK)
		return r;
	json *detail = json_object_new(), *ask = json_object_new();
	json_put_text(ask, "what", arena_dup(s->arena, s->argument, (size_t)(value - s->argument)));
	json_put_text(ask, "value", value + 1);
	json_put(detail, "ask", ask);
	job_set_detail(&job, detail, s->arena);
	json_free(detail);
	job.state = "failed";
	job.result = "It asks.";
	job.finished = tx_now(tx);
	return jobs_put(tx, &job);
}

/* All three IDs are confirmed, and the last run of setting up is done. */
static enum result
make_ready(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	struct job job = {.org = 1, .kind = "provision", .by = "owner@example.org"};
	struct organization o;
	enum result r = orgs_get(tx, 1, true, s->arena, &o);
	if (r != OK)
		return r;
	o.site_id = o.site_confirmed = "701";
	o.sip_peer_id = o.sip_peer_confirmed = "801";
	o.application_id = o.application_confirmed = "93de2206-9669-4e07-948d-329f4b722ee2";
	if ((r = orgs_put(tx, &o)) != OK || (r = jobs_add(tx, &job, false)) != OK)
		return r;
	job.state = "done";
	job.result = s->argument;
	job.finished = tx_now(tx);
	return jobs_put(tx, &job);
}

/* The attachment whose file lies there ("1/0192/0192f0c1a2b3c4d5.0") was fetched. */
static enum result
make_media(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	static char bytes[8 * 1024 * 1024];
	unsigned char hash[SHA256_BYTES];
	char hex[SHA256_HEX];
	struct media_ref ref;
	struct media old, m;
	if (media_name_read(s->argument, &ref) != 0)
		return REFUSED;
	enum result r = media_get(tx, ref.org, ref.message, ref.place, true, s->arena, &old);
	if (r != OK)
		return r;
	m = old;
	FILE *f = fopen(media_path(s->arena, s->settings.data_dir, &m), "rbe");
	if (f == NULL)
		return NOT_FOUND;
	m.size = (int64_t)fread(bytes, 1, sizeof bytes, f);
	(void)fclose(f);
	crypto_sha256(bytes, (size_t)m.size, hash);
	hex_text(hash, sizeof hash, hex);
	const struct media_type *type = media_sniff(bytes, (size_t)m.size);
	m.sha256 = hex;
	m.type = type != NULL ? type->name : NULL;
	m.state = "stored";
	m.due = 0;
	return media_put(tx, &old, &m);
}

/* As if the time for which they are kept had passed. */
static enum result
retain(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	bool more = true;
	enum result r = OK;
	while (r == OK && more)
		r = (strcmp(s->argument, "media") == 0 ? retain_media : retain_text)(
		    tx, 1, tx_now(tx) + CLOCK_DAY, 100, &more);
	return r;
}

/* Some of many numbers for organization 2; the records of a transaction are limited. */
static enum result
make_numbers(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	enum result r = OK;
	uint32_t owner;
	for (size_t i = 0; r == OK && i < NUMBERS_AT_ONCE; i++) {
		struct number n = {.org = 2,
		    .number = arena_fmt(tx_arena(tx), "+1%03u555%04u",
			(unsigned)(201 + (s->count + i) / 10000),
			(unsigned)((s->count + i) % 10000)),
		    .added = tx_now(tx)};
		r = numbers_add(tx, &n, &owner);
	}
	return r;
}

static enum result
many_numbers(struct seed *s, size_t count)
{
	enum result r = OK;
	for (s->count = 0; r == OK && s->count < count; s->count += NUMBERS_AT_ONCE)
		r = store_run(s->store, make_numbers, s);
	return r;
}

/* A session whose password was asked for an hour ago. */
static enum result
make_stale(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	struct session session;
	enum result r = sessions_get(tx, s->argument, s->arena, &session);
	session.confirmed = tx_now(tx) - CLOCK_HOUR;
	return r == OK ? sessions_put(tx, s->argument, &session) : r;
}

static enum result
die(struct tx *tx, void *arg)
{
	struct seed *s = arg;
	struct organization org;
	enum result r = orgs_get(tx, 1, true, s->arena, &org);
	if (r == OK)
		r = orgs_put(tx, &org);
	if (r == OK)
		raise(SIGKILL);
	return r;
}

static void
hash_password(struct seed *s)
{
	struct buf hash = BUF_INIT(512);
	crypto_password_hash(PASSWORD, strlen(PASSWORD), &hash, 1000);
	s->hash = arena_str(s->arena, buf_str(&hash));
	json_put_text(s->out, "password", PASSWORD);
	buf_free(&hash);
}

static enum result
run(struct seed *s, const char *command, const char *argument)
{
	if (strcmp(command, "dump") == 0)
		return store_dump(s->store, STDOUT_FILENO);
	if (strcmp(command, "die") == 0)
		return store_run(s->store, die, s);
	if (strcmp(command, "messages") == 0) {
		s->count = (size_t)strtoul(argument, NULL, 10);
		return store_run(s->store, make_messages, s);
	}
	s->argument = argument;
	if (strcmp(command, "job") == 0)
		return store_run(s->store, make_job, s);
	if (strcmp(command, "asks") == 0)
		return store_run(s->store, make_question, s);
	if (strcmp(command, "ready") == 0)
		return store_run(s->store, make_ready, s);
	if (strcmp(command, "media") == 0)
		return store_run(s->store, make_media, s);
	if (strcmp(command, "retain") == 0)
		return store_run(s->store, retain, s);
	if (strcmp(command, "numbers") == 0)
		return many_numbers(s, (size_t)strtoul(argument, NULL, 10));
	if (strcmp(command, "stale") == 0)
		return store_run(s->store, make_stale, s);
	enum result r = meta_init(s->store, &s->settings);
	if (r != OK)
		return r;
	hash_password(s);
	return store_run(s->store, make_world, s);
}

int
main(int argc, char **argv)
{
	struct seed s = {.arena = arena_new(), .out = json_object_new()};
	struct buf why = BUF_INIT(8192), text = BUF_INIT(1024 * 1024);
	const char *command = argc > 1 ? argv[1] : "make";
	sigset_t set;

	if (settings_load(s.arena, "/nonexistent", &s.settings, &why) != 0)
		return fail("settings", buf_str(&why));
	store_deferred_signals(&set);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	struct store_options options = {.dir = s.settings.data_dir,
	    .settings = &s.settings,
	    .cache_bytes = s.settings.cache_bytes,
	    .stall_seconds = 30,
	    .create = argc == 1};
	if (store_open(&options, &s.store, &why) != OK)
		return fail("store", buf_str(&why));
	enum result r = run(&s, command, argc > 2 ? argv[2] : "0");
	if (r == OK)
		r = store_flush(s.store);
	store_close(s.store);
	if (r != OK)
		return fail(command, arena_fmt(s.arena, "result %d", (int)r));
	json_write(s.out, &text);
	if (strcmp(command, "dump") != 0)
		puts(buf_str(&text));
	json_free(s.out);
	buf_free(&text);
	buf_free(&why);
	arena_free(s.arena);
	return 0;
}
