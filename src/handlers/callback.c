/*
 * callback.c: Bandwidth's callbacks.  200 means that every event of it is on disk; anything else
 * makes Bandwidth send it again.
 *
 * The password was checked before the body was read; whether there is such an organization shows
 * in the transaction that stores.  What the events do is receive.c's business.
 */
#include "handlers/handlers.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "org/event.h"
#include "org/message.h"
#include "org/organization.h"
#include "store/counters.h"
#include "store/events.h"
#include "store/jobs.h"
#include "store/orgs.h"
#include "texting/receive.h"

#define BATCH 100 /* events a transaction */
#define EVENT_MAX ((size_t)8 * 1024 * 1024)

struct kept {
	const struct request *request;
	const char *why;
};

static enum result
keep_body(struct tx *tx, void *arg)
{
	const struct kept *kept = arg;
	const struct request *request = kept->request;
	struct organization org;
	enum result r = orgs_get(tx, request->org, false, tx_arena(tx), &org);
	if (r != OK)
		return r;
	r = tray_put_body(
	    tx, request->org, request->body, request->body_len, kept->why, request->id);
	return r == EXISTS || r == REFUSED ? OK : r;
}

/* Nothing is on disk. */
static void
answer_failed(struct request *request, struct response *response, enum result r)
{
	if (r == NOT_FOUND)
		response_error(
		    request, response, 404, "not_found", "There is nothing at this address.", NULL);
	else
		response_failed(request, response, r);
}

/* It cannot be read, so that sending it again will not help; a person can look at it. */
static void
refuse_body(const struct app *app, struct request *request, struct response *response,
    const char *why, size_t at)
{
	struct kept kept = {request, arena_fmt(request->arena, "%s (at byte %zu)", why, at)};
	log_warn(
	    "callback for organization %u cannot be read: %s", (unsigned)request->org, kept.why);
	enum result r = store_run(app->store, keep_body, &kept);
	if (r != OK)
		answer_failed(request, response, r);
	else
		response_error(request, response, 400, "not_json", kept.why, NULL);
}

/* The next events, at most a transaction's worth. */
static enum result
take_batch(const struct app *app, const struct request *request, json *const *events, size_t count,
    struct receive_result *total)
{
	const char *raw[BATCH];
	size_t rawlen[BATCH];
	struct receive_result got = {0};
	struct buf text = BUF_INIT(EVENT_MAX);
	for (size_t i = 0; i < count; i++) {
		buf_reset(&text);
		json_write(events[i], &text);
		if (text.failed) {
			buf_free(&text);
			log_error("an event of a callback is too large");
			return FAILED;
		}
		raw[i] = arena_dup(request->arena, text.data, text.len);
		rawlen[i] = text.len;
	}
	buf_free(&text);
	enum result r = receive_events(app, request->org, events, raw, rawlen, count,
	    request->callback_previous, request->id, &got);
	if (r == OK) {
		total->stored += got.stored;
		total->duplicates += got.duplicates;
		total->tray += got.tray;
		total->wake = total->wake || got.wake;
	}
	return r;
}

/*
 * An array of events; any other value counts as one event, which then says what is wrong with it.
 */
static enum result
take_all(
    const struct app *app, const struct request *request, json *value, struct receive_result *total)
{
	bool array = json_kind(value) == JSON_ARRAY;
	size_t count = array ? json_len(value) : 1;
	enum result r = OK;
	for (size_t done = 0; r == OK && done < count;) {
		json *events[BATCH];
		size_t n = 0;
		for (; n < BATCH && done + n < count; n++)
			events[n] = array ? json_at(value, done + n) : value;
		r = take_batch(app, request, events, n, total);
		done += n;
	}
	return r;
}

/* A callback without events still says that address and password are right. */
struct empty {
	const struct request *request;
	char print[CALLBACK_PRINT];
};

static enum result
mark_empty(struct tx *tx, void *arg)
{
	const struct empty *empty = arg;
	const struct request *request = empty->request;
	struct organization org;
	enum result r = orgs_get(tx, request->org, false, tx_arena(tx), &org);
	if (r == OK)
		r = callback_accepted(
		    tx, request->org, "no event", request->callback_previous, empty->print);
	return r;
}

static enum result
take_empty(const struct app *app, const struct request *request)
{
	struct empty empty = {.request = request};
	callback_print(app->settings, request->org, empty.print);
	return store_run(app->store, mark_empty, &empty);
}

/* Our own call, to see whether the address works: which job's it is, or NULL. */
static const char *
check_of(const json *value, struct arena *arena)
{
	const char *id = json_get_text(value, CALLBACK_CHECK, arena);
	return id != NULL && !json_has(value, "type") && message_id_valid(id) ? id : NULL;
}

struct own {
	uint32_t org;
	const char *id;
};

static enum result
find_check(struct tx *tx, void *arg)
{
	const struct own *own = arg;
	struct job job;
	enum result r = jobs_get(tx, own->id, false, tx_arena(tx), &job);
	return r == OK && job.org != own->org ? NOT_FOUND : r;
}

/* Says whether this is the data in which the job is that asked; stores nothing. */
static void
answer_check(const struct app *app, struct request *request, struct response *response,
    const char *id)
{
	struct own own = {request->org, id};
	enum result r = store_read(app->store, find_check, &own);
	if (r != OK && r != NOT_FOUND) {
		response_failed(request, response, r);
		return;
	}
	json *answer = json_object_new();
	json_put_text(answer, "answered_by", "spoke-bandwidth");
	json_put_bool(answer, "same_data", r == OK);
	response_json(response, 200, answer);
	json_free(answer);
}

/* The body's value, half a pair of surrogates mended: a STOP in front of it counts all the same. */
static json *
read_body(const struct request *request, const char **why, size_t *at)
{
	json *value = json_parse(request->body, request->body_len, EVENT_DEPTH, why, at);
	if (*why == NULL)
		return value;
	char *copy = arena_dup(request->arena, request->body, request->body_len);
	if (json_mend_surrogates(copy, request->body_len) == 0)
		return NULL;
	return json_parse(copy, request->body_len, EVENT_DEPTH, why, at);
}

void
handle_callback(const struct app *app, struct request *request, struct response *response)
{
	const char *why = NULL;
	size_t at = 0;
	struct receive_result total = {0};
	enum result r;
	json *value = read_body(request, &why, &at);
	if (value == NULL && why != NULL) {
		refuse_body(app, request, response, why, at);
		return;
	}
	const char *check = check_of(value, request->arena);
	if (check != NULL) {
		answer_check(app, request, response, check);
		json_free(value);
		return;
	}
	if (json_kind(value) == JSON_ARRAY && json_len(value) == 0)
		r = take_empty(app, request);
	else
		r = take_all(app, request, value, &total);
	json_free(value);
	/*
	 * Also after a fault: what was taken before it stays, and is skipped when it comes again.
	 */
	response->wake = total.wake;
	if (r != OK) {
		answer_failed(request, response, r);
		return;
	}
	log_debug("events: %zu new, %zu known, %zu need a look", total.stored, total.duplicates,
	    total.tray);
	response->content_type = "text/plain; charset=utf-8";
	buf_adds(&response->body, "ok\n");
}
