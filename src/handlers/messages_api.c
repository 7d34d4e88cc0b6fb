/*
 * messages_api.c: reading messages back, following their changes, and taking back what is still
 * queued.
 *
 * Sending stands in messages_api_create.c.
 */
#include "handlers/handlers.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/parse.h"
#include "base/phone.h"
#include "handlers/api.h"
#include "store/media.h"
#include "store/messages.h"
#include "texting/outbox.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MOST 200
#define ROUNDS 20 /* pages of changes looked through for one answer */
/* Of an answer; a list that would be larger ends sooner, and "next" goes on from there. */
#define LIST_BYTES (RESPONSE_MAX / 2)

/* ---- one message ------------------------------------------------------- */

struct one {
	const struct app *app;
	const struct request *request;
	struct message message;
	struct media *media;
	size_t media_count;
};

/* Its attachments, if any can be there: its own list of them may have gone with its words. */
static enum result
read_attachments(struct tx *tx, const struct request *request, const struct message *m,
    struct media **list, size_t *count)
{
	*count = 0;
	if (m->out || (m->media.count == 0 && m->text_removed == 0) || m->media_removed != 0)
		return OK;
	return media_list(tx, request->org, m->id, request->arena, list, count);
}

static enum result
read_one(struct tx *tx, void *arg)
{
	struct one *one = arg;
	uint32_t org = one->request->org;
	enum result r =
	    messages_get(tx, org, one->request->item, false, one->request->arena, &one->message);
	if (r == OK)
		r = read_attachments(
		    tx, one->request, &one->message, &one->media, &one->media_count);
	return r == OK ? outbox_show_held(one->app, tx, org, &one->message, 1) : r;
}

static void
answer_one(const struct app *app, struct request *request, struct response *response)
{
	struct one one = {.app = app, .request = request};
	enum result r = NOT_FOUND;
	if (message_id_valid(request->item))
		r = store_read(app->store, read_one, &one);
	if (r == NOT_FOUND) {
		response_error(request, response, 404, "not_found",
		    "The organization has no such message.", NULL);
		return;
	}
	if (r != OK) {
		response_failed(request, response, r);
		return;
	}
	json *answer = api_message(app->settings, &one.message, one.media, one.media_count);
	if (app->settings->rehearsal)
		json_put_bool(answer, "rehearsal", true);
	response_json(response, 200, answer);
	json_free(answer);
}

void
handle_message_get(const struct app *app, struct request *request, struct response *response)
{
	answer_one(app, request, response);
}

void
handle_message_delete(const struct app *app, struct request *request, struct response *response)
{
	const char *why = NULL;
	enum result r = NOT_FOUND;
	if (message_id_valid(request->item))
		r = outbox_cancel(app, request->org, request->item,
		    arena_fmt(request->arena, "token %s", request->token->id), request->client,
		    &why);
	if (r == REFUSED)
		response_error(request, response, 409, "not_cancellable",
		    why != NULL ? why : "Only what is still queued can be taken back.", NULL);
	else if (r == OK || r == NOT_FOUND)
		answer_one(app, request, response);
	else
		response_failed(request, response, r);
}

/* ---- lists --------------------------------------------------------------- */

struct query {
	const struct app *app;
	const struct request *request;
	struct message_filter filter;
	bool oldest;   /* in the order of commits */
	int64_t after; /* its cursor: a sequence number */
	struct message *messages;
	struct media **media; /* of each message */
	size_t *media_count;
	size_t count;
	const char *next;
};

struct parameter {
	const char *name;
	/* NULL, or what is wrong. */
	const char *(*take)(struct query *, const char *value);
};

static const char *
take_direction(struct query *q, const char *value)
{
	q->filter.direction = strcmp(value, "in") == 0 ? 'i' : 'o';
	return strcmp(value, "in") == 0 || strcmp(value, "out") == 0 ? NULL : "It is in or out.";
}

static const char *
take_contact(struct query *q, const char *value)
{
	char number[PHONE_MAX];
	const char *why = NULL;
	if (phone_is_short_code(value))
		q->filter.contact = value;
	else if (phone_normalize(value, number, &why) != 0)
		return why;
	else
		q->filter.contact = arena_str(q->request->arena, number);
	return NULL;
}

static const char *
take_state(struct query *q, const char *value)
{
	enum message_state state;
	q->filter.state = value;
	return state_parse(value, &state) == 0
		   ? NULL
		   : "It is received, queued, held, sending, unknown, sent, delivered, failed or cancelled.";
}

static const char *
take_since(struct query *q, const char *value)
{
	return clock_parse(value, &q->filter.since) == 0
		   ? NULL
		   : "It is a time as in RFC 3339: 2026-12-01T21:00:00Z.";
}

static const char *
take_limit(struct query *q, const char *value)
{
	uint64_t n = 0;
	if (parse_u64(value, strlen(value), 1, LIMIT_MOST, &n) != 0)
		return "It is a number from 1 to 200.";
	q->filter.limit = (size_t)n;
	return NULL;
}

static const char *
take_order(struct query *q, const char *value)
{
	q->oldest = strcmp(value, "oldest") == 0;
	return q->oldest || strcmp(value, "newest") == 0 ? NULL : "It is newest or oldest.";
}

/* After the order: its two kinds of cursors look different, so that none is taken for the other. */
static const char *
take_cursor(struct query *q, const char *value)
{
	static const char bad[] = "It must be what \"next\" said, with the same order.";
	if (!q->oldest) {
		q->filter.before = value;
		return message_id_valid(value) ? NULL : bad;
	}
	if (value[0] != 'c' ||
	    parse_i64(value + 1, strlen(value + 1), 0, INT64_MAX, &q->after) != 0)
		return bad;
	return NULL;
}

