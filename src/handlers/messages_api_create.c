/*
 * messages_api_create.c: POST …/messages: the submission and the record of its answer go into the
 * store together, so that a repeated request gets the first answer and sends nothing.
 *
 * Two equal requests at once wait for each other in the store: the second one gets the first
 * one's answer.
 */
#include "handlers/handlers.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/parse.h"
#include "base/settings.h"
#include "handlers/api.h"
#include "store/idempotency.h"
#include "texting/outbox.h"
#include "texting/submit.h"

#define FEW 4 /* texts of one request that may share a transaction with other requests */
#define DEPTH 8
#define KEY_LONGEST 255
#define KEY_TEXT (2 + SHA256_HEX)

struct create {
	const struct app *app;
	const struct request *request;
	struct submission s;
	struct submit_fault fault;
	char key[KEY_TEXT]; /* "" when the request has none */
	unsigned char body_hash[SHA256_BYTES];
	bool again; /* answered before */
	bool other_body;
	int status;
	const char *answer; /* JSON text */
};

/* Keys of header and body do not meet; hashed, because the store limits their length. */
static int
read_key(struct create *c, const struct request *request, struct submit_fault *f)
{
	unsigned char hash[SHA256_BYTES];
	const char *header = request->idempotency_key;
	const char *key = header != NULL ? header : c->s.reference;
	c->key[0] = '\0';
	if (header != NULL && (header[0] == '\0' || strlen(header) > KEY_LONGEST ||
				  !text_valid(header, strlen(header), false))) {
		*f = (struct submit_fault){"invalid_key",
		    "The header Idempotency-Key must have 1 to 255 bytes and no control characters.",
		    "Idempotency-Key"};
		return -1;
	}
	if (key == NULL || key[0] == '\0')
		return 0;
	c->key[0] = header != NULL ? 'k' : 'r';
	c->key[1] = ':';
	crypto_sha256(key, strlen(key), hash);
	hex_text(hash, sizeof hash, c->key + 2);
	return 0;
}

static const char *
answer_text(const struct create *c, const struct message *messages, size_t count)
{
	struct buf text = BUF_INIT(RESPONSE_MAX);
	json *answer = api_answer(c->app->settings);
	json *list = json_array_new();
	for (size_t i = 0; i < count; i++)
		json_add(list, api_submitted(&messages[i]));
	json_put(answer, "messages", list);
	json_write(answer, &text);
	json_free(answer);
	const char *copy = text.failed ? NULL : arena_dup(c->request->arena, text.data, text.len);
	buf_free(&text);
	return copy;
}

static enum result
look_up(struct tx *tx, struct create *c)
{
	enum result r = idempotency_get(tx, c->s.org, c->request->token->id, c->key, c->body_hash,
	    c->request->arena, &c->status, &c->answer);
	c->again = r == OK;
	c->other_body = r == REFUSED;
	return r;
}

/* Was it answered before?  Reads only. */
static enum result
answered(struct tx *tx, void *arg)
{
	struct create *c = arg;
	c->again = c->other_body = false;
	return look_up(tx, c);
}

/*
 * REFUSED with the fault if it can't be sent.  A repeated request gets its first answer though its
 * deadline has passed meanwhile; while nobody can tell whether it is one, that is no fault of it.
 */
static enum result
check(struct create *c)
{
	enum result r = NOT_FOUND;
	if (submit_check(&c->s, c->request->arena, &c->fault) == 0)
		return OK;
	if (c->key[0] != '\0')
		r = store_run(c->app->store, answered, c);
	return r == NOT_FOUND ? REFUSED : r;
}

static enum result
create(struct tx *tx, void *arg)
{
	struct create *c = arg;
	struct message *messages = NULL;
	size_t count = 0;
	enum result r = NOT_FOUND;
	c->again = c->other_body = false;
	c->fault = (struct submit_fault){NULL, NULL, NULL};
	if (c->key[0] != '\0')
		r = look_up(tx, c);
	if (r != NOT_FOUND)
		return r;
	r = submit_queue(c->app, tx, &c->s, c->request->arena, &messages, &count, &c->fault);
	if (r == OK)
		r = outbox_show_held(c->app, tx, c->s.org, messages, count);
	if (r != OK)
		return r;
	c->status = 202;
	c->answer = answer_text(c, messages, count);
	if (c->answer == NULL)
		return FAILED;
	if (c->key[0] == '\0')
		return OK;
	return idempotency_put(
	    tx, c->s.org, c->request->token->id, c->key, c->body_hash, c->status, c->answer);
}

static void
answer_result(
    const struct request *request, struct response *response, const struct create *c, enum result r)
{
	if (r == OK) {
		response->status = c->status;
		response->content_type = "application/json; charset=utf-8";
		buf_adds(&response->body, c->answer);
		buf_addc(&response->body, '\n');
		if (c->again)
			response_header(response, "Idempotent-Replayed", "true");
		response->wake = !c->again;
	} else if (c->other_body) {
		response_error(request, response, 422, "key_reused",
		    request->idempotency_key != NULL
			? "This Idempotency-Key was used before with another body."
			: "This reference was used before with another body.",
		    request->idempotency_key != NULL ? "Idempotency-Key" : "reference");
	} else if (r == REFUSED && c->fault.code != NULL) {
		api_fault(request, response, &c->fault);
	} else {
		response_failed(request, response, r);
	}
}

void
handle_message_create(const struct app *app, struct request *request, struct response *response)
{
	const char *why = NULL;
	struct create c = {.app = app, .request = request};
	json *body = json_parse(request->body, request->body_len, DEPTH, &why, NULL);
	if (body == NULL && why != NULL) {
		response_error(request, response, 400, "invalid_json", why, NULL);
		return;
	}
	c.s.org = request->org;
	c.s.token = request->token;
	crypto_sha256(request->body, request->body_len, c.body_hash);
	if (api_read_submission(body, request->arena, &c.s, &c.fault) != 0 ||
	    read_key(&c, request, &c.fault) != 0) {
		api_fault(request, response, &c.fault);
		goto done;
	}
	enum result r = check(&c);
	if (r == OK && !c.again)
		r = c.s.to.count <= FEW ? store_run_durably(app->store, create, &c)
					: store_run(app->store, create, &c);
	answer_result(request, response, &c, r);
done:
	json_free(body);
}
