/*
 * hand.c: the tests' hand in the store: makes organizations, queues texts, shows what
 * became of them, with the program's own verbs.  Settings come from the environment.
 *
 *   hand init                                       a new store
 *   hand org NAME ACCOUNT USER PASSWORD APPLICATION NUMBER   prints its number
 *   hand many COUNT paused|later|waiting            so many organizations with a text each: their sending is
 *                                                   paused, the text is due in an hour, or is looked for then
 *   hand save ORG USER PASSWORD [ACCOUNT APPLICATION]    SAVE CREDENTIALS with others
 *   hand queue ORG COUNT FIRST [reply] [long] [until=MS] [group]     COUNT texts to FIRST and the numbers after it
 *   hand show ORG                                   every message, as JSON
 *   hand org-show ORG                               the organization's record
 *   hand jobs ORG                                   its last job "credentials"
 *   hand pause ORG yes|no
 *   hand opt-out ORG NUMBER
 *   hand due ORG ID MS                              moves a message's due time (or its next look) to now + MS
 *   hand event ORG                                  takes a callback's array from standard input
 *   hand mms ORG NUMBER URL...                      takes a text with these attachments; its id
 *   hand media ORG ID                               its attachments' records, as JSON
 *   hand media-age ORG ID PLACE MS                  makes one so much older, and due now
 *   hand media-remove ORG ID
 *   hand seen ORG COUNT DAYS                        remembers so many events, as seen so long ago
 *   hand seen-count ORG                             how many it remembers
 *   hand old-event ORG DAYS                         an event that came so long ago
 *   hand events ORG                                 how many there are (100 at most)
 *   hand forget ORG NUMBER                          the job's id
 *   hand wake THREADS [ORG]                         wakes the worker from so many threads at once
 *   hand wake-if-due
 *   hand ruin ORG job ID | contact NUMBER | message ID   makes a record unreadable
 *   hand help-reply ORG                             HELP is answered
 *   hand again ORG                                  one more job "credentials", due now
 *   hand die                                        kills itself inside a transaction
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/settings.h"
#include "org/organization.h"
#include "store/events.h"
#include "store/jobs.h"
#include "store/media.h"
#include "store/messages.h"
#include "store/meta.h"
#include "store/numbers.h"
#include "store/orgs.h"
#include "store/rec.h"
#include "store/secrets.h"
#include "store/store.h"
#include "store/wake.h"
#include "texting/config.h"
#include "texting/forget.h"
#include "texting/optout.h"
#include "texting/outbox.h"
#include "texting/receive.h"
#include "texting/submit.h"

struct hand {
	struct settings settings;
	struct pipeline pipeline;
	struct app app;
	struct arena *arena;
	int argc;
	char **argv;
	struct buf out;
	uint32_t org;
};

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "hand: %s: %s\n", what, why);
	return 1;
}

static const char *
arg(const struct hand *h, int i)
{
	return i < h->argc ? h->argv[i] : "";
}

static bool
has(const struct hand *h, const char *word)
{
	int i;

	for (i = 2; i < h->argc; i++)
		if (strcmp(h->argv[i], word) == 0)
			return true;
	return false;
}

/* ---- organizations ------------------------------------------------------------ */

static enum result
make_org(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct organization o = {.name = arg(h, 2), .created = tx_now(tx)};
	struct number n = {.number = arg(h, 7)};
	uint32_t owner;
	enum result r = orgs_create(tx, &o);

	n.org = o.id;
	h->org = (uint32_t)o.id;
	return r == OK ? numbers_add(tx, &n, &owner) : r;
}

static enum result
save(struct hand *h, const char *account, const char *user, const char *password,
    const char *application)
{
	struct config_input in = {0};
	const char *job = NULL;
	enum result r;
	int i;

	in.value[CONFIG_ACCOUNT_ID] = account;
	in.value[CONFIG_USER_NAME] = user;
	in.value[CONFIG_PASSWORD] = password;
	in.value[CONFIG_APPLICATION_ID] = application;
	if (config_check(&in, h->arena) == 0) {
		r = config_save(&h->app, h->org, &in, "test", "127.0.0.1", &job);
		if (r == OK)
			return OK;
	}
	for (i = 0; i < CONFIG_FIELDS; i++)
		if (in.fault[i] != NULL)
			fprintf(stderr, "hand: %s: %s\n", config_field_name((enum config_field)i),
			    in.fault[i]);
	return REFUSED;
}

