/*
 * texting_race.c: a worker, two receivers that hear everything twice, and people
 * who say STOP, all at once: every text goes out at most once, none to who
 * said STOP before it was claimed, and never two at a time to one person.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "texting_heard.h"

#define PEOPLE 12
#define EACH 6
#define TEXTS (PEOPLE * EACH)
#define INBOUND 200
#define RECEIPTS (TEXTS * 2)

static char people[PEOPLE][16];
static char ids[TEXTS][MESSAGE_ID];

/* What a worker wrote for the receivers: receipts to be heard, in any order. */
static char *receipts[RECEIPTS];
static atomic_int receipt_count;
static atomic_bool worker_done; /* asks the worker to end */
static atomic_bool told;        /* the worker has ended: no more receipts will come */

static atomic_int stopped[PEOPLE]; /* set when a STOP's answer was given */
static atomic_int posted[TEXTS];
static atomic_int open_pairs[PEOPLE];
static atomic_int stored, duplicates, failures;
static atomic_int twice, after_stop, together;

static int
person_of(const char *number)
{
	int i = 0;

	while (i < PEOPLE && strcmp(people[i], number) != 0)
		i++;
	return i;
}

/* ---- receiving ----------------------------------------------------------------------- */

static void
hear(const char *raw)
{
	struct receive_result r = {0};
	size_t n = strlen(raw);
	const char *why;
	json *event = json_parse(raw, n, 16, &why, NULL);

	if (receive_events(&kit_app, kit_one, &event, &raw, &n, 1, false, "race", &r) != OK)
		atomic_fetch_add(&failures, 1);
	atomic_fetch_add(&stored, (int)r.stored);
	atomic_fetch_add(&duplicates, (int)r.duplicates);
	json_free(event);
}

static char *
inbound(int i, const char *from, const char *text)
{
	static const char form[] =
	    "{\"type\":\"message-received\",\"to\":\"" OUR "\",\"message\":{\"id\":\"r%d\","
	    "\"direction\":\"in\",\"to\":[\"" OUR "\"],\"from\":\"%s\",\"text\":\"%s\"}}";
	char *raw = malloc(512);

	(void)snprintf(raw, 512, form, i, from, text);
	return raw;
}

/* Hears all that is to be heard, its own way round; both receivers hear the same. */
static void *
receiver(void *arg)
{
	int step = *(const int *)arg, i, heard = 0;
	char *raw;

	for (i = 0; i < INBOUND; i++) {
		raw = inbound(step > 0 ? i : INBOUND - 1 - i,
		    people[(step > 0 ? i : INBOUND - 1 - i) % PEOPLE], "Hi");
		hear(raw);
		free(raw);
	}
	while (!atomic_load(&told) || heard < atomic_load(&receipt_count)) {
		if (heard < atomic_load(&receipt_count))
			hear(receipts[heard++]);
		else
			clock_sleep(1);
	}
	return NULL;
}

static void *
stopper(void *arg)
{
	char *raw;
	int i;

	(void)arg;
	for (i = 0; i < PEOPLE; i += 2) {
		clock_sleep(15);
		raw = inbound(100000 + i, people[i], "STOP");
		hear(raw);
		free(raw);
		atomic_store(&stopped[i], 1);
	}
	return NULL;
}

/* ---- sending ---------------------------------------------------------------------------- */

static void
tell(const char *type, const struct claim *c)
{
	static const char form[] =
	    "{\"type\":\"%s\",\"to\":\"%s\",\"message\":{\"id\":\"s-%s\",\"direction\":"
	    "\"out\",\"to\":[\"%s\"],\"from\":\"%s\",\"tag\":\"%s\"}}";
	int i = atomic_load(&receipt_count);

	receipts[i] = malloc(512);
	(void)snprintf(receipts[i], 512, form, type, c->message.contact_number, c->message.id,
	    c->message.contact_number, c->message.user_number, c->tag);
	atomic_store(&receipt_count, i + 1);
}

static void
post(const struct claim *c, bool was_stopped)
{
	int person = person_of(c->message.contact_number), i = 0;
	struct post_answer a = {.outcome = POST_ACCEPTED, .status = 202};
	char service[40];

	while (i < TEXTS && strcmp(ids[i], c->message.id) != 0)
		i++;
	if (atomic_fetch_add(&posted[i], 1) > 0)
		atomic_fetch_add(&twice, 1);
	if (was_stopped)
		atomic_fetch_add(&after_stop, 1);
	if (atomic_fetch_add(&open_pairs[person], 1) > 0)
		atomic_fetch_add(&together, 1);
	tell("message-delivered", c);
	clock_sleep(1);
	(void)snprintf(service, sizeof service, "s-%s", c->message.id);
	a.service_id = service;
	atomic_fetch_sub(&open_pairs[person], 1);
	if (outbox_finish(&kit_app, kit_one, c->message.id, &a) != OK)
		atomic_fetch_add(&failures, 1);
	tell("message-sent", c);
}

