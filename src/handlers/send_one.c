/*
 * send_one.c: queues one text from a page, once however often it is asked (send_one.h).
 */
#include "handlers/send_one.h"

#include <string.h>

#include "base/arena.h"
#include "http/parts.h"
#include "org/message.h"
#include "store/audit.h"
#include "store/idempotency.h"

#define ONCE_BYTES 16
#define ONCE_TOKEN "page" /* stands where an API call has its token */
#define ONCE_MAX 64

void
send_one_word(struct buf *b)
{
	unsigned char random[ONCE_BYTES];
	char text[2 * ONCE_BYTES + 1];

	crypto_random(random, sizeof(random));
	hex_text(random, sizeof(random), text);
	part_hidden(b, "once", text);
}

/* What the first press made; the answer kept for it is the message's id. */
static enum result
first_answer(struct tx *tx, struct send_one *s)
{
	int status = 0;
	const char *answer = NULL;
	enum result result = idempotency_get(
	    tx, s->req->org, ONCE_TOKEN, s->once, s->body, s->req->arena, &status, &answer);

	if (result == OK && answer && strlen(answer) == MESSAGE_ID + 1 && answer[0] == '"')
		s->id = arena_dup(s->req->arena, answer + 1, MESSAGE_ID - 1);
	return result;
}

static enum result
note_sent(struct tx *tx, const struct send_one *s)
{
	const struct audit entry = {
	    .org = s->req->org,
	    .time = tx_now(tx),
	    .who = s->req->session->email,
	    .from = s->req->client,
	    .what = "send",
	    .detail = s->id,
	};

	return audit_add(tx, &entry);
}

static enum result
queue(struct tx *tx, void *arg)
{
	struct send_one *s = arg;
	struct message *messages = NULL;
	enum result result = NOT_FOUND;
	size_t count = 0;

	s->id = NULL;
	if (s->once)
		result = first_answer(tx, s);
	if (result != NOT_FOUND)
		return result;
	result =
	    submit_queue(s->app, tx, &s->submission, s->req->arena, &messages, &count, &s->fault);
	if (result != OK)
		return result;
	s->id = messages[0].id;
	s->state = messages[0].state;
	if (s->once)
		result = idempotency_put(tx, s->req->org, ONCE_TOKEN, s->once, s->body, 303,
		    arena_fmt(s->req->arena, "\"%s\"", s->id));
	if (result == OK && s->also)
		result = s->also(tx, s);
	return result == OK ? note_sent(tx, s) : result;
}

/* The form's word and what was written: going back and writing something else is another text. */
static void
set_once(struct send_one *s)
{
	const char *once = form_get(&s->req->form, "once");
	char hex[SHA256_HEX];
	const char *all;

	if (!once || !*once || strlen(once) > ONCE_MAX)
		return;
	all = arena_fmt(
	    s->req->arena, "%s\n%s\n%s", once, s->submission.to.items[0], s->submission.text);
	crypto_sha256(all, strlen(all), s->body);
	hex_text(s->body, sizeof(s->body), hex);
	s->once = arena_str(s->req->arena, hex);
}

enum result
send_one(struct send_one *s, struct response *res)
{
	enum result result;

	set_once(s);
	if (submit_check(&s->submission, s->req->arena, &s->fault) != 0)
		return REFUSED;
	result = frame_change(s->app, s->req, res, queue, s);
	if (result == OK && !s->id) {
		frame_error(s->req, res, DAMAGED);
		return DAMAGED;
	}
	if (result == OK)
		res->wake = true;
	return result;
}