static enum result
do_org(struct hand *h)
{
	enum result r = store_run(h->app.store, make_org, h);

	if (r == OK)
		r = save(h, arg(h, 3), arg(h, 4), arg(h, 5), arg(h, 6));
	buf_addf(&h->out, "%u", h->org);
	return r;
}

/* One of many, as if its credentials had been confirmed. */
static enum result
make_one(struct tx *tx, void *p)
{
	struct hand *h = p;
	bool paused = strcmp(arg(h, 3), "paused") == 0, looked = strcmp(arg(h, 3), "waiting") == 0;
	struct organization o = {.name = "One of many",
	    .account_id = "9900000",
	    .user_name = "user",
	    .application_id = "93de2206-9669-4e07-948d-329f4b722ee2",
	    .cred_kind = "basic",
	    .cred_state = "confirmed",
	    .cred_url = config_cred_url(tx_arena(tx), &h->settings),
	    .config_version = 1,
	    .paused = paused,
	    .paused_why = paused ? "person" : NULL};
	struct message m = {.out = true,
	    .text = "Hello",
	    .contact_number = "+19195550999",
	    .user_number = looked ? "+19195550998" : NULL,
	    .due = tx_now(tx) + (paused ? 0 : CLOCK_HOUR),
	    .send_before = tx_now(tx) + CLOCK_DAY};
	char id[MESSAGE_ID];
	enum result r = orgs_create(tx, &o);

	h->org = (uint32_t)o.id;
	message_id_new(tx_now(tx), id);
	m.org = o.id;
	m.id = id;
	message_set_state(&m, looked ? STATE_UNKNOWN : STATE_QUEUED);
	if (r == OK)
		r = secret_put(tx, &h->settings, h->org, "password", "hush", 4);
	return r == OK ? messages_put(tx, NULL, &m) : r;
}

static enum result
do_many(struct hand *h)
{
	long n = strtol(arg(h, 2), NULL, 10), i;
	enum result r = OK;

	for (i = 0; r == OK && i < n; i++)
		r = store_run(h->app.store, make_one, h);
	buf_addf(&h->out, "%u", h->org);
	return r;
}

static enum result
do_save(struct hand *h)
{
	bool moves = h->argc > 6;

	return save(h, moves ? arg(h, 5) : NULL, arg(h, 3), arg(h, 4), moves ? arg(h, 6) : NULL);
}

static enum result
show_org(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct organization o;
	enum result r = orgs_get(tx, h->org, false, h->arena, &o);

	buf_reset(&h->out);
	if (r == OK)
		record_write(organization_fields, &o, &h->out);
	return r;
}

static enum result
help_reply(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct organization o;
	enum result r = orgs_get(tx, h->org, true, h->arena, &o);

	o.help_reply = true;
	return r == OK ? orgs_put(tx, &o) : r;
}

static enum result
show_job(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct job job;
	enum result r = jobs_last(tx, h->org, "credentials", h->arena, &job);

	buf_reset(&h->out);
	if (r == OK) /* else it may have to be run again, and the record is none */
		record_write(job_fields, &job, &h->out);
	return r;
}

static enum result
opt_out(struct tx *tx, void *p)
{
	struct hand *h = p;

	return optout_set(tx, h->org, arg(h, 3), "person", "test");
}

/* ---- messages --------------------------------------------------------------------- */

static const char *
text_of(const struct hand *h)
{
	static char text[400];

	if (!has(h, "long"))
		return "Hello from the tests";
	memset(text, 'x', sizeof(text) - 1);
	return text;
}