static const struct parameter parameters[] = {
    {"direction", take_direction},
    {"contact", take_contact},
    {"state", take_state},
    {"since", take_since},
    {"limit", take_limit},
    {"order", take_order},
    {"cursor", take_cursor},
};
#define PARAMETERS (sizeof parameters / sizeof parameters[0])

static bool
is_known(const char *name)
{
	for (size_t i = 0; i < PARAMETERS; i++) {
		if (strcmp(parameters[i].name, name) == 0)
			return true;
	}
	return false;
}

/* In the table's order.  -1 with the answer ready. */
static int
read_query(struct query *q, const struct request *request, struct response *response)
{
	for (size_t i = 0; i < request->query.count; i++) {
		const char *name = request->query.fields[i].name;
		if (is_known(name))
			continue;
		response_error(request, response, 400, "unknown_parameter",
		    "There is no such parameter.", name);
		return -1;
	}
	for (size_t i = 0; i < PARAMETERS; i++) {
		const char *value = form_get(&request->query, parameters[i].name);
		const char *fault = value != NULL ? parameters[i].take(q, value) : NULL;
		if (fault == NULL)
			continue;
		response_error(
		    request, response, 400, "invalid_parameter", fault, parameters[i].name);
		return -1;
	}
	return 0;
}

static enum result
read_newest(struct tx *tx, struct query *q)
{
	return messages_list(tx, &q->filter, q->request->arena, &q->messages, &q->count, &q->next);
}

static bool
is_wanted(const struct message_filter *f, const struct message *m)
{
	if (f->direction != 0 && m->out != (f->direction == 'o'))
		return false;
	if (f->contact != NULL &&
	    (m->contact_number == NULL || strcmp(f->contact, m->contact_number) != 0))
		return false;
	if (f->state != NULL && (m->state == NULL || strcmp(f->state, m->state) != 0))
		return false;
	return m->created >= f->since;
}

/* The cursor moves past what is not wanted, too; it is always given, to go on with later. */
static enum result
read_oldest(struct tx *tx, struct query *q)
{
	struct arena *arena = q->request->arena;
	int64_t after = q->after;
	q->count = 0;
	q->messages = arena_alloc(arena, q->filter.limit * sizeof *q->messages);
	for (int round = 0; round < ROUNDS && q->count < q->filter.limit; round++) {
		struct message *list = NULL;
		size_t n = 0;
		int64_t next = after;
		enum result r = messages_changes(tx, q->request->org, after,
		    q->filter.limit - q->count, arena, &list, &n, &next);
		if (r != OK)
			return r;
		for (size_t i = 0; i < n; i++) {
			if (is_wanted(&q->filter, &list[i]))
				q->messages[q->count++] = list[i];
		}
		if (next == after)
			break;
		after = next;
	}
	q->next = arena_fmt(arena, "c%" PRId64, after);
	return OK;
}

static enum result
read_query_result(struct tx *tx, void *arg)
{
	struct query *q = arg;
	enum result r = q->oldest ? read_oldest(tx, q) : read_newest(tx, q);
	q->media = arena_alloc(q->request->arena, (q->count + 1) * sizeof *q->media);
	q->media_count = arena_alloc(q->request->arena, (q->count + 1) * sizeof *q->media_count);
	for (size_t i = 0; r == OK && i < q->count; i++)
		r = read_attachments(
		    tx, q->request, &q->messages[i], &q->media[i], &q->media_count[i]);
	return r == OK ? outbox_show_held(q->app, tx, q->request->org, q->messages, q->count) : r;
}

/* At most so many bytes of JSON, nearly. */
static size_t
size_of(const struct message *m, size_t attachments)
{
	size_t n = 2048 + 1024 * attachments;
	n += m->text != NULL ? 6 * strlen(m->text) : 0;
	for (size_t i = 0; i < m->media.count; i++)
		n += 4 * strlen(m->media.items[i]) + 8;
	for (size_t i = 0; i < m->group.count; i++)
		n += 2 * strlen(m->group.items[i]) + 8;
	return n;
}

/* Leaves out what would make the answer too large. */
static void
cut_list(struct query *q)
{
	size_t bytes = 0;
	for (size_t i = 0; i < q->count; i++) {
		bytes += size_of(&q->messages[i], q->media_count[i]);
		if (i == 0 || bytes <= LIST_BYTES)
			continue;
		const struct message *last = &q->messages[i - 1];
		q->next =
		    q->oldest ? arena_fmt(q->request->arena, "c%" PRId64, last->seq) : last->id;
		q->count = i;
	}
}

void
handle_message_list(const struct app *app, struct request *request, struct response *response)
{
	struct query q = {.app = app, .request = request};
	q.filter.org = request->org;
	q.filter.limit = LIMIT_DEFAULT;
	if (read_query(&q, request, response) != 0)
		return;
	enum result r = store_read(app->store, read_query_result, &q);
	if (r != OK) {
		response_failed(request, response, r);
		return;
	}
	cut_list(&q);
	json *answer = api_answer(app->settings);
	json *list = json_array_new();
	for (size_t i = 0; i < q.count; i++)
		json_add(
		    list, api_message(app->settings, &q.messages[i], q.media[i], q.media_count[i]));
	json_put(answer, "messages", list);
	json_put_text(answer, "next", q.next);
	response_json(response, 200, answer);
	json_free(answer);
}
