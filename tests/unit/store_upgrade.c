/*
 * store_upgrade.c: a store of a version that did not keep unknown texts in the queue: they come
 * into it when the store is opened, and nothing else does.
 */
#include "org/message.h"
#include "store/format.h"
#include "store/messages.h"
#include "store/orgs.h"
#include "store/verify.h"
#include "store_try.h"

#define EACH 150 /* more than a piece */

static char held[MESSAGE_ID];

static enum result
put(struct tx *tx, uint32_t org, int i, const char *why)
{
	struct message m = {.org = org,
	    .out = true,
	    .contact_number = arena_fmt(tx_arena(tx), "+1919555%04d", i),
	    .user_number = "+19195550100",
	    .text = "Hello",
	    .send_before = 1,
	    .due = 1000 + i,
	    .held_why = why};
	char id[MESSAGE_ID];

	message_id_new(tx_now(tx), id);
	if (why != NULL)
		memcpy(held, id, sizeof held);
	m.id = arena_str(tx_arena(tx), id);
	message_set_state(&m, STATE_UNKNOWN);
	return messages_put(tx, NULL, &m);
}

static enum result
fill(struct tx *tx, void *arg)
{
	struct organization one = {.name = "One"}, none = {.name = "None"}, two = {.name = "Two"};
	enum result r = orgs_create(tx, &one);
	int i;

	(void)arg;
	if (r == OK)
		r = orgs_create(tx, &none);
	if (r == OK)
		r = orgs_create(tx, &two);
	for (i = 0; r == OK && i < EACH; i++)
		r = put(tx, 1, i, NULL);
	if (r == OK)
		r = put(tx, 3, 0, "unknown-open");
	return r == OK ? put(tx, 3, 1, NULL) : r;
}

/* As the older version left it. */
static enum result
forget(struct tx *tx, void *arg)
{
	struct key looks;
	struct cursor *c;
	struct bytes key;
	int *n = arg;
	enum result r;

	*n = 0;
	key_start(&looks);
	key_u8(&looks, QUEUE_LOOKS);
	c = cursor_open(tx, T_QUEUE, &looks, NULL, false);
	cursor_for_update(c);
	while ((r = cursor_next(c, &key, NULL)) == OK && (r = cursor_del(c)) == OK)
		++*n;
	cursor_close(c);
	return r == NOT_FOUND ? OK : r;
}

static void
say(void *arg, const char *sentence)
{
	(void)arg;
	printf("# %s\n", sentence);
}

static size_t
faults(void)
{
	struct verify v = {.say = say};

	return verify_meaning(try_store, &v) == OK ? v.faults : 9999;
}

/* Takes a step out of the file that says which were done. */
static void
set_back(void)
{
	char path[1200], text[8192], done[20];
	FILE *f;
	size_t n;
	char *at;

	(void)snprintf(path, sizeof path, "%s/format", try_dir);
	f = fopen(path, "r+");
	n = f != NULL ? fread(text, 1, sizeof text - 1, f) : 0;
	text[n] = '\0';
	(void)snprintf(done, sizeof done, "steps %d\n", FORMAT_STEPS);
	at = strstr(text, done);
	if (!ok(at != NULL, "the store says that it has had all steps"))
		return;
	at[6] = '1';
	rewind(f);
	(void)fwrite(text, 1, n, f);
	(void)fclose(f);
}

static enum result
first(struct tx *tx, void *arg)
{
	struct queue_entry e;

	(void)arg;
	ok(queue_first(tx, QUEUE_LOOKS, 1, 2000, NULL, &e) == OK && e.due == 1000,
	    "the first is found at its time");
	ok(queue_first(tx, QUEUE_LOOKS, 3, 2000, NULL, &e) == OK && e.due == 1001 &&
		strcmp(e.id, held) != 0,
	    "and that of another organization, but not the one that waits for a person");
	return OK;
}

int
main(void)
{
	int n = 0;

	try_open();
	try_run(fill, NULL);
	is_int(faults(), 0, "a store with unknown texts is whole");
	try_run(forget, &n);
	is_int(n, EACH + 1, "they were in the queue");
	is_int(faults(), EACH + 1, "without that they are missed");
	store_close(try_store);
	set_back();
	try_attach(false);
	is_int(faults(), 0, "opened as an older store it is whole");
	try_run(first, NULL);
	try_close();
	return done_testing();
}