static enum result
queue(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct submission s = {.org = h->org, .text = text_of(h), .by = "test"};
	struct submit_fault fault = {0};
	struct message *list;
	size_t count, i;
	long n = strtol(arg(h, 3), NULL, 10), first = strtol(arg(h, 4) + 2, NULL, 10), k;
	enum result r;

	buf_reset(&h->out);
	for (k = 0; k < n; k++)
		s.to = text_list_add(h->arena, s.to, arena_fmt(h->arena, "+1%010ld", first + k));
	s.reply = has(h, "reply");
	s.group = has(h, "group");
	for (i = 5; i < (size_t)h->argc; i++)
		if (strncmp(h->argv[i], "until=", 6) == 0)
			s.send_before = tx_now(tx) + strtol(h->argv[i] + 6, NULL, 10);
	if (submit_check(&s, h->arena, &fault) != 0) {
		fprintf(stderr, "hand: %s: %s\n", fault.field, fault.message);
		return REFUSED;
	}
	r = submit_queue(&h->app, tx, &s, h->arena, &list, &count, &fault);
	for (i = 0; r == OK && i < count; i++)
		buf_addf(&h->out, "%s%s", i > 0 ? " " : "", list[i].id);
	if (r == REFUSED)
		fprintf(stderr, "hand: %s\n", fault.message);
	return r;
}

static enum result
show(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct message_filter f = {.org = h->org, .limit = 200};
	struct message *list;
	const char *next = NULL;
	size_t n, i;
	enum result r;

	buf_reset(&h->out);
	buf_addc(&h->out, '[');
	do {
		f.before = next;
		r = messages_list(tx, &f, h->arena, &list, &n, &next);
		for (i = 0; r == OK && i < n; i++) {
			buf_adds(&h->out, h->out.len > 1 ? ",\n" : "");
			record_write(message_fields, &list[i], &h->out);
		}
	} while (r == OK && next != NULL);
	buf_addc(&h->out, ']');
	return r;
}

static enum result
move_due(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct message old, m;
	enum result r = messages_get(tx, h->org, arg(h, 3), true, h->arena, &old);

	if (r != OK)
		return r;
	m = old;
	m.due = tx_now(tx) + strtol(arg(h, 4), NULL, 10);
	return messages_put(tx, &old, &m);
}

static enum result
do_event(struct hand *h)
{
	char *text = arena_alloc(h->arena, 200000);
	size_t n = fread(text, 1, 199999, stdin);
	struct receive_result result;
	struct buf raw = BUF_INIT(200000);
	const char *why, *p;
	json *array = json_parse(text, n, 16, &why, NULL), *one = json_at(array, 0);
	enum result r;

	json_write(one, &raw);
	p = buf_str(&raw);
	r = receive_events(&h->app, h->org, &one, &p, &raw.len, 1, false, "test", &result);
	json_free(array);
	buf_free(&raw);
	return r;
}

/* ---- attachments ---------------------------------------------------------------------- */

static enum result
newest(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct message_filter f = {.org = h->org, .limit = 1};
	struct message *list;
	const char *next;
	size_t n = 0;
	enum result r = messages_list(tx, &f, h->arena, &list, &n, &next);

	buf_reset(&h->out);
	if (r == OK && n == 1)
		buf_adds(&h->out, list[0].id);
	return r;
}

static enum result
do_mms(struct hand *h)
{
	struct receive_result result;
	char id[MESSAGE_ID];
	json *event = json_object_new(), *message = json_object_new(), *to = json_array_new(),
	     *media = json_array_new();
	struct buf raw = BUF_INIT(2000000);
	const char *p, *to_number = arg(h, 3);
	enum result r;
	int i;

	message_id_new(clock_now(), id);
	json_put_text(event, "type", "message-received");
	json_put_text(event, "time", "2026-11-23T18:00:00.000Z");
	json_put_text(event, "to", to_number);
	json_put_text(message, "id", id);
	json_put_text(message, "direction", "in");
	json_put_text(message, "time", "2026-11-23T18:00:00.000Z");
	json_put_text(message, "from", "+19195550123");
	json_add_text(to, to_number);
	json_put(message, "to", to);
	json_put_text(message, "text", "");
	json_put_int(message, "segmentCount", 1);
	for (i = 4; i < h->argc; i++)
		json_add_text(media, h->argv[i]);
	json_put(message, "media", media);
	json_put(event, "message", message);
	json_write(event, &raw);
	p = buf_str(&raw);
	r = receive_events(&h->app, h->org, &event, &p, &raw.len, 1, false, "test", &result);
	json_free(event);
	buf_free(&raw);
	return r == OK ? store_read(h->app.store, newest, h) : r;
}