static bool
turn(int class_)
{
	struct arena *a = arena_new();
	struct queue_entry after;
	bool has_after = false, before[PEOPLE], done = false;
	struct claim c;
	int i, tries;
	enum claim_result r = CLAIM_LATER;

	for (tries = 0;
	     tries < 50 && (r == CLAIM_DONE || (r == CLAIM_LATER && (tries == 0 || has_after)));
	     tries++) {
		for (i = 0; i < PEOPLE; i++)
			before[i] = atomic_load(&stopped[i]) != 0;
		r = outbox_claim(&kit_app, class_, kit_one, 1000, a, &c, &after, &has_after);
	}
	if (r == CLAIM_POST) {
		post(&c, before[person_of(c.message.contact_number)]);
		done = true;
	} else if (r == CLAIM_ERROR) {
		atomic_fetch_add(&failures, 1);
	}
	arena_free(a);
	return done;
}

static size_t
waiting(void)
{
	size_t n = 0;
	int i;

	for (i = 0; i < TEXTS; i++)
		n += strcmp(kit_state(kit_one, ids[i]), "queued") == 0;
	return n;
}

static void *
worker(void *arg)
{
	(void)arg;
	while (!atomic_load(&worker_done)) {
		if (!turn(0) && !turn(1))
			clock_sleep(2);
	}
	return NULL;
}

int
main(void)
{
	static const int forwards = 1, backwards = -1;
	pthread_t threads[4];
	size_t left, out;
	int64_t end;
	int i;

	kit_open();
	kit_number(kit_one, OUR2, "in-service");
	for (i = 0; i < PEOPLE; i++)
		(void)snprintf(people[i], sizeof people[i], "+191955504%02d", i);
	for (i = 0; i < TEXTS; i++)
		(void)snprintf(
		    ids[i], sizeof ids[i], "%s", kit_send(kit_one, people[i % PEOPLE], "Hello"));
	(void)pthread_create(&threads[0], NULL, worker, NULL);
	(void)pthread_create(&threads[1], NULL, receiver, (void *)(uintptr_t)&forwards);
	(void)pthread_create(&threads[2], NULL, receiver, (void *)(uintptr_t)&backwards);
	(void)pthread_create(&threads[3], NULL, stopper, NULL);
	end = clock_mono() + 60 * CLOCK_SECOND;
	while ((left = waiting()) > 0 && clock_mono() < end)
		clock_sleep(50);
	(void)pthread_join(threads[3], NULL);
	atomic_store(&worker_done, true);
	(void)pthread_join(threads[0], NULL);
	atomic_store(&told, true);
	for (i = 1; i < 3; i++)
		(void)pthread_join(threads[i], NULL);

	is_int(left, 0, "nothing is left waiting");
	is_int(atomic_load(&failures), 0, "nothing failed");
	is_int(atomic_load(&twice), 0, "no text went out twice");
	is_int(atomic_load(&after_stop), 0, "none to who had said STOP");
	is_int(atomic_load(&together), 0, "never two at a time to one person");
	for (i = 0, out = 0; i < TEXTS; i++) {
		out += atomic_load(&posted[i]) > 0;
		if (atomic_load(&posted[i]) == 0 &&
		    strcmp(kit_state(kit_one, ids[i]), "cancelled") != 0)
			printf("# %s is lost\n", ids[i]);
		if (atomic_load(&posted[i]) > 0 &&
		    strcmp(kit_state(kit_one, ids[i]), "delivered") != 0)
			printf("# %s is %s\n", ids[i], kit_state(kit_one, ids[i]));
	}
	ok(out >= TEXTS / 2 && out <= TEXTS, "%zu of %d went out", out, TEXTS);
	for (i = 0, left = 0; i < TEXTS; i++)
		left += strcmp(kit_state(kit_one, ids[i]),
			    atomic_load(&posted[i]) > 0 ? "delivered" : "cancelled") == 0;
	is_int(left, TEXTS, "what went out was delivered, what did not was taken back");
	is_int(atomic_load(&stored), INBOUND + PEOPLE / 2 + (int)(out * 2),
	    "each event was stored once");
	is_int(atomic_load(&duplicates), INBOUND + (int)(out * 2), "and heard twice");
	for (i = 0; i < atomic_load(&receipt_count); i++)
		free(receipts[i]);
	kit_close();
	return done_testing();
}