static enum result
show_media(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct media *list;
	size_t n = 0, i;
	enum result r = media_list(tx, h->org, arg(h, 3), h->arena, &list, &n);

	buf_reset(&h->out);
	buf_addc(&h->out, '[');
	for (i = 0; r == OK && i < n; i++) {
		buf_adds(&h->out, i > 0 ? ",\n" : "");
		record_write(media_fields, &list[i], &h->out);
	}
	buf_addc(&h->out, ']');
	return r;
}

static enum result
age_media(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct media old, m;
	unsigned place = (unsigned)strtoul(arg(h, 4), NULL, 10);
	enum result r = media_get(tx, h->org, arg(h, 3), place, true, h->arena, &old);

	if (r != OK)
		return r;
	m = old;
	m.created -= strtol(arg(h, 5), NULL, 10);
	m.due = tx_now(tx);
	return media_put(tx, &old, &m);
}

static enum result
remove_media(struct tx *tx, void *p)
{
	struct hand *h = p;

	return media_remove(tx, h->org, arg(h, 3));
}

/* ---- forgetting ------------------------------------------------------------------------ */

static enum result
do_forget(struct hand *h)
{
	struct forget_answer answer;
	enum result r =
	    forget_ask(&h->app, h->org, arg(h, 3), "test", "127.0.0.1", &answer);

	buf_adds(&h->out, answer.job);
	return r;
}

/* ---- waking ------------------------------------------------------------------------ */

static pthread_barrier_t barrier;

static void *
wake_thread(void *p)
{
	struct hand *h = p;

	pthread_barrier_wait(&barrier);
	wake_worker(&h->settings, h->app.store, (uint32_t)strtoul(arg(h, 3), NULL, 10));
	return NULL;
}

static enum result
do_wake(struct hand *h)
{
	long n = strtol(arg(h, 2), NULL, 10), i;
	pthread_t threads[64];
	int64_t began;

	if (n < 1 || n > 64)
		return REFUSED;
	pthread_barrier_init(&barrier, NULL, (unsigned)n);
	began = clock_mono();
	for (i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, wake_thread, h);
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	buf_addf(&h->out, "%d", (int)(clock_mono() - began));
	return OK;
}

/* ---- damage ------------------------------------------------------------------------ */

static enum result
ruin(struct tx *tx, void *p)
{
	struct hand *h = p;
	bool job = strcmp(arg(h, 3), "job") == 0, message = strcmp(arg(h, 3), "message") == 0;
	struct key k;

	key_start(&k);
	if (!job)
		key_org(&k, h->org);
	if (job || message)
		key_id(&k, arg(h, 4));
	else
		key_text(&k, arg(h, 4));
	return kv_put(tx, job ? T_JOBS : message ? T_MESSAGES : T_CONTACTS, &k, "}", 1);
}

static enum result
add_job(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct job job = {.org = h->org, .kind = "credentials", .by = "test"};

	return jobs_add(tx, &job, false);
}

static enum result
die(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct organization o;
	enum result r = orgs_get(tx, 1, true, h->arena, &o);

	if (r == OK)
		r = orgs_put(tx, &o);
	raise(SIGKILL);
	return r;
}

/* ---- the memory of duplicates --------------------------------------------------------- */

static enum result
add_seen(struct tx *tx, void *p)
{
	struct hand *h = p;
	int64_t then = tx_now(tx) - strtol(arg(h, 4), NULL, 10) * CLOCK_DAY;
	char when[24];
	enum result r = OK;
	struct key k;

	(void)snprintf(when, sizeof when, "%lld", (long long)then);
	for (long i = strtol(arg(h, 3), NULL, 10); r == OK && i > 0; i--) {
		unsigned char hash[32] = {(unsigned char)i, (unsigned char)(i >> 8),
		    (unsigned char)strlen(arg(h, 4)), (unsigned char)*arg(h, 4)};

		key_org(&k, h->org);
		key_bytes(&k, hash, sizeof hash);
		r = kv_put(tx, T_SEEN, &k, when, strlen(when));
	}
	return r;
}

static enum result
count_seen(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct key prefix;
	struct bytes key;
	struct cursor *c;
	long n = 0;
	enum result r;

	key_org(&prefix, h->org);
	c = cursor_open(tx, T_SEEN, &prefix, NULL, false);
	while ((r = cursor_next(c, &key, NULL)) == OK)
		n++;
	cursor_close(c);
	buf_addf(&h->out, "%ld", n);
	return r == NOT_FOUND ? OK : r;
}

/* ---- events ---------------------------------------------------------------------------- */

static enum result
add_event(struct tx *tx, void *p)
{
	struct hand *h = p;
	char id[MESSAGE_ID];
	struct stored_event e = {.org = h->org,
	    .id = id,
	    .raw = "{}",
	    .received = tx_now(tx) - strtol(arg(h, 3), NULL, 10) * CLOCK_DAY};

	message_id_new(e.received, id);
	return events_put(tx, &e);
}

static enum result
count_events(struct tx *tx, void *p)
{
	struct hand *h = p;
	struct stored_event *list;
	size_t n = 0;
	enum result r = events_list(tx, h->org, NULL, 100, tx_arena(tx), &list, &n);

	buf_addf(&h->out, "%zu", n);
	return r;
}

/* ---- main -------------------------------------------------------------------------- */

static enum result
run(struct hand *h, const char *command)
{
	static const struct {
		const char *name;
		tx_fn fn;
	} transactions[] = {{"org-show", show_org}, {"jobs", show_job}, {"opt-out", opt_out},
	    {"queue", queue}, {"show", show}, {"due", move_due}, {"die", die}, {"ruin", ruin},
	    {"again", add_job}, {"help-reply", help_reply}, {"media", show_media},
	    {"media-age", age_media}, {"media-remove", remove_media}, {"seen", add_seen},
	    {"seen-count", count_seen}, {"old-event", add_event}, {"events", count_events}};
	size_t i;

	for (i = 0; i < sizeof(transactions) / sizeof(transactions[0]); i++)
		if (strcmp(command, transactions[i].name) == 0)
			return store_run(h->app.store, transactions[i].fn, h);
	if (strcmp(command, "init") == 0)
		return meta_init(h->app.store, &h->settings);
	if (strcmp(command, "org") == 0)
		return do_org(h);
	if (strcmp(command, "many") == 0)
		return do_many(h);
	if (strcmp(command, "save") == 0)
		return do_save(h);
	if (strcmp(command, "event") == 0)
		return do_event(h);
	if (strcmp(command, "mms") == 0)
		return do_mms(h);
	if (strcmp(command, "forget") == 0)
		return do_forget(h);
	if (strcmp(command, "wake") == 0)
		return do_wake(h);
	if (strcmp(command, "pause") == 0)
		return outbox_pause(
		    &h->app, h->org, strcmp(arg(h, 3), "yes") == 0, "person", "test", "127.0.0.1");
	if (strcmp(command, "wake-if-due") == 0) {
		wake_if_due(&h->settings, h->app.store);
		return OK;
	}
	return REFUSED;
}

int
main(int argc, char **argv)
{
	struct hand h = {
	    .argc = argc, .argv = argv, .arena = arena_new(), .out = BUF_INIT(64 * 1024 * 1024)};
	struct buf why = BUF_INIT(8192);
	const char *command = argc > 1 ? argv[1] : "";
	struct store_options options = {
	    .stall_seconds = 30, .create = strcmp(command, "init") == 0};
	sigset_t set;
	enum result r;

	if (settings_load(h.arena, "/nonexistent", &h.settings, &why) != 0 ||
	    pipeline_read(
		h.settings.service_managers, h.settings.default_service, &h.pipeline, &why) != 0)
		return fail("settings", buf_str(&why));
	store_deferred_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	options.dir = h.settings.data_dir;
	options.settings = &h.settings;
	options.cache_bytes = h.settings.cache_bytes;
	h.app = (struct app){.settings = &h.settings, .pipeline = &h.pipeline};
	if (store_open(&options, (struct store **)&h.app.store, &why) != OK)
		return fail("store", buf_str(&why));
	h.org = (uint32_t)strtoul(arg(&h, 2), NULL, 10);
	r = run(&h, command);
	if (r == OK)
		r = store_flush(h.app.store);
	store_close(h.app.store);
	if (r != OK)
		return fail(command, arena_fmt(h.arena, "result %d", (int)r));
	puts(buf_str(&h.out));
	buf_free(&h.out);
	buf_free(&why);
	arena_free(h.arena);
	return 0;
}
